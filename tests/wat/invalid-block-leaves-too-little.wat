;; invalid: type mismatch: block requires [i64] but stack has []: in end: in function 0
(module
  (func (result i64)
    (nop)))
