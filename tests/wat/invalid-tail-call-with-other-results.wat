;; invalid: type mismatch: [i64] is given where [i32] is required: in return_call: in function 1
(module
  (func $callee (result i64) (i64.const 1))
  (func (result i32)
    (return_call $callee)))
