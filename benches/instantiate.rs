//! A module whose imports are resolved to an instance in a store of its own, and both gone again.

mod programs;

use criterion::Criterion;
use serverless_wasm::interp::{Engine, Linker, Module, Store};

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let engine = Engine::default();
    let linker = Linker::new(&engine);
    let mut group = criterion.benchmark_group("instantiate");
    for program in programs::all() {
        let module = Module::new(&engine, &program.wasm).expect("valid");
        let pre = linker.instantiate_pre(&module).expect("no imports");
        group.bench_function(program.name, |bencher| {
            bencher.iter(|| {
                let mut store = Store::new(&engine, ());
                pre.instantiate(&mut store).expect("no start function")
            });
        });
    }
    group.finish();
    criterion.final_summary();
}
