//! Throwing and catching. A `try_table` emits nothing: it leaves its clauses in the tables that the
//! machine searches when something is thrown, so entering and leaving one costs nothing.
//!
//! At the start of a block every operand below it is in its home or a constant, and the pinned
//! locals have homes while a callee runs. So the machine can put an exception's values where the
//! clause's label wants them, and go on there: no code stands between.
//!
//! Spec: exec/instructions#exec-throw, <https://github.com/WebAssembly/exception-handling>; not
//! the older `try`, `catch` and `rethrow`.

use super::operand::Place;
use super::{After, Translator, func_type_of, pick};
use crate::decoder::body;
use crate::interp::code::{Clause, Label, slots_of};
use crate::interp::machine::Handler;
use crate::interp::machine::exception::Throw;
use crate::wasm::{BlockType, Catch, CatchList, LabelIdx, TagIdx};

impl Translator<'_> {
    pub(super) fn throw(&mut self, tag: TagIdx) -> After {
        let ty = self.wasm.tags[tag];
        let count = func_type_of(self.wasm, ty).params.len();
        self.settle_top(count);
        self.spill_acc(None);
        let first = self.stack.len() - count;
        let slot = self.stack.get(first).map_or_else(|| self.next_home(), |value| value.home);
        self.note_references();
        let mut operands = self.operands();
        operands.u32(tag.0).i32(slot);
        self.emit_jump(<Throw as Handler>::CODE, &operands);
        self.keep(operands);
        After::Dead
    }

    pub(super) fn throw_ref(&mut self) -> After {
        let x = self.pop_reference();
        let mut operands = self.operands();
        operands.source64(x);
        self.emit_jump(pick::other::throw_ref(x.kind()), &operands);
        self.keep(operands);
        After::Dead
    }

    pub(super) fn try_table(&mut self, ty: BlockType, catches: CatchList) {
        let params = self.settle_params(ty);
        let wasm = self.wasm;
        let below = self.stack.len() - params;
        let clauses = body::catches(wasm, catches).map(|catch| self.clause(catch, below));
        let clauses: Vec<_> = clauses.collect();
        self.code.open_catches(clauses.into_iter());
        self.open_try(ty);
    }

    /// A clause, and where it leads.
    fn clause(&mut self, catch: Catch, below: usize) -> (Clause, Label) {
        let (tag, gives_exception, label) = match catch {
            Catch::One { tag, label } => (Some(tag), false, label),
            Catch::OneRef { tag, label } => (Some(tag), true, label),
            Catch::All { label } => (None, false, label),
            Catch::AllRef { label } => (None, true, label),
        };
        let params =
            tag.map_or(&[][..], |tag| &func_type_of(self.wasm, self.wasm.tags[tag]).params);
        let slots = params.iter().map(|ty| slots_of(*ty) as i32).sum::<i32>();
        let (label, slot) = self.catch_label(label, below);
        self.reach(slot + slots + i32::from(gives_exception));
        let tag = tag.map(|tag| tag.0);
        (Clause { tag, gives_exception, slot, word: 0, unpaid: 0 }, label)
    }

    /// The code label of a clause's label, and the slot of its first value. A clause that returns
    /// from the function leads to code behind the body that does.
    fn catch_label(&mut self, label: LabelIdx, below: usize) -> (Label, i32) {
        if self.returns(label) {
            let landing = *self.landing.get_or_insert_with(|| self.code.label());
            return (landing, self.base);
        }
        let (_, height) = self.arity(label);
        // What is above the block's label are operands that end with it, or the block's own.
        let slot = match self.stack.get(height) {
            Some(value) => value.home,
            None => self.next_home(),
        };
        debug_assert!(height <= below, "a clause leads out of its block");
        (self.label(label), slot)
    }

    /// Behind the body: returns with the values that a clause put into the first homes.
    pub(super) fn land(&mut self) {
        let Some(landing) = self.landing else { return };
        self.deferred = None;
        self.truncate(0);
        self.bind_dead(landing);
        let ty = self.ty;
        for ty in &ty.results {
            self.push(Place::Home, *ty);
        }
        self.return_values();
    }
}
