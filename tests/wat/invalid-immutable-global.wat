;; invalid: immutable global: in global.set: in function 0
(module
  (global i32 (i32.const 1))
  (func
    (global.set 0 (i32.const 1))))
