;; valid
(module
  (type $bytes (array i8))
  (type $pair (struct (field i32) (field (ref $bytes))))
  (global $size i32 (i32.mul (i32.const 6) (i32.const 7)))
  (global $bytes (ref $bytes) (array.new $bytes (i32.const 1) (global.get $size)))
  (global (ref $pair) (struct.new $pair (global.get $size) (global.get $bytes)))
  (global (ref i31) (ref.i31 (i32.const 1)))
  (global externref (extern.convert_any (ref.null any)))
  (global v128 (v128.const i64x2 1 2)))
