;; valid
(module
  (type $any (sub (func (result anyref))))
  (type $i31 (sub $any (func (result (ref i31)))))
  (func (param (ref $i31)) (result anyref)
    (call_ref $any (local.get 0))))
