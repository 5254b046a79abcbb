//! How long hostile modules take to load, beside a plain module of the same size.
//!
//! Ratios of one run; `tests/hostile.rs` bounds the memory that they take.
#![expect(clippy::print_stdout, reason = "the table is what it is for")]

mod bombs;

use std::hint::black_box;
use std::time::{Duration, Instant};

use bombs::{BOMBS, Bomb};
use serverless_wasm::interp::{Engine, Module};

/// Bytes of a module.
const SIZE: usize = 1_000_000;

/// Loads of each module; the fastest counts.
const ROUNDS: usize = 5;

fn main() {
    let plain = Bomb { name: "plain", of_size: bombs::plain, refused: None };
    let of_plain = fastest(&plain);
    println!("{:>9} {:>8}  a module of a megabyte with much of", "ms", "of plain");
    for bomb in [&plain].into_iter().chain(BOMBS) {
        let time = fastest(bomb);
        let ratio = time.as_secs_f64() / of_plain.as_secs_f64();
        let verdict = if bomb.refused.is_some() { " (refused)" } else { "" };
        println!("{:9.2} {ratio:8.1}  {}{verdict}", time.as_secs_f64() * 1e3, bomb.name);
    }
}

fn fastest(bomb: &Bomb) -> Duration {
    let bytes = (bomb.of_size)(SIZE);
    let load = || {
        // Types stay in an engine: each load has its own.
        let engine = Engine::default();
        let start = Instant::now();
        let loaded = black_box(Module::new(&engine, black_box(&bytes)));
        let time = start.elapsed();
        assert_eq!(loaded.is_err(), bomb.refused.is_some(), "{}", bomb.name);
        time
    };
    std::iter::repeat_with(load).take(ROUNDS).min().expect("there are rounds")
}
