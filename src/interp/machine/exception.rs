//! Throwing: the machine is left, and what catches is looked for frame by frame, in tables that the
//! translator left (`code::catches`). Code that throws nothing pays nothing for it.
//!
//! The values of an exception stand in the thrower's slots. They become an object only where a
//! clause wants the exception itself; where it wants the values alone they are copied.
//!
//! Spec: exec/instructions#exec-throw-ref, <https://github.com/WebAssembly/exception-handling>

use std::marker::PhantomData;

use super::counter::Counter;
use super::execution::{Execution, Stop, Walk};
use super::operand::Source;
use super::{Flow, Handler, Kind, Leave, Reason, Regs, Shape, TrapCode, WORD};
use crate::interp::code::table::Landing;
use crate::interp::code::{Clause, Cost, Site};
use crate::interp::store::StoreInner;

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
    fn operands(r: &Regs) -> (u32, i32) {
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
struct Thrown {
    /// The tag's address in the store.
    tag: u32,
    /// Its values' slots.
    values: Vec<u64>,
    /// The object, when there is one.
    object: Option<u64>,
}

impl Thrown {
    /// Whether a clause of an instance with these tags catches it.
    fn is_caught(&self, clause: &Clause, tags: &[u32]) -> bool {
        clause.tag.is_none_or(|tag| tags[tag as usize] == self.tag)
    }
}

/// What a look at a frame for what catches an exception costs, in instructions. (No instructions
/// are counted for it, but it ends the slice earlier.)
const FRAME_COST: u64 = 32;

impl Execution {
    /// Leaves frames up to the one where what is thrown is caught, and goes on there. Gives whether
    /// the budget had what was spent.
    pub(super) fn unwind(&mut self, store: &mut StoreInner, word: u64) -> Result<bool, Stop> {
        let reason = Leave::reason(word);
        let mut thrown = self.thrown(store, reason);
        // A host function's call has been paid, whatever it does.
        let unpaid = self.site(0).map_or(0, |site| site.unpaid);
        let mut walk = Walk::new(self.saved.regs, self.fixed);
        let mut work = 0;
        loop {
            let r = &walk.r;
            let landing = r.instance().and_then(|instance| {
                let is_caught = |clause: &_| {
                    work += 1;
                    thrown.is_caught(clause, &instance.tags)
                };
                instance.module.code.landing(r.ip, walk.innermost, is_caught)
            });
            if let Some(landing) = landing {
                if landing.clause.gives_exception && thrown.object.is_none() {
                    let made = store.new_exception(thrown.tag, &thrown.values);
                    thrown.object = Some(made.map_err(|kind| Stop::Trap(self.trap(kind)))?);
                }
                let counter = &mut self.saved.regs.counter;
                counter.charge((unpaid as i32 - landing.clause.unpaid) as Cost);
                let spent = store.meter.settle(counter.left());
                let enough = store.meter.pay(spent);
                *counter = Counter::new(store.meter.shorten(counter.left(), work));
                self.go_on_at(&walk, &landing, &thrown);
                store.watch.unwound(&self.saved);
                return Ok(enough);
            }
            work += FRAME_COST;
            if !walk.step() {
                store.meter.unpaid(u64::from(unpaid));
                let backtrace = self.backtrace(0).0;
                return Err(Stop::Exception(store.uncaught(thrown.tag, &thrown.values, backtrace)));
            }
        }
    }

    /// What is thrown by the op at `ip`.
    fn thrown(&self, store: &StoreInner, reason: Reason) -> Thrown {
        let regs = &self.saved.regs;
        if reason == Reason::ThrowRef {
            let (tag, values) = store.exception(regs.acc);
            return Thrown { tag, values, object: Some(regs.acc) };
        }
        let (tag, slot) = Throw::operands(regs);
        let instance = regs.instance().expect("an op that throws is an instance's");
        let tag = instance.tags[tag as usize];
        let count = store.tags[tag as usize].slots() as i32;
        let values = (slot..slot + count).map(|slot| regs.own(slot)).collect();
        Thrown { tag, values, object: None }
    }

    /// Takes over the frame where the exception is caught.
    fn go_on_at(&mut self, walk: &Walk, landing: &Landing, thrown: &Thrown) {
        let regs = &mut self.saved.regs;
        regs.fp = walk.r.fp;
        if walk.r.context() != regs.context() {
            regs.switch_to(walk.r.context());
        }
        land(regs, landing, thrown, walk.innermost);
    }

    /// The site of the op at `ip`, in this part of a superinstruction.
    fn site(&self, part: u32) -> Option<Site> {
        let regs = &self.saved.regs;
        Some(regs.instance()?.module.code.site(regs.ip, part, true)?.1)
    }
}

/// Goes on where the exception is caught, in the frame that `r` has. When that isn't the thrower's
/// own, a call saved its pins.
fn land(r: &mut Regs, landing: &Landing, thrown: &Thrown, innermost: bool) {
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
