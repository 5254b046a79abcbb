//! References and the branches on null.

use super::operand::{Source, What};
use super::{Class, Translator, pick};
use crate::interp::machine::Op as AnOp;
use crate::interp::machine::reference::RefFunc;
use crate::wasm::{FuncIdx, LabelIdx, ValType};

impl Translator<'_> {
    pub(super) fn ref_func(&mut self, func: FuncIdx) {
        self.flush();
        self.spill_acc(None);
        let mut operands = self.operands();
        operands.u32(func.0);
        self.emit(<RefFunc as AnOp>::CODE, &operands);
        self.keep(operands);
        self.push_acc(ValType::FUNCREF);
    }

    pub(super) fn ref_is_null(&mut self) {
        let x = self.pop_reference();
        self.defer(What::RefIsNull { x }, ValType::I32);
    }

    pub(super) fn ref_as_non_null(&mut self) {
        let ty = self.top_type();
        let x = self.pop_reference();
        self.spill_acc(Some(Class::Int));
        let mut operands = self.operands();
        operands.source64(x);
        self.emit(pick::other::ref_as_non_null(x.kind()), &operands);
        self.keep(operands);
        self.push_acc(ty);
    }

    /// A reference in a slot or in the accumulator.
    pub(super) fn pop_reference(&mut self) -> Source {
        let [x] = self.pop();
        let home = self.next_home();
        if matches!(x, Source::Const(_)) { self.in_slot(x, home, Class::Int) } else { x }
    }

    /// Branches when the reference is null, without it; else it stays.
    pub(super) fn br_on_null(&mut self, label: LabelIdx) {
        self.settle_top(1);
        let reference = self.stack[self.stack.len() - 1];
        // The reference is tested as an operand above itself.
        self.truncate(self.stack.len() - 1);
        self.branch_on_reference(label, reference.home, false);
        self.stack.push(reference);
    }

    /// Branches with the reference when it isn't null; else it is gone.
    pub(super) fn br_on_non_null(&mut self, label: LabelIdx) {
        self.settle_top(1);
        let home = self.stack[self.stack.len() - 1].home;
        self.branch_on_reference(label, home, true);
        self.truncate(self.stack.len() - 1);
    }

    /// A conditional branch on a reference in its home, which may be one of the label's values.
    fn branch_on_reference(&mut self, label: LabelIdx, home: i32, holds: bool) {
        self.settle_references();
        self.gather(label);
        let test = self.slot(home, Class::Int);
        self.branch_on_test(label, test, holds);
    }

    /// A conditional branch on what an op has left somewhere, when the operands are in their homes.
    pub(super) fn branch_on_test(&mut self, label: LabelIdx, test: Source, holds: bool) {
        if self.goes_straight(label) {
            let target = self.label(label);
            self.branch_if(test, holds, target);
            return;
        }
        let skip = self.code.label();
        self.branch_if(test, !holds, skip);
        self.leave_aside(label);
        self.bind_dead(skip);
    }
}
