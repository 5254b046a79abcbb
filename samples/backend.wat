;; An application with a backend: it looks an address up in its environment table, asks the server
;; there, and answers 200 with what came back, or 502 when nothing did.
(module
  (import "env" "log" (func $log (param $ptr i32) (param $size i64)))
  (import "env" "response_set_status_line"
    (func $set_status_line (param $status i32) (param $ptr i32) (param $size i64)))
  (import "env" "response_set_header"
    (func $set_header (param $name_ptr i32) (param $name_size i64)
                      (param $value_ptr i32) (param $value_size i64)))
  (import "env" "response_set_body" (func $set_body (param $ptr i32) (param $size i64)))

  ;; The length of the value with this key, or -1; copies as much as the buffer takes.
  (import "env" "db_get"
    (func $db_get (param $key_ptr i32) (param $key_size i64)
                  (param $value_ptr i32) (param $value_size i64) (result i64)))
  ;; The guest rests while one of the next three waits. Negative results are errors.
  (import "env" "tcp_connect" (func $tcp_connect (param $ptr i32) (param $size i64) (result i32)))
  (import "env" "tcp_write"
    (func $tcp_write (param $fd i32) (param $ptr i32) (param $size i64) (result i64)))
  (import "env" "tcp_read"
    (func $tcp_read (param $fd i32) (param $ptr i32) (param $size i64) (result i64)))

  ;; The first page holds the texts and the address; the answer begins at the second page.
  (memory (export "memory") 2)
  (data (i32.const 0x000) "OK")
  (data (i32.const 0x010) "Bad Gateway")
  (data (i32.const 0x020) "Content-Type")
  (data (i32.const 0x030) "text/plain; charset=utf-8")
  (data (i32.const 0x050) "/env/backend")
  (data (i32.const 0x060) "hello from the guest\n")
  (data (i32.const 0x080) "the environment has no address at /env/backend\n")
  (data (i32.const 0x0c0) "could not connect to the backend\n")
  (data (i32.const 0x0f0) "the backend took or gave nothing\n")
  (data (i32.const 0x120) "answer from the backend:\n")

  (global $address i32 (i32.const 0x200))
  (global $address_room i64 (i64.const 0x100))
  (global $answer i32 (i32.const 0x10000))
  (global $answer_room i32 (i32.const 0x10000))

  (func (export "handle")
    (local $size i64)
    (local $fd i32)

    ;; Where is the backend?
    (local.set $size
      (call $db_get (i32.const 0x050) (i64.const 12)
                    (global.get $address) (global.get $address_room)))
    (if (i32.or (i64.lt_s (local.get $size) (i64.const 0))
                (i64.gt_s (local.get $size) (global.get $address_room)))
      (then (call $fail (i32.const 0x080) (i64.const 47)) (return)))

    (local.set $fd (call $tcp_connect (global.get $address) (local.get $size)))
    (if (i32.lt_s (local.get $fd) (i32.const 0))
      (then (call $fail (i32.const 0x0c0) (i64.const 33)) (return)))

    ;; Ask, then read the answer behind its first line.
    (if (i64.ne (call $tcp_write (local.get $fd) (i32.const 0x060) (i64.const 21))
                (i64.const 21))
      (then (call $fail (i32.const 0x0f0) (i64.const 33)) (return)))
    (memory.copy (global.get $answer) (i32.const 0x120) (i32.const 25))
    (local.set $size (call $read_all (local.get $fd) (i32.const 25)))
    (if (i64.lt_s (local.get $size) (i64.const 0))
      (then (call $fail (i32.const 0x0f0) (i64.const 33)) (return)))

    (call $set_status_line (i32.const 200) (i32.const 0x000) (i64.const 2))
    (call $set_type)
    (call $set_body (global.get $answer) (local.get $size)))

  ;; Reads to the end of the stream, or until the answer's page is full. Gives how much of the page
  ;; is used then, or -1 when reading failed.
  (func $read_all (param $fd i32) (param $used i32) (result i64)
    (local $count i64)
    (loop $more
      (local.set $count
        (call $tcp_read (local.get $fd)
                        (i32.add (global.get $answer) (local.get $used))
                        (i64.extend_i32_u (i32.sub (global.get $answer_room) (local.get $used)))))
      (if (i64.lt_s (local.get $count) (i64.const 0))
        (then (return (i64.const -1))))
      (local.set $used (i32.add (local.get $used) (i32.wrap_i64 (local.get $count))))
      ;; A full page leaves no room: a read of no bytes gives 0, as the end of the stream does.
      (br_if $more (i64.ne (local.get $count) (i64.const 0))))
    (i64.extend_i32_u (local.get $used)))

  ;; 502 with a message, which the log gets too.
  (func $fail (param $ptr i32) (param $size i64)
    (call $log (local.get $ptr) (local.get $size))
    (call $set_status_line (i32.const 502) (i32.const 0x010) (i64.const 11))
    (call $set_type)
    (call $set_body (local.get $ptr) (local.get $size)))

  (func $set_type
    (call $set_header (i32.const 0x020) (i64.const 12) (i32.const 0x030) (i64.const 25))))
