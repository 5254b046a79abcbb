//! What a document of the repository shows: its chapters, their blocks, and the requests in them.

use crate::client::Request;
use crate::server::Server;

/// A block between fences.
pub(crate) struct Block<'a> {
    /// The line before it, empty lines aside.
    pub(crate) before: &'a str,
    /// What stands behind the opening fence.
    pub(crate) language: &'a str,
    pub(crate) text: String,
}

/// The chapter with this title, of the depth that its marks say: `## Configuration`.
pub(crate) fn chapter<'a>(document: &'a str, title: &str) -> &'a str {
    let start = document.find(&format!("\n{title}\n")).expect("the document has the chapter") + 1;
    let chapter = &document[start..];
    let depth = title.find(' ').expect("a title has marks");
    let is_next = |line: &str| {
        let marks = line.bytes().take_while(|byte| *byte == b'#').count();
        (1..=depth).contains(&marks) && line[marks..].starts_with(' ')
    };
    let mut end = title.len();
    let mut is_in_block = false;
    for line in chapter[title.len()..].split_inclusive('\n') {
        is_in_block ^= line.starts_with("```");
        if !is_in_block && is_next(line) {
            break;
        }
        end += line.len();
    }
    &chapter[..end]
}

pub(crate) fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let (mut before, mut open) = ("", None);
    for line in text.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(language), None) => {
                open = Some(Block { before, language, text: String::new() });
            }
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some(Block { text, .. })) => text.push_str(&format!("{line}\n")),
            (None, None) if line.is_empty() => {}
            (None, None) => before = line,
        }
    }
    blocks
}

/// Makes the requests that a block of the language `console` shows, `$ curl …`, and compares what
/// comes back. Gives how many there were.
pub(crate) fn check_console(server: &Server, console: &str) -> usize {
    let mut requests = 0;
    for part in console.split("$ ").filter(|part| !part.is_empty()) {
        let (command, expected) = part.split_once('\n').expect("a line has an end");
        let arguments = command.strip_prefix("curl ").expect("it is a command of curl");
        let reply = server.ask(&Request::of_curl(arguments));
        // The block ends with a line's end, whether the answer does or not.
        let printed = reply.as_curl_prints_it(arguments);
        assert_eq!(printed.trim_end_matches('\n'), expected.trim_end_matches('\n'), "{command}");
        requests += 1;
    }
    requests
}
