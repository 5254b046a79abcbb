//! Tables.

use super::operand::Source;
use super::{Class, Translator, pick};
use crate::interp::machine::Op as AnOp;
use crate::interp::machine::table::{
    ElemDrop, TableCopy, TableFill, TableGrow, TableInit, TableSize,
};
use crate::wasm::{AddrType, ElemIdx, TableIdx, ValType};

impl Translator<'_> {
    pub(super) fn table_get(&mut self, table: TableIdx) {
        let [index] = self.pop();
        self.spill_acc(Some(Class::Int));
        let mut operands = self.operands();
        operands.u32(table.0).source64(index);
        self.emit(pick::other::table_get(index.kind()), &operands);
        self.keep(operands);
        self.push_acc(ValType::Ref(self.wasm.tables[table].ty.element));
    }

    pub(super) fn table_set(&mut self, table: TableIdx) {
        let [index, mut value] = self.pop();
        let home = self.next_home();
        if matches!(value, Source::L0 | Source::L1) {
            value = self.in_slot(value, home + 1, Class::Int);
        }
        let mut operands = self.operands();
        operands.u32(table.0).source64(index).source64(value);
        self.emit(pick::other::table_set(index.kind(), value.kind()), &operands);
        self.keep(operands);
    }

    pub(super) fn table_size(&mut self, table: TableIdx) {
        self.flush();
        self.spill_acc(Some(Class::Int));
        let mut operands = self.operands();
        operands.u32(table.0);
        self.emit(<TableSize as AnOp>::CODE, &operands);
        self.keep(operands);
        self.push_acc(self.wasm.tables[table].ty.addr.val_type());
    }

    pub(super) fn table_grow(&mut self, table: TableIdx) {
        let addr = self.wasm.tables[table].ty.addr;
        let op = match addr {
            AddrType::I32 => <TableGrow<u32> as AnOp>::CODE,
            AddrType::I64 => <TableGrow<u64> as AnOp>::CODE,
        };
        self.grow(op, table.0, 2);
        self.push_acc(addr.val_type());
    }

    pub(super) fn table_fill(&mut self, table: TableIdx) {
        match self.wasm.tables[table].ty.addr {
            AddrType::I32 => self.bulk::<TableFill<u32>>(table.0, 0),
            AddrType::I64 => self.bulk::<TableFill<u64>>(table.0, 0),
        }
    }

    /// The count is as wide as the narrower of both tables' indices.
    pub(super) fn table_copy(&mut self, to: TableIdx, from: TableIdx) {
        match (self.wasm.tables[to].ty.addr, self.wasm.tables[from].ty.addr) {
            (AddrType::I32, AddrType::I32) => self.bulk::<TableCopy<u32, u32, u32>>(to.0, from.0),
            (AddrType::I32, AddrType::I64) => self.bulk::<TableCopy<u32, u64, u32>>(to.0, from.0),
            (AddrType::I64, AddrType::I32) => self.bulk::<TableCopy<u64, u32, u32>>(to.0, from.0),
            (AddrType::I64, AddrType::I64) => self.bulk::<TableCopy<u64, u64, u64>>(to.0, from.0),
        }
    }

    pub(super) fn table_init(&mut self, elem: ElemIdx, table: TableIdx) {
        match self.wasm.tables[table].ty.addr {
            AddrType::I32 => self.bulk::<TableInit<u32>>(table.0, elem.0),
            AddrType::I64 => self.bulk::<TableInit<u64>>(table.0, elem.0),
        }
    }

    pub(super) fn elem_drop(&mut self, elem: ElemIdx) {
        self.drop_segment(<ElemDrop as AnOp>::CODE, elem.0);
    }
}
