//! Bytes in, bytes out: the conversations of the text files beside this one, each with the
//! paragraph of the RFC that it holds the server to, through real sockets.

mod cases;
mod cuts;
mod site;

use std::net::Shutdown;
use std::time::SystemTime;

use cases::{Case, End};
use site::PROBE;

use crate::client::{Client, Running};

/// The files, and what they hold.
const FILES: [(&str, &str); 8] = [
    ("9110-fields.txt", include_str!("9110-fields.txt")),
    ("9110-semantics.txt", include_str!("9110-semantics.txt")),
    ("9112-2-messages.txt", include_str!("9112-2-messages.txt")),
    ("9112-3-request-lines.txt", include_str!("9112-3-request-lines.txt")),
    ("9112-6-bodies.txt", include_str!("9112-6-bodies.txt")),
    ("9112-7-chunks.txt", include_str!("9112-7-chunks.txt")),
    ("9112-9-connections.txt", include_str!("9112-9-connections.txt")),
    ("limits.txt", include_str!("limits.txt")),
];

fn all_cases() -> Vec<Case> {
    FILES.iter().flat_map(|(name, text)| cases::parse(name, text)).collect()
}

/// Holds a conversation with the server, and says how it went if not as the case says. `write`
/// sends what a turn has to send, in as many pieces as it likes.
///
/// Behind everything goes one more request, so that an answer out of step would be seen: it is
/// answered exactly if the case says that the connection goes on.
fn hold(
    server: &Running,
    case: &Case,
    mut write: impl FnMut(&mut Client, &[u8]),
) -> Result<(), String> {
    let mut client = server.connect();
    let mut expected = String::new();
    for (at, turn) in case.turns.iter().enumerate() {
        let is_last = at + 1 == case.turns.len();
        let mut sent = turn.sent.clone();
        expected += &turn.expected;
        match (is_last, case.end) {
            (false, _) | (true, End::Silent) => {}
            (true, End::Closed) => sent.extend_from_slice(PROBE.as_bytes()),
            (true, End::Open) => {
                sent.extend_from_slice(PROBE.as_bytes());
                expected += site::PROBE_ANSWER;
            }
        }
        write(&mut client, &sent);
        if is_last && case.end == End::Silent {
            // It fails where the server was faster.
            let _gone = client.stream.shutdown(Shutdown::Write);
        }
        let mut found = String::new();
        while is_last || found.len() < expected.len() {
            let goes_on = client.receive();
            match without_what_varies(client.received()) {
                Ok(text) => found = text,
                // A line may still be on its way.
                Err(_) if goes_on => continue,
                Err(what) => return Err(what),
            }
            if !goes_on {
                break;
            }
        }
        if found != expected {
            let place = &case.place;
            return Err(format!(
                "{place}: {}\n{}\n--- expected\n{}\n--- found\n{}\n",
                case.says,
                turn.sent.escape_ascii(),
                expected.replace('\r', "␍"),
                found.replace('\r', "␍"),
            ));
        }
    }
    Ok(())
}

/// The answers in these bytes without the lines whose values nobody can foresee. Each final answer
/// has to have them, once and well-formed.
fn without_what_varies(bytes: &[u8]) -> Result<String, String> {
    let text = String::from_utf8_lossy(bytes);
    let (mut dates, mut ids, mut answers) = (0, 0, 0);
    let mut kept = Vec::new();
    for line in text.split("\r\n") {
        if let Some(date) = line.strip_prefix("Date: ") {
            let date = httpdate::parse_http_date(date).map_err(|error| error.to_string())?;
            dates += u32::from(date <= SystemTime::now());
        } else if let Some(id) = line.strip_prefix("X-Request-Id: ") {
            ids += u32::from(id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit()));
        } else {
            // The line before may be a body's end.
            let status = line.rsplit('\n').next().unwrap_or("");
            answers += u32::from(status.starts_with("HTTP/1.1 ") && !status.contains(" 100 "));
            kept.push(line);
        }
    }
    // One that is on its way may lack some.
    if dates > answers || ids > answers || dates + 1 < answers || ids + 1 < answers {
        return Err(format!("{answers} answers, {dates} dates, {ids} ids in {text}"));
    }
    Ok(kept.join("\r\n"))
}

fn report(failures: &[String]) {
    assert!(failures.is_empty(), "{}\n{} failures", failures.join("\n"), failures.len());
}

#[test]
fn every_case_is_answered_as_it_says() {
    let server = site::start();
    let whole = |client: &mut Client, bytes: &[u8]| client.send_bytes(bytes);
    let failures: Vec<_> =
        all_cases().iter().filter_map(|case| hold(&server, case, whole).err()).collect();
    report(&failures);
}

#[test]
fn there_are_cases_enough_and_each_names_its_paragraph() {
    let cases = all_cases();
    assert!(cases.len() >= 150, "{} cases", cases.len());
    for case in &cases {
        let is_one = |rule: &str| {
            let place = [" section ", " appendix "];
            rule.starts_with("RFC ") && place.iter().any(|place| rule.contains(place))
        };
        assert!(case.rules().all(is_one), "{}: {}", case.place, case.says);
    }
}
