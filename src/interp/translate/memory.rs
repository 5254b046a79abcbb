//! Loads and stores, and the bulk operations on memories.

use super::operand::{Place, Source, What, in_order};
use super::pick::{Access, Reach, StoreSum, has_sum, narrow_twin};
use super::{Class, Translator};
use crate::interp::machine::memory::{
    BulkHandler, BulkOp, DataDrop, MemoryCopy, MemoryFill, MemoryGrow, MemoryInit, MemorySize,
    Shared,
};
use crate::interp::machine::{Handler, Op as AnOp, OpCode};
use crate::wasm::instruction::{Operand, Signature};
use crate::wasm::{AddrType, DataIdx, MemArg, MemIdx, Op, ValType};

impl Translator<'_> {
    /// A load or store.
    pub(super) fn access(&mut self, op: Op, at: MemArg) {
        let Signature::Fixed { gives, .. } = op.row().signature else { return };
        let reach = Reach::of(self.wasm.memories[at.memory]);
        let result = gives.first().map(|ty| super::numeric::val_type(*ty));
        match (at.memory, reach, u32::try_from(at.offset)) {
            (MemIdx(0), Reach::I32, Ok(offset)) => match result {
                Some(ty) => self.load(narrow_twin(op), offset, ty),
                None => self.store(narrow_twin(op), offset),
            },
            _ => match result {
                Some(ty) => self.load_any(op, at, reach, ty),
                None => self.store_any(op, at, reach),
            },
        }
    }

    fn load(&mut self, op: Op, offset: u32, ty: ValType) {
        let [addr] = self.pop();
        self.defer(What::Load { op, addr, offset }, ty);
    }

    /// A store; a sum that waits (or is deferred) becomes a part of the op as its address.
    fn store(&mut self, op: Op, offset: u32) {
        let addr = self.stack.len() - 2;
        let sum = match (self.stack[addr].place, self.deferred) {
            _ if !has_sum(op) => None,
            (Place::Sum(x, y), _) => Some(Summed::Waiting(x, y)),
            (Place::Deferred, Some(deferred)) => match deferred.what {
                What::Binary { op: Op::I32Add, x, y } => Some(Summed::Deferred(x, y)),
                What::Binary { .. }
                | What::Not { .. }
                | What::Unary { .. }
                | What::Load { .. }
                | What::GlobalGet { .. }
                | What::Select { .. }
                | What::RefIsNull { .. }
                | What::Vector(_) => None,
            },
            _ => None,
        };
        let Some(sum) = sum else {
            let [addr, value] = self.pop();
            let mut operands = self.operands();
            operands.source32(addr).u32(offset).stored(op, value);
            self.emit(Access { x: addr.kind(), y: value.kind() }.pick(op), &operands);
            return self.keep(operands);
        };
        let home = self.stack[addr].home;
        let [_, value] = self.pop_but(Some(addr));
        let (x, y) = match sum {
            Summed::Waiting(x, y) => (self.atom(x, home), self.atom(y, home)),
            Summed::Deferred(x, y) => {
                self.deferred = None;
                (x, y)
            }
        };
        let (x, y) = in_order(x, y);
        let mut operands = self.operands();
        operands.source32(x).source32(y).u32(offset).stored(op, value);
        self.emit(StoreSum::of(op, x.kind(), y.kind(), value.kind()), &operands);
        self.keep(operands);
    }

    /// A load of any memory: its address is in a slot, its result in the accumulator.
    fn load_any(&mut self, op: Op, at: MemArg, reach: Reach, ty: ValType) {
        let [source] = self.pop();
        let home = self.next_home();
        let source = self.in_slot(source, home, Class::Int);
        self.spill_acc(Some(Class::of(ty)));
        self.emit_any(Access::any(op, reach), at, &[source]);
        self.push_acc(ty);
    }

    /// A store to any memory: address and value are in slots.
    fn store_any(&mut self, op: Op, at: MemArg, reach: Reach) {
        let class = match op.row().signature {
            Signature::Fixed { takes: [_, Operand::F32 | Operand::F64], .. } => Class::Float,
            Signature::Fixed { .. } | Signature::Special => Class::Int,
        };
        let [source, value] = self.pop();
        let home = self.next_home();
        let value = self.in_slot(value, home + 1, class);
        let source = self.in_slot(source, home, Class::Int);
        self.emit_any(Access::any(op, reach), at, &[source, value]);
    }

    /// An op on any memory, with operands in slots.
    pub(super) fn emit_any(&mut self, op: OpCode, at: MemArg, sources: &[Source]) {
        let mut operands = self.operands();
        operands.u32(at.memory.0).u64(at.offset);
        for source in sources {
            operands.source64(*source);
        }
        self.emit(op, &operands);
        self.keep(operands);
    }

    /// Pushes a result that an op left in the accumulator of its class.
    pub(super) fn push_acc(&mut self, ty: ValType) {
        self.copies[Class::of(ty) as usize] = None;
        self.push(Place::Acc, ty);
    }

    pub(super) fn memory_size(&mut self, memory: MemIdx) {
        let ty = self.wasm.memories[memory];
        self.flush();
        self.spill_acc(Some(Class::Int));
        let mut operands = self.operands();
        operands.u32(memory.0).u32(ty.page_size.exponent());
        self.emit(<MemorySize as AnOp>::CODE, &operands);
        self.keep(operands);
        self.push_acc(ty.addr.val_type());
    }

    pub(super) fn memory_grow(&mut self, memory: MemIdx) {
        let addr = self.wasm.memories[memory].addr;
        let op = match addr {
            AddrType::I32 => <MemoryGrow<u32> as AnOp>::CODE,
            AddrType::I64 => <MemoryGrow<u64> as AnOp>::CODE,
        };
        self.grow(op, memory.0, 1);
        self.push_acc(addr.val_type());
    }

    /// Growth of a memory or table: `count` operands in slots, the result in the accumulator.
    pub(super) fn grow(&mut self, op: OpCode, index: u32, count: usize) {
        self.settle_top(count);
        self.spill_acc(None);
        let first = self.stack.len() - count;
        let slot = self.stack[first].home;
        let mut operands = self.operands();
        operands.u32(index).i32(slot);
        self.emit(op, &operands);
        self.keep(operands);
        self.copies = [None; 3];
        self.truncate(first);
    }

    /// A bulk operation on three operands in slots.
    pub(super) fn bulk<O: BulkOp>(&mut self, a: u32, b: u32) {
        self.bulk_of::<O>(a, b, 3);
    }

    /// A bulk operation on operands in slots.
    pub(super) fn bulk_of<O: BulkOp>(&mut self, a: u32, b: u32, count: usize) {
        self.settle_top(count);
        self.spill_acc(None);
        self.note_references();
        let first = self.stack.len() - count;
        let slot = self.stack[first].home;
        let mut operands = self.operands();
        operands.u32(a).u32(b).i32(slot);
        self.emit_jump(
            if self.metered {
                <BulkHandler<O, true> as Handler>::CODE
            } else {
                <BulkHandler<O, false> as Handler>::CODE
            },
            &operands,
        );
        self.keep(operands);
        self.copies = [None; 3];
        self.truncate(first);
    }

    pub(super) fn memory_fill(&mut self, memory: MemIdx) {
        match Reach::of(self.wasm.memories[memory]) {
            Reach::I32 => self.bulk::<MemoryFill<u32>>(memory.0, 0),
            Reach::I64 => self.bulk::<MemoryFill<u64>>(memory.0, 0),
            Reach::Shared => self.bulk::<MemoryFill<Shared>>(memory.0, 0),
        }
    }

    /// The count is as wide as the narrower of both memories' addresses.
    pub(super) fn memory_copy(&mut self, to: MemIdx, from: MemIdx) {
        let [way, back] = [to, from].map(|memory| Reach::of(self.wasm.memories[memory]));
        match (way, back) {
            (Reach::Shared, _) | (_, Reach::Shared) => {
                self.bulk::<MemoryCopy<Shared, Shared, Shared>>(to.0, from.0);
            }
            (Reach::I32, Reach::I32) => self.bulk::<MemoryCopy<u32, u32, u32>>(to.0, from.0),
            (Reach::I32, Reach::I64) => self.bulk::<MemoryCopy<u32, u64, u32>>(to.0, from.0),
            (Reach::I64, Reach::I32) => self.bulk::<MemoryCopy<u64, u32, u32>>(to.0, from.0),
            (Reach::I64, Reach::I64) => self.bulk::<MemoryCopy<u64, u64, u64>>(to.0, from.0),
        }
    }

    pub(super) fn memory_init(&mut self, data: DataIdx, memory: MemIdx) {
        match self.wasm.memories[memory].addr {
            AddrType::I32 => self.bulk::<MemoryInit<u32>>(memory.0, data.0),
            AddrType::I64 => self.bulk::<MemoryInit<u64>>(memory.0, data.0),
        }
    }

    pub(super) fn data_drop(&mut self, data: DataIdx) {
        self.drop_segment(<DataDrop as AnOp>::CODE, data.0);
    }

    /// Marks a segment as dropped.
    pub(super) fn drop_segment(&mut self, op: OpCode, segment: u32) {
        self.flush();
        let mut operands = self.operands();
        operands.u32(segment);
        self.emit(op, &operands);
        self.keep(operands);
    }
}

/// A sum that becomes a store's address.
enum Summed {
    /// It waits as an expression.
    Waiting(super::operand::Atom, super::operand::Atom),
    /// It is the deferred operation.
    Deferred(Source, Source),
}
