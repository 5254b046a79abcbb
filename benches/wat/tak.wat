;; Takeuchi's function of n, 2n/3 and n/3: recursion four calls wide, three parameters each.
(module
  (func $tak (param $x i32) (param $y i32) (param $z i32) (result i32)
    (if (i32.ge_s (local.get $y) (local.get $x))
      (then (return (local.get $z))))
    (call $tak
      (call $tak (i32.sub (local.get $x) (i32.const 1)) (local.get $y) (local.get $z))
      (call $tak (i32.sub (local.get $y) (i32.const 1)) (local.get $z) (local.get $x))
      (call $tak (i32.sub (local.get $z) (i32.const 1)) (local.get $x) (local.get $y))))

  (func (export "run") (param $n i64) (result i64)
    (local $x i32)
    (local.set $x (i32.wrap_i64 (local.get $n)))
    (i64.extend_i32_s
      (call $tak
        (local.get $x)
        (i32.div_s (i32.shl (local.get $x) (i32.const 1)) (i32.const 3))
        (i32.div_s (local.get $x) (i32.const 3))))))
