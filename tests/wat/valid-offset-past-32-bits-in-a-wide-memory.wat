;; valid
(module
  (memory i64 1)
  (func
    (i64.store offset=0x1_0000_0000 (i64.const 0) (i64.const 0))))
