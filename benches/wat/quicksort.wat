;; Sorts n words of a linear congruential generator by Hoare's partition; answers the sum of each
;; word times its place. n is at most 16384.
(module
  (memory 1)

  ;; Sorts the words from address $low to address $high, both included.
  (func $sort (param $low i32) (param $high i32)
    (local $left i32) (local $right i32) (local $pivot i32) (local $word i32)
    (br_if 0 (i32.ge_s (local.get $low) (local.get $high)))
    (local.set $left (local.get $low))
    (local.set $right (local.get $high))
    (local.set $pivot
      (i32.load
        (i32.and
          (i32.shr_u (i32.add (local.get $low) (local.get $high)) (i32.const 1))
          (i32.const -4))))
    (block $parted
      (loop $part
        (loop $up
          (if (i32.lt_u (i32.load (local.get $left)) (local.get $pivot))
            (then
              (local.set $left (i32.add (local.get $left) (i32.const 4)))
              (br $up))))
        (loop $down
          (if (i32.gt_u (i32.load (local.get $right)) (local.get $pivot))
            (then
              (local.set $right (i32.sub (local.get $right) (i32.const 4)))
              (br $down))))
        (br_if $parted (i32.gt_s (local.get $left) (local.get $right)))
        (local.set $word (i32.load (local.get $left)))
        (i32.store (local.get $left) (i32.load (local.get $right)))
        (i32.store (local.get $right) (local.get $word))
        (local.set $left (i32.add (local.get $left) (i32.const 4)))
        (local.set $right (i32.sub (local.get $right) (i32.const 4)))
        (br_if $part (i32.le_s (local.get $left) (local.get $right)))))
    (call $sort (local.get $low) (local.get $right))
    (call $sort (local.get $left) (local.get $high)))

  (func (export "run") (param $n i64) (result i64)
    (local $at i32) (local $end i32) (local $word i32) (local $sum i64)
    (local.set $end (i32.shl (i32.wrap_i64 (local.get $n)) (i32.const 2)))
    (local.set $word (i32.const 12345))
    (loop $next
      (local.set $word
        (i32.add (i32.mul (local.get $word) (i32.const 1664525)) (i32.const 1013904223)))
      (i32.store (local.get $at) (local.get $word))
      (local.set $at (i32.add (local.get $at) (i32.const 4)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end))))
    (call $sort (i32.const 0) (i32.sub (local.get $end) (i32.const 4)))
    (local.set $at (i32.const 0))
    (loop $next
      (local.set $sum
        (i64.add
          (local.get $sum)
          (i64.mul
            (i64.load32_u (local.get $at))
            (i64.extend_i32_u (i32.shr_u (local.get $at) (i32.const 2))))))
      (local.set $at (i32.add (local.get $at) (i32.const 4)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end))))
    (local.get $sum)))
