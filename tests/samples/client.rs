//! Requests, also those that the documents write as commands of curl, and what comes back.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

/// How long a client waits before the test fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// What `-w` makes curl print behind the body: the status.
const STATUS: &str = r"%{http_code}\n";

#[derive(Clone, Debug)]
pub(crate) struct Request {
    method: String,
    target: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

/// An answer as it was read.
#[derive(Debug)]
pub(crate) struct Reply {
    /// The status line and the headers, a line each.
    pub(crate) head: Vec<String>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// With no header but the host's.
    pub(crate) fn new(method: &str, target: &str) -> Self {
        let (method, target) = (method.to_owned(), target.to_owned());
        Self { method, target, headers: Vec::new(), body: Vec::new() }.header("Host", "a")
    }

    pub(crate) fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Declares its length, too.
    pub(crate) fn body(mut self, body: impl AsRef<[u8]>) -> Self {
        self.body = body.as_ref().to_owned();
        let length = self.body.len().to_string();
        self.header("Content-Length", length)
    }

    /// A body in chunks of this size.
    pub(crate) fn chunked(mut self, body: &[u8], size: usize) -> Self {
        for chunk in body.chunks(size) {
            self.body.extend(format!("{:x}\r\n", chunk.len()).as_bytes());
            self.body.extend(chunk);
            self.body.extend(b"\r\n");
        }
        self.body.extend(b"0\r\n\r\n");
        self.header("Transfer-Encoding", "chunked")
    }

    /// What curl would send, whose arguments these are: the options -A, -d, -H, -w and -X, and an
    /// address.
    pub(crate) fn of_curl(arguments: &str) -> Self {
        let mut words = words(arguments).into_iter();
        let (mut agent, mut method, mut url) = ("curl".to_owned(), None, None);
        let (mut headers, mut body) = (Vec::new(), None);
        while let Some(word) = words.next() {
            let mut value = || words.next().expect("the option has a value");
            match word.as_str() {
                "-A" => agent = value(),
                "-d" => body = Some(value()),
                "-H" => headers.push(value()),
                "-X" => method = Some(value()),
                "-w" => assert_eq!(value(), STATUS),
                option if option.starts_with('-') => panic!("what is curl's {option}?"),
                _ => url = Some(word),
            }
        }
        let url = url.expect("curl has an address");
        let (host, path) = url.split_once('/').expect("the address has a path");
        let usual = if body.is_some() { "POST" } else { "GET" };
        let mut request = Self::new(method.as_deref().unwrap_or(usual), &format!("/{path}"));
        request.headers = vec![("Host".to_owned(), host.into())];
        request = request.header("User-Agent", agent).header("Accept", "*/*");
        for header in headers {
            let (name, value) = header.split_once(": ").expect("a header is NAME: VALUE");
            request = request.header(name, value);
        }
        match body {
            Some(body) => {
                request.body(body).header("Content-Type", "application/x-www-form-urlencoded")
            }
            None => request,
        }
    }

    pub(crate) fn send(&self, address: &str) -> Reply {
        let mut stream = TcpStream::connect(address).expect("the server listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        let mut bytes = format!("{} {} HTTP/1.1\r\n", self.method, self.target).into_bytes();
        for (name, value) in &self.headers {
            bytes.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
        }
        bytes.extend(b"\r\n");
        bytes.extend(&self.body);
        stream.write_all(&bytes).expect("the server reads");
        Reply::read(&mut BufReader::new(stream), self.method == "HEAD")
    }
}

impl Reply {
    fn read(stream: &mut impl BufRead, is_head_alone: bool) -> Self {
        let mut lines = stream.by_ref().lines().map(|line| line.expect("the server answers"));
        let head: Vec<_> = lines.by_ref().take_while(|line| !line.is_empty()).collect();
        let mut reply = Self { head, body: Vec::new() };
        if !is_head_alone {
            let length =
                reply.header("Content-Length").map_or(0, |text| text.parse().expect("one"));
            reply.body = vec![0; length];
            stream.read_exact(&mut reply.body).expect("a body as long as it says");
        }
        reply
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    /// What curl prints, whose arguments these are.
    pub(crate) fn as_curl_prints_it(&self, arguments: &str) -> String {
        let mut text = self.text();
        if arguments.contains(STATUS) {
            text.push_str(&format!("{}\n", self.status()));
        }
        text
    }

    pub(crate) fn status(&self) -> u16 {
        let status = self.head[0].split(' ').nth(1).and_then(|status| status.parse().ok());
        status.expect("a status line has a status")
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// What a shell would make of a line, as far as single quotes go.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for (index, part) in line.split('\'').enumerate() {
        let is_quoted = index % 2 == 1;
        let mut pieces = if is_quoted { vec![part] } else { part.split(' ').collect() }.into_iter();
        let first = pieces.next().unwrap_or_default();
        words.last_mut().expect("there is always one").push_str(first);
        words.extend(pieces.map(str::to_owned));
    }
    words.retain(|word| !word.is_empty());
    words
}
