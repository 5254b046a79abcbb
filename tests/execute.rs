//! What the translator once got wrong, or could: each program gives the same result on both
//! backends, fused and not.

use serverless_wasm::interp::{Backend, Config, Engine, Linker, Module, Store, TrapKind, Val};

/// Calls `run` of a module in the text format in every way there is.
fn check(text: &str, args: &[Val], expected: &[Val]) {
    let binary = wat::parse_str(text).expect("a module");
    for backend in [Backend::Threaded, Backend::Stepped] {
        for fusion in [true, false] {
            let engine = Engine::new(Config::new().backend(backend).fusion(fusion));
            let module = Module::new(&engine, &binary).expect("valid");
            let mut store = Store::new(&engine, ());
            let linker = Linker::new(&engine);
            let instance = linker.instantiate(&mut store, &module).expect("an instance");
            let run = instance.get_func(&mut store, "run").expect("it exports `run`");
            let results = run.call(&mut store, args).expect("no trap");
            assert_eq!(results, expected, "{backend:?}, fusion {fusion}");
        }
    }
}

#[test]
fn a_float_global_leaves_an_integer_in_the_accumulator_alone() {
    let text = r#"(module (global $g (mut f64) (f64.const 1.5)) (table 3 funcref) (memory 1)
      (func (export "run") (result f64)
        table.size 0 global.get $g f64.store offset=8
        i32.const 3 f64.load offset=8))"#;
    check(text, &[], &[Val::F64(1.5_f64.to_bits())]);
}

#[test]
fn a_select_of_floats_leaves_an_integer_in_the_accumulator_alone() {
    let text = r#"(module (memory 1)
      (func (export "run") (param f64 f64 i32) (result i32 f64)
        memory.size local.get 0 local.get 1 local.get 2 select))"#;
    let [x, y] = [1.5_f64.to_bits(), 2.5_f64.to_bits()].map(Val::F64);
    check(text, &[x, y, Val::I32(0)], &[Val::I32(1), y]);
}

#[test]
fn a_select_of_vectors_leaves_an_integer_in_the_accumulator_alone() {
    let text = r#"(module (memory 1)
      (func (export "run") (param i32) (result i32) (local $a v128) (local $b v128)
        memory.size local.get $a local.get $b local.get 0 select (result v128) drop))"#;
    check(text, &[Val::I32(1)], &[Val::I32(1)]);
}

#[test]
fn a_vector_in_the_accumulator_is_not_taken_for_one_whose_half_was_overwritten() {
    let text = r#"(module (func (export "run") (param i64) (result i64)
      (i64x2.splat (local.get 0)) i64x2.neg drop
      (i64.add (local.get 0) (i64.const 1)) (i64.mul (local.get 0) (i64.const 2))
      (i64x2.extract_lane 1 (i64x2.neg (i64x2.splat (local.get 0)))) i64.add i64.add))"#;
    check(text, &[Val::I64(5)], &[Val::I64(11)]);
}

#[test]
fn a_vector_local_keeps_its_value_for_an_operand_that_was_read_before() {
    let text = r#"(module (func (export "run") (param i32) (result i32) (local $v v128)
      (local.set $v (i32x4.splat (local.get 0)))
      local.get $v
      (local.set $v (i32x4.add (local.get $v) (v128.const i32x4 1 2 3 4)))
      (local.set $v (i32x4.sub (local.get $v)))
      (i32x4.extract_lane 3 (local.get $v))))"#;
    check(text, &[Val::I32(3)], &[Val::I32(-4)]);
}

#[test]
fn vectors_lie_in_slots_that_16_bits_cannot_number() {
    let locals = "v128 ".repeat(20_000);
    let text = format!(
        r#"(module (memory 1) (func (export "run") (param i32) (result i32) (local {locals})
          (local.set 19000 (i32x4.splat (local.get 0)))
          (local.set 19500 (i32x4.add (local.get 19000) (v128.const i32x4 1 2 3 4)))
          (v128.store (i32.const 16) (i32x4.mul (local.get 19500) (local.get 19500)))
          (local.set 18000 (v128.bitselect
            (v128.load (i32.const 16)) (local.get 19000) (local.get 17000)))
          (local.set 19001 (select (local.get 18000) (local.get 19500) (local.get 0)))
          (i32.add (i32x4.extract_lane 2 (call $twice (local.get 19001)))
            (i32x4.extract_lane 3 (v128.load (i32.const 16)))))
          (func $twice (param v128) (result v128) (i32x4.add (local.get 0) (local.get 0))))"#
    );
    check(&text, &[Val::I32(6)], &[Val::I32(112)]);
}

#[test]
fn slots_that_16_bits_cannot_number_are_read_and_written() {
    let locals = "i64 ".repeat(40_000);
    let text = format!(
        r#"(module (func (export "run") (param i64) (result i64) (local {locals})
          (local.set 39000 (i64.add (local.get 0) (i64.const 1)))
          (local.set 39500 (i64.mul (local.get 39000) (local.get 39000)))
          (block (br_if 0 (i64.eq (local.get 39500) (local.get 39000)))
            (local.set 40000 (i64.sub (local.get 39500) (local.get 39000))))
          (select (local.get 40000) (local.get 39001) (i64.ne (local.get 39000) (i64.const 0)))
          (call $twice (local.get 40000)) i64.add)
          (func $twice (param i64) (result i64) (i64.add (local.get 0) (local.get 0))))"#
    );
    check(&text, &[Val::I64(6)], &[Val::I64(126)]);
}

#[test]
fn operands_far_down_the_stack_keep_their_values() {
    const DEPTH: usize = 300;
    let push = "local.get 0 ".repeat(DEPTH);
    let add = "i32.add ".repeat(DEPTH);
    let text = format!(
        r#"(module (func (export "run") (param i32) (result i32)
          {push} (local.set 0 (i32.const 1000)) local.get 0 {add}))"#
    );
    check(&text, &[Val::I32(2)], &[Val::I32(1_600)]);
}

#[test]
fn many_values_leave_by_a_conditional_branch() {
    const COUNT: i32 = 40;
    let types = "i32 ".repeat(COUNT as usize);
    let values: String = (0..COUNT).map(|value| format!("i32.const {value} ")).collect();
    let text = format!(
        r#"(module (func (export "run") (param i32) (result {types})
          (block (result {types}) i32.const 7 {values} local.get 0 br_if 0
            unreachable)))"#
    );
    let expected: Vec<Val> = (0..COUNT).map(Val::I32).collect();
    check(&text, &[Val::I32(1)], &expected);
}

#[test]
fn a_trap_after_paths_of_two_lengths_counts_the_path_that_was_taken() {
    let text = r#"(module (func (export "run") (param i32)
      local.get 0 if nop else nop nop nop end unreachable))"#;
    let binary = wat::parse_str(text).expect("a module");
    for backend in [Backend::Threaded, Backend::Stepped] {
        let engine = Engine::new(Config::new().backend(backend));
        let module = Module::new(&engine, &binary).expect("valid");
        for (arg, count) in [(1, 4), (0, 6)] {
            let mut store = Store::new(&engine, ());
            let linker = Linker::new(&engine);
            let instance = linker.instantiate(&mut store, &module).expect("an instance");
            let run = instance.get_func(&mut store, "run").expect("it exports `run`");
            let error = run.call(&mut store, &[Val::I32(arg)]).expect_err("it traps");
            assert_eq!(error.trap().map(|trap| trap.kind()), Some(TrapKind::Unreachable));
            assert_eq!(store.consumed(), count, "{backend:?}, {arg}");
        }
    }
}

#[test]
fn what_was_brought_home_and_became_a_local_is_preserved_before_the_local_changes() {
    let text = r#"(module (func (export "run") (param i32 f64) (result f64)
      local.get 1
      i32.const 1
      i32.const 2
      loop (param i32 i32) (result i32 i32) end
      drop
      drop
      local.tee 1
      (local.set 1 (f64.const 1))))"#;
    check(text, &[Val::I32(1), Val::F64(5.5_f64.to_bits())], &[Val::F64(5.5_f64.to_bits())]);
}
