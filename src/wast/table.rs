//! The sums of a run: a line a folder.

use std::collections::BTreeMap;
use std::fmt;

use super::{Counts, Outcome};

/// How many directives passed, failed, and did not apply, by folder.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Table {
    folders: BTreeMap<String, Counts>,
}

impl Table {
    /// Counts the outcomes of a script in this folder.
    pub fn add(&mut self, folder: &str, outcomes: &[Outcome]) {
        let counts = self.folders.entry(folder.to_owned()).or_default();
        for outcome in outcomes {
            counts.add(&outcome.verdict);
        }
    }

    /// The folders in order.
    pub fn folders(&self) -> impl Iterator<Item = (&str, Counts)> {
        self.folders.iter().map(|(folder, counts)| (folder.as_str(), *counts))
    }

    /// All together.
    #[must_use]
    pub fn total(&self) -> Counts {
        let mut total = Counts::default();
        for counts in self.folders.values() {
            total.passed += counts.passed;
            total.failed += counts.failed;
            total.not_applicable += counts.not_applicable;
        }
        total
    }
}

/// A line a folder, an empty one, and the sum as [`Counts`] says it.
impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let longest = self.folders.keys().map(String::len).chain([15]).max().unwrap_or(0);
        let title = "folder";
        writeln!(f, "{title:<longest$} {:>7} {:>7} {:>15}", "passed", "failed", "not applicable")?;
        for (folder, Counts { passed, failed, not_applicable }) in self.folders() {
            writeln!(f, "{folder:<longest$} {passed:>7} {failed:>7} {not_applicable:>15}")?;
        }
        write!(f, "\n{}", self.total())
    }
}
