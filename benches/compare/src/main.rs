//! The same programs on several engines: interleaved rounds, medians, results compared, a table in
//! Markdown. Only ratios of one run mean anything; `benches/README.md` says how to use it.

mod engines;
mod programs;

use std::env;
use std::error::Error;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use engines::{Engine, Ours, Running, Wasmi};
use programs::{Program, Value};

/// How often each engine runs each program; the median counts.
const ROUNDS: usize = 7;

fn main() -> ExitCode {
    match compare() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Programs named on the command line, or all.
fn compare() -> Result<(), Box<dyn Error>> {
    let wanted: Vec<String> = env::args().skip(1).collect();
    let engines: [Box<dyn Engine>; 2] = [Box::new(Ours::new()), Box::new(Wasmi::new())];

    let mut rows = Vec::new();
    for program in programs::all()? {
        if wanted.is_empty() || wanted.iter().any(|name| name == program.name) {
            rows.push(measure(&engines, &program)?);
        }
    }
    print_table(&engines, &rows);
    Ok(())
}

/// One program on all engines.
struct Row {
    program: &'static str,
    result: Value,
    /// In the order of the engines.
    medians: Vec<Duration>,
}

impl Row {
    /// The time of an engine over that of the first one: above 1, the first one is faster.
    fn ratio(&self, engine: usize) -> f64 {
        self.medians[engine].as_secs_f64() / self.medians[0].as_secs_f64()
    }
}

fn measure(engines: &[Box<dyn Engine>], program: &Program) -> Result<Row, Box<dyn Error>> {
    let mut running = Vec::new();
    let mut result = program.result;
    for engine in engines {
        let mut instance = engine.load(program)?;
        // The first call is not timed: it may translate.
        let found = instance.call(program)?;
        check(engine.as_ref(), program, *result.get_or_insert(found), found)?;
        running.push(instance);
    }
    let result = result.ok_or("there is no engine")?;

    let mut times = vec![Vec::new(); engines.len()];
    for round in 0..ROUNDS {
        for place in 0..engines.len() {
            // Whoever runs first in a round may find other caches and clocks.
            let place = (place + round) % engines.len();
            let (time, found) = timed(running[place].as_mut(), program)?;
            check(engines[place].as_ref(), program, result, found)?;
            times[place].push(time);
        }
    }
    let medians = times.into_iter().map(median).collect();
    Ok(Row { program: program.name, result, medians })
}

fn timed(
    instance: &mut dyn Running,
    program: &Program,
) -> Result<(Duration, Value), Box<dyn Error>> {
    let start = Instant::now();
    let found = instance.call(program)?;
    Ok((start.elapsed(), found))
}

fn check(
    engine: &dyn Engine,
    program: &Program,
    wanted: Value,
    found: Value,
) -> Result<(), Box<dyn Error>> {
    if wanted == found {
        return Ok(());
    }
    Err(format!("{} on {}: wanted {wanted}, found {found}", program.name, engine.name()).into())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// A column of times an engine, and a column of ratios to the first engine for each other one.
fn print_table(engines: &[Box<dyn Engine>], rows: &[Row]) {
    let names: Vec<&str> = engines.iter().map(|engine| engine.name()).collect();
    let others = 1..engines.len();
    let times = names.iter().map(|name| format!(" {name}, ms |"));
    let ratios = others.clone().map(|other| format!(" {} / {} |", names[other], names[0]));
    println!("| program | result |{}", times.chain(ratios).collect::<String>());
    println!("|---|--:|{}", "--:|".repeat(names.len() + others.len()));

    for row in rows {
        let times = row.medians.iter().map(|time| format!(" {:.1} |", time.as_secs_f64() * 1e3));
        let ratios = others.clone().map(|other| format!(" {:.2} |", row.ratio(other)));
        let cells: String = times.chain(ratios).collect();
        println!("| {} | {} |{cells}", row.program, row.result);
    }

    let means = others.map(|other| {
        let logarithms: f64 = rows.iter().map(|row| row.ratio(other).ln()).sum();
        format!(" **{:.2}** |", (logarithms / rows.len() as f64).exp())
    });
    println!("| **geometric mean** | |{}{}", " |".repeat(names.len()), means.collect::<String>());
}
