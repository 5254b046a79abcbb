;; invalid: type mismatch: instruction requires [i32 i32] but stack has [i64]: in i32.add: in function 0
(module
  (func
    unreachable
    i64.const 1
    i32.add
    drop))
