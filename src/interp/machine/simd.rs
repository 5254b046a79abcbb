//! Vectors: one generic op a shape, over what `interp::numeric::simd` computes.
//!
//! A vector is in two slots, or in the vector accumulator. A slot as a destination leaves it in the
//! accumulator too. A lane is taken out of slots, where it is a load, not out of the accumulator.
//!
//! Not done here: relations and tests of vectors that become a branch's own condition.

use std::marker::PhantomData;

use super::memory::{Address, Far};
use super::operand::{Dest, FloatDest, FloatSource, Slot, Source, VectorDest, VectorSource};
use super::{Kind, Leave, Op, Regs, Shape as Listed};
use crate::interp::numeric::simd::{
    self, Binary, FloatExtract, FloatReplace, FloatSplat, IntExtract, IntReplace, IntSplat, Shape,
    Shift, Shuffle, Ternary, Test, Unary, from_memory,
};
use crate::interp::numeric::{FloatValue, IntValue};

/// d = x
pub(crate) struct MoveVector<X, D>(PhantomData<(X, D)>);

impl<X: VectorSource, D: VectorDest> Op for MoveVector<X, D> {
    const SIZE: usize = X::SIZE + D::SIZE;
    const SHAPE: Listed = Listed::Op { name: "move vector", operands: &[X::KIND, D::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let value = X::read(r, at);
        D::write(r, at + X::SIZE, value);
        Ok(())
    }
}

/// d = c ? x : y
pub(crate) struct SelectVector<C, X, Y, D>(PhantomData<(C, X, Y, D)>);

impl<C: Source, X: VectorSource, Y: VectorSource, D: VectorDest> Op for SelectVector<C, X, Y, D> {
    const SIZE: usize = C::SIZE + X::SIZE + Y::SIZE + D::SIZE;
    const SHAPE: Listed =
        Listed::Op { name: "select vector", operands: &[X::KIND, Y::KIND, C::KIND, D::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let first = X::read(r, at);
        let second = Y::read(r, at + X::SIZE);
        let condition = C::read(r, at + X::SIZE + Y::SIZE) as u32;
        let value = if condition == 0 { second } else { first };
        D::write(r, at + X::SIZE + Y::SIZE + C::SIZE, value);
        Ok(())
    }
}

/// d = op x
pub(crate) struct UnaryOp<O, X, D>(PhantomData<(O, X, D)>);

impl<O: Unary, X: VectorSource, D: VectorDest> Op for UnaryOp<O, X, D> {
    const SIZE: usize = X::SIZE + D::SIZE;
    const SHAPE: Listed = Listed::Op { name: O::OP.row().name, operands: &[X::KIND, D::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let value = O::apply(O::In::of(X::read(r, at)));
        D::write(r, at + X::SIZE, value.vector());
        Ok(())
    }
}

/// d = x op y
pub(crate) struct BinaryOp<O, X, Y, D>(PhantomData<(O, X, Y, D)>);

impl<O: Binary, X: VectorSource, Y: VectorSource, D: VectorDest> Op for BinaryOp<O, X, Y, D> {
    const SIZE: usize = X::SIZE + Y::SIZE + D::SIZE;
    const SHAPE: Listed =
        Listed::Op { name: O::OP.row().name, operands: &[X::KIND, Y::KIND, D::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let lhs = O::In::of(X::read(r, at));
        let rhs = O::In::of(Y::read(r, at + X::SIZE));
        D::write(r, at + X::SIZE + Y::SIZE, O::apply(lhs, rhs).vector());
        Ok(())
    }
}

/// d = op x y z
pub(crate) struct TernaryOp<O, X, Y, Z, D>(PhantomData<(O, X, Y, Z, D)>);

impl<O: Ternary, X: VectorSource, Y: VectorSource, Z: VectorSource, D: VectorDest> Op
    for TernaryOp<O, X, Y, Z, D>
{
    const SIZE: usize = X::SIZE + Y::SIZE + Z::SIZE + D::SIZE;
    const SHAPE: Listed =
        Listed::Op { name: O::OP.row().name, operands: &[X::KIND, Y::KIND, Z::KIND, D::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let first = O::In::of(X::read(r, at));
        let second = O::In::of(Y::read(r, at + X::SIZE));
        let third = O::In::of(Z::read(r, at + X::SIZE + Y::SIZE));
        let value = O::apply(first, second, third);
        D::write(r, at + X::SIZE + Y::SIZE + Z::SIZE, value.vector());
        Ok(())
    }
}

/// d = x op n, each lane
pub(crate) struct ShiftOp<O, X, N, D>(PhantomData<(O, X, N, D)>);

impl<O: Shift, X: VectorSource, N: Source, D: VectorDest> Op for ShiftOp<O, X, N, D> {
    const SIZE: usize = X::SIZE + N::SIZE + D::SIZE;
    const SHAPE: Listed =
        Listed::Op { name: O::OP.row().name, operands: &[X::KIND, N::KIND, D::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let value = O::In::of(X::read(r, at));
        let count = N::read(r, at + X::SIZE) as u32;
        D::write(r, at + X::SIZE + N::SIZE, O::apply(value, count).vector());
        Ok(())
    }
}

/// d = op x, an i32
pub(crate) struct TestOp<O, X, D>(PhantomData<(O, X, D)>);

impl<O: Test, X: VectorSource, D: Dest> Op for TestOp<O, X, D> {
    const SIZE: usize = X::SIZE + D::SIZE;
    const SHAPE: Listed = Listed::Op { name: O::OP.row().name, operands: &[X::KIND, D::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let value = O::apply(O::In::of(X::read(r, at)));
        D::write(r, at + X::SIZE, value.to_slot());
        Ok(())
    }
}

/// d = x, an integer, in all lanes
pub(crate) struct IntSplatOp<O, X, D>(PhantomData<(O, X, D)>);

impl<O: IntSplat, X: Source, D: VectorDest> Op for IntSplatOp<O, X, D> {
    const SIZE: usize = X::SIZE + D::SIZE;
    const SHAPE: Listed = Listed::Op { name: O::OP.row().name, operands: &[X::KIND, D::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let value = O::apply(O::In::from_slot(X::read(r, at)));
        D::write(r, at + X::SIZE, value.vector());
        Ok(())
    }
}

/// d = x, a float, in all lanes
pub(crate) struct FloatSplatOp<O, X, D>(PhantomData<(O, X, D)>);

impl<O: FloatSplat, X: FloatSource, D: VectorDest> Op for FloatSplatOp<O, X, D> {
    const SIZE: usize = X::SIZE + D::SIZE;
    const SHAPE: Listed = Listed::Op { name: O::OP.row().name, operands: &[X::KIND, D::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let value = O::apply(O::In::from_carrier(X::read(r, at)));
        D::write(r, at + X::SIZE, value.vector());
        Ok(())
    }
}

/// d = lane n of a slot, an integer
pub(crate) struct IntExtractOp<O, D>(PhantomData<(O, D)>);

impl<O: IntExtract, D: Dest> Op for IntExtractOp<O, D> {
    const SIZE: usize = Kind::Slot.size() + Kind::Lane.size() + D::SIZE;
    const SHAPE: Listed =
        Listed::Op { name: O::OP.row().name, operands: &[Kind::Slot, Kind::Lane, D::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let lane = r.lane::<O::Lane>(at, r.operand(at + Kind::Slot.size()));
        D::write(r, at + Kind::Slot.size() + Kind::Lane.size(), O::apply(lane).to_slot());
        Ok(())
    }
}

/// d = lane n of a slot, a float
pub(crate) struct FloatExtractOp<O, D>(PhantomData<(O, D)>);

impl<O: FloatExtract, D: FloatDest> Op for FloatExtractOp<O, D> {
    const SIZE: usize = Kind::Slot.size() + Kind::Lane.size() + D::SIZE;
    const SHAPE: Listed =
        Listed::Op { name: O::OP.row().name, operands: &[Kind::Slot, Kind::Lane, D::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let lane = r.lane::<O::Lane>(at, r.operand(at + Kind::Slot.size()));
        D::write(r, at + Kind::Slot.size() + Kind::Lane.size(), O::apply(lane).to_carrier());
        Ok(())
    }
}

/// d = x with lane n = y, an integer
pub(crate) struct IntReplaceOp<O, X, Y, D>(PhantomData<(O, X, Y, D)>);

impl<O: IntReplace, X: VectorSource, Y: Source, D: VectorDest> Op for IntReplaceOp<O, X, Y, D> {
    const SIZE: usize = X::SIZE + Y::SIZE + Kind::Lane.size() + D::SIZE;
    const SHAPE: Listed =
        Listed::Op { name: O::OP.row().name, operands: &[X::KIND, Y::KIND, Kind::Lane, D::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let lanes = O::In::of(X::read(r, at));
        let value = O::Value::from_slot(Y::read(r, at + X::SIZE));
        let lane = r.operand(at + X::SIZE + Y::SIZE);
        let value = O::apply(lanes, lane, value);
        D::write(r, at + X::SIZE + Y::SIZE + Kind::Lane.size(), value.vector());
        Ok(())
    }
}

/// d = x with lane n = y, a float
pub(crate) struct FloatReplaceOp<O, X, Y, D>(PhantomData<(O, X, Y, D)>);

impl<O: FloatReplace, X: VectorSource, Y: FloatSource, D: VectorDest> Op
    for FloatReplaceOp<O, X, Y, D>
{
    const SIZE: usize = X::SIZE + Y::SIZE + Kind::Lane.size() + D::SIZE;
    const SHAPE: Listed =
        Listed::Op { name: O::OP.row().name, operands: &[X::KIND, Y::KIND, Kind::Lane, D::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let lanes = O::In::of(X::read(r, at));
        let value = O::Value::from_carrier(Y::read(r, at + X::SIZE));
        let lane = r.operand(at + X::SIZE + Y::SIZE);
        let value = O::apply(lanes, lane, value);
        D::write(r, at + X::SIZE + Y::SIZE + Kind::Lane.size(), value.vector());
        Ok(())
    }
}

/// d = the lanes of x and y that an immediate says
pub(crate) struct ShuffleOp<O, X, Y, D>(PhantomData<(O, X, Y, D)>);

impl<O: Shuffle, X: VectorSource, Y: VectorSource, D: VectorDest> Op for ShuffleOp<O, X, Y, D> {
    const SIZE: usize = X::SIZE + Y::SIZE + Kind::Lanes.size() + D::SIZE;
    const SHAPE: Listed =
        Listed::Op { name: O::OP.row().name, operands: &[X::KIND, Y::KIND, Kind::Lanes, D::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let lhs = O::In::of(X::read(r, at));
        let rhs = O::In::of(Y::read(r, at + X::SIZE));
        let lanes = O::In::of(from_memory(r.operand(at + X::SIZE + Y::SIZE)));
        let value = O::apply(lhs, rhs, lanes);
        D::write(r, at + X::SIZE + Y::SIZE + Kind::Lanes.size(), value.vector());
        Ok(())
    }
}

/// d = memory 0 [a + offset]
pub(crate) struct Load<O, A, D>(PhantomData<(O, A, D)>);

impl<O: simd::Load, A: Source, D: VectorDest> Op for Load<O, A, D> {
    const SIZE: usize = A::SIZE + Kind::Offset.size() + D::SIZE;
    const SHAPE: Listed =
        Listed::Op { name: O::OP.row().name, operands: &[A::KIND, Kind::Offset, D::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let raw = r.load::<O::Raw>(A::read(r, at), r.operand(at + A::SIZE))?;
        D::write(r, at + A::SIZE + Kind::Offset.size(), O::apply(raw).vector());
        Ok(())
    }
}

/// memory 0 [a + offset] = x
pub(crate) struct Store<O, A, X>(PhantomData<(O, A, X)>);

impl<O: simd::Store, A: Source, X: VectorSource> Op for Store<O, A, X> {
    const SIZE: usize = A::SIZE + Kind::Offset.size() + X::SIZE;
    const SHAPE: Listed =
        Listed::Op { name: O::OP.row().name, operands: &[A::KIND, Kind::Offset, X::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let value = O::In::of(X::read(r, at + A::SIZE + Kind::Offset.size()));
        r.store::<O::Raw>(A::read(r, at), r.operand(at + A::SIZE), O::apply(value))
    }
}

/// d = a slot with lane n = memory 0 [a + offset]
pub(crate) struct LoadLane<O, A, D>(PhantomData<(O, A, D)>);

impl<O: simd::LoadLane, A: Source, D: VectorDest> Op for LoadLane<O, A, D> {
    const SIZE: usize =
        A::SIZE + Kind::Offset.size() + Kind::Slot.size() + Kind::Lane.size() + D::SIZE;
    const SHAPE: Listed = Listed::Op {
        name: O::OP.row().name,
        operands: &[A::KIND, Kind::Offset, Kind::Slot, Kind::Lane, D::KIND],
    };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let raw = r.load::<O::Raw>(A::read(r, at), r.operand(at + A::SIZE))?;
        let at = at + A::SIZE + Kind::Offset.size();
        let lanes = O::In::of(<Slot as VectorSource>::read(r, at));
        let value = O::apply(lanes, r.operand(at + Kind::Slot.size()), raw);
        D::write(r, at + Kind::Slot.size() + Kind::Lane.size(), value.vector());
        Ok(())
    }
}

/// memory 0 [a + offset] = lane n of a slot
pub(crate) struct StoreLane<O, A>(PhantomData<(O, A)>);

impl<O: simd::StoreLane, A: Source> Op for StoreLane<O, A> {
    const SIZE: usize = A::SIZE + Kind::Offset.size() + Kind::Slot.size() + Kind::Lane.size();
    const SHAPE: Listed = Listed::Op {
        name: O::OP.row().name,
        operands: &[A::KIND, Kind::Offset, Kind::Slot, Kind::Lane],
    };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let value = at + A::SIZE + Kind::Offset.size();
        let lane = r.lane::<O::Lane>(value, r.operand(value + Kind::Slot.size()));
        r.store::<O::Raw>(A::read(r, at), r.operand(at + A::SIZE), O::apply(lane))
    }
}

/// d = memory n [slot + offset]
pub(crate) struct LoadAny<O, N, D>(PhantomData<(O, N, D)>);

impl<O: simd::Load, N: Address, D: VectorDest> Op for LoadAny<O, N, D> {
    const SIZE: usize = Far::<N>::SIZE + D::SIZE;
    const SHAPE: Listed = Listed::Op {
        name: O::OP.row().name,
        operands: &[Kind::Index, Kind::Offset64, Kind::Slot, D::KIND],
    };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let (base, addr) = Far::<N>::place(r, at);
        let raw = N::load::<O::Raw>(r, base, addr)?;
        D::write(r, at + Far::<N>::SIZE, O::apply(raw).vector());
        Ok(())
    }
}

/// memory n [slot + offset] = slot
pub(crate) struct StoreAny<O, N>(PhantomData<(O, N)>);

impl<O: simd::Store, N: Address> Op for StoreAny<O, N> {
    const SIZE: usize = Far::<N>::SIZE + Kind::Slot.size();
    const SHAPE: Listed = Listed::Op {
        name: O::OP.row().name,
        operands: &[Kind::Index, Kind::Offset64, Kind::Slot, Kind::Slot],
    };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let (base, addr) = Far::<N>::place(r, at);
        let value = O::In::of(<Slot as VectorSource>::read(r, at + Far::<N>::SIZE));
        N::store::<O::Raw>(r, base, addr, O::apply(value))
    }
}

/// d = a slot with lane n = memory m [slot + offset]
pub(crate) struct LoadLaneAny<O, N, D>(PhantomData<(O, N, D)>);

impl<O: simd::LoadLane, N: Address, D: VectorDest> Op for LoadLaneAny<O, N, D> {
    const SIZE: usize = Far::<N>::SIZE + Kind::Slot.size() + Kind::Lane.size() + D::SIZE;
    const SHAPE: Listed = Listed::Op {
        name: O::OP.row().name,
        operands: &[Kind::Index, Kind::Offset64, Kind::Slot, Kind::Slot, Kind::Lane, D::KIND],
    };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let (base, addr) = Far::<N>::place(r, at);
        let raw = N::load::<O::Raw>(r, base, addr)?;
        let at = at + Far::<N>::SIZE;
        let lanes = O::In::of(<Slot as VectorSource>::read(r, at));
        let value = O::apply(lanes, r.operand(at + Kind::Slot.size()), raw);
        D::write(r, at + Kind::Slot.size() + Kind::Lane.size(), value.vector());
        Ok(())
    }
}

/// memory m [slot + offset] = lane n of a slot
pub(crate) struct StoreLaneAny<O, N>(PhantomData<(O, N)>);

impl<O: simd::StoreLane, N: Address> Op for StoreLaneAny<O, N> {
    const SIZE: usize = Far::<N>::SIZE + Kind::Slot.size() + Kind::Lane.size();
    const SHAPE: Listed = Listed::Op {
        name: O::OP.row().name,
        operands: &[Kind::Index, Kind::Offset64, Kind::Slot, Kind::Slot, Kind::Lane],
    };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let (base, addr) = Far::<N>::place(r, at);
        let value = at + Far::<N>::SIZE;
        let lane = r.lane::<O::Lane>(value, r.operand(value + Kind::Slot.size()));
        N::store::<O::Raw>(r, base, addr, O::apply(lane))
    }
}
