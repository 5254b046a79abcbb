;; Answers with the parameter `id` of its route, or with `none`.
(module
  (import "env" "request_get_param" (func $param (param i32 i64 i32 i64) (result i64)))
  (import "env" "response_set_body" (func $body (param i32 i64)))
  (memory (export "memory") 1)
  (data (i32.const 0) "id")
  (data (i32.const 16) "none")
  (func (export "handle") (local $size i64)
    (local.set $size (call $param (i32.const 0) (i64.const 2) (i32.const 64) (i64.const 1000)))
    (if (i64.lt_s (local.get $size) (i64.const 0))
      (then (call $body (i32.const 16) (i64.const 4)))
      (else (call $body (i32.const 64) (local.get $size))))))
