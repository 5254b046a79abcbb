//! TCP to other servers. The functions here decide; whoever drives the guest does the waiting.

use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use super::State;
use super::abi::HostCall;
use super::address::{Address, Host};
use super::allowed::AllowedAddresses;
use super::wait::{Buffer, Wait};
use crate::interp::Wait as Answer;
use crate::interp::trap::Trap;

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
}

/// The connections of a guest.
#[derive(Debug)]
pub(super) struct Descriptors {
    /// By number; a closed one leaves its number to the next connection.
    streams: Vec<Option<TcpStream>>,
    open: usize,
    limit: usize,
}

impl Descriptors {
    pub(super) fn new(limit: usize) -> Self {
        Self { streams: Vec::new(), open: 0, limit }
    }

    fn is_full(&self) -> bool {
        self.open >= self.limit
    }

    fn find(&self, fd: i32) -> Option<Descriptor> {
        let fd = usize::try_from(fd).ok()?;
        self.streams.get(fd)?.as_ref()?;
        Some(Descriptor(fd))
    }

    /// The descriptor as the guest sees it: the smallest free number, or an error.
    pub(super) fn add(&mut self, stream: TcpStream) -> i32 {
        let free = self.streams.iter().position(Option::is_none).unwrap_or(self.streams.len());
        let Some(fd) = i32::try_from(free).ok().filter(|_| !self.is_full()) else {
            return Code::TooMany as i32;
        };
        if free == self.streams.len() {
            self.streams.push(None);
        }
        self.streams[free] = Some(stream);
        self.open += 1;
        fd
    }

    fn close(&mut self, fd: Descriptor) {
        if self.streams.get_mut(fd.0).and_then(Option::take).is_some() {
            self.open -= 1;
        }
    }
}

impl State {
    /// The connection of a descriptor that a [`Wait`] names.
    #[must_use]
    pub fn stream(&self, fd: Descriptor) -> Option<&TcpStream> {
        self.descriptors.streams.get(fd.0)?.as_ref()
    }

    /// Of what the resolver found, the addresses that may be connected to: these and no others,
    /// or the name could lead elsewhere the second time. The log is told of the others.
    pub fn permitted(&mut self, connect: &Connect, resolved: Vec<SocketAddr>) -> Vec<SocketAddr> {
        let Connect { address: name, allowed } = connect;
        let (permitted, refused): (Vec<_>, Vec<_>) =
            resolved.into_iter().partition(|address| allowed.permits(*address));
        for address in refused {
            let remedy = allowed.remedy(&address);
            self.log.warn(&format!(
                "tcp_connect: {name} leads to {address}, which is not permitted: {remedy}"
            ));
        }
        permitted
    }
}

/// `tcp_connect`: connects to `host:port`, gives a descriptor.
pub(super) fn connect(call: &mut HostCall<'_>, ptr: i32, size: i64) -> Result<Answer<i32>, Trap> {
    let text = call.bytes(("ptr", ptr), ("size", size))?;
    let Some(address) = Address::parse(call.read(&text)) else {
        return Ok(Answer::Ready(Code::BadAddress as i32));
    };
    let allowed = Arc::clone(call.state.environment.allowed());
    if !allowed.lists(&address) {
        let remedy = allowed.remedy(&address);
        call.state.log.warn(&format!("tcp_connect: {address} is not permitted: {remedy}"));
        return Ok(Answer::Ready(Code::NotPermitted as i32));
    }
    if call.state.descriptors.is_full() {
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

/// `tcp_close`: closes a connection; its descriptor may become another's.
pub(super) fn close(call: &mut HostCall<'_>, fd: i32) -> Result<i32, Trap> {
    let descriptors = &mut call.state.descriptors;
    let Some(fd) = descriptors.find(fd) else {
        return Ok(Code::BadDescriptor as i32);
    };
    descriptors.close(fd);
    Ok(0)
}
