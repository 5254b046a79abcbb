//! Finds where a request's head ends, one byte after the other, and refuses early what can't become
//! one. What the lines say is `request`'s.
//!
//! The state depends on the bytes alone, never on how they were cut into packets, and each byte is
//! looked at once: a client that sends single bytes costs no more than another.

use super::limits::{LEADING_LINES, METHOD_SIZE, VERSION_SIZE};
use super::{Limits, Refusal};

/// How far the search for the end of a head has come.
#[derive(Debug)]
pub(super) struct HeadScan {
    place: Place,
    /// Where the current place began; in the header lines, where the first of them began.
    began: usize,
    /// The next byte to look at.
    next: usize,
    /// Where the request line begins.
    line: usize,
    /// Where its version's last digit is.
    minor: usize,
    /// Empty lines before the request line, later header lines.
    lines: usize,
    after_return: bool,
    line_end: LineEnd,
}

/// What ends a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LineEnd {
    /// CR LF.
    Whole,
    /// CR LF, or LF alone, which is taken in heads for the sake of people who type them.
    /// Spec: RFC 9112 section 2.2.
    Any,
}

/// The part of a head that a byte belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Leading,
    Method,
    Target,
    Version,
    LineStart,
    Line,
}

/// A whole head, as places in the bytes that were scanned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// The request line's first byte.
    pub(super) start: usize,
    /// Where the version's last digit is.
    pub(super) minor: usize,
    /// One past the empty line.
    pub(super) end: usize,
    /// The number of header lines.
    pub(super) headers: usize,
}

impl HeadScan {
    pub(super) fn new() -> Self {
        Self {
            place: Place::Leading,
            began: 0,
            next: 0,
            line: 0,
            minor: 0,
            lines: 0,
            after_return: false,
            line_end: LineEnd::Any,
        }
    }

    /// The scan of a trailer: lines as in a head, without a request line before. Software sends
    /// it, so its lines end as all others around chunks.
    pub(super) fn of_trailer() -> Self {
        Self { place: Place::LineStart, line_end: LineEnd::Whole, ..Self::new() }
    }

    /// Goes on where the last call stopped; `bytes` is all that came since the head's begin.
    pub(super) fn advance(
        &mut self,
        bytes: &[u8],
        limits: &Limits,
    ) -> Result<Option<Head>, Refusal> {
        while let Some(&byte) = bytes.get(self.next) {
            let at = self.next;
            self.next += 1;
            if self.after_return && byte != b'\n' {
                return Err(Refusal::ControlCharacter);
            }
            if byte == b'\n' && !self.after_return && self.line_end == LineEnd::Whole {
                return Err(Refusal::HeaderLine);
            }
            self.after_return = byte == b'\r';
            match byte {
                b'\n' => {
                    if let Some(head) = self.line_end(bytes, at, limits)? {
                        return Ok(Some(head));
                    }
                }
                b'\r' => {}
                b'\t' | b' '..=b'~' | 0x80.. => self.inside(byte, at, limits)?,
                0..=8 | 11..=12 | 14..=31 | 127 => return Err(Refusal::ControlCharacter),
            }
            self.check_size(limits)?;
        }
        Ok(None)
    }

    /// Whether a byte of a request has come; empty lines before it are none.
    pub(super) fn has_begun(&self) -> bool {
        self.place != Place::Leading
    }

    /// Where the request line begins, as far as it has.
    pub(super) fn line(&self) -> usize {
        self.line
    }

    fn inside(&mut self, byte: u8, at: usize, limits: &Limits) -> Result<(), Refusal> {
        match (self.place, byte) {
            (Place::Leading, _) => {
                self.line = at;
                self.go(Place::Method, at);
            }
            (Place::Method, b' ') => self.go(Place::Target, at + 1),
            (Place::Target, b' ') => self.go(Place::Version, at + 1),
            (Place::LineStart, _) => {
                self.lines += 1;
                if self.lines > limits.max_headers {
                    return Err(Refusal::HeaderCount { limit: limits.max_headers });
                }
                self.place = Place::Line;
            }
            (Place::Method | Place::Target | Place::Version | Place::Line, _) => {}
        }
        Ok(())
    }

    fn line_end(
        &mut self,
        bytes: &[u8],
        at: usize,
        limits: &Limits,
    ) -> Result<Option<Head>, Refusal> {
        match self.place {
            Place::Leading => {
                self.lines += 1;
                if self.lines > LEADING_LINES {
                    return Err(Refusal::RequestLine);
                }
            }
            Place::Method | Place::Target => return Err(Refusal::RequestLine),
            Place::Version => {
                self.check_size(limits)?;
                check_request_line(&bytes[self.line..=at], &bytes[self.began..at])?;
                self.minor = self.began + b"HTTP/1.".len();
                self.lines = 0;
                self.go(Place::LineStart, at + 1);
            }
            Place::Line => self.place = Place::LineStart,
            Place::LineStart => {
                self.check_size(limits)?;
                let Self { line: start, minor, lines: headers, .. } = *self;
                return Ok(Some(Head { start, minor, end: at + 1, headers }));
            }
        }
        Ok(None)
    }

    fn go(&mut self, place: Place, began: usize) {
        self.place = place;
        self.began = began;
    }

    fn check_size(&self, limits: &Limits) -> Result<(), Refusal> {
        let size = self.next - self.began;
        match self.place {
            Place::Method if size > METHOD_SIZE => Err(Refusal::MethodSize),
            Place::Target if size > limits.max_target_size => {
                Err(Refusal::TargetSize { limit: limits.max_target_size })
            }
            Place::Version if size > VERSION_SIZE => Err(Refusal::RequestLine),
            Place::LineStart | Place::Line if size > limits.max_header_size => {
                Err(Refusal::HeaderSize { limit: limits.max_header_size })
            }
            Place::Leading
            | Place::Method
            | Place::Target
            | Place::Version
            | Place::LineStart
            | Place::Line => Ok(()),
        }
    }
}

/// Refuses a request line before its headers have come. Spec: RFC 9112 section 3.
fn check_request_line(line: &[u8], version: &[u8]) -> Result<(), Refusal> {
    match httparse::Request::new(&mut []).parse(line) {
        Ok(_) => Ok(()),
        Err(httparse::Error::Version) => match major_version(version) {
            Some(b'1') => Ok(()),
            Some(_) => Err(Refusal::Version),
            None => Err(Refusal::RequestLine),
        },
        Err(_) => Err(Refusal::RequestLine),
    }
}

/// The major version's digit. A minor version that is not known yet changes nothing that matters.
/// Spec: RFC 9112 section 2.3, RFC 9110 section 2.5.
fn major_version(text: &[u8]) -> Option<u8> {
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    match text {
        [b'H', b'T', b'T', b'P', b'/', major, b'.', minor]
            if major.is_ascii_digit() && minor.is_ascii_digit() =>
        {
            Some(*major)
        }
        _ => None,
    }
}
