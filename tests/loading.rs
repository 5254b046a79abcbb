//! When functions are translated, and on which threads: the results are the same.

use std::num::NonZeroUsize;
use std::sync::Barrier;
use std::thread;

use serverless_wasm::interp::{Backend, Config, Engine, Linker, Module, Store, Translation, Val};

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

#[test]
fn many_threads_may_make_the_first_call_of_a_function() -> Result {
    const THREADS: usize = 8;
    let text = r#"(module
        (func $twice (param i32) (result i32) (i32.add (local.get 0) (local.get 0)))
        (func (export "f") (param i32) (result i32) (call $twice (call $twice (local.get 0)))))"#;
    let bytes = wat::parse_str(text)?;
    for backend in [Backend::Threaded, Backend::Stepped] {
        let engine = Engine::new(Config::new().backend(backend));
        for _ in 0..50 {
            let module = Module::new(&engine, &bytes)?;
            let start = Barrier::new(THREADS);
            let call = |n: i32| {
                let mut store = Store::new(&engine, ());
                let instance = Linker::new(&engine).instantiate(&mut store, &module).expect("none");
                let f = instance.get_func(&mut store, "f").expect("an export");
                start.wait();
                f.call(&mut store, &[Val::I32(n)]).expect("no trap")
            };
            thread::scope(|scope| {
                let calls = (0..THREADS as i32).map(|n| (n, scope.spawn(move || call(n))));
                for (n, call) in calls.collect::<Vec<_>>() {
                    assert_eq!(call.join().expect("no panic"), [Val::I32(4 * n)]);
                }
            });
        }
    }
    Ok(())
}

#[test]
fn eager_translation_of_a_large_module_is_split_over_threads() -> Result {
    let func = "(func (param i32) (result i32)".to_owned()
        + &"(local.set 0 (i32.add (local.get 0) (i32.const 1)))".repeat(100)
        + "(local.get 0))";
    let bytes = wat::parse_str(func.repeat(1_000) + "(export \"last\" (func 999))")?;
    for backend in [Backend::Threaded, Backend::Stepped] {
        for threads in (1..=4).filter_map(NonZeroUsize::new) {
            let config = Config::new().backend(backend).threads(threads);
            let engine = Engine::new(config.translation(Translation::Eager));
            let module = Module::new(&engine, &bytes)?;
            let mut store = Store::new(&engine, ());
            let instance = Linker::new(&engine).instantiate(&mut store, &module)?;
            let last = instance.get_func(&mut store, "last").expect("an export");
            assert_eq!(last.call(&mut store, &[Val::I32(7)])?, [Val::I32(107)]);
        }
    }
    Ok(())
}
