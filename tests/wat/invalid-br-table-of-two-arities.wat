;; invalid: type mismatch: label 0 takes 0 operands, the default label 1: in br_table: in function 0
(module
  (func (result i32)
    (block
      (br_table 0 1 (i32.const 7) (i32.const 0)))
    (i32.const 1)))
