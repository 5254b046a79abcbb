;; How many steps all numbers from 1 to n need to come to 1 (halve, or triple and add one): a loop
;; over locals with a branch that nothing can predict.
(module
  (func (export "run") (param $n i64) (result i64)
    (local $value i64) (local $steps i64)
    (block $done
      (loop $next
        (br_if $done (i64.eqz (local.get $n)))
        (local.set $value (local.get $n))
        (block $one
          (loop $step
            (br_if $one (i64.eq (local.get $value) (i64.const 1)))
            (local.set $steps (i64.add (local.get $steps) (i64.const 1)))
            (if (i64.eqz (i64.and (local.get $value) (i64.const 1)))
              (then
                (local.set $value (i64.shr_u (local.get $value) (i64.const 1))))
              (else
                (local.set $value
                  (i64.add (i64.mul (local.get $value) (i64.const 3)) (i64.const 1)))))
            (br $step)))
        (local.set $n (i64.sub (local.get $n) (i64.const 1)))
        (br $next)))
    (local.get $steps)))
