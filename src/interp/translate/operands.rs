//! The bytes of an op's operands, in the order in which its type reads them.

use super::operand::Source;
use crate::interp::code::Cost;
use crate::wasm::Op;
use crate::wasm::instruction::{Operand, Signature};

/// A buffer of operand bytes.
pub(super) struct Operands {
    bytes: Vec<u8>,
}

impl Operands {
    /// An empty buffer, in this allocation.
    pub(super) fn new(mut bytes: Vec<u8>) -> Self {
        bytes.clear();
        Self { bytes }
    }

    /// The bytes.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The allocation.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Starts over.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
    }

    /// A slot number.
    pub(super) fn slot(&mut self, slot: i16) -> &mut Self {
        self.bytes.extend(slot.to_ne_bytes());
        self
    }

    /// 32 bits.
    pub(super) fn u32(&mut self, value: u32) -> &mut Self {
        self.bytes.extend(value.to_ne_bytes());
        self
    }

    /// 32 bits, signed.
    pub(super) fn i32(&mut self, value: i32) -> &mut Self {
        self.bytes.extend(value.to_ne_bytes());
        self
    }

    /// What a path pays for so many instructions.
    pub(super) fn cost(&mut self, instructions: i32) -> &mut Self {
        self.bytes.extend((instructions as Cost).to_ne_bytes());
        self
    }

    /// 64 bits.
    pub(super) fn u64(&mut self, value: u64) -> &mut Self {
        self.bytes.extend(value.to_ne_bytes());
        self
    }

    /// These bytes.
    pub(super) fn bytes_of(&mut self, bytes: &[u8]) -> &mut Self {
        self.bytes.extend_from_slice(bytes);
        self
    }

    /// What a source with 32-bit constants needs.
    pub(super) fn source32(&mut self, source: Source) -> &mut Self {
        match source {
            Source::Slot(slot) => self.slot(slot),
            Source::Const(value) => self.u32(value as u32),
            Source::L0 | Source::L1 | Source::F0 | Source::F1 | Source::Acc => self,
        }
    }

    /// What a source with 64-bit constants needs.
    pub(super) fn source64(&mut self, source: Source) -> &mut Self {
        match source {
            Source::Slot(slot) => self.slot(slot),
            Source::Const(value) => self.u64(value),
            Source::L0 | Source::L1 | Source::F0 | Source::F1 | Source::Acc => self,
        }
    }

    /// What the two sources of an instruction need: constants are as wide as its operands.
    pub(super) fn pair(&mut self, op: Op, x: Source, y: Source) -> &mut Self {
        if is_narrow(op) { self.source32(x).source32(y) } else { self.source64(x).source64(y) }
    }

    /// What the source of a store's value needs.
    pub(super) fn stored(&mut self, op: Op, value: Source) -> &mut Self {
        if is_narrow(op) { self.source32(value) } else { self.source64(value) }
    }
}

/// Whether an instruction's last operand is a 32-bit integer.
fn is_narrow(op: Op) -> bool {
    match op.row().signature {
        Signature::Fixed { takes, .. } => takes.last() == Some(&Operand::I32),
        Signature::Special => false,
    }
}
