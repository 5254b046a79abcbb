//! What is around a request: the environment table, the time, random bytes.

use std::time::{Duration, SystemTime};

use crate::{fetch, host, text};

/// A value of the table `env` that the server's configuration gives to this application.
#[must_use]
pub fn env(key: &str) -> Option<String> {
    fetch(|into| host::db_get(key.as_bytes(), into)).map(text)
}

/// The time. ([`SystemTime::now`] panics on `wasm32-unknown-unknown`.)
#[must_use]
pub fn now() -> SystemTime {
    let nanoseconds = u64::try_from(host::clock_time_get()).unwrap_or(0);
    SystemTime::UNIX_EPOCH + Duration::from_nanos(nanoseconds)
}

/// Fills a buffer with cryptographically secure bytes.
///
/// ```
/// # use serverless_wasm_guest::fill_random;
/// let mut bytes = [0; 8];
/// fill_random(&mut bytes);
/// let number = u64::from_le_bytes(bytes);
/// ```
pub fn fill_random(into: &mut [u8]) {
    host::random_get(into);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Call;

    #[test]
    fn the_table_is_asked_by_key() {
        let long = "x".repeat(1000);
        let reply = Call::new("GET", "/").env("a", "1").env("long", &long).run(|_| {
            format!("{:?} {} {:?}", env("a"), env("long") == Some("x".repeat(1000)), env("b"))
        });
        assert_eq!(reply.text(), "Some(\"1\") true None");
    }

    #[test]
    fn time_goes_on() {
        let before = SystemTime::now() - Duration::from_secs(1);
        assert!(now() > before);
    }

    #[test]
    fn a_whole_buffer_is_filled() {
        let mut bytes = [0; 64];
        fill_random(&mut bytes);
        assert_ne!(bytes[32..], [0; 32]);
    }
}
