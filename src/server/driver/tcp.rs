//! What a guest waits for on TCP, performed: each wait ends at its deadline.

use std::io;
use std::net::TcpStream;
use std::time::Instant;

use crate::host::{Connect, Failure, Outcome, State};
use crate::server::timer;

use super::resolver::resolve;

/// What one read takes at most, however large the guest's buffer is.
const READ_SIZE: usize = 64 * 1024;

/// Connects to the first of the permitted addresses that answers.
pub(super) fn connect(connect: &Connect, state: &mut State, deadline: Instant) -> Outcome {
    let addresses = match connect.number() {
        Some(address) => vec![address],
        None => match resolve(connect.host_and_port(), deadline) {
            Ok(resolved) => state.permitted(connect, resolved),
            Err(failure) => return Outcome::Failed(failure),
        },
    };
    let mut failure = Failure::NotPermitted;
    for address in addresses {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Outcome::Failed(Failure::TimedOut);
        }
        match TcpStream::connect_timeout(&address, left) {
            Ok(stream) => {
                // A guest writes what it has; waiting for more of it would only delay the answer.
                let _gone = stream.set_nodelay(true);
                return Outcome::Connected(stream);
            }
            Err(error) => failure = failure_of(&error),
        }
    }
    Outcome::Failed(failure)
}

/// Reads what has come, at most `size` bytes.
pub(super) fn read(stream: &TcpStream, size: usize, deadline: Instant) -> Outcome {
    let mut bytes = vec![0; size.min(READ_SIZE)];
    match timer::read(stream, &mut bytes, deadline) {
        Ok(Some(count)) => {
            bytes.truncate(count);
            Outcome::Read(bytes)
        }
        Ok(None) => Outcome::Failed(Failure::TimedOut),
        Err(error) => Outcome::Failed(failure_of(&error)),
    }
}

/// Writes all bytes, unless the other side closes.
pub(super) fn write(stream: &TcpStream, bytes: &[u8], deadline: Instant) -> Outcome {
    let mut written = 0;
    while written < bytes.len() {
        match timer::write(stream, &bytes[written..], deadline) {
            Ok(Some(count)) => written += count,
            Ok(None) => return Outcome::Failed(Failure::TimedOut),
            Err(_) if written > 0 => break,
            Err(error) => return Outcome::Failed(failure_of(&error)),
        }
    }
    Outcome::Written(written)
}

fn failure_of(error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::TimedOut { Failure::TimedOut } else { Failure::Failed }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::thread;
    use std::time::Duration;

    use super::*;

    /// Both ends of a connection.
    fn pair() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        (near, listener.accept().unwrap().0)
    }

    fn soon(milliseconds: u64) -> Instant {
        Instant::now() + Duration::from_millis(milliseconds)
    }

    fn check(outcome: &Outcome, expected: &str) {
        assert_eq!(format!("{outcome:?}"), expected);
    }

    #[test]
    fn a_read_gives_what_has_come_and_nothing_at_the_end() {
        let (near, mut far) = pair();
        far.write_all(b"hello").unwrap();
        check(&read(&near, 3, soon(5_000)), "Read([104, 101, 108])");
        check(&read(&near, usize::MAX, soon(5_000)), "Read([108, 111])");
        drop(far);
        check(&read(&near, 3, soon(5_000)), "Read([])");
    }

    #[test]
    fn a_wait_ends_at_its_deadline() {
        let (near, _far) = pair();
        check(&read(&near, 3, soon(50)), "Failed(TimedOut)");
        check(&write(&near, &vec![0; 64 << 20], soon(100)), "Failed(TimedOut)");
        check(&read(&near, 3, Instant::now()), "Failed(TimedOut)");
    }

    #[test]
    fn a_write_sends_all() {
        let (near, mut far) = pair();
        let reader = thread::spawn(move || {
            let mut all = Vec::new();
            far.read_to_end(&mut all).unwrap();
            all.len()
        });
        check(&write(&near, &vec![0; 5_000_000], soon(20_000)), "Written(5000000)");
        drop(near);
        assert_eq!(reader.join().unwrap(), 5_000_000);
    }
}
