//! A pool of threads, each of which takes one job after the other. Threads are made when they are
//! needed and stay.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::shutdown::Bell;
use super::timer;

type Job = Box<dyn FnOnce() + Send>;

/// The pool.
#[derive(Clone)]
pub(super) struct Threads {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    /// A job has come, or none will come any more.
    job: Condvar,
    /// A thread has ended.
    done: Condvar,
    /// Rung when a job is done that somebody has waited for.
    bell: Bell,
}

struct State {
    jobs: VecDeque<Job>,
    limit: usize,
    alive: usize,
    idle: usize,
    /// Somebody waits for a free thread.
    wanted: bool,
    closed: bool,
}

impl Threads {
    /// A pool of at most `limit` threads; it rings when one is free that was asked for.
    pub(super) fn new(limit: usize, bell: Bell) -> Self {
        let state = State {
            jobs: VecDeque::new(),
            limit: limit.max(1),
            alive: 0,
            idle: 0,
            wanted: false,
            closed: false,
        };
        let shared =
            Shared { state: Mutex::new(state), job: Condvar::new(), done: Condvar::new(), bell };
        Self { shared: Arc::new(shared) }
    }

    /// Whether a job would be taken at once. If not, the bell rings as soon as it would.
    pub(super) fn has_room(&self) -> bool {
        let mut state = self.shared.state();
        state.wanted = !state.has_room();
        !state.wanted
    }

    /// Whether somebody waits for a thread.
    pub(super) fn is_wanted(&self) -> bool {
        self.shared.state().wanted
    }

    /// Hands a job over.
    pub(super) fn run(&self, job: impl FnOnce() + Send + 'static) {
        let mut state = self.shared.state();
        state.jobs.push_back(Box::new(job));
        if state.jobs.len() > state.idle && state.alive < state.limit {
            state.alive += 1;
            if let Err(error) = self.spawn() {
                state.alive -= 1;
                tracing::error!(threads = state.alive, "the system gives no more threads: {error}");
                if state.alive > 0 {
                    state.limit = state.alive;
                } else {
                    state.jobs.clear();
                }
            }
        }
        drop(state);
        self.shared.job.notify_one();
    }

    fn spawn(&self) -> std::io::Result<()> {
        let shared = Arc::clone(&self.shared);
        let builder = thread::Builder::new().name("connection".into());
        builder.spawn(move || shared.work()).map(drop)
    }

    /// Takes no more jobs and waits until all are done; false when the time is over before.
    pub(super) fn finish(&self, time: Duration) -> bool {
        let end = timer::after(Instant::now(), time);
        let mut state = self.shared.state();
        state.closed = true;
        self.shared.job.notify_all();
        while state.alive > 0 {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            let woken = self.shared.done.wait_timeout(state, left);
            state = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a thread does until the pool is closed.
    fn work(&self) {
        while let Some(job) = self.next_job() {
            // The hook has reported it; what the job held is dropped, and nothing else saw it.
            let _panicked = catch_unwind(AssertUnwindSafe(job));
        }
        self.state().alive -= 1;
        self.done.notify_all();
    }

    fn next_job(&self) -> Option<Job> {
        let mut state = self.state();
        state.idle += 1;
        if state.wanted && state.has_room() {
            state.wanted = false;
            self.bell.ring();
        }
        loop {
            if let Some(job) = state.jobs.pop_front() {
                state.idle -= 1;
                return Some(job);
            }
            if state.closed {
                state.idle -= 1;
                return None;
            }
            state = self.job.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl State {
    fn has_room(&self) -> bool {
        self.idle > self.jobs.len() || self.alive < self.limit
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;
    use crate::server::shutdown;

    #[test]
    fn a_job_that_panics_leaves_its_thread_to_the_next() {
        let (bell, _ear) = shutdown::bell().unwrap();
        let threads = Threads::new(1, bell);
        let (sender, receiver) = mpsc::channel();
        threads.run(|| panic!("as it should"));
        threads.run(move || sender.send(7).unwrap());
        assert_eq!(receiver.recv_timeout(Duration::from_secs(5)), Ok(7));
        assert!(threads.finish(Duration::from_secs(5)));
    }

    #[test]
    fn a_full_pool_says_so_and_rings_when_it_is_not() {
        let (bell, ear) = shutdown::bell().unwrap();
        let threads = Threads::new(2, bell);
        let (release, gate) = mpsc::channel::<()>();
        let gate = Arc::new(Mutex::new(gate));
        for _ in 0..2 {
            assert!(threads.has_room());
            let gate = Arc::clone(&gate);
            threads.run(move || gate.lock().unwrap().recv().unwrap());
        }
        assert!(!threads.has_room());
        assert!(threads.is_wanted());
        assert!(!threads.finish(Duration::from_millis(20)));
        release.send(()).unwrap();
        ear.stream().set_nonblocking(false).unwrap();
        ear.stream().set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        assert_eq!(std::io::Read::read(&mut ear.stream(), &mut [0; 1]).unwrap(), 1);
        release.send(()).unwrap();
        assert!(threads.finish(Duration::from_secs(5)));
    }
}
