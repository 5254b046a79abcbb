//! Tables, with indices of 32 or 64 bits.
//!
//! Spec: valid/instructions#table-instructions, <https://github.com/WebAssembly/memory64>

use super::instruction::FuncValidator;
use super::invalid::{Result, Role};
use super::operand::OperandType;
use crate::wasm::{AddrType, ElemIdx, TableIdx};

impl FuncValidator<'_> {
    /// Spec: valid/instructions#valid-table-get
    pub(super) fn table_get(&mut self, table: TableIdx) -> Result<()> {
        let (index, element) = self.table_types(table)?;
        self.stacks.pop_operand(index)?;
        self.stacks.push_operand(element);
        Ok(())
    }

    /// Spec: valid/instructions#valid-table-set
    pub(super) fn table_set(&mut self, table: TableIdx) -> Result<()> {
        let (index, element) = self.table_types(table)?;
        self.stacks.pop_operands(&[index, element])
    }

    /// Spec: valid/instructions#valid-table-size
    pub(super) fn table_size(&mut self, table: TableIdx) -> Result<()> {
        let (index, _) = self.table_types(table)?;
        self.stacks.push_operand(index);
        Ok(())
    }

    /// Spec: valid/instructions#valid-table-grow
    pub(super) fn table_grow(&mut self, table: TableIdx) -> Result<()> {
        let (index, element) = self.table_types(table)?;
        self.stacks.pop_operands(&[element, index])?;
        self.stacks.push_operand(index);
        Ok(())
    }

    /// Spec: valid/instructions#valid-table-fill
    pub(super) fn table_fill(&mut self, table: TableIdx) -> Result<()> {
        let (index, element) = self.table_types(table)?;
        self.stacks.pop_operands(&[index, element, index])
    }

    /// Spec: valid/instructions#valid-table-copy
    pub(super) fn table_copy(&mut self, to: TableIdx, from: TableIdx) -> Result<()> {
        let to = self.module.table(to)?.ty;
        let from = self.module.table(from)?.ty;
        self.module.check_elements(from.element, to.element, Role::TableElement)?;
        let length = shorter(to.addr, from.addr);
        self.stacks.pop_operands(&[to.addr, from.addr, length].map(address))
    }

    /// Spec: valid/instructions#valid-table-init
    pub(super) fn table_init(&mut self, elem: ElemIdx, table: TableIdx) -> Result<()> {
        let table = self.module.table(table)?.ty;
        let elem = self.module.elem(elem)?;
        self.module.check_elements(elem.ty, table.element, Role::SegmentElement)?;
        self.stacks.pop_operands(&[address(table.addr), OperandType::I32, OperandType::I32])
    }

    /// Spec: valid/instructions#valid-elem-drop
    pub(super) fn elem_drop(&mut self, elem: ElemIdx) -> Result<()> {
        self.module.elem(elem).map(drop)
    }

    /// The types of a table's indices and elements.
    fn table_types(&self, table: TableIdx) -> Result<(OperandType, OperandType)> {
        let ty = self.module.table(table)?.ty;
        Ok((address(ty.addr), OperandType::reference(ty.element)))
    }
}

/// The type of an address on the stack.
pub(super) const fn address(addr: AddrType) -> OperandType {
    OperandType::new(addr.val_type())
}

/// What counts what is copied: both sides must be able to hold it.
pub(super) const fn shorter(to: AddrType, from: AddrType) -> AddrType {
    match (to, from) {
        (AddrType::I64, AddrType::I64) => AddrType::I64,
        (AddrType::I32, _) | (_, AddrType::I32) => AddrType::I32,
    }
}
