;; valid
(module
  (rec (type $a (func (param (ref $b)))) (type $b (struct)))
  (rec (type $c (func (param (ref $d)))) (type $d (struct)))
  (func (param (ref $a)) (result (ref $c))
    (local.get 0)))
