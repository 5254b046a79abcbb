;; valid
(module
  (func (export "f")
    (drop (ref.func 0))))
