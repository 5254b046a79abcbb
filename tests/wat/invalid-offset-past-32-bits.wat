;; invalid: offset out of range: 0x100000000 in a memory of 32-bit addresses: in i64.store
(module
  (memory 1)
  (func
    (i64.store offset=0x1_0000_0000 (i32.const 0) (i64.const 0))))
