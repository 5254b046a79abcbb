//! The module `spectest` that the suite's scripts import from.
//!
//! <https://github.com/WebAssembly/spec/blob/main/interpreter/README.md#spectest-host-module>

use crate::interp::{Engine, Linker, Module, Store};
use crate::wasm::{Feature, FuncType, ValType};

/// Everything but the functions, which are the host's.
const OBJECTS: &str = r#"
    (module
        (global (export "global_i32") i32 (i32.const 666))
        (global (export "global_i64") i64 (i64.const 666))
        (global (export "global_f32") f32 (f32.const 666.6))
        (global (export "global_f64") f64 (f64.const 666.6))
        (table (export "table") 10 20 funcref)
        (table (export "table64") i64 10 20 funcref)
        (memory (export "memory") 1 2))"#;

/// What there is beside it where threads are on.
const SHARED: &str = r#"(module (memory (export "shared_memory") 1 2 shared))"#;

/// Functions that take what their names say and give nothing.
const FUNCTIONS: &[(&str, &[ValType])] = &[
    ("print", &[]),
    ("print_i32", &[ValType::I32]),
    ("print_i64", &[ValType::I64]),
    ("print_f32", &[ValType::F32]),
    ("print_f64", &[ValType::F64]),
    ("print_i32_f32", &[ValType::I32, ValType::F32]),
    ("print_f64_f64", &[ValType::F64, ValType::F64]),
];

/// A linker that has the module, of this store.
pub(super) fn linker(engine: &Engine, store: &mut Store<()>) -> Linker<()> {
    let mut linker = Linker::new(engine);
    // A script may register a name again.
    linker.allow_shadowing(true);
    for (name, params) in FUNCTIONS {
        let ty = FuncType { params: (*params).into(), results: Box::default() };
        let defined = linker.func_new("spectest", name, ty, |_, _, _| Ok(()));
        defined.expect("each name stands once in the list");
    }
    export(&mut linker, store, OBJECTS);
    if engine.features().has(Feature::Threads) {
        export(&mut linker, store, SHARED);
    }
    linker
}

/// Gives scripts what a module exports.
fn export(linker: &mut Linker<()>, store: &mut Store<()>, text: &str) {
    let bytes = wast::parser::ParseBuffer::new(text)
        .and_then(|buffer| wast::parser::parse::<wast::Wat<'_>>(&buffer)?.encode())
        .expect("the texts above are modules");
    let module = Module::new(store.engine(), &bytes).expect("the modules above are valid");
    let instance = linker.instantiate(store, &module).expect("the modules above import nothing");
    linker.instance(store, "spectest", instance).expect("the store is the instance's own");
}
