//! Mode exec: how fast programs run once they are loaded and translated.

mod session;

use std::time::Duration;

use crate::engines::{Named, Result};
use crate::measure::{self, Contestant};
use crate::options::Options;
use crate::programs::{Origin, Program};
use crate::table::{NOTHING, Table};
use session::{Outcome, Session};

/// A sample lasts at least so long on the fastest engine: shorter ones are repeated.
const SAMPLE: Duration = Duration::from_millis(20);
const QUICK_SAMPLE: Duration = Duration::from_millis(4);

/// All programs on all engines.
pub(crate) struct Execution {
    engines: Vec<&'static str>,
    /// The engine whose speed is 1.
    base: usize,
    rows: Vec<Row>,
}

/// One program on all engines.
pub(crate) struct Row {
    program: String,
    origin: Origin,
    cells: Vec<Cell>,
}

enum Cell {
    /// Of one run.
    Time(Duration),
    /// Why there is none.
    Missing(String),
}

/// Speed is told relative to this engine, or to the first one when it doesn't take part.
const BASE: &str = "wasmi";

pub(crate) fn measure(
    engines: &[Named],
    programs: &[Program],
    options: &Options,
) -> Result<Execution> {
    let mut rows = Vec::new();
    for program in programs {
        eprintln!("exec: {}", program.name);
        rows.push(row(engines, program, options)?);
    }
    Ok(Execution {
        engines: engines.iter().map(|engine| engine.name).collect(),
        base: engines.iter().position(|engine| engine.name == BASE).unwrap_or(0),
        rows,
    })
}

fn row(engines: &[Named], program: &Program, options: &Options) -> Result<Row> {
    let started: Vec<_> = engines.iter().map(|engine| start(engine, program)).collect();
    let mut outcome: Option<Outcome> = None;
    for (engine, started) in engines.iter().zip(&started) {
        let Ok(started) = started else { continue };
        let found = &started.outcome;
        if !program.expects(found) || outcome.as_ref().is_some_and(|outcome| outcome != found) {
            let wanted = outcome.map(|outcome| format!("{outcome:?}"));
            let wanted = wanted.unwrap_or_else(|| "what the program's row says".to_owned());
            let (program, engine) = (&program.name, engine.name);
            return Err(format!("{program} on {engine}: wanted {wanted}, found {found:?}").into());
        }
        outcome.get_or_insert_with(|| found.clone());
    }

    let fastest = started.iter().flatten().map(|started| started.time).min();
    let repeats = repeats(fastest.ok_or("no engine runs it")?, options);
    let mut contestants: Vec<Contestant<'_>> = Vec::new();
    let mut missing = Vec::new();
    for started in started {
        match started {
            Ok(Started { mut session, outcome, .. }) => {
                missing.push(None);
                contestants.push(Box::new(move || session.sample(repeats, &outcome.answers)));
            }
            Err(error) => missing.push(Some(error.to_string())),
        }
    }
    let mut times = measure::interleaved(&mut contestants, options.rounds)?.into_iter();
    let cells = missing.into_iter().map(|missing| match missing {
        Some(reason) => Cell::Missing(reason),
        None => Cell::Time(times.next().expect("a time for each contestant") / repeats),
    });
    Ok(Row { program: program.name.clone(), origin: program.origin, cells: cells.collect() })
}

struct Started<'a> {
    session: Session<'a>,
    outcome: Outcome,
    /// Of the second run: the first one may translate.
    time: Duration,
}

fn start<'a>(engine: &Named, program: &'a Program) -> Result<Started<'a>> {
    let mut session = Session::new(engine, program)?;
    let outcome = session.outcome()?;
    let time = session.sample(1, &outcome.answers)?;
    Ok(Started { session, outcome, time })
}

fn repeats(fastest: Duration, options: &Options) -> u32 {
    let sample = if options.quick { QUICK_SAMPLE } else { SAMPLE };
    let repeats = sample.as_nanos() / fastest.as_nanos().max(1) + 1;
    repeats.try_into().unwrap_or(u32::MAX)
}

impl Row {
    /// How often an engine runs the program while the other one runs it once.
    fn speed(&self, engine: usize, base: usize) -> Option<f64> {
        match (&self.cells[engine], &self.cells[base]) {
            (Cell::Time(time), Cell::Time(base)) => Some(base.as_secs_f64() / time.as_secs_f64()),
            (Cell::Missing(_), _) | (_, Cell::Missing(_)) => None,
        }
    }
}

impl Execution {
    /// Their names, in the order of the columns.
    pub(crate) fn engines(&self) -> &[&'static str] {
        &self.engines
    }

    /// Each program's name, and every engine's speed.
    pub(crate) fn programs(&self) -> impl Iterator<Item = (&str, Vec<Option<f64>>)> {
        self.rows.iter().map(|row| {
            let speeds = (0..self.engines.len()).map(|engine| row.speed(engine, self.base));
            (&*row.program, speeds.collect())
        })
    }

    /// Times of the base, and everybody's speed relative to it.
    pub(crate) fn table(&self) -> Table {
        let base = self.engines[self.base];
        let mut head = vec!["program".to_owned(), format!("{base}, ms")];
        head.extend(self.engines.iter().map(|&engine| engine.to_owned()));

        let mut rows: Vec<Vec<String>> = self.rows.iter().map(|row| self.cells_of(row)).collect();
        rows.extend(self.mean("all", |_| true));
        for (label, origin) in
            [("repository", Origin::Repository), ("WORKLOADS", Origin::Workloads)]
        {
            // With programs of one origin only, this would be the same row again.
            if self.rows.iter().any(|row| row.origin != origin) {
                rows.extend(self.mean(label, |row| row.origin == origin));
            }
        }
        Table { title: format!("Speed, {base} = 1.00"), head, rows, notes: self.missing() }
    }

    fn cells_of(&self, row: &Row) -> Vec<String> {
        let base = match &row.cells[self.base] {
            Cell::Time(time) => format!("{:.3}", time.as_secs_f64() * 1e3),
            Cell::Missing(_) => NOTHING.to_owned(),
        };
        let speeds = (0..self.engines.len()).map(|engine| match row.speed(engine, self.base) {
            Some(speed) => format!("{speed:.2}"),
            None => NOTHING.to_owned(),
        });
        [row.program.clone(), base].into_iter().chain(speeds).collect()
    }

    /// The geometric means over some programs; None when there are none.
    fn mean(&self, label: &str, of: impl Fn(&Row) -> bool) -> Option<Vec<String>> {
        let rows: Vec<&Row> = self.rows.iter().filter(|row| of(row)).collect();
        if rows.is_empty() {
            return None;
        }
        let label = format!("**geometric mean, {label}** ({})", rows.len());
        let means = (0..self.engines.len()).map(|engine| {
            let speeds: Vec<f64> =
                rows.iter().filter_map(|row| row.speed(engine, self.base)).collect();
            let complete = speeds.len() == rows.len();
            let of = if complete { String::new() } else { format!(" ({})", speeds.len()) };
            measure::geometric_mean(&speeds)
                .map_or_else(|| NOTHING.to_owned(), |mean| format!("**{mean:.2}**{of}"))
        });
        Some([label, String::new()].into_iter().chain(means).collect())
    }

    /// Why cells are empty.
    fn missing(&self) -> Vec<String> {
        let mut notes = Vec::new();
        for row in &self.rows {
            for (engine, cell) in self.engines.iter().zip(&row.cells) {
                if let Cell::Missing(reason) = cell {
                    let reason = reason.lines().next().unwrap_or_default();
                    notes.push(format!("{} on {engine}: {reason}", row.program));
                }
            }
        }
        notes
    }
}
