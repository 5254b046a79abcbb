;; invalid: type mismatch: the target of the cast is i31ref, which does not match structref: in br_on_cast
(module
  (func (param structref) (result anyref)
    (br_on_cast 0 structref i31ref (local.get 0))))
