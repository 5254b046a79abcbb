;; The CRC-32 of n bytes that count up from zero and wrap, with a table that is made first: a byte
;; load that chooses the next load. n is at most 61440.
(module
  (memory 1)
  ;; 256 words.
  (global $table i32 (i32.const 61440))

  (func $make
    (local $byte i32) (local $bit i32) (local $word i32)
    (loop $bytes
      (local.set $word (local.get $byte))
      (local.set $bit (i32.const 8))
      (loop $bits
        (local.set $word
          (i32.xor
            (i32.shr_u (local.get $word) (i32.const 1))
            (select
              (i32.const 0xEDB88320)
              (i32.const 0)
              (i32.and (local.get $word) (i32.const 1)))))
        (local.set $bit (i32.sub (local.get $bit) (i32.const 1)))
        (br_if $bits (local.get $bit)))
      (i32.store
        (i32.add (global.get $table) (i32.shl (local.get $byte) (i32.const 2)))
        (local.get $word))
      (local.set $byte (i32.add (local.get $byte) (i32.const 1)))
      (br_if $bytes (i32.lt_u (local.get $byte) (i32.const 256)))))

  (func (export "run") (param $n i64) (result i64)
    (local $at i32) (local $end i32) (local $crc i32)
    (call $make)
    (local.set $end (i32.wrap_i64 (local.get $n)))
    (loop $next
      (i32.store8 (local.get $at) (local.get $at))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end))))
    (local.set $at (i32.const 0))
    (local.set $crc (i32.const -1))
    (loop $next
      (local.set $crc
        (i32.xor
          (i32.shr_u (local.get $crc) (i32.const 8))
          (i32.load offset=61440
            (i32.shl
              (i32.and
                (i32.xor (local.get $crc) (i32.load8_u (local.get $at)))
                (i32.const 255))
              (i32.const 2)))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end))))
    (i64.extend_i32_u (i32.xor (local.get $crc) (i32.const -1)))))
