//! A run as JSON.

use serde::Serialize;

use super::Report;
use crate::wast::Counts;

/// The whole run.
#[derive(Serialize)]
struct Run<'r> {
    passed: usize,
    failed: usize,
    not_applicable: usize,
    scripts: Vec<Script<'r>>,
}

/// A script.
#[derive(Serialize)]
struct Script<'r> {
    path: &'r str,
    passed: usize,
    failed: usize,
    not_applicable: usize,
    /// Why it is no script.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Error<'r>>,
    failures: Vec<Failure<'r>>,
}

/// Where a text is no script, and why.
#[derive(Serialize)]
struct Error<'r> {
    line: usize,
    message: &'r str,
}

/// A directive that failed.
#[derive(Serialize)]
struct Failure<'r> {
    line: usize,
    directive: &'r str,
    message: &'r str,
}

/// The text, with a line break at its end.
pub(super) fn render(reports: &[Report]) -> serde_json::Result<String> {
    let scripts: Vec<_> = reports.iter().map(script).collect();
    let sum = |part: fn(&Script<'_>) -> usize| scripts.iter().map(part).sum();
    let run = Run {
        passed: sum(|script| script.passed),
        failed: sum(|script| script.failed),
        not_applicable: sum(|script| script.not_applicable),
        scripts,
    };
    Ok(serde_json::to_string_pretty(&run)? + "\n")
}

fn script(report: &Report) -> Script<'_> {
    let Counts { passed, failed, not_applicable } = report.counts();
    let error = report.result.as_ref().err();
    let failures = report.failures();
    Script {
        path: &report.path,
        passed,
        failed,
        not_applicable,
        error: error.map(|error| Error { line: error.line, message: &error.message }),
        failures: failures
            .map(|(line, directive, message)| Failure { line, directive, message })
            .collect(),
    }
}
