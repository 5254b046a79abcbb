//! AssemblyScript's `abort`, which its compiler imports without being asked to.

use super::abi::HostCall;
use crate::interp::trap::Trap;

/// `abort`: logs its message and place, then traps.
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
    call: &mut HostCall<'_>,
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
    let most = call.state.log.left().saturating_mul(2);
    let text = call.read(&text);
    let units = text.get(..most).unwrap_or(text).chunks_exact(2);
    let units = units.map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
    Ok(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::tests::state;

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
        let mut call = HostCall::new("env.abort", &mut state, &mut memory);
        let text = assembly_script_string(&mut call, "message", 4).unwrap();
        assert_eq!(text, "é\u{fffd}");
    }
}
