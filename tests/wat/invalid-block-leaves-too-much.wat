;; invalid: type mismatch: block requires [] but stack has [i32]: in end: in function 0
(module
  (func
    (block
      (i32.const 1))))
