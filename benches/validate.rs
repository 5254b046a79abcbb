//! A decoded module to the proof that it is valid.

mod programs;

use std::sync::RwLock;

use criterion::{BatchSize, Criterion, Throughput};
use serverless_wasm::wasm::{Features, Limits, TypeRegistry};
use serverless_wasm::{decoder, validator};

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let (features, limits) = (Features::default(), Limits::default());
    let types = RwLock::new(TypeRegistry::new());
    let mut group = criterion.benchmark_group("validate");
    for program in programs::all() {
        let module =
            decoder::decode(program.wasm.as_slice(), &limits, features).expect("well-formed");
        group.throughput(Throughput::Bytes(program.wasm.len() as u64));
        group.bench_function(program.name, |bencher| {
            bencher.iter_batched(
                || module.clone(),
                |module| validator::validate(module, &types).expect("valid"),
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
    criterion.final_summary();
}
