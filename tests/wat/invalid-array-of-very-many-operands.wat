;; malformed: too many operands of array.new_fixed: 4294967295, limit 10000
(module
  (type $t (array i32))
  (func
    unreachable
    (drop (array.new_fixed $t 4294967295))))
