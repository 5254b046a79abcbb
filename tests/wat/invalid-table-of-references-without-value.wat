;; invalid: type mismatch: a table of (ref func) needs a value for its elements
(module
  (table 1 (ref func)))
