;; valid
(module
  (type $f (func (param i64) (result i32)))
  (func (result i32)
    unreachable
    i32.add
    select
    br_table 0 0
    call_ref $f
    drop
    ref.as_non_null
    drop))
