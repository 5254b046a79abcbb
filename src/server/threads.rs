//! The threads that work on connections. There is always one that waits for the next, as far as
//! their number allows; they are made when they are needed and stay.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::connection::Step;
use super::poller::Poller;
use super::timer;

/// How much a thread reads from a connection at once.
const READ_SIZE: usize = 16 * 1024;

/// The threads of a server.
pub(super) struct Threads {
    poller: Arc<Poller>,
    limit: usize,
    /// Threads that wait for work.
    idle: AtomicUsize,
    alive: Mutex<usize>,
    /// The system has refused one, and that was reported.
    refused: AtomicBool,
    /// A thread has ended.
    done: Condvar,
}

impl Threads {
    /// Begins with one of at most `limit` threads.
    ///
    /// # Errors
    /// When the system gives not even one.
    pub(super) fn start(poller: Arc<Poller>, limit: usize) -> io::Result<Arc<Self>> {
        let threads = Arc::new(Self {
            poller,
            limit: limit.max(1),
            idle: AtomicUsize::new(0),
            alive: Mutex::new(0),
            refused: AtomicBool::new(false),
            done: Condvar::new(),
        });
        threads.grow()?;
        Ok(threads)
    }

    /// Adds a thread if there may be one more.
    fn grow(self: &Arc<Self>) -> io::Result<()> {
        let mut alive = self.alive();
        if *alive >= self.limit {
            return Ok(());
        }
        let threads = Arc::clone(self);
        self.idle.fetch_add(1, Ordering::SeqCst);
        let spawned =
            thread::Builder::new().name("connection".into()).spawn(move || threads.work());
        match spawned {
            Ok(_) => *alive += 1,
            Err(_) => drop(self.idle.fetch_sub(1, Ordering::SeqCst)),
        }
        spawned.map(drop)
    }

    /// What a thread does until the poller ends.
    fn work(self: &Arc<Self>) {
        let mut room = vec![0; READ_SIZE];
        while let Some((token, mut connection)) = self.poller.next() {
            if self.idle.fetch_sub(1, Ordering::SeqCst) == 1
                && let Err(error) = self.grow()
                && !self.refused.swap(true, Ordering::Relaxed)
            {
                tracing::error!("there are fewer than {} threads: {error}", self.limit);
            }
            // The hook has reported a panic; the connection is dropped, and nothing else saw it.
            match catch_unwind(AssertUnwindSafe(|| connection.advance(&mut room))) {
                Ok(Step::Wait) => self.poller.park(token, connection),
                Ok(Step::End) | Err(_) => self.poller.forget(token),
            }
            self.idle.fetch_add(1, Ordering::SeqCst);
        }
        *self.alive() -= 1;
        self.done.notify_all();
    }

    /// Waits until all threads are gone, after the poller has ended; false when the time is over
    /// before.
    pub(super) fn finish(&self, time: Duration) -> bool {
        let end = timer::after(Instant::now(), time);
        let mut alive = self.alive();
        while *alive > 0 {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            let woken = self.done.wait_timeout(alive, left);
            alive = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    fn alive(&self) -> MutexGuard<'_, usize> {
        self.alive.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
