//! The bytes that have come from a client: heads are taken from their front, then bodies.

use super::head::HeadScan;
use super::{Limits, Refusal, Request};

/// Where a body ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// After so many bytes, possibly none.
    Length(u64),
}

/// What has been received and not been used yet. Feed it, ask it for the next request, then take
/// that request's body before asking again.
#[derive(Debug)]
pub struct Incoming {
    bytes: Vec<u8>,
    scan: HeadScan,
    limits: Limits,
}

impl Incoming {
    /// Nothing received yet.
    pub fn new(limits: Limits) -> Self {
        Self { bytes: Vec::new(), scan: HeadScan::new(), limits }
    }

    /// Adds what has come.
    pub fn receive(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The next request's head; `None` until it is complete. After a refusal nothing that follows
    /// on this connection can be trusted.
    pub fn next_request(&mut self) -> Result<Option<Request>, Refusal> {
        let Some(head) = self.scan.advance(&self.bytes, &self.limits)? else {
            return Ok(None);
        };
        self.scan = HeadScan::new();
        let rest = self.bytes.split_off(head.end);
        let mut bytes = std::mem::replace(&mut self.bytes, rest);
        bytes.drain(..head.start);
        Request::parse(bytes, head.headers, &self.limits).map(Some)
    }

    /// Whether a part of a next request has come.
    pub fn has_begun(&self) -> bool {
        self.scan.has_begun()
    }

    /// Drops up to `wanted` bytes of a body and says how many are still to come.
    pub fn skip_body(&mut self, wanted: u64) -> u64 {
        let here = usize::try_from(wanted).unwrap_or(usize::MAX).min(self.bytes.len());
        self.bytes.drain(..here);
        wanted - here as u64
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::server::http::{Persistence, Target};

    const LIMITS: Limits =
        Limits { max_headers: 4, max_target_size: 20, max_header_size: 120, max_body_size: 100 };

    /// Everything that a stream of bytes says, as text: a line a request, then how it ends.
    fn story(pieces: &[&[u8]]) -> Vec<String> {
        let mut incoming = Incoming::new(LIMITS);
        let mut story = Vec::new();
        let mut skip = 0;
        for piece in pieces {
            incoming.receive(piece);
            loop {
                skip = incoming.skip_body(skip);
                if skip > 0 {
                    break;
                }
                match incoming.next_request() {
                    Ok(Some(request)) => {
                        let Framing::Length(length) = request.framing();
                        skip = length;
                        story.push(line(&request));
                    }
                    Ok(None) => break,
                    Err(refusal) => {
                        story.push(format!("{}: {refusal}", refusal.status()));
                        return story;
                    }
                }
            }
        }
        let rest = if incoming.has_begun() || skip > 0 { "unfinished" } else { "end" };
        story.push(rest.into());
        story
    }

    fn line(request: &Request) -> String {
        let target = match request.target() {
            Target::Path(path, None) => path.to_string(),
            Target::Path(path, Some(query)) => format!("{path} ? {query}"),
            Target::Server => "server".into(),
        };
        let Framing::Length(length) = request.framing();
        let mut line = format!("{} {target} {length}", request.method());
        if request.persistence() == Persistence::Close {
            line.push_str(" close");
        }
        if request.awaits_continue() {
            line.push_str(" awaits");
        }
        line
    }

    fn check(bytes: &str, expected: &[&str]) {
        assert_eq!(story(&[bytes.as_bytes()]), expected, "{bytes:?}");
    }

    /// A request whose header lines are these, after a good `Host`.
    fn check_lines(lines: &str, expected: &[&str]) {
        check(&format!("GET / HTTP/1.1\r\nHost: a\r\n{lines}\r\n"), expected);
    }

    #[test]
    fn requests_are_read_with_their_target_body_and_persistence() {
        check("GET / HTTP/1.1\r\nHost: a\r\n\r\n", &["GET / 0", "end"]);
        check("GET /a%20b?c=d?e HTTP/1.1\r\nhOST:\r\n\r\n", &["GET /a%20b ? c=d?e 0", "end"]);
        check("GET /? HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", &["GET / ?  0", "end"]);
        check("\r\n\nGET / HTTP/1.1\nHost: a:80\n\n", &["GET / 0", "end"]);
        check("GET / HTTP/1.0\r\n\r\n", &["GET / 0 close", "end"]);
        check("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", &["GET / 0", "end"]);
        check_lines("Connection: x, CLOSE\r\n", &["GET / 0 close", "end"]);
        check_lines("Connection: keep-alive\r\nConnection: close\r\n", &["GET / 0 close", "end"]);
        check_lines("Content-Length: 3\r\nContent-Length: 03, 3\r\n", &["GET / 3", "unfinished"]);
        check("GET / HTTP/1.1\r\nHost: a\r\n", &["unfinished"]);
        check("", &["end"]);
        check("\r\n", &["end"]);
    }

    #[test]
    fn requests_follow_each_other_at_the_end_of_the_body() {
        check(
            "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nGET /\
             GET /2 HTTP/1.1\r\nHost: a\r\n\r\nGET /3 HTTP/1.0\r\n\r\n",
            &["POST /1 5", "GET /2 0", "GET /3 0 close", "end"],
        );
    }

    #[test]
    fn targets_have_the_form_that_their_method_allows() {
        let check = |line: &str, expected: &str| {
            let bytes = format!("{line} HTTP/1.1\r\nHost: a\r\n\r\n");
            assert_eq!(story(&[bytes.as_bytes()])[0], expected, "{line}");
        };
        check("OPTIONS *", "OPTIONS server 0");
        check("OPTIONS http://a", "OPTIONS server 0");
        check("GET http://a", "GET / 0");
        check("GET HTTPS://a:1?b", "GET / ? b 0");
        check("GET http://a/b/?c", "GET /b/ ? c 0");
        check("GET //a/b", "GET //a/b 0");
        let bad = "400: malformed request target";
        for line in [
            "GET *",
            "GET a",
            "GET /a#b",
            "GET /é",
            "GET ftp://a/",
            "GET http:///a",
            "GET http://u@a/",
        ] {
            check(line, bad);
        }
        check("CONNECT a:1", "501: tunnels are not supported");
    }

    #[test]
    fn a_request_line_is_method_target_version() {
        let bad = "400: malformed request line";
        for line in
            ["GET", "GET /", "GET / ", "GET  / HTTP/1.1", "GET /  HTTP/1.1", "GET / HTTP/1.1 "]
        {
            check(&format!("{line}\r\n"), &[bad]);
        }
        for line in
            ["GET / http/1.1", "GET / HTTP/1", "GET / HTTP/11", "G(T / HTTP/1.1", " / HTTP/1.1"]
        {
            check(&format!("{line}\r\n"), &[bad]);
        }
        check("GET / HTTP/1.2\r\n", &["505: HTTP version not supported"]);
        check("PRI * HTTP/2.0\r\n", &["505: HTTP version not supported"]);
        check(&"\r\n".repeat(5), &[bad]);
        check("\x16\x03\x01", &["400: control character in the head"]);
        check("GET\t/", &["unfinished"]);
        check(&"A".repeat(33), &["501: unknown method"]);
    }

    #[test]
    fn header_lines_have_one_reading() {
        let line = "400: malformed header line";
        let control = "400: control character in the head";
        for bad in
            ["A\r\n", "A : b\r\n", " A: b\r\n", "A: b\r\n c\r\n", ": b\r\n", "A\u{e9}: b\r\n"]
        {
            check_lines(bad, &[line]);
        }
        for bad in ["A: b\rc\r\n", "A: b\0c\r\n", "A: \x7f\r\n", "A: b\r\r\n", "\r\x0b"] {
            check_lines(bad, &[control]);
        }
        check_lines("A:\tb\u{e9} \r\nA:\r\n", &["GET / 0", "end"]);
    }

    #[test]
    fn one_host_is_needed() {
        let bad = ["400: missing, repeated or malformed Host"];
        check("GET / HTTP/1.1\r\n\r\n", &bad);
        check_lines("Host: a\r\n", &bad);
        check("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", &bad);
        for host in ["a b", "a/b", "u@a", "a:b", "a:1:2", "[::1", "[]", "a,b/c", "\u{e9}"] {
            check(&format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n"), &bad);
        }
    }

    #[test]
    fn lengths_that_two_readers_could_read_differently_are_refused() {
        let bad = ["400: malformed or differing Content-Length"];
        for value in ["", "+1", "-1", "0x1", "1 2", "1,", "1, 2", "1;", "\u{661}"] {
            check_lines(&format!("Content-Length: {value}\r\n"), &bad);
        }
        check_lines("Content-Length: 1\r\ncontent-length: 2\r\n", &bad);
        check_lines("Transfer-Encoding: chunked\r\n", &["501: Transfer-Encoding is not supported"]);
        check_lines("Transfer-Encoding:\r\n", &["501: Transfer-Encoding is not supported"]);
        check_lines(
            "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
            &["400: both Transfer-Encoding and Content-Length"],
        );
        check(
            "GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
            &["400: Transfer-Encoding in HTTP/1.0"],
        );
    }

    #[test]
    fn sizes_are_limited_to_the_byte() {
        check_lines("Content-Length: 100\r\n", &["GET / 100", "unfinished"]);
        check_lines("Content-Length: 101\r\n", &["413: body too large: 101 bytes, limit 100"]);
        check_lines(
            "Content-Length: 99999999999999999999999\r\n",
            &["413: body too large: 18446744073709551615 bytes, limit 100"],
        );
        let target = |size| format!("GET /{} HTTP/1.0\r\n\r\n", "a".repeat(size));
        check(&target(19), &[&format!("GET /{} 0 close", "a".repeat(19)), "end"]);
        check(&target(20), &["414: request target too long: limit 20 bytes"]);
        check_lines("A:\r\nB:\r\nC:\r\n", &["GET / 0", "end"]);
        check_lines("A:\r\nB:\r\nC:\r\nD:", &["431: too many header lines: limit 4"]);
        let header = |size| format!("GET / HTTP/1.0\r\nA:{}\r\n\r\n", "b".repeat(size));
        check(&header(114), &["GET / 0 close", "end"]);
        check(&header(115), &["431: header lines too large: limit 120 bytes"]);
    }

    #[test]
    fn expectations_are_met_or_refused() {
        check_lines(
            "Expect: 100-Continue\r\nContent-Length: 1\r\n",
            &["GET / 1 awaits", "unfinished"],
        );
        check_lines("Expect: 100-continue\r\n", &["GET / 0", "end"]);
        check_lines("Expect: 200-ok\r\n", &["417: unknown expectation"]);
        check(
            "GET / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n1",
            &["GET / 1 close", "end"],
        );
    }

    /// Pieces that are likely to meet in a request, good and bad.
    fn stream() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            Just("GET / HTTP/1.1\r\nHost: a\r\n".as_bytes().to_vec()),
            Just("POST /a?b HTTP/1.0\r\n".as_bytes().to_vec()),
            Just("Content-Length: 7\r\n".as_bytes().to_vec()),
            Just("Connection: close\r\n".as_bytes().to_vec()),
            Just("Expect: 100-continue\r\n".as_bytes().to_vec()),
            Just("Transfer-Encoding: chunked\r\n".as_bytes().to_vec()),
            Just("\r\n".as_bytes().to_vec()),
            Just("\r\n".as_bytes().to_vec()),
            Just("\n".as_bytes().to_vec()),
            Just("\r".as_bytes().to_vec()),
            Just("body".as_bytes().to_vec()),
            prop::collection::vec(any::<u8>(), 0..4),
            "[ -~]{0,12}".prop_map(String::into_bytes),
        ];
        prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn the_same_bytes_say_the_same_however_they_are_cut(bytes in stream()) {
            let whole = story(&[&bytes]);
            for cut in 0..=bytes.len() {
                prop_assert_eq!(&story(&[&bytes[..cut], &bytes[cut..]]), &whole);
            }
            let single: Vec<_> = bytes.chunks(1).collect();
            prop_assert_eq!(&story(&single), &whole);
        }
    }
}
