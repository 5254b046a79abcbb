;; invalid: sub type 1 does not match super type 0: it is final
(module
  (type $t (struct))
  (type (sub $t (struct))))
