;; invalid: type mismatch: block requires [(ref 2)] but stack has [(ref 0)]: in end: in function 0
(module
  (rec (type $a (func)) (type $b (struct)))
  (rec (type $c (func)) (type $d (array i8)))
  (func (param (ref $a)) (result (ref $c))
    (local.get 0)))
