//! The bytes that have come from a client: heads are taken from their front, then bodies.

use super::chunked::{Chunked, Step};
use super::head::HeadScan;
use super::{Content, Limits, Refusal, Request};

/// Where a body ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// After so many bytes, possibly none.
    Length(u64),
    /// Where its chunks say so. Spec: RFC 9112 section 7.1.
    Chunked,
}

/// What has been received and not been used yet. Feed it, ask it for the next request, then take
/// that request's body before asking again.
#[derive(Debug)]
pub struct Incoming {
    bytes: Vec<u8>,
    /// How many bytes at the front have been used.
    used: usize,
    scan: HeadScan,
    limits: Limits,
}

/// A request's body, as far as it has not been taken from the [`Incoming`] bytes.
#[derive(Debug)]
pub struct Body {
    framing: Rest,
    taken: u64,
}

#[derive(Debug)]
enum Rest {
    Length(u64),
    Chunked(Chunked),
}

impl Incoming {
    /// Nothing received yet.
    pub fn new(limits: Limits) -> Self {
        Self { bytes: Vec::new(), used: 0, scan: HeadScan::new(), limits }
    }

    /// Adds what has come.
    pub fn receive(&mut self, bytes: &[u8]) {
        self.bytes.drain(..self.used);
        self.used = 0;
        self.bytes.extend_from_slice(bytes);
    }

    /// The next request's head; `None` until it is complete. After a refusal nothing that follows
    /// on this connection can be trusted.
    pub fn next_request(&mut self) -> Result<Option<Request>, Refusal> {
        let bytes = &self.bytes[self.used..];
        let Some(head) = self.scan.advance(bytes, &self.limits)? else {
            return Ok(None);
        };
        let request = bytes[head.start..head.end].to_vec();
        let request = Request::parse(request, &head, &self.limits)?;
        self.scan = HeadScan::new();
        self.used += head.end;
        Ok(Some(request))
    }

    /// What a client reads of the answer to a head that was refused, or that did not end.
    pub fn content_of_refused(&self) -> Content {
        let line = &self.bytes[self.used + self.scan.line()..];
        if line.starts_with(b"HEAD ") { Content::Described } else { Content::Sent }
    }

    /// Whether a part of a next request has come.
    pub fn has_begun(&self) -> bool {
        self.scan.has_begun()
    }

    /// Whether all that has come has been used.
    pub fn is_empty(&self) -> bool {
        self.used == self.bytes.len()
    }

    /// Gives memory back that isn't needed while nothing comes.
    pub fn shrink(&mut self) {
        if self.is_empty() {
            self.bytes = Vec::new();
            self.used = 0;
        }
    }

    /// The body of a request that has just been taken from here.
    pub fn body_of(&self, request: &Request) -> Body {
        let framing = match request.framing() {
            Framing::Length(length) => Rest::Length(length),
            Framing::Chunked => Rest::Chunked(Chunked::new(self.limits)),
        };
        Body { framing, taken: 0 }
    }

    /// Takes the next bytes of a body, as many as have come and `into` has room for. None are the
    /// body's end if it [is over](Body::is_over), else more have to be received.
    pub fn take_body(&mut self, body: &mut Body, into: &mut [u8]) -> Result<usize, Refusal> {
        let mut count = 0;
        while self.used < self.bytes.len() && count < into.len() && !body.is_over() {
            let bytes = &self.bytes[self.used..];
            let room = into.len() - count;
            match body.advance(bytes, room)? {
                Step::Framing(taken) => self.used += taken,
                Step::Data(taken) => {
                    into[count..count + taken].copy_from_slice(&bytes[..taken]);
                    count += taken;
                    self.used += taken;
                }
            }
        }
        Ok(count)
    }
}

impl Body {
    /// Whether all of it has been taken.
    pub fn is_over(&self) -> bool {
        match &self.framing {
            Rest::Length(left) => *left == 0,
            Rest::Chunked(chunked) => chunked.is_over(),
        }
    }

    /// Bytes that have been taken.
    pub fn taken(&self) -> u64 {
        self.taken
    }

    /// The length of all of it, taken or not, where that is known.
    pub fn size(&self) -> Option<u64> {
        match &self.framing {
            Rest::Length(left) => Some(self.taken + left),
            Rest::Chunked(chunked) => chunked.is_over().then_some(self.taken),
        }
    }

    fn advance(&mut self, bytes: &[u8], most: usize) -> Result<Step, Refusal> {
        let step = match &mut self.framing {
            Rest::Length(left) => {
                let here = usize::try_from(*left).unwrap_or(usize::MAX);
                let count = here.min(bytes.len()).min(most);
                *left -= count as u64;
                Step::Data(count)
            }
            Rest::Chunked(chunked) => chunked.advance(bytes, most)?,
        };
        if let Step::Data(count) = step {
            self.taken += count as u64;
        }
        Ok(step)
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
        let mut body: Option<(Body, String)> = None;
        for piece in pieces {
            incoming.receive(piece);
            if let Err(refusal) = tell(&mut incoming, &mut body, &mut story) {
                story.push(format!("{}: {refusal}", refusal.status()));
                return story;
            }
        }
        let rest = if incoming.has_begun() || body.is_some() { "unfinished" } else { "end" };
        story.push(rest.into());
        story
    }

    fn tell(
        incoming: &mut Incoming,
        body: &mut Option<(Body, String)>,
        story: &mut Vec<String>,
    ) -> Result<(), Refusal> {
        loop {
            if let Some((rest, text)) = body {
                let mut room = [0; 3];
                loop {
                    let count = incoming.take_body(rest, &mut room)?;
                    *text += &room[..count].escape_ascii().to_string();
                    if rest.is_over() || count == 0 {
                        break;
                    }
                }
                if !rest.is_over() {
                    return Ok(());
                }
                if !text.is_empty() {
                    assert!(rest.size() == Some(rest.taken()));
                    story.push(format!("  {text}"));
                }
                *body = None;
            }
            let Some(request) = incoming.next_request()? else { return Ok(()) };
            story.push(line(&request));
            *body = Some((incoming.body_of(&request), String::new()));
        }
    }

    fn framing(request: &Request) -> String {
        match request.framing() {
            Framing::Length(length) => length.to_string(),
            Framing::Chunked => "chunked".to_owned(),
        }
    }

    fn line(request: &Request) -> String {
        let target = match request.target() {
            Target::Path(path, None) => path.to_string(),
            Target::Path(path, Some(query)) => format!("{path} ? {query}"),
            Target::Server => "server".into(),
        };
        let mut line = format!("{} {target} {}", request.method(), framing(request));
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
            &["POST /1 5", "  GET /", "GET /2 0", "GET /3 0 close", "end"],
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
        check("GET / HTTP/1.7\r\nHost: a\r\n\r\n", &["GET / 0", "end"]);
        check("GET / HTTP/0.9\r\n", &["505: HTTP version not supported"]);
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
        for host in ["a b", "u@a", "a:1:2", "[::1", "%zz"] {
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
    fn chunked_bodies_end_where_their_chunks_say() {
        let chunked = |codings: &str, body: &str| {
            format!("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: {codings}\r\n\r\n{body}")
        };
        let body = "2\r\nab\r\n3\r\ncde\r\n0\r\nA: b\r\n\r\nGET / HTTP/1.0\r\n\r\n";
        for codings in ["chunked", "Chunked", ", chunked", "\r\nTransfer-Encoding: CHUNKED"] {
            check(&chunked(codings, body), &["PUT / chunked", "  abcde", "GET / 0 close", "end"]);
        }
        check(&chunked("chunked", "2\r\nab\r\n0\r\n"), &["PUT / chunked", "unfinished"]);
        check(&chunked("chunked", "2\r\nabc"), &["PUT / chunked", "400: malformed chunk"]);
        let last = "400: chunked is not the last transfer coding";
        for codings in ["", "gzip", "chunked, gzip", "chunked, chunked", "chunked;a=b", ","] {
            check(&chunked(codings, ""), &[last]);
        }
        check(&chunked("gzip, chunked", ""), &["501: unknown transfer coding"]);
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
            &["GET / 1 close", "  1", "end"],
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
            Just("3\r\nabc\r\n".as_bytes().to_vec()),
            Just("0\r\n".as_bytes().to_vec()),
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
