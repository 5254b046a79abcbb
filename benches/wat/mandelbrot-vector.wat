;; How many steps the points of an n by n grid take to leave the circle of radius 2, at most 50
;; each, four points of a row at once: float lanes, a mask, a test a step. n is a multiple of 4.
(module
  (func $steps (param $cx v128) (param $cy v128) (result v128)
    (local $x v128) (local $y v128) (local $xx v128) (local $yy v128)
    (local $inside v128) (local $counts v128) (local $left i32)
    (local.set $left (i32.const 50))
    (block $done
      (loop $next
        (local.set $xx (f32x4.mul (local.get $x) (local.get $x)))
        (local.set $yy (f32x4.mul (local.get $y) (local.get $y)))
        (local.set $inside
          (f32x4.le (f32x4.add (local.get $xx) (local.get $yy)) (v128.const f32x4 4 4 4 4)))
        (br_if $done (i32.eqz (v128.any_true (local.get $inside))))
        (local.set $counts (i32x4.sub (local.get $counts) (local.get $inside)))
        (local.set $y
          (f32x4.add
            (f32x4.mul (f32x4.add (local.get $x) (local.get $x)) (local.get $y))
            (local.get $cy)))
        (local.set $x
          (f32x4.add (f32x4.sub (local.get $xx) (local.get $yy)) (local.get $cx)))
        (br_if $next (local.tee $left (i32.sub (local.get $left) (i32.const 1))))))
    (local.get $counts))

  (func (export "run") (param $n i64) (result i64)
    (local $size i32) (local $i i32) (local $j i32) (local $step v128) (local $sum v128)
    (local.set $size (i32.wrap_i64 (local.get $n)))
    (local.set $step
      (f32x4.splat (f32.div (f32.const 3) (f32.convert_i32_s (local.get $size)))))
    (loop $rows
      (local.set $j (i32.const 0))
      (loop $columns
        (local.set $sum
          (i32x4.add
            (local.get $sum)
            (call $steps
              (f32x4.sub
                (f32x4.mul
                  (f32x4.convert_i32x4_s
                    (i32x4.add (i32x4.splat (local.get $j)) (v128.const i32x4 0 1 2 3)))
                  (local.get $step))
                (v128.const f32x4 2 2 2 2))
              (f32x4.sub
                (f32x4.mul (f32x4.convert_i32x4_s (i32x4.splat (local.get $i))) (local.get $step))
                (v128.const f32x4 1.5 1.5 1.5 1.5)))))
        (local.set $j (i32.add (local.get $j) (i32.const 4)))
        (br_if $columns (i32.lt_s (local.get $j) (local.get $size))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $rows (i32.lt_s (local.get $i) (local.get $size))))
    (i64.extend_i32_u
      (i32.add
        (i32.add
          (i32x4.extract_lane 0 (local.get $sum))
          (i32x4.extract_lane 1 (local.get $sum)))
        (i32.add
          (i32x4.extract_lane 2 (local.get $sum))
          (i32x4.extract_lane 3 (local.get $sum)))))))
