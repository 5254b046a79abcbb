;; Writes word i * 2654435761 at place i of n words, then adds all words: a store loop and a load
;; loop. n is at most 16384.
(module
  (memory 1)
  (func (export "run") (param $n i64) (result i64)
    (local $at i32) (local $end i32) (local $word i32) (local $sum i64)
    (local.set $end (i32.shl (i32.wrap_i64 (local.get $n)) (i32.const 2)))
    (block $written
      (br_if $written (i32.eqz (local.get $end)))
      (loop $next
        (i32.store (local.get $at) (local.get $word))
        (local.set $word (i32.add (local.get $word) (i32.const 2654435761)))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (br_if $next (i32.lt_u (local.get $at) (local.get $end)))))
    (local.set $at (i32.const 0))
    (block $added
      (br_if $added (i32.eqz (local.get $end)))
      (loop $next
        (local.set $sum (i64.add (local.get $sum) (i64.load32_u (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (br_if $next (i32.lt_u (local.get $at) (local.get $end)))))
    (local.get $sum)))
