//! References. Null is 0; a function is the address of its `FuncInst`.

use std::marker::PhantomData;

use super::operand::{Dest, Source};
use super::{Kind, Leave, Op, Regs, Shape, TrapCode};
use crate::wasm::FuncIdx;

/// acc = the function with index n
pub(crate) struct RefFunc;

impl Op for RefFunc {
    const SIZE: usize = Kind::Index.size();
    const SHAPE: Shape = Shape::Op { name: "ref.func", operands: &[Kind::Index] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let func = FuncIdx(r.operand(at));
        let at = r.with_store(|store, instance| store.func_ref(instance, func));
        r.acc = at.as_ptr() as u64;
        Ok(())
    }
}

/// d = x is null
pub(crate) struct RefIsNull<X, D>(PhantomData<(X, D)>);

impl<X: Source, D: Dest> Op for RefIsNull<X, D> {
    const SIZE: usize = X::SIZE + D::SIZE;
    const SHAPE: Shape = Shape::Op { name: "ref.is_null", operands: &[X::KIND, D::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let is_null = X::read(r, at) == 0;
        D::write(r, at + X::SIZE, u64::from(is_null));
        Ok(())
    }
}

/// d = x, unless it is null: a trap
pub(crate) struct RefAsNonNull<X, D>(PhantomData<(X, D)>);

impl<X: Source, D: Dest> Op for RefAsNonNull<X, D> {
    const SIZE: usize = X::SIZE + D::SIZE;
    const SHAPE: Shape = Shape::Op { name: "ref.as_non_null", operands: &[X::KIND, D::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let reference = X::read(r, at);
        if reference == 0 {
            return Err(Leave::trap(TrapCode::NullReference));
        }
        D::write(r, at + X::SIZE, reference);
        Ok(())
    }
}
