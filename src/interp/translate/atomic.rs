//! Atomic accesses, the fence, waiting and waking: operands in slots, results in the accumulator.
//!
//! Proposal: <https://github.com/WebAssembly/threads>.

use super::{Class, Translator};
use crate::interp::machine::atomic::{
    AtomicChange, AtomicExchange, AtomicFence, AtomicLoad, AtomicNotify, AtomicStore, AtomicWait,
};
use crate::interp::machine::{Handler, Op as AnOp, OpCode};
use crate::interp::numeric::atomic::{Change, Visit, visit};
use crate::interp::numeric::cell::Cell;
use crate::wasm::{Instr, MemArg, Op, Signature, ValType};

/// Asks for the op of an access.
struct Pick;

impl Visit for Pick {
    type Output = OpCode;

    fn load<C: Cell>(self) -> OpCode {
        <AtomicLoad<C> as AnOp>::CODE
    }

    fn store<C: Cell>(self) -> OpCode {
        <AtomicStore<C> as AnOp>::CODE
    }

    fn change<O: Change, C: Cell>(self) -> OpCode {
        <AtomicChange<O, C> as AnOp>::CODE
    }

    fn compare_exchange<C: Cell>(self) -> OpCode {
        <AtomicExchange<C> as AnOp>::CODE
    }
}

impl Translator<'_> {
    /// An instruction of this family; false when it is another's.
    pub(super) fn atomic_step(&mut self, instr: &Instr) -> bool {
        #[expect(clippy::wildcard_enum_match_arm, reason = "the list has the others")]
        match *instr {
            Instr::AtomicFence { .. } => self.fence(),
            Instr::MemoryAtomicWait32 { at } => self.wait(at, 4),
            Instr::MemoryAtomicWait64 { at } => self.wait(at, 8),
            Instr::MemoryAtomicNotify { at } => {
                self.atomic_access(instr.op(), <AtomicNotify as AnOp>::CODE, at);
            }
            _ => match (instr.mem_arg(), visit(instr.op(), Pick)) {
                (Some(at), Some(code)) => self.atomic_access(instr.op(), code, at),
                _ => return false,
            },
        }
        true
    }

    fn fence(&mut self) {
        self.flush();
        let operands = self.operands();
        self.emit(<AtomicFence as AnOp>::CODE, &operands);
        self.keep(operands);
    }

    fn atomic_access(&mut self, op: Op, code: OpCode, at: MemArg) {
        let Signature::Fixed { takes, gives } = op.row().signature else { return };
        let count = takes.len();
        let first = self.stack.len() - count;
        // Other operands may be in the accumulator, which the op writes.
        self.settle_top(count);
        self.spill_acc(Some(Class::Int));
        self.copies[Class::Int as usize] = None;
        let mut sources = Vec::with_capacity(count);
        for position in first..self.stack.len() {
            let (source, home) = (self.source(position), self.stack[position].home);
            sources.push(self.in_slot(source, home, Class::Int));
        }
        self.truncate(first);
        self.emit_any(code, at, &sources);
        if let [gives] = gives {
            self.push_acc(super::numeric::val_type(*gives));
        }
    }

    /// The machine is left meanwhile: a pause or another activation's collection may come between.
    fn wait(&mut self, at: MemArg, bytes: u32) {
        const OPERANDS: usize = 3;
        self.settle_top(OPERANDS);
        self.spill_acc(None);
        self.note_references();
        let first = self.stack.len() - OPERANDS;
        let slot = self.stack[first].home;
        let mut operands = self.operands();
        operands.u32(at.memory.0).u32(bytes).i32(slot).u64(at.offset);
        self.emit_jump(<AtomicWait as Handler>::CODE, &operands);
        self.keep(operands);
        self.copies = [None; 3];
        self.truncate(first);
        self.push_acc(ValType::I32);
    }
}
