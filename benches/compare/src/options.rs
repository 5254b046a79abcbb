//! The command line.

use crate::engines::Result;

/// What is measured, and how long.
pub(crate) struct Options {
    pub(crate) mode: Mode,
    /// Names of engines; empty for all.
    pub(crate) engines: Vec<String>,
    /// Parts of programs' names; empty for all.
    pub(crate) programs: Vec<String>,
    pub(crate) rounds: usize,
    pub(crate) quick: bool,
}

/// What is compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mode {
    Exec,
}

const MODES: [(&str, Mode); 1] = [("exec", Mode::Exec)];

const USAGE: &str = "\
usage: compare [--mode exec] [--engines NAME,...] [--rounds N] [--quick] [PROGRAM]...
PROGRAM is a part of a program's name. WORKLOADS=DIR adds the programs of a folder.";

/// Rounds when nobody says: enough that the median of a quiet machine moves by a few percent.
const ROUNDS: usize = 7;
const QUICK_ROUNDS: usize = 3;

impl Options {
    pub(crate) fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Self> {
        let mut options = Self {
            mode: Mode::Exec,
            engines: Vec::new(),
            programs: Vec::new(),
            rounds: 0,
            quick: false,
        };
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument} takes a value\n{USAGE}"));
            match &*argument {
                "--mode" => options.mode = mode(&value()?)?,
                "--engines" => options.engines = value()?.split(',').map(str::to_owned).collect(),
                "--rounds" => options.rounds = value()?.parse()?,
                "--quick" => options.quick = true,
                flag if flag.starts_with('-') => return Err(USAGE.into()),
                _ => options.programs.push(argument),
            }
        }
        if options.rounds == 0 {
            options.rounds = if options.quick { QUICK_ROUNDS } else { ROUNDS };
        }
        Ok(options)
    }
}

fn mode(name: &str) -> Result<Mode> {
    let row = MODES.iter().find(|row| row.0 == name);
    row.map(|row| row.1).ok_or_else(|| format!("unknown mode {name}\n{USAGE}").into())
}
