//! What crosses between the harness and every engine: values, and the clock that guests may ask.

use std::fmt;

/// An argument or a result. A float is its bits: engines must agree on all of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Value {
    I32(i32),
    I64(i64),
    F32(u32),
    F64(u64),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::I32(value) => value.fmt(f),
            Self::I64(value) => value.fmt(f),
            Self::F32(bits) => f32::from_bits(*bits).fmt(f),
            Self::F64(bits) => f64::from_bits(*bits).fmt(f),
        }
    }
}

/// The clock that programs import as `env.clock_ms`. Its answers don't depend on time, so a program
/// that runs until enough time is over does the same work on every engine.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    calls: usize,
}

impl Clock {
    /// What successive calls answer, in milliseconds; then from the start again.
    const ANSWERS: [i32; 6] = [0, 0, 0, 1500, 2000, 14_000];

    pub(crate) fn read(&mut self) -> i32 {
        let answer = Self::ANSWERS[self.calls % Self::ANSWERS.len()];
        self.calls += 1;
        answer
    }
}
