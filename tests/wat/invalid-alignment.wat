;; invalid: alignment must not be larger than natural: 2^3 for 4 bytes: in i32.load: in function 0
(module
  (memory 1)
  (func
    (drop (i32.load align=8 (i32.const 0)))))
