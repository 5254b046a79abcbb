//! Splits work on the functions of a module over threads, where there is enough of it. What comes
//! out does not depend on how many threads there are.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Bytes of code for which a thread is worth starting: it costs some 50 µs, validating these more
/// than ten times as much.
const PART: usize = 128 * 1_024;

/// How many items a thread takes at a time.
const BATCH: usize = 32;

/// How many threads may work on a module.
///
/// ```
/// use serverless_wasm::parallel::Threads;
///
/// assert_eq!(Threads::ONE.for_code(10_000_000).get(), 1);
/// assert_eq!(Threads::default().for_code(100).get(), 1);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Threads {
    /// None: as many as the system says can run at once.
    most: Option<NonZeroUsize>,
}

impl Threads {
    /// No other thread than the caller's.
    pub const ONE: Self = Self::at_most(NonZeroUsize::MIN);

    /// So many, the caller's included.
    #[must_use]
    pub const fn at_most(most: NonZeroUsize) -> Self {
        Self { most: Some(most) }
    }

    /// How many are worth it for so many bytes of code.
    #[must_use]
    pub fn for_code(self, bytes: usize) -> NonZeroUsize {
        let Some(worth) = NonZeroUsize::new(bytes / PART) else { return NonZeroUsize::MIN };
        let most = self.most.or_else(|| thread::available_parallelism().ok());
        worth.min(most.unwrap_or(NonZeroUsize::MIN))
    }
}

/// Calls `work` with each item of `0..count` until one fails, each thread with a state of its own.
///
/// # Errors
/// The error of the lowest item that fails, whichever thread finds which error first.
pub(crate) fn for_each<S, E: Send>(
    threads: NonZeroUsize,
    count: usize,
    state: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, usize) -> Result<(), E> + Sync,
) -> Result<(), E> {
    let next = AtomicUsize::new(0);
    // The lowest failure so far: no item above it matters, each one below it is still worked on.
    let failure: Mutex<Option<(usize, E)>> = Mutex::new(None);
    let end = AtomicUsize::new(count);
    let run = || {
        let mut state = state();
        loop {
            let start = next.fetch_add(BATCH, Ordering::Relaxed);
            for item in start..start.saturating_add(BATCH) {
                if item >= end.load(Ordering::Relaxed) {
                    return;
                }
                if let Err(error) = work(&mut state, item) {
                    let mut failure = failure.lock().unwrap_or_else(PoisonError::into_inner);
                    if failure.as_ref().is_none_or(|&(lowest, _)| item < lowest) {
                        *failure = Some((item, error));
                        end.store(item, Ordering::Relaxed);
                    }
                    return;
                }
            }
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads.get() {
            // Where the system grants no thread, fewer do the work.
            if thread::Builder::new().spawn_scoped(scope, run).is_err() {
                break;
            }
        }
        run();
    });
    let failure = failure.into_inner().unwrap_or_else(PoisonError::into_inner);
    failure.map_or(Ok(()), |(_, error)| Err(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_failure_is_reported_by_any_number_of_threads() {
        for threads in [1, 2, 3, 8] {
            let threads = NonZeroUsize::new(threads).expect("not zero");
            for lowest in [0, 1, 31, 32, 700, 4_999] {
                let fails = |_: &mut (), item| {
                    if item >= lowest && item % 7 == lowest % 7 { Err(item) } else { Ok(()) }
                };
                assert_eq!(for_each(threads, 5_000, || (), fails), Err(lowest), "{threads}");
            }
        }
    }

    #[test]
    fn each_item_is_worked_on_once() {
        let done: Vec<AtomicUsize> = (0..1_000).map(|_| AtomicUsize::new(0)).collect();
        let work = |_: &mut (), item: usize| {
            done[item].fetch_add(1, Ordering::Relaxed);
            Ok::<(), ()>(())
        };
        for_each(NonZeroUsize::new(3).expect("not zero"), done.len(), || (), work).expect("none");
        assert!(done.iter().all(|item| item.load(Ordering::Relaxed) == 1));
    }

    #[test]
    fn threads_are_bounded_by_the_work() {
        let most = NonZeroUsize::new(4).expect("not zero");
        assert_eq!(Threads::at_most(most).for_code(PART).get(), 1);
        assert_eq!(Threads::at_most(most).for_code(3 * PART).get(), 3);
        assert_eq!(Threads::at_most(most).for_code(usize::MAX).get(), 4);
    }
}
