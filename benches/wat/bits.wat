;; n steps of a 64-bit generator, and what counts and turns bits on each value: rotations, leading
;; and trailing zeros, ones, widening multiplication by halves.
(module
  ;; The upper half of the 128-bit product.
  (func $high (param $a i64) (param $b i64) (result i64)
    (local $low i64) (local $middle i64) (local $cross i64)
    (local.set $low
      (i64.mul
        (i64.and (local.get $a) (i64.const 0xFFFFFFFF))
        (i64.and (local.get $b) (i64.const 0xFFFFFFFF))))
    (local.set $middle
      (i64.add
        (i64.mul
          (i64.shr_u (local.get $a) (i64.const 32))
          (i64.and (local.get $b) (i64.const 0xFFFFFFFF)))
        (i64.shr_u (local.get $low) (i64.const 32))))
    (local.set $cross
      (i64.add
        (i64.mul
          (i64.and (local.get $a) (i64.const 0xFFFFFFFF))
          (i64.shr_u (local.get $b) (i64.const 32)))
        (i64.and (local.get $middle) (i64.const 0xFFFFFFFF))))
    (i64.add
      (i64.add
        (i64.mul
          (i64.shr_u (local.get $a) (i64.const 32))
          (i64.shr_u (local.get $b) (i64.const 32)))
        (i64.shr_u (local.get $middle) (i64.const 32)))
      (i64.shr_u (local.get $cross) (i64.const 32))))

  (func (export "run") (param $n i64) (result i64)
    (local $state i64) (local $value i64) (local $sum i64)
    (block $done
      (loop $next
        (br_if $done (i64.eqz (local.get $n)))
        (local.set $n (i64.sub (local.get $n) (i64.const 1)))
        (local.set $state (i64.add (local.get $state) (i64.const 0x9E3779B97F4A7C15)))
        (local.set $value
          (i64.mul
            (i64.xor (local.get $state) (i64.shr_u (local.get $state) (i64.const 30)))
            (i64.const 0xBF58476D1CE4E5B9)))
        (local.set $value
          (i64.xor
            (i64.rotl (local.get $value) (i64.popcnt (local.get $value)))
            (call $high (local.get $value) (local.get $state))))
        (local.set $sum
          (i64.add
            (local.get $sum)
            (i64.xor
              (i64.rotr (local.get $value) (i64.clz (local.get $value)))
              (i64.shl (i64.const 1) (i64.ctz (local.get $value))))))
        (br $next)))
    (local.get $sum)))
