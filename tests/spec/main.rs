//! The official test suite: `cargo test --test spec [FILTER]`, one trial a script and way to
//! run: on both backends, and translated eagerly.
//!
//! `WASM_SPEC_TESTS=DIR` runs a tree of `.wast` files instead of the crate's. Known failures stand
//! in `expectations.toml`; `UPDATE_EXPECT=1` with `WASM_SPEC_TESTS` writes it anew.

mod expectations;
mod scripts;
mod update;

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use libtest_mimic::{Arguments, Failed, Trial};
use serverless_wasm::interp::{Backend, Config, Translation};
use serverless_wasm::wast::{self, Counts, Outcome, Verdict};

use expectations::Expectations;
use scripts::Script;

const BACKENDS: [(Backend, &str); 2] =
    [(Backend::Threaded, "threaded"), (Backend::Stepped, "stepped")];

/// How each script runs. Eagerly, functions that no script calls are translated, too.
const RUNS: [(Backend, Translation, &str); 3] = [
    (Backend::Threaded, Translation::Lazy, "threaded"),
    (Backend::Threaded, Translation::Eager, "threaded, eager"),
    (Backend::Stepped, Translation::Lazy, "stepped"),
];

/// What the trials that ran found, a script by its place in the list.
type Found = Mutex<BTreeMap<usize, Vec<Outcome>>>;

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
        for (backend, translation, name) in RUNS {
            let (scripts, expectations, found) =
                (Arc::clone(&scripts), Arc::clone(&expectations), Arc::clone(&found));
            let title = format!("{}, {name}", scripts[index].name);
            trials.push(Trial::test(title, move || {
                let script = &scripts[index];
                let config = Config::new().backend(backend).translation(translation);
                let outcomes = wast::run_with(&script.text, config)?;
                let report = expectations.check(&script.name, script.source, &outcomes);
                merge(&found, index, outcomes);
                if report.is_empty() { Ok(()) } else { Err(Failed::from(report.join("\n"))) }
            }));
        }
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    if !arguments.list {
        print_table(&scripts, &found.lock().expect("no trial panics holding it"));
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

/// A directive passes where it passes on every backend.
fn merge(found: &Found, index: usize, outcomes: Vec<Outcome>) {
    let mut found = found.lock().expect("no trial panics holding it");
    let Some(before) = found.get_mut(&index) else {
        found.insert(index, outcomes);
        return;
    };
    for (before, now) in before.iter_mut().zip(outcomes) {
        if before.verdict == Verdict::Passed {
            *before = now;
        }
    }
}

#[expect(clippy::print_stdout, reason = "the report is what this program is for")]
fn print_table(scripts: &[Script], found: &BTreeMap<usize, Vec<Outcome>>) {
    let mut folders: BTreeMap<&str, Counts> = BTreeMap::new();
    let mut total = Counts::default();
    for (index, outcomes) in found {
        let counts = folders.entry(scripts[*index].folder()).or_default();
        for outcome in outcomes {
            counts.add(&outcome.verdict);
            total.add(&outcome.verdict);
        }
    }
    println!("{:<16}{:>8}{:>8}{:>16}", "folder", "passed", "failed", "not applicable");
    for (folder, Counts { passed, failed, not_applicable }) in folders {
        println!("{folder:<16}{passed:>8}{failed:>8}{not_applicable:>16}");
    }
    println!("\n{total}");
}

/// Writes what fails as what is expected to, where a reason is known and both backends agree.
#[expect(clippy::print_stdout, reason = "the report is what this program is for")]
fn update_expectations() -> ExitCode {
    let scripts = scripts::find_all();
    let mut entries = Vec::new();
    let mut refused = Vec::new();
    for (script, shared) in &scripts {
        let [threaded, stepped] = BACKENDS.map(|(backend, _)| {
            let outcomes = wast::run(&script.text, backend);
            let outcomes = outcomes.unwrap_or_else(|error| panic!("{}: {error}", script.name));
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
        return ExitCode::SUCCESS;
    }
    println!("{}", refused.join("\n"));
    ExitCode::FAILURE
}
