;; invalid: unknown field 1: structure has 1: in struct.get
(module
  (type $t (struct (field i32)))
  (func (param (ref $t)) (result i32)
    (struct.get $t 1 (local.get 0))))
