;; invalid: type mismatch: [i32] is given where [i32 exnref] is required: in try_table: in function 0
(module
  (tag $e (param i32))
  (func (result i32 exnref)
    (try_table (catch $e 0)
      (unreachable))
    (unreachable)))
