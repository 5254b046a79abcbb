//! The same programs on several engines: interleaved rounds, medians, results compared, tables in
//! Markdown. Only ratios of one run mean anything; `benches/README.md` says how to use it.

mod engines;
mod exec;
mod measure;
mod options;
mod programs;
mod table;
mod value;

use std::env;
use std::process::ExitCode;

use engines::Result;
use options::{Mode, Options};

fn main() -> ExitCode {
    match compare() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn compare() -> Result<()> {
    let options = Options::parse(env::args().skip(1))?;
    let engines = engines::named(&options.engines)?;
    match options.mode {
        Mode::Exec => {
            let programs = programs::all(&options.programs)?;
            println!("{}", exec::measure(&engines, &programs, &options)?.table());
        }
    }
    Ok(())
}
