//! The request in progress.

use std::fmt;
use std::io::{self, Read};

use crate::{fetch, host, text};

/// The request in progress. What it tells is fetched from the server when it is asked for.
///
/// Values that are not UTF-8 have U+FFFD in place of what isn't; the functions named `…_bytes`
/// give them as they are.
pub struct Request {
    _only_by_current: (),
}

impl Request {
    pub(crate) fn current() -> Self {
        Self { _only_by_current: () }
    }

    /// `GET`, `POST`, … (`HEAD` too, when a route for `GET` serves it).
    #[must_use]
    pub fn method(&self) -> String {
        text(fetch(host::request_get_method).unwrap_or_default())
    }

    /// The path as it was sent, percent-encoded, without the query.
    #[must_use]
    pub fn path(&self) -> String {
        text(fetch(host::request_get_path).unwrap_or_default())
    }

    /// What stands behind `?`, as it was sent.
    #[must_use]
    pub fn query(&self) -> Option<String> {
        fetch(host::request_get_query).map(text)
    }

    /// The value of a header, whose name may be written in any case. The values of several lines
    /// with this name are joined with `, `.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        self.header_bytes(name).map(text)
    }

    /// [`Self::header`] as it was sent.
    #[must_use]
    pub fn header_bytes(&self, name: &str) -> Option<Vec<u8>> {
        fetch(|into| host::request_get_header(name.as_bytes(), into))
    }

    /// The names of all headers, in the order in which they came.
    ///
    /// ```
    /// # use serverless_wasm_guest::{testing::Call, Request};
    /// fn headers(request: Request) -> String {
    ///     let name = |name: &String| format!("{}: {}\n", name, request.header(name).unwrap());
    ///     request.header_names().iter().map(name).collect()
    /// }
    /// # let call = Call::new("GET", "/").header("Host", "a").header("Accept", "*/*");
    /// # assert_eq!(call.run(headers).text(), "Host: a\nAccept: */*\n");
    /// ```
    #[must_use]
    pub fn header_names(&self) -> Vec<String> {
        let names = text(fetch(host::request_get_header_names).unwrap_or_default());
        names.split('\n').filter(|name| !name.is_empty()).map(str::to_owned).collect()
    }

    /// What stands in the path at a named part of the route: `id` of `url_path = "/users/{id}"`,
    /// percent-decoded.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<String> {
        self.param_bytes(name).map(text)
    }

    /// [`Self::param`] whatever bytes it decodes to.
    #[must_use]
    pub fn param_bytes(&self, name: &str) -> Option<Vec<u8>> {
        fetch(|into| host::request_get_param(name.as_bytes(), into))
    }

    /// The client's `ip:port`.
    #[must_use]
    pub fn peer(&self) -> String {
        text(fetch(host::request_get_peer).unwrap_or_default())
    }

    /// The body's length in bytes. For a body without a declared length (a chunked one) this waits
    /// for its end.
    #[must_use]
    pub fn body_size(&self) -> u64 {
        u64::try_from(host::request_get_body_size()).unwrap_or(0)
    }

    /// The body, to be read from where the last reading ended.
    #[must_use]
    pub fn body(&self) -> Body {
        Body { _only_by_request: () }
    }

    /// The rest of the body, whole.
    ///
    /// # Errors
    /// As [`Body`]'s.
    pub fn body_bytes(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.body().read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method())
            .field("path", &self.path())
            .field("query", &self.query())
            .finish_non_exhaustive()
    }
}

/// The body of the request. Reading waits for the client; a client that sends too much, too slowly
/// or nothing more is the server's to answer, and ends the guest.
///
/// Reading gives an error of the kind `Other` when the server reports one; none does so today.
#[derive(Debug)]
pub struct Body {
    _only_by_request: (),
}

impl Read for Body {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = host::request_read_body(into);
        usize::try_from(count)
            .map_err(|_| io::Error::new(io::ErrorKind::Other, "reading the body failed"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Call;

    fn check(call: Call, ask: impl FnOnce(Request) -> String, expected: &str) {
        assert_eq!(call.run(ask).text(), expected);
    }

    #[test]
    fn a_request_tells_what_was_sent() {
        let call = || {
            Call::new("PUT", "/a%20b?x=1&y=2")
                .header("Accept", "a")
                .header("X-Bytes", b"\xff")
                .header("accept", "b")
                .param("id", "7")
        };
        check(call(), |request| request.method(), "PUT");
        check(call(), |request| request.path(), "/a%20b");
        check(call(), |request| format!("{:?}", request.query()), "Some(\"x=1&y=2\")");
        check(call(), |request| request.header("ACCEPT").unwrap(), "a, b");
        check(call(), |request| format!("{:?}", request.header_bytes("x-bytes")), "Some([255])");
        check(call(), |request| format!("{:?}", request.header("x")), "None");
        check(call(), |request| request.header_names().join(" "), "Accept X-Bytes");
        check(call(), |request| request.param("id").unwrap(), "7");
        check(call(), |request| format!("{:?}", request.param("name")), "None");
        check(
            call(),
            |request| format!("{:?}", request),
            r#"Request { method: "PUT", path: "/a%20b", query: Some("x=1&y=2"), .. }"#,
        );
    }

    #[test]
    fn what_was_not_sent_is_none() {
        check(Call::new("GET", "/"), |request| format!("{:?}", request.query()), "None");
        check(Call::new("GET", "/?"), |request| format!("{:?}", request.query()), "Some(\"\")");
        check(Call::new("GET", "/"), |request| request.header_names().len().to_string(), "0");
    }

    #[test]
    fn a_body_is_read_piece_by_piece() {
        let read = |request: Request| {
            let mut start = [0; 3];
            request.body().read_exact(&mut start).unwrap();
            let rest = request.body_bytes().unwrap();
            format!("{} {:?} {:?}", request.body_size(), start, text(rest))
        };
        check(Call::new("POST", "/").body("abcde"), read, "5 [97, 98, 99] \"de\"");
    }
}
