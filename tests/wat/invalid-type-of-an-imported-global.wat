;; invalid: unknown type 7: module has 0, offset
(module
  (import "a" "g" (global (ref null 7)))
  (table 1 funcref (global.get 0)))
