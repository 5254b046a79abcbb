//! What guests wait for. A host function that can't answer at once leaves a [`Wait`] in the
//! [`State`]; whoever drives the guest performs it, hands the [`Outcome`] to [`complete`], and
//! resumes the guest with the result.

use std::net::TcpStream;

use super::State;
use super::abi::GuestBytes;
use super::tcp::{Code, Connect, Descriptor};
use crate::interp::{Memory, Misuse, Store};
use crate::wasm::Val;

/// Bytes of a guest's memory, at least one, that a wait fills or sends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Buffer {
    memory: Memory,
    bytes: GuestBytes,
}

impl Buffer {
    pub(super) fn new(memory: Memory, bytes: GuestBytes) -> Self {
        Self { memory, bytes }
    }

    /// What it holds now, in the store whose guest waits.
    ///
    /// # Errors
    /// When the buffer belongs to another store.
    pub fn contents<'s>(&self, store: &'s Store<State>) -> Result<&'s [u8], Misuse> {
        let memory = self.memory.data(store)?;
        let end = self.bytes.addr() + self.bytes.len();
        memory.get(self.bytes.addr()..end).ok_or(Misuse::OutOfBounds)
    }

    /// How many bytes it takes.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "nobody waits for no bytes")]
    pub fn len(&self) -> usize {
        self.bytes.len()
    }
}

/// What a guest waits for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Wait {
    /// For a connection.
    Connect(Connect),
    /// For bytes: at least one, at most what the buffer takes.
    Read(Descriptor, Buffer),
    /// For the other side to take all bytes of the buffer.
    Write(Descriptor, Buffer),
    /// For the length of the request's body; of one that comes in chunks, for its end.
    BodySize,
    /// For bytes of the request's body: at least one, at most what the buffer takes.
    ReadBody(Buffer),
}

/// What became of a wait.
#[derive(Debug)]
pub enum Outcome {
    /// There is a connection.
    Connected(TcpStream),
    /// These bytes came, at most what the buffer takes; none at the end of the stream.
    Read(Vec<u8>),
    /// So many bytes were taken.
    Written(usize),
    /// The body has so many bytes.
    BodySize(u64),
    /// It failed.
    Failed(Failure),
}

/// Why a wait failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Failure {
    /// Refused, reset, unreachable, or a name that can't be resolved.
    Failed,
    /// `tcp_timeout` passed.
    TimedOut,
    /// The name leads only to addresses that it may not lead to.
    NotPermitted,
}

impl From<Failure> for Code {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Failed => Self::Failed,
            Failure::TimedOut => Self::TimedOut,
            Failure::NotPermitted => Self::NotPermitted,
        }
    }
}

/// Ends a wait: writes what came into the guest's memory, and gives the result to resume it with.
/// An outcome of another kind of wait counts as failed.
///
/// # Errors
/// When the wait belongs to another store.
pub fn complete(store: &mut Store<State>, wait: &Wait, outcome: Outcome) -> Result<Val, Misuse> {
    let result = match (wait, outcome) {
        (Wait::Connect(_), Outcome::Connected(stream)) => {
            i64::from(store.data_mut().descriptors.add(stream))
        }
        (Wait::Read(_, buffer) | Wait::ReadBody(buffer), Outcome::Read(bytes)) => {
            let bytes = bytes.get(..buffer.len()).unwrap_or(&bytes);
            buffer.memory.write(&mut *store, buffer.bytes.addr() as u64, bytes)?;
            bytes.len() as i64
        }
        (Wait::Write(_, buffer), Outcome::Written(count)) => count.min(buffer.len()) as i64,
        (Wait::BodySize, Outcome::BodySize(size)) => i64::try_from(size).unwrap_or(i64::MAX),
        (_, Outcome::Failed(failure)) => Code::from(failure) as i64,
        (
            _,
            Outcome::Connected(_) | Outcome::Read(_) | Outcome::Written(_) | Outcome::BodySize(_),
        ) => Code::Failed as i64,
    };
    Ok(match wait {
        // A descriptor or a code: both are small.
        Wait::Connect(_) => Val::I32(result as i32),
        Wait::Read(..) | Wait::Write(..) | Wait::BodySize | Wait::ReadBody(_) => Val::I64(result),
    })
}
