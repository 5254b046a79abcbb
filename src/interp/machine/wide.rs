//! Integers of 128 bits: operands and result in consecutive slots.
//!
//! Proposal: <https://github.com/WebAssembly/wide-arithmetic>. Nothing is fused with these: what
//! they save is the guest's own carries and partial products.

use std::marker::PhantomData;

use super::{Kind, Leave, Op, Regs, Shape};
use crate::interp::numeric::wide::{Halves, Wide};

/// slots n, n+1 = x op y, which are in the slots from n on
pub(crate) struct WideOp<O>(PhantomData<O>);

impl<O: Wide> Op for WideOp<O> {
    const SIZE: usize = Kind::FarSlot.size();
    const SHAPE: Shape = Shape::Op { name: O::OP.row().name, operands: &[Kind::FarSlot] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let slot = r.operand::<i32>(at);
        let second = slot + O::In::SLOTS as i32;
        let operand = |r: &Regs, slot: i32| {
            O::In::of(r.own(slot), if O::In::SLOTS == 2 { r.own(slot + 1) } else { 0 })
        };
        let value = O::apply(operand(r, slot), operand(r, second));
        r.set_own(slot, value as u64);
        r.set_own(slot + 1, (value >> u64::BITS) as u64);
        Ok(())
    }
}
