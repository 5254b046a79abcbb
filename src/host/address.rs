//! Addresses of other servers: how they are written, and which of them an application may reach.

use std::collections::BTreeSet;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// `host:port`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Address {
    host: Host,
    port: u16,
}

/// A host, by number or by name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
enum Host {
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
        let text = str::from_utf8(text).ok()?;
        let (host, port) = text.rsplit_once(':')?;
        if !port.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let port = port.parse().ok().filter(|port| *port > 0)?;
        let host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
            Some(number) => Host::Number(IpAddr::V6(number.parse::<Ipv6Addr>().ok()?)),
            None => match host.parse::<IpAddr>() {
                Ok(IpAddr::V4(number)) => Host::Number(IpAddr::V4(number)),
                // Without brackets nobody can tell where the port begins.
                Ok(IpAddr::V6(_)) => return None,
                Err(_) => Host::Name(name(host)?),
            },
        };
        let host = match host {
            Host::Number(number) => Host::Number(number.to_canonical()),
            Host::Name(name) => Host::Name(name),
        };
        Some(Self { host, port })
    }
}

fn name(host: &str) -> Option<String> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    let is_name = (1..=LONGEST_NAME).contains(&host.len()) && host.bytes().all(allowed);
    is_name.then(|| host.to_ascii_lowercase())
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            Host::Number(number) => SocketAddr::new(*number, self.port).fmt(f),
            Host::Name(name) => write!(f, "{name}:{}", self.port),
        }
    }
}

/// What an application may connect to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct AllowedAddresses {
    addresses: BTreeSet<Address>,
}

impl AllowedAddresses {
    pub(super) fn new(addresses: impl IntoIterator<Item = Address>) -> Self {
        Self { addresses: addresses.into_iter().collect() }
    }

    /// Whether it is listed as it is written: a name that is not listed is not even looked up.
    pub(super) fn lists(&self, address: &Address) -> bool {
        self.addresses.contains(address)
    }

    /// Whether a listed name may lead there.
    pub(super) fn permits(&self, resolved: SocketAddr) -> bool {
        let number = resolved.ip().to_canonical();
        let listed = Address { host: Host::Number(number), port: resolved.port() };
        !is_special(number) || self.lists(&listed)
    }
}

/// Addresses that no name of another server leads to honestly.
fn is_special(number: IpAddr) -> bool {
    number.is_unspecified()
        || number.is_multicast()
        || match number {
            IpAddr::V4(number) => number.is_link_local() || number.is_broadcast(),
            IpAddr::V6(number) => number.is_unicast_link_local(),
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

    /// The host without the port, as a resolver takes it.
    pub(super) fn host(&self) -> String {
        match &self.host {
            Host::Number(number) => number.to_string(),
            Host::Name(name) => name.clone(),
        }
    }

    /// The port.
    pub(super) fn port(&self) -> u16 {
        self.port
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

    fn allowed(list: &[&str]) -> AllowedAddresses {
        AllowedAddresses::new(list.iter().map(|text| Address::parse(text.as_bytes()).unwrap()))
    }

    #[test]
    fn only_what_is_listed_as_it_is_written_is_allowed() {
        let allowed = allowed(&["127.0.0.1:80", "db:5432"]);
        let lists = |text: &str| allowed.lists(&Address::parse(text.as_bytes()).unwrap());
        assert!(lists("127.0.0.1:80"));
        assert!(lists("[::ffff:127.0.0.1]:80"));
        assert!(lists("DB:5432"));
        for other in ["127.0.0.1:81", "localhost:80", "127.1:80", "db:80", "other:5432"] {
            assert!(!lists(other), "{other}");
        }
    }

    #[test]
    fn a_name_may_not_lead_to_special_addresses() {
        let allowed = allowed(&["db:80", "169.254.169.254:80"]);
        let permits = |text: &str| allowed.permits(text.parse().unwrap());
        assert!(permits("10.0.0.1:80"));
        assert!(permits("127.0.0.1:80"));
        assert!(permits("169.254.169.254:80"));
        for special in ["169.254.169.254:81", "0.0.0.0:80", "255.255.255.255:80", "224.0.0.1:80"] {
            assert!(!permits(special), "{special}");
        }
        for special in ["[fe80::1]:80", "[::]:80", "[ff02::1]:80", "[::ffff:169.254.0.1]:80"] {
            assert!(!permits(special), "{special}");
        }
    }
}
