;; Two locals live in registers: those used most, a use in a loop counting eight times as much.
(module
  (func $counts_down (param $n i32) (param $unused i32) (result i32) (local $sum i32)
    (loop $again
      (local.set $sum (i32.add (local.get $sum) (local.get $n)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    local.get $sum)
  ;; The loop's locals win over the one that is used more often outside.
  (func $inner_loop_first (param $often i32) (param $n i32) (param $step i32) (result i32)
    (local.set $often (i32.add (local.get $often) (i32.add (local.get $often) (local.get $often))))
    (loop $again
      (br_if $again (local.tee $n (i32.sub (local.get $n) (local.get $step)))))
    local.get $often)
  ;; Floats have two registers of their own.
  (func $floats (param $x f64) (param $y f64) (result f64)
    (f64.add (f64.mul (local.get $x) (local.get $x)) (local.get $y))))
