;; n indirect calls, the callee chosen by bits of the value so far: what a virtual call costs.
(module
  (type $step (func (param i64) (result i64)))
  (table funcref (elem $odd $triple $turn $mix))

  (func $odd (type $step) (param $value i64) (result i64)
    (i64.or (local.get $value) (i64.const 1)))
  (func $triple (type $step) (param $value i64) (result i64)
    (i64.add (i64.mul (local.get $value) (i64.const 3)) (i64.const 7)))
  (func $turn (type $step) (param $value i64) (result i64)
    (i64.rotl (local.get $value) (i64.const 17)))
  (func $mix (type $step) (param $value i64) (result i64)
    (i64.xor (local.get $value) (i64.shr_u (local.get $value) (i64.const 29))))

  (func (export "run") (param $n i64) (result i64)
    (local $value i64)
    (local.set $value (i64.const 0x9E3779B97F4A7C15))
    (block $done
      (loop $next
        (br_if $done (i64.eqz (local.get $n)))
        (local.set $value
          (call_indirect (type $step)
            (i64.add (local.get $value) (local.get $n))
            (i32.wrap_i64 (i64.and (local.get $value) (i64.const 3)))))
        (local.set $n (i64.sub (local.get $n) (i64.const 1)))
        (br $next)))
    (local.get $value)))
