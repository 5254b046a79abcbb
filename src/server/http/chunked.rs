//! The chunked transfer coding: a body in pieces, each with its size before it, then trailer lines.
//!
//! Line ends are CR LF here and nothing else, chunk extensions are read over, and trailer lines are
//! checked and dropped: nobody asked for any. Spec: RFC 9112 section 7.1.

use super::head::HeadScan;
use super::limits::{ALL_EXTENSIONS_SIZE, CHUNK_EXTENSION_SIZE, CHUNK_SIZE_DIGITS};
use super::{Limits, Refusal};

/// A chunked body that is being received.
#[derive(Debug)]
pub(super) struct Chunked {
    place: Place,
    /// Bytes of the body so far, with those that the current chunk still has to bring.
    announced: u64,
    /// Bytes of all extensions so far.
    extensions: u64,
    limits: Limits,
}

#[derive(Debug)]
enum Place {
    /// In a chunk's size, of which there are so many digits.
    Size { size: u64, digits: usize },
    /// In the white space after a size, of which there are so many bytes; `;` has to follow.
    Space { size: u64, count: usize },
    /// In extensions, of which, with the space before them, there are so many bytes.
    Extension { size: u64, count: usize },
    /// After the CR of a size line.
    SizeEnd { size: u64 },
    /// In a chunk that lacks so many bytes.
    Data { left: u64 },
    /// After a chunk.
    DataReturn,
    /// After the CR behind a chunk.
    DataEnd,
    /// In the lines after the last chunk, or in the empty line after them.
    Trailer(Box<Trailer>),
    /// After the body.
    Over,
}

#[derive(Debug)]
struct Trailer {
    bytes: Vec<u8>,
    scan: HeadScan,
}

/// What a step took of the bytes that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// So many, of which none is the body's.
    Framing(usize),
    /// So many at the front are the body's.
    Data(usize),
}

impl Chunked {
    pub(super) fn new(limits: Limits) -> Self {
        Self { place: Place::Size { size: 0, digits: 0 }, announced: 0, extensions: 0, limits }
    }

    /// Whether the body and its trailer have come.
    pub(super) fn is_over(&self) -> bool {
        matches!(self.place, Place::Over)
    }

    /// Takes some of the bytes, at least one if there is one, until the body is over. Of a chunk's
    /// data it takes no more than `most`, which is not 0.
    pub(super) fn advance(&mut self, bytes: &[u8], most: usize) -> Result<Step, Refusal> {
        if let Place::Data { left } = &mut self.place {
            let count = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len()).min(most);
            *left -= count as u64;
            if *left == 0 {
                self.place = Place::DataReturn;
            }
            return Ok(Step::Data(count));
        }
        let mut taken = 0;
        while let Some(&byte) = bytes.get(taken) {
            if let Place::Trailer(trailer) = &mut self.place {
                let (count, is_over) = trailer.advance(&bytes[taken..], &self.limits)?;
                taken += count;
                if is_over {
                    self.place = Place::Over;
                }
            } else if matches!(self.place, Place::Data { .. } | Place::Over) {
                break;
            } else {
                taken += 1;
                self.framing(byte)?;
            }
        }
        Ok(Step::Framing(taken))
    }

    /// One byte around the chunks.
    fn framing(&mut self, byte: u8) -> Result<(), Refusal> {
        self.place = match (&self.place, byte) {
            (Place::Size { size, digits }, _) if byte.is_ascii_hexdigit() => {
                self.digit(*size, *digits, byte)?
            }
            (Place::Size { size, digits: 1.. }, b' ' | b'\t') => {
                Place::Space { size: *size, count: 1 }
            }
            (Place::Space { size, count }, b' ' | b'\t') => {
                Place::Space { size: *size, count: count + 1 }
            }
            (Place::Size { size, digits: 1.. }, b';') => Place::Extension { size: *size, count: 1 },
            (Place::Space { size, count }, b';')
            | (Place::Extension { size, count }, b'\t' | b' '..=b'~' | 0x80..) => {
                Place::Extension { size: *size, count: count + 1 }
            }
            (Place::Size { size, digits: 1.. } | Place::Extension { size, .. }, b'\r') => {
                Place::SizeEnd { size: *size }
            }
            (Place::SizeEnd { size: 0 }, b'\n') => Place::Trailer(Box::new(Trailer::new())),
            (Place::SizeEnd { size }, b'\n') => Place::Data { left: *size },
            (Place::DataReturn, b'\r') => Place::DataEnd,
            (Place::DataEnd, b'\n') => Place::Size { size: 0, digits: 0 },
            _ => return Err(Refusal::Chunk),
        };
        self.check_sizes()
    }

    /// What the place that has just been reached adds to what is limited.
    fn check_sizes(&mut self) -> Result<(), Refusal> {
        if let Place::Space { count, .. } | Place::Extension { count, .. } = self.place {
            self.extensions += 1;
            let most = self.announced.saturating_add(ALL_EXTENSIONS_SIZE);
            if count > CHUNK_EXTENSION_SIZE || self.extensions > most {
                return Err(Refusal::ChunkExtensions);
            }
        }
        if let Place::Data { left } = self.place {
            self.announced = self.announced.saturating_add(left);
            if self.announced > self.limits.max_body_size {
                let (size, limit) = (self.announced, self.limits.max_body_size);
                return Err(Refusal::BodySize { size, limit });
            }
        }
        Ok(())
    }

    fn digit(&self, size: u64, digits: usize, byte: u8) -> Result<Place, Refusal> {
        let value = char::from(byte).to_digit(16).ok_or(Refusal::Chunk)?;
        if digits == CHUNK_SIZE_DIGITS {
            return Err(Refusal::Chunk);
        }
        // So few digits don't overflow.
        Ok(Place::Size { size: size << 4 | u64::from(value), digits: digits + 1 })
    }
}

impl Trailer {
    fn new() -> Self {
        Self { bytes: Vec::new(), scan: HeadScan::of_trailer() }
    }

    /// Takes bytes to the end of the trailer, and says whether it has come. It may be as large as
    /// the header lines of a head.
    fn advance(&mut self, bytes: &[u8], limits: &Limits) -> Result<(usize, bool), Refusal> {
        let before = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        let Some(head) = self.scan.advance(&self.bytes, limits)? else {
            return Ok((bytes.len(), false));
        };
        let mut lines = vec![httparse::EMPTY_HEADER; head.headers];
        match httparse::parse_headers(&self.bytes[..head.end], &mut lines) {
            Ok(httparse::Status::Complete(_)) => Ok((head.end - before, true)),
            Ok(httparse::Status::Partial) | Err(_) => Err(Refusal::HeaderLine),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits =
        Limits { max_headers: 2, max_target_size: 20, max_header_size: 30, max_body_size: 40 };

    /// The body and what follows it, or why it is refused; `…` when it is not over.
    fn check(coded: &str, expected: &str) {
        for most in [1, 3, 100] {
            let mut chunked = Chunked::new(LIMITS);
            let mut rest = coded.as_bytes();
            let mut body = Vec::new();
            let found = loop {
                if chunked.is_over() {
                    assert_eq!(chunked.announced, body.len() as u64);
                    break format!("{} | {}", body.escape_ascii(), rest.escape_ascii());
                }
                if rest.is_empty() {
                    break format!("{}…", body.escape_ascii());
                }
                match chunked.advance(rest, most) {
                    Ok(Step::Framing(count)) => rest = &rest[count..],
                    Ok(Step::Data(count)) => {
                        assert!((1..=most).contains(&count));
                        body.extend_from_slice(&rest[..count]);
                        rest = &rest[count..];
                    }
                    Err(refusal) => break refusal.to_string(),
                }
            };
            assert_eq!(found, expected, "{coded:?}");
        }
    }

    #[test]
    fn chunks_are_joined_and_what_follows_is_left() {
        check("0\r\n\r\nnext", " | next");
        check("3\r\nabc\r\n0A\r\n0123456789\r\n0\r\n\r\n", "abc0123456789 | ");
        check("1\r\n\r\r\n000\r\n\r\n", "\\r | ");
        check("5\r\nab", "ab…");
        check("5\r\nabcde\r\n0\r\n", "abcde…");
    }

    #[test]
    fn extensions_and_trailers_are_read_over() {
        check("1;a=b;c=\"d;\"\r\nx\r\n0 \t; e\r\n\r\n", "x | ");
        check("0\r\nA: b\r\nC:\r\n\r\nnext", " | next");
        check("0\r\nA: b\r\nB:\r\nC:\r\n\r\n", "too many header lines: limit 2");
        check(
            &format!("0\r\nA: {}\r\n\r\n", "b".repeat(30)),
            "header lines too large: limit 30 bytes",
        );
        check("0\r\nA b\r\n\r\n", "malformed header line");
        check("0\r\n A: b\r\n\r\n", "malformed header line");
        check("0\r\nA: b\n\r\n", "malformed header line");
        check("0\r\n\n", "malformed header line");
        check("0\r\nA: \0\r\n\r\n", "control character in the head");
    }

    #[test]
    fn anything_else_is_no_chunk() {
        for bad in [
            "\r\n",
            "g\r\n",
            ";a\r\n",
            " 1\r\n",
            "-1\r\n",
            "+1\r\n",
            "0x1\r\n",
            "1\n",
            "1\r\r",
            "1\r\nab\r\n",
            "1\r\na\n",
            "1\r\na0\r\n",
            "1;\0\r\n",
            "1;\n",
            "1 \r\n",
            "1 2\r\n",
            "1 a;b\r\n",
        ] {
            check(bad, "malformed chunk");
        }
        check(&format!("{}1\r\n", "0".repeat(CHUNK_SIZE_DIGITS)), "malformed chunk");
    }

    #[test]
    fn extensions_are_limited_for_each_chunk_and_all_of_a_body() {
        let large = "chunk extensions too large";
        let most = "e".repeat(CHUNK_EXTENSION_SIZE - 1);
        check(&format!("1;{most}\r\nx"), "x…");
        check(&format!("1;{most}e\r\nx"), large);
        check(&format!("1{}", " ".repeat(CHUNK_EXTENSION_SIZE + 1)), large);
        let limits = Limits { max_body_size: 1_000_000, ..LIMITS };
        let bytes = format!("1;{most}\r\nx\r\n").repeat(1_000).into_bytes();
        let (mut chunked, mut taken, mut body) = (Chunked::new(limits), 0, 0);
        let refusal = loop {
            match chunked.advance(&bytes[taken..], usize::MAX) {
                Ok(Step::Framing(count)) => taken += count,
                Ok(Step::Data(count)) => (taken, body) = (taken + count, body + count),
                Err(refusal) => break refusal,
            }
        };
        assert_eq!((refusal, body), (Refusal::ChunkExtensions, 64));
    }

    #[test]
    fn the_sum_of_all_chunks_is_limited_before_they_come() {
        check(&format!("28\r\n{}\r\n0\r\n\r\n", "a".repeat(40)), &format!("{} | ", "a".repeat(40)));
        check("29\r\n", "body too large: 41 bytes, limit 40");
        check(&format!("20\r\n{}\r\n9\r\n", "a".repeat(32)), "body too large: 41 bytes, limit 40");
        check("ffffffffffffffff\r\n", "body too large: 18446744073709551615 bytes, limit 40");
    }
}
