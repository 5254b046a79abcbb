//! What the translator makes of small functions: each `.wat` of this folder beside its listing.
//! `UPDATE_EXPECT=1 cargo test --test translate` writes the listings anew.
//!
//! A text whose first line is `;; fused` is translated with superinstructions, all others without,
//! so that a new one changes only the listings that are about them.

use std::fs;
use std::path::Path;

use expect_test::expect_file;
use serverless_wasm::interp::{Config, Engine, Module};
use serverless_wasm::wasm::{FuncIdx, Index};

/// All functions of a module, each with its name, its pinned locals and its ops.
fn listing(text: &str) -> String {
    let fused = text.starts_with(";; fused\n");
    let engine = Engine::new(Config::new().fusion(fused));
    let module = Module::new(&engine, &wat::parse_str(text).expect("a module")).expect("valid");
    let wasm = module.wasm();
    let functions = (wasm.imported_funcs()..wasm.funcs.len()).map(|index| {
        let func = FuncIdx::from_usize(index);
        let name = wasm.func_name(func).expect("functions of the tests have names");
        let code = module.code_listing(func).expect("the module defines it");
        format!("{name}\n{code}")
    });
    functions.collect::<Vec<_>>().join("\n")
}

#[test]
fn listings_are_as_kept() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/translate");
    let entries = fs::read_dir(&folder).expect("the folder of this file");
    let paths = entries.map(|entry| entry.expect("readable").path());
    let mut texts: Vec<_> =
        paths.filter(|path| path.extension().is_some_and(|extension| extension == "wat")).collect();
    texts.sort();
    assert!(texts.len() >= 10, "{texts:?}");
    for path in texts {
        let text = fs::read_to_string(&path).expect("readable");
        expect_file![path.with_extension("txt")].assert_eq(&listing(&text));
    }
}
