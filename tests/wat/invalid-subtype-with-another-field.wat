;; invalid: sub type 1 does not match super type 0: their structures do not match
(module
  (type $t (sub (struct (field i32))))
  (type (sub $t (struct (field i64)))))
