;; The product of two n by n matrices of f32, a row of four elements at once; the sum of its
;; elements. n is a multiple of 4.
(module
  (memory 4)

  (func (export "run") (param $n i64) (result i64)
    (local $size i32) (local $bytes i32) (local $i i32) (local $j i32) (local $k i32)
    (local $row i32) (local $column i32) (local $acc v128) (local $sum v128)
    (local.set $size (i32.wrap_i64 (local.get $n)))
    (local.set $bytes (i32.mul (local.get $size) (local.get $size)))
    (loop $fill
      (f32.store (i32.shl (local.get $i) (i32.const 2))
        (f32.convert_i32_u (i32.rem_u (local.get $i) (i32.const 7))))
      (f32.store offset=0x10000 (i32.shl (local.get $i) (i32.const 2))
        (f32.convert_i32_u (i32.rem_u (local.get $i) (i32.const 5))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $fill (i32.lt_u (local.get $i) (local.get $bytes))))
    (local.set $bytes (i32.shl (local.get $size) (i32.const 2)))
    (local.set $i (i32.const 0))
    (loop $rows
      (local.set $j (i32.const 0))
      (loop $columns
        (local.set $acc (v128.const f32x4 0 0 0 0))
        (local.set $row (i32.mul (local.get $i) (local.get $bytes)))
        (local.set $column (i32.shl (local.get $j) (i32.const 2)))
        (local.set $k (local.get $size))
        (loop $products
          (local.set $acc
            (f32x4.add
              (local.get $acc)
              (f32x4.mul
                (v128.load32_splat (local.get $row))
                (v128.load offset=0x10000 (local.get $column)))))
          (local.set $row (i32.add (local.get $row) (i32.const 4)))
          (local.set $column (i32.add (local.get $column) (local.get $bytes)))
          (br_if $products (local.tee $k (i32.sub (local.get $k) (i32.const 1)))))
        (local.set $sum (f32x4.add (local.get $sum) (local.get $acc)))
        (local.set $j (i32.add (local.get $j) (i32.const 4)))
        (br_if $columns (i32.lt_u (local.get $j) (local.get $size))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $rows (i32.lt_u (local.get $i) (local.get $size))))
    (local.set $sum (i32x4.trunc_sat_f32x4_s (local.get $sum)))
    (i64.extend_i32_u
      (i32.add
        (i32.add
          (i32x4.extract_lane 0 (local.get $sum))
          (i32x4.extract_lane 1 (local.get $sum)))
        (i32.add
          (i32x4.extract_lane 2 (local.get $sum))
          (i32x4.extract_lane 3 (local.get $sum)))))))
