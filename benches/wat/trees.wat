;; Binary trees: one of depth 14 that lives, and n of depth 8 that are made, counted and left.
(module
  (type $tree (struct (field $left (ref null $tree)) (field $right (ref null $tree))))

  (func $make (param $depth i32) (result (ref $tree))
    (if (result (ref $tree)) (local.get $depth)
      (then
        (struct.new $tree
          (call $make (i32.sub (local.get $depth) (i32.const 1)))
          (call $make (i32.sub (local.get $depth) (i32.const 1)))))
      (else (struct.new $tree (ref.null none) (ref.null none)))))

  (func $count (param $tree (ref $tree)) (result i64)
    (block $leaf
      (return
        (i64.add
          (i64.add
            (call $count (br_on_null $leaf (struct.get $tree $left (local.get $tree))))
            (call $count (br_on_null $leaf (struct.get $tree $right (local.get $tree)))))
          (i64.const 1))))
    (i64.const 1))

  (func (export "run") (param $n i64) (result i64)
    (local $lives (ref null $tree)) (local $sum i64)
    (local.set $lives (call $make (i32.const 14)))
    (loop $next
      (local.set $sum (i64.add (local.get $sum) (call $count (call $make (i32.const 8)))))
      (local.set $n (i64.sub (local.get $n) (i64.const 1)))
      (br_if $next (i64.ne (local.get $n) (i64.const 0))))
    (i64.add (local.get $sum) (call $count (ref.as_non_null (local.get $lives))))))
