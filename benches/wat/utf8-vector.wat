;; How many of n bytes of text don't begin a character; 2^32 more unless all are ASCII or two-byte
;; characters. Sixteen bytes at once, by tables that each byte's upper half looks up. n is a multiple
;; of 16.
(module
  (memory 2)

  (func (export "run") (param $n i64) (result i64)
    (local $at i32) (local $end i32) (local $bytes v128) (local $before v128)
    (local $errors v128) (local $counts v128)
    (local.set $end (i32.wrap_i64 (local.get $n)))
    (loop $fill
      (if (i32.rem_u (i32.shr_u (local.get $at) (i32.const 1)) (i32.const 3))
        (then (i32.store16 (local.get $at)
          (i32.add (i32.const 0x6161) (i32.rem_u (local.get $at) (i32.const 25)))))
        (else (i32.store16 (local.get $at)
          (i32.add (i32.const 0x80c3) (i32.shl (i32.rem_u (local.get $at) (i32.const 63))
            (i32.const 8))))))
      (local.set $at (i32.add (local.get $at) (i32.const 2)))
      (br_if $fill (i32.lt_u (local.get $at) (local.get $end))))
    (local.set $at (i32.const 0))
    (loop $next
      (local.set $bytes (v128.load (local.get $at)))
      ;; Each byte beside the one before it: a lead byte wants a continuation, and only that.
      (local.set $errors (v128.or (local.get $errors)
        (v128.xor
          (i8x16.swizzle
            (v128.const i8x16 0 0 0 0 0 0 0 0 0 0 0 0 -1 -1 1 1)
            (i8x16.shr_u
              (i8x16.shuffle 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30
                (local.get $before) (local.get $bytes))
              (i32.const 4)))
          (i8x16.swizzle
            (v128.const i8x16 0 0 0 0 0 0 0 0 -1 -1 -1 -1 0 0 0 0)
            (i8x16.shr_u (local.get $bytes) (i32.const 4))))))
      (local.set $counts (i64x2.add (local.get $counts)
        (i64x2.extend_low_i32x4_u
          (i32x4.splat (i32.popcnt (i8x16.bitmask
            (i8x16.lt_s (local.get $bytes) (v128.const i8x16 -64 -64 -64 -64 -64 -64 -64 -64
              -64 -64 -64 -64 -64 -64 -64 -64))))))))
      (local.set $before (local.get $bytes))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end))))
    (i64.add
      (i64x2.extract_lane 0 (local.get $counts))
      (i64.shl (i64.extend_i32_u (v128.any_true (local.get $errors))) (i64.const 32)))))
