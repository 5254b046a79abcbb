//! Waiting on a socket, but not for ever. Whether the socket blocks makes no difference here.

use std::io::{self, ErrorKind};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags, recv, send};

/// A wait that is as good as endless; adding more than the clock can count would panic.
const ENDLESS: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// The moment so long after another.
pub(super) fn after(moment: Instant, time: Duration) -> Instant {
    moment + time.min(ENDLESS)
}

/// The time until a moment, as the system takes it.
pub(super) fn until(moment: Instant) -> Timespec {
    let left = moment.saturating_duration_since(Instant::now());
    // A hundred years fit.
    Timespec { tv_sec: left.as_secs() as i64, tv_nsec: left.subsec_nanos().into() }
}

/// Reads what has come, and says how much that was: 0 is the end. `None` if nothing has.
pub(super) fn try_read(stream: &TcpStream, into: &mut [u8]) -> io::Result<Option<usize>> {
    loop {
        match recv(stream, &mut *into, RecvFlags::DONTWAIT) {
            Ok((count, _)) => return Ok(Some(count)),
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
    }
}

/// Sends what the system takes at once; `None` if it takes nothing.
pub(super) fn try_write(stream: &TcpStream, bytes: &[u8]) -> io::Result<Option<usize>> {
    loop {
        match send(stream, bytes, SendFlags::DONTWAIT | SendFlags::NOSIGNAL) {
            Ok(0) if !bytes.is_empty() => return Err(ErrorKind::WriteZero.into()),
            Ok(count) => return Ok(Some(count)),
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
    }
}

/// As [`try_read`], waiting until the deadline for something to come; `None` if nothing does.
pub(super) fn read(
    stream: &TcpStream,
    into: &mut [u8],
    deadline: Instant,
) -> io::Result<Option<usize>> {
    loop {
        let count = try_read(stream, into)?;
        if count.is_some() || !wait(stream, PollFlags::IN, deadline)? {
            return Ok(count);
        }
    }
}

/// As [`try_write`], waiting until the deadline for some to be taken; `None` if none is.
pub(super) fn write(
    stream: &TcpStream,
    bytes: &[u8],
    deadline: Instant,
) -> io::Result<Option<usize>> {
    loop {
        let taken = try_write(stream, bytes)?;
        if taken.is_some() || !wait(stream, PollFlags::OUT, deadline)? {
            return Ok(taken);
        }
    }
}

/// Whether the socket is ready for that, or has failed.
pub(super) fn is_ready(stream: &TcpStream, events: PollFlags) -> bool {
    let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
    matches!(poll(&mut [PollFd::new(stream, events)], Some(&at_once)), Ok(count) if count > 0)
}

/// Waits until the socket may be ready; false when the deadline has passed.
fn wait(stream: &TcpStream, events: PollFlags, deadline: Instant) -> io::Result<bool> {
    if Instant::now() >= deadline {
        return Ok(false);
    }
    match poll(&mut [PollFd::new(stream, events)], Some(&until(deadline))) {
        Ok(_) | Err(Errno::INTR) => Ok(true),
        Err(error) => Err(error.into()),
    }
}
