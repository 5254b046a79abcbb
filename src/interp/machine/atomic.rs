//! Atomic accesses, the fence, waiting and waking: operands in slots, results in the accumulator.
//!
//! Addresses of 32 bits are zero-extended in their slots, so both widths are one.
//! Proposal: <https://github.com/WebAssembly/threads>

use std::marker::PhantomData;
use std::ptr::NonNull;
use std::sync::atomic::{Ordering, fence};

use super::memory::Far;
use super::operand::{Slot, Source};
use super::{Flow, Handler, Kind, Leave, Op, Regs, Shape, WORD, whole};
use crate::interp::numeric::atomic::Change;
use crate::interp::numeric::cell::Cell;
use crate::interp::store::memory::MemoryInst;

/// The operands of a shape with one more slot each.
const LOAD: &[Kind] = &[Kind::Index, Kind::Offset64, Kind::Slot];
const STORE: &[Kind] = &[Kind::Index, Kind::Offset64, Kind::Slot, Kind::Slot];
const EXCHANGE: &[Kind] = &[Kind::Index, Kind::Offset64, Kind::Slot, Kind::Slot, Kind::Slot];

/// The value in the slot that stands `index` slots behind the address.
#[inline(always)]
fn value(r: &Regs, at: usize, index: usize) -> u64 {
    <Slot as Source>::read(r, at + Far::<u64>::SIZE + index * Kind::Slot.size())
}

/// acc = memory n [slot + offset]
pub(crate) struct AtomicLoad<C>(PhantomData<C>);

impl<C: Cell> Op for AtomicLoad<C> {
    const SIZE: usize = Far::<u64>::SIZE;
    const SHAPE: Shape = Shape::Op { name: "atomic.load", operands: LOAD };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let (base, addr) = Far::<u64>::place(r, at);
        r.acc = r.cell::<C>(base, addr, |cell| cell.load())?;
        Ok(())
    }
}

/// memory n [slot + offset] = slot
pub(crate) struct AtomicStore<C>(PhantomData<C>);

impl<C: Cell> Op for AtomicStore<C> {
    const SIZE: usize = Far::<u64>::SIZE + Kind::Slot.size();
    const SHAPE: Shape = Shape::Op { name: "atomic.store", operands: STORE };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let (base, addr) = Far::<u64>::place(r, at);
        let x = value(r, at, 0);
        r.cell::<C>(base, addr, |cell| cell.store(x)).map(drop)
    }
}

/// acc = memory n [slot + offset], which becomes what O makes of it and a slot
pub(crate) struct AtomicChange<O, C>(PhantomData<(O, C)>);

impl<O: Change, C: Cell> Op for AtomicChange<O, C> {
    const SIZE: usize = Far::<u64>::SIZE + Kind::Slot.size();
    const SHAPE: Shape = Shape::Op { name: O::NAME, operands: STORE };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let (base, addr) = Far::<u64>::place(r, at);
        let x = value(r, at, 0);
        r.acc = r.cell::<C>(base, addr, |cell| cell.update(|old| O::apply(old, x)))?;
        Ok(())
    }
}

/// acc = memory n [slot + offset], which becomes the third slot where the second stands
pub(crate) struct AtomicExchange<C>(PhantomData<C>);

impl<C: Cell> Op for AtomicExchange<C> {
    const SIZE: usize = Far::<u64>::SIZE + 2 * Kind::Slot.size();
    const SHAPE: Shape = Shape::Op { name: "atomic.rmw.cmpxchg", operands: EXCHANGE };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let (base, addr) = Far::<u64>::place(r, at);
        let (expected, new) = (value(r, at, 0), value(r, at, 1));
        r.acc = r.cell::<C>(base, addr, |cell| cell.compare_exchange(expected, new))?;
        Ok(())
    }
}

/// Nothing before it is seen behind it.
pub(crate) struct AtomicFence;

impl Op for AtomicFence {
    const SIZE: usize = 0;
    const SHAPE: Shape = Shape::Op { name: "atomic.fence", operands: &[] };

    #[inline(always)]
    fn exec(_: &mut Regs, _: usize) -> Result<(), Leave> {
        fence(Ordering::SeqCst);
        Ok(())
    }
}

/// acc = how many were woken at memory n [slot + offset], at most a slot
pub(crate) struct AtomicNotify;

impl Op for AtomicNotify {
    const SIZE: usize = Far::<u64>::SIZE + Kind::Slot.size();
    const SHAPE: Shape = Shape::Op { name: "memory.atomic.notify", operands: STORE };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let (base, addr) = Far::<u64>::place(r, at);
        let count = value(r, at, 0) as u32;
        r.cell::<u32>(base, addr, |_| 0)?;
        let memory = r.memory(r.operand(at));
        r.acc = r.with_store(|store, _| store.memory_notify(memory, addr, count)).into();
        Ok(())
    }
}

/// acc = wait at memory n [slot + offset] while so many bytes are those of the next slot, for the
/// time in the slot after it
pub(crate) struct AtomicWait;

/// What a wait asks for.
pub(super) struct Wait {
    pub(super) memory: NonNull<MemoryInst>,
    pub(super) addr: u64,
    /// Four or eight.
    pub(super) bytes: u32,
    pub(super) expected: u64,
    /// Nanoseconds; negative without end.
    pub(super) timeout: i64,
}

impl AtomicWait {
    /// Bytes of the op.
    pub(super) const LENGTH: usize =
        WORD + whole(2 * Kind::Index.size() + Kind::FarSlot.size() + Kind::Offset64.size());

    /// What the op at `ip` asks for.
    pub(super) fn operands(r: &Regs) -> Wait {
        let bytes = WORD + Kind::Index.size();
        let first = bytes + Kind::Index.size();
        let slot = r.operand::<i32>(first);
        let offset = r.operand(first + Kind::FarSlot.size());
        Wait {
            memory: r.memory(r.operand(WORD)),
            addr: Regs::far_address(r.peek(slot), offset),
            bytes: r.operand(bytes),
            expected: r.peek(slot + 1),
            timeout: r.peek(slot + 2).cast_signed(),
        }
    }
}

impl Handler for AtomicWait {
    const SHAPE: Shape = Shape::Op {
        name: "memory.atomic.wait",
        operands: &[Kind::Index, Kind::Index, Kind::FarSlot, Kind::Offset64],
    };

    #[inline(always)]
    fn run(_: &mut Regs) -> Flow {
        Flow::Leave(Leave::PARK)
    }
}
