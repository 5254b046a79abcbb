;; Operands are read where they are: slots, constants, the accumulator. Nothing is copied first.
(module
  ;; The sum stays in the accumulator for the product.
  (func $sum_then_product (param i32 i32 i32 i32) (result i32)
    local.get 0 local.get 1 i32.add local.get 2 i32.mul)
  ;; Two sums at a time: the first one goes to a slot.
  (func $product_of_sums (param i32 i32 i32 i32) (result i32)
    local.get 0 local.get 1 i32.add local.get 2 local.get 3 i32.add i32.mul)
  ;; A constant on the left of what commutes goes to the right.
  (func $constants (param i64 i64 i64) (result i64)
    i64.const 7 local.get 0 i64.add i64.const 9 i64.sub)
  ;; A local that is overwritten while its old value is still on the stack keeps it.
  (func $overwritten (param i32 i32 i32) (result i32)
    local.get 2 i32.const 5 local.set 2 local.get 2 i32.sub))
