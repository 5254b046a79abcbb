//! What a guest logs: escaped, and never more than its budget.

use super::abi::HostCall;
use crate::interp::trap::Trap;
use crate::printable::escape;

/// The bytes that a request may still log.
#[derive(Clone, Debug)]
pub(super) struct LogBudget {
    limit: usize,
    left: usize,
    /// Whether the note about what is dropped has been written.
    noted: bool,
}

/// What of a line may be written.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Line {
    /// All of it.
    Whole(String),
    /// Its beginning; it used the budget up.
    Cut(String),
    /// Nothing, and that has been said already.
    Dropped,
}

impl LogBudget {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, left: limit, noted: false }
    }

    fn take(&mut self, text: &[u8]) -> Line {
        if self.noted {
            return Line::Dropped;
        }
        // Escaping never shortens, so what lies beyond the budget need not be looked at.
        let read = text.get(..self.left.saturating_add(1)).unwrap_or(text);
        let mut line = escape(read);
        if line.len() <= self.left {
            self.left -= line.len();
            return Line::Whole(line);
        }
        line.truncate(line.floor_char_boundary(self.left));
        self.left = 0;
        self.noted = true;
        Line::Cut(line)
    }

    /// Writes one line at level info, cut when it passes the budget.
    pub(super) fn write(&mut self, text: &[u8]) {
        self.write_with(text, |line| tracing::info!("{line}"));
    }

    /// Writes one line of the host's own at level warn: what a guest can make it say again and
    /// again counts as the guest's.
    pub(super) fn warn(&mut self, text: &str) {
        self.write_with(text.as_bytes(), |line| tracing::warn!("{line}"));
    }

    fn write_with(&mut self, text: &[u8], write: impl FnOnce(String)) {
        match self.take(text) {
            Line::Whole(line) => write(line),
            Line::Cut(line) => {
                write(line);
                tracing::warn!("the guest logged more than log_size = {} bytes: cut", self.limit);
            }
            Line::Dropped => {}
        }
    }

    /// How many bytes may still be logged.
    pub(super) fn left(&self) -> usize {
        self.left
    }
}

/// `log`: one log line of this application.
pub(super) fn log(call: &mut HostCall<'_>, ptr: i32, size: i64) -> Result<(), Trap> {
    let text = call.bytes(("ptr", ptr), ("size", size))?;
    let (line, state) = call.read_for(&text);
    state.log.write(line);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::tests::state;

    #[test]
    fn the_line_that_passes_the_budget_is_cut_and_the_rest_dropped() {
        let mut budget = LogBudget::new(6);
        assert_eq!(budget.take(b"four"), Line::Whole("four".into()));
        assert_eq!(budget.take(b"five!"), Line::Cut("fi".into()));
        assert_eq!(budget.take(b"six"), Line::Dropped);
    }

    #[test]
    fn a_cut_leaves_whole_characters() {
        assert_eq!(LogBudget::new(3).take("éé".as_bytes()), Line::Cut("é".into()));
        assert_eq!(LogBudget::new(3).take(b"\n\n\n\n\n"), Line::Cut(r"\n\".into()));
        assert_eq!(LogBudget::new(0).take(b"a"), Line::Cut(String::new()));
        assert_eq!(LogBudget::new(4).take(b"four"), Line::Whole("four".into()));
    }

    #[test]
    fn a_log_outside_the_memory_traps() {
        let mut state = state(&[]);
        let mut memory = [0; 8];
        let mut call = HostCall::new("env.log", &mut state, &mut memory);
        assert!(log(&mut call, 4, 4).is_ok());
        assert!(log(&mut call, 5, 4).is_err());
    }
}
