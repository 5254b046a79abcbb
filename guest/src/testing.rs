//! A host in memory, for unit tests of handlers on the machine where they are written.
//!
//! It answers as the server does where a handler can tell: the same lengths, the same absences, TCP
//! to the addresses of the environment table and to no others. Where the server ends a guest for a
//! status or a header that HTTP does not allow, it panics. It has no limits, and its random bytes
//! are a fixed sequence.
//!
//! ```
//! use serverless_wasm_guest::{testing::Call, Request};
//!
//! fn greet(request: Request) -> String {
//!     format!("Hello {}!\n", request.param("name").unwrap_or_default())
//! }
//!
//! let reply = Call::new("GET", "/hello/ann").param("name", "ann").run(greet);
//! assert_eq!((reply.status, reply.text()), (200, "Hello ann!\n".to_owned()));
//! ```

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::SystemTime;

use crate::{answer, Answer, Request};

/// A request to be made, and what the application knows.
#[derive(Clone, PartialEq, Eq, Debug)]
#[must_use = "nothing is called before `run`"]
pub struct Call {
    method: String,
    path: String,
    query: Option<String>,
    headers: Vec<(String, Vec<u8>)>,
    params: BTreeMap<String, Vec<u8>>,
    env: BTreeMap<String, String>,
    body: Vec<u8>,
}

impl Call {
    /// A request with this method and target: a path, and perhaps a query behind `?`.
    pub fn new(method: &str, target: &str) -> Self {
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (target, None),
        };
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query,
            headers: Vec::new(),
            params: BTreeMap::new(),
            env: BTreeMap::new(),
            body: Vec::new(),
        }
    }

    /// Adds a header line.
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.to_owned(), value.as_ref().to_owned()));
        self
    }

    /// What the route finds in the path under a name.
    pub fn param(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.params.insert(name.to_owned(), value.as_ref().to_owned());
        self
    }

    /// Adds an entry to the environment table. One that is `host:port` is an address that may be
    /// connected to, over a real socket.
    pub fn env(mut self, key: &str, value: &str) -> Self {
        self.env.insert(key.to_owned(), value.to_owned());
        self
    }

    /// The body.
    pub fn body(mut self, body: impl AsRef<[u8]>) -> Self {
        self.body = body.as_ref().to_owned();
        self
    }

    /// Calls a handler, and gives what it answered.
    ///
    /// # Panics
    /// When the handler does, and where the server would end it.
    pub fn run<A: Answer>(self, handler: impl FnOnce(Request) -> A) -> Reply {
        HOST.with(|host| *host.borrow_mut() = Host { call: Some(self), ..Host::default() });
        answer(handler);
        HOST.with(RefCell::take).reply
    }
}

/// What a handler answered.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct Reply {
    /// The status; 0 when the handler set none.
    pub status: u16,
    /// The reason phrase.
    pub reason: String,
    /// The headers in their order, those included that the server would drop.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body.
    pub body: Vec<u8>,
    /// The lines that were logged.
    pub log: Vec<String>,
}

impl Reply {
    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The value of the first header with this name, unless it is no text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
        found.and_then(|(_, value)| std::str::from_utf8(value).ok())
    }
}

/// A call in progress. `None` before the first: then nothing is known, as if all were absent.
#[derive(Default)]
struct Host {
    call: Option<Call>,
    reply: Reply,
    /// Bytes of the body that have been read.
    read: usize,
    random: u8,
    streams: Vec<Option<TcpStream>>,
}

thread_local! {
    /// Tests run on threads of their own.
    static HOST: RefCell<Host> = RefCell::default();
}

fn with<R>(act: impl FnOnce(&mut Host) -> R) -> R {
    HOST.with(|host| act(&mut host.borrow_mut()))
}

/// Copies what fits; gives the whole length, or -1 for nothing.
fn give(value: Option<&[u8]>, into: &mut [u8]) -> i64 {
    value.map_or(-1, |value| {
        let count = value.len().min(into.len());
        into[..count].copy_from_slice(&value[..count]);
        value.len() as i64
    })
}

/// Gives a part of the request.
fn give_of(part: impl FnOnce(&Call) -> Option<Vec<u8>>, into: &mut [u8]) -> i64 {
    with(|host| give(host.call.as_ref().and_then(part).as_deref(), into))
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

pub(crate) fn log(line: &[u8]) {
    with(|host| host.reply.log.push(lossy(line)));
}

pub(crate) fn response_set_status_line(status: i32, reason: &[u8]) {
    let status = match u16::try_from(status) {
        Ok(status @ 200..=999) => status,
        _ => panic!("status {}: not in 200..=999", status),
    };
    assert!(is_text(reason), "reason {:?}: a control character", lossy(reason));
    with(|host| {
        host.reply.status = status;
        host.reply.reason = lossy(reason);
    });
}

pub(crate) fn response_set_header(name: &[u8], value: &[u8]) {
    let is_token = !name.is_empty() && name.iter().all(|byte| is_of_token(*byte));
    assert!(is_token, "header {:?}: not a name", lossy(name));
    assert!(is_text(value), "header {:?}: a control character in its value", lossy(name));
    with(|host| host.reply.headers.push((lossy(name), value.to_owned())));
}

/// What may stand in a reason or a header's value. Spec: RFC 9110 section 5.5
fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == b'\t' || !byte.is_ascii_control())
}

/// Spec: RFC 9110 section 5.6.2
fn is_of_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

pub(crate) fn response_set_body(body: &[u8]) {
    with(|host| host.reply.body = body.to_owned());
}

pub(crate) fn response_write_body(bytes: &[u8]) {
    with(|host| host.reply.body.extend_from_slice(bytes));
}

pub(crate) fn db_get(key: &[u8], into: &mut [u8]) -> i64 {
    give_of(|call| call.env.get(&lossy(key)).map(|value| value.clone().into_bytes()), into)
}

pub(crate) fn request_get_method(into: &mut [u8]) -> i64 {
    give_of(|call| Some(call.method.clone().into_bytes()), into)
}

pub(crate) fn request_get_path(into: &mut [u8]) -> i64 {
    give_of(|call| Some(call.path.clone().into_bytes()), into)
}

pub(crate) fn request_get_query(into: &mut [u8]) -> i64 {
    give_of(|call| call.query.clone().map(String::into_bytes), into)
}

pub(crate) fn request_get_header(name: &[u8], into: &mut [u8]) -> i64 {
    let named = |call: &Call| {
        let lines = call.headers.iter().filter(|line| line.0.as_bytes().eq_ignore_ascii_case(name));
        let values: Vec<&[u8]> = lines.map(|line| &*line.1).collect();
        if values.is_empty() {
            None
        } else {
            Some(values.join(&b", "[..]))
        }
    };
    give_of(named, into)
}

pub(crate) fn request_get_header_names(into: &mut [u8]) -> i64 {
    let names = |call: &Call| {
        let mut names: Vec<&str> = Vec::new();
        for (name, _) in &call.headers {
            if !names.iter().any(|other| other.eq_ignore_ascii_case(name)) {
                names.push(name);
            }
        }
        Some(names.join("\n").into_bytes())
    };
    give_of(names, into)
}

pub(crate) fn request_get_param(name: &[u8], into: &mut [u8]) -> i64 {
    give_of(|call| call.params.get(&lossy(name)).cloned(), into)
}

pub(crate) fn request_get_peer(into: &mut [u8]) -> i64 {
    give_of(|_| Some(b"127.0.0.1:50000".to_vec()), into)
}

pub(crate) fn request_get_body_size() -> i64 {
    with(|host| host.call.as_ref().map_or(0, |call| call.body.len() as i64))
}

pub(crate) fn request_read_body(into: &mut [u8]) -> i64 {
    with(|host| {
        let body = host.call.as_ref().map_or(&[][..], |call| &call.body);
        let rest = &body[host.read..];
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        host.read += count;
        count as i64
    })
}

pub(crate) fn clock_time_get() -> i64 {
    let time = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(time.as_nanos()).unwrap_or(i64::MAX)
}

pub(crate) fn random_get(into: &mut [u8]) {
    with(|host| {
        for byte in into {
            // A full-period sequence of bytes: (5x + 1) mod 256.
            host.random = host.random.wrapping_mul(5).wrapping_add(1);
            *byte = host.random;
        }
    });
}

pub(crate) fn tcp_connect(address: &[u8]) -> i32 {
    let address = lossy(address);
    let is_address =
        address.rsplit_once(':').map_or(false, |(_, port)| port.parse::<u16>().is_ok());
    if !is_address {
        return -6;
    }
    with(|host| {
        let env = host.call.as_ref().map(|call| &call.env);
        if !env.map_or(false, |env| env.values().any(|value| *value == address)) {
            return -3;
        }
        match TcpStream::connect(&address) {
            Ok(stream) => {
                host.streams.push(Some(stream));
                host.streams.len() as i32 - 1
            }
            Err(error) => code(&error) as i32,
        }
    })
}

pub(crate) fn tcp_read(fd: i32, into: &mut [u8]) -> i64 {
    with_stream(fd, |stream| stream.read(into))
}

pub(crate) fn tcp_write(fd: i32, bytes: &[u8]) -> i64 {
    with_stream(fd, |stream| stream.write_all(bytes).map(|()| bytes.len()))
}

pub(crate) fn tcp_close(fd: i32) -> i32 {
    with(|host| match slot(host, fd).and_then(Option::take) {
        Some(_) => 0,
        None => -5,
    })
}

fn slot(host: &mut Host, fd: i32) -> Option<&mut Option<TcpStream>> {
    host.streams.get_mut(usize::try_from(fd).ok()?)
}

fn with_stream(fd: i32, act: impl FnOnce(&mut TcpStream) -> io::Result<usize>) -> i64 {
    with(|host| match slot(host, fd) {
        Some(Some(stream)) => match act(stream) {
            Ok(count) => count as i64,
            Err(error) => code(&error),
        },
        Some(None) | None => -5,
    })
}

fn code(error: &io::Error) -> i64 {
    match error.kind() {
        ErrorKind::TimedOut | ErrorKind::WouldBlock => -4,
        _ => -1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Response;

    fn check(response: Response) {
        drop(Call::new("GET", "/").run(|_| response));
    }

    #[test]
    #[should_panic(expected = "status 99: not in 200..=999")]
    fn a_status_that_is_none_ends_the_handler() {
        check(Response::new(99));
    }

    #[test]
    #[should_panic(expected = "header \"a b\": not a name")]
    fn a_name_that_is_none_ends_the_handler() {
        check(Response::new(200).header("a b", "1"));
    }

    #[test]
    #[should_panic(expected = "header \"a\": a control character in its value")]
    fn two_lines_in_a_header_end_the_handler() {
        check(Response::new(200).header("a", "1\r\nb: 2"));
    }
}
