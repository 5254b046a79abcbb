;; n steps of a generator whose state, count and sum are mutable globals.
(module
  (global $state (mut i64) (i64.const 0))
  (global $count (mut i32) (i32.const 0))
  (global $sum (mut i64) (i64.const 0))

  (func $step
    (global.set $state
      (i64.xor (global.get $state) (i64.shl (global.get $state) (i64.const 13))))
    (global.set $state
      (i64.xor (global.get $state) (i64.shr_u (global.get $state) (i64.const 7))))
    (global.set $state
      (i64.xor (global.get $state) (i64.shl (global.get $state) (i64.const 17))))
    (global.set $sum (i64.add (global.get $sum) (global.get $state)))
    (global.set $count (i32.sub (global.get $count) (i32.const 1))))

  (func (export "run") (param $n i64) (result i64)
    (global.set $state (i64.const 88172645463325252))
    (global.set $sum (i64.const 0))
    (global.set $count (i32.wrap_i64 (local.get $n)))
    (loop $next
      (call $step)
      (br_if $next (global.get $count)))
    (global.get $sum)))
