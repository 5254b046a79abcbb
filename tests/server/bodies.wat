;; Guests of the server's tests that look at their request, an exported function each.
(module
  (import "env" "request_get_method" (func $method (param i32 i64) (result i64)))
  (import "env" "request_get_path" (func $path (param i32 i64) (result i64)))
  (import "env" "request_get_query" (func $query (param i32 i64) (result i64)))
  (import "env" "request_get_header" (func $header (param i32 i64 i32 i64) (result i64)))
  (import "env" "request_get_header_names" (func $names (param i32 i64) (result i64)))
  (import "env" "request_get_peer" (func $peer (param i32 i64) (result i64)))
  (import "env" "request_get_body_size" (func $size (result i64)))
  (import "env" "request_read_body" (func $read (param i32 i64) (result i64)))
  (import "env" "response_set_status_line" (func $status (param i32 i32 i64)))
  (import "env" "response_write_body" (func $write (param i32 i64)))
  (memory (export "memory") 2)
  (data (i32.const 0) "\n-X-Test")

  ;; Answers with what the functions of the request give, a line each.
  (func (export "describe")
    (call $line (call $method (i32.const 1024) (i64.const 4096)))
    (call $line (call $path (i32.const 1024) (i64.const 4096)))
    (call $line (call $query (i32.const 1024) (i64.const 4096)))
    (call $line (call $header (i32.const 2) (i64.const 6) (i32.const 1024) (i64.const 4096)))
    (call $line (call $names (i32.const 1024) (i64.const 4096)))
    (call $line (call $peer (i32.const 1024) (i64.const 4096))))
  (func $line (param $size i64)
    (if (i64.lt_s (local.get $size) (i64.const 0))
      (then (call $write (i32.const 1) (i64.const 1)))
      (else (call $write (i32.const 1024) (local.get $size))))
    (call $write (i32.const 0) (i64.const 1)))

  ;; Answers with the body, piece by piece.
  (func $echo (export "echo") (local $count i64)
    (call $status (i32.const 200) (i32.const 0) (i64.const 0))
    (loop $again
      (local.set $count (call $read (i32.const 1024) (i64.const 100000)))
      (call $write (i32.const 1024) (local.get $count))
      (br_if $again (i64.ne (local.get $count) (i64.const 0)))))

  ;; Answers with the length of the body, a line end, and the body.
  (func (export "measure")
    (call $number (call $size))
    (call $write (i32.const 0) (i64.const 1))
    (call $echo)
    ;; The end stays the end.
    (if (i64.ne (call $read (i32.const 1024) (i64.const 1)) (i64.const 0)) (then unreachable)))
  (func $number (param $value i64)
    (if (i64.ge_u (local.get $value) (i64.const 10))
      (then (call $number (i64.div_u (local.get $value) (i64.const 10)))))
    (i64.store8 (i32.const 1024)
      (i64.add (i64.const 48) (i64.rem_u (local.get $value) (i64.const 10))))
    (call $write (i32.const 1024) (i64.const 1)))

  ;; Answers without a look at the body.
  (func (export "ignore") (call $write (i32.const 1) (i64.const 1)))

  ;; Answers with the first byte of the body.
  (func (export "first")
    (call $write (i32.const 1024) (call $read (i32.const 1024) (i64.const 1))))
)
