;; invalid: type mismatch: packed fields are read with extension, others without: type 0: in struct.get
(module
  (type $t (struct (field i8)))
  (func (param (ref $t)) (result i32)
    (struct.get $t 0 (local.get 0))))
