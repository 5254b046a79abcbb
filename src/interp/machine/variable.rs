//! Moves, the start of a function, globals, select.

use std::marker::PhantomData;

use super::operand::{Dest, FloatDest, FloatSource, Source};
use super::regs::{Imported, apart};
use super::{Kind, Leave, Op, Regs, Shape, TrapCode};
use crate::interp::code::Cost;

/// d = x
pub(crate) struct Move<X, D>(PhantomData<(X, D)>);

impl<X: Source, D: Dest> Op for Move<X, D> {
    const SIZE: usize = X::SIZE + D::SIZE;
    const SHAPE: Shape = Shape::Op { name: "move", operands: &[X::KIND, D::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let value = X::read(r, at);
        D::write(r, at + X::SIZE, value);
        Ok(())
    }
}

/// d = x, through the float registers
pub(crate) struct MoveFloat<X, D>(PhantomData<(X, D)>);

impl<X: FloatSource, D: FloatDest> Op for MoveFloat<X, D> {
    const SIZE: usize = X::SIZE + D::SIZE;
    const SHAPE: Shape = Shape::Op { name: "move float", operands: &[X::KIND, D::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let value = X::read(r, at);
        D::write(r, at + X::SIZE, value);
        Ok(())
    }
}

/// slot = far slot
pub(crate) struct LoadFar;

impl Op for LoadFar {
    const SIZE: usize = 6;
    const SHAPE: Shape = Shape::Op { name: "move", operands: &[Kind::FarSlot, Kind::Home] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let value = r.own(r.operand::<i32>(at));
        r.set_slot(at + Kind::FarSlot.size(), value);
        Ok(())
    }
}

/// far slot = slot
pub(crate) struct StoreFar;

impl Op for StoreFar {
    const SIZE: usize = 6;
    const SHAPE: Shape = Shape::Op { name: "move", operands: &[Kind::Slot, Kind::FarSlot] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let value = r.slot(at);
        r.set_own(r.operand::<i32>(at + Kind::Slot.size()), value);
        Ok(())
    }
}

/// slots m.. = n slots from l on, upwards
pub(crate) struct MoveSlots;

impl Op for MoveSlots {
    const SIZE: usize = 2 * Kind::FarSlot.size() + Kind::Index.size();
    const SHAPE: Shape =
        Shape::Op { name: "move slots", operands: &[Kind::FarSlot, Kind::FarSlot, Kind::Index] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let (from, to) = (r.operand::<i32>(at), r.operand::<i32>(at + Kind::FarSlot.size()));
        let count = r.operand::<i32>(at + 2 * Kind::FarSlot.size());
        for slot in 0..count {
            let value = r.own(from + slot);
            r.set_own(to + slot, value);
            apart();
        }
        Ok(())
    }
}

/// How a pinned local starts.
pub(crate) trait Start: 'static {
    /// Its first value; `old` is what the register holds.
    fn value(r: &Regs, at: usize, old: u64) -> u64;
}

/// The parameter in the slot of the operand.
pub(crate) struct Param;
/// Zero.
pub(crate) struct Zero;
/// Whatever it holds: no local is pinned there.
pub(crate) struct Unused;

impl Start for Param {
    #[inline(always)]
    fn value(r: &Regs, at: usize, _: u64) -> u64 {
        r.slot(at)
    }
}

impl Start for Zero {
    #[inline(always)]
    fn value(_: &Regs, _: usize, _: u64) -> u64 {
        0
    }
}

impl Start for Unused {
    #[inline(always)]
    fn value(_: &Regs, _: usize, old: u64) -> u64 {
        old
    }
}

/// l0 = A; l1 = B; Z slots from n on = 0. More than `MANY` are counted by an operand.
pub(crate) struct Enter<A, B, const Z: usize>(PhantomData<(A, B)>);

/// As many slots are cleared by stores of their own; more by a loop.
pub(crate) const MANY: usize = 8;

impl<A: Start, B: Start, const Z: usize> Op for Enter<A, B, Z> {
    const SIZE: usize = 2 * Kind::Slot.size() + Kind::FarSlot.size() + Kind::Index.size();
    const SHAPE: Shape = Shape::Op {
        name: "enter",
        operands: &[Kind::Slot, Kind::Slot, Kind::FarSlot, Kind::Index],
    };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let first = at + 2 * Kind::Slot.size();
        r.l0 = A::value(r, at, r.l0);
        r.l1 = B::value(r, at + Kind::Slot.size(), r.l1);
        let start = r.operand::<i32>(first);
        if Z <= MANY {
            for slot in 0..Z {
                r.set_own(start + slot as i32, 0);
            }
        } else {
            let count = r.operand::<i32>(first + Kind::FarSlot.size());
            for slot in 0..count {
                r.set_own(start + slot, 0);
                apart();
            }
        }
        Ok(())
    }
}

/// trap unless the stack has room for a frame of n slots: for frames larger than the room behind
/// the stack's end
pub(crate) struct CheckStack;

impl Op for CheckStack {
    const SIZE: usize = Kind::Index.size();
    const SHAPE: Shape = Shape::Op { name: "check stack", operands: &[Kind::Index] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let slots = r.operand::<u32>(at) as usize;
        if r.frame(slots) > r.stack_end() {
            return Err(Leave::trap(TrapCode::CallStackExhausted));
        }
        Ok(())
    }
}

/// counter -= n: what a function pays for clearing many slots
pub(crate) struct Charge;

impl Op for Charge {
    const SIZE: usize = Kind::Cost.size();
    const SHAPE: Shape = Shape::Op { name: "charge", operands: &[Kind::Cost] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let cost = r.operand::<Cost>(at);
        r.counter.charge(cost);
        Ok(())
    }
}

/// d = global n
pub(crate) struct GlobalGet<D, const IMPORTED: bool>(PhantomData<D>);

impl<D: Dest, const IMPORTED: bool> Op for GlobalGet<D, IMPORTED> {
    const SIZE: usize = Kind::Index.size() + D::SIZE;
    const SHAPE: Shape = Shape::Op { name: "global.get", operands: &[Kind::Index, D::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let value = r.read_global(r.global(r.operand(at), Imported(IMPORTED)));
        D::write(r, at + Kind::Index.size(), value);
        Ok(())
    }
}

/// global n = x
pub(crate) struct GlobalSet<X, const IMPORTED: bool>(PhantomData<X>);

impl<X: Source, const IMPORTED: bool> Op for GlobalSet<X, IMPORTED> {
    const SIZE: usize = Kind::Index.size() + X::SIZE;
    const SHAPE: Shape = Shape::Op { name: "global.set", operands: &[Kind::Index, X::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let value = X::read(r, at + Kind::Index.size());
        let global = r.global(r.operand(at), Imported(IMPORTED));
        r.write_global(global, value);
        Ok(())
    }
}

/// two slots from n on = global m, a vector
pub(crate) struct GlobalGetWide<const IMPORTED: bool>;

impl<const IMPORTED: bool> Op for GlobalGetWide<IMPORTED> {
    const SIZE: usize = Kind::Index.size() + Kind::FarSlot.size();
    const SHAPE: Shape =
        Shape::Op { name: "global.get wide", operands: &[Kind::Index, Kind::FarSlot] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let global = r.global(r.operand(at), Imported(IMPORTED));
        let slot = r.operand::<i32>(at + Kind::Index.size());
        let (low, high) = (r.read_global(global), r.read_global(global.wrapping_add(1)));
        r.set_own(slot, low);
        r.set_own(slot + 1, high);
        Ok(())
    }
}

/// global m, a vector = two slots from n on
pub(crate) struct GlobalSetWide<const IMPORTED: bool>;

impl<const IMPORTED: bool> Op for GlobalSetWide<IMPORTED> {
    const SIZE: usize = Kind::Index.size() + Kind::FarSlot.size();
    const SHAPE: Shape =
        Shape::Op { name: "global.set wide", operands: &[Kind::Index, Kind::FarSlot] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let global = r.global(r.operand(at), Imported(IMPORTED));
        let slot = r.operand::<i32>(at + Kind::Index.size());
        let (low, high) = (r.own(slot), r.own(slot + 1));
        r.write_global(global, low);
        r.write_global(global.wrapping_add(1), high);
        Ok(())
    }
}

/// d = c ? x : y
pub(crate) struct Select<C, X, Y, D>(PhantomData<(C, X, Y, D)>);

impl<C: Source, X: Source, Y: Source, D: Dest> Op for Select<C, X, Y, D> {
    const SIZE: usize = C::SIZE + X::SIZE + Y::SIZE + D::SIZE;
    const SHAPE: Shape =
        Shape::Op { name: "select", operands: &[C::KIND, X::KIND, Y::KIND, D::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let condition = C::read(r, at) as u32;
        let first = X::read(r, at + C::SIZE);
        let second = Y::read(r, at + C::SIZE + X::SIZE);
        let value = if condition == 0 { second } else { first };
        D::write(r, at + C::SIZE + X::SIZE + Y::SIZE, value);
        Ok(())
    }
}
