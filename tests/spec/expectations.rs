//! The known failures, by file and line: what is named must fail, what is not must pass.

use std::ops::RangeInclusive;

use serde::Deserialize;
use serverless_wasm::wast::{Outcome, Verdict};

use crate::scripts::{Script, Source};

pub(crate) const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/spec/expectations.toml");

/// What fails, and why.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expectations {
    #[serde(default)]
    known: Vec<Known>,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
struct Known {
    file: String,
    /// `crate` or `tree`, where the file differs between them or is missing from the other.
    source: Option<String>,
    /// A line, or a range of lines: `12-480`.
    lines: Vec<String>,
    #[expect(dead_code, reason = "for people")]
    reason: String,
}

impl Expectations {
    pub(crate) fn read() -> Self {
        let text = std::fs::read_to_string(FILE).unwrap_or_else(|error| panic!("{FILE}: {error}"));
        Self::parse(&text)
    }

    fn parse(text: &str) -> Self {
        toml::from_str(text).unwrap_or_else(|error| panic!("{FILE}: {error}"))
    }

    /// Everything that is not as expected, a line each.
    pub(crate) fn check(&self, name: &str, source: Source, outcomes: &[Outcome]) -> Vec<String> {
        let mut report = Vec::new();
        if outcomes.is_empty() {
            report.push(format!("{name}: no directive was run"));
        }
        let ranges = self.ranges(name, source);
        for Outcome { line, verdict, .. } in outcomes {
            let known = ranges.iter().any(|range| range.contains(line));
            match verdict {
                Verdict::Failed(message) if !known => {
                    report.push(format!("{name}:{line}: {message}"));
                }
                Verdict::Passed if known => {
                    report.push(format!("{name}:{line}: passes, but is a known failure"));
                }
                Verdict::Failed(_) | Verdict::Passed | Verdict::NotApplicable(_) => {}
            }
        }
        for range in ranges {
            let fails = |outcome: &Outcome| {
                range.contains(&outcome.line) && matches!(outcome.verdict, Verdict::Failed(_))
            };
            if !outcomes.iter().any(fails) {
                report.push(format!("{name}: nothing fails in the known failure {range:?}"));
            }
        }
        report
    }

    fn ranges(&self, name: &str, source: Source) -> Vec<RangeInclusive<usize>> {
        let here = |known: &&Known| {
            known.file == name && known.source.as_ref().is_none_or(|from| from == source.name())
        };
        self.known
            .iter()
            .filter(here)
            .flat_map(|known| &known.lines)
            .map(|text| range(text))
            .collect()
    }

    /// Entries that name no script of the suite.
    pub(crate) fn strays(&self, scripts: &[Script]) -> Vec<String> {
        let in_suite = |known: &&Known| {
            let elsewhere = known
                .source
                .as_ref()
                .is_some_and(|source| scripts.iter().all(|script| script.source.name() != source));
            elsewhere || scripts.iter().any(|script| script.name == known.file)
        };
        let strays = self.known.iter().filter(|known| !in_suite(known));
        strays.map(|known| format!("{}: a known failure in no script", known.file)).collect()
    }
}

fn range(text: &str) -> RangeInclusive<usize> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let line = |text: &str| {
        text.parse().unwrap_or_else(|_| panic!("{FILE}: neither a line nor a range: {text}"))
    };
    line(first)..=line(last)
}

/// That the check notices what it is for, on an invented script.
pub(crate) fn check_the_check() -> Result<(), String> {
    let text = "[[known]]\nfile = \"a.wast\"\nreason = \"none\"\nlines = [\"2\", \"4-6\"]";
    let expectations = Expectations::parse(text);
    let verdicts = |letters: &str| -> Vec<Outcome> {
        let verdict = |letter| match letter {
            'p' => Verdict::Passed,
            'f' => Verdict::Failed("why".into()),
            _ => Verdict::NotApplicable("text"),
        };
        let letters = letters.chars().enumerate();
        let outcome = |(at, c)| Outcome { line: at + 1, directive: "invoke", verdict: verdict(c) };
        letters.map(outcome).collect()
    };
    for (letters, findings) in [
        ("pfpfff", 0),
        ("pfpf-f", 0),
        ("fppfff", 3),
        ("pfpfpf", 1),
        ("pfp---", 1),
        ("pfpffff", 1),
        ("", 3),
    ] {
        let report = expectations.check("a.wast", Source::Crate, &verdicts(letters));
        if report.len() != findings {
            return Err(format!("{letters:?} should give {findings} findings: {report:?}"));
        }
    }
    Ok(())
}
