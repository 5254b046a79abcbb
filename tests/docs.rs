//! Documents that are generated are as the code would write them.

use std::collections::BTreeSet;
use std::path::Path;

use serverless_wasm::disasm::reference;
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
