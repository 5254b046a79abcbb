;; Two functions that call each other n times in tail position, each with its own arithmetic on what
;; they pass on.
(module
  (func $even (param $n i64) (param $value i64) (result i64)
    (if (i64.eqz (local.get $n))
      (then (return (local.get $value))))
    (return_call $odd
      (i64.sub (local.get $n) (i64.const 1))
      (i64.add (i64.mul (local.get $value) (i64.const 3)) (i64.const 1))))

  (func $odd (param $n i64) (param $value i64) (result i64)
    (if (i64.eqz (local.get $n))
      (then (return (local.get $value))))
    (return_call $even
      (i64.sub (local.get $n) (i64.const 1))
      (i64.xor (local.get $value) (i64.shr_u (local.get $value) (i64.const 7)))))

  (func (export "run") (param $n i64) (result i64)
    (return_call $even (local.get $n) (i64.const 1))))
