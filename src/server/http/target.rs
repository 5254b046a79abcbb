//! What a request is for: the forms of a target, and the parts of a URI that may stand in one.
//!
//! Spec: RFC 9112 section 3.2, RFC 3986 section 3 and appendix A.

use std::fmt;
use std::net::Ipv6Addr;
use std::ops::Range;

use super::Refusal;

/// What a request is for. Spec: RFC 9112 section 3.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target<'a> {
    /// A path as it was sent, which begins with `/`, and what follows its `?`.
    Path(&'a str, Option<&'a str>),
    /// `OPTIONS *`: the server itself.
    Server,
}

impl fmt::Display for Target<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path, None) => f.write_str(path),
            Self::Path(path, Some(query)) => write!(f, "{path}?{query}"),
            Self::Server => f.write_str("*"),
        }
    }
}

/// [`Target`] as places in the head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// An empty path (of `http://host`) means `/`.
    Path(Range<usize>, Option<Range<usize>>),
    Server,
}

/// A target, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) place: Place,
    /// Where the host and port of an absolute-form target are.
    pub(super) authority: Option<Range<usize>>,
}

/// The target's form follows from the method and its first byte; `start` is its place.
pub(super) fn parse(method: &str, target: &str, start: usize) -> Result<Parts, Refusal> {
    // Spec: RFC 9110 section 9.3.6. This server is no proxy.
    if method == "CONNECT" {
        return Err(Refusal::Tunnel);
    }
    if target == "*" && method == "OPTIONS" {
        return Ok(Parts { place: Place::Server, authority: None });
    }
    if target.starts_with('/') {
        return Ok(Parts { place: path_and_query(target, start)?, authority: None });
    }
    let (scheme, rest) = target.split_once("://").ok_or(Refusal::Target)?;
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return Err(Refusal::Target);
    }
    let length = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(length);
    // Spec: RFC 9110 section 4.2.1: no `http` URI has an empty host.
    if authority.is_empty() || authority.starts_with(':') || !is_authority(authority.as_bytes()) {
        return Err(Refusal::Target);
    }
    let end = start + target.len() - path.len();
    // Spec: RFC 9112 section 3.2.4.
    let place = if method == "OPTIONS" && path.is_empty() {
        Place::Server
    } else {
        path_and_query(path, end)?
    };
    Ok(Parts { place, authority: Some(end - length..end) })
}

/// A path that may be empty, and what follows its `?`.
fn path_and_query(text: &str, start: usize) -> Result<Place, Refusal> {
    let end = start + text.len();
    let (path, query) = match text.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (text, None),
    };
    if !is_path(path.as_bytes()) || !query.unwrap_or("").bytes().all(is_query) {
        return Err(Refusal::Target);
    }
    let mark = start + path.len();
    Ok(Place::Path(start..mark, query.map(|_| mark + 1..end)))
}

/// Segments and what is between them. Browsers send `[`, `]`, `^` and `|` as they are, though they
/// are no `pchar`. Spec: RFC 3986 section 3.3.
fn is_path(text: &[u8]) -> bool {
    text.iter().all(|&byte| is_name(byte) || b":@/[]^|".contains(&byte)) && is_encoded(text)
}

/// A query is its reader's own affair: what a browser sends in one is left as it is, `%` without
/// digits included. Spec: RFC 3986 section 3.4.
fn is_query(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b"\"#<>".contains(&byte)
}

/// `host[:port]`, without a user's name; an empty host is allowed in `Host`.
/// Spec: RFC 3986 section 3.2, RFC 9110 section 7.2.
pub(super) fn is_authority(text: &[u8]) -> bool {
    let (host, port) = match text.iter().rposition(|&byte| byte == b':') {
        Some(colon) if !text.ends_with(b"]") => (&text[..colon], &text[colon + 1..]),
        Some(_) | None => (text, &[][..]),
    };
    let is_host = match host.strip_prefix(b"[") {
        Some(literal) => literal.strip_suffix(b"]").is_some_and(is_address),
        None => host.iter().all(|&byte| is_name(byte)) && is_encoded(host),
    };
    is_host && port.iter().all(u8::is_ascii_digit)
}

/// What stands in brackets: version 6, or one that is to come. Spec: RFC 3986 section 3.2.2.
fn is_address(text: &[u8]) -> bool {
    let Some(future) = text.strip_prefix(b"v").or_else(|| text.strip_prefix(b"V")) else {
        return std::str::from_utf8(text).is_ok_and(|text| text.parse::<Ipv6Addr>().is_ok());
    };
    let Some(dot) = future.iter().position(|&byte| byte == b'.') else { return false };
    let (version, address) = (&future[..dot], &future[dot + 1..]);
    let is_address = |&byte: &u8| byte == b':' || (is_name(byte) && byte != b'%');
    !version.is_empty()
        && version.iter().all(u8::is_ascii_hexdigit)
        && !address.is_empty()
        && address.iter().all(is_address)
}

/// A byte of a registered name: unreserved, sub-delimiter or percent.
fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=%".contains(&byte)
}

/// Whether each percent has its two digits. Spec: RFC 3986 section 2.1.
fn is_encoded(text: &[u8]) -> bool {
    let mut parts = text.split(|&byte| byte == b'%');
    parts.next();
    parts.all(|part| matches!(part, [a, b, ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_host(host: &str, expected: bool) {
        assert_eq!(is_authority(host.as_bytes()), expected, "{host:?}");
    }

    #[test]
    fn hosts_are_names_or_addresses_with_or_without_a_port() {
        for good in ["", "a", "a.b-c_d~e", "a%20b", "a,b", "1.2.3.4:80", "a:", ":80", "A:065536"] {
            check_host(good, true);
        }
        for good in ["[::1]", "[::1]:80", "[::ffff:1.2.3.4]", "[v1.a:b]", "[V1f.~]:1"] {
            check_host(good, true);
        }
        for bad in ["a b", "a/b", "u@a", "a:b", "a:1:2", "a?b", "a#b", "\u{e9}", "%", "%zz"] {
            check_host(bad, false);
        }
        for bad in ["[::1", "::1", "[]", "[a]", "[1.2.3.4]", "[::1]a", "[::1%25eth0]", "a[::1]"] {
            check_host(bad, false);
        }
        for bad in ["[v.a]", "[v1]", "[v1.]", "[vg.a]", "[v1.%20]"] {
            check_host(bad, false);
        }
    }

    #[test]
    fn paths_are_encoded_and_queries_may_be_anything_visible() {
        let check = |target: &str, expected: bool| {
            assert_eq!(parse("GET", target, 0).is_ok(), expected, "{target:?}");
        };
        for good in ["/", "//", "/a;b=c,d/%2f%2F/../:@!$&'()*+~", "/a[]|^", "/?", "/?a?b/c"] {
            check(good, true);
        }
        for good in ["/?100%&a[]={b}|`\\^", "http://a?%", "http://a/%20"] {
            check(good, true);
        }
        for bad in ["/%", "/%2", "/%2g", "/{a}", "/\\", "/`", "/\"", "/a#b", "/?a#b", "/?<>"] {
            check(bad, false);
        }
        for bad in ["/\u{e9}", "/?\u{e9}", "http://:80/", "http://", "http://?", "http://[a]/"] {
            check(bad, false);
        }
    }
}
