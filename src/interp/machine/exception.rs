//! Throwing: the machine is left, and what catches is looked for frame by frame, in tables that the
//! translator left (`code::catches`). Code that throws nothing pays nothing for it.
//!
//! The values of an exception stand in the thrower's slots. They become an object only where a
//! clause wants the exception itself; where it wants the values alone they are copied.
//!
//! Spec: exec/instructions#exec-throw-ref, <https://github.com/WebAssembly/exception-handling>

use std::marker::PhantomData;

use super::operand::Source;
use super::{Flow, Handler, Kind, Leave, Regs, Shape, TrapCode, WORD};
use crate::interp::code::Clause;
use crate::interp::code::table::Landing;

/// throw tag n: the values are in slots from m on
pub(crate) struct Throw;

impl Handler for Throw {
    const SHAPE: Shape = Shape::Op { name: "throw", operands: &[Kind::Index, Kind::FarSlot] };

    #[inline(always)]
    fn run(_: &mut Regs) -> Flow {
        Flow::Leave(Leave::THROW)
    }
}

impl Throw {
    /// The tag's index and the first value's slot, of the op at `ip`.
    pub(super) fn operands(r: &Regs) -> (u32, i32) {
        (r.operand(WORD), r.operand(WORD + Kind::Index.size()))
    }
}

/// throw the exception x
pub(crate) struct ThrowRef<X>(PhantomData<X>);

impl<X: Source> Handler for ThrowRef<X> {
    const SHAPE: Shape = Shape::Op { name: "throw_ref", operands: &[X::KIND] };

    #[inline(always)]
    fn run(r: &mut Regs) -> Flow {
        let exception = X::read(r, WORD);
        if exception == 0 {
            return Flow::Leave(Leave::trap(TrapCode::NullExceptionReference));
        }
        r.acc = exception;
        Flow::Leave(Leave::THROW_REF)
    }
}

/// What is thrown.
pub(super) struct Thrown {
    /// The tag's address in the store.
    pub(super) tag: u32,
    /// Its values' slots.
    pub(super) values: Vec<u64>,
    /// The object, when there is one.
    pub(super) object: Option<u64>,
}

impl Thrown {
    /// Whether a clause of an instance with these tags catches it.
    pub(super) fn is_caught(&self, clause: &Clause, tags: &[u32]) -> bool {
        clause.tag.is_none_or(|tag| tags[tag as usize] == self.tag)
    }
}

/// Goes on where the exception is caught, in the frame that `r` has. When that isn't the thrower's
/// own, a call saved its pins.
pub(super) fn land(r: &mut Regs, landing: &Landing, thrown: &Thrown, innermost: bool) {
    let Landing { ip, clause, float_homes } = landing;
    if !innermost {
        (r.l0, r.l1) = (r.own(0), r.own(1));
        let [f0, f1] = float_homes;
        if let Some(home) = f0 {
            r.f0 = f64::from_bits(r.own(*home));
        }
        if let Some(home) = f1 {
            r.f1 = f64::from_bits(r.own(*home));
        }
    }
    let mut slot = clause.slot;
    if clause.tag.is_some() {
        for value in &thrown.values {
            r.set_own(slot, *value);
            slot += 1;
        }
    }
    if clause.gives_exception {
        r.set_own(slot, thrown.object.expect("made before the frames were left"));
    }
    r.ip = *ip;
}
