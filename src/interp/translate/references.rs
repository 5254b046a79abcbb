//! The maps of a frame's references that the collector needs (`code::references`), left where
//! control can be while objects are collected.
//!
//! At such a place an operand is in its home, is a local, or is a constant: nothing is deferred,
//! and no reference is in the accumulator.

use super::operand::{Operand, Place as OperandPlace};
use super::{Class, Dest, Translator};
use crate::interp::code::references::Place;
use crate::wasm::{AbsHeapType, CompositeType, HeapType, ValType};

/// What is known of references while a function is translated.
#[derive(Default)]
pub(super) struct References {
    /// Whether an operand ever was one that a collector follows.
    any: bool,
    /// Operands that are linked: their positions and links, from the bottom.
    chain: Vec<(usize, u32)>,
    /// Operands below this one are in the chain when they are references.
    chained: usize,
}

impl References {
    /// The stack is only so high now.
    pub(super) fn truncate(&mut self, len: usize) {
        self.chained = self.chained.min(len);
        while self.chain.pop_if(|(position, _)| *position >= len).is_some() {}
    }
}

impl Translator<'_> {
    /// An operand of this type is pushed.
    pub(super) fn see(&mut self, ty: ValType) {
        if !self.references.any && matches!(ty, ValType::Ref(_)) {
            self.references.any = self.is_traced(ty);
        }
    }

    /// Whether a collector follows values of the type.
    fn is_traced(&self, ty: ValType) -> bool {
        let ValType::Ref(ty) = ty else { return false };
        match ty.heap {
            HeapType::Abstract(heap) => !matches!(heap, AbsHeapType::Func | AbsHeapType::NoFunc),
            HeapType::Concrete(ty) => {
                !matches!(self.wasm.types[ty].composite, CompositeType::Func(_))
            }
        }
    }

    /// Parameters and locals are laid out.
    pub(super) fn note_locals(&mut self) {
        for index in 0..self.locals.len() {
            let local = self.locals[index];
            if let Dest::Slot(slot) = local.dest
                && self.is_traced(local.ty)
            {
                self.code.references.local(slot);
            }
        }
    }

    /// Before a branch that may jump over moves: a slice can end behind them, so a reference may
    /// not wait there in the accumulator.
    pub(super) fn settle_references(&mut self) {
        if self.references.any {
            self.spill_acc(Some(Class::Int));
        }
    }

    /// The next op allocates, or is one where control can stay: its operands are references still.
    pub(super) fn note_references(&mut self) {
        self.note(Place::at(self.code.here()));
    }

    /// The op before is a call, whose arguments are the callee's now.
    pub(super) fn note_call(&mut self) {
        self.note(Place::behind_call(self.code.here()));
    }

    fn note(&mut self, place: Place) {
        if !self.references.any {
            return;
        }
        debug_assert!(self.nothing_traced_waits(), "references are in homes where slices end");
        for position in self.references.chained..self.settled {
            if let Some(slot) = self.traced_home(position) {
                let below = self.references.chain.last().map(|(_, link)| *link);
                let link = self.code.references.link(slot, below);
                self.references.chain.push((position, link));
            }
        }
        self.references.chained = self.references.chained.max(self.settled);
        let near = self.references.chained..self.stack.len();
        let near: Vec<_> = near.filter_map(|position| self.traced_home(position)).collect();
        let deep = self.references.chain.last().map(|(_, link)| *link);
        self.code.references.note(place, near.into_iter(), deep);
    }

    /// Whether no reference is in the accumulator or to be computed.
    fn nothing_traced_waits(&self) -> bool {
        self.stack[self.settled..].iter().all(|operand| {
            !matches!(operand.place, OperandPlace::Acc | OperandPlace::Deferred)
                || !self.is_traced(operand.ty)
        })
    }

    /// The home of an operand that is a reference and in its home.
    fn traced_home(&self, position: usize) -> Option<i32> {
        let Operand { place, ty, home } = self.stack[position];
        (place == OperandPlace::Home && self.is_traced(ty)).then_some(home)
    }
}
