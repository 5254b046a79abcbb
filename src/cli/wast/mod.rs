//! `wast`: runs scripts of the official test suite and reports on each directive.

mod json;
mod junit;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use crate::interp::{Backend, Config, Translation};
use crate::wast::{self, Counts, Outcome, ScriptError, Table, Verdict};

use super::{Failure, features, print};

/// Run scripts of the official test suite (.wast) and say which directives fail
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Scripts, and folders of them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How the engine runs
    #[arg(long, value_enum, default_value_t = Runner::Threaded)]
    backend: Runner,
    /// Translate every function, called or not, when a module is loaded
    #[arg(long)]
    eager: bool,
    #[command(flatten)]
    features: features::Arguments,
    /// Report in JSON: an object with every script and its failures
    #[arg(long, conflicts_with = "junit")]
    json: bool,
    /// Report in JUnit's XML: a suite a script, a case a directive
    #[arg(long)]
    junit: bool,
}

const EXAMPLES: &str = "\
Examples:
  serverless-wasm wast spec/test/core/memory.wast
  serverless-wasm wast --json spec/test/core

Exit status: 0 all that applies passed; 1 something failed; 2 wrong usage.";

/// A backend by its name on the command line.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Runner {
    /// A handler jumps to the next
    Threaded,
    /// A loop calls handlers
    Stepped,
}

impl Runner {
    const fn backend(self) -> Backend {
        match self {
            Self::Threaded => Backend::Threaded,
            Self::Stepped => Backend::Stepped,
        }
    }
}

/// A script, and what became of its directives.
struct Report {
    path: String,
    result: Result<Vec<Outcome>, ScriptError>,
}

impl Report {
    /// What became of its directives; nothing when it is no script.
    fn outcomes(&self) -> &[Outcome] {
        self.result.as_deref().unwrap_or(&[])
    }

    fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        self.outcomes().iter().for_each(|outcome| counts.add(&outcome.verdict));
        counts
    }

    /// Its folder, for the table.
    fn folder(&self) -> &str {
        let folder = Path::new(&self.path).parent().and_then(Path::to_str);
        folder.filter(|folder| !folder.is_empty()).unwrap_or(".")
    }

    /// What failed: the line, the directive, how.
    fn failures(&self) -> impl Iterator<Item = (usize, &'static str, &str)> {
        self.outcomes().iter().filter_map(|outcome| match &outcome.verdict {
            Verdict::Failed(how) => Some((outcome.line, outcome.directive, how.as_str())),
            Verdict::Passed | Verdict::NotApplicable(_) => None,
        })
    }

    fn succeeded(&self) -> bool {
        self.result.is_ok() && self.failures().next().is_none()
    }
}

/// Every script runs, whatever became of those before.
pub(super) fn wast(arguments: &Arguments) -> Result<(), Failure> {
    let mut paths = Vec::new();
    for path in &arguments.paths {
        let found = wast::find(path);
        let found = found.map_err(|error| failure(path, &error))?;
        if found.is_empty() {
            return Err(Failure::failed(format!("{}: no .wast file in it", path.display())));
        }
        paths.extend(found);
    }
    // A panic fails its directive and is reported with it.
    std::panic::set_hook(Box::new(|_| ()));
    let mut reports = Vec::new();
    for path in &paths {
        let report = run(path, arguments)?;
        if !arguments.json && !arguments.junit {
            print(text(&report))?;
        }
        reports.push(report);
    }
    if arguments.json {
        print(&json::render(&reports).map_err(Failure::failed)?)?;
    } else if arguments.junit {
        print(&junit::render(&reports).map_err(Failure::failed)?)?;
    } else {
        let mut table = Table::default();
        reports.iter().for_each(|report| table.add(report.folder(), report.outcomes()));
        print(format!("\n{table}\n"))?;
    }
    let failed = reports.iter().filter(|report| !report.succeeded()).count();
    if failed == 0 {
        return Ok(());
    }
    Err(Failure::failed(format!("{failed} of {} scripts failed", reports.len())))
}

fn failure(path: &Path, error: &std::io::Error) -> Failure {
    Failure::failed(format!("{}: {error}", path.display()))
}

fn run(path: &Path, arguments: &Arguments) -> Result<Report, Failure> {
    let text = fs::read_to_string(path).map_err(|error| failure(path, &error))?;
    let translation = if arguments.eager { Translation::Eager } else { Translation::Lazy };
    let config = Config::new()
        .backend(arguments.backend.backend())
        .translation(translation)
        .features(arguments.features.features());
    Ok(Report { path: path.display().to_string(), result: wast::run_with(&text, config) })
}

/// A line a failure, and one for the script.
fn text(report: &Report) -> String {
    let mut text = String::new();
    let path = &report.path;
    if let Err(ScriptError { line, message }) = &report.result {
        let _ = writeln!(text, "{path}:{line}: not a script: {message}");
        return text;
    }
    for (line, directive, how) in report.failures() {
        let _ = writeln!(text, "{path}:{line}: {directive}: {how}");
    }
    let _ = writeln!(text, "{path}: {}", report.counts());
    text
}
