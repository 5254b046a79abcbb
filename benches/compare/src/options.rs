//! The command line.

use crate::engines::Result;

/// What is measured, and how long.
pub(crate) struct Options {
    pub(crate) modes: Vec<Mode>,
    /// Names of engines; empty for those of the mode.
    pub(crate) engines: Vec<String>,
    /// Parts of programs' names; empty for all.
    pub(crate) programs: Vec<String>,
    pub(crate) rounds: usize,
    pub(crate) quick: bool,
    /// Whether the tables and the chart in `docs` are renewed.
    pub(crate) write: bool,
}

/// What is compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mode {
    /// Programs that are loaded and translated.
    Exec,
    /// This engine with and without metering.
    Metering,
    /// Between host and guest, and inside the guest.
    Calls,
    /// Bytes to a module that can be instantiated.
    Load,
    /// A module to an instance.
    Instantiate,
    /// What a loaded module occupies.
    Memory,
}

const MODES: [(&str, Mode); 6] = [
    ("exec", Mode::Exec),
    ("metering", Mode::Metering),
    ("calls", Mode::Calls),
    ("load", Mode::Load),
    ("instantiate", Mode::Instantiate),
    ("memory", Mode::Memory),
];

const USAGE: &str = "\
usage: compare [--mode exec|metering|calls|load|instantiate|memory] [--engines NAME,...]
               [--rounds N] [--quick] [--write] [PROGRAM]...
PROGRAM is a part of a program's name. WORKLOADS=DIR adds the programs of a folder.";

/// Rounds when nobody says: enough that the median of a quiet machine moves by a few percent.
const ROUNDS: usize = 7;
const QUICK_ROUNDS: usize = 3;

impl Options {
    pub(crate) fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Self> {
        let mut options = Self {
            modes: MODES.map(|row| row.1).to_vec(),
            engines: Vec::new(),
            programs: Vec::new(),
            rounds: 0,
            quick: false,
            write: false,
        };
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument} takes a value\n{USAGE}"));
            match &*argument {
                "--mode" => options.modes = vec![mode(&value()?)?],
                "--engines" => options.engines = value()?.split(',').map(str::to_owned).collect(),
                "--rounds" => options.rounds = value()?.parse()?,
                "--quick" => options.quick = true,
                "--write" => options.write = true,
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

impl Mode {
    /// The engines that take part when nobody names any.
    pub(crate) const fn engines(self) -> &'static [&'static str] {
        match self {
            Self::Metering => &["unmetered", "ours"],
            Self::Exec | Self::Calls | Self::Instantiate => {
                &["ours", "wasmi", "sf-nano", "tinywasm", "pulley", "cranelift"]
            }
            Self::Load | Self::Memory => &[
                "ours",
                "ours-eager",
                "wasmi",
                "wasmi-eager",
                "sf-nano",
                "tinywasm",
                "pulley",
                "cranelift",
            ],
        }
    }
}

fn mode(name: &str) -> Result<Mode> {
    let row = MODES.iter().find(|row| row.0 == name);
    row.map(|row| row.1).ok_or_else(|| format!("unknown mode {name}\n{USAGE}").into())
}
