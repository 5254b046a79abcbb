;; A structure is made of operands in their homes; fields are read into the accumulator, a float as
;; bits into its home. A cast looks at a type and how many are above it.
(module
  (type $point (sub (struct (field $x (mut f64)) (field $n i32))))
  (type $named (sub $point (struct (field $x (mut f64)) (field $n i32) (field $tag i8))))
  (func $move (param $p (ref null $point)) (param $n i32) (result f64)
    (struct.set $point $x (local.get $p)
      (f64.add (struct.get $point $x (local.get $p)) (f64.const 1)))
    (drop (struct.new $point (f64.const 2) (local.get $n)))
    (f64.convert_i32_s
      (struct.get_s $named $tag (ref.cast (ref $named) (local.get $p))))))
