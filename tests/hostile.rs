//! Modules that ask for much with few bytes: loading them takes memory in proportion to their size.
//! How much time they take beside a plain module is `benches/hostile.rs`'s to show.
//!
//! What is allocated is counted for the whole process, so this file has one test.

#[path = "../benches/bombs/mod.rs"]
mod bombs;

use bombs::{BOMBS, Bomb};
use peak_alloc::PeakAlloc;
use serverless_wasm::interp::{Engine, Module};

#[global_allocator]
static ALLOCATED: PeakAlloc = PeakAlloc;

/// Bytes of a module: enough that what grows with its square would stand out.
const SIZE: usize = 400_000;

/// Bytes of memory for each byte of a module, at the most, while it is loaded. What comes closest
/// are types and their canonical forms: three bytes are a function type.
const FACTOR: usize = 100;

/// What loading takes whatever the size, up to `Limits::operands` and `Limits::locals` among it.
const BASE: usize = 16 << 20;

/// What it takes at the most to load a module, beyond its bytes.
fn peak(bytes: &[u8], refused: Option<&str>) -> usize {
    let engine = Engine::default();
    ALLOCATED.reset_peak_usage();
    let before = ALLOCATED.current_usage();
    let loaded = Module::new(&engine, bytes);
    let peak = ALLOCATED.peak_usage() - before;
    match (loaded, refused) {
        (Ok(_), None) => {}
        (Err(error), Some(begin)) => {
            let error = error.to_string();
            assert!(error.contains(begin), "{error}");
        }
        (Ok(_), Some(begin)) => panic!("it should be refused: {begin}"),
        (Err(error), None) => panic!("it should be valid: {error}"),
    }
    peak
}

#[test]
fn memory_is_in_proportion_to_the_module() {
    let plain = Bomb { name: "plain", of_size: bombs::plain, refused: None };
    for bomb in BOMBS.iter().chain([&plain]) {
        let bytes = (bomb.of_size)(SIZE);
        assert!(bytes.len().abs_diff(SIZE) < SIZE / 4, "{}: {}", bomb.name, bytes.len());
        let (peak, allowed) = (peak(&bytes, bomb.refused), BASE + bytes.len() * FACTOR);
        println!("{}: {} bytes of module, {peak} of memory", bomb.name, bytes.len());
        assert!(peak <= allowed, "{}: {peak} bytes, allowed are {allowed}", bomb.name);
    }
}
