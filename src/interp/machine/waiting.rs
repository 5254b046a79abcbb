//! `memory.atomic.wait32` and `wait64`: a guest that sleeps until another wakes it.
//!
//! The machine is left meanwhile, so that the guest can be ended or paused as between slices.

use std::time::Duration;

use super::atomic::AtomicWait;
use super::execution::{Execution, Stop};
use crate::interp::store::StoreInner;
use crate::interp::store::object;
use crate::interp::store::parking::{Rest, Waiter};
use crate::interp::trap::TrapKind;

/// What the instruction answers. Proposal: threads, `memory.atomic.wait`
#[derive(Clone, Copy)]
enum Answer {
    /// Somebody woke it.
    Woken = 0,
    /// Another value stood there.
    NotEqual = 1,
    /// Its time was over.
    TimedOut = 2,
}

impl Execution {
    /// Sleeps as the op at `ip` says; none when it has its answer and goes on behind the op.
    pub(super) fn park(&mut self, store: &mut StoreInner, enough: bool) -> Option<Stop> {
        let mut waiter = match self.waiter.take() {
            Some(waiter) => waiter,
            None => match self.join(store) {
                Ok(Some(waiter)) => waiter,
                Ok(None) => return self.answer(Answer::NotEqual),
                Err(kind) => return Some(Stop::Trap(self.trap_here(store, kind, 0))),
            },
        };
        loop {
            match waiter.rest() {
                Rest::Woken => return self.answer(Answer::Woken),
                Rest::TimedOut => return self.answer(Answer::TimedOut),
                Rest::Waits => {}
            }
            if let Some(stop) = self.slice_over(store, enough, 0) {
                // In a pause it keeps its place in the queue.
                self.waiter = Some(waiter).filter(|_| matches!(stop, Stop::Yield));
                return Some(stop);
            }
        }
    }

    /// Leaves the queue that it stands in.
    pub(crate) fn wake(&mut self) {
        self.waiter = None;
    }

    /// Joins those who wait at the address, unless another value stands there.
    fn join(&self, store: &StoreInner) -> Result<Option<Waiter>, TrapKind> {
        let wait = AtomicWait::operands(&self.saved.regs);
        let (addr, len) = (wait.addr, u64::from(wait.bytes));
        if !addr.is_multiple_of(len) {
            return Err(TrapKind::UnalignedAtomic { addr, len });
        }
        let memory = object::resolve(store, wait.memory);
        if addr.checked_add(len).is_none_or(|end| end > memory.len()) {
            return Err(TrapKind::MemoryOutOfBounds { addr, len });
        }
        let shared = memory.shared().ok_or(TrapKind::ExpectedSharedMemory)?;
        let left = u64::try_from(wait.timeout).ok().map(Duration::from_nanos);
        let holds = || shared.value(addr as usize, wait.bytes as usize) == wait.expected;
        Ok(shared.parking().join(addr, left, holds))
    }

    /// Goes on behind the op.
    fn answer(&mut self, answer: Answer) -> Option<Stop> {
        let regs = &mut self.saved.regs;
        regs.acc = answer as u64;
        regs.advance(AtomicWait::LENGTH);
        None
    }
}
