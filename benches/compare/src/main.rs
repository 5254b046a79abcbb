//! The same programs on several engines: interleaved rounds, medians, results compared, tables in
//! Markdown. Only ratios of one run mean anything; `benches/README.md` says how to use it.

mod calls;
mod chart;
mod engines;
mod exec;
mod instantiate;
mod load;
mod measure;
mod memory;
mod options;
mod programs;
mod report;
mod table;
mod value;

use std::env;
use std::process::ExitCode;

use engines::{Named, Result};
use options::{Mode, Options};
use report::Report;

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1).peekable();
    let done = match arguments.next_if(|argument| argument == memory::CHILD) {
        Some(_) => memory::child(&arguments.next().unwrap_or_default()),
        None => Options::parse(arguments).and_then(|options| compare(&options)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn compare(options: &Options) -> Result<()> {
    let mut report = Report::default();
    for &mode in &options.modes {
        let engines = match options.engines.is_empty() {
            true => engines::named(mode.engines())?,
            false => engines::named(&options.engines)?,
        };
        measure(mode, &engines, options, &mut report)?;
    }
    if options.write {
        report.write(options)?;
    }
    Ok(())
}

fn measure(mode: Mode, engines: &[Named], options: &Options, report: &mut Report) -> Result<()> {
    match mode {
        Mode::Exec | Mode::Metering => {
            let programs = programs::all(&options.programs)?;
            let execution = exec::measure(engines, &programs, options)?;
            report.add(execution.table());
            if mode == Mode::Exec {
                report.chart = Some(chart::draw(&execution));
            }
        }
        Mode::Calls => report.add(calls::table(engines, options)?),
        Mode::Load => report.add(load::table(engines, options)?),
        Mode::Instantiate => report.add(instantiate::table(engines, options)?),
        Mode::Memory => {
            if let Some(table) = memory::table(engines)? {
                report.add(table);
            }
        }
    }
    Ok(())
}
