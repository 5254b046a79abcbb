//! Bytes to a module: every section and every instruction is read, nothing is checked against
//! anything else.

mod programs;

use std::sync::Arc;

use criterion::{Criterion, Throughput};
use serverless_wasm::decoder;
use serverless_wasm::wasm::{Features, Limits};

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let limits = Limits::default();
    let mut group = criterion.benchmark_group("decode");
    for program in programs::all() {
        let bytes: Arc<[u8]> = program.wasm.into();
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_function(program.name, |bencher| {
            bencher.iter(|| {
                decoder::decode(Arc::clone(&bytes), &limits, Features::default())
                    .expect("well-formed")
            });
        });
    }
    group.finish();
    criterion.final_summary();
}
