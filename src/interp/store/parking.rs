//! Who waits at which address of a shared memory, and waking them.
//!
//! A waiter sleeps in pieces: between two of them whoever drives the guest is asked, so that a
//! deadline or an interrupt ends a wait as it ends a loop.
//!
//! Proposal: <https://github.com/WebAssembly/threads/blob/main/proposals/threads/Overview.md>

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The longest sleep after which somebody is asked: a deadline is noticed so late at most.
pub(crate) const PIECE: Duration = Duration::from_millis(5);

/// The waiters of a memory, by address, the first come first.
#[derive(Default)]
pub(crate) struct Parking {
    queues: Mutex<Queues>,
}

type Queues = HashMap<u64, VecDeque<Arc<Place>>>;

/// A waiter's own place.
#[derive(Default)]
struct Place {
    woken: AtomicBool,
    bell: Condvar,
}

/// One who waits. Dropped, it waits no more.
pub(crate) struct Waiter {
    parking: Arc<Parking>,
    addr: u64,
    place: Arc<Place>,
    /// How long it still waits; none without end.
    left: Option<Duration>,
}

/// What a piece of sleep ended with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Rest {
    /// Somebody woke it.
    Woken,
    /// Its time is over.
    TimedOut,
    /// Neither: it waits still.
    Waits,
}

impl Parking {
    /// Joins the queue at `addr`, if `holds` says so while nobody can be woken there; for so long,
    /// or without end.
    pub(crate) fn join(
        self: &Arc<Self>,
        addr: u64,
        left: Option<Duration>,
        holds: impl FnOnce() -> bool,
    ) -> Option<Waiter> {
        let mut queues = self.queues();
        if !holds() {
            return None;
        }
        let place = Arc::new(Place::default());
        queues.entry(addr).or_default().push_back(Arc::clone(&place));
        Some(Waiter { parking: Arc::clone(self), addr, place, left })
    }

    /// Wakes at most `most` waiters at `addr`, and says how many.
    pub(crate) fn wake(&self, addr: u64, most: u32) -> u32 {
        let mut queues = self.queues();
        let Some(queue) = queues.get_mut(&addr) else { return 0 };
        let count = queue.len().min(most as usize);
        for place in queue.drain(..count) {
            place.woken.store(true, Ordering::Relaxed);
            place.bell.notify_one();
        }
        if queue.is_empty() {
            queues.remove(&addr);
        }
        count as u32
    }

    /// A panic leaves no queue half changed.
    fn queues(&self) -> MutexGuard<'_, Queues> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiter {
    /// Sleeps for a piece of the time that is left.
    pub(crate) fn rest(&mut self) -> Rest {
        let piece = self.left.map_or(PIECE, |left| left.min(PIECE));
        let Place { woken, bell } = &*self.place;
        let queues = self.parking.queues();
        let sleeps = |_: &mut Queues| !woken.load(Ordering::Relaxed);
        let slept = bell.wait_timeout_while(queues, piece, sleeps);
        drop(slept.unwrap_or_else(PoisonError::into_inner));
        if woken.load(Ordering::Relaxed) {
            return Rest::Woken;
        }
        match &mut self.left {
            // A piece that nobody interrupted has passed whole.
            Some(left) => {
                *left = left.saturating_sub(piece);
                if left.is_zero() { Rest::TimedOut } else { Rest::Waits }
            }
            None => Rest::Waits,
        }
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        let mut queues = self.parking.queues();
        let Some(queue) = queues.get_mut(&self.addr) else { return };
        queue.retain(|place| !Arc::ptr_eq(place, &self.place));
        if queue.is_empty() {
            queues.remove(&self.addr);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_come_are_woken_first_and_the_others_wait() {
        let parking = Arc::new(Parking::default());
        let join = |addr| parking.join(addr, None, || true).expect("it holds");
        let [mut first, mut second, mut other] = [join(8), join(8), join(16)];
        assert_eq!(parking.wake(8, 1), 1);
        assert_eq!(first.rest(), Rest::Woken);
        assert_eq!(second.rest(), Rest::Waits);
        assert_eq!(parking.wake(8, u32::MAX), 1);
        assert_eq!(second.rest(), Rest::Woken);
        assert_eq!(other.rest(), Rest::Waits);
        assert_eq!(parking.wake(0, u32::MAX), 0);
    }

    #[test]
    fn who_is_gone_is_not_woken_and_who_expects_another_value_does_not_wait() {
        let parking = Arc::new(Parking::default());
        assert!(parking.join(8, None, || false).is_none());
        drop(parking.join(8, None, || true));
        assert_eq!(parking.wake(8, 1), 0);
        assert!(parking.queues().is_empty());
    }

    #[test]
    fn a_wait_ends_with_its_time() {
        let parking = Arc::new(Parking::default());
        let mut waiter = parking.join(8, Some(PIECE * 2), || true).expect("it holds");
        assert_eq!(waiter.rest(), Rest::Waits);
        assert_eq!(waiter.rest(), Rest::TimedOut);
    }
}
