//! Arithmetic and comparison: one generic op a shape, over what `interp::numeric` computes.

use std::marker::PhantomData;

use super::control::Condition;
use super::operand::{Dest, FloatDest, FloatSource, Source};
use super::{Leave, Op, Regs, Shape, TrapCode};
use crate::interp::numeric::{
    FloatBinary, FloatCompare, FloatToInt, FloatUnary, FloatValue, IntBinary, IntCompare,
    IntToFloat, IntUnary, IntValue,
};
use crate::interp::trap::TrapKind;

/// The machine's code of an arithmetic trap.
#[inline(always)]
#[expect(clippy::wildcard_enum_match_arm, reason = "arithmetic raises three kinds only")]
fn trap(kind: TrapKind) -> Leave {
    Leave::trap(match kind {
        TrapKind::IntegerDivideByZero => TrapCode::IntegerDivideByZero,
        TrapKind::InvalidConversionToInteger => TrapCode::InvalidConversionToInteger,
        _ => TrapCode::IntegerOverflow,
    })
}

/// d = x op y
pub(crate) struct IntBinaryOp<O, X, Y, D>(PhantomData<(O, X, Y, D)>);

impl<O: IntBinary, X: Source, Y: Source, D: Dest> Op for IntBinaryOp<O, X, Y, D> {
    const SIZE: usize = X::SIZE + Y::SIZE + D::SIZE;
    const SHAPE: Shape =
        Shape::Op { name: O::OP.row().name, operands: &[X::KIND, Y::KIND, D::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let lhs = O::In::from_slot(X::read(r, at));
        let rhs = O::In::from_slot(Y::read(r, at + X::SIZE));
        let value = O::apply(lhs, rhs).map_err(trap)?;
        D::write(r, at + X::SIZE + Y::SIZE, value.to_slot());
        Ok(())
    }
}

/// d = x op y, as 0 or 1
pub(crate) struct IntCompareOp<O, X, Y, D>(PhantomData<(O, X, Y, D)>);

impl<O: IntCompare, X: Source, Y: Source, D: Dest> Op for IntCompareOp<O, X, Y, D> {
    const SIZE: usize = X::SIZE + Y::SIZE + D::SIZE;
    const SHAPE: Shape =
        Shape::Op { name: O::OP.row().name, operands: &[X::KIND, Y::KIND, D::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let lhs = O::In::from_slot(X::read(r, at));
        let rhs = O::In::from_slot(Y::read(r, at + X::SIZE));
        D::write(r, at + X::SIZE + Y::SIZE, u64::from(O::apply(lhs, rhs)));
        Ok(())
    }
}

/// x op y
pub(crate) struct IntTest<O, X, Y>(PhantomData<(O, X, Y)>);

impl<O: IntCompare, X: Source, Y: Source> Condition for IntTest<O, X, Y> {
    const SIZE: usize = X::SIZE + Y::SIZE;
    const SHAPE: Shape = Shape::Op { name: O::OP.row().name, operands: &[X::KIND, Y::KIND] };

    #[inline(always)]
    fn test(r: &mut Regs, at: usize) -> Result<bool, Leave> {
        let lhs = O::In::from_slot(X::read(r, at));
        let rhs = O::In::from_slot(Y::read(r, at + X::SIZE));
        Ok(O::apply(lhs, rhs))
    }
}

/// x op y, of a binary operation; true when the result isn't 0
pub(crate) struct BitTest<O, X, Y, const HOLDS: bool>(PhantomData<(O, X, Y)>);

impl<O: IntBinary, X: Source, Y: Source, const HOLDS: bool> Condition for BitTest<O, X, Y, HOLDS> {
    const SIZE: usize = X::SIZE + Y::SIZE;
    const SHAPE: Shape = Shape::Op { name: O::OP.row().name, operands: &[X::KIND, Y::KIND] };

    #[inline(always)]
    fn test(r: &mut Regs, at: usize) -> Result<bool, Leave> {
        let lhs = O::In::from_slot(X::read(r, at));
        let rhs = O::In::from_slot(Y::read(r, at + X::SIZE));
        let value = O::apply(lhs, rhs).map_err(trap)?;
        Ok((value.to_slot() != 0) == HOLDS)
    }
}

/// d = op x
pub(crate) struct IntUnaryOp<O, X, D>(PhantomData<(O, X, D)>);

impl<O: IntUnary, X: Source, D: Dest> Op for IntUnaryOp<O, X, D> {
    const SIZE: usize = X::SIZE + D::SIZE;
    const SHAPE: Shape = Shape::Op { name: O::OP.row().name, operands: &[X::KIND, D::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let value = O::apply(O::In::from_slot(X::read(r, at)));
        D::write(r, at + X::SIZE, value.to_slot());
        Ok(())
    }
}

/// d = x op y, floats
pub(crate) struct FloatBinaryOp<O, X, Y, D>(PhantomData<(O, X, Y, D)>);

impl<O: FloatBinary, X: FloatSource, Y: FloatSource, D: FloatDest> Op
    for FloatBinaryOp<O, X, Y, D>
{
    const SIZE: usize = X::SIZE + Y::SIZE + D::SIZE;
    const SHAPE: Shape =
        Shape::Op { name: O::OP.row().name, operands: &[X::KIND, Y::KIND, D::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let lhs = O::In::from_carrier(X::read(r, at));
        let rhs = O::In::from_carrier(Y::read(r, at + X::SIZE));
        D::write(r, at + X::SIZE + Y::SIZE, O::apply(lhs, rhs).to_carrier());
        Ok(())
    }
}

/// d = x op y, floats compared
pub(crate) struct FloatCompareOp<O, X, Y, D>(PhantomData<(O, X, Y, D)>);

impl<O: FloatCompare, X: FloatSource, Y: FloatSource, D: Dest> Op for FloatCompareOp<O, X, Y, D> {
    const SIZE: usize = X::SIZE + Y::SIZE + D::SIZE;
    const SHAPE: Shape =
        Shape::Op { name: O::OP.row().name, operands: &[X::KIND, Y::KIND, D::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let lhs = O::In::from_carrier(X::read(r, at));
        let rhs = O::In::from_carrier(Y::read(r, at + X::SIZE));
        D::write(r, at + X::SIZE + Y::SIZE, u64::from(O::apply(lhs, rhs)));
        Ok(())
    }
}

/// x op y, floats; with `HOLDS` false, its negation (which for NaN is no other comparison)
pub(crate) struct FloatTest<O, X, Y, const HOLDS: bool>(PhantomData<(O, X, Y)>);

impl<O: FloatCompare, X: FloatSource, Y: FloatSource, const HOLDS: bool> Condition
    for FloatTest<O, X, Y, HOLDS>
{
    const SIZE: usize = X::SIZE + Y::SIZE;
    const SHAPE: Shape = Shape::Op { name: O::OP.row().name, operands: &[X::KIND, Y::KIND] };

    #[inline(always)]
    fn test(r: &mut Regs, at: usize) -> Result<bool, Leave> {
        let lhs = O::In::from_carrier(X::read(r, at));
        let rhs = O::In::from_carrier(Y::read(r, at + X::SIZE));
        Ok(O::apply(lhs, rhs) == HOLDS)
    }
}

/// d = op x, float to float
pub(crate) struct FloatUnaryOp<O, X, D>(PhantomData<(O, X, D)>);

impl<O: FloatUnary, X: FloatSource, D: FloatDest> Op for FloatUnaryOp<O, X, D> {
    const SIZE: usize = X::SIZE + D::SIZE;
    const SHAPE: Shape = Shape::Op { name: O::OP.row().name, operands: &[X::KIND, D::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let value = O::apply(O::In::from_carrier(X::read(r, at)));
        D::write(r, at + X::SIZE, value.to_carrier());
        Ok(())
    }
}

/// d = op x, integer to float
pub(crate) struct IntToFloatOp<O, X, D>(PhantomData<(O, X, D)>);

impl<O: IntToFloat, X: Source, D: FloatDest> Op for IntToFloatOp<O, X, D> {
    const SIZE: usize = X::SIZE + D::SIZE;
    const SHAPE: Shape = Shape::Op { name: O::OP.row().name, operands: &[X::KIND, D::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let value = O::apply(O::In::from_slot(X::read(r, at)));
        D::write(r, at + X::SIZE, value.to_carrier());
        Ok(())
    }
}

/// d = op x, float to integer
pub(crate) struct FloatToIntOp<O, X, D>(PhantomData<(O, X, D)>);

impl<O: FloatToInt, X: FloatSource, D: Dest> Op for FloatToIntOp<O, X, D> {
    const SIZE: usize = X::SIZE + D::SIZE;
    const SHAPE: Shape = Shape::Op { name: O::OP.row().name, operands: &[X::KIND, D::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let value = O::apply(O::In::from_carrier(X::read(r, at))).map_err(trap)?;
        D::write(r, at + X::SIZE, value.to_slot());
        Ok(())
    }
}
