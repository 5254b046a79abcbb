//! Locals, globals, drop, select.

use super::operand::{Dest, Place, Source, What};
use super::{Class, Translator, pick};
use crate::interp::machine::Op as AnOp;
use crate::interp::machine::variable::{GlobalGetWide, GlobalSetWide};
use crate::interp::module::GlobalSlot;
use crate::wasm::{GlobalIdx, LocalIdx};

impl Translator<'_> {
    pub(super) fn local_get(&mut self, local: LocalIdx) {
        let ty = self.locals[local.0 as usize].ty;
        self.push(Place::Local(local.0), ty);
    }

    pub(super) fn local_set(&mut self, local: LocalIdx) {
        self.assign(local);
        self.truncate(self.stack.len() - 1);
    }

    /// The value stays on the stack, as the local.
    pub(super) fn local_tee(&mut self, local: LocalIdx) {
        self.assign(local);
    }

    /// Writes the topmost operand to the local. What still reads the local is preserved first; so
    /// is what is deferred, unless it is this very value.
    fn assign(&mut self, local: LocalIdx) {
        let top = self.stack.len() - 1;
        if self.deferred.is_some_and(|deferred| deferred.position != top) {
            self.park();
        }
        self.unfold(top);
        let value = self.stack[top];
        if value.place == Place::Local(local.0) {
            return;
        }
        // The value itself may be another local's, but not this one's.
        self.preserve(local.0);
        let dest = self.locals[local.0 as usize].dest;
        match (value.place, dest) {
            (Place::Deferred, _) => self.emit_deferred(dest),
            (_, Dest::Slot(slot)) => self.move_operand(top, slot),
            (_, Dest::L0 | Dest::L1 | Dest::F0 | Dest::F1 | Dest::Acc) => {
                let source = self.source(top);
                self.move_to(source, dest, Class::of(value.ty));
            }
        }
        // An operand that was in the accumulator isn't there for anybody else.
        self.stack[top].place = Place::Local(local.0);
        self.settled = self.settled.min(top);
    }

    pub(super) fn global_get(&mut self, global: GlobalIdx) {
        let ty = self.wasm.globals[global].ty.content;
        let (word, imported) = self.global_word(global);
        self.flush();
        if Class::of(ty) != Class::Vector {
            self.defer(What::GlobalGet { word, imported }, ty);
            return;
        }
        self.push(Place::Home, ty);
        let home = self.stack[self.stack.len() - 1].home;
        let mut operands = self.operands();
        operands.u32(word).i32(home);
        self.emit(
            if imported {
                <GlobalGetWide<true> as AnOp>::CODE
            } else {
                <GlobalGetWide<false> as AnOp>::CODE
            },
            &operands,
        );
        self.keep(operands);
        self.forget_all(home, Class::Vector);
    }

    pub(super) fn global_set(&mut self, global: GlobalIdx) {
        let ty = self.wasm.globals[global].ty.content;
        let (word, imported) = self.global_word(global);
        let mut operands;
        match Class::of(ty) {
            Class::Vector => {
                self.settle_top(1);
                let home = self.stack[self.stack.len() - 1].home;
                self.truncate(self.stack.len() - 1);
                operands = self.operands();
                operands.u32(word).i32(home);
                self.emit(
                    if imported {
                        <GlobalSetWide<true> as AnOp>::CODE
                    } else {
                        <GlobalSetWide<false> as AnOp>::CODE
                    },
                    &operands,
                );
            }
            class @ (Class::Int | Class::Float) => {
                let [mut value] = self.pop();
                let home = self.next_home();
                if class == Class::Float && !matches!(value, Source::Const(_)) {
                    value = self.in_slot(value, home, class);
                }
                operands = self.operands();
                operands.u32(word).source64(value);
                self.emit(pick::other::global_set(value.kind(), imported), &operands);
            }
        }
        self.keep(operands);
    }

    /// The global's word in the context, and whether it holds an address.
    fn global_word(&self, global: GlobalIdx) -> (u32, bool) {
        match self.module.globals[global.0 as usize] {
            GlobalSlot::Own(word) => (word, false),
            GlobalSlot::Imported(word) => (word, true),
        }
    }

    pub(super) fn drop_(&mut self) {
        let top = self.stack.len() - 1;
        if let Some(deferred) = self.deferred
            && deferred.position == top
        {
            if deferred.what.is_pure() {
                self.deferred = None;
            } else {
                self.flush();
            }
        }
        self.truncate(self.stack.len() - 1);
    }

    pub(super) fn select(&mut self) {
        let first = self.stack.len() - 3;
        let ty = self.stack[first].ty;
        match Class::of(ty) {
            Class::Vector => self.select_vector(),
            class @ (Class::Int | Class::Float) => {
                let [mut x, mut y, mut condition] = self.pop();
                let home = self.next_home();
                // Only the condition may be in an accumulator: a float's isn't one that bits are
                // read from, and an integer's is the condition's place.
                if matches!(x, Source::Acc | Source::F0 | Source::F1) {
                    x = self.in_slot(x, home, class);
                }
                if matches!(y, Source::Acc | Source::F0 | Source::F1) {
                    y = self.in_slot(y, home + 1, class);
                }
                if !matches!(condition, Source::Acc | Source::Slot(_)) {
                    condition = self.in_slot(condition, home + 2, Class::Int);
                }
                self.defer(What::Select { condition, x, y }, ty);
            }
        }
    }
}
