//! Writes the known failures anew. What fails must be known for a reason, or follow from what is.
//! Everything else is refused, and is a bug.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serverless_wasm::wast::{Outcome, Verdict};

use crate::expectations::FILE;
use crate::scripts::{Script, Source};

/// Failures: where, how their messages begin, and why.
const KNOWN: &[(&[Source], &str, &str, &str)] = &[
    (
        &[Source::Crate],
        "memory64/memory64.wast",
        "is valid, expected the invalid `multiple memories`",
        "the copy is older than multiple memories",
    ),
    (
        &[Source::Crate],
        "proposals/threads/imports.wast",
        "is valid, expected the invalid `multiple tables`",
        "the proposal's copy is older than several tables, which have no switch",
    ),
];

/// What fails in a script, as entries of the file; nothing where all passes.
///
/// # Errors
/// The failures that no reason is known for.
pub(crate) fn entries(
    script: &Script,
    shared: bool,
    outcomes: &[Outcome],
) -> Result<String, String> {
    let mut text = String::new();
    for (reason, ranges) in failing_ranges(script, outcomes)? {
        writeln!(text, "[[known]]\nfile = {:?}", script.name).expect("strings take all");
        if !shared {
            writeln!(text, "source = {:?}", script.source.name()).expect("strings take all");
        }
        let lines = list(&ranges);
        writeln!(text, "reason = {reason:?}\nlines = {lines}\n").expect("strings take all");
    }
    Ok(text)
}

/// For each reason the runs of failing directives that no other directive interrupts.
fn failing_ranges(
    script: &Script,
    outcomes: &[Outcome],
) -> Result<BTreeMap<&'static str, Vec<String>>, String> {
    let mut runs: Vec<(Option<&str>, usize, usize)> = Vec::new();
    let mut last = None;
    for Outcome { line, verdict, .. } in outcomes {
        let why = match verdict {
            Verdict::Passed => None,
            Verdict::NotApplicable(_) => continue,
            Verdict::Failed(message) => {
                let unknown = || format!("{}:{line}: {message}", script.name);
                last = Some(reason(script, message, last).ok_or_else(unknown)?);
                last
            }
        };
        match runs.last_mut() {
            Some((before, _, end)) if *before == why => *end = *line,
            _ => runs.push((why, *line, *line)),
        }
    }
    let mut ranges = BTreeMap::<_, Vec<_>>::new();
    for (why, first, end) in runs {
        let Some(why) = why else { continue };
        let range = if first == end { first.to_string() } else { format!("{first}-{end}") };
        ranges.entry(why).or_default().push(range);
    }
    Ok(ranges)
}

/// Why a directive failed; `last` is why the one before did.
fn reason(script: &Script, message: &str, last: Option<&'static str>) -> Option<&'static str> {
    if message.contains("no instance: the last module failed") {
        return last;
    }
    let found = KNOWN.iter().find(|(sources, file, begins, _)| {
        sources.contains(&script.source) && script.name == *file && message.starts_with(begins)
    });
    found.map(|(.., reason)| *reason)
}

/// An array in lines of at most a hundred characters.
fn list(ranges: &[String]) -> String {
    let one_line = format!("{ranges:?}");
    if one_line.len() < 80 {
        return one_line;
    }
    let mut lines = vec![String::from("   ")];
    for range in ranges {
        let item = format!(" {range:?},");
        let last = lines.last_mut().expect("never empty");
        if last.len() + item.len() > 99 {
            lines.push(format!("   {item}"));
        } else {
            last.push_str(&item);
        }
    }
    format!("[\n{}\n]", lines.join("\n"))
}

/// Writes the file anew.
pub(crate) fn write(entries: &[String]) {
    let head = "# Known failures of the official suite, by file and line. tests/spec checks that\n\
                # each of them fails. Written by UPDATE_EXPECT=1 (see CONTRIBUTING.md).\n\n";
    let text = format!("{head}{}", entries.concat());
    std::fs::write(FILE, text.trim_end().to_owned() + "\n").expect("the file can be written");
}
