//! Text that guests, modules and clients bring, made fit for a line of a log or a terminal.

/// One line of printable text: what isn't UTF-8 is replaced, control characters and line ends are
/// escaped. A line end at the very end says nothing and is left out.
pub(crate) fn escape(text: &[u8]) -> String {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    let mut line = String::with_capacity(text.len());
    for c in String::from_utf8_lossy(text).chars() {
        // Separators of lines and paragraphs, and marks that change the direction of text, could
        // make a line look like another one.
        let misleading = matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if c.is_control() || misleading {
            line.extend(c.escape_default());
        } else {
            line.push(c);
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_forge_a_line_is_escaped() {
        assert_eq!(escape(b"plain text, \xc3\xa9\n"), "plain text, é");
        assert_eq!(escape(b"a\nb\r\0\x1b[31m"), r"a\nb\r\u{0}\u{1b}[31m");
        assert_eq!(escape("\u{2028}\u{202e}\u{85}".as_bytes()), r"\u{2028}\u{202e}\u{85}");
        assert_eq!(escape(b"\xff\xfe"), "\u{fffd}\u{fffd}");
    }
}
