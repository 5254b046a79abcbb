;; An own global is a word of the context; an imported one is reached through its address.
(module
  (import "m" "g" (global $imported (mut i32)))
  (global $own (mut i32) (i32.const 1))
  (global $float (mut f64) (f64.const 1))
  (func $get (result i32) (i32.add (global.get $own) (global.get $imported)))
  (func $set (param i32) (global.set $own (local.get 0)) (global.set $imported (i32.const 2)))
  (func $count (global.set $own (i32.add (global.get $own) (i32.const 1))))
  (func $floats (param f64) (global.set $float (f64.mul (local.get 0) (global.get $float)))))
