;; valid
(module
  (func (result i32)
    (block (result i32)
      (block (result i64)
        (unreachable)
        (br_table 0 1 0))
      (drop)
      (i32.const 1))))
