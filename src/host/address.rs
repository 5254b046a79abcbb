//! Addresses of other servers: how they are written. Which of them an application may reach is
//! `allowed`'s.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// `host:port`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) struct Address {
    pub(super) host: Host,
    pub(super) port: u16,
}

/// A host, by number or by name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Host {
    /// In its one form: an IPv4 address in IPv6's clothes is an IPv4 address.
    Number(IpAddr),
    /// In lower case.
    Name(String),
}

/// Longest name of a host. Spec: RFC 1035 section 2.3.4
const LONGEST_NAME: usize = 253;

impl Address {
    /// Reads `127.0.0.1:80`, `[::1]:80` or `example.org:80`.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let (host, port) = str::from_utf8(text).ok()?.rsplit_once(':')?;
        Some(Self { host: Host::parse(host)?, port: parse_port(port)? })
    }
}

/// A port to connect to, in digits alone.
pub(super) fn parse_port(text: &str) -> Option<u16> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|port| digits && *port > 0)
}

impl Host {
    /// Reads `127.0.0.1`, `[::1]` or `example.org`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let number = match text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
            Some(number) => IpAddr::V6(number.parse::<Ipv6Addr>().ok()?),
            None => match text.parse::<IpAddr>() {
                Ok(IpAddr::V4(number)) => IpAddr::V4(number),
                // Without brackets nobody can tell where the port begins.
                Ok(IpAddr::V6(_)) => return None,
                Err(_) => return name(text).map(Self::Name),
            },
        };
        Some(Self::Number(number.to_canonical()))
    }
}

fn name(host: &str) -> Option<String> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    let is_name = (1..=LONGEST_NAME).contains(&host.len()) && host.bytes().all(allowed);
    is_name.then(|| host.to_ascii_lowercase())
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(IpAddr::V4(number)) => number.fmt(f),
            Self::Number(IpAddr::V6(number)) => write!(f, "[{number}]"),
            Self::Name(name) => f.write_str(name),
        }
    }
}

impl Address {
    /// The number, when it is written as one.
    pub(super) fn number(&self) -> Option<SocketAddr> {
        match &self.host {
            Host::Number(number) => Some(SocketAddr::new(*number, self.port)),
            Host::Name(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        let found = Address::parse(text.as_bytes()).map(|address| address.to_string());
        assert_eq!(found.as_deref(), expected, "{text}");
    }

    #[test]
    fn addresses_are_host_and_port() {
        check("127.0.0.1:8181", Some("127.0.0.1:8181"));
        check("[::1]:80", Some("[::1]:80"));
        check("[::ffff:10.0.0.1]:80", Some("10.0.0.1:80"));
        check("Example.org:443", Some("example.org:443"));
        check("localhost:65535", Some("localhost:65535"));
    }

    #[test]
    fn anything_else_is_none() {
        for text in ["", ":80", "host", "host:", "host:0", "host:65536", "host:+1", "host:-1"] {
            check(text, None);
        }
        for text in ["::1:80", "[::1]", "[host]:80", "a b:80", "a/b:80", "a\0:80", "hé:80"] {
            check(text, None);
        }
        check(&format!("{}:80", "a".repeat(254)), None);
        assert_eq!(Address::parse(b"\xff:80"), None);
    }
}
