;; invalid: type mismatch: if without else takes [] but gives [i32]: in end: in function 0
(module
  (func (result i32)
    i32.const 1
    if (result i32)
      i32.const 2
    end))
