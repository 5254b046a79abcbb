;; invalid: type mismatch: the table's element is externref, which does not match funcref: in call_indirect
(module
  (table 1 externref)
  (func
    (call_indirect (i32.const 0))))
