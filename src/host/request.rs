//! The request as its guest sees it. All functions that get something follow one rule,
//! [`HostCall::give`]'s; the body is read through whoever drives the guest.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Arc;

use super::abi::HostCall;
use super::wait::Wait;
use crate::interp::Wait as Answer;
use crate::interp::trap::Trap;

/// The request that a guest answers, but for its body, which may still be on its way.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Request {
    /// What tells it from others in the log.
    pub id: u64,
    /// The method.
    pub method: String,
    /// The path as sent, without the query.
    pub path: String,
    /// The query without `?`.
    pub query: Option<String>,
    /// The header lines in order.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The named parts of the route's path, percent-decoded.
    pub params: Vec<(String, Vec<u8>)>,
    /// The client.
    pub peer: Option<SocketAddr>,
}

impl Request {
    /// The value of a header; of repeated lines all values, as if they had been one line.
    /// Spec: RFC 9110 section 5.3
    fn header(&self, name: &[u8]) -> Option<Vec<u8>> {
        let lines =
            self.headers.iter().filter(|(key, _)| key.as_bytes().eq_ignore_ascii_case(name));
        let values: Vec<&[u8]> = lines.map(|(_, value)| value.as_slice()).collect();
        (!values.is_empty()).then(|| values.join(&b", "[..]))
    }

    /// The names of the headers as they first came, each once, since a name has one value.
    fn header_names(&self) -> String {
        let mut seen = HashSet::new();
        let names = self.headers.iter().map(|(name, _)| name.as_str());
        let first: Vec<_> = names.filter(|name| seen.insert(name.to_ascii_lowercase())).collect();
        first.join("\n")
    }
}

/// What looking at one header line counts as work, in bytes that could be copied meanwhile.
const LINE: usize = 128;

/// `request_get_method`: the method.
pub(super) fn get_method(call: &mut HostCall<'_>, ptr: i32, size: i64) -> Result<i64, Trap> {
    give(call, (ptr, size), |request| Some(request.method.as_bytes()))
}

/// `request_get_path`: the path as sent, without the query.
pub(super) fn get_path(call: &mut HostCall<'_>, ptr: i32, size: i64) -> Result<i64, Trap> {
    give(call, (ptr, size), |request| Some(request.path.as_bytes()))
}

/// `request_get_query`: the query without `?`. An empty query is one; no `?` is none.
pub(super) fn get_query(call: &mut HostCall<'_>, ptr: i32, size: i64) -> Result<i64, Trap> {
    give(call, (ptr, size), |request| request.query.as_deref().map(str::as_bytes))
}

/// Gives a part of the request.
fn give(
    call: &mut HostCall<'_>,
    (ptr, size): (i32, i64),
    part: fn(&Request) -> Option<&[u8]>,
) -> Result<i64, Trap> {
    let into = call.bytes(("ptr", ptr), ("size", size))?;
    let request = Arc::clone(&call.state.request);
    call.give(&into, part(&request))
}

/// `request_get_header`: a header's value, whatever the case of its name. A name that no header
/// can have is absent like any other.
pub(super) fn get_header(
    call: &mut HostCall<'_>,
    name_ptr: i32,
    name_size: i64,
    ptr: i32,
    size: i64,
) -> Result<i64, Trap> {
    let name = call.bytes(("name_ptr", name_ptr), ("name_size", name_size))?;
    let into = call.bytes(("ptr", ptr), ("size", size))?;
    call.work(call.state.request.headers.len() * LINE)?;
    let value = call.state.request.header(call.read(&name));
    call.give(&into, value.as_deref())
}

/// `request_get_header_names`: the names of the headers, in order, separated by line ends.
pub(super) fn get_header_names(call: &mut HostCall<'_>, ptr: i32, size: i64) -> Result<i64, Trap> {
    let into = call.bytes(("ptr", ptr), ("size", size))?;
    call.work(call.state.request.headers.len() * LINE)?;
    let names = call.state.request.header_names();
    call.give(&into, Some(names.as_bytes()))
}

/// `request_get_param`: a named part of the route's path, percent-decoded.
pub(super) fn get_param(
    call: &mut HostCall<'_>,
    name_ptr: i32,
    name_size: i64,
    ptr: i32,
    size: i64,
) -> Result<i64, Trap> {
    let name = call.bytes(("name_ptr", name_ptr), ("name_size", name_size))?;
    let into = call.bytes(("ptr", ptr), ("size", size))?;
    let request = Arc::clone(&call.state.request);
    let name = call.read(&name);
    let found = request.params.iter().find(|(key, _)| key.as_bytes() == name);
    call.give(&into, found.map(|(_, value)| value.as_slice()))
}

/// `request_get_peer`: the client's address, `ip:port`.
pub(super) fn get_peer(call: &mut HostCall<'_>, ptr: i32, size: i64) -> Result<i64, Trap> {
    let into = call.bytes(("ptr", ptr), ("size", size))?;
    let peer = call.state.request.peer.map(|peer| peer.to_string());
    call.give(&into, peer.as_deref().map(str::as_bytes))
}

/// `request_get_body_size`: the body's length in bytes; where the client says none, it waits for
/// the end.
pub(super) fn get_body_size(call: &mut HostCall<'_>) -> Result<Answer<i64>, Trap> {
    Ok(call.wait(Wait::BodySize))
}

/// `request_read_body`: the next bytes of the body; 0 at its end.
pub(super) fn read_body(call: &mut HostCall<'_>, ptr: i32, size: i64) -> Result<Answer<i64>, Trap> {
    let into = call.bytes(("ptr", ptr), ("size", size))?;
    match call.buffer(into) {
        Some(buffer) => Ok(call.wait(Wait::ReadBody(buffer))),
        // There is nothing to wait for.
        None => Ok(Answer::Ready(0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::State;
    use crate::host::tests::state_of;

    fn request() -> Request {
        let header = |name: &str, value: &[u8]| (name.to_owned(), value.to_vec());
        Request {
            method: "POST".to_owned(),
            path: "/a%20b".to_owned(),
            query: Some(String::new()),
            headers: vec![
                header("Host", b"a"),
                header("Accept", b"text/html"),
                header("X-Empty", b""),
                header("accept", b"\xff"),
            ],
            params: vec![header("id", b"a/b")],
            peer: Some("[::1]:80".parse().unwrap()),
            ..Request::default()
        }
    }

    /// What `get` gives for `name` with a buffer of 12 bytes behind it.
    fn look_up(
        get: fn(&mut HostCall<'_>, i32, i64, i32, i64) -> Result<i64, Trap>,
        name: &[u8],
    ) -> (i64, Vec<u8>) {
        let mut state = state_of(request(), &[]);
        let mut memory = [name, b"............"].concat();
        let mut call = HostCall::new("env.f", &mut state, &mut memory);
        let found = get(&mut call, 0, name.len() as i64, name.len() as i32, 12).unwrap();
        (found, memory.split_off(name.len()))
    }

    /// What `get` gives in a buffer of 64 bytes.
    fn part(
        state: &mut State,
        get: fn(&mut HostCall<'_>, i32, i64) -> Result<i64, Trap>,
    ) -> Option<String> {
        let mut memory = [0; 64];
        let size = get(&mut HostCall::new("env.f", state, &mut memory), 0, 64).unwrap();
        let size = usize::try_from(size).ok()?;
        Some(String::from_utf8(memory[..size].to_vec()).unwrap())
    }

    #[test]
    fn parts_of_the_request_are_given_as_they_were_sent() {
        let mut state = state_of(request(), &[]);
        assert_eq!(part(&mut state, get_method).as_deref(), Some("POST"));
        assert_eq!(part(&mut state, get_path).as_deref(), Some("/a%20b"));
        assert_eq!(part(&mut state, get_query).as_deref(), Some(""));
        assert_eq!(part(&mut state, get_peer).as_deref(), Some("[::1]:80"));
        assert_eq!(part(&mut state, get_header_names).as_deref(), Some("Host\nAccept\nX-Empty"));
    }

    #[test]
    fn what_a_request_does_not_have_is_absent() {
        let mut state = state_of(Request::default(), &[]);
        assert_eq!(part(&mut state, get_query), None);
        assert_eq!(part(&mut state, get_peer), None);
        assert_eq!(part(&mut state, get_header_names).as_deref(), Some(""));
    }

    #[test]
    fn headers_are_found_in_any_case_and_repeated_lines_are_joined() {
        assert_eq!(look_up(get_header, b"HOST"), (1, b"a...........".to_vec()));
        assert_eq!(look_up(get_header, b"accept"), (12, b"text/html, \xff".to_vec()));
        assert_eq!(look_up(get_header, b"x-empty"), (0, b"............".to_vec()));
        for absent in [b"".as_slice(), b"hos", b"host:", b"a\r\nb", b"\xff"] {
            assert_eq!(look_up(get_header, absent).0, -1);
        }
    }

    #[test]
    fn parameters_are_found_by_their_exact_names() {
        assert_eq!(look_up(get_param, b"id"), (3, b"a/b.........".to_vec()));
        assert_eq!(look_up(get_param, b"ID").0, -1);
        assert_eq!(look_up(get_param, b"\xff").0, -1);
    }

    #[test]
    fn reading_nothing_of_the_body_waits_for_nothing() {
        let mut state = state_of(request(), &[]);
        let mut call = HostCall::new("env.request_read_body", &mut state, &mut []);
        assert!(matches!(read_body(&mut call, -1, 0), Ok(Answer::Ready(0))));
        let trap = read_body(&mut call, 0, 1).unwrap_err().to_string();
        assert_eq!(trap, "env.request_read_body: argument `ptr`: 1 bytes at 0x0, memory has 0x0");
    }
}
