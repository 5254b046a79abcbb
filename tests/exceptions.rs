//! Exceptions beyond the official suite: pinned locals in a handler, frames of the host and of
//! other instances, the count of instructions, and what the host gets.

use serverless_wasm::interp::{
    Backend, CallError, Caller, Config, Engine, Exception, ExternRef, Func, Instance, Linker,
    Module, Ref, Store, StoreLimits, Tag, Trace, TrapKind, Val,
};
use serverless_wasm::wasm::{FuncType, ValType};

/// Each way to run.
fn engines() -> impl Iterator<Item = Engine> {
    let backends = [Backend::Threaded, Backend::Stepped].into_iter();
    let ways = backends.flat_map(|backend| [(backend, true), (backend, false)]);
    ways.map(|(backend, fusion)| Engine::new(Config::new().backend(backend).fusion(fusion)))
}

fn module(engine: &Engine, text: &str) -> Module {
    Module::new(engine, &wat::parse_str(text).expect("a module")).expect("valid")
}

fn instance(linker: &Linker<()>, store: &mut Store<()>, text: &str) -> Instance {
    let module = module(store.engine(), text);
    linker.instantiate(store, &module).expect("an instance")
}

/// Calls `run` in every way there is.
#[track_caller]
fn check(text: &str, args: &[Val], expected: &[Val]) {
    for engine in engines() {
        let mut store = Store::new(&engine, ());
        let instance = instance(&Linker::new(&engine), &mut store, text);
        let run = instance.get_func(&mut store, "run").expect("it exports `run`");
        let results = run.call(&mut store, args).expect("it catches");
        assert_eq!(results, expected, "{:?}", engine.backend());
    }
}

fn call(store: &mut Store<()>, func: Func, args: &[Val]) -> Exception {
    match func.call(store, args) {
        Err(CallError::Exception(exception)) => exception,
        other => panic!("an exception, not {other:?}"),
    }
}

const F64_2: Val = Val::F64(0x4000_0000_0000_0000);

/// `$deep` throws some frames further in, having used every register.
const DEEP: &str = r#"(tag $t (param i32))
  (func $deep (param i32 f64) (local i32 i32 f64 f64)
    (loop $l (local.set 2 (i32.add (local.get 2) (i32.const 5)))
      (local.set 3 (i32.mul (local.get 2) (local.get 3)))
      (local.set 4 (f64.add (local.get 4) (f64.const 1)))
      (local.set 5 (f64.mul (local.get 4) (local.get 5)))
      (br_if $l (i32.lt_u (local.get 2) (i32.const 50))))
    (if (i32.eqz (local.get 0)) (then (throw $t (local.get 2))))
    (call $deep (i32.sub (local.get 0) (i32.const 1)) (local.get 4)))"#;

#[test]
fn locals_have_in_the_handler_what_they_had_at_the_call() {
    let text = format!(
        r#"(module {DEEP}
      (func (export "run") (param i32) (result i32 i32 f64 i32)
        (local $n i32) (local $x f64) (local $y f64) (local $caught i32)
        (loop $l
          (local.set $n (i32.add (local.get $n) (i32.const 1)))
          (local.set $x (f64.add (local.get $x) (f64.const 1)))
          (local.set $y (f64.mul (local.get $x) (f64.const 1)))
          (block $h (result i32)
            (try_table (catch $t $h)
              (local.set $n (i32.add (local.get $n) (i32.const 100)))
              (call $deep (i32.const 3) (local.get $x)))
            (i32.const 0))
          (local.set $caught (i32.add (local.get $caught)))
          (br_if $l (f64.lt (local.get $x) (f64.const 2))))
        (local.get 0) (local.get $n) (local.get $y) (local.get $caught)))"#
    );
    check(&text, &[Val::I32(9)], &[Val::I32(9), Val::I32(202), F64_2, Val::I32(100)]);
}

#[test]
fn locals_have_in_the_handler_what_they_had_at_a_throw_beside_it() {
    let text = r#"(module (tag $t (param i32 i64))
      (func (export "run") (param i32 f64) (result i32 i64 i32 f64)
        (block $h (result i32 i64)
          (try_table (catch $t $h)
            (local.set 0 (i32.add (local.get 0) (i32.const 1)))
            (local.set 1 (f64.add (local.get 1) (f64.const 1)))
            (throw $t (i32.const 5) (i64.const 6)))
          unreachable)
        (local.get 0) (local.get 1)))"#;
    let one = Val::F64(1_f64.to_bits());
    check(text, &[Val::I32(1), one], &[Val::I32(5), Val::I64(6), Val::I32(2), F64_2]);
}

#[test]
fn operands_below_the_block_stay_and_a_clause_may_return_or_loop() {
    let text = r#"(module (tag $t (param i32)) (tag $u (param i32))
      (func $throw (param i32)
        (if (i32.le_u (local.get 0) (i32.const 5)) (then (throw $t (local.get 0))))
        (throw $u (i32.const 77)))
      (func $sum (result i32) (local $n i32)
        i32.const 1000
        (i32.add (i32.const 20) (local.get $n))
        i32.const 3
        (loop $again (param i32) (result i32)
          local.set $n
          (block $h (result i32)
            (try_table (catch $t $again) (catch $u $h)
              (call $throw (i32.add (local.get $n) (i32.const 1))))
            unreachable))
        local.get $n
        i32.add i32.add i32.add)
      (func $return (result i32)
        i32.const 1
        (try_table (catch $t 0) (call $throw (i32.const 4)))
        unreachable)
      (func (export "run") (result i32 i32) call $sum call $return))"#;
    check(text, &[], &[Val::I32(1000 + 20 + 77 + 5), Val::I32(4)]);
}

#[test]
fn the_innermost_clause_that_fits_catches_and_a_tail_call_has_left_its_own() {
    let text = r#"(module (tag $a) (tag $b)
      (func $throw (param i32) (if (local.get 0) (then (throw $a))) (throw $b))
      (func $tail (param i32) (result i32)
        (block $h (try_table (catch_all $h) (return_call $after (local.get 0))))
        (i32.const -1))
      (func $after (param i32) (result i32) (call $throw (local.get 0)) (i32.const -2))
      (func (export "run") (param i32) (result i32)
        (block $outer
          (try_table (catch_all $outer)
            (block $inner
              (try_table (catch $a $inner)
                (return (call $tail (local.get 0)))))
            (return (i32.const 1))))
        (i32.const 2)))"#;
    check(text, &[Val::I32(1)], &[Val::I32(1)]);
    check(text, &[Val::I32(0)], &[Val::I32(2)]);
}

#[test]
fn an_exception_crosses_instances_and_their_memories() {
    for engine in engines() {
        let mut store = Store::new(&engine, ());
        let mut linker = Linker::new(&engine);
        let inner = r#"(module (memory 1) (data (i32.const 0) "\05")
          (tag $t (export "t") (param i32)) (tag $own (param i32))
          (func (export "throw") (throw $t (i32.load8_u (i32.const 0))))
          (func (export "other") (throw $own (i32.const 9))))"#;
        let inner = instance(&linker, &mut store, inner);
        linker.instance(&mut store, "inner", inner).expect("a new name");
        let outer = r#"(module (tag $t (import "inner" "t") (param i32))
          (func $throw (import "inner" "throw")) (func $other (import "inner" "other"))
          (memory 1) (data (i32.const 0) "\07") (tag $same (param i32))
          (func (export "run") (result i32)
            (block $h (result i32)
              (try_table (catch $same $h) (catch $t $h) (call $throw)) (i32.const 1))
            (i32.add (i32.load8_u (i32.const 0))))
          (func (export "miss") (result i32)
            (block $h (result i32)
              (try_table (catch $same $h) (catch $t $h) (call $other)) (i32.const 1))))"#;
        let outer = instance(&linker, &mut store, outer);
        let run = outer.get_func(&mut store, "run").expect("exported");
        assert_eq!(run.call(&mut store, &[]).expect("caught"), [Val::I32(12)]);
        let miss = outer.get_func(&mut store, "miss").expect("exported");
        let exception = call(&mut store, miss, &[]);
        assert_eq!(exception.values(), [Val::I32(9)]);
        assert_eq!(exception.backtrace().frames.len(), 2);
    }
}

/// A module that calls the host in a `try_table`, and can be called by it.
const AROUND: &str = r#"(module
  (tag $t (import "host" "t") (param i32 externref))
  (func $host (import "host" "call") (param i32) (result i32))
  (func (export "inner") (param i32) (result i32)
    (throw $t (i32.add (local.get 0) (i32.const 1)) (ref.null extern)))
  (func (export "run") (param i32) (result i32)
    (block $h (result i32 externref)
      (try_table (catch $t $h) (return (call $host (local.get 0))))
      unreachable)
    drop))"#;

#[test]
fn a_host_function_throws_and_passes_on_what_a_guest_threw() {
    for engine in engines() {
        let mut store = Store::new(&engine, ());
        let params = Box::new([ValType::I32, ValType::EXTERNREF]);
        let ty = FuncType { params, results: Box::default() };
        let tag = Tag::new(&mut store, ty).expect("a tag");
        let mut linker = Linker::new(&engine);
        linker.define("host", "t", tag).expect("a new name");
        let host = move |mut caller: Caller<'_, ()>, n: i32| -> Result<i32, CallError> {
            if n == 0 {
                let values = [Val::I32(70), Val::Ref(Ref::Extern(ExternRef(7)))];
                return Err(Exception::new(&caller, tag, &values)?.into());
            }
            let inner = caller.get_export("inner").and_then(|export| export.func());
            let result = inner.expect("exported").call(&mut caller, &[Val::I32(n)])?;
            panic!("the guest throws, and gives no {result:?}")
        };
        linker.func_wrap("host", "call", host).expect("a new name");
        let around = instance(&linker, &mut store, AROUND);
        let run = around.get_func(&mut store, "run").expect("exported");
        assert_eq!(run.call(&mut store, &[Val::I32(0)]).expect("caught"), [Val::I32(70)]);
        assert_eq!(run.call(&mut store, &[Val::I32(5)]).expect("caught"), [Val::I32(6)]);
        let inner = around.get_func(&mut store, "inner").expect("exported");
        let exception = call(&mut store, inner, &[Val::I32(1)]);
        assert_eq!(exception.tag(), tag);
        assert_eq!(exception.to_string(), "uncaught exception of tag 0: [2 null]");
    }
}

#[test]
fn throwing_null_is_a_trap() {
    for engine in engines() {
        let mut store = Store::new(&engine, ());
        let text = r#"(module (func (export "f") ref.null exn throw_ref))"#;
        let instance = instance(&Linker::new(&engine), &mut store, text);
        let f = instance.get_func(&mut store, "f").expect("exported");
        let error = f.call(&mut store, &[]).expect_err("it traps");
        let kind = error.trap().expect("a trap").kind();
        assert_eq!(kind, TrapKind::NullExceptionReference);
    }
}

#[test]
fn instructions_are_counted_the_same_wherever_control_leaves() {
    let text = r#"(module (tag $t (param i32))
      (func $throw (param i32)
        (if (i32.and (local.get 0) (i32.const 1)) (then (throw $t (i32.const 1)))))
      (func (export "run") (param $n i32) (result i32) (local $caught i32)
        (loop $l
          (block $h (result i32)
            (try_table (catch $t $h) (call $throw (local.get $n)))
            (i32.const 0))
          (local.set $caught (i32.add (local.get $caught)))
          (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (local.get $caught)))"#;
    // A round: local.get, call; in the callee local.get, i32.const, i32.and, if; then i32.const and
    // throw, or i32.const after the call; then local.get, i32.add, local.set, local.get,
    // i32.const, i32.sub, local.tee, br_if.
    let (odd, even) = (2 + 4 + 2 + 8, 2 + 4 + 1 + 8);
    for engine in engines() {
        let mut store = Store::new(&engine, ());
        let instance = instance(&Linker::new(&engine), &mut store, text);
        let run = instance.get_func(&mut store, "run").expect("exported");
        assert_eq!(run.call(&mut store, &[Val::I32(10)]).expect("caught"), [Val::I32(5)]);
        assert_eq!(store.consumed(), 5 * (odd + even) + 1, "{:?}", engine.backend());
    }
}

#[test]
fn a_guest_that_only_throws_and_catches_is_still_asked_for_its_time() {
    let text = r#"(module (tag $t)
      (func (export "run") (loop $l (try_table (catch $t $l) (throw $t)))))"#;
    for engine in engines() {
        let mut store = Store::new(&engine, ());
        store.set_fuel(Some(100_000));
        let instance = instance(&Linker::new(&engine), &mut store, text);
        let run = instance.get_func(&mut store, "run").expect("exported");
        let error = run.call(&mut store, &[]).expect_err("it never ends");
        assert_eq!(error.trap().expect("a trap").kind(), TrapKind::OutOfFuel);
    }
}

#[test]
fn a_trace_tells_which_functions_an_exception_left() {
    let engine = Engine::new(Config::new().backend(Backend::Stepped));
    let mut store = Store::new(&engine, ());
    let (sender, lines) = std::sync::mpsc::channel();
    store.trace(Trace::Calls, move |line| drop(sender.send(line.to_string()))).expect("stepped");
    let text = r#"(module (tag $t)
      (func $throw (throw $t)) (func $middle (call $throw)) (func $next)
      (func $run (export "run")
        (block $h (try_table (catch $t $h) (call $middle))) (call $next)))"#;
    let instance = instance(&Linker::new(&engine), &mut store, text);
    instance.get_func(&mut store, "run").expect("exported").call(&mut store, &[]).expect("caught");
    let lines: Vec<_> = lines.try_iter().collect();
    let expected =
        ["> run()", "  > middle()", "    > throw()", "    <! throw", "  <! middle", "  > next()"];
    assert_eq!(lines[..6], expected);
}

#[test]
fn limits_hold_for_exceptions_that_are_kept() {
    let text = r#"(module (tag $t (param i64 i64)) (table $all 100000 exnref)
      (func (export "run") (param $n i32) (local $e exnref)
        (loop $l
          (block $h (result exnref)
            (try_table (result exnref) (catch_all_ref $h)
              (throw $t (i64.const 1) (i64.const 2))))
          (local.set $e)
          (table.set $all (local.get $n) (local.get $e))
          (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))"#;
    for engine in engines() {
        let limits = StoreLimits::default().heap(1024 * 1024);
        let mut store = Store::with_limits(&engine, (), limits);
        let instance = instance(&Linker::new(&engine), &mut store, text);
        let run = instance.get_func(&mut store, "run").expect("exported");
        run.call(&mut store, &[Val::I32(40_000)]).expect("they fit");
        let error = run.call(&mut store, &[Val::I32(99_999)]).expect_err("they don't");
        let kind = error.trap().expect("a trap").kind();
        assert_eq!(kind, TrapKind::HeapExhausted { needed: 24, limit: 1024 * 1024 });
    }
}

#[test]
fn older_exception_instructions_are_refused_with_a_remedy() {
    for opcode in [0x06, 0x07, 0x09, 0x18, 0x19] {
        let mut binary = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0".to_vec();
        binary.extend([0x0A, 0x07, 0x01, 0x05, 0x00, opcode, 0x40, 0x0B, 0x0B]);
        let error = Module::new(&Engine::default(), &binary).expect_err("an older instruction");
        let message = error.to_string();
        assert!(message.starts_with(&format!("illegal opcode {opcode:02x}: ")), "{message}");
        for remedy in ["-mllvm -wasm-use-legacy-eh=false", "wasm-opt --emit-exnref"] {
            assert!(message.contains(remedy), "{message}");
        }
    }
}

#[test]
fn an_activation_ends_with_what_it_throws_and_a_start_function_too() {
    for engine in engines() {
        let mut store = Store::new(&engine, ());
        let text = r#"(module (tag $t (param i64)) (func (export "f") (throw $t (i64.const 3))))"#;
        let f = instance(&Linker::new(&engine), &mut store, text).get_func(&mut store, "f");
        let f = f.expect("exported").start(&mut store, &[]).expect("a stack");
        let error = f.resume(&mut store, &[]).expect_err("it throws");
        assert_eq!(error.exception().expect("an exception").values(), [Val::I64(3)]);
        assert!(f.state(&store).is_err(), "it has ended");
        let module = module(&engine, "(module (tag $t) (func $f (throw $t)) (start $f))");
        let error = Linker::new(&engine).instantiate(&mut store, &module);
        let error = error.expect_err("the start function throws").to_string();
        assert!(error.starts_with("uncaught exception"), "{error}");
    }
}
