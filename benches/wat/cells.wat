;; A list of n cells is made, reversed in place and added up.
(module
  (type $cell (struct (field $value i64) (field $next (mut (ref null $cell)))))

  (func (export "run") (param $n i64) (result i64)
    (local $list (ref null $cell)) (local $rest (ref null $cell)) (local $cell (ref null $cell))
    (local $sum i64)
    (loop $make
      (local.set $list (struct.new $cell (local.get $n) (local.get $list)))
      (local.set $n (i64.sub (local.get $n) (i64.const 1)))
      (br_if $make (i64.ne (local.get $n) (i64.const 0))))
    (loop $reverse
      (local.set $cell (local.get $list))
      (local.set $list (struct.get $cell $next (local.get $cell)))
      (struct.set $cell $next (local.get $cell) (local.get $rest))
      (local.set $rest (local.get $cell))
      (br_if $reverse (i32.eqz (ref.is_null (local.get $list)))))
    (loop $add
      (local.set $sum
        (i64.add
          (i64.rotl (local.get $sum) (i64.const 1))
          (struct.get $cell $value (local.get $rest))))
      (local.set $rest (struct.get $cell $next (local.get $rest)))
      (br_if $add (i32.eqz (ref.is_null (local.get $rest)))))
    (local.get $sum)))
