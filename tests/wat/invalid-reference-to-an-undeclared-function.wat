;; invalid: undeclared function reference: 0: in ref.func: in function 0
(module
  (func
    (drop (ref.func 0))))
