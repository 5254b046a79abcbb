//! `explain`: what the table of instructions says about one.

use crate::disasm::reference;
use crate::wasm::Op;

use super::{Failure, print};

/// Say of an instruction how it is written, its type, and where it is validated and run
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Its name in the text format
    instruction: String,
}

const EXAMPLES: &str = "\
Examples:
  serverless-wasm explain i32.add
  serverless-wasm explain br_on_cast

docs/instructions.md has them all.";

/// Prints the entry; `select` has two.
pub(super) fn explain(arguments: &Arguments) -> Result<(), Failure> {
    let name = arguments.instruction.as_str();
    let ops = Op::ALL.iter().filter(|op| op.row().name == name);
    let entries: Vec<_> = ops.map(|op| reference::entry(*op)).collect();
    if entries.is_empty() {
        return Err(Failure::Usage(format!("no instruction `{name}`{}", similar(name))));
    }
    print(entries.join("\n"))
}

/// What was perhaps meant.
fn similar(name: &str) -> String {
    const NEAR: f64 = 0.85;
    const MOST: usize = 3;
    let mut near: Vec<_> = Op::ALL
        .iter()
        .map(|op| op.row().name)
        .map(|known| (strsim::jaro_winkler(name, known), known))
        .filter(|(similarity, _)| *similarity > NEAR)
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    near.truncate(MOST);
    let names: Vec<_> = near.iter().map(|(_, known)| format!("`{known}`")).collect();
    if names.is_empty() { String::new() } else { format!(": there is {}", names.join(", ")) }
}
