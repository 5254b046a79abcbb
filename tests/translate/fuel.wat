;; What a path has executed is paid where it branches, calls or returns; a loop also checks.
(module
  (func $straight (param i32) (result i32)
    (i32.add (i32.add (local.get 0) (i32.const 1)) (i32.const 2)))
  (func $forever (loop $again nop nop (br $again)))
  (func $paths_of_two_lengths (param i32) (result i32)
    (if (local.get 0) (then nop nop nop nop) (else nop))
    local.get 0)
  (func $call (call $straight (i32.const 1)) drop))
