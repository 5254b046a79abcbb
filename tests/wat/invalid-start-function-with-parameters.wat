;; invalid: start function: 0 must take and give nothing
(module
  (func (param i32))
  (start 0))
