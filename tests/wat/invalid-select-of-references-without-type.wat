;; invalid: type mismatch: select requires two like numbers or vectors, not funcref funcref: in select
(module
  (func (param funcref)
    (drop (select (local.get 0) (local.get 0) (i32.const 1)))))
