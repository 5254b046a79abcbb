;; How many letters must change, come or go to make one text of n letters another: a row of a table
;; from the row above, the least of three by select. n is at most 8000.
(module
  (memory 1)
  ;; The texts, and behind them a row of n + 1 words.
  (global $second i32 (i32.const 8192))
  (global $row i32 (i32.const 16384))

  ;; n letters of four from a generator that begins with $random.
  (func $write (param $at i32) (param $n i32) (param $random i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $at) (local.get $n)))
    (loop $next
      (local.set $random
        (i32.add (i32.mul (local.get $random) (i32.const 1664525)) (i32.const 1013904223)))
      (i32.store8
        (local.get $at)
        (i32.and (i32.shr_u (local.get $random) (i32.const 16)) (i32.const 3)))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end)))))

  (func $least (param $a i32) (param $b i32) (result i32)
    (select (local.get $a) (local.get $b) (i32.lt_u (local.get $a) (local.get $b))))

  (func $next_row (param $i i32) (param $n i32)
    (local $letter i32) (local $j i32) (local $at i32)
    (local $corner i32) (local $above i32) (local $before i32)
    (local.set $letter (i32.load8_u (local.get $i)))
    (local.set $at (global.get $row))
    (local.set $corner (i32.load (local.get $at)))
    (local.set $before (i32.add (local.get $i) (i32.const 1)))
    (i32.store (local.get $at) (local.get $before))
    (loop $columns
      (local.set $at (i32.add (local.get $at) (i32.const 4)))
      (local.set $above (i32.load (local.get $at)))
      (local.set $before
        (call $least
          (i32.add
            (call $least (local.get $above) (local.get $before))
            (i32.const 1))
          (i32.add
            (local.get $corner)
            (i32.ne
              (local.get $letter)
              (i32.load8_u offset=8192 (local.get $j))))))
      (i32.store (local.get $at) (local.get $before))
      (local.set $corner (local.get $above))
      (local.set $j (i32.add (local.get $j) (i32.const 1)))
      (br_if $columns (i32.lt_u (local.get $j) (local.get $n)))))

  (func (export "run") (param $size i64) (result i64)
    (local $n i32) (local $i i32)
    (local.set $n (i32.wrap_i64 (local.get $size)))
    (call $write (i32.const 0) (local.get $n) (i32.const 1))
    (call $write (global.get $second) (local.get $n) (i32.const 2))
    (loop $next
      (i32.store
        (i32.add (global.get $row) (i32.shl (local.get $i) (i32.const 2)))
        (local.get $i))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.le_u (local.get $i) (local.get $n))))
    (local.set $i (i32.const 0))
    (loop $next
      (call $next_row (local.get $i) (local.get $n))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $n))))
    (i64.load32_u (i32.add (global.get $row) (i32.shl (local.get $n) (i32.const 2))))))
