//! Branches, returns, and the toll that they pay: instructions executed since the last charge.
//!
//! A branch's words: handler, target, what it pays, the condition's operands.

use std::marker::PhantomData;

use super::operand::{FloatSource, Source};
use super::{Flow, Handler, Kind, Leave, Op, Regs, Shape, TrapCode, WORD, whole};
use crate::interp::code::Cost;

/// A test that decides a branch.
pub(crate) trait Condition: 'static {
    /// Bytes of its operands.
    const SIZE: usize;
    /// How a listing shows it.
    const SHAPE: Shape;
    /// Whether it holds; its operands begin at byte `at`.
    fn test(r: &mut Regs, at: usize) -> Result<bool, Leave>;
}

/// What a path pays for the instructions it has executed.
pub(crate) trait Toll: 'static {
    /// Bytes of its operand.
    const SIZE: usize;
    /// Pays; false when the slice is over.
    fn pay(r: &mut Regs, at: usize) -> bool;
}

/// Pays nothing: for code without metering.
pub(crate) struct Free;
/// Pays, and leaves the check to the next branch or call.
pub(crate) struct Pay;
/// Pays and checks.
pub(crate) struct Check;

impl Toll for Free {
    const SIZE: usize = 0;
    #[inline(always)]
    fn pay(_: &mut Regs, _: usize) -> bool {
        true
    }
}

impl Toll for Pay {
    const SIZE: usize = Kind::Cost.size();
    #[inline(always)]
    fn pay(r: &mut Regs, at: usize) -> bool {
        let cost = r.operand::<Cost>(at);
        r.counter.charge(cost);
        true
    }
}

impl Toll for Check {
    const SIZE: usize = Kind::Cost.size();
    #[inline(always)]
    fn pay(r: &mut Regs, at: usize) -> bool {
        let cost = r.operand::<Cost>(at);
        r.counter.charge(cost);
        !r.counter.is_over()
    }
}

/// if C goto target
pub(crate) struct Branch<C, T>(PhantomData<(C, T)>);

impl<C: Condition, T: Toll> Handler for Branch<C, T> {
    const SHAPE: Shape =
        Shape::Pair(&C::SHAPE, &Shape::Op { name: "goto", operands: &[Kind::Target, Kind::Cost] });

    #[inline(always)]
    fn run(r: &mut Regs) -> Flow {
        let toll = 2 * WORD;
        match C::test(r, toll + T::SIZE) {
            Err(why) => Flow::Leave(why),
            Ok(true) => {
                let goes_on = T::pay(r, toll);
                r.ip = r.target(WORD);
                if goes_on { Flow::Taken } else { Flow::SliceOver }
            }
            Ok(false) => {
                r.advance(toll + whole(T::SIZE + C::SIZE));
                Flow::Next
            }
        }
    }
}

/// true
pub(crate) struct Always;

impl Condition for Always {
    const SIZE: usize = 0;
    const SHAPE: Shape = Shape::Op { name: "always", operands: &[] };

    #[inline(always)]
    fn test(_: &mut Regs, _: usize) -> Result<bool, Leave> {
        Ok(true)
    }
}

/// x != 0 (an i32, or a reference that is not null); with `HOLDS` false, x == 0
pub(crate) struct IsTrue<X, const HOLDS: bool>(PhantomData<X>);

impl<X: Source, const HOLDS: bool> Condition for IsTrue<X, HOLDS> {
    const SIZE: usize = X::SIZE;
    const SHAPE: Shape =
        Shape::Op { name: if HOLDS { "true" } else { "false" }, operands: &[X::KIND] };

    #[inline(always)]
    fn test(r: &mut Regs, at: usize) -> Result<bool, Leave> {
        Ok((X::read(r, at) != 0) == HOLDS)
    }
}

/// goto targets[x], or the last one when x is outside. The words: handler, count and operand, then
/// for each label its target and, when it pays, its cost.
pub(crate) struct BranchTable<X, T>(PhantomData<(X, T)>);

impl<X: Source, T: Toll> Handler for BranchTable<X, T> {
    const SHAPE: Shape = Shape::Op {
        name: "goto table",
        operands: if T::SIZE == 0 {
            &[Kind::Index, X::KIND, Kind::Rows]
        } else {
            &[Kind::Index, X::KIND, Kind::PaidRows]
        },
    };

    #[inline(always)]
    fn run(r: &mut Regs) -> Flow {
        let stride = if T::SIZE == 0 { WORD } else { 2 * WORD };
        let table = WORD + whole(Kind::Index.size() + X::SIZE);
        let count = r.operand::<u32>(WORD);
        let index = X::read(r, WORD + Kind::Index.size()) as u32;
        // Two paths: a clamp by a predicted branch is cheaper than by `min`.
        if index < count {
            let at = index as usize;
            if T::SIZE != 0 {
                let cost = r.entry::<Cost>(table + WORD, stride, at);
                r.counter.charge(cost);
            }
            r.ip = r.entry(table, stride, at);
            return Flow::Next;
        }
        let at = count as usize;
        if T::SIZE != 0 {
            let cost = r.entry::<Cost>(table + WORD, stride, at);
            r.counter.charge(cost);
        }
        r.ip = r.entry(table, stride, at);
        Flow::Taken
    }
}

/// acc = x; return
pub(crate) struct Return<X, T>(PhantomData<(X, T)>);

impl<X: Source, T: Toll> Handler for Return<X, T> {
    const SHAPE: Shape = Shape::Op { name: "return", operands: &[Kind::Cost, X::KIND] };

    #[inline(always)]
    fn run(r: &mut Regs) -> Flow {
        r.acc = X::read(r, WORD + T::SIZE);
        T::pay(r, WORD);
        leave_frame(r);
        Flow::Next
    }
}

/// facc = x; return
pub(crate) struct ReturnFloat<X, T>(PhantomData<(X, T)>);

impl<X: FloatSource, T: Toll> Handler for ReturnFloat<X, T> {
    const SHAPE: Shape = Shape::Op { name: "return float", operands: &[Kind::Cost, X::KIND] };

    #[inline(always)]
    fn run(r: &mut Regs) -> Flow {
        r.facc = X::read(r, WORD + T::SIZE);
        T::pay(r, WORD);
        leave_frame(r);
        Flow::Next
    }
}

/// Back to the caller: its frame, its pins, its next op.
#[inline(always)]
pub(super) fn leave_frame(r: &mut Regs) {
    r.ip = r.return_address();
    r.fp = r.caller();
    r.l0 = r.own(0);
    r.l1 = r.own(1);
}

/// trap: unreachable
pub(crate) struct Unreachable;

impl Op for Unreachable {
    const SIZE: usize = 0;
    const SHAPE: Shape = Shape::Op { name: "unreachable", operands: &[] };

    #[inline(always)]
    fn exec(_: &mut Regs, _: usize) -> Result<(), Leave> {
        Err(Leave::trap(TrapCode::Unreachable))
    }
}

/// The outermost function returned here.
pub(crate) struct Done;

impl Handler for Done {
    const SHAPE: Shape = Shape::Op { name: "done", operands: &[] };

    #[inline(always)]
    fn run(_: &mut Regs) -> Flow {
        Flow::Leave(Leave::DONE)
    }
}

/// The stub of a function that isn't translated.
pub(crate) struct Translate;

impl Handler for Translate {
    const SHAPE: Shape = Shape::Op { name: "translate", operands: &[Kind::Index] };

    #[inline(always)]
    fn run(_: &mut Regs) -> Flow {
        Flow::Leave(Leave::TRANSLATE)
    }
}
