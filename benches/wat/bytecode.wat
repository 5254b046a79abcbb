;; An interpreter in the guest: n rounds of twelve instructions, a byte each, fetched from memory
;; and told apart by a br_table that follows the same path each time.
(module
  (memory 1)
  ;; 0: add the next byte to a. 1: b = b * 5 + a. 2: swap a and b. 3: a ^= b >> 3.
  ;; 4: store a at 256. 5: b += what was stored. 6: count down, and begin again or end.
  (data (i32.const 0) "\00\07\01\02\03\04\00\03\05\02\01\03\05\06")
  (func (export "run") (param $n i64) (result i64)
    (local $at i32) (local $op i32) (local $a i64) (local $b i64) (local $swap i64)
    (loop $next
      (local.set $op (i32.load8_u (local.get $at)))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (block $again
        (block $recall
          (block $store
            (block $mix
              (block $turn
                (block $scale
                  (block $add
                    (br_table $add $scale $turn $mix $store $recall $again (local.get $op)))
                  ;; add
                  (local.set $a
                    (i64.add (local.get $a) (i64.load8_u (local.get $at))))
                  (local.set $at (i32.add (local.get $at) (i32.const 1)))
                  (br $next))
                ;; scale
                (local.set $b
                  (i64.add (i64.mul (local.get $b) (i64.const 5)) (local.get $a)))
                (br $next))
              ;; turn
              (local.set $swap (local.get $a))
              (local.set $a (local.get $b))
              (local.set $b (local.get $swap))
              (br $next))
            ;; mix
            (local.set $a
              (i64.xor (local.get $a) (i64.shr_u (local.get $b) (i64.const 3))))
            (br $next))
          ;; store
          (i64.store offset=256 (i32.const 0) (local.get $a))
          (br $next))
        ;; recall
        (local.set $b
          (i64.add (local.get $b) (i64.load offset=256 (i32.const 0))))
        (br $next))
      ;; again
      (local.set $at (i32.const 0))
      (local.set $n (i64.sub (local.get $n) (i64.const 1)))
      (br_if $next (i64.ne (local.get $n) (i64.const 0))))
    (local.get $a)))
