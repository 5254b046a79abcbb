;; invalid: type mismatch: instruction requires [i32 i32] but stack has [f64 i32]: in i32.add: in function 0 `add`, offset 0x23
(module
  (func $add (result i32)
    (i32.add (f64.const 1) (i32.const 1))))
