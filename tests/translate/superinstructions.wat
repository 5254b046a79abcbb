;; fused
;; Neighbours that the lists have become one op.
(module
  (memory 1)
  (func $address_sum (param i32 i32) (result i32)
    (i32.load8_u offset=3 (i32.add (local.get 0) (local.get 1))))
  (func $scaled (param i32 i32) (result i32)
    (i32.load (i32.add (local.get 0) (i32.shl (local.get 1) (i32.const 2)))))
  (func $counted_loop (param $n i32)
    (loop $again
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func $copy (param i32 i32)
    (i64.store (local.get 0) (i64.load (local.get 1))))
  ;; A label between two ops keeps them apart.
  (func $apart (param i32 i32) (result i32)
    (block (result i32)
      (drop (br_if 0 (local.get 0) (local.get 1)))
      (i32.add (local.get 0) (local.get 1)))
    i32.load8_u))
