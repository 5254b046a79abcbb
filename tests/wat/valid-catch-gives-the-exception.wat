;; valid
(module
  (tag $e (param i32))
  (func (result i32 (ref exn))
    (try_table (catch_ref $e 0)
      (throw $e (i32.const 1)))
    (unreachable)))
