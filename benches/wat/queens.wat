;; In how many ways n queens stand on a board of n by n without threatening each other: recursion
;; over sets that are bits.
(module
  (func $place (param $all i32) (param $columns i32) (param $left i32) (param $right i32)
    (result i64)
    (local $free i32) (local $queen i32) (local $ways i64)
    (if (i32.eq (local.get $columns) (local.get $all))
      (then (return (i64.const 1))))
    (local.set $free
      (i32.and
        (local.get $all)
        (i32.xor
          (i32.or (i32.or (local.get $columns) (local.get $left)) (local.get $right))
          (i32.const -1))))
    (block $full
      (loop $next
        (br_if $full (i32.eqz (local.get $free)))
        (local.set $queen
          (i32.and (local.get $free) (i32.sub (i32.const 0) (local.get $free))))
        (local.set $free (i32.xor (local.get $free) (local.get $queen)))
        (local.set $ways
          (i64.add
            (local.get $ways)
            (call $place
              (local.get $all)
              (i32.or (local.get $columns) (local.get $queen))
              (i32.shl (i32.or (local.get $left) (local.get $queen)) (i32.const 1))
              (i32.shr_u (i32.or (local.get $right) (local.get $queen)) (i32.const 1)))))
        (br $next)))
    (local.get $ways))

  (func (export "run") (param $n i64) (result i64)
    (call $place
      (i32.sub (i32.shl (i32.const 1) (i32.wrap_i64 (local.get $n))) (i32.const 1))
      (i32.const 0)
      (i32.const 0)
      (i32.const 0))))
