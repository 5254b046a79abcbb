;; How often "abcab" stands in a text of n bytes from "a" to "c": look for the first byte, then
;; compare the others until one differs. n is at most 65000.
(module
  (memory 1)
  (data (i32.const 0) "abcab")
  (global $pattern_end i32 (i32.const 5))
  (global $text i32 (i32.const 64))

  (func $write (param $end i32)
    (local $at i32) (local $random i32)
    (local.set $at (global.get $text))
    (local.set $random (i32.const 1))
    (loop $next
      (local.set $random
        (i32.add (i32.mul (local.get $random) (i32.const 1664525)) (i32.const 1013904223)))
      (i32.store8
        (local.get $at)
        (i32.add
          (i32.const 97)
          (i32.rem_u (i32.shr_u (local.get $random) (i32.const 16)) (i32.const 3))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end)))))

  (func $count (param $last i32) (result i64)
    (local $at i32) (local $place i32) (local $first i32) (local $count i64)
    (local.set $first (i32.load8_u (i32.const 0)))
    (local.set $at (global.get $text))
    (block $done
      (loop $next
        (br_if $done (i32.gt_u (local.get $at) (local.get $last)))
        (block $differs
          (br_if $differs (i32.ne (i32.load8_u (local.get $at)) (local.get $first)))
          (local.set $place (i32.const 1))
          (loop $compare
            (br_if $differs
              (i32.ne
                (i32.load8_u (i32.add (local.get $at) (local.get $place)))
                (i32.load8_u (local.get $place))))
            (local.set $place (i32.add (local.get $place) (i32.const 1)))
            (br_if $compare (i32.lt_u (local.get $place) (global.get $pattern_end))))
          (local.set $count (i64.add (local.get $count) (i64.const 1))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next)))
    (local.get $count))

  (func (export "run") (param $n i64) (result i64)
    (local $end i32)
    (local.set $end (i32.add (global.get $text) (i32.wrap_i64 (local.get $n))))
    (call $write (local.get $end))
    (call $count (i32.sub (local.get $end) (global.get $pattern_end)))))
