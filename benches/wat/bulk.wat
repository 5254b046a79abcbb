;; n times: fills a stretch of memory and copies it to where it overlaps itself, each of a length
;; that goes up to 4 KiB and begins again. Answers the sum of a word of each copy.
(module
  (memory 1)
  (func (export "run") (param $n i64) (result i64)
    (local $at i32) (local $len i32) (local $sum i64)
    ;; What a call before has written must not change the answer.
    (memory.fill (i32.const 0) (i32.const 0) (i32.const 65536))
    (block $done
      (loop $next
        (br_if $done (i64.eqz (local.get $n)))
        (local.set $n (i64.sub (local.get $n) (i64.const 1)))
        (local.set $len
          (i32.and (i32.mul (i32.wrap_i64 (local.get $n)) (i32.const 37)) (i32.const 4095)))
        (local.set $at
          (i32.and (i32.mul (i32.wrap_i64 (local.get $n)) (i32.const 101)) (i32.const 16383)))
        (memory.fill (local.get $at) (i32.wrap_i64 (local.get $n)) (local.get $len))
        (memory.copy
          (i32.add (local.get $at) (i32.const 100))
          (local.get $at)
          (local.get $len))
        (memory.copy
          (local.get $at)
          (i32.add (local.get $at) (i32.const 3000))
          (local.get $len))
        (local.set $sum
          (i64.add
            (local.get $sum)
            (i64.load32_u (i32.add (local.get $at) (i32.const 100)))))
        (br $next)))
    (local.get $sum)))
