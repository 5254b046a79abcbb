;; FNV-1a of n bytes that count up from zero and wrap: byte loads, xor and a multiplication that
;; wait for each other. n is at most 65536.
(module
  (memory 1)
  (func (export "run") (param $n i64) (result i64)
    (local $at i32) (local $end i32) (local $hash i64)
    (local.set $end (i32.wrap_i64 (local.get $n)))
    (local.set $hash (i64.const 0xCBF29CE484222325))
    (block $written
      (loop $next
        (br_if $written (i32.ge_u (local.get $at) (local.get $end)))
        (i32.store8 (local.get $at) (local.get $at))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next)))
    (local.set $at (i32.const 0))
    (block $hashed
      (loop $next
        (br_if $hashed (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $hash
          (i64.mul
            (i64.xor (local.get $hash) (i64.load8_u (local.get $at)))
            (i64.const 0x100000001B3)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next)))
    (local.get $hash)))
