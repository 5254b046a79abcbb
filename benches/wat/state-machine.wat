;; n steps of a machine with four states whose input is two bits of a linear congruential
;; generator: a br_table that nothing can predict. Answers the sum of what the states weigh.
(module
  (func (export "run") (param $n i64) (result i64)
    (local $state i32) (local $random i32) (local $sum i64)
    (local.set $random (i32.const 12345))
    (block $done
      (loop $next
        (br_if $done (i64.eqz (local.get $n)))
        (local.set $n (i64.sub (local.get $n) (i64.const 1)))
        (local.set $random
          (i32.add
            (i32.mul (local.get $random) (i32.const 1103515245))
            (i32.const 12345)))
        (block $digit
          (block $word
            (block $space
              (br_table $space $word $digit
                (i32.and
                  (i32.add
                    (local.get $state)
                    (i32.shr_u (local.get $random) (i32.const 16)))
                  (i32.const 3))))
            ;; space
            (local.set $sum (i64.add (local.get $sum) (i64.const 1)))
            (local.set $state (i32.const 1))
            (br $next))
          ;; word
          (local.set $sum (i64.add (local.get $sum) (i64.const 10)))
          (local.set $state (i32.add (local.get $state) (i32.const 1)))
          (br $next))
        ;; digit, and whatever else
        (local.set $sum (i64.add (local.get $sum) (i64.const 100)))
        (local.set $state (i32.const 0))
        (br $next)))
    (local.get $sum)))
