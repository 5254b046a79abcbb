//! Answers as bytes. The server owns an answer's framing: what a guest says about lengths and
//! connections never reaches the wire.

use std::fmt::{self, Write as _};
use std::time::SystemTime;

use super::{Persistence, Request, Version};

/// What the client waits for that sent `Expect: 100-continue`.
pub const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// An answer, before anyone has decided how it travels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// 200 to 999.
    pub status: u16,
    /// The reason phrase; the registered one where it is empty.
    pub reason: Vec<u8>,
    /// Header lines in their order, names as given.
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
    /// The body, whole.
    pub body: Vec<u8>,
}

/// How an answer travels, which the request decides and not the answer.
#[derive(Clone, Copy, Debug)]
pub struct Delivery {
    /// The request's version; ours is always HTTP/1.1.
    pub version: Version,
    /// Whether the body is sent.
    pub content: Content,
    /// Whether the connection persists.
    pub persistence: Persistence,
    /// For `Date`.
    pub date: SystemTime,
    /// For `X-Request-Id`.
    pub id: RequestId,
}

/// A request's number as it is written everywhere: 16 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestId(pub u64);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// Whether the body is sent, or only described.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Sent.
    Sent,
    /// The answer to `HEAD`: the head that `GET` would have had.
    Described,
}

impl Content {
    /// What that request wants to read.
    pub fn of(request: &Request) -> Self {
        if request.method() == "HEAD" { Self::Described } else { Self::Sent }
    }
}

impl Response {
    /// An answer of the server's own: the status in words.
    pub fn plain(status: u16) -> Self {
        Self::with_text(status, reason_of(status))
    }

    /// An answer of the server's own: a line of text.
    pub fn with_text(status: u16, text: &str) -> Self {
        Self::empty(status)
            .with_header("Content-Type", "text/plain; charset=utf-8")
            .with_body(format!("{text}\n").into_bytes())
    }

    /// An answer without a body.
    pub fn empty(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    /// The same answer with one header line more.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    fn with_body(mut self, body: Vec<u8>) -> Self {
        self.body = body;
        self
    }

    /// The answer's bytes. Header lines that belong to the server, and what no client could read
    /// as one line, are left out; `dropped` is told their names.
    pub fn into_bytes(self, delivery: Delivery, mut dropped: impl FnMut(&[u8])) -> Vec<u8> {
        let length = self.body.len();
        let mut bytes = self.status_line();
        for (name, value) in &self.headers {
            if is_ours(name) || !is_token(name) || !is_text(value) {
                dropped(name);
                continue;
            }
            bytes.extend_from_slice(name);
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(value.trim_ascii());
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(self.framing_lines(length, delivery).as_bytes());
        if delivery.content == Content::Sent && has_body(self.status) {
            bytes.extend_from_slice(&self.body);
        }
        bytes
    }

    fn status_line(&self) -> Vec<u8> {
        let mut bytes = format!("HTTP/1.1 {:03} ", self.status).into_bytes();
        if self.reason.is_empty() || !is_text(&self.reason) {
            bytes.extend_from_slice(reason_of(self.status).as_bytes());
        } else {
            bytes.extend_from_slice(&self.reason);
        }
        bytes.extend_from_slice(b"\r\n");
        bytes
    }

    /// The lines that are the server's alone, and the empty line after the head.
    fn framing_lines(&self, length: usize, delivery: Delivery) -> String {
        let Delivery { date, id, .. } = delivery;
        let date = httpdate::fmt_http_date(date);
        let mut lines = format!("Date: {date}\r\nX-Request-Id: {id}\r\n");
        // Spec: RFC 9110 sections 8.6 and 15.3.6.
        match self.status {
            204 | 304 => {}
            205 => lines.push_str("Content-Length: 0\r\n"),
            _ => {
                let _infallible = write!(lines, "Content-Length: {length}\r\n");
            }
        }
        match (delivery.persistence, delivery.version) {
            (Persistence::Close, _) => lines.push_str("Connection: close\r\n"),
            (Persistence::KeepAlive, Version::Http10) => {
                lines.push_str("Connection: keep-alive\r\n");
            }
            (Persistence::KeepAlive, Version::Http11) => {}
        }
        lines.push_str("\r\n");
        lines
    }
}

/// Whether answers with that status have a body at all. Spec: RFC 9110 section 6.4.1.
fn has_body(status: u16) -> bool {
    !matches!(status, 204 | 205 | 304)
}

/// Header lines that only the server may write.
fn is_ours(name: &[u8]) -> bool {
    const OURS: [&str; 9] = [
        "Connection",
        "Content-Length",
        "Date",
        "Keep-Alive",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
        "X-Request-Id",
    ];
    OURS.iter().any(|ours| name.eq_ignore_ascii_case(ours.as_bytes()))
}

/// Spec: RFC 9110 section 5.6.2.
fn is_token(name: &[u8]) -> bool {
    let is_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    !name.is_empty() && name.iter().all(is_token)
}

/// A field's value or a reason phrase. Spec: RFC 9110 section 5.5.
fn is_text(value: &[u8]) -> bool {
    value.iter().all(|byte| matches!(byte, b'\t' | b' '..=b'~' | 0x80..))
}

/// Spec: RFC 9110 section 15, and RFC 6585 for 428 to 511.
fn reason_of(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        203 => "Non-Authoritative Information",
        204 => "No Content",
        205 => "Reset Content",
        206 => "Partial Content",
        300 => "Multiple Choices",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        408 => "Request Timeout",
        409 => "Conflict",
        410 => "Gone",
        411 => "Length Required",
        412 => "Precondition Failed",
        413 => "Content Too Large",
        414 => "URI Too Long",
        415 => "Unsupported Media Type",
        416 => "Range Not Satisfiable",
        417 => "Expectation Failed",
        421 => "Misdirected Request",
        422 => "Unprocessable Content",
        426 => "Upgrade Required",
        428 => "Precondition Required",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        505 => "HTTP Version Not Supported",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GET: Delivery = Delivery {
        version: Version::Http11,
        content: Content::Sent,
        persistence: Persistence::KeepAlive,
        date: SystemTime::UNIX_EPOCH,
        id: RequestId(0xa1),
    };

    fn check(response: Response, delivery: Delivery, expected: &str) {
        let bytes = response.into_bytes(delivery, |_| {});
        let text = String::from_utf8_lossy(&bytes)
            .replace("Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n", "Date\r\n")
            .replace("X-Request-Id: 00000000000000a1\r\n", "Id\r\n");
        assert_eq!(text.replace("\r\n", "|"), expected);
    }

    #[test]
    fn an_answer_has_a_date_a_length_and_its_body() {
        let response = Response::empty(200).with_header("A", "b").with_body(b"hi".to_vec());
        check(response, GET, "HTTP/1.1 200 OK|A: b|Date|Id|Content-Length: 2||hi");
        check(Response::empty(299), GET, "HTTP/1.1 299 |Date|Id|Content-Length: 0||");
        let response = Response { reason: b"Fine".to_vec(), ..Response::empty(200) };
        check(response, GET, "HTTP/1.1 200 Fine|Date|Id|Content-Length: 0||");
    }

    #[test]
    fn head_describes_the_body_without_sending_it() {
        let head = Delivery { content: Content::Described, ..GET };
        let response = Response::empty(200).with_body(b"hi".to_vec());
        check(response, head, "HTTP/1.1 200 OK|Date|Id|Content-Length: 2||");
    }

    #[test]
    fn statuses_without_a_body_have_none() {
        let with = |status| Response::empty(status).with_body(b"hi".to_vec());
        check(with(204), GET, "HTTP/1.1 204 No Content|Date|Id||");
        check(with(304), GET, "HTTP/1.1 304 Not Modified|Date|Id||");
        check(with(205), GET, "HTTP/1.1 205 Reset Content|Date|Id|Content-Length: 0||");
    }

    #[test]
    fn the_last_answer_says_so_and_old_clients_hear_that_it_is_not() {
        let last = Delivery { persistence: Persistence::Close, ..GET };
        let end = "Date|Id|Content-Length: 0|Connection: close||";
        check(Response::empty(200), last, &format!("HTTP/1.1 200 OK|{end}"));
        let old = Delivery { version: Version::Http10, ..GET };
        let end = "Date|Id|Content-Length: 0|Connection: keep-alive||";
        check(Response::empty(200), old, &format!("HTTP/1.1 200 OK|{end}"));
    }

    #[test]
    fn nothing_that_is_given_can_break_the_framing() {
        let mut response = Response::empty(200)
            .with_header("content-length", "7")
            .with_header("Transfer-Encoding", "chunked")
            .with_header("X-Request-ID", "mine")
            .with_header("A", "b\r\nC: d")
            .with_header("A: b\r\nC", "d")
            .with_header("", "d")
            .with_header("A", " b ");
        response.reason = b"OK\r\nC: d".to_vec();
        let mut dropped = 0;
        response.clone().into_bytes(GET, |_| dropped += 1);
        assert_eq!(dropped, 6);
        check(response, GET, "HTTP/1.1 200 OK|A: b|Date|Id|Content-Length: 0||");
    }
}
