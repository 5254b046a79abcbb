//! Ops in a row: one that goes on with the next, and superinstructions made of two.

use std::marker::PhantomData;

use super::control::Condition;
use super::regs::barrier;
use super::{Flow, Handler, Leave, Op, Regs, Shape, WORD, whole};

/// `O`, then the op behind it.
pub(crate) struct Plain<O>(PhantomData<O>);

impl<O: Op> Handler for Plain<O> {
    const SHAPE: Shape = O::SHAPE;

    #[inline(always)]
    fn run(r: &mut Regs) -> Flow {
        match O::exec(r, WORD) {
            Ok(()) => {
                r.advance(WORD + whole(O::SIZE));
                Flow::Next
            }
            Err(why) => Flow::Leave(why),
        }
    }
}

/// `A`, then `B`: their operands stand one behind the other.
pub(crate) struct Seq<A, B>(PhantomData<(A, B)>);

impl<A: Op, B: Op> Op for Seq<A, B> {
    const SIZE: usize = A::SIZE + B::SIZE;
    const PARTS: u32 = A::PARTS + B::PARTS;
    const SHAPE: Shape = Shape::Pair(&A::SHAPE, &B::SHAPE);

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        A::exec(r, at)?;
        barrier();
        B::exec(r, at + A::SIZE).map_err(|why| why.further(A::PARTS))
    }
}

/// `A`, then the condition `C`.
pub(crate) struct Then<A, C>(PhantomData<(A, C)>);

impl<A: Op, C: Condition> Condition for Then<A, C> {
    const SIZE: usize = A::SIZE + C::SIZE;
    const SHAPE: Shape = Shape::Pair(&A::SHAPE, &C::SHAPE);

    #[inline(always)]
    fn test(r: &mut Regs, at: usize) -> Result<bool, Leave> {
        A::exec(r, at)?;
        barrier();
        C::test(r, at + A::SIZE).map_err(|why| why.further(A::PARTS))
    }
}
