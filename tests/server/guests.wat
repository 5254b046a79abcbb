;; Guests of the server's tests: an exported function each.
(module
  (import "env" "log" (func $log (param i32 i64)))
  (import "env" "response_set_status_line" (func $status (param i32 i32 i64)))
  (import "env" "response_set_header" (func $header (param i32 i64 i32 i64)))
  (import "env" "response_set_body" (func $body (param i32 i64)))
  (import "env" "tcp_connect" (func $connect (param i32 i64) (result i32)))
  (import "env" "tcp_read" (func $read (param i32 i32 i64) (result i64)))
  (import "env" "tcp_write" (func $write (param i32 i32 i64) (result i64)))
  (import "env" "tcp_close" (func $close (param i32) (result i32)))
  (import "env" "response_write_body" (func $write_body (param i32 i64)))
  (import "env" "db_get" (func $get (param i32 i64 i32 i64) (result i64)))
  (memory (export "memory") 1)
  (data (i32.const 0) "Fine")
  (data (i32.const 16) "hello from a guest")
  (data (i32.const 48) "X-Guest")
  (data (i32.const 64) "Content-Length")
  (data (i32.const 80) "a\r\nInjected: yes")
  (data (i32.const 112) "backend")
  (data (i32.const 128) "ping")
  (data (i32.const 144) "127.0.0.1:9")
  (global $count (mut i32) (i32.const 0))

  (func $say (param $ptr i32) (param $size i64)
    (call $body (local.get $ptr) (local.get $size)))

  (func (export "hello")
    (call $log (i32.const 16) (i64.const 18))
    (call $status (i32.const 203) (i32.const 0) (i64.const 4))
    (call $header (i32.const 48) (i64.const 7) (i32.const 0) (i64.const 4))
    (call $header (i32.const 64) (i64.const 14) (i32.const 128) (i64.const 4))
    (call $say (i32.const 16) (i64.const 18)))

  (func (export "body_only") (call $say (i32.const 16) (i64.const 5)))
  (func (export "nothing"))
  (func (export "no_content")
    (call $status (i32.const 204) (i32.const 0) (i64.const 0))
    (call $say (i32.const 16) (i64.const 5)))

  ;; Answers with what it counts, which is always 1.
  (func (export "count")
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (i32.store8 (i32.const 256) (i32.add (i32.load8_u (i32.const 256)) (global.get $count)))
    (i32.store8 (i32.const 257) (i32.add (i32.load8_u (i32.const 256)) (i32.const 48)))
    (call $say (i32.const 257) (i64.const 1)))

  (func $trap (export "trap") unreachable)
  (func (export "trap_after_answer") (call $say (i32.const 16) (i64.const 5)) (call $trap))
  (func (export "spin") (loop $again (br $again)))
  (func $deep (export "deep") (call $deep) (drop (i32.load (i32.const 0))))

  ;; Takes all memory that it gets, then answers with how often it got some.
  (func (export "hog") (local $pages i32)
    (loop $again
      (if (i32.ne (memory.grow (i32.const 16)) (i32.const -1))
        (then
          (local.set $pages (i32.add (local.get $pages) (i32.const 1)))
          (br $again))))
    (i32.store8 (i32.const 256) (i32.add (local.get $pages) (i32.const 48)))
    (call $say (i32.const 256) (i64.const 1)))
  (func (export "hog_for_ever")
    (loop $again (drop (memory.grow (i32.const 1))) (br $again)))

  ;; What no guest may pass.
  (func (export "bad_pointer") (call $say (i32.const 65536) (i64.const 1)))
  (func (export "bad_size") (call $say (i32.const 0) (i64.const -1)))
  (func (export "huge_size") (call $say (i32.const 1) (i64.const 0x7fffffffffffffff)))
  (func (export "bad_status") (call $status (i32.const 101) (i32.const 0) (i64.const 4)))
  (func (export "bad_reason") (call $status (i32.const 200) (i32.const 80) (i64.const 16)))
  (func (export "bad_name")
    (call $header (i32.const 80) (i64.const 16) (i32.const 0) (i64.const 4)))
  (func (export "bad_value")
    (call $header (i32.const 48) (i64.const 7) (i32.const 80) (i64.const 16)))
  (func (export "large")
    (drop (memory.grow (i32.const 16)))
    (call $say (i32.const 0) (i64.const 100000)))

  ;; Sends "ping" to the backend that the environment names and answers with what comes back; says
  ;; 502 when there is none, and the negative error as a letter: -1 is a.
  (func (export "backend") (local $fd i32) (local $size i64)
    (local.set $fd
      (call $connect (i32.const 512)
        (call $get (i32.const 112) (i64.const 7) (i32.const 512) (i64.const 64))))
    (if (i32.lt_s (local.get $fd) (i32.const 0))
      (then (call $fail (i64.extend_i32_s (local.get $fd))) (return)))
    (drop (call $write (local.get $fd) (i32.const 128) (i64.const 4)))
    (local.set $size (call $read (local.get $fd) (i32.const 1024) (i64.const 1024)))
    (if (i64.lt_s (local.get $size) (i64.const 0))
      (then (call $fail (local.get $size)) (return)))
    (call $say (i32.const 1024) (local.get $size)))
  (func $fail (param $error i64)
    (call $status (i32.const 502) (i32.const 0) (i64.const 0))
    (i64.store8 (i32.const 256) (i64.sub (i64.const 96) (local.get $error)))
    (call $say (i32.const 256) (i64.const 1)))

  ;; Connects to its backend twice, closes the first connection, and connects once more; says what
  ;; comes of each as a character: 0 is 0, -1 is /, -2 is .
  (func (export "reconnect") (local $size i64)
    (local.set $size (call $get (i32.const 112) (i64.const 7) (i32.const 512) (i64.const 64)))
    (call $tell (call $connect (i32.const 512) (local.get $size)))
    (call $tell (call $connect (i32.const 512) (local.get $size)))
    (call $tell (call $close (i32.const 0)))
    (call $tell (call $connect (i32.const 512) (local.get $size))))
  (func $tell (param $result i32)
    (i32.store8 (i32.const 256) (i32.add (i32.const 48) (local.get $result)))
    (call $write_body (i32.const 256) (i64.const 1)))

  ;; Connects to an address that nobody told it; says what comes of it as $fail does.
  (func (export "elsewhere")
    (call $fail (i64.extend_i32_s (call $connect (i32.const 144) (i64.const 11)))))

  ;; Waits for its backend again and again.
  (func (export "wait_for_ever") (local $fd i32)
    (local.set $fd
      (call $connect (i32.const 512)
        (call $get (i32.const 112) (i64.const 7) (i32.const 512) (i64.const 64))))
    (loop $again
      (drop (call $read (local.get $fd) (i32.const 1024) (i64.const 1024)))
      (br $again)))

  (func (export "takes_one") (param i32))
)
