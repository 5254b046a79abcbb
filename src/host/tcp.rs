//! TCP to other servers. The functions here decide; whoever drives the guest does the waiting: a
//! call leaves a [`Wait`] in the [`State`], the driver performs it and hands the [`Outcome`] to
//! [`complete`](super::complete).

use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use super::State;
use super::abi::{GuestBytes, HostCall};
use super::address::{Address, Host};
use super::allowed::AllowedAddresses;
use crate::interp::trap::Trap;
use crate::interp::{Memory, Misuse, Store, Wait as Answer};
use crate::wasm::Val;

/// Errors that a guest gets as negative results.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Code {
    Failed = -1,
    TooMany = -2,
    NotPermitted = -3,
    TimedOut = -4,
    BadDescriptor = -5,
    BadAddress = -6,
}

/// An open connection of a guest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Descriptor(usize);

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

/// Where to connect to: an address that the application may connect to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Connect {
    address: Address,
    allowed: Arc<AllowedAddresses>,
}

impl Connect {
    /// The address, when it is a number and needs no resolver.
    #[must_use]
    pub fn number(&self) -> Option<SocketAddr> {
        self.address.number()
    }

    /// The host for the resolver, and the port.
    #[must_use]
    pub fn host_and_port(&self) -> (String, u16) {
        // A resolver takes a number of IPv6 without brackets.
        let host = match &self.address.host {
            Host::Number(number) => number.to_string(),
            Host::Name(name) => name.clone(),
        };
        (host, self.address.port)
    }

    /// Of what the resolver found, the addresses that may be connected to: these and no others,
    /// or the name could lead elsewhere the second time.
    pub fn permitted(&self, resolved: impl IntoIterator<Item = SocketAddr>) -> Vec<SocketAddr> {
        let permits = |address: &SocketAddr| {
            let permits = self.allowed.permits(*address);
            if !permits {
                let (name, remedy) = (&self.address, self.allowed.remedy(address));
                tracing::warn!(
                    "tcp_connect: {name} leads to {address}, which is not permitted: {remedy}"
                );
            }
            permits
        };
        resolved.into_iter().filter(permits).collect()
    }
}

/// The connections of a guest.
#[derive(Debug)]
pub(super) struct Descriptors {
    streams: Vec<TcpStream>,
    limit: usize,
}

impl Descriptors {
    pub(super) fn new(limit: usize) -> Self {
        Self { streams: Vec::new(), limit }
    }

    fn find(&self, fd: i32) -> Option<Descriptor> {
        let fd = usize::try_from(fd).ok()?;
        (fd < self.streams.len()).then_some(Descriptor(fd))
    }

    /// The descriptor as the guest sees it.
    fn add(&mut self, stream: TcpStream) -> i32 {
        let fd = i32::try_from(self.streams.len());
        match fd.ok().filter(|_| self.streams.len() < self.limit) {
            Some(fd) => {
                self.streams.push(stream);
                fd
            }
            None => Code::TooMany as i32,
        }
    }
}

impl State {
    /// The connection of a descriptor that a [`Wait`] names.
    #[must_use]
    pub fn stream(&self, fd: Descriptor) -> Option<&TcpStream> {
        self.descriptors.streams.get(fd.0)
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
        (Wait::Read(_, buffer), Outcome::Read(bytes)) => {
            let bytes = bytes.get(..buffer.len()).unwrap_or(&bytes);
            buffer.memory.write(&mut *store, buffer.bytes.addr() as u64, bytes)?;
            bytes.len() as i64
        }
        (Wait::Write(_, buffer), Outcome::Written(count)) => count.min(buffer.len()) as i64,
        (_, Outcome::Failed(failure)) => Code::from(failure) as i64,
        (_, Outcome::Connected(_) | Outcome::Read(_) | Outcome::Written(_)) => Code::Failed as i64,
    };
    Ok(match wait {
        // A descriptor or a code: both are small.
        Wait::Connect(_) => Val::I32(result as i32),
        Wait::Read(..) | Wait::Write(..) => Val::I64(result),
    })
}

/// `tcp_connect`: connects to `host:port`, gives a descriptor.
pub(super) fn connect(call: &mut HostCall<'_>, ptr: i32, size: i64) -> Result<Answer<i32>, Trap> {
    let text = call.bytes(("ptr", ptr), ("size", size))?;
    let Some(address) = Address::parse(call.read(&text)) else {
        return Ok(Answer::Ready(Code::BadAddress as i32));
    };
    let allowed = call.state.environment.allowed();
    if !allowed.lists(&address) {
        let remedy = allowed.remedy(&address);
        tracing::warn!("tcp_connect: {address} is not permitted: {remedy}");
        return Ok(Answer::Ready(Code::NotPermitted as i32));
    }
    let allowed = Arc::clone(allowed);
    let descriptors = &call.state.descriptors;
    if descriptors.streams.len() >= descriptors.limit {
        return Ok(Answer::Ready(Code::TooMany as i32));
    }
    Ok(call.wait(Wait::Connect(Connect { address, allowed })))
}

/// `tcp_read`: the next bytes; 0 at the end of the stream.
pub(super) fn read(
    call: &mut HostCall<'_>,
    fd: i32,
    ptr: i32,
    size: i64,
) -> Result<Answer<i64>, Trap> {
    transfer(call, fd, (ptr, size), Wait::Read)
}

/// `tcp_write`: writes all bytes, unless the other side closes.
pub(super) fn write(
    call: &mut HostCall<'_>,
    fd: i32,
    ptr: i32,
    size: i64,
) -> Result<Answer<i64>, Trap> {
    transfer(call, fd, (ptr, size), Wait::Write)
}

fn transfer(
    call: &mut HostCall<'_>,
    fd: i32,
    (ptr, size): (i32, i64),
    wait: fn(Descriptor, Buffer) -> Wait,
) -> Result<Answer<i64>, Trap> {
    let bytes = call.bytes(("ptr", ptr), ("size", size))?;
    let Some(fd) = call.state.descriptors.find(fd) else {
        return Ok(Answer::Ready(Code::BadDescriptor as i64));
    };
    match call.buffer(bytes) {
        Some(buffer) => Ok(call.wait(wait(fd, buffer))),
        // There is nothing to wait for.
        None => Ok(Answer::Ready(0)),
    }
}
