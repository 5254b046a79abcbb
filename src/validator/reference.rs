//! References: null, functions, comparison, casts, and the branches that look at a reference.
//!
//! Spec: valid/instructions#reference-instructions,
//! <https://github.com/WebAssembly/function-references>

use super::instruction::FuncValidator;
use super::invalid::{Invalid, InvalidKind, Result, Role};
use super::operand::OperandType;
use crate::wasm::subtyping::top;
use crate::wasm::{AbsHeapType, FuncIdx, HeapType, LabelIdx, RefType};

impl FuncValidator<'_> {
    /// Spec: valid/instructions#valid-ref-null
    pub(super) fn ref_null(&mut self, heap: HeapType) -> Result<()> {
        self.module.check_heap_type(heap)?;
        self.stacks.push_operand(OperandType::reference(RefType::nullable(heap)));
        Ok(())
    }

    /// Spec: valid/instructions#valid-ref-func
    pub(super) fn ref_func(&mut self, func: FuncIdx) -> Result<()> {
        let ty = self.module.func(func)?;
        self.refer(func)?;
        let reference = RefType::non_null(HeapType::Concrete(ty));
        self.stacks.push_operand(OperandType::reference(reference));
        Ok(())
    }

    /// Spec: valid/instructions#valid-ref-is-null
    pub(super) fn ref_is_null(&mut self) -> Result<()> {
        self.stacks.pop_reference()?;
        self.stacks.push_operand(OperandType::I32);
        Ok(())
    }

    /// Spec: valid/instructions#valid-ref-as-non-null
    pub(super) fn ref_as_non_null(&mut self) -> Result<()> {
        let reference = self.stacks.pop_reference()?;
        self.stacks.push_operand(reference.non_null());
        Ok(())
    }

    /// Spec: valid/instructions#valid-ref-eq
    pub(super) fn ref_eq(&mut self) -> Result<()> {
        let eqref = null_or(AbsHeapType::Eq);
        self.stacks.pop_operands(&[eqref, eqref])?;
        self.stacks.push_operand(OperandType::I32);
        Ok(())
    }

    /// Spec: valid/instructions#valid-ref-test
    pub(super) fn ref_test(&mut self, heap: HeapType) -> Result<()> {
        self.pop_castable(heap)?;
        self.stacks.push_operand(OperandType::I32);
        Ok(())
    }

    /// Spec: valid/instructions#valid-ref-cast
    pub(super) fn ref_cast(&mut self, target: RefType) -> Result<()> {
        self.pop_castable(target.heap)?;
        self.stacks.push_operand(OperandType::reference(target));
        Ok(())
    }

    /// Pops a reference of the hierarchy that the heap type belongs to.
    fn pop_castable(&mut self, heap: HeapType) -> Result<()> {
        self.module.check_heap_type(heap)?;
        self.stacks.pop_operand(null_or(top(&self.module.types, heap)))
    }

    /// Spec: valid/instructions#valid-br-on-null
    pub(super) fn br_on_null(&mut self, label: LabelIdx) -> Result<()> {
        let reference = self.stacks.pop_reference()?;
        let types = self.label_types(label)?;
        self.stacks.pop_operands(types.as_slice())?;
        self.stacks.push_operands(types.as_slice())?;
        self.stacks.push_operand(reference.non_null());
        Ok(())
    }

    /// Spec: valid/instructions#valid-br-on-non-null
    pub(super) fn br_on_non_null(&mut self, label: LabelIdx) -> Result<()> {
        let reference = self.stacks.pop_reference()?;
        self.branch_with(label, reference.non_null())
    }

    /// Spec: valid/instructions#valid-br-on-cast
    pub(super) fn br_on_cast(&mut self, label: LabelIdx, from: RefType, to: RefType) -> Result<()> {
        self.check_cast(from, to)?;
        self.stacks.pop_operand(OperandType::reference(from))?;
        self.branch_with(label, OperandType::reference(to))?;
        self.stacks.push_operand(OperandType::reference(difference(from, to)));
        Ok(())
    }

    /// Spec: valid/instructions#valid-br-on-cast-fail
    pub(super) fn br_on_cast_fail(
        &mut self,
        label: LabelIdx,
        from: RefType,
        to: RefType,
    ) -> Result<()> {
        self.check_cast(from, to)?;
        self.stacks.pop_operand(OperandType::reference(from))?;
        self.branch_with(label, OperandType::reference(difference(from, to)))?;
        self.stacks.push_operand(OperandType::reference(to));
        Ok(())
    }

    fn check_cast(&self, from: RefType, to: RefType) -> Result<()> {
        self.module.check_heap_type(from.heap)?;
        self.module.check_heap_type(to.heap)?;
        self.module.check_elements(to, from, Role::CastTarget)
    }

    /// A branch that gives the label one more operand than it leaves on the stack.
    fn branch_with(&mut self, label: LabelIdx, given: OperandType) -> Result<()> {
        let types = self.label_types(label)?;
        let Some((&last, rest)) = types.as_slice().split_last() else {
            return Err(Invalid::new(InvalidKind::LabelReference { label }));
        };
        if !self.stacks.matches(given, last) {
            return Err(match (given.val_type(), last.val_type()) {
                (Some(found), Some(wanted)) => {
                    let role = Role::Branch;
                    Invalid::new(InvalidKind::Unrelated { found, wanted, role })
                }
                (Some(_) | None, Some(_) | None) => {
                    Invalid::new(InvalidKind::LabelReference { label })
                }
            });
        }
        self.stacks.pop_operands(rest)?;
        self.stacks.push_operands(rest)
    }

    /// Spec: valid/instructions#valid-any-convert-extern
    pub(super) fn any_convert_extern(&mut self) -> Result<()> {
        self.convert(AbsHeapType::Extern, AbsHeapType::Any)
    }

    /// Spec: valid/instructions#valid-extern-convert-any
    pub(super) fn extern_convert_any(&mut self) -> Result<()> {
        self.convert(AbsHeapType::Any, AbsHeapType::Extern)
    }

    /// Null stays null.
    fn convert(&mut self, from: AbsHeapType, to: AbsHeapType) -> Result<()> {
        let found = self.stacks.pop_reference()?;
        let to = null_or(to);
        self.stacks.push_operand(found);
        self.stacks.pop_operand(null_or(from))?;
        let nullable = found.ref_type().is_some_and(|ty| ty.nullable);
        self.stacks.push_operand(if nullable { to } else { to.non_null() });
        Ok(())
    }
}

/// `(ref null heap)`.
pub(super) const fn null_or(heap: AbsHeapType) -> OperandType {
    OperandType::reference(RefType::nullable(HeapType::Abstract(heap)))
}

/// What is left of a type when a cast to another has failed. Spec: valid/conventions (`\`)
const fn difference(from: RefType, to: RefType) -> RefType {
    RefType { nullable: from.nullable && !to.nullable, heap: from.heap }
}
