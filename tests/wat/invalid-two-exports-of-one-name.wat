;; invalid: duplicate export name: "a"
(module
  (func (export "a") (export "a")))
