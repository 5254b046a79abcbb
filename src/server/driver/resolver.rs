//! Names to addresses, in time.

use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::{Condvar, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Instant;

use crate::host::Failure;

/// Look-ups at once. The system's resolver knows no deadline, so one may go on long after its guest
/// has given up; without a bound a resolver that never answers would cost a thread for each try.
const LOOKUPS: usize = 64;

/// The places for look-ups.
static PLACES: Places = Places { taken: Mutex::new(0), given_back: Condvar::new() };

/// Asks the system's resolver on a thread of its own, which ends when the resolver does.
pub(super) fn resolve(
    (host, port): (String, u16),
    deadline: Instant,
) -> Result<Vec<SocketAddr>, Failure> {
    let place = PLACES.take(deadline).ok_or(Failure::TimedOut)?;
    let (sender, receiver) = mpsc::sync_channel(1);
    let ask = move || {
        let found = (host.as_str(), port).to_socket_addrs().map(Vec::from_iter);
        drop(place);
        // Nobody listens any more when it took too long.
        let _late = sender.send(found);
    };
    let spawned = thread::Builder::new().name("resolver".into()).spawn(ask);
    if let Err(error) = spawned {
        tracing::error!("the system gives no thread to a resolver: {error}");
        return Err(Failure::Failed);
    }
    match receiver.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
        Ok(Ok(addresses)) if !addresses.is_empty() => Ok(addresses),
        Ok(Ok(_) | Err(_)) => Err(Failure::Failed),
        Err(_) => Err(Failure::TimedOut),
    }
}

/// How many look-ups there are.
struct Places {
    taken: Mutex<usize>,
    given_back: Condvar,
}

/// A place for one look-up, until it is dropped.
struct Place<'p>(&'p Places);

impl Places {
    /// Waits for a place; `None` when there is none by the deadline.
    fn take(&self, deadline: Instant) -> Option<Place<'_>> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        while *taken >= LOOKUPS {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            let woken = self.given_back.wait_timeout(taken, left);
            taken = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
        *taken += 1;
        Some(Place(self))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        *self.0.taken.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        self.0.given_back.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn soon(milliseconds: u64) -> Instant {
        Instant::now() + Duration::from_millis(milliseconds)
    }

    #[test]
    fn names_are_resolved_in_time() {
        let found = resolve(("localhost".into(), 80), soon(10_000)).unwrap();
        assert!(found.iter().all(|address| address.ip().is_loopback() && address.port() == 80));
        assert_eq!(resolve(("name.invalid".into(), 80), Instant::now()), Err(Failure::TimedOut));
    }

    #[test]
    fn a_look_up_waits_for_its_place_until_its_deadline() {
        let places = Places { taken: Mutex::new(LOOKUPS - 1), given_back: Condvar::new() };
        let last = places.take(Instant::now()).unwrap();
        assert!(places.take(soon(20)).is_none());
        thread::scope(|scope| {
            let waiting = scope.spawn(|| places.take(soon(10_000)).is_some());
            drop(last);
            assert!(waiting.join().unwrap());
        });
    }
}
