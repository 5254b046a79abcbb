;; y = 0.5 y + 1.25 x over 1,024 elements of f32, n times; answers the bits of the sum of y: narrow
;; floats from memory and back.
(module
  (memory 1)
  ;; y stands behind x.
  (func $fill
    (local $at i32)
    (loop $next
      (f32.store
        (local.get $at)
        (f32.mul (f32.convert_i32_s (local.get $at)) (f32.const 0.1)))
      (f32.store offset=4096
        (local.get $at)
        (f32.convert_i32_s (i32.sub (i32.const 1000) (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 4)))
      (br_if $next (i32.lt_u (local.get $at) (i32.const 4096)))))

  (func (export "run") (param $n i64) (result i64)
    (local $at i32) (local $sum f32)
    (call $fill)
    (loop $rounds
      (local.set $at (i32.const 0))
      (loop $next
        (f32.store offset=4096
          (local.get $at)
          (f32.add
            (f32.mul (f32.const 0.5) (f32.load offset=4096 (local.get $at)))
            (f32.mul (f32.const 1.25) (f32.load (local.get $at)))))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (br_if $next (i32.lt_u (local.get $at) (i32.const 4096))))
      (local.set $n (i64.sub (local.get $n) (i64.const 1)))
      (br_if $rounds (i64.ne (local.get $n) (i64.const 0))))
    (local.set $at (i32.const 0))
    (loop $next
      (local.set $sum (f32.add (local.get $sum) (f32.load offset=4096 (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 4)))
      (br_if $next (i32.lt_u (local.get $at) (i32.const 4096))))
    (i64.extend_i32_u (i32.reinterpret_f32 (local.get $sum)))))
