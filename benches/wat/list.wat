;; Follows a list of 4,096 cells that lie in memory in another order than they are linked, n times,
;; and adds what they hold: each load waits for the one before.
(module
  (memory 1)
  ;; A cell is two words: the next cell's address and a value. Cell i is followed by cell
  ;; 5 i + 1 modulo 4096, which visits all.
  (func $link
    (local $i i32)
    (loop $next
      (i32.store
        (i32.shl (local.get $i) (i32.const 3))
        (i32.shl
          (i32.and
            (i32.add (i32.mul (local.get $i) (i32.const 5)) (i32.const 1))
            (i32.const 4095))
          (i32.const 3)))
      (i32.store offset=4
        (i32.shl (local.get $i) (i32.const 3))
        (i32.mul (local.get $i) (local.get $i)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (i32.const 4096)))))

  (func (export "run") (param $n i64) (result i64)
    (local $cell i32) (local $sum i64)
    (call $link)
    (loop $rounds
      (loop $next
        (local.set $sum
          (i64.add
            (i64.rotl (local.get $sum) (i64.const 1))
            (i64.load32_u offset=4 (local.get $cell))))
        (local.set $cell (i32.load (local.get $cell)))
        (br_if $next (local.get $cell)))
      (local.set $n (i64.sub (local.get $n) (i64.const 1)))
      (br_if $rounds (i64.ne (local.get $n) (i64.const 0))))
    (local.get $sum)))
