;; invalid: constant expression required: in i32.clz, offset 0x
(module
  (global i32 (i32.clz (i32.const 1))))
