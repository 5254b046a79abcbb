;; invalid: type mismatch: instruction requires [any] but stack has []: in drop
(module
  (func
    (i32.const 1)
    (block
      (drop))
    (drop)))
