;; What mode calls times: each loop runs n rounds, and differs from `empty` by one call.
(module
  (import "env" "pass" (func $pass (param i64) (result i64)))

  (func $same (export "same") (param $value i64) (result i64)
    (local.get $value))

  (func (export "empty") (param $n i64) (result i64)
    (loop $next
      (local.set $n (i64.sub (local.get $n) (i64.const 1)))
      (br_if $next (i64.ne (local.get $n) (i64.const 0))))
    (local.get $n))

  (func (export "host") (param $n i64) (result i64)
    (loop $next
      (local.set $n (i64.sub (call $pass (local.get $n)) (i64.const 1)))
      (br_if $next (i64.ne (local.get $n) (i64.const 0))))
    (local.get $n))

  (func (export "guest") (param $n i64) (result i64)
    (loop $next
      (local.set $n (i64.sub (call $same (local.get $n)) (i64.const 1)))
      (br_if $next (i64.ne (local.get $n) (i64.const 0))))
    (local.get $n)))
