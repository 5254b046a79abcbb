;; valid
(module
  (table $narrow 1 funcref)
  (table $wide i64 1 funcref)
  (func
    (table.copy $narrow $wide (i32.const 0) (i64.const 0) (i32.const 1))
    (table.copy $wide $wide (i64.const 0) (i64.const 0) (i64.const 1))))
