;; valid
(module
  (type $t (struct))
  (func (param anyref) (result (ref null $t))
    (block $rest (result (ref any))
      (return (br_on_cast_fail $rest anyref (ref null $t) (local.get 0))))
    (drop)
    (ref.null $t)))
