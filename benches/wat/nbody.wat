;; n steps of three bodies under gravity; answers the bits of the first body's x. Float arithmetic
;; with a square root and a division in the inner loop, operands in memory.
;;
;; A body is seven f64: place x y z, velocity x y z, mass.
(module
  (memory 1)
  (global $bodies i32 (i32.const 168))
  (global $size i32 (i32.const 56))
  (global $step f64 (f64.const 0.01))

  (func $body (param $at i32)
    (param $x f64) (param $y f64) (param $z f64)
    (param $vx f64) (param $vy f64) (param $vz f64) (param $mass f64)
    (f64.store offset=0 (local.get $at) (local.get $x))
    (f64.store offset=8 (local.get $at) (local.get $y))
    (f64.store offset=16 (local.get $at) (local.get $z))
    (f64.store offset=24 (local.get $at) (local.get $vx))
    (f64.store offset=32 (local.get $at) (local.get $vy))
    (f64.store offset=40 (local.get $at) (local.get $vz))
    (f64.store offset=48 (local.get $at) (local.get $mass)))

  ;; Changes both velocities by what the bodies at $a and $b do to each other.
  (func $attract (param $a i32) (param $b i32)
    (local $dx f64) (local $dy f64) (local $dz f64)
    (local $square f64) (local $pull f64) (local $by_a f64) (local $by_b f64)
    (local.set $dx (f64.sub (f64.load (local.get $a)) (f64.load (local.get $b))))
    (local.set $dy
      (f64.sub (f64.load offset=8 (local.get $a)) (f64.load offset=8 (local.get $b))))
    (local.set $dz
      (f64.sub (f64.load offset=16 (local.get $a)) (f64.load offset=16 (local.get $b))))
    (local.set $square
      (f64.add
        (f64.add
          (f64.mul (local.get $dx) (local.get $dx))
          (f64.mul (local.get $dy) (local.get $dy)))
        (f64.mul (local.get $dz) (local.get $dz))))
    (local.set $pull
      (f64.div
        (global.get $step)
        (f64.mul (local.get $square) (f64.sqrt (local.get $square)))))
    (local.set $by_a (f64.mul (f64.load offset=48 (local.get $a)) (local.get $pull)))
    (local.set $by_b (f64.mul (f64.load offset=48 (local.get $b)) (local.get $pull)))
    (f64.store offset=24 (local.get $a)
      (f64.sub
        (f64.load offset=24 (local.get $a))
        (f64.mul (local.get $dx) (local.get $by_b))))
    (f64.store offset=32 (local.get $a)
      (f64.sub
        (f64.load offset=32 (local.get $a))
        (f64.mul (local.get $dy) (local.get $by_b))))
    (f64.store offset=40 (local.get $a)
      (f64.sub
        (f64.load offset=40 (local.get $a))
        (f64.mul (local.get $dz) (local.get $by_b))))
    (f64.store offset=24 (local.get $b)
      (f64.add
        (f64.load offset=24 (local.get $b))
        (f64.mul (local.get $dx) (local.get $by_a))))
    (f64.store offset=32 (local.get $b)
      (f64.add
        (f64.load offset=32 (local.get $b))
        (f64.mul (local.get $dy) (local.get $by_a))))
    (f64.store offset=40 (local.get $b)
      (f64.add
        (f64.load offset=40 (local.get $b))
        (f64.mul (local.get $dz) (local.get $by_a)))))

  ;; Moves the coordinate at $at by its velocity, three f64 further on.
  (func $move (param $at i32)
    (f64.store
      (local.get $at)
      (f64.add
        (f64.load (local.get $at))
        (f64.mul (global.get $step) (f64.load offset=24 (local.get $at))))))

  (func $advance
    (local $a i32) (local $b i32)
    (loop $first
      (local.set $b (i32.add (local.get $a) (global.get $size)))
      (block $alone
        (loop $second
          (br_if $alone (i32.ge_u (local.get $b) (global.get $bodies)))
          (call $attract (local.get $a) (local.get $b))
          (local.set $b (i32.add (local.get $b) (global.get $size)))
          (br $second)))
      (local.set $a (i32.add (local.get $a) (global.get $size)))
      (br_if $first (i32.lt_u (local.get $a) (global.get $bodies))))
    (local.set $a (i32.const 0))
    (loop $next
      (call $move (local.get $a))
      (call $move (i32.add (local.get $a) (i32.const 8)))
      (call $move (i32.add (local.get $a) (i32.const 16)))
      (local.set $a (i32.add (local.get $a) (global.get $size)))
      (br_if $next (i32.lt_u (local.get $a) (global.get $bodies)))))

  (func (export "run") (param $n i64) (result i64)
    (call $body (i32.const 0)
      (f64.const 0) (f64.const 0) (f64.const 0)
      (f64.const 0) (f64.const 0) (f64.const 0) (f64.const 40))
    (call $body (i32.const 56)
      (f64.const 5) (f64.const -1) (f64.const 0.5)
      (f64.const 0.5) (f64.const 2.5) (f64.const 0) (f64.const 0.25))
    (call $body (i32.const 112)
      (f64.const -8) (f64.const 4) (f64.const -0.5)
      (f64.const -1) (f64.const -1.5) (f64.const 0.125) (f64.const 0.125))
    (block $done
      (loop $next
        (br_if $done (i64.eqz (local.get $n)))
        (call $advance)
        (local.set $n (i64.sub (local.get $n) (i64.const 1)))
        (br $next)))
    (i64.reinterpret_f64 (f64.load (i32.const 0)))))
