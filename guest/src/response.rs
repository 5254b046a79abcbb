//! The response: a value that is sent whole, or a head with a body behind it.

use std::io::{self, Write};

use crate::host;

/// A response. Framing (`Content-Length` and the like) is the server's: such headers are dropped.
///
/// ```
/// # use serverless_wasm_guest::{testing::Call, Request, Response};
/// use std::io::Write;
///
/// fn table(_: Request) -> Response {
///     let mut response = Response::new(200).header("Content-Type", "text/csv");
///     for n in 1..4 {
///         writeln!(response, "{},{}", n, n * n).expect("a response takes all that is written");
///     }
///     response
/// }
/// # assert_eq!(Call::new("GET", "/").run(table).text(), "1,1\n2,4\n3,9\n");
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
#[must_use = "a response does nothing unless the handler gives it back"]
pub struct Response {
    status: u16,
    reason: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

impl Response {
    /// A response with this status and nothing else. The server traps the guest on a status
    /// outside 200 to 999.
    pub fn new(status: u16) -> Self {
        let reason = reason(status).to_owned();
        Self { status, reason, headers: Vec::new(), body: Vec::new() }
    }

    /// A response of type `text/plain; charset=utf-8`.
    pub fn text(status: u16, text: impl Into<String>) -> Self {
        Self::new(status)
            .header("Content-Type", "text/plain; charset=utf-8")
            .body(text.into().into_bytes())
    }

    /// Another reason phrase than the usual one.
    pub fn reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = reason.into();
        self
    }

    /// Adds a header; one with the same name stays, and both are sent.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<Vec<u8>>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Replaces the body.
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Sends the head and what there is of the body, and takes the rest of the body as it is
    /// written. A long body need not fit into the guest's memory.
    pub fn start(self) -> BodyWriter {
        self.send();
        BodyWriter { _only_by_start: () }
    }

    pub(crate) fn send(self) {
        host::response_set_status_line(self.status.into(), self.reason.as_bytes());
        for (name, value) in &self.headers {
            host::response_set_header(name.as_bytes(), value);
        }
        host::response_set_body(&self.body);
    }
}

/// Appends to the body.
impl Write for Response {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.body.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The body of a response whose head has been sent; what is written goes to the server at once.
#[derive(Debug)]
#[must_use = "it is what the handler gives back"]
pub struct BodyWriter {
    _only_by_start: (),
}

impl Write for BodyWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        host::response_write_body(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The phrase of RFC 9110, chapter 15, for the statuses that handlers give.
fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        410 => "Gone",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        422 => "Unprocessable Content",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Call;

    #[test]
    fn a_response_is_sent_as_it_was_made() {
        let reply = Call::new("GET", "/").run(|_| {
            let response = Response::new(404).reason("Gone Fishing").header("A", "1");
            response.header("A", &b"\xff"[..]).body("nobody")
        });
        assert_eq!((reply.status, &*reply.reason), (404, "Gone Fishing"));
        assert_eq!(reply.headers, [("A".into(), b"1".to_vec()), ("A".into(), b"\xff".to_vec())]);
        assert_eq!(reply.body, b"nobody");
    }

    #[test]
    fn a_body_may_be_written_behind_its_head() {
        let reply = Call::new("GET", "/").run(|_| {
            let mut body = Response::text(200, "one ").start();
            body.write_all(b"two ").and_then(|()| body.write_all(b"three")).map(|()| body)
        });
        assert_eq!((reply.status, reply.text()), (200, "one two three".into()));
    }
}
