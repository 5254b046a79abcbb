;; How many steps the points of an n by n grid take to leave the circle of radius 2, at most 50
;; each: float arithmetic on locals alone.
(module
  (func $steps (param $cx f64) (param $cy f64) (result i32)
    (local $x f64) (local $y f64) (local $xx f64) (local $yy f64) (local $steps i32)
    (block $left
      (loop $next
        (br_if $left (i32.ge_u (local.get $steps) (i32.const 50)))
        (local.set $xx (f64.mul (local.get $x) (local.get $x)))
        (local.set $yy (f64.mul (local.get $y) (local.get $y)))
        (br_if $left (f64.gt (f64.add (local.get $xx) (local.get $yy)) (f64.const 4)))
        (local.set $y
          (f64.add
            (f64.mul (f64.mul (f64.const 2) (local.get $x)) (local.get $y))
            (local.get $cy)))
        (local.set $x
          (f64.add (f64.sub (local.get $xx) (local.get $yy)) (local.get $cx)))
        (local.set $steps (i32.add (local.get $steps) (i32.const 1)))
        (br $next)))
    (local.get $steps))

  (func (export "run") (param $n i64) (result i64)
    (local $size i32) (local $i i32) (local $j i32) (local $step f64) (local $sum i64)
    (local.set $size (i32.wrap_i64 (local.get $n)))
    (local.set $step (f64.div (f64.const 3) (f64.convert_i32_s (local.get $size))))
    (loop $rows
      (local.set $j (i32.const 0))
      (loop $columns
        (local.set $sum
          (i64.add
            (local.get $sum)
            (i64.extend_i32_u
              (call $steps
                (f64.sub
                  (f64.mul (f64.convert_i32_s (local.get $j)) (local.get $step))
                  (f64.const 2))
                (f64.sub
                  (f64.mul (f64.convert_i32_s (local.get $i)) (local.get $step))
                  (f64.const 1.5))))))
        (local.set $j (i32.add (local.get $j) (i32.const 1)))
        (br_if $columns (i32.lt_s (local.get $j) (local.get $size))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $rows (i32.lt_s (local.get $i) (local.get $size))))
    (local.get $sum)))
