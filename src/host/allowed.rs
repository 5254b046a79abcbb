//! Which addresses an application may connect to: what its configuration lists, as it is written,
//! and of what a listed name leads to all but special addresses.

use std::collections::BTreeSet;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use super::address::{Address, Host, parse_port};

/// An entry of `allow_tcp`: `host:port`, or `host:*` for all ports of a host.
///
/// ```
/// use serverless_wasm::host::AllowedAddress;
///
/// assert!("db.internal:5432".parse::<AllowedAddress>().is_ok());
/// assert!("[::1]:*".parse::<AllowedAddress>().is_ok());
/// assert!("db.internal".parse::<AllowedAddress>().is_err());
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct AllowedAddress {
    host: Host,
    /// None: all of them.
    port: Option<u16>,
}

/// A text that is no [`AllowedAddress`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NotAnAddress;

impl fmt::Display for NotAnAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "not an address: expected `host:port` or `host:*`, as in \"db.internal:5432\", \
             \"10.0.0.5:*\" or \"[::1]:80\"",
        )
    }
}

impl std::error::Error for NotAnAddress {}

impl FromStr for AllowedAddress {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        let (host, port) = text.rsplit_once(':').ok_or(NotAnAddress)?;
        let host = Host::parse(host).ok_or(NotAnAddress)?;
        let port = match port {
            "*" => None,
            port => Some(parse_port(port).ok_or(NotAnAddress)?),
        };
        Ok(Self { host, port })
    }
}

impl fmt::Display for AllowedAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) => write!(f, "{}:{port}", self.host),
            None => write!(f, "{}:*", self.host),
        }
    }
}

/// What an application may connect to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct AllowedAddresses {
    entries: BTreeSet<AllowedAddress>,
    origin: Origin,
}

/// Where the entries come from, and so where another one belongs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Origin {
    /// The values of `env`.
    #[default]
    Environment,
    /// `allow_tcp`.
    Setting,
}

impl AllowedAddresses {
    /// The addresses among the values of `env`.
    pub(super) fn of_environment<'v>(values: impl Iterator<Item = &'v String>) -> Self {
        let addresses = values.filter_map(|value| Address::parse(value.as_bytes()));
        let entries =
            addresses.map(|Address { host, port }| AllowedAddress { host, port: Some(port) });
        Self { entries: entries.collect(), origin: Origin::Environment }
    }

    /// The entries of `allow_tcp`.
    pub(super) fn of_setting(entries: impl IntoIterator<Item = AllowedAddress>) -> Self {
        Self { entries: entries.into_iter().collect(), origin: Origin::Setting }
    }

    /// Whether it is listed as it is written: a name that is not listed is not even looked up, or
    /// a guest could tell the world what it likes in the names that it asks for.
    pub(super) fn lists(&self, address: &Address) -> bool {
        let listed =
            |port| self.entries.contains(&AllowedAddress { host: address.host.clone(), port });
        listed(Some(address.port)) || listed(None)
    }

    /// Whether a listed name may lead there.
    pub(super) fn permits(&self, resolved: SocketAddr) -> bool {
        let number = resolved.ip().to_canonical();
        let address = Address { host: Host::Number(number), port: resolved.port() };
        !is_special(number) || self.lists(&address)
    }

    /// What a log line says to someone who wants an address permitted.
    pub(super) fn remedy(&self, address: &impl fmt::Display) -> String {
        match self.origin {
            Origin::Setting => {
                format!("to permit it, add \"{address}\" to the application's `allow_tcp`")
            }
            // `allow_tcp` takes the place of what `env` permits, so it has to say that again.
            Origin::Environment => {
                let entries = self.entries.iter().map(|entry| format!("\"{entry}\", "));
                let entries: String = entries.collect();
                format!(
                    "to permit it, add `allow_tcp = [{entries}\"{address}\"]` to the application"
                )
            }
        }
    }
}

/// Addresses that no name of another server leads to honestly: they reach this machine, its
/// neighbours or a cloud's own services. Spec: RFC 6890 (registries of special addresses)
fn is_special(number: IpAddr) -> bool {
    number.is_unspecified()
        || number.is_multicast()
        || match number {
            IpAddr::V4(number) => number.is_link_local() || number.is_broadcast(),
            IpAddr::V6(number) => number.is_unicast_link_local(),
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        Address::parse(text.as_bytes()).unwrap()
    }

    fn allowed(list: &[&str]) -> AllowedAddresses {
        AllowedAddresses::of_setting(list.iter().map(|text| text.parse().unwrap()))
    }

    #[test]
    fn entries_are_a_host_and_a_port_or_all_ports() {
        for text in ["127.0.0.1:80", "[::1]:80", "db.internal:5432", "db:*", "10.0.0.1:*"] {
            assert_eq!(text.parse::<AllowedAddress>().unwrap().to_string(), text);
        }
        for text in ["", "*", "*:80", "*:*", ":*", "db", "db:", "db:**", "db:0", "::1:*", "db:80*"]
        {
            assert_eq!(text.parse::<AllowedAddress>(), Err(NotAnAddress), "{text}");
        }
    }

    #[test]
    fn only_what_is_listed_as_it_is_written_is_allowed() {
        let allowed = allowed(&["127.0.0.1:80", "db:5432", "10.0.0.1:*", "cache:*"]);
        let lists = |text: &str| allowed.lists(&address(text));
        for listed in ["127.0.0.1:80", "[::ffff:127.0.0.1]:80", "DB:5432", "10.0.0.1:1", "cache:2"]
        {
            assert!(lists(listed), "{listed}");
        }
        for other in ["127.0.0.1:81", "localhost:80", "127.1:80", "db:80", "other:5432"] {
            assert!(!lists(other), "{other}");
        }
    }

    #[test]
    fn addresses_of_the_environment_are_its_values_that_are_addresses() {
        let values = ["127.0.0.1:80", "host:*", "text", "db:5432"].map(str::to_owned);
        let allowed = AllowedAddresses::of_environment(values.iter());
        assert!(allowed.lists(&address("127.0.0.1:80")) && allowed.lists(&address("db:5432")));
        assert!(!allowed.lists(&address("host:80")));
    }

    #[test]
    fn a_name_may_not_lead_to_special_addresses() {
        let allowed = allowed(&["db:80", "169.254.169.254:80", "[fe80::2]:*"]);
        let permits = |text: &str| allowed.permits(text.parse().unwrap());
        for fine in ["10.0.0.1:80", "127.0.0.1:80", "169.254.169.254:80", "[fe80::2]:9"] {
            assert!(permits(fine), "{fine}");
        }
        for special in ["169.254.169.254:81", "0.0.0.0:80", "255.255.255.255:80", "224.0.0.1:80"] {
            assert!(!permits(special), "{special}");
        }
        for special in ["[fe80::1]:80", "[::]:80", "[ff02::1]:80", "[::ffff:169.254.0.1]:80"] {
            assert!(!permits(special), "{special}");
        }
    }

    #[test]
    fn a_refusal_says_what_to_add_and_where() {
        let wanted = address("db:5432");
        let remedy = allowed(&["10.0.0.1:80"]).remedy(&wanted);
        assert_eq!(remedy, "to permit it, add \"db:5432\" to the application's `allow_tcp`");
        let values = ["10.0.0.1:80", "text"].map(str::to_owned);
        let remedy = AllowedAddresses::of_environment(values.iter()).remedy(&wanted);
        let expected = "to permit it, add `allow_tcp = [\"10.0.0.1:80\", \"db:5432\"]` to the \
                        application";
        assert_eq!(remedy, expected);
    }
}
