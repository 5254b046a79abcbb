//! Memories: what loads and stores may touch, and the instructions on whole memories. What loads
//! and stores take and give is in the table.
//!
//! Spec: valid/instructions#memory-instructions, <https://github.com/WebAssembly/memory64>

use super::instruction::FuncValidator;
use super::invalid::{Invalid, InvalidKind, Result};
use super::operand::OperandType;
use super::table::{address, shorter};
use crate::wasm::{AddrType, DataIdx, MemArg, MemIdx, Row};

impl FuncValidator<'_> {
    /// The type of an access's address. Spec: valid/instructions#valid-memarg
    #[inline]
    pub(super) fn access(&self, at: MemArg, row: &Row) -> Result<OperandType> {
        let (memory, touches) = (self.module.memory(at.memory)?, row.touches);
        if row.atomic && at.align < touches.ilog2() {
            return Err(Invalid::new(InvalidKind::AtomicAlignment(touches)));
        }
        if at.align > touches.ilog2() {
            let align = at.align;
            return Err(Invalid::new(InvalidKind::Alignment { align, touches }));
        }
        if memory.addr == AddrType::I32 && at.offset > u64::from(u32::MAX) {
            return Err(Invalid::new(InvalidKind::MemoryOffset { offset: at.offset }));
        }
        Ok(address(memory.addr))
    }

    /// Spec: valid/instructions#valid-memory-size
    pub(super) fn memory_size(&mut self, memory: MemIdx) -> Result<()> {
        let pages = self.address_of(memory)?;
        self.stacks.push_operand(pages);
        Ok(())
    }

    /// Spec: valid/instructions#valid-memory-grow
    pub(super) fn memory_grow(&mut self, memory: MemIdx) -> Result<()> {
        let pages = self.address_of(memory)?;
        self.stacks.pop_operand(pages)?;
        self.stacks.push_operand(pages);
        Ok(())
    }

    /// Spec: valid/instructions#valid-memory-fill
    pub(super) fn memory_fill(&mut self, memory: MemIdx) -> Result<()> {
        let address = self.address_of(memory)?;
        self.stacks.pop_operands(&[address, OperandType::I32, address])
    }

    /// Spec: valid/instructions#valid-memory-copy
    pub(super) fn memory_copy(&mut self, to: MemIdx, from: MemIdx) -> Result<()> {
        let to = self.module.memory(to)?.addr;
        let from = self.module.memory(from)?.addr;
        self.stacks.pop_operands(&[to, from, shorter(to, from)].map(address))
    }

    /// Spec: valid/instructions#valid-memory-init
    pub(super) fn memory_init(&mut self, data: DataIdx, memory: MemIdx) -> Result<()> {
        let address = self.address_of(memory)?;
        self.module.data(data)?;
        self.stacks.pop_operands(&[address, OperandType::I32, OperandType::I32])
    }

    /// Spec: valid/instructions#valid-data-drop
    pub(super) fn data_drop(&mut self, data: DataIdx) -> Result<()> {
        self.module.data(data)
    }

    fn address_of(&self, memory: MemIdx) -> Result<OperandType> {
        Ok(address(self.module.memory(memory)?.addr))
    }
}
