//! What `run --stats` prints: the time of each step, and what the store knows.

use std::fmt::Write;
use std::time::{Duration, Instant};

use crate::interp::Store;

/// The time of each step, in order.
#[derive(Debug, Default)]
pub(super) struct Stats {
    steps: Vec<(&'static str, Duration)>,
}

impl Stats {
    /// Does a step and notes how long it took.
    pub(super) fn time<R>(&mut self, name: &'static str, step: impl FnOnce() -> R) -> R {
        let start = Instant::now();
        let result = step();
        self.steps.push((name, start.elapsed()));
        result
    }

    /// The table: a line a step, then a line a number.
    pub(super) fn of<T>(&self, store: &Store<T>) -> String {
        let mut text = String::new();
        for (name, time) in &self.steps {
            line(&mut text, name, &format!("{time:.2?}"));
        }
        line(&mut text, "instructions", &store.consumed().to_string());
        line(&mut text, "memory", &format!("{} bytes", store.memory_size()));
        let limit = store.limits().stack;
        line(&mut text, "stack", &format!("{} of {limit} bytes", store.stack_used()));
        text
    }
}

fn line(text: &mut String, name: &str, value: &str) {
    // Writing to a string can't fail.
    let _ = writeln!(text, "{name:13} {value}");
}
