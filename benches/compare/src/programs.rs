//! What is run: the programs of this repository, and those of a folder that `WORKLOADS` names.

#[path = "../../programs/mod.rs"]
mod own;
mod workloads;

use std::env;
use std::path::Path;

use crate::engines::Result;
use crate::value::Value;

/// A module and how it is called.
pub(crate) struct Program {
    pub(crate) name: String,
    pub(crate) wasm: Vec<u8>,
    pub(crate) entry: Entry,
    pub(crate) origin: Origin,
}

/// A module that is only loaded.
pub(crate) struct Module {
    pub(crate) name: String,
    pub(crate) wasm: Vec<u8>,
}

/// Where a program comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Origin {
    /// `benches/wat`.
    Repository,
    /// The folder that `WORKLOADS` names.
    Workloads,
}

/// How a program is called.
pub(crate) enum Entry {
    /// `run(argument)` gives the result; None where engines need only agree.
    Run { argument: Option<Value>, result: Option<Value> },
    /// `state = setup(size)`, input written at `input_ptr(state)`, then `run(state)` and nothing
    /// else is timed. The named exports, called with the state, give what is checked.
    Case { size: Option<Value>, input: Option<Vec<u8>>, checks: Checks },
}

/// Exports that take the state, and what each must give; None where engines need only agree.
pub(crate) type Checks = &'static [(&'static str, Option<Value>)];

/// Every program whose name contains one of these texts; all when there are none.
pub(crate) fn all(filters: &[String]) -> Result<Vec<Program>> {
    let wanted = wanted(filters);
    let mut programs: Vec<Program> =
        own::all().filter(|program| wanted(program.name)).map(from_repository).collect();
    match env::var_os("WORKLOADS") {
        Some(folder) => programs.extend(workloads::all(Path::new(&folder), wanted)?),
        None => eprintln!("WORKLOADS names no folder: only the programs of this repository run"),
    }
    Ok(programs)
}

/// The modules of `WORKLOADS` that are loaded and not run.
pub(crate) fn to_load(filters: &[String]) -> Result<Vec<Module>> {
    match env::var_os("WORKLOADS") {
        Some(folder) => workloads::to_load(Path::new(&folder), wanted(filters)),
        None => Ok(Vec::new()),
    }
}

fn wanted(filters: &[String]) -> impl Fn(&str) -> bool + Copy {
    move |name| filters.is_empty() || filters.iter().any(|filter| name.contains(&**filter))
}

fn from_repository(program: own::Program) -> Program {
    Program {
        name: program.name.to_owned(),
        wasm: program.wasm,
        entry: Entry::Run {
            argument: Some(Value::I64(program.argument)),
            result: Some(Value::I64(program.result)),
        },
        origin: Origin::Repository,
    }
}
