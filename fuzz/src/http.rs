//! Streams of bytes against the protocol: however they are cut into packets, they say the same.

use arbitrary::{Result, Unstructured};
use serverless_wasm::server::http::{Body, Incoming, Limits, Refusal};

use crate::Tried;

/// Small, so that random streams reach them.
const LIMITS: Limits =
    Limits { max_headers: 8, max_target_size: 60, max_header_size: 300, max_body_size: 200 };

/// Reads of one stream at most: each takes a byte or comes to an end.
const MOST_READS: usize = 20_000;

/// What requests are made of, good and bad.
const PIECES: &[&str] = &[
    "GET / HTTP/1.1\r\nHost: a\r\n",
    "POST /a?b HTTP/1.1\r\nHost: a:80\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: [::1]\r\n",
    "GET http://a/b HTTP/1.0\r\n",
    "PUT /%2F HTTP/1.9\r\nHost:\r\n",
    "PRI * HTTP/2.0\r\n",
    "Content-Length: 7\r\n",
    "Content-Length: 7, 7\r\n",
    "Content-Length: 201\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Transfer-Encoding: gzip, chunked\r\n",
    "Connection: close\r\n",
    "Connection: keep-alive\r\n",
    "Expect: 100-continue\r\n",
    "Host: b\r\n",
    " folded\r\n",
    "A : b\r\n",
    "\r\n",
    "\r\n\r\n",
    "\n",
    "\r",
    "3\r\nabc\r\n",
    "7;a=\"b\"\r\n1234567\r\n",
    "0\r\n\r\n",
    "0\r\nA: b\r\n\r\n",
    "ffffffffffffffff\r\n",
    "1234567",
];

/// Whatever the bytes are and however they come: the same requests and bodies, or the same refusal.
pub fn http(bytes: &[u8]) -> Tried {
    let Ok((stream, cuts)) = stream(&mut Unstructured::new(bytes)) else { return Ok(false) };
    let whole = story(&[&stream])?;
    let single: Vec<_> = stream.chunks(1).collect();
    for pieces in [cut(&stream, &cuts), single] {
        let found = story(&pieces)?;
        if found != whole {
            let stream = stream.escape_ascii();
            return Err(format!("{found:?} instead of {whole:?} for {stream} cut at {cuts:?}"));
        }
    }
    Ok(whole.len() > 1)
}

/// Pieces of the dictionary between bytes as they come, and where to cut.
fn stream(source: &mut Unstructured<'_>) -> Result<(Vec<u8>, Vec<usize>)> {
    let cuts = (0..source.int_in_range(0..=8)?)
        .map(|_| source.int_in_range(0..=600))
        .collect::<Result<_>>()?;
    let mut stream = Vec::new();
    for _ in 0..source.int_in_range(1..=30)? {
        match source.int_in_range(0..=9)? {
            0 => stream.push(source.arbitrary()?),
            1 => stream.extend_from_slice(source.bytes(4)?),
            _ => stream.extend_from_slice(source.choose(PIECES)?.as_bytes()),
        }
    }
    Ok((stream, cuts))
}

fn cut<'s>(stream: &'s [u8], cuts: &[usize]) -> Vec<&'s [u8]> {
    let mut places: Vec<_> = cuts.iter().map(|at| at % (stream.len() + 1)).collect();
    places.extend([0, stream.len()]);
    places.sort_unstable();
    places.windows(2).map(|ends| &stream[ends[0]..ends[1]]).collect()
}

/// What a stream says: a line a request, a body, a refusal, and how it ends.
fn story(pieces: &[&[u8]]) -> std::result::Result<Vec<String>, String> {
    let mut reader = Reader { incoming: Incoming::new(LIMITS), body: None, story: Vec::new() };
    let mut reads = 0;
    for piece in pieces {
        reader.incoming.receive(piece);
        loop {
            reads += 1;
            if reads > MOST_READS {
                return Err("it reads on without an end".to_owned());
            }
            match reader.step() {
                Ok(true) => {}
                Ok(false) => break,
                Err(refusal) if !(400..=599).contains(&refusal.status()) => {
                    return Err(format!("{refusal} has status {}", refusal.status()));
                }
                Err(refusal) => {
                    reader.story.push(format!("{}: {refusal}", refusal.status()));
                    return Ok(reader.story);
                }
            }
        }
    }
    let is_whole = reader.body.is_none() && !reader.incoming.has_begun();
    reader.story.push(if is_whole { "end" } else { "unfinished" }.to_owned());
    Ok(reader.story)
}

struct Reader {
    incoming: Incoming,
    body: Option<(Body, Vec<u8>)>,
    story: Vec<String>,
}

impl Reader {
    /// Takes a head or a part of a body; false when more has to come.
    fn step(&mut self) -> std::result::Result<bool, Refusal> {
        let Some((body, text)) = &mut self.body else {
            let Some(request) = self.incoming.next_request()? else { return Ok(false) };
            self.story.push(format!("{request:?}"));
            self.body = Some((self.incoming.body_of(&request), Vec::new()));
            return Ok(true);
        };
        let mut room = [0; 5];
        let count = self.incoming.take_body(body, &mut room)?;
        text.extend_from_slice(&room[..count]);
        if body.is_over() {
            self.story.push(text.escape_ascii().to_string());
            self.body = None;
            return Ok(true);
        }
        Ok(count > 0)
    }
}
