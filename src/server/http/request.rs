//! What a head says: method, target, headers, where the body ends and whether the connection
//! persists. Every rule that guards against two readings of one message is here.

use std::ops::Range;

use super::body::Framing;
use super::head::Head;
use super::target::{self, Parts, Place, Target};
use super::{Limits, Refusal};

/// The head of a request, checked.
#[derive(Debug)]
pub struct Request {
    /// All bytes of the head, and names that it implies; the rest are places in it.
    bytes: Vec<u8>,
    method: Range<usize>,
    target: Place,
    version: Version,
    headers: Vec<(Range<usize>, Range<usize>)>,
    framing: Framing,
    persistence: Persistence,
    awaits_continue: bool,
}

/// The protocol's version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// HTTP/1.0.
    Http10,
    /// HTTP/1.1.
    Http11,
}

/// Whether a connection may carry another request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Persistence {
    /// Another request may follow.
    KeepAlive,
    /// This is the last.
    Close,
}

impl Request {
    /// Reads a head that `head.rs` found: `bytes` is all of it, from the method to the empty line.
    pub(super) fn parse(mut bytes: Vec<u8>, head: &Head, limits: &Limits) -> Result<Self, Refusal> {
        // HTTP/1.2 is understood as the version that is known. Spec: RFC 9110 section 2.5.
        if let Some(minor) = bytes.get_mut(head.minor - head.start) {
            *minor = (*minor).min(b'1');
        }
        let mut lines = vec![httparse::EMPTY_HEADER; head.headers];
        let mut parsed = httparse::Request::new(&mut lines);
        match parsed.parse(&bytes) {
            Ok(httparse::Status::Complete(size)) if size == bytes.len() => {}
            Ok(_) | Err(_) => return Err(Refusal::HeaderLine),
        }
        let (Some(method), Some(target), Some(minor)) =
            (parsed.method, parsed.path, parsed.version)
        else {
            return Err(Refusal::RequestLine);
        };
        let version = if minor == 0 { Version::Http10 } else { Version::Http11 };
        let list = Headers { lines: Lines::Parsed(parsed.headers) };
        check_host(list, version)?;
        let framing = framing(list, version, limits)?;
        let awaits_continue = awaits_continue(list, version)? && framing != Framing::Length(0);
        let persistence = persistence(list, version);
        let start = place_of(&bytes, target.as_bytes()).start;
        let Parts { place: target, authority } = target::parse(method, target, start)?;
        let method = place_of(&bytes, method.as_bytes());
        let headers = parsed
            .headers
            .iter()
            .map(|line| (place_of(&bytes, line.name.as_bytes()), place_of(&bytes, line.value)))
            .collect();
        let mut request =
            Self { bytes, method, target, version, headers, framing, persistence, awaits_continue };
        if let Some(authority) = authority {
            request.set_host(authority);
        }
        Ok(request)
    }

    /// The host of an absolute-form target stands for whatever `Host` says.
    /// Spec: RFC 9112 section 3.2.2.
    fn set_host(&mut self, authority: Range<usize>) {
        let Self { bytes, headers, .. } = self;
        let is_host = |name: &Range<usize>| bytes[name.clone()].eq_ignore_ascii_case(b"host");
        if let Some((_, value)) = headers.iter_mut().find(|(name, _)| is_host(name)) {
            *value = authority;
        } else {
            let start = bytes.len();
            bytes.extend_from_slice(b"Host");
            headers.push((start..bytes.len(), authority));
        }
    }

    /// The method, as it was sent: methods are case-sensitive.
    pub fn method(&self) -> &str {
        self.text(&self.method)
    }

    /// What the request is for.
    pub fn target(&self) -> Target<'_> {
        match &self.target {
            Place::Path(path, query) => {
                let path = if path.is_empty() { "/" } else { self.text(path) };
                Target::Path(path, query.as_ref().map(|query| self.text(query)))
            }
            Place::Server => Target::Server,
        }
    }

    /// The protocol's version.
    pub fn version(&self) -> Version {
        self.version
    }

    /// The header lines, in their order.
    pub fn headers(&self) -> Headers<'_> {
        Headers { lines: Lines::Places(&self.bytes, &self.headers) }
    }

    /// Where the body ends.
    pub fn framing(&self) -> Framing {
        self.framing
    }

    /// Whether the client would send another request on this connection.
    pub fn persistence(&self) -> Persistence {
        self.persistence
    }

    /// Whether the client holds its body back until it reads `100 Continue` or an answer.
    pub fn awaits_continue(&self) -> bool {
        self.awaits_continue
    }

    fn text(&self, place: &Range<usize>) -> &str {
        std::str::from_utf8(&self.bytes[place.clone()])
            .expect("parsed: method and target are ASCII")
    }
}

/// Header lines in their order.
#[derive(Clone, Copy, Debug)]
pub struct Headers<'a> {
    lines: Lines<'a>,
}

/// Where the lines are: as httparse leaves them, or as a [`Request`] keeps them.
#[derive(Clone, Copy, Debug)]
enum Lines<'a> {
    Parsed(&'a [httparse::Header<'a>]),
    Places(&'a [u8], &'a [(Range<usize>, Range<usize>)]),
}

impl<'a> Headers<'a> {
    /// Each line's name and value, without the white space around it.
    pub fn iter(self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        let count = match self.lines {
            Lines::Parsed(lines) => lines.len(),
            Lines::Places(_, places) => places.len(),
        };
        (0..count).map(move |at| match self.lines {
            Lines::Parsed(lines) => (lines[at].name.as_bytes(), lines[at].value),
            Lines::Places(bytes, places) => {
                let (name, value) = &places[at];
                (&bytes[name.clone()], &bytes[value.clone()])
            }
        })
    }

    /// The values of all lines of that name; names are compared without regard to case.
    pub fn values(self, name: &'static str) -> impl Iterator<Item = &'a [u8]> {
        self.iter()
            .filter(move |(found, _)| found.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| value)
    }

    /// The members of a comma-separated list that may stand on several lines, empty ones included.
    /// Spec: RFC 9110 section 5.6.1.
    fn members(self, name: &'static str) -> impl Iterator<Item = &'a [u8]> {
        self.values(name)
            .flat_map(|value| value.split(|&byte| byte == b','))
            .map(<[u8]>::trim_ascii)
    }
}

/// The place of a part in the whole that it was cut from.
fn place_of(whole: &[u8], part: &[u8]) -> Range<usize> {
    let start = part.as_ptr().addr().wrapping_sub(whole.as_ptr().addr());
    // An empty part may point anywhere.
    if part.is_empty() { 0..0 } else { start..start + part.len() }
}

/// Spec: RFC 9112 section 3.2.
fn check_host(headers: Headers<'_>, version: Version) -> Result<(), Refusal> {
    let mut hosts = headers.values("host");
    match (hosts.next(), hosts.next(), version) {
        (Some(host), None, _) if target::is_authority(host) => Ok(()),
        (None, None, Version::Http10) => Ok(()),
        (Some(_) | None, _, _) => Err(Refusal::Host),
    }
}

/// Where the body ends; what could be read in two ways is refused. Spec: RFC 9112 section 6.3.
fn framing(headers: Headers<'_>, version: Version, limits: &Limits) -> Result<Framing, Refusal> {
    let mut length = None;
    for member in headers.members("content-length") {
        let size = parse_size(member).ok_or(Refusal::ContentLength)?;
        if length.replace(size).is_some_and(|other| other != size) {
            return Err(Refusal::ContentLength);
        }
    }
    if headers.values("transfer-encoding").next().is_some() {
        return match (length, version) {
            (Some(_), _) => Err(Refusal::TwoLengths),
            (None, Version::Http10) => Err(Refusal::OldTransferEncoding),
            (None, Version::Http11) => transfer_codings(headers).map(|()| Framing::Chunked),
        };
    }
    let size = length.unwrap_or(0);
    if size > limits.max_body_size {
        return Err(Refusal::BodySize { size, limit: limits.max_body_size });
    }
    Ok(Framing::Length(size))
}

/// `chunked` is the only coding that is known, and has to be the last. Spec: RFC 9112 section 6.1.
fn transfer_codings(headers: Headers<'_>) -> Result<(), Refusal> {
    let is_chunked = |coding: &[u8]| coding.eq_ignore_ascii_case(b"chunked");
    let codings = headers.members("transfer-encoding").filter(|coding| !coding.is_empty());
    let codings: Vec<_> = codings.collect();
    match codings.split_last() {
        // Twice is as bad as in the middle.
        Some((last, others))
            if is_chunked(last) && !others.iter().any(|other| is_chunked(other)) =>
        {
            if others.is_empty() { Ok(()) } else { Err(Refusal::TransferCoding) }
        }
        Some(_) | None => Err(Refusal::NotChunked),
    }
}

/// Digits only; a number too large for 64 bits is as good as the largest.
fn parse_size(text: &[u8]) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    text.iter().try_fold(0_u64, |size, byte| {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        Some(size.saturating_mul(10).saturating_add(digit))
    })
}

/// Spec: RFC 9110 section 10.1.1.
fn awaits_continue(headers: Headers<'_>, version: Version) -> Result<bool, Refusal> {
    let mut awaits = false;
    for member in headers.members("expect").filter(|member| !member.is_empty()) {
        if !member.eq_ignore_ascii_case(b"100-continue") {
            return Err(Refusal::Expectation);
        }
        awaits = version == Version::Http11;
    }
    Ok(awaits)
}

/// Spec: RFC 9112 section 9.3.
fn persistence(headers: Headers<'_>, version: Version) -> Persistence {
    let says = |option: &[u8]| {
        headers.members("connection").any(|member| member.eq_ignore_ascii_case(option))
    };
    match version {
        _ if says(b"close") => Persistence::Close,
        Version::Http11 => Persistence::KeepAlive,
        Version::Http10 if says(b"keep-alive") => Persistence::KeepAlive,
        Version::Http10 => Persistence::Close,
    }
}
