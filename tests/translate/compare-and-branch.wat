;; A comparison and the branch on it are one op; so is the opposite for `if`.
(module
  (func $branch (param i32 i32) (result i32)
    (block (br_if 0 (i32.lt_u (local.get 0) (local.get 1))) (return (i32.const 1)))
    i32.const 2)
  (func $branch_unless (param i64 i64) (result i32)
    (if (result i32) (i64.ge_s (local.get 0) (local.get 1))
      (then (i32.const 1))
      (else (i32.const 2))))
  (func $branch_on_zero (param i32)
    (block (br_if 0 (i32.eqz (local.get 0))) (unreachable)))
  (func $branch_on_bits (param i32)
    (block (br_if 0 (i32.and (local.get 0) (i32.const 4))) (unreachable)))
  (func $branch_on_floats (param f32 f32)
    (block (br_if 0 (f32.lt (local.get 0) (local.get 1))) (unreachable)))
  ;; As a value a comparison is an op like others.
  (func $value (param i32 i32) (result i32)
    (i32.lt_s (local.get 0) (local.get 1))))
