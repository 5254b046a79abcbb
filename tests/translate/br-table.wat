;; A row a label, each with its target and what it pays.
(module
  (func $states (param i32) (result i32)
    (block $default
      (block $two
        (block $one
          (block $zero (br_table $zero $one $two $default (local.get 0)))
          (return (i32.const 10)))
        (return (i32.const 11)))
      (return (i32.const 12)))
    i32.const 13)
  ;; A label that takes a value is reached through a few ops that move it.
  (func $with_value (param i32) (result i32)
    (block $outer (result i32)
      (block $inner (result i32)
        (br_table $inner $outer (i32.const 5) (local.get 0)))
      (i32.add (i32.const 1)))))
