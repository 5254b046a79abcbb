//! What is run. A row more is a line in [`all`].

use std::error::Error;
use std::path::Path;
use std::{env, fmt, fs};

/// A module, which export of it is called, and with what.
pub(crate) struct Program {
    pub(crate) name: &'static str,
    pub(crate) wasm: Vec<u8>,
    pub(crate) export: &'static str,
    pub(crate) arguments: Vec<Value>,
    /// What the export answers; None where the first engine's answer is to be everyone's.
    pub(crate) result: Option<Value>,
}

/// An argument or a result. A float is its bits: engines must agree on all of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Value {
    I64(i64),
    F32(u32),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::I64(value) => value.fmt(f),
            Self::F32(bits) => f32::from_bits(*bits).fmt(f),
        }
    }
}

/// The clock that programs import as `env.clock_ms`. Its answers don't depend on time, so a program
/// that runs until enough time is over does the same work on every engine.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    calls: usize,
}

impl Clock {
    /// What successive calls answer, in milliseconds; then from the start again.
    const ANSWERS: [i32; 6] = [0, 0, 0, 1500, 2000, 14_000];

    pub(crate) fn read(&mut self) -> i32 {
        let answer = Self::ANSWERS[self.calls % Self::ANSWERS.len()];
        self.calls += 1;
        answer
    }
}

/// Every program there is: ours, and what is found in the folder that `WORKLOADS` names.
pub(crate) fn all() -> Result<Vec<Program>, Box<dyn Error>> {
    let mut programs = vec![Program {
        name: "fib-rec",
        wasm: wat::parse_str(include_str!("../../wat/fib-rec.wat"))?,
        export: "run",
        arguments: vec![Value::I64(30)],
        result: Some(Value::I64(832_040)),
    }];
    match env::var_os("WORKLOADS") {
        Some(folder) => {
            let path = Path::new(&folder).join("coremark.wasm");
            programs.push(Program {
                name: "coremark",
                wasm: fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?,
                export: "run",
                arguments: Vec::new(),
                result: None,
            });
        }
        None => eprintln!("WORKLOADS names no folder: only the programs of this repository run"),
    }
    Ok(programs)
}
