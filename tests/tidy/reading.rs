//! Reads Rust just well enough for the checks: blanks comments and literals, finds words, braces,
//! functions and the arms of a match.

/// Lines of one arm of a function that is a pure table.
const ARM_LINES: usize = 6;

/// The name of the function whose `fn` stands at `start`, and the range of its body in braces.
pub(crate) fn function(code: &str, start: usize) -> Option<(&str, (usize, usize))> {
    let rest = code[start + 2..].trim_start();
    let name = &rest[..rest.find(|c: char| !is_word(c))?];
    if name.is_empty() {
        return None;
    }
    let mut depth = 0;
    for (offset, c) in code[start..].char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            ';' if depth == 0 => return None,
            '{' if depth == 0 => {
                return Some((name, (start + offset, closing(code, start + offset))));
            }
            _ => {}
        }
    }
    None
}

/// Whether a body is one match (perhaps the argument of a call) whose arms are one short
/// expression each: a table, which is as long as it has rows.
pub(crate) fn is_table(body: &str) -> bool {
    let Some(start) = words(body, "match").first().copied() else { return false };
    if body[..start].contains(['{', '}', ';']) {
        return false;
    }
    let Some(open) = body[start..].find('{').map(|offset| start + offset) else { return false };
    let close = closing(body, open);
    let after = body[close..].trim();
    if !after.chars().all(|c| c == ')') || has_statement(&body[open..close]) {
        return false;
    }
    arms(&body[open + 1..close - 1]).iter().all(|arm| arm.matches('\n').count() < ARM_LINES)
}

/// A semicolon that is not an array's.
fn has_statement(code: &str) -> bool {
    let mut brackets = 0;
    code.chars().any(|c| {
        brackets += i32::from(c == '[') - i32::from(c == ']');
        c == ';' && brackets == 0
    })
}

/// The right-hand sides of a match, given what is between its braces.
fn arms(inside: &str) -> Vec<&str> {
    let mut arms = Vec::new();
    let mut depth = 0;
    let mut start = None;
    let mut previous = ' ';
    for (offset, c) in inside.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            '>' if previous == '=' && depth == 0 && start.is_none() => start = Some(offset + 1),
            _ => {}
        }
        if depth == 0 && (c == ',' || c == '}') {
            arms.extend(start.take().map(|start| &inside[start..offset]));
        }
        previous = c;
    }
    arms.extend(start.map(|start| &inside[start..]));
    arms
}

pub(crate) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Where `word` stands as a whole word.
pub(crate) fn words(code: &str, word: &str) -> Vec<usize> {
    let whole = |at: &usize| {
        let before = code[..*at].chars().next_back().is_none_or(|c| !is_word(c));
        let after = code[at + word.len()..].chars().next().is_none_or(|c| !is_word(c));
        before && after
    };
    code.match_indices(word).map(|(at, _)| at).filter(whole).collect()
}

/// The position after the brace that closes the one at `open`.
pub(crate) fn closing(code: &str, open: usize) -> usize {
    let mut depth = 0;
    for (offset, c) in code[open..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return open + offset + 1;
        }
    }
    code.len()
}

pub(crate) fn blank_tests(code: &str) -> String {
    let mut shipped = code.to_owned();
    while let Some(start) = shipped.find("#[cfg(test)]") {
        let open = shipped[start..].find(['{', ';']).map_or(shipped.len(), |offset| start + offset);
        let is_block = shipped[open..].starts_with('{');
        let end = if is_block { closing(&shipped, open) } else { (open + 1).min(shipped.len()) };
        let blank: String = shipped[start..end].chars().map(blanked).collect();
        shipped.replace_range(start..end, &blank);
    }
    shipped
}

fn blanked(c: char) -> char {
    if c == '\n' { '\n' } else { ' ' }
}

/// Comments and the insides of literals become spaces; lines stay where they are.
pub(crate) fn blank_comments_and_literals(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after_word = code.chars().next_back().is_some_and(is_word);
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment(rest)
        } else if let Some(length) = raw_string(rest).filter(|_| !after_word) {
            length
        } else if c == '"' {
            1 + quoted(&rest[1..], '"')
        } else if c == '\'' {
            character(rest)
        } else {
            code.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        };
        code.extend(rest[..length].chars().map(blanked));
        rest = &rest[length..];
    }
    code
}

fn block_comment(text: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

/// The length of `r#"…"#` (with b or c before it), if one begins here.
fn raw_string(text: &str) -> Option<usize> {
    let raw = text.trim_start_matches(['b', 'c']).strip_prefix('r')?;
    let hashes = raw.len() - raw.trim_start_matches('#').len();
    let inside = raw[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let length = inside.find(&end)? + end.len();
    Some(text.len() - inside.len() + length)
}

/// The length up to and with the closing quote.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        if c == quote && !escaped {
            return at + 1;
        }
        escaped = c == '\\' && !escaped;
    }
    text.len()
}

/// A character literal's length, or 1 where the quote begins a lifetime.
fn character(text: &str) -> usize {
    let mut chars = text.chars().skip(1);
    match (chars.next(), chars.next()) {
        (Some('\\'), _) => 1 + quoted(&text[1..], '\''),
        (Some(c), Some('\'')) => 2 + c.len_utf8(),
        _ => 1,
    }
}

#[test]
fn comments_and_literals_are_blanked_line_for_line() {
    let text = "a /* b /* c */ */ 'd' \"e\\\"\n\" 'f: loop {} b\"g\" r#\"h\"\"# '\\'' i // j\nk";
    let code = blank_comments_and_literals(text);
    let words: Vec<&str> = code.split_whitespace().collect();
    assert_eq!(words, ["a", "f:", "loop", "{}", "b", "i", "k"]);
    assert_eq!(code.matches('\n').count(), 2);
    assert_eq!(code.len(), text.len());
}

#[test]
fn the_name_and_the_body_of_a_function_are_found() {
    let code = "fn name(a: [u8; 4]) -> u8 { { 1 } } x";
    assert_eq!(function(code, 0), Some(("name", (26, 35))));
    assert_eq!(function("fn declared();", 0), None);
    assert_eq!(function("fn(u8) -> u8 { }", 0), None);
}
