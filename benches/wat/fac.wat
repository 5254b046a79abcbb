;; The factorial of n, modulo 2^64, by recursion: a multiplication waits in every frame.
(module
  (func $fac (export "run") (param $n i64) (result i64)
    (if (result i64) (i64.eqz (local.get $n))
      (then (i64.const 1))
      (else
        (i64.mul
          (local.get $n)
          (call $fac (i64.sub (local.get $n) (i64.const 1))))))))
