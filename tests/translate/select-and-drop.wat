;; A value that nobody reads costs nothing, unless it may trap.
(module
  (func $dropped (param i32) (result i32)
    (drop (i32.add (local.get 0) (i32.const 1))) local.get 0)
  (func $dropped_division (param i32) (result i32)
    (drop (i32.div_u (i32.const 1) (local.get 0))) local.get 0)
  (func $select (param i32 i32 i32) (result i32)
    (select (local.get 0) (local.get 1) (local.get 2)))
  (func $select_of_comparison (param i64 i64) (result i64)
    (select (local.get 0) (local.get 1) (i64.lt_s (local.get 0) (local.get 1))))
  (func $tee (param i32 i32) (result i32)
    (i32.mul (local.tee 1 (i32.add (local.get 0) (i32.const 1))) (local.get 1))))
