//! Integers of 128 bits: operands in their homes, and the result in the first two of them.
//!
//! Proposal: <https://github.com/WebAssembly/wide-arithmetic>.

use super::Translator;
use super::operand::Place;
use crate::interp::machine::wide::WideOp;
use crate::interp::machine::{Op as AnOp, OpCode};
use crate::interp::numeric::wide::{Visit, Wide, visit};
use crate::wasm::{Op, Signature, ValType};

/// Asks for the op of an instruction.
struct Pick;

impl Visit for Pick {
    type Output = OpCode;

    fn wide<O: Wide>(self) -> OpCode {
        <WideOp<O> as AnOp>::CODE
    }
}

impl Translator<'_> {
    /// An instruction of this family; false when it is another's.
    pub(super) fn wide_step(&mut self, op: Op) -> bool {
        let Signature::Fixed { takes, gives } = op.row().signature else { return false };
        let Some(code) = visit(op, Pick) else { return false };
        self.settle_top(takes.len());
        let first = self.stack.len() - takes.len();
        let slot = self.stack[first].home;
        let mut operands = self.operands();
        operands.i32(slot);
        self.emit(code, &operands);
        self.keep(operands);
        self.truncate(first);
        for position in 0..gives.len() as i32 {
            self.forget(slot + position);
            self.push(Place::Home, ValType::I64);
        }
        true
    }
}
