;; invalid: unknown local 3: function has 3: in local.get: in function 0
(module
  (func (param i32) (local i64 i64)
    (drop (local.get 3))))
