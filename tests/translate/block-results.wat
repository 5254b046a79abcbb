;; Where paths join, each has put the values into the same slots.
(module
  (func $if_value (param i32 i32 i32) (result i32)
    (if (result i32) (local.get 0)
      (then (i32.add (local.get 1) (i32.const 1)))
      (else (local.get 2)))
    (i32.mul (local.get 0)))
  (func $two_values (param i32 i32) (result i32)
    (block (result i32 i32)
      (br_if 0 (local.get 0) (local.get 1) (local.get 0)) drop drop
      (i32.const 3) (i32.const 4))
    i32.sub)
  (func $loop_parameter (param i32) (result i32)
    (i32.const 0)
    (loop (param i32) (result i32)
      (i32.add (i32.const 2))
      (br_if 0 (i32.lt_u (i32.const 9) (local.get 0))))))
