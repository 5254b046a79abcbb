//! Calls and tail calls.
//!
//! Spec: valid/instructions#control-instructions,
//! <https://github.com/WebAssembly/tail-call>

use super::context::FuncSignature;
use super::instruction::FuncValidator;
use super::invalid::{Invalid, InvalidKind, Result, Role};
use super::operand::OperandType;
use crate::wasm::{FuncIdx, HeapType, RefType, TableIdx, TypeIdx};

impl<'m> FuncValidator<'m> {
    /// Spec: valid/instructions#valid-call
    pub(super) fn call(&mut self, func: FuncIdx) -> Result<()> {
        let callee = self.module.func_type(self.module.func(func)?)?;
        self.call_to(callee)
    }

    /// Spec: valid/instructions#valid-call-indirect
    pub(super) fn call_indirect(&mut self, ty: TypeIdx, table: TableIdx) -> Result<()> {
        let callee = self.pop_indirect(ty, table)?;
        self.call_to(callee)
    }

    /// Spec: valid/instructions#valid-call-ref
    pub(super) fn call_ref(&mut self, ty: TypeIdx) -> Result<()> {
        let callee = self.pop_callee(ty)?;
        self.call_to(callee)
    }

    /// Spec: valid/instructions#valid-return-call
    pub(super) fn return_call(&mut self, func: FuncIdx) -> Result<()> {
        let callee = self.module.func_type(self.module.func(func)?)?;
        self.return_call_to(callee)
    }

    /// Spec: valid/instructions#valid-return-call-indirect
    pub(super) fn return_call_indirect(&mut self, ty: TypeIdx, table: TableIdx) -> Result<()> {
        let callee = self.pop_indirect(ty, table)?;
        self.return_call_to(callee)
    }

    /// Spec: valid/instructions#valid-return-call-ref
    pub(super) fn return_call_ref(&mut self, ty: TypeIdx) -> Result<()> {
        let callee = self.pop_callee(ty)?;
        self.return_call_to(callee)
    }

    fn call_to(&mut self, callee: FuncSignature<'m>) -> Result<()> {
        self.stacks.pop_operands(callee.params)?;
        self.stacks.push_operands(callee.results)
    }

    /// The results of the callee become the caller's.
    fn return_call_to(&mut self, callee: FuncSignature<'m>) -> Result<()> {
        self.stacks.pop_operands(callee.params)?;
        let results = self.results();
        if !self.match_all(callee.results, results.as_slice()) {
            let (gives, takes) = (callee.results.into(), results.as_slice().into());
            return Err(Invalid::new(InvalidKind::Transfer { gives, takes }));
        }
        self.stacks.set_unreachable();
        Ok(())
    }

    /// Pops the index of a function in a table.
    fn pop_indirect(&mut self, ty: TypeIdx, table: TableIdx) -> Result<FuncSignature<'m>> {
        let table = self.module.table(table)?.ty;
        self.module.check_elements(table.element, RefType::FUNCREF, Role::TableElement)?;
        let callee = self.module.func_type(ty)?;
        self.stacks.pop_operand(OperandType::new(table.addr.val_type()))?;
        Ok(callee)
    }

    /// Pops a reference to a function of the type.
    fn pop_callee(&mut self, ty: TypeIdx) -> Result<FuncSignature<'m>> {
        let callee = self.module.func_type(ty)?;
        let reference = RefType::nullable(HeapType::Concrete(ty));
        self.stacks.pop_operand(OperandType::reference(reference))?;
        Ok(callee)
    }
}
