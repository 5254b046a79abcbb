//! Profiles: what is counted is what was executed, whatever is fused.

use serverless_wasm::interp::{Backend, Config, Engine, Linker, Module, Profile, Store, Val};

/// A sum of loads over a memory: the loop's ops run once for each of 100 rounds.
const SUM: &str = r#"(module (memory 1)
  (func (export "run") (param $at i32) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.load8_u (i32.add (local.get $at)
        (i32.const 100)))))
      (br_if $next (local.tee $at (i32.sub (local.get $at) (i32.const 1)))))
    local.get $sum))"#;

fn profile(config: Config, text: &str, calls: &[Val]) -> Option<Profile> {
    let engine = Engine::new(config);
    let module = Module::new(&engine, &wat::parse_str(text).expect("a module")).expect("valid");
    let mut store = Store::new(&engine, ());
    let instance = Linker::new(&engine).instantiate(&mut store, &module).expect("an instance");
    let run = instance.get_func(&mut store, "run").expect("it exports `run`");
    for argument in calls {
        run.call(&mut store, &[*argument]).expect("no trap");
    }
    store.profile()
}

#[test]
fn ops_of_a_loop_are_counted_once_a_round() {
    for fusion in [true, false] {
        let config = Config::new().profile(true).fusion(fusion);
        let profile = profile(config, SUM, &[Val::I32(60), Val::I32(40)]).expect("it counts");
        // Twelve instructions a round, and the last `local.get` of each call.
        assert_eq!(profile.instructions, 100 * 12 + 2);
        let sum: u64 = profile.ops.iter().map(|row| row.count).sum();
        assert_eq!(sum + profile.outside, profile.total);
        let loads = profile.ops.iter().filter(|row| row.name.contains("i32.load8_u"));
        assert_eq!(loads.map(|row| row.count).sum::<u64>(), 100, "{profile}");
        let branches = profile.by_instruction.iter().find(|row| row.name == "br_if");
        assert!(branches.is_none_or(|row| row.count == 100), "{profile}");
    }
}

#[test]
fn neighbours_that_are_one_op_are_no_pair() {
    let is_sum_and_load = |name: &str| name.contains("i32.add") && name.contains("i32.load8_u");
    let rows = |fusion| {
        let config = Config::new().profile(true).fusion(fusion);
        profile(config, SUM, &[Val::I32(100)]).expect("it counts")
    };
    let apart = rows(false);
    let pair = apart.pairs.iter().find(|row| is_sum_and_load(&row.name)).expect("a pair");
    assert_eq!(pair.count, 100, "{apart}");
    assert!(apart.triples.iter().any(|row| row.count == 100), "{apart}");
    let fused = rows(true);
    assert!(fused.total < apart.total, "{fused}{apart}");
    let one = fused.ops.iter().find(|row| is_sum_and_load(&row.name)).expect("one op");
    assert_eq!(one.count, 100, "{fused}");
}

#[test]
fn only_an_engine_that_is_asked_to_counts() {
    for backend in [Backend::Threaded, Backend::Stepped] {
        let config = Config::new().backend(backend);
        assert!(profile(config, SUM, &[Val::I32(1)]).is_none());
    }
}

#[test]
fn calls_of_the_host_are_counted_outside() {
    let engine = Engine::new(Config::new().profile(true));
    let text = r#"(module (import "a" "b" (func $b (param i32) (result i32)))
      (func (export "run") (result i32) (call $b (call $b (i32.const 1)))))"#;
    let module = Module::new(&engine, &wat::parse_str(text).expect("a module")).expect("valid");
    let mut store = Store::new(&engine, ());
    let mut linker = Linker::new(&engine);
    linker.func_wrap("a", "b", |n: i32| n + 1).expect("a new name");
    let instance = linker.instantiate(&mut store, &module).expect("an instance");
    let run = instance.get_typed_func::<(), i32>(&mut store, "run").expect("it exports `run`");
    assert_eq!(run.call(&mut store, ()).expect("no trap"), 3);
    let profile = store.profile().expect("it counts");
    // Two calls, the translation of `run`, and the end of its call.
    assert_eq!(profile.outside, 4, "{profile}");
}
