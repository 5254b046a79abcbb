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
        match self.take(text) {
            Line::Whole(line) => tracing::info!("{line}"),
            Line::Cut(line) => {
                tracing::info!("{line}");
                tracing::warn!("the guest logged more than log_size = {} bytes: cut", self.limit);
            }
            Line::Dropped => {}
        }
    }
}

/// `log`: one log line of this application.
pub(super) fn log(call: &mut HostCall<'_>, ptr: i32, size: i64) -> Result<(), Trap> {
    let text = call.bytes(("ptr", ptr), ("size", size))?;
    let line = call.read(&text).to_vec();
    call.state.log.write(&line);
    Ok(())
}

/// AssemblyScript's `abort`: logs its message and place, then traps.
pub(super) fn abort(
    call: &mut HostCall<'_>,
    message: i32,
    file: i32,
    line: i32,
    column: i32,
) -> Result<(), Trap> {
    let message = assembly_script_string(call, "message", message)?;
    let file = assembly_script_string(call, "file", file)?;
    let (line, column) = (line.cast_unsigned(), column.cast_unsigned());
    call.state.log.write(format!("abort: {message} ({file}:{line}:{column})").as_bytes());
    Err(call.end("called by the guest"))
}

/// A string as AssemblyScript holds it: UTF-16 at the pointer, its length in bytes in the four
/// bytes before. Null is no string.
fn assembly_script_string(
    call: &HostCall<'_>,
    argument: &'static str,
    ptr: i32,
) -> Result<String, Trap> {
    if ptr == 0 {
        return Ok(String::new());
    }
    let header = call.bytes((argument, ptr.wrapping_sub(4)), (argument, 4))?;
    let len = call.read(&header).try_into().map_or(0, u32::from_le_bytes);
    let text = call.bytes((argument, ptr), (argument, i64::from(len)))?;
    // Twice the budget's bytes of UTF-16 are more than it can take.
    let most = call.state.log.left.saturating_mul(2);
    let text = call.read(&text);
    let units = text.get(..most).unwrap_or(text).chunks_exact(2);
    let units = units.map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
    Ok(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
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

    /// The trap's text for `abort(message, 0, 0, 0)` in a memory that holds "é" at 4.
    fn check_abort(message: i32, expected: &str) {
        let mut state = state(&[]);
        let mut memory = [2, 0, 0, 0, 0xe9, 0, 0xff, 0xff, 0xff, 0xff, 0, 0];
        let mut call = HostCall::new("env.abort", &mut state, &mut memory);
        let trap = abort(&mut call, message, 0, 0, 0).unwrap_err();
        assert_eq!(trap.to_string(), expected);
    }

    #[test]
    fn abort_always_traps_and_checks_its_strings() {
        check_abort(4, "env.abort: called by the guest");
        check_abort(0, "env.abort: called by the guest");
        check_abort(2, "env.abort: argument `message`: 4 bytes at 0xfffffffe, memory has 0xc");
        check_abort(10, "env.abort: argument `message`: 4294967295 bytes at 0xa, memory has 0xc");
    }

    #[test]
    fn strings_of_assembly_script_are_utf_16_with_their_length_before() {
        let mut state = state(&[]);
        let mut memory = [4, 0, 0, 0, 0xe9, 0, 0x00, 0xd8];
        let call = HostCall::new("env.abort", &mut state, &mut memory);
        let text = assembly_script_string(&call, "message", 4).unwrap();
        assert_eq!(text, "é\u{fffd}");
    }
}
