//! Looking on while the stepped backend runs: before each op, whoever watches the store sees the
//! registers through a [`Step`]. The threaded backend has no place between two ops.

use super::call::{CrossReturn, Host};
use super::control::{Done, Translate};
use super::counts::Counts;
use super::{Handler, OpCode, Regs, Saved, WORD};
use crate::interp::engine::Backend;
use crate::interp::store::func::FuncInst;
use crate::interp::store::instance::InstanceInst;

/// Who watches a store.
#[derive(Default)]
pub(crate) struct Watch {
    /// Counts the ops.
    pub(crate) counts: Option<Counts>,
    /// Sees the registers.
    pub(crate) look: Option<Box<dyn Look>>,
}

/// Looks on.
pub(crate) trait Look: Send {
    /// An op is about to run.
    fn step(&mut self, step: &Step<'_>);
    /// An execution was ended before its outermost function returned.
    fn end(&mut self, execution: usize);
    /// An exception was caught in this frame of the execution; those within it were left.
    fn unwound(&mut self, execution: usize, frame: usize);
}

impl Watch {
    /// Whether there is somebody.
    pub(super) const fn has_eyes(&self) -> bool {
        self.counts.is_some() || self.look.is_some()
    }

    /// An execution was ended before its outermost function returned.
    pub(super) fn end(&mut self, execution: &Saved) {
        if let Some(look) = &mut self.look {
            look.end(std::ptr::from_ref(execution).addr());
        }
    }

    /// An exception was caught: the frame where it was is the innermost now.
    pub(super) fn unwound(&mut self, execution: &Saved) {
        if let Some(look) = &mut self.look {
            let frame = execution.regs.fp.addr() / WORD;
            look.unwound(std::ptr::from_ref(execution).addr(), frame);
        }
    }
}

/// Shows the registers to all who watch.
pub(super) fn before(r: &Regs) {
    r.watched(|watch, instance| {
        if let Some(counts) = &mut watch.counts {
            counts.add(r.ip, || instance?.module.code.code_around(r.ip));
        }
        if let Some(look) = &mut watch.look {
            look.step(&Step { r, instance });
        }
    });
}

/// The machine between two ops.
pub(crate) struct Step<'r> {
    r: &'r Regs,
    instance: Option<&'r InstanceInst>,
}

/// What comes next.
pub(crate) enum Next<'r> {
    /// An op of a function's code.
    Op,
    /// A call of the host.
    Host(&'r FuncInst),
    /// A function's translation; then its first op.
    Translation,
    /// The outermost function has returned, or one of another instance.
    Back,
}

impl<'r> Step<'r> {
    /// What comes next.
    pub(crate) fn next(&self) -> Next<'r> {
        let word = self.r.operand::<u64>(0);
        let is = |code: OpCode| word == code.word(Backend::Stepped);
        if is(<Host as Handler>::CODE) {
            Next::Host(self.r.host_func())
        } else if is(<Translate as Handler>::CODE) {
            Next::Translation
        } else if is(<Done as Handler>::CODE) || is(<CrossReturn as Handler>::CODE) {
            Next::Back
        } else {
            Next::Op
        }
    }

    /// The running instance; none while the host calls a function of its own.
    pub(crate) const fn instance(&self) -> Option<&'r InstanceInst> {
        self.instance
    }

    /// Where the op stands.
    pub(crate) const fn ip(&self) -> *const u8 {
        self.r.ip
    }

    /// Tells executions apart.
    pub(crate) fn execution(&self) -> usize {
        std::ptr::from_ref(self.r.saved()).addr()
    }

    /// The frame, as the number of its first own slot.
    pub(crate) fn frame(&self) -> usize {
        self.r.fp.addr() / WORD
    }

    /// The caller's frame.
    pub(crate) fn caller(&self) -> usize {
        self.r.caller().addr() / WORD
    }

    /// The slot of this number.
    pub(crate) fn slot(&self, number: usize) -> u64 {
        self.r.own(number.wrapping_sub(self.frame()) as i32)
    }

    /// The integer accumulator.
    pub(crate) const fn acc(&self) -> u64 {
        self.r.acc
    }

    /// The float accumulator's bits.
    pub(crate) const fn float_acc(&self) -> u64 {
        self.r.facc.to_bits()
    }
}
