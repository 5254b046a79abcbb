//! The response that a guest builds. Nothing gets into it that RFC 9110 does not allow, nor what
//! the server alone decides.

use super::abi::HostCall;
use crate::interp::trap::Trap;

/// What a header line takes beyond its name and value. Spec: RFC 9113 section 6.5.2
const HEADER_OVERHEAD: usize = 32;

/// Headers that frame the message: the server's, whatever a guest says.
const FRAMING: [&str; 9] = [
    "content-length",
    "transfer-encoding",
    "connection",
    "keep-alive",
    "upgrade",
    "trailer",
    "te",
    "date",
    "x-request-id",
];

/// A response as its guest left it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Response {
    /// The status, 200 to 999.
    pub status: u16,
    /// The reason phrase: bytes that may stand in a status line; empty when the guest gave none.
    pub reason: Vec<u8>,
    /// The headers in the guest's order, none of them framing.
    pub headers: Vec<Header>,
    /// The body.
    pub body: Vec<u8>,
}

/// A header line: its parts may stand in a message as they are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Header {
    /// A token.
    pub name: Box<str>,
    /// No control characters but tabs, no space at the ends.
    pub value: Box<[u8]>,
}

impl Header {
    fn size(&self) -> usize {
        self.name.len() + self.value.len() + HEADER_OVERHEAD
    }
}

/// A response being built.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    status: Option<u16>,
    reason: Vec<u8>,
    headers: Vec<Header>,
    /// The sizes of all headers.
    header_size: usize,
    body: Vec<u8>,
    /// Whether the guest called any `response_*` function.
    touched: bool,
    /// How large all of it may be.
    limit: usize,
}

impl Draft {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            status: None,
            reason: Vec::new(),
            headers: Vec::new(),
            header_size: 0,
            body: Vec::new(),
            touched: false,
            limit,
        }
    }

    /// The response; none when the guest has said nothing about it.
    pub(super) fn finish(self) -> Option<Response> {
        let Self { status, reason, headers, body, touched, .. } = self;
        let status = status.unwrap_or(200);
        touched.then_some(Response { status, reason, headers, body })
    }
}

/// The message of whatever makes a response too large.
const TOO_LARGE: &str = "the response is larger than `response_size`";

/// `response_set_status_line`: status code and reason phrase.
pub(super) fn set_status_line(
    call: &mut HostCall<'_>,
    status: i32,
    ptr: i32,
    size: i64,
) -> Result<(), Trap> {
    let Ok(status @ 200..=999) = u16::try_from(status) else {
        return Err(call.refuse("status", "not in 200..=999"));
    };
    let bytes = call.bytes(("ptr", ptr), ("size", size))?;
    let draft = &call.state.response;
    if bytes.len() > draft.limit.saturating_sub(draft.header_size + draft.body.len()) {
        return Err(call.refuse("size", TOO_LARGE));
    }
    if !call.read(&bytes).iter().copied().all(is_text) {
        return Err(call.refuse("ptr", "a control character in the reason"));
    }
    let reason = call.read(&bytes).to_vec();
    let draft = &mut call.state.response;
    (draft.status, draft.reason, draft.touched) = (Some(status), reason, true);
    Ok(())
}

/// `response_set_header`: adds a header; repeated names add lines.
pub(super) fn set_header(
    call: &mut HostCall<'_>,
    name_ptr: i32,
    name_size: i64,
    value_ptr: i32,
    value_size: i64,
) -> Result<(), Trap> {
    let name = call.bytes(("name_ptr", name_ptr), ("name_size", name_size))?;
    let value = call.bytes(("value_ptr", value_ptr), ("value_size", value_size))?;
    let draft = &call.state.response;
    let used = draft.header_size + draft.reason.len() + draft.body.len() + HEADER_OVERHEAD;
    if name.len().saturating_add(value.len()) > draft.limit.saturating_sub(used) {
        return Err(call.refuse("value_size", TOO_LARGE));
    }
    let Some(name) = token(call.read(&name)) else {
        return Err(call.refuse("name_ptr", "not a header name"));
    };
    if !call.read(&value).iter().copied().all(is_text) {
        return Err(call.refuse("value_ptr", "a control character in the value"));
    }
    let name = Box::from(name);
    let value = trim(call.read(&value)).into();
    call.state.response.add(Header { name, value });
    Ok(())
}

impl Draft {
    fn add(&mut self, header: Header) {
        self.touched = true;
        if FRAMING.iter().any(|framing| header.name.eq_ignore_ascii_case(framing)) {
            tracing::debug!("dropped the guest's header {}: it is the server's", header.name);
            return;
        }
        self.header_size += header.size();
        self.headers.push(header);
    }
}

/// `response_set_body`: replaces the body.
pub(super) fn set_body(call: &mut HostCall<'_>, ptr: i32, size: i64) -> Result<(), Trap> {
    put_body(call, (ptr, size), 0)
}

/// `response_write_body`: appends to the body.
pub(super) fn write_body(call: &mut HostCall<'_>, ptr: i32, size: i64) -> Result<(), Trap> {
    let kept = call.state.response.body.len();
    put_body(call, (ptr, size), kept)
}

/// Puts a text behind the first `kept` bytes of the body.
fn put_body(call: &mut HostCall<'_>, (ptr, size): (i32, i64), kept: usize) -> Result<(), Trap> {
    let bytes = call.bytes(("ptr", ptr), ("size", size))?;
    let draft = &call.state.response;
    let used = draft.header_size + draft.reason.len() + kept;
    if bytes.len() > draft.limit.saturating_sub(used) {
        return Err(call.refuse("size", TOO_LARGE));
    }
    let (text, state) = call.read_for(&bytes);
    state.response.body.truncate(kept);
    state.response.body.extend_from_slice(text);
    state.response.touched = true;
    Ok(())
}

/// Spec: RFC 9110 section 5.6.2
fn token(bytes: &[u8]) -> Option<&str> {
    let is_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    let text = str::from_utf8(bytes).ok().filter(|text| !text.is_empty())?;
    bytes.iter().all(is_token).then_some(text)
}

/// What may stand in a value or a reason: no control characters but tabs.
/// Spec: RFC 9110 section 5.5
fn is_text(byte: u8) -> bool {
    byte == b'\t' || !byte.is_ascii_control()
}

/// Spaces and tabs at the ends are no part of a value.
fn trim(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::State;
    use crate::host::tests::state;

    /// Puts the texts into a memory one after the other and calls with their places.
    fn with<R>(state: &mut State, texts: [&[u8]; 2], f: Call<R>) -> Result<R, String> {
        let mut memory = texts.concat();
        let (first, second) = (texts[0].len(), texts[1].len());
        let mut call = HostCall::new("env.f", state, &mut memory);
        f(&mut call, (0, first as i64), (first as i32, second as i64))
            .map_err(|trap| trap.to_string())
    }

    type Call<R> = fn(&mut HostCall<'_>, (i32, i64), (i32, i64)) -> Result<R, Trap>;

    fn header(state: &mut State, name: &[u8], value: &[u8]) -> Result<(), String> {
        with(state, [name, value], |call, name, value| {
            set_header(call, name.0, name.1, value.0, value.1)
        })
    }

    fn body(state: &mut State, text: &[u8]) -> Result<(), String> {
        with(state, [text, b""], |call, text, _| set_body(call, text.0, text.1))
    }

    fn status(status: i32, reason: &[u8]) -> Result<Response, String> {
        let mut state = state(&[]);
        let mut memory = reason.to_vec();
        let mut call = HostCall::new("env.f", &mut state, &mut memory);
        let set = set_status_line(&mut call, status, 0, reason.len() as i64);
        set.map(|()| state.into_response().unwrap()).map_err(|trap| trap.to_string())
    }

    #[test]
    fn a_guest_that_says_nothing_has_no_response() {
        assert_eq!(state(&[]).into_response(), None);
    }

    #[test]
    fn without_a_status_it_is_200() {
        let mut state = state(&[]);
        body(&mut state, b"first").unwrap();
        body(&mut state, b"hello").unwrap();
        let response = state.into_response().unwrap();
        assert_eq!((response.status, response.body.as_slice()), (200, b"hello".as_slice()));
    }

    #[test]
    fn statuses_from_200_to_999_are_taken() {
        for good in [200, 204, 599, 999] {
            assert_eq!(i32::from(status(good, b"").unwrap().status), good);
        }
        for bad in [i32::MIN, -1, 0, 100, 199, 1000, 65_736, i32::MAX] {
            assert_eq!(status(bad, b""), Err("env.f: argument `status`: not in 200..=999".into()));
        }
    }

    #[test]
    fn a_reason_is_one_line_of_text() {
        assert_eq!(status(200, b"All \xe9 fine").unwrap().reason, b"All \xe9 fine");
        for bad in [b"a\r\nb".as_slice(), b"\0", b"\n", b"\x7f"] {
            let expected = "env.f: argument `ptr`: a control character in the reason";
            assert_eq!(status(200, bad), Err(expected.into()));
        }
    }

    #[test]
    fn repeated_headers_add_lines_in_order() {
        let mut state = state(&[]);
        header(&mut state, b"Set-Cookie", b" a=1\t").unwrap();
        header(&mut state, b"set-cookie", b"").unwrap();
        let headers = state.into_response().unwrap().headers;
        let headers: Vec<_> = headers.iter().map(|h| (&*h.name, &*h.value)).collect();
        assert_eq!(headers, [("Set-Cookie", b"a=1".as_slice()), ("set-cookie", b"")]);
    }

    #[test]
    fn header_names_are_tokens() {
        for bad in [b"".as_slice(), b"a b", b"a:", b"a\r\n", b"\0", b"\xc3\xa9", b"(x)"] {
            let expected = "env.f: argument `name_ptr`: not a header name";
            assert_eq!(header(&mut state(&[]), bad, b"v"), Err(expected.into()));
        }
    }

    #[test]
    fn header_values_are_one_line() {
        assert_eq!(header(&mut state(&[]), b"x", b"a\tb \xff"), Ok(()));
        for bad in [b"a\r\nInjected: yes".as_slice(), b"\n", b"\r", b"\0", b"\x1b"] {
            let expected = "env.f: argument `value_ptr`: a control character in the value";
            assert_eq!(header(&mut state(&[]), b"x", bad), Err(expected.into()));
        }
    }

    #[test]
    fn framing_is_the_servers() {
        let mut state = state(&[]);
        for name in [b"Content-Length".as_slice(), b"TRANSFER-ENCODING", b"connection", b"Date"] {
            header(&mut state, name, b"5").unwrap();
        }
        let response = state.into_response().unwrap();
        assert_eq!((response.status, response.headers), (200, Vec::new()));
    }

    #[test]
    fn a_body_grows_by_what_is_written_and_is_replaced_by_what_is_set() {
        let mut state = state(&[]);
        let mut memory = *b"one, two";
        let mut call = HostCall::new("env.f", &mut state, &mut memory);
        write_body(&mut call, 0, 5).unwrap();
        write_body(&mut call, 5, 3).unwrap();
        write_body(&mut call, 5, 0).unwrap();
        assert_eq!(call.state.response.body, b"one, two");
        set_body(&mut call, 5, 3).unwrap();
        assert_eq!(call.state.response.body, b"two");
        let mut large = [0; 98];
        let trap = write_body(&mut HostCall::new("env.f", &mut state, &mut large), 0, 98);
        assert!(trap.unwrap_err().to_string().contains("`size`: the response is larger"));
    }

    #[test]
    fn the_whole_response_has_one_limit() {
        // `state` allows 100 bytes.
        let mut state = state(&[]);
        body(&mut state, &[b'x'; 100]).unwrap();
        let too_large = |argument| {
            let message = "the response is larger than `response_size`";
            Err(format!("env.f: argument `{argument}`: {message}"))
        };
        assert_eq!(body(&mut state, &[b'x'; 101]), too_large("size"));
        assert_eq!(header(&mut state, b"a", b""), too_large("value_size"));
        body(&mut state, &[b'x'; 67]).unwrap();
        header(&mut state, b"a", b"").unwrap();
        assert_eq!(header(&mut state, b"a", b""), too_large("value_size"));
        assert_eq!(body(&mut state, &[b'x'; 68]), too_large("size"));
    }
}
