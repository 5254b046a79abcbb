;; The factorials of i mod 32 for every i below n, added modulo 2^64: recursion in which a
;; multiplication waits in every frame.
(module
  (func $fac (param $n i64) (result i64)
    (if (result i64) (i64.eqz (local.get $n))
      (then (i64.const 1))
      (else
        (i64.mul
          (local.get $n)
          (call $fac (i64.sub (local.get $n) (i64.const 1)))))))

  (func (export "run") (param $n i64) (result i64)
    (local $sum i64)
    (block $done
      (loop $next
        (br_if $done (i64.eqz (local.get $n)))
        (local.set $n (i64.sub (local.get $n) (i64.const 1)))
        (local.set $sum
          (i64.add
            (local.get $sum)
            (call $fac (i64.and (local.get $n) (i64.const 31)))))
        (br $next)))
    (local.get $sum)))
