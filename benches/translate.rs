//! A valid module to our own code, all functions at once. (By default a function is translated at
//! its first call.)

mod programs;

use criterion::{BatchSize, Criterion, Throughput};
use serverless_wasm::interp::{Engine, Module};

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let engine = Engine::default();
    let mut group = criterion.benchmark_group("translate");
    for program in programs::all() {
        group.throughput(Throughput::Bytes(program.wasm.len() as u64));
        group.bench_function(program.name, |bencher| {
            bencher.iter_batched(
                || Module::new(&engine, &program.wasm).expect("valid"),
                |module| {
                    module.translate();
                    module
                },
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
    criterion.final_summary();
}
