;; Two applications in one module: each exported function answers the requests of its route.
(module
  ;; What the server offers. Addresses are i32, sizes are i64.
  (import "env" "log" (func $log (param $ptr i32) (param $size i64)))
  (import "env" "response_set_status_line"
    (func $set_status_line (param $status i32) (param $ptr i32) (param $size i64)))
  (import "env" "response_set_header"
    (func $set_header (param $name_ptr i32) (param $name_size i64)
                      (param $value_ptr i32) (param $value_size i64)))
  (import "env" "response_set_body" (func $set_body (param $ptr i32) (param $size i64)))

  ;; Addresses that are given to the server point into the memory with this name.
  (memory (export "memory") 1)
  (data (i32.const 0x00) "OK")
  (data (i32.const 0x10) "Content-Type")
  (data (i32.const 0x20) "text/plain; charset=utf-8")
  (data (i32.const 0x40) "Hello world from wasm!\n")
  (data (i32.const 0x60) "Bonjour tout le monde depuis le monde merveilleux de WASM !\n")
  (data (i32.const 0xa0) "somebody said hello")

  (func (export "hello")
    (call $log (i32.const 0xa0) (i64.const 19))
    (call $answer (i32.const 0x40) (i64.const 23)))

  (func (export "bonjour")
    (call $answer (i32.const 0x60) (i64.const 60)))

  ;; 200 with a text as the body. Content-Length and the like are the server's business.
  (func $answer (param $ptr i32) (param $size i64)
    (call $set_status_line (i32.const 200) (i32.const 0x00) (i64.const 2))
    (call $set_header (i32.const 0x10) (i64.const 12) (i32.const 0x20) (i64.const 25))
    (call $set_body (local.get $ptr) (local.get $size))))
