;; n blocks of the ChaCha20 stream, each 20 rounds on four rows of four words; the xor of all words.
(module
  (func (export "run") (param $n i64) (result i64)
    (local $blocks i32) (local $rounds i32)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local $key0 v128) (local $key1 v128) (local $counter v128) (local $sum v128)
    (local.set $blocks (i32.wrap_i64 (local.get $n)))
    (local.set $key0 (v128.const i32x4 0x03020100 0x07060504 0x0b0a0908 0x0f0e0d0c))
    (local.set $key1 (v128.const i32x4 0x13121110 0x17161514 0x1b1a1918 0x1f1e1d1c))
    (local.set $counter (v128.const i32x4 1 0x09000000 0x4a000000 0))
    (loop $next
      (local.set $a (v128.const i32x4 0x61707865 0x3320646e 0x79622d32 0x6b206574))
      (local.set $b (local.get $key0))
      (local.set $c (local.get $key1))
      (local.set $d (local.get $counter))
      (local.set $rounds (i32.const 10))
      (loop $round
        (local.set $a (i32x4.add (local.get $a) (local.get $b)))
        (local.set $d (v128.xor (local.get $d) (local.get $a)))
        (local.set $d (v128.or
          (i32x4.shl (local.get $d) (i32.const 16))
          (i32x4.shr_u (local.get $d) (i32.const 16))))
        (local.set $c (i32x4.add (local.get $c) (local.get $d)))
        (local.set $b (v128.xor (local.get $b) (local.get $c)))
        (local.set $b (v128.or
          (i32x4.shl (local.get $b) (i32.const 12))
          (i32x4.shr_u (local.get $b) (i32.const 20))))
        (local.set $a (i32x4.add (local.get $a) (local.get $b)))
        (local.set $d (v128.xor (local.get $d) (local.get $a)))
        (local.set $d (v128.or
          (i32x4.shl (local.get $d) (i32.const 8))
          (i32x4.shr_u (local.get $d) (i32.const 24))))
        (local.set $c (i32x4.add (local.get $c) (local.get $d)))
        (local.set $b (v128.xor (local.get $b) (local.get $c)))
        (local.set $b (v128.or
          (i32x4.shl (local.get $b) (i32.const 7))
          (i32x4.shr_u (local.get $b) (i32.const 25))))
        (local.set $b (i8x16.shuffle 4 5 6 7 8 9 10 11 12 13 14 15 0 1 2 3
          (local.get $b) (local.get $b)))
        (local.set $c (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7
          (local.get $c) (local.get $c)))
        (local.set $d (i8x16.shuffle 12 13 14 15 0 1 2 3 4 5 6 7 8 9 10 11
          (local.get $d) (local.get $d)))
        (local.set $a (i32x4.add (local.get $a) (local.get $b)))
        (local.set $d (v128.xor (local.get $d) (local.get $a)))
        (local.set $d (v128.or
          (i32x4.shl (local.get $d) (i32.const 16))
          (i32x4.shr_u (local.get $d) (i32.const 16))))
        (local.set $c (i32x4.add (local.get $c) (local.get $d)))
        (local.set $b (v128.xor (local.get $b) (local.get $c)))
        (local.set $b (v128.or
          (i32x4.shl (local.get $b) (i32.const 12))
          (i32x4.shr_u (local.get $b) (i32.const 20))))
        (local.set $a (i32x4.add (local.get $a) (local.get $b)))
        (local.set $d (v128.xor (local.get $d) (local.get $a)))
        (local.set $d (v128.or
          (i32x4.shl (local.get $d) (i32.const 8))
          (i32x4.shr_u (local.get $d) (i32.const 24))))
        (local.set $c (i32x4.add (local.get $c) (local.get $d)))
        (local.set $b (v128.xor (local.get $b) (local.get $c)))
        (local.set $b (v128.or
          (i32x4.shl (local.get $b) (i32.const 7))
          (i32x4.shr_u (local.get $b) (i32.const 25))))
        (local.set $b (i8x16.shuffle 12 13 14 15 0 1 2 3 4 5 6 7 8 9 10 11
          (local.get $b) (local.get $b)))
        (local.set $c (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7
          (local.get $c) (local.get $c)))
        (local.set $d (i8x16.shuffle 4 5 6 7 8 9 10 11 12 13 14 15 0 1 2 3
          (local.get $d) (local.get $d)))
        (br_if $round (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1)))))
      (local.set $sum (v128.xor (local.get $sum)
        (v128.xor
          (v128.xor
            (i32x4.add (local.get $a)
              (v128.const i32x4 0x61707865 0x3320646e 0x79622d32 0x6b206574))
            (i32x4.add (local.get $b) (local.get $key0)))
          (v128.xor
            (i32x4.add (local.get $c) (local.get $key1))
            (i32x4.add (local.get $d) (local.get $counter))))))
      (local.set $counter (i32x4.add (local.get $counter) (v128.const i32x4 1 0 0 0)))
      (br_if $next (local.tee $blocks (i32.sub (local.get $blocks) (i32.const 1)))))
    (i64.xor
      (i64x2.extract_lane 0 (local.get $sum))
      (i64x2.extract_lane 1 (local.get $sum)))))
