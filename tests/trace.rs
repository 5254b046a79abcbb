//! Traces: what is told is what the guest did, call by call.

use std::sync::mpsc;

use serverless_wasm::interp::{
    Backend, Config, Engine, Func, Linker, Misuse, Module, Store, Trace, Val,
};

/// Calls `run` of each module in turn, which may import what the earlier ones export as `m0`, `m1`
/// and so on, with each of the arguments, whatever comes of it; the lines that were told.
fn trace(what: Trace, modules: &[&str], calls: &[Val]) -> Vec<String> {
    let engine = Engine::new(Config::new().backend(Backend::Stepped));
    let mut store = Store::new(&engine, ());
    let mut linker = Linker::new(&engine);
    linker.func_wrap("host", "half", |n: i32, x: f64| (n / 2, x / 2.0)).expect("a new name");
    let (sender, lines) = mpsc::channel();
    store.trace(what, move |line| drop(sender.send(line.to_string()))).expect("it is stepped");
    let mut run: Option<Func> = None;
    for (number, text) in modules.iter().enumerate() {
        let module = Module::new(&engine, &wat::parse_str(text).expect("a module")).expect("valid");
        let instance = linker.instantiate(&mut store, &module).expect("an instance");
        linker.instance(&mut store, &format!("m{number}"), instance).expect("new names");
        run = Some(instance.get_func(&mut store, "run").expect("it exports `run`"));
    }
    for argument in calls {
        // Traps are told of, too.
        drop(run.expect("a module").call(&mut store, &[*argument]));
    }
    lines.try_iter().collect()
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().collect()
}

#[test]
fn calls_and_returns_have_their_values_and_depth() {
    let fac = r#"(module (func $fac (export "run") (param i64) (result i64)
      (if (result i64) (i64.eqz (local.get 0)) (then (i64.const 1))
        (else (i64.mul (local.get 0) (call $fac (i64.sub (local.get 0) (i64.const 1))))))))"#;
    let expected = "\
> fac(2)
  > fac(1)
    > fac(0)
    < fac = 1
  < fac = 1
< fac = 2";
    assert_eq!(trace(Trace::Calls, &[fac], &[Val::I64(2)]), lines(expected));
}

#[test]
fn host_functions_are_told_by_their_import() {
    let text = r#"(module (import "host" "half" (func $half (param i32 f64) (result i32 f64)))
      (func (export "run") (param i32) (result f64) (local f64)
        (call $half (local.get 0) (f64.const 3))
        local.set 1 drop local.get 1))"#;
    let expected = "\
> func 1(7)
  > host.half(7, 3)
  < host.half = 3, 1.5
< func 1 = 1.5";
    assert_eq!(trace(Trace::Calls, &[text], &[Val::I32(7)]), lines(expected));
}

#[test]
fn a_tail_call_takes_its_callers_place() {
    let text = r#"(module
      (func $odd (param i32) (result i32)
        (if (i32.eqz (local.get 0)) (then (return (i32.const 0))))
        (return_call $even (i32.sub (local.get 0) (i32.const 1)) (i64.const 5)))
      (func $even (param i32 i64) (result i32)
        (if (i32.eqz (local.get 0)) (then (return (i32.const 1))))
        (return_call $odd (i32.sub (local.get 0) (i32.const 1))))
      (func $run (export "run") (param i32) (result i32)
        (i32.add (call $odd (local.get 0)) (i32.const 10))))"#;
    let expected = "\
> run(2)
  > odd(2)
  >> even(1, 5)
  >> odd(0)
  < odd = 0
< run = 10";
    assert_eq!(trace(Trace::Calls, &[text], &[Val::I32(2)]), lines(expected));
}

#[test]
fn a_loop_at_a_functions_start_is_no_call() {
    let text = r#"(module (global $g (mut i32) (i32.const 3))
      (func $run (export "run") (param i32)
        (loop (global.set $g (i32.sub (global.get $g) (i32.const 1)))
          (br_if 0 (global.get $g)))))"#;
    assert_eq!(trace(Trace::Calls, &[text], &[Val::I32(0)]), ["> run(0)", "< run"]);
}

#[test]
fn a_call_after_a_trap_begins_anew() {
    let text = r#"(module
      (func $div (param i32) (result i32) (i32.div_s (i32.const 6) (local.get 0)))
      (func $run (export "run") (param i32) (result i32) (call $div (local.get 0))))"#;
    let expected = "\
> run(0)
  > div(0)
> run(2)
  > div(2)
  < div = 3
< run = 3";
    assert_eq!(trace(Trace::Calls, &[text], &[Val::I32(0), Val::I32(2)]), lines(expected));
}

#[test]
fn calls_between_instances_are_followed() {
    let inner = r#"(module (func $twice (export "run") (param i32) (result i32)
      (i32.mul (local.get 0) (i32.const 2))))"#;
    let outer = r#"(module (import "m0" "run" (func $inner (param i32) (result i32)))
      (func $outer (export "run") (param i32) (result i32)
        (call $inner (call $inner (local.get 0)))))"#;
    let expected = "\
> outer(3)
  > twice(3)
  < twice = 6
  > twice(6)
  < twice = 12
< outer = 12";
    assert_eq!(trace(Trace::Calls, &[inner, outer], &[Val::I32(3)]), lines(expected));
}

#[test]
fn ops_are_told_with_the_instruction_that_they_begin_with() {
    let text = r#"(module (func $run (export "run") (param i32) (result i32)
      (i32.mul (local.get 0) (local.get 0))))"#;
    let lines = trace(Trace::Ops, &[text], &[Val::I32(3)]);
    let is_mul = |line: &&String| line.contains("  i32.mul ") && line.contains(" i32.mul l0 l0");
    let mul = lines.iter().filter(is_mul).collect::<Vec<_>>();
    assert!(mul.len() == 1 && mul[0].starts_with("  0x"), "{lines:#?}");
    assert_eq!((&*lines[0], lines.last().map(|line| &**line)), ("> run(3)", Some("< run = 9")));
}

#[test]
fn a_threaded_engine_can_not_be_traced() {
    let engine = Engine::new(Config::new().backend(Backend::Threaded));
    let mut store = Store::new(&engine, ());
    assert_eq!(store.trace(Trace::Calls, |_| ()), Err(Misuse::NotStepped));
}
