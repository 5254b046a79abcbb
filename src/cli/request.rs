//! A request from the command line, as the bytes that a client would send.

use super::Failure;

/// The bytes of a request. `Host` and `Content-Length` are added where they are missing, as any
/// client would.
pub(super) fn bytes(
    method: &str,
    target: &str,
    headers: &[String],
    body: Option<&[u8]>,
) -> Result<Vec<u8>, Failure> {
    let mut head = format!("{} {} HTTP/1.1\r\n", part("METHOD", method)?, part("PATH", target)?);
    let mut has = Vec::new();
    for header in headers {
        let (name, value) = header.split_once(':').ok_or_else(|| {
            Failure::Usage(format!("`{header}` is not a header line: `Name: value` is one"))
        })?;
        let (name, value) = (part("a header's name", name)?, value.trim());
        if value.contains(['\r', '\n', '\0']) {
            return Err(Failure::Usage(format!("the value of `{name}` has more than one line")));
        }
        head += &format!("{name}: {value}\r\n");
        has.push(name.to_ascii_lowercase());
    }
    if !has.iter().any(|name| name == "host") {
        head += "Host: localhost\r\n";
    }
    let is_framed = has.iter().any(|name| name == "content-length" || name == "transfer-encoding");
    if let (Some(body), false) = (body, is_framed) {
        head += &format!("Content-Length: {}\r\n", body.len());
    }
    head += "\r\n";
    Ok([head.as_bytes(), body.unwrap_or_default()].concat())
}

/// A part of the head that can't hold spaces. What else is wrong with it, the server says.
fn part<'t>(what: &str, text: &'t str) -> Result<&'t str, Failure> {
    if text.is_empty() || text.contains(|c: char| c.is_whitespace() || c.is_control()) {
        let remedy = if what == "PATH" { "; write %20 for a space" } else { "" };
        return Err(Failure::Usage(format!("{what} is one word, found {text:?}{remedy}")));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(headers: &[&str], body: Option<&[u8]>, expected: &str) {
        let headers: Vec<_> = headers.iter().map(|header| (*header).to_owned()).collect();
        let bytes = bytes("GET", "/a?b", &headers, body).map_err(|failure| format!("{failure:?}"));
        let text = bytes.map(|bytes| String::from_utf8_lossy(&bytes).replace("\r\n", "|"));
        assert_eq!(text.unwrap_or_else(|failure| failure), expected);
    }

    #[test]
    fn what_a_client_would_add_is_added() {
        check(&[], None, "GET /a?b HTTP/1.1|Host: localhost||");
        check(&["host:a"], None, "GET /a?b HTTP/1.1|host: a||");
        check(&[], Some(b"hi"), "GET /a?b HTTP/1.1|Host: localhost|Content-Length: 2||hi");
        let given = ["Host: a", "content-length: 1"];
        check(&given, Some(b"hi"), "GET /a?b HTTP/1.1|Host: a|content-length: 1||hi");
    }

    #[test]
    fn no_argument_can_make_a_second_line() {
        check(&["A: b\r\nC: d"], None, r#"Usage("the value of `A` has more than one line")"#);
        let expected = r#"Usage("a header's name is one word, found \"A B\"")"#;
        check(&["A B: c"], None, expected);
        let expected = "Usage(\"`A` is not a header line: `Name: value` is one\")";
        check(&["A"], None, expected);
    }
}
