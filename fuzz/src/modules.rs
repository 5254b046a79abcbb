//! Modules from bytes: wasm-smith's, small enough to run thousands a minute.

use arbitrary::Unstructured;
use wasm_smith::{Config, Module};

/// What modules may import: each of it is made by the same rule for every engine. `f` throws `x`
/// when its argument is odd.
const IMPORTS: &str = r#"(module
  (import "host" "a" (func (param i32 i64) (result i32)))
  (import "host" "b" (func (param f64 f32) (result f64 i64)))
  (import "host" "c" (func (param externref) (result externref)))
  (import "host" "d" (func))
  (import "host" "e" (func (param v128 anyref) (result v128 eqref)))
  (import "host" "f" (func (param i32)))
  (import "host" "x" (tag (param i32 f64)))
  (import "host" "g" (global i32))
  (import "host" "h" (global (mut i64)))
  (import "host" "k" (global f64))
  (import "host" "m" (memory 1 3))
  (import "host" "t" (table 5 9 funcref)))"#;

/// A module of everything that version 3.0 has.
pub(crate) fn of_every_proposal(bytes: &[u8]) -> Option<Vec<u8>> {
    let (kind, bytes) = bytes.split_first()?;
    generate(config(*kind), bytes)
}

fn generate(config: Config, bytes: &[u8]) -> Option<Vec<u8>> {
    let module = Module::new(config, &mut Unstructured::new(bytes)).ok()?.to_bytes();
    if let Ok(path) = std::env::var("SAVE") {
        std::fs::write(path, &module).expect("a place to write");
    }
    Some(module)
}

/// Eight kinds of modules: with imports or without, short or long, with traps or without.
fn config(kind: u8) -> Config {
    let imports = kind & 1 != 0;
    Config {
        available_imports: imports.then(|| wat::parse_str(IMPORTS).expect("it is valid text")),
        max_imports: if imports { 12 } else { 0 },
        min_funcs: 1,
        max_funcs: 8,
        max_instructions: if kind & 2 != 0 { 60 } else { 400 },
        disallow_traps: kind & 0x0C == 0,
        export_everything: true,
        // What a NaN holds is open; this makes it the same everywhere.
        canonicalize_nans: true,
        allow_start_export: kind & 0x40 != 0,
        max_memories: 2,
        max_tables: 3,
        memory64_enabled: kind & 0x80 != 0,
        memory_max_size_required: true,
        max_memory32_bytes: 1 << 20,
        max_memory64_bytes: 1 << 20,
        table_max_size_required: true,
        max_table_elements: 100,
        // Past 3.0.
        compact_imports_enabled: false,
        custom_descriptors_enabled: false,
        custom_page_sizes_enabled: false,
        shared_everything_threads_enabled: false,
        threads_enabled: false,
        wide_arithmetic_enabled: false,
        ..Config::default()
    }
}
