;; Reads a text of names, numbers and punctuation n times, byte by byte, as a scanner does: which
;; class is this byte, and does the word before it end here? Answers all numbers added, and 1,000 for
;; each name and 1 for each other mark, times n.
(module
  (memory 1)
  (data (i32.const 0)
    "{ \"name\": \"engine\", \"size\": [1280, 720, 3], \"depth\": 24, \"tags\": [ \"fast\", \"small\" ],\n"
    "  \"limits\": { \"memory\": 67108864, \"stack\": 1048576, \"time\": 10000 }, \"ratio\": 2048,\n"
    "  \"points\": [ [0, 0], [12, 7], [99, 1], [1024, 4096], [7, 300] ], \"last\": true }\n")
  (global $end i32 (i32.const 251))

  ;; Whether the byte is a decimal digit.
  (func $digit (param $byte i32) (result i32)
    (i32.lt_u (i32.sub (local.get $byte) (i32.const 48)) (i32.const 10)))

  ;; Whether the byte is a letter.
  (func $letter (param $byte i32) (result i32)
    (i32.lt_u
      (i32.sub (i32.or (local.get $byte) (i32.const 32)) (i32.const 97))
      (i32.const 26)))

  (func $scan (result i64)
    (local $at i32) (local $byte i32) (local $number i64) (local $sum i64)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (global.get $end)))
        (local.set $byte (i32.load8_u (local.get $at)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br_if $next (i32.eq (local.get $byte) (i32.const 32)))
        (br_if $next (i32.eq (local.get $byte) (i32.const 10)))
        (if (call $digit (local.get $byte))
          (then
            (local.set $number (i64.const 0))
            (loop $digits
              (local.set $number
                (i64.add
                  (i64.mul (local.get $number) (i64.const 10))
                  (i64.extend_i32_u (i32.sub (local.get $byte) (i32.const 48)))))
              (local.set $byte (i32.load8_u (local.get $at)))
              (if (call $digit (local.get $byte))
                (then
                  (local.set $at (i32.add (local.get $at) (i32.const 1)))
                  (br $digits))))
            (local.set $sum (i64.add (local.get $sum) (local.get $number)))
            (br $next)))
        (if (call $letter (local.get $byte))
          (then
            (loop $letters
              (if (call $letter (i32.load8_u (local.get $at)))
                (then
                  (local.set $at (i32.add (local.get $at) (i32.const 1)))
                  (br $letters))))
            (local.set $sum (i64.add (local.get $sum) (i64.const 1000)))
            (br $next)))
        (local.set $sum (i64.add (local.get $sum) (i64.const 1)))
        (br $next)))
    (local.get $sum))

  (func (export "run") (param $n i64) (result i64)
    (local $sum i64)
    (loop $next
      (local.set $sum (i64.add (local.get $sum) (call $scan)))
      (local.set $n (i64.sub (local.get $n) (i64.const 1)))
      (br_if $next (i64.ne (local.get $n) (i64.const 0))))
    (local.get $sum)))
