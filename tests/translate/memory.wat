;; Addresses and values are operands like others; the offset stands in the op.
(module
  (memory 1)
  (memory $other 1)
  (memory $far i64 1)
  (func $load (param i32) (result i32) (i32.load offset=8 (local.get 0)))
  (func $load_narrow (param i32) (result i64) (i64.load16_s (local.get 0)))
  (func $store (param i32 i32) (i32.store8 (local.get 0) (local.get 1)))
  (func $store_constant (param i32) (i32.store offset=4 (local.get 0) (i32.const 9)))
  (func $float (param i32 f64) (f64.store (local.get 0) (f64.add (local.get 1) (local.get 1))))
  (func $second_memory (param i32) (result i32) (i32.load $other (local.get 0)))
  (func $wide (param i64) (result i32) (i32.load $far offset=5000000000 (local.get 0)))
  (func $bulk (param i32 i32 i32) (memory.copy (local.get 0) (local.get 1) (local.get 2)))
  (func $grow (result i32) (memory.grow (i32.const 1))))
