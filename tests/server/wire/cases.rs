//! How the cases are written. A case begins with the rule in brackets and a sentence; then
//!
//! ```text
//! > text           the client sends this line and CR LF; without them if it ends in `\`
//! >.               the client says that it sends nothing more
//! < 404: Not Found                  an answer of the server's own, and its line of text
//! < 400 close: malformed chunk      after which the connection ends
//! < 200                             an answer of the site's, whose text follows
//! = text                            a line of it
//! << text          a line of an answer as it is, when neither form fits
//! . closed         the connection has ended
//! ```
//!
//! `\r`, `\n`, `\t`, `\\`, `\xHH` stand for bytes, `\(a*30)` for thirty `a`. `#` begins a comment.
//! `Date` and `X-Request-Id` are left out, since they vary.

/// A conversation.
#[derive(Debug)]
pub(crate) struct Case {
    /// File and line.
    pub(crate) place: String,
    /// The rule in brackets, and the sentence.
    pub(crate) says: String,
    pub(crate) turns: Vec<Turn>,
    pub(crate) end: End,
}

/// What is sent, then what has to come before anything else is sent.
#[derive(Debug, Default)]
pub(crate) struct Turn {
    pub(crate) sent: Vec<u8>,
    pub(crate) expected: String,
}

/// How a conversation ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The connection goes on.
    Open,
    /// The server ends it.
    Closed,
    /// The client ends it.
    Silent,
}

impl Case {
    /// The rules, of which there may be several.
    pub(crate) fn rules(&self) -> impl Iterator<Item = &str> {
        let rules = self.says.split(']').next().unwrap_or("").trim_start_matches('[');
        rules.split("; ")
    }
}

/// An answer whose text is not complete.
#[derive(Default)]
struct Answer {
    line: String,
    flags: Vec<String>,
    text: String,
}

struct Parser {
    cases: Vec<Case>,
    answer: Option<Answer>,
}

/// The cases of a file.
pub(crate) fn parse(name: &str, text: &str) -> Vec<Case> {
    let mut parser = Parser { cases: Vec::new(), answer: None };
    for (at, line) in text.lines().enumerate() {
        let place = format!("{name}:{}", at + 1);
        parser.line(line, &place);
    }
    parser.end_answer();
    parser.cases
}

impl Parser {
    fn line(&mut self, line: &str, place: &str) {
        let (mark, text) = line.split_once(' ').unwrap_or((line, ""));
        if mark != "=" {
            self.end_answer();
        }
        match mark {
            "" | "#" => {}
            ">" => self.sending().extend(unescaped(text, "\r\n", place)),
            ">." => self.case().end = End::Silent,
            "." if text == "closed" => self.closed(),
            "<" => self.answer = Some(Answer::new(text)),
            "=" => {
                let answer = self.answer.as_mut().unwrap_or_else(|| panic!("{place}: no answer"));
                answer.text += &String::from_utf8(unescaped(text, "\n", place)).unwrap();
            }
            "<<" => {
                let line = String::from_utf8(unescaped(text, "\r\n", place)).unwrap();
                self.turn().expected += &line;
            }
            _ if line.starts_with('[') => {
                let (place, says) = (place.to_owned(), line.to_owned());
                let turns = vec![Turn::default()];
                self.cases.push(Case { place, says, turns, end: End::Open });
            }
            _ => panic!("{place}: no line of a case: {line}"),
        }
    }

    fn case(&mut self) -> &mut Case {
        self.cases.last_mut().expect("a case has begun")
    }

    fn turn(&mut self) -> &mut Turn {
        self.case().turns.last_mut().expect("a case has a turn")
    }

    /// What is sent in this turn, or, when it has got its answer, in the next.
    fn sending(&mut self) -> &mut Vec<u8> {
        if !self.turn().expected.is_empty() {
            self.case().turns.push(Turn::default());
        }
        &mut self.turn().sent
    }

    fn end_answer(&mut self) {
        let Some(answer) = self.answer.take() else { return };
        self.turn().expected += &answer.bytes();
        if answer.has("close") {
            self.closed();
        }
    }

    /// The server ends the connection, whether the client has ended its side or not.
    fn closed(&mut self) {
        if self.case().end == End::Open {
            self.case().end = End::Closed;
        }
    }
}

impl Answer {
    fn new(text: &str) -> Self {
        let (line, text) = match text.split_once(": ") {
            Some((line, text)) => (line, format!("{text}\n")),
            None => (text, String::new()),
        };
        let mut words = line.split(' ').map(str::to_owned);
        Self { line: words.next().unwrap_or_default(), flags: words.collect(), text }
    }

    fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|found| found == flag)
    }

    fn bytes(&self) -> String {
        let (status, text) = (&self.line, &self.text);
        if status == "100" {
            return "HTTP/1.1 100 Continue\r\n\r\n".to_owned();
        }
        let connection = match (self.has("close"), self.has("keep-alive")) {
            (true, _) => "Connection: close\r\n",
            (false, true) => "Connection: keep-alive\r\n",
            (false, false) => "",
        };
        let body = if self.has("head") { "" } else { text };
        format!(
            "HTTP/1.1 {status} {}\r\nContent-Type: text/plain; charset=utf-8\r\n\
             Content-Length: {}\r\n{connection}\r\n{body}",
            reason(status),
            text.len(),
        )
    }
}

/// Spec: RFC 9110 section 15, RFC 6585 section 5.
fn reason(status: &str) -> &'static str {
    match status {
        "200" => "OK",
        "400" => "Bad Request",
        "404" => "Not Found",
        "405" => "Method Not Allowed",
        "413" => "Content Too Large",
        "414" => "URI Too Long",
        "417" => "Expectation Failed",
        "431" => "Request Header Fields Too Large",
        "501" => "Not Implemented",
        "505" => "HTTP Version Not Supported",
        _ => panic!("what is {status} called?"),
    }
}

/// The bytes of a line, its end included unless it says that it has none.
fn unescaped(text: &str, end: &str, place: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((before, escape)) = rest.split_once('\\') {
        bytes.extend_from_slice(before.as_bytes());
        let Some(kind) = escape.chars().next() else { return bytes };
        rest = &escape[1..];
        match kind {
            'r' => bytes.push(b'\r'),
            'n' => bytes.push(b'\n'),
            't' => bytes.push(b'\t'),
            '\\' => bytes.push(b'\\'),
            'x' => {
                bytes.push(u8::from_str_radix(&rest[..2], 16).unwrap());
                rest = &rest[2..];
            }
            '(' => {
                let (repeated, behind) = rest.split_once(')').unwrap();
                let (text, count) = repeated.rsplit_once('*').unwrap();
                bytes.extend_from_slice(text.repeat(count.parse().unwrap()).as_bytes());
                rest = behind;
            }
            _ => panic!("{place}: unknown escape \\{kind}"),
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    bytes.extend_from_slice(end.as_bytes());
    bytes
}
