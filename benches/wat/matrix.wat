;; The sum of all elements of A * B, both n by n of f64, A[i][j] = i + j and B[i][j] = i - j: float
;; loads at computed addresses, multiply and add. n is at most 64 and at least 1.
(module
  (memory 1)
  ;; B stands behind A: 64 * 64 * 8 bytes.
  (global $b i32 (i32.const 32768))

  ;; The address of row i, column j, from the start of a matrix.
  (func $at (param $i i32) (param $j i32) (param $n i32) (result i32)
    (i32.shl
      (i32.add (i32.mul (local.get $i) (local.get $n)) (local.get $j))
      (i32.const 3)))

  (func $fill (param $n i32)
    (local $i i32) (local $j i32) (local $at i32)
    (loop $rows
      (local.set $j (i32.const 0))
      (loop $columns
        (local.set $at (call $at (local.get $i) (local.get $j) (local.get $n)))
        (f64.store
          (local.get $at)
          (f64.convert_i32_s (i32.add (local.get $i) (local.get $j))))
        (f64.store
          (i32.add (global.get $b) (local.get $at))
          (f64.convert_i32_s (i32.sub (local.get $i) (local.get $j))))
        (local.set $j (i32.add (local.get $j) (i32.const 1)))
        (br_if $columns (i32.lt_s (local.get $j) (local.get $n))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $rows (i32.lt_s (local.get $i) (local.get $n)))))

  ;; Row i of A times column j of B.
  (func $element (param $i i32) (param $j i32) (param $n i32) (result f64)
    (local $a i32) (local $b i32) (local $end i32) (local $stride i32) (local $sum f64)
    (local.set $a (call $at (local.get $i) (i32.const 0) (local.get $n)))
    (local.set $b (i32.add (global.get $b) (i32.shl (local.get $j) (i32.const 3))))
    (local.set $stride (i32.shl (local.get $n) (i32.const 3)))
    (local.set $end (i32.add (local.get $a) (local.get $stride)))
    (loop $next
      (local.set $sum
        (f64.add
          (local.get $sum)
          (f64.mul (f64.load (local.get $a)) (f64.load (local.get $b)))))
      (local.set $b (i32.add (local.get $b) (local.get $stride)))
      (local.set $a (i32.add (local.get $a) (i32.const 8)))
      (br_if $next (i32.lt_u (local.get $a) (local.get $end))))
    (local.get $sum))

  (func (export "run") (param $size i64) (result i64)
    (local $n i32) (local $i i32) (local $j i32) (local $sum f64)
    (local.set $n (i32.wrap_i64 (local.get $size)))
    (call $fill (local.get $n))
    (loop $rows
      (local.set $j (i32.const 0))
      (loop $columns
        (local.set $sum
          (f64.add
            (local.get $sum)
            (call $element (local.get $i) (local.get $j) (local.get $n))))
        (local.set $j (i32.add (local.get $j) (i32.const 1)))
        (br_if $columns (i32.lt_s (local.get $j) (local.get $n))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $rows (i32.lt_s (local.get $i) (local.get $n))))
    (i64.trunc_f64_s (local.get $sum))))
