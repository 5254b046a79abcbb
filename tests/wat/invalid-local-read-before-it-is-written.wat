;; invalid: uninitialized local: 1: in local.get: in function 0
(module
  (func (param i32) (local (ref func))
    (if (local.get 0)
      (then (local.set 1 (ref.func 0))))
    (drop (local.get 1)))
  (elem declare func 0))
