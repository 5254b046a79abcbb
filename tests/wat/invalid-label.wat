;; invalid: unknown label 2: code has 2: in br: in function 0
(module
  (func
    (block
      (br 2))))
