;; The sum of 3^i modulo a prime for every i below n, each by squaring: 64-bit multiplications and
;; remainders that wait for each other.
(module
  (global $prime i64 (i64.const 4294967291))

  (func $pow (param $base i64) (param $exponent i64) (result i64)
    (local $power i64)
    (local.set $power (i64.const 1))
    (block $done
      (loop $next
        (br_if $done (i64.eqz (local.get $exponent)))
        (if (i32.wrap_i64 (i64.and (local.get $exponent) (i64.const 1)))
          (then
            (local.set $power
              (i64.rem_u (i64.mul (local.get $power) (local.get $base)) (global.get $prime)))))
        (local.set $base
          (i64.rem_u (i64.mul (local.get $base) (local.get $base)) (global.get $prime)))
        (local.set $exponent (i64.shr_u (local.get $exponent) (i64.const 1)))
        (br $next)))
    (local.get $power))

  (func (export "run") (param $n i64) (result i64)
    (local $sum i64)
    (block $done
      (loop $next
        (br_if $done (i64.eqz (local.get $n)))
        (local.set $n (i64.sub (local.get $n) (i64.const 1)))
        (local.set $sum
          (i64.add (local.get $sum) (call $pow (i64.const 3) (local.get $n))))
        (br $next)))
    (local.get $sum)))
