//! Loops of every family of instructions on a thread with little native stack.
//!
//! Handlers of the threaded machine jump to each other. One that called its successor would take
//! at least a return address of the stack with every round, and the loop would overflow it.

use std::thread;

use serverless_wasm::interp::{Backend, Config, Engine, Linker, Module, Store, Translation};
use serverless_wasm::wasm::{Feature, Features};

const NATIVE_STACK: usize = 64 * 1024;
/// Without optimisation a round takes longer, and a hundred times the stack will do.
const ROUNDS: u32 = if cfg!(debug_assertions) { 1_000_000 } else { 10_000_000 };

/// What a call that isn't a jump leaves on the stack at the very least.
const RETURN_ADDRESS: usize = 8;
const _: () = assert!(ROUNDS as usize * RETURN_ADDRESS > 100 * NATIVE_STACK);

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Runs `body` in a loop of `ROUNDS` rounds; `declarations` stand before the function. `$n` is what
/// is left to count, `$x` an i32, `$f` an f64; `$x` is the result.
fn result_of(declarations: &str, body: &str) -> Result<u32> {
    let text = format!(
        r#"(module {declarations}
          (func (export "run") (param $n i32) (result i32) (local $x i32) (local $f f64)
            (loop $again
              {body}
              (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            local.get $x))"#
    );
    // Compiled on this thread, whose stack is the usual one.
    let features = Feature::ALL.into_iter().fold(Features::default(), Features::with);
    let config =
        Config::new().backend(Backend::Threaded).translation(Translation::Eager).features(features);
    let engine = Engine::new(config);
    let module = Module::new(&engine, &wat::parse_str(text)?)?;
    let run = move || -> Result<u32> {
        let mut linker = Linker::<u32>::new(module.engine());
        linker.func_wrap("env", "next", |x: u32| x.wrapping_add(1))?;
        let mut store = Store::new(module.engine(), 0);
        let instance = linker.instantiate(&mut store, &module)?;
        let run = instance.get_typed_func::<u32, u32>(&mut store, "run")?;
        Ok(run.call(&mut store, ROUNDS)?)
    };
    let thread = thread::Builder::new().stack_size(NATIVE_STACK).spawn(run)?;
    thread.join().map_err(|_| "the thread panicked")?
}

#[test]
fn arithmetic() -> Result {
    let body = "(local.set $x (i32.add (i32.rotl (i32.xor (local.get $x) (local.get $n))
        (i32.const 5)) (i32.div_u (local.get $x) (local.get $n))))";
    let expected =
        (1..=ROUNDS).rev().fold(0_u32, |x, n| (x ^ n).rotate_left(5).wrapping_add(x / n));
    assert_eq!(result_of("", body)?, expected);
    Ok(())
}

#[test]
fn floats() -> Result {
    let body = "(local.set $f (f64.add (f64.sqrt (f64.floor (local.get $f)))
          (f64.convert_i32_u (local.get $n))))
        (local.set $x (i32.trunc_sat_f64_u (f64.nearest (local.get $f))))";
    let round = |f: f64, n: u32| f.floor().sqrt() + f64::from(n);
    let expected = (1..=ROUNDS).rev().fold(0.0, round).round_ties_even();
    assert_eq!(result_of("", body)?, expected as u32);
    Ok(())
}

#[test]
fn loads_and_stores() -> Result {
    let body = "(i32.store offset=8 (i32.and (local.get $n) (i32.const 0xFFFC))
          (i32.add (i32.load8_u offset=9 (i32.const 0)) (local.get $n)))
        (f64.store (i32.const 0x18000) (f64.add (f64.load (i32.const 0x18000)) (f64.const 1)))
        (local.set $x (i32.trunc_f64_u (f64.load (i32.const 0x18000))))";
    assert_eq!(result_of("(memory 2)", body)?, ROUNDS);
    Ok(())
}

#[test]
fn atomics() -> Result {
    let body = "(drop (i32.atomic.rmw.add (i32.const 8) (i32.const 1)))
        (drop (i64.atomic.rmw16.xchg_u (i32.const 16) (i64.extend_i32_u (local.get $n))))
        (drop (i32.atomic.rmw8.cmpxchg_u (i32.const 24) (local.get $x) (local.get $n)))
        (i64.atomic.store32 (i32.const 32) (i64.extend_i32_u (local.get $n)))
        (drop (memory.atomic.notify (i32.const 32) (i32.const 1)))
        (atomic.fence)
        (local.set $x (i32.atomic.load (i32.const 8)))";
    for memory in ["(memory 1)", "(memory 1 1 shared)"] {
        assert_eq!(result_of(memory, body)?, ROUNDS);
    }
    Ok(())
}

#[test]
fn plain_accesses_of_shared_memories() -> Result {
    let body = "(i32.store offset=8 (i32.and (local.get $n) (i32.const 0xFFFF))
          (i32.add (i32.load16_s offset=9 (local.get $x)) (local.get $n)))
        (f64.store offset=1 (i32.const 0x18000)
          (f64.add (f64.load offset=1 (i32.const 0x18000)) (f64.const 1)))
        (v128.store offset=33 (i32.const 0x18000) (v128.load offset=49 (i32.const 0x18000)))
        (local.set $f (f64.load offset=1 (i32.const 0x18000)))
        (local.set $x (i32.and (i32.trunc_f64_u (local.get $f)) (i32.const 0xFFFF)))";
    assert_eq!(result_of("(memory 2 2 shared)", body)?, ROUNDS & 0xFFFF);
    Ok(())
}

#[test]
fn integers_of_128_bits() -> Result {
    let declarations =
        "(global $low (mut i64) (i64.const 0)) (global $high (mut i64) (i64.const 0))";
    let body = "(i64.add128 (global.get $low) (global.get $high)
          (i64.mul_wide_s (i64.const -1) (i64.const -1)))
        (global.set $high) (global.set $low)
        (local.set $x (i32.wrap_i64 (global.get $low)))";
    assert_eq!(result_of(declarations, body)?, ROUNDS);
    Ok(())
}

#[test]
fn vectors() -> Result {
    let declarations = "(memory 1) (global $v (mut v128) (v128.const i64x2 0 0))";
    let body = "(v128.store (i32.const 32)
          (i32x4.add (v128.load32_splat (i32.const 32)) (v128.const i32x4 1 1 1 1)))
        (global.set $v (f32x4.relaxed_madd
          (f32x4.min (global.get $v) (f32x4.nearest (v128.load (i32.const 32))))
          (i8x16.swizzle (global.get $v) (i8x16.narrow_i16x8_u (global.get $v) (global.get $v)))
          (f32x4.splat (f32.convert_i32_u (local.get $n)))))
        (v128.store8_lane 1 (i32.const 8) (i8x16.shl (global.get $v) (local.get $n)))
        (local.set $x (i32x4.extract_lane 0 (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15
          (v128.load (i32.const 32)) (global.get $v))))";
    assert_eq!(result_of(declarations, body)?, ROUNDS);
    Ok(())
}

#[test]
fn branches() -> Result {
    let body = "(block $c (block $b (block $a
            (br_table $a $b $c (i32.rem_u (local.get $n) (i32.const 4))))
          (local.set $x (i32.add (local.get $x) (i32.const 1))) (br $c))
          (if (i32.lt_u (local.get $x) (i32.const 0))
            (then unreachable)
            (else (local.set $x (i32.add (local.get $x) (i32.const 2))))))";
    assert_eq!(result_of("", body)?, ROUNDS / 4 * 3);
    Ok(())
}

#[test]
fn calls() -> Result {
    let next = "(func $next (param i32) (result i32)
        (i32.add (local.get 0) (i32.const 1)))";
    assert_eq!(result_of(next, "(local.set $x (call $next (local.get $x)))")?, ROUNDS);
    Ok(())
}

#[test]
fn indirect_calls() -> Result {
    let declarations = "(type $t (func (param i32) (result i32)))
        (table funcref (elem $next $next))
        (func $next (type $t) (i32.add (local.get 0) (i32.const 1)))";
    let body = "(local.set $x (call_indirect (type $t) (local.get $x)
          (i32.and (local.get $n) (i32.const 1))))
        (local.set $x (call_ref $t (local.get $x) (ref.func $next)))";
    assert_eq!(result_of(declarations, body)?, 2 * ROUNDS);
    Ok(())
}

#[test]
fn tail_calls() -> Result {
    let declarations = "(type $t (func (param i32) (result i32)))
        (table funcref (elem $third))
        (func $first (type $t) (return_call $second (i32.add (local.get 0) (i32.const 1))))
        (func $second (type $t)
          (return_call_indirect (type $t) (i32.add (local.get 0) (i32.const 1)) (i32.const 0)))
        (func $third (type $t) (i32.add (local.get 0) (i32.const 1)))";
    assert_eq!(result_of(declarations, "(local.set $x (call $first (local.get $x)))")?, 3 * ROUNDS);
    Ok(())
}

#[test]
fn globals_and_select() -> Result {
    let body = "(global.set $g (select (i32.add (global.get $g) (i32.const 2)) (global.get $g)
          (i32.and (local.get $n) (i32.const 1))))
        (local.set $x (global.get $g))";
    assert_eq!(result_of("(global $g (mut i32) (i32.const 0))", body)?, ROUNDS);
    Ok(())
}

#[test]
fn bulk_operations() -> Result {
    let body = "(memory.fill (i32.const 3) (local.get $n) (i32.const 5))
        (memory.copy (i32.const 100) (i32.const 4) (i32.const 4))
        (local.set $x (i32.add (local.get $x) (i32.load8_u (i32.const 102))))";
    let expected = (1..=ROUNDS).fold(0_u32, |sum, n| sum.wrapping_add(n & 0xFF));
    assert_eq!(result_of("(memory 1)", body)?, expected);
    Ok(())
}

#[test]
fn objects_of_the_store() -> Result {
    let declarations = "(memory 1) (table $t 1 funcref) (elem declare func $next)
        (func $next) (data $d \"\") (elem $e funcref)";
    let body = "(data.drop $d) (elem.drop $e)
        (table.set $t (i32.const 0) (ref.func $next))
        (local.set $x (i32.add (local.get $x)
          (i32.add (memory.grow (i32.const 0)) (table.grow $t (ref.null func) (i32.const 0)))))";
    assert_eq!(result_of(declarations, body)?, 2 * ROUNDS);
    Ok(())
}

#[test]
fn host_calls() -> Result {
    let import = r#"(import "env" "next" (func $next (param i32) (result i32)))"#;
    assert_eq!(result_of(import, "(local.set $x (call $next (local.get $x)))")?, ROUNDS);
    Ok(())
}

#[test]
fn objects() -> Result {
    let declarations = "(type $s (struct (field (mut i32)) (field (ref null $s))))
      (type $t (sub (struct (field i8)))) (type $u (sub $t (struct (field i8) (field f64))))
      (type $a (array (mut i16)))";
    let body = "(local.set $x (i32.add (local.get $x) (i32.add
        (struct.get $s 0 (struct.new $s (local.get $n) (ref.null $s)))
        (i32.add
          (array.get_u $a (array.new $a (local.get $n) (i32.const 2)) (i32.const 1))
          (struct.get_s $t 0 (ref.cast (ref $t)
            (struct.new $u (local.get $n) (local.get $f))))))))";
    let expected = (1..=ROUNDS).rev().fold(0_u32, |x, n| {
        x.wrapping_add(n).wrapping_add(n & 0xFFFF).wrapping_add(i32::from(n as i8) as u32)
    });
    assert_eq!(result_of(declarations, body)?, expected);
    Ok(())
}
