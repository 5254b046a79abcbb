//! Calls. Arguments go to their homes, which are the callee's parameters; a result comes in the
//! accumulator of its class, several in the arguments' slots.

use super::operand::{Place, Source};
use super::operands::Operands;
use super::pick::Toll;
use super::{After, Class, Translator, pick};
use crate::interp::code::{CallShape, HEADER, ResultPlace};
use crate::interp::machine::OpCode;
use crate::wasm::{CompositeType, FuncIdx, FuncType, Index, TableIdx, TypeIdx};

/// A call about to be emitted: the callee's type, and the home of its first argument.
struct Site<'m> {
    ty: &'m FuncType,
    shape: CallShape,
    first: i32,
}

impl Site<'_> {
    /// Slots between the caller's and the callee's frame.
    const fn delta(&self) -> u32 {
        (self.first + HEADER as i32) as u32 + self.shape.area()
    }
}

impl<'m> Translator<'m> {
    pub(super) fn call(&mut self, func: FuncIdx) {
        let site = self.site_of(self.wasm.funcs[func]);
        let toll = self.call_toll();
        let mut operands;
        let op = if let Some(entry) = self.entry(func) {
            operands = self.operands();
            operands.u64(entry);
            let near = pick::other::call_near(site.delta(), toll);
            near.unwrap_or_else(|| {
                operands.u32(site.delta());
                pick::other::call_far(toll)
            })
        } else {
            operands = self.through(site.delta());
            operands.u32(func.0);
            self.emit_call(pick::other::call_import(toll), operands, &site);
            return;
        };
        self.pay(&mut operands);
        self.emit_call(op, operands, &site);
    }

    pub(super) fn call_indirect(&mut self, ty: TypeIdx, table: TableIdx) {
        let index = self.pop_callee();
        let site = self.site_of(ty);
        let toll = self.call_toll();
        let type_id = self.type_id(ty);
        let mut operands = self.through(site.delta());
        operands.u32(table.0).u32(type_id).source32(index);
        self.emit_call(pick::other::call_indirect(index.kind(), toll), operands, &site);
    }

    pub(super) fn call_ref(&mut self, ty: TypeIdx) {
        let callee = self.pop_callee();
        let site = self.site_of(ty);
        let toll = self.call_toll();
        let mut operands = self.through(site.delta());
        operands.source64(callee);
        self.emit_call(pick::other::call_ref(callee.kind(), toll), operands, &site);
    }

    pub(super) fn return_call(&mut self, func: FuncIdx) -> After {
        let site = self.site_of(self.wasm.funcs[func]);
        let toll = self.call_toll();
        if let Some(entry) = self.entry(func) {
            let mut operands = self.operands();
            operands.u64(entry);
            self.tail(&mut operands, &site);
            self.leave(pick::other::return_call(toll), operands)
        } else {
            let mut operands = self.operands();
            self.tail(&mut operands, &site);
            operands.u32(func.0);
            self.leave(pick::other::return_call_import(toll), operands)
        }
    }

    pub(super) fn return_call_indirect(&mut self, ty: TypeIdx, table: TableIdx) -> After {
        let index = self.pop_callee();
        let site = self.site_of(ty);
        let toll = self.call_toll();
        let type_id = self.type_id(ty);
        let mut operands = self.operands();
        self.tail(&mut operands, &site);
        operands.u32(table.0).u32(type_id).source32(index);
        self.leave(pick::other::return_call_indirect(index.kind(), toll), operands)
    }

    pub(super) fn return_call_ref(&mut self, ty: TypeIdx) -> After {
        let callee = self.pop_callee();
        let site = self.site_of(ty);
        let toll = self.call_toll();
        let mut operands = self.operands();
        self.tail(&mut operands, &site);
        operands.source64(callee);
        self.leave(pick::other::return_call_ref(callee.kind(), toll), operands)
    }

    /// Pops what says whom to call, an index or a reference. It may stay in the accumulator: only
    /// moves follow.
    fn pop_callee(&mut self) -> Source {
        let [callee] = self.pop();
        let home = self.next_home();
        match callee {
            Source::Const(_) => self.in_slot(callee, home, Class::Int),
            Source::L0 | Source::L1 | Source::F0 | Source::F1 | Source::Acc | Source::Slot(_) => {
                callee
            }
        }
    }

    /// Brings the arguments home, and pops them.
    fn site_of(&mut self, ty: TypeIdx) -> Site<'m> {
        let ty = match &self.wasm.types[ty].composite {
            CompositeType::Func(ty) => ty,
            CompositeType::Struct(_) | CompositeType::Array(_) => {
                unreachable!("validated: calls have function types")
            }
        };
        let shape = CallShape::of(ty);
        let count = ty.params.len();
        self.settle_top(count);
        self.spill_acc(None);
        self.truncate(self.stack.len() - count);
        let first = self.next_home();
        let site = Site { ty, shape, first };
        self.reach(site.delta() as i32);
        site
    }

    /// Calls pay for what was executed before them, and check.
    fn call_toll(&self) -> Toll {
        if self.metered { Toll::Paid } else { Toll::Free }
    }

    /// The operand of what is paid.
    fn pay(&self, operands: &mut Operands) {
        if self.metered {
            operands.cost(self.unpaid);
        }
    }

    /// The operands that calls through a `FuncInst` share.
    fn through(&mut self, delta: u32) -> Operands {
        let mut operands = self.operands();
        operands.u32(delta);
        self.pay(&mut operands);
        operands
    }

    /// The operands that tail calls share.
    fn tail(&self, operands: &mut Operands, site: &Site<'_>) {
        self.pay(operands);
        let slots = |shape: CallShape| HEADER as u32 + shape.area();
        operands.i32(site.first).u32(site.shape.params);
        operands.u32(slots(self.shape)).u32(slots(site.shape));
    }

    /// Emits a call and pushes its results.
    fn emit_call(&mut self, op: OpCode, operands: Operands, site: &Site<'_>) {
        self.save_float_pins();
        self.emit_jump(op, &operands);
        self.keep(operands);
        self.note_call();
        self.restore_float_pins();
        self.unpaid = 0;
        self.copies = [None; 3];
        match site.shape.place {
            ResultPlace::Nowhere => {}
            ResultPlace::Acc | ResultPlace::FloatAcc => self.push_acc(site.ty.results[0]),
            ResultPlace::Slots => {
                for ty in &site.ty.results {
                    self.push(Place::Home, *ty);
                }
            }
        }
    }

    /// Emits a tail call.
    fn leave(&mut self, op: OpCode, operands: Operands) -> After {
        self.emit_jump(op, &operands);
        self.keep(operands);
        After::Dead
    }

    /// The address of a function's entry word; none when it is imported.
    fn entry(&self, func: FuncIdx) -> Option<u64> {
        let defined = func.to_usize().checked_sub(self.wasm.imported_funcs())?;
        Some(self.module.code.entry(defined).as_ptr() as u64)
    }

    /// The canonical type.
    fn type_id(&self, ty: TypeIdx) -> u32 {
        self.module.type_ids[ty.to_usize()].0
    }
}
