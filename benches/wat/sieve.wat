;; How many primes are below n, by the sieve of Eratosthenes with a byte a number: nested loops,
;; stores with a stride. n is at most 1048576.
(module
  (memory 16)
  (func (export "run") (param $n i64) (result i64)
    (local $end i32) (local $number i32) (local $multiple i32) (local $count i64)
    (local.set $end (i32.wrap_i64 (local.get $n)))
    (memory.fill (i32.const 0) (i32.const 0) (local.get $end))
    (local.set $number (i32.const 2))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $number) (local.get $end)))
        (if (i32.eqz (i32.load8_u (local.get $number)))
          (then
            (local.set $count (i64.add (local.get $count) (i64.const 1)))
            (local.set $multiple (i32.shl (local.get $number) (i32.const 1)))
            (block $crossed
              (loop $cross
                (br_if $crossed (i32.ge_u (local.get $multiple) (local.get $end)))
                (i32.store8 (local.get $multiple) (i32.const 1))
                (local.set $multiple (i32.add (local.get $multiple) (local.get $number)))
                (br $cross)))))
        (local.set $number (i32.add (local.get $number) (i32.const 1)))
        (br $next)))
    (local.get $count)))
