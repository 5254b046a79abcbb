//! Drives a guest from its start to its end on the thread that asks for it.

use std::time::{Duration, Instant};

use crate::host::{self, Failure, Outcome, State, Wait};
use crate::interp::{Activation, CallError, Misuse, Slice, Store, TrapKind, Val};
use crate::server::shutdown::Stop;
use crate::server::timer;

use super::tcp;

/// What ends a guest besides itself.
#[derive(Clone, Debug)]
pub(in crate::server) struct Driver {
    /// When its time is over.
    pub(in crate::server) deadline: Instant,
    /// How long one connect, read or write may take.
    pub(in crate::server) tcp_timeout: Duration,
    /// When the server doesn't wait for it any longer.
    pub(in crate::server) stop: Stop,
}

impl Driver {
    /// Watches the clock from now on while guests of this store run.
    pub(in crate::server) fn watch(&self, store: &mut Store<State>) {
        let watch = self.clone();
        store.on_slice(move |_spent| watch.over().map_or(Slice::GoOn, Slice::Trap));
    }

    /// Runs an activation to its end, performing what it waits for.
    pub(in crate::server) fn run(
        &self,
        store: &mut Store<State>,
        activation: Activation,
    ) -> Result<Vec<Val>, CallError> {
        use crate::interp::State as Stands;
        let mut results = Vec::new();
        loop {
            match activation.resume(&mut *store, &results)? {
                Stands::Done(results) => return Ok(results),
                Stands::Ready => results.clear(),
                Stands::Waiting(_) => {
                    let wait = store.data_mut().take_wait().ok_or(Misuse::NotResumable)?;
                    let outcome = self.perform(store, &wait)?;
                    // A guest that only waits never comes to the end of a slice.
                    if let Some(kind) = self.over() {
                        activation.cancel(&mut *store)?;
                        return Err(CallError::Trap(kind.into()));
                    }
                    results = vec![host::complete(store, &wait, outcome)?];
                }
                Stands::Running => return Err(Misuse::NotResumable.into()),
            }
        }
    }

    /// Why guests have to end now.
    fn over(&self) -> Option<TrapKind> {
        if self.stop.is_overdue() {
            Some(TrapKind::Interrupted)
        } else {
            (Instant::now() >= self.deadline).then_some(TrapKind::DeadlineExceeded)
        }
    }

    fn perform(&self, store: &Store<State>, wait: &Wait) -> Result<Outcome, Misuse> {
        let deadline = timer::after(Instant::now(), self.tcp_timeout).min(self.deadline);
        let closed = || Outcome::Failed(Failure::Failed);
        Ok(match wait {
            Wait::Connect(connect) => tcp::connect(connect, deadline),
            Wait::Read(fd, buffer) => match store.data().stream(*fd) {
                Some(stream) => tcp::read(stream, buffer.len(), deadline),
                None => closed(),
            },
            Wait::Write(fd, buffer) => match store.data().stream(*fd) {
                Some(stream) => tcp::write(stream, buffer.contents(store)?, deadline),
                None => closed(),
            },
        })
    }
}
