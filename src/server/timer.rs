//! Waiting on a socket, but not for ever.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// A wait that is as good as endless; adding more than the clock can count would panic.
const ENDLESS: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// The moment so long after another.
pub(super) fn after(moment: Instant, time: Duration) -> Instant {
    moment + time.min(ENDLESS)
}

/// Reads what has come, waiting until the deadline for something to come; `None` if nothing does.
pub(super) fn read(
    mut stream: &TcpStream,
    bytes: &mut [u8],
    deadline: Instant,
) -> io::Result<Option<usize>> {
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(None);
        }
        stream.set_read_timeout(Some(left))?;
        match stream.read(bytes) {
            Ok(count) => return Ok(Some(count)),
            Err(error) if is_early(&error) => {}
            Err(error) => return Err(error),
        }
    }
}

/// Writes what is taken, waiting until the deadline for some to be taken; `None` if none is.
pub(super) fn write(
    mut stream: &TcpStream,
    bytes: &[u8],
    deadline: Instant,
) -> io::Result<Option<usize>> {
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(None);
        }
        stream.set_write_timeout(Some(left))?;
        match stream.write(bytes) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(count) => return Ok(Some(count)),
            Err(error) if is_early(&error) => {}
            Err(error) => return Err(error),
        }
    }
}

/// Whether an operation came back because of its time or a signal. Systems name the former
/// differently.
fn is_early(error: &io::Error) -> bool {
    use ErrorKind::{Interrupted, TimedOut, WouldBlock};
    matches!(error.kind(), Interrupted | TimedOut | WouldBlock)
}
