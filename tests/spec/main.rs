//! The official test suite: `cargo test --test spec [FILTER]`, one trial a script and way to
//! run: on both backends, and translated eagerly.
//!
//! `WASM_SPEC_TESTS=DIR` runs a tree of `.wast` files instead of the crate's. Known failures stand
//! in `expectations.toml`; `UPDATE_EXPECT=1` with `WASM_SPEC_TESTS` writes it anew.

mod conformance;
mod expectations;
mod scripts;
mod update;

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use libtest_mimic::{Arguments, Failed, Trial};
use serverless_wasm::interp::{Backend, Config, Translation};
use serverless_wasm::wast::{self, Outcome, Table, Verdict};

use expectations::Expectations;
use scripts::{Script, Source};

const BACKENDS: [(Backend, &str); 2] =
    [(Backend::Threaded, "threaded"), (Backend::Stepped, "stepped")];

/// How each script runs. Eagerly, functions that no script calls are translated, too.
const RUNS: [(Backend, Translation, &str); 3] = [
    (Backend::Threaded, Translation::Lazy, "threaded"),
    (Backend::Threaded, Translation::Eager, "threaded, eager"),
    (Backend::Stepped, Translation::Lazy, "stepped"),
];

/// The places in [`RUNS`] of the runs that `docs/conformance.md` shows.
const THREADED: usize = 0;
const STEPPED: usize = 2;

/// What the trials that ran found, by the places of the script in its list and of the run in
/// [`RUNS`].
type Found = Mutex<BTreeMap<(usize, usize), Vec<Outcome>>>;

#[expect(clippy::print_stdout, reason = "the report is what this program is for")]
fn main() -> ExitCode {
    // A panic fails its directive; where it was is worth a line, a backtrace takes minutes.
    std::panic::set_hook(Box::new(|panic| eprintln!("{panic}")));
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        return update_expectations();
    }
    let arguments = Arguments::from_args();
    let scripts: Arc<[Script]> = scripts::find().into();
    let expectations = Arc::new(Expectations::read());
    let found = Arc::new(Found::default());
    let self_check = || Ok(expectations::check_the_check()?);
    let mut trials = vec![
        Trial::test("expectations notice changes", self_check),
        strays(&scripts, &expectations),
    ];
    for index in 0..scripts.len() {
        for (run, (backend, translation, name)) in RUNS.into_iter().enumerate() {
            let (scripts, expectations, found) =
                (Arc::clone(&scripts), Arc::clone(&expectations), Arc::clone(&found));
            let title = format!("{}, {name}", scripts[index].name);
            trials.push(Trial::test(title, move || {
                let script = &scripts[index];
                let config = Config::new()
                    .backend(backend)
                    .translation(translation)
                    .features(script.features());
                let outcomes = wast::run_with(&script.text, config)?;
                let report = expectations.check(&script.name, script.source, &outcomes);
                found.lock().expect("no trial panics holding it").insert((index, run), outcomes);
                if report.is_empty() { Ok(()) } else { Err(Failed::from(report.join("\n"))) }
            }));
        }
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    let found = found.lock().expect("no trial panics holding it");
    if arguments.list {
        return conclusion.exit_code();
    }
    let past = merged(&scripts, &found, Part::Past);
    if past != Table::default() {
        println!("past 3.0\n{past}\n");
    }
    println!("{}", merged(&scripts, &found, Part::Standard));
    if found.len() == scripts.len() * RUNS.len() && scripts[0].source == Source::Tree {
        let tables =
            Part::ALL.map(|part| [THREADED, STEPPED].map(|run| table(&scripts, &found, run, part)));
        if let Err(message) = conformance::check(&tables) {
            println!("{message}");
            return ExitCode::FAILURE;
        }
    }
    conclusion.exit_code()
}

/// A trial of its own: each expectation names a script.
fn strays(scripts: &Arc<[Script]>, expectations: &Arc<Expectations>) -> Trial {
    let (scripts, expectations) = (Arc::clone(scripts), Arc::clone(expectations));
    Trial::test("expectations name scripts", move || {
        let strays = expectations.strays(&scripts);
        if strays.is_empty() { Ok(()) } else { Err(Failed::from(strays.join("\n"))) }
    })
}

/// The parts of the suite, which are counted apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// WebAssembly 3.0.
    Standard,
    /// The proposals past it.
    Past,
}

impl Part {
    const ALL: [Self; 2] = [Self::Standard, Self::Past];

    fn of(script: &Script) -> Self {
        if script.past.is_some() { Self::Past } else { Self::Standard }
    }
}

/// What one run found in a part.
fn table(
    scripts: &[Script],
    found: &BTreeMap<(usize, usize), Vec<Outcome>>,
    run: usize,
    part: Part,
) -> Table {
    let mut table = Table::default();
    let here =
        found.iter().filter(|((script, of), _)| *of == run && Part::of(&scripts[*script]) == part);
    for ((script, _), outcomes) in here {
        table.add(scripts[*script].folder(), outcomes);
    }
    table
}

/// What all runs found in a part: a directive passes where it passes in each.
fn merged(scripts: &[Script], found: &BTreeMap<(usize, usize), Vec<Outcome>>, part: Part) -> Table {
    let mut all: BTreeMap<usize, Vec<Outcome>> = BTreeMap::new();
    for ((script, _), outcomes) in found {
        if Part::of(&scripts[*script]) != part {
            continue;
        }
        let before = all.entry(*script).or_insert_with(|| outcomes.clone());
        for (before, now) in before.iter_mut().zip(outcomes) {
            if before.verdict == Verdict::Passed {
                before.clone_from(now);
            }
        }
    }
    let mut table = Table::default();
    for (script, outcomes) in all {
        table.add(scripts[script].folder(), &outcomes);
    }
    table
}

/// Writes what fails as what is expected to, where a reason is known and both backends agree.
#[expect(clippy::print_stdout, reason = "the report is what this program is for")]
fn update_expectations() -> ExitCode {
    let scripts = scripts::find_all();
    let mut entries = Vec::new();
    let mut refused = Vec::new();
    let mut tables: [[Table; 2]; 2] = Default::default();
    for (script, shared) in &scripts {
        let part = Part::of(script);
        let is_counted = script.source == Source::Tree || part == Part::Past;
        let mut tables = tables[part as usize].iter_mut();
        let [threaded, stepped] = BACKENDS.map(|(backend, _)| {
            let config = Config::new().backend(backend).features(script.features());
            let outcomes = wast::run_with(&script.text, config);
            let outcomes = outcomes.unwrap_or_else(|error| panic!("{}: {error}", script.name));
            if let (true, Some(table)) = (is_counted, tables.next()) {
                table.add(script.folder(), &outcomes);
            }
            update::entries(script, *shared, &outcomes)
        });
        match threaded {
            Ok(_) if threaded != stepped => {
                refused.push(format!("{}: the backends differ", script.name));
            }
            Ok(entry) => entries.push(entry),
            Err(reason) => refused.push(reason),
        }
    }
    if refused.is_empty() {
        update::write(&entries);
        conformance::write(&tables);
        return ExitCode::SUCCESS;
    }
    println!("{}", refused.join("\n"));
    ExitCode::FAILURE
}
