//! Drives a guest from its start to its end on the thread that asks for it.

use std::time::Duration;

use crate::host::{self, Failure, Outcome, State, Wait};
use crate::interp::{Activation, CallError, InstantiateError, Misuse, Store, TrapKind, Val};
use crate::server::site::{Body, BodyError};

use super::clock::Clock;
use super::tcp;

/// Bytes that one read of the request's body takes at most, however large the guest's buffer is.
const READ_SIZE: usize = 64 * 1024;

/// What a guest waits for, and what ends it besides itself.
pub(in crate::server) struct Driver<'b> {
    /// Its time.
    pub(in crate::server) clock: Clock,
    /// How long one connect, read or write may take.
    pub(in crate::server) tcp_timeout: Duration,
    /// The body of its request.
    pub(in crate::server) body: &'b mut dyn Body,
}

/// How a guest ended before its end.
#[derive(Debug)]
pub(in crate::server) enum End {
    /// By what it did, or by the clock.
    Guest(InstantiateError),
    /// It asked for a body that does not come, and the client is told so.
    Body(BodyError),
}

impl<E: Into<InstantiateError>> From<E> for End {
    fn from(error: E) -> Self {
        Self::Guest(error.into())
    }
}

impl Driver<'_> {
    /// Watches the clock from now on while guests of this store run.
    pub(in crate::server) fn watch(&self, store: &mut Store<State>) {
        self.clock.watch(store);
    }

    /// Runs an activation to its end, performing what it waits for.
    pub(in crate::server) fn run(
        &mut self,
        store: &mut Store<State>,
        activation: Activation,
    ) -> Result<Vec<Val>, End> {
        use crate::interp::State as Stands;
        let mut results = Vec::new();
        loop {
            match activation.resume(&mut *store, &results)? {
                Stands::Done(results) => return Ok(results),
                Stands::Ready => results.clear(),
                Stands::Waiting(_) => match self.wait(store) {
                    Ok(result) => results = vec![result],
                    Err(end) => {
                        activation.cancel(&mut *store)?;
                        return Err(end);
                    }
                },
                Stands::Running => return Err(Misuse::NotResumable.into()),
            }
        }
    }

    /// Performs what the guest waits for, and gives what to resume it with.
    fn wait(&mut self, store: &mut Store<State>) -> Result<Val, End> {
        let wait = store.data_mut().take_wait().ok_or(Misuse::NotResumable)?;
        let outcome = self.perform(store, &wait);
        // A guest that only waits never comes to the end of a slice.
        if let Some(kind) = self.clock.over() {
            return Err(CallError::Trap(kind.into()).into());
        }
        Ok(host::complete(store, &wait, outcome?)?)
    }

    fn perform(&mut self, store: &mut Store<State>, wait: &Wait) -> Result<Outcome, End> {
        let deadline = self.clock.limit(self.tcp_timeout);
        let closed = || Outcome::Failed(Failure::Failed);
        Ok(match wait {
            Wait::Connect(connect) => tcp::connect(connect, store.data_mut(), deadline),
            Wait::Read(fd, buffer) => match store.data().stream(*fd) {
                Some(stream) => tcp::read(stream, buffer.len(), deadline),
                None => closed(),
            },
            Wait::Write(fd, buffer) => match store.data().stream(*fd) {
                Some(stream) => tcp::write(stream, buffer.contents(store)?, deadline),
                None => closed(),
            },
            Wait::BodySize => {
                let size = self.body.size(self.clock.deadline).map_err(body_failed)?;
                Outcome::BodySize(size)
            }
            Wait::ReadBody(buffer) => {
                let mut bytes = vec![0; buffer.len().min(READ_SIZE)];
                let count = self.body.read(&mut bytes, self.clock.deadline).map_err(body_failed)?;
                bytes.truncate(count);
                Outcome::Read(bytes)
            }
        })
    }
}

/// Time that passes in a body is the guest's as well.
fn body_failed(error: BodyError) -> End {
    match error {
        BodyError::Deadline => CallError::Trap(TrapKind::DeadlineExceeded.into()).into(),
        BodyError::Refused(_) | BodyError::Late | BodyError::Gone => End::Body(error),
    }
}
