//! Documents that are generated are as the code would write them.

use std::collections::BTreeSet;
use std::path::Path;

use serverless_wasm::disasm::reference;
use serverless_wasm::host::FUNCTIONS;
use serverless_wasm::wasm::Op;

/// The files that the reference names are there.
#[test]
fn files_that_run_instructions_exist() {
    let text = Op::ALL.iter().map(|op| reference::entry(*op)).collect::<String>();
    let files = text.split_whitespace().filter(|word| word.starts_with("src/"));
    let missing: BTreeSet<_> = files.filter(|file| !Path::new(file).is_file()).collect();
    assert_eq!(missing, BTreeSet::new());
}

#[test]
fn the_reference_of_instructions_is_fresh() {
    expect_test::expect_file!["../docs/instructions.md"].assert_eq(&reference::document());
}

/// The rows of the tables of functions: name and type as the document has them.
fn documented_functions(document: &str) -> Vec<String> {
    let row = |line: &str| {
        let (name, rest) = line.strip_prefix("| `")?.split_once("` | `(")?;
        let (ty, _meaning) = rest.split_once("` | ")?;
        Some(format!("{name}({ty}"))
    };
    let (_exports, imports) = document.split_once("## The request").expect("it has this chapter");
    imports.lines().filter_map(row).collect()
}

#[test]
fn the_functions_for_guests_are_documented_with_their_types() {
    let mut documented = documented_functions(include_str!("../docs/host-abi.md"));
    let mut functions: Vec<_> = FUNCTIONS.iter().map(ToString::to_string).collect();
    documented.sort();
    functions.sort();
    assert_eq!(documented, functions);
    assert!(FUNCTIONS.iter().all(|function| function.module == "env"));
}
