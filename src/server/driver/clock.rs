//! The clock that ends guests.

use std::time::{Duration, Instant};

use crate::host::State;
use crate::interp::{Slice, Store, TrapKind};
use crate::server::shutdown::Stop;
use crate::server::timer;

/// When a guest has to end, if it doesn't by itself.
#[derive(Clone, Debug)]
pub(in crate::server) struct Clock {
    /// When its time is over.
    pub(in crate::server) deadline: Instant,
    /// When the server doesn't wait for it any longer.
    pub(in crate::server) stop: Stop,
}

impl Clock {
    /// Watches guests of this store from now on, while they run and while the host works for them.
    pub(super) fn watch(&self, store: &mut Store<State>) {
        let clock = self.clone();
        store.on_slice(move |_spent| clock.over().map_or(Slice::GoOn, Slice::Trap));
        let clock = self.clone();
        store.data_mut().watch(move || clock.over());
    }

    /// Why guests have to end now.
    pub(super) fn over(&self) -> Option<TrapKind> {
        if self.stop.is_overdue() {
            Some(TrapKind::Interrupted)
        } else {
            (Instant::now() >= self.deadline).then_some(TrapKind::DeadlineExceeded)
        }
    }

    /// When a wait that begins now ends, that may take so long.
    pub(super) fn limit(&self, time: Duration) -> Instant {
        timer::after(Instant::now(), time).min(self.deadline)
    }
}
