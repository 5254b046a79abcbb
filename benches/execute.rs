//! One call of a program's export, translated before.

mod programs;

use criterion::Criterion;
use serverless_wasm::interp::{Engine, Linker, Module, Store};

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let engine = Engine::default();
    let mut group = criterion.benchmark_group("execute");
    for program in programs::all() {
        let module = Module::new(&engine, &program.wasm).expect("valid");
        let mut store = Store::new(&engine, ());
        let instance = Linker::new(&engine).instantiate(&mut store, &module).expect("no imports");
        let run = instance.get_typed_func::<i64, i64>(&mut store, "run").expect("the export");
        let result = run.call(&mut store, program.argument).expect("no trap");
        assert_eq!(result, program.result, "{}", program.name);

        group.bench_function(program.name, |bencher| {
            bencher.iter(|| run.call(&mut store, program.argument).expect("no trap"));
        });
    }
    group.finish();
    criterion.final_summary();
}
