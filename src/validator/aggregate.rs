//! Structures, arrays and `i31`.
//!
//! Spec: valid/instructions#aggregate-reference-instructions, <https://github.com/WebAssembly/gc>

use super::countable::Countable;
use super::instruction::FuncValidator;
use super::invalid::{Invalid, InvalidKind, Result, Role};
use super::operand::OperandType;
use super::reference::null_or;
use crate::wasm::subtyping::Matching;
use crate::wasm::{
    AbsHeapType, DataIdx, ElemIdx, FieldIdx, FieldType, HeapType, RefType, StorageType, TypeIdx,
    ValType,
};

const I32: OperandType = OperandType::I32;

/// How a field is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Reading {
    /// As it is.
    Plain,
    /// A packed field, extended with its sign or with zeros.
    Extended,
}

impl FuncValidator<'_> {
    /// Spec: valid/instructions#valid-struct-new
    pub(super) fn struct_new(&mut self, ty: TypeIdx) -> Result<()> {
        self.module.struct_type(ty)?;
        self.stacks.pop_operands(self.module.unpacked_fields(ty))?;
        self.push_new(ty)
    }

    /// Spec: valid/instructions#valid-struct-new-default
    pub(super) fn struct_new_default(&mut self, ty: TypeIdx) -> Result<()> {
        self.module.struct_type(ty)?;
        self.check_defaultable(ty)?;
        self.push_new(ty)
    }

    /// Spec: valid/instructions#valid-struct-get
    pub(super) fn struct_get(
        &mut self,
        ty: TypeIdx,
        field: FieldIdx,
        reading: Reading,
    ) -> Result<()> {
        let field = self.module.field(ty, field)?;
        let value = read(ty, field, reading)?;
        self.stacks.pop_operand(reference(ty))?;
        self.stacks.push_operand(value);
        Ok(())
    }

    /// Spec: valid/instructions#valid-struct-set
    pub(super) fn struct_set(&mut self, ty: TypeIdx, field: FieldIdx) -> Result<()> {
        let field = self.module.field(ty, field)?;
        if !field.mutable {
            return Err(Invalid::new(InvalidKind::ImmutableField));
        }
        self.stacks.pop_operands(&[reference(ty), unpacked(field)])
    }

    /// Spec: valid/instructions#valid-array-new
    pub(super) fn array_new(&mut self, ty: TypeIdx) -> Result<()> {
        let element = self.module.array_type(ty)?;
        self.stacks.pop_operands(&[unpacked(element), I32])?;
        self.push_new(ty)
    }

    /// Spec: valid/instructions#valid-array-new-default
    pub(super) fn array_new_default(&mut self, ty: TypeIdx) -> Result<()> {
        self.module.array_type(ty)?;
        self.check_defaultable(ty)?;
        self.stacks.pop_operand(I32)?;
        self.push_new(ty)
    }

    /// Spec: valid/instructions#valid-array-new-fixed
    pub(super) fn array_new_fixed(&mut self, ty: TypeIdx, count: u32) -> Result<()> {
        let element = self.module.array_type(ty)?;
        let (count, limit) = (count as usize, self.module.module.limits.array_new_fixed);
        if count > limit {
            let what = Countable::ArrayOperands;
            return Err(Invalid::new(InvalidKind::TooMany { what, count, limit }));
        }
        self.stacks.pop_repeated(unpacked(element), count)?;
        self.push_new(ty)
    }

    /// Spec: valid/instructions#valid-array-new-data
    pub(super) fn array_new_data(&mut self, ty: TypeIdx, data: DataIdx) -> Result<()> {
        let element = self.module.array_type(ty)?;
        check_bytes(element)?;
        self.module.data(data)?;
        self.stacks.pop_operands(&[I32, I32])?;
        self.push_new(ty)
    }

    /// Spec: valid/instructions#valid-array-new-elem
    pub(super) fn array_new_elem(&mut self, ty: TypeIdx, elem: ElemIdx) -> Result<()> {
        let element = self.module.array_type(ty)?;
        self.check_segment(element, elem)?;
        self.stacks.pop_operands(&[I32, I32])?;
        self.push_new(ty)
    }

    /// Spec: valid/instructions#valid-array-get
    pub(super) fn array_get(&mut self, ty: TypeIdx, reading: Reading) -> Result<()> {
        let element = self.module.array_type(ty)?;
        let value = read(ty, element, reading)?;
        self.stacks.pop_operands(&[reference(ty), I32])?;
        self.stacks.push_operand(value);
        Ok(())
    }

    /// Spec: valid/instructions#valid-array-set
    pub(super) fn array_set(&mut self, ty: TypeIdx) -> Result<()> {
        let element = self.mutable_array(ty)?;
        self.stacks.pop_operands(&[reference(ty), I32, unpacked(element)])
    }

    /// Spec: valid/instructions#valid-array-len
    pub(super) fn array_len(&mut self) -> Result<()> {
        self.stacks.pop_operand(null_or(AbsHeapType::Array))?;
        self.stacks.push_operand(I32);
        Ok(())
    }

    /// Spec: valid/instructions#valid-array-fill
    pub(super) fn array_fill(&mut self, ty: TypeIdx) -> Result<()> {
        let element = self.mutable_array(ty)?;
        self.stacks.pop_operands(&[reference(ty), I32, unpacked(element), I32])
    }

    /// Spec: valid/instructions#valid-array-copy
    pub(super) fn array_copy(&mut self, to: TypeIdx, from: TypeIdx) -> Result<()> {
        let target = self.mutable_array(to)?;
        let source = self.module.array_type(from)?;
        let matches = match (source.storage, target.storage) {
            (StorageType::Val(source), StorageType::Val(target)) => {
                self.module.types.val_matches(source, target)
            }
            (source, target) => source == target,
        };
        if !matches {
            return Err(Invalid::new(InvalidKind::ArrayElements));
        }
        self.stacks.pop_operands(&[reference(to), I32, reference(from), I32, I32])
    }

    /// Spec: valid/instructions#valid-array-init-data
    pub(super) fn array_init_data(&mut self, ty: TypeIdx, data: DataIdx) -> Result<()> {
        let element = self.mutable_array(ty)?;
        check_bytes(element)?;
        self.module.data(data)?;
        self.stacks.pop_operands(&[reference(ty), I32, I32, I32])
    }

    /// Spec: valid/instructions#valid-array-init-elem
    pub(super) fn array_init_elem(&mut self, ty: TypeIdx, elem: ElemIdx) -> Result<()> {
        let element = self.mutable_array(ty)?;
        self.check_segment(element, elem)?;
        self.stacks.pop_operands(&[reference(ty), I32, I32, I32])
    }

    /// Spec: valid/instructions#valid-ref-i31
    pub(super) fn ref_i31(&mut self) -> Result<()> {
        self.stacks.pop_operand(I32)?;
        self.stacks.push_operand(null_or(AbsHeapType::I31).non_null());
        Ok(())
    }

    /// Spec: valid/instructions#valid-i31-get-sx
    pub(super) fn i31_get(&mut self) -> Result<()> {
        self.stacks.pop_operand(null_or(AbsHeapType::I31))?;
        self.stacks.push_operand(I32);
        Ok(())
    }

    fn push_new(&mut self, ty: TypeIdx) -> Result<()> {
        self.stacks.push_operand(reference(ty).non_null());
        Ok(())
    }

    fn check_defaultable(&self, ty: TypeIdx) -> Result<()> {
        if self.module.is_defaultable(ty) {
            return Ok(());
        }
        Err(Invalid::new(InvalidKind::NotDefaultable { ty }))
    }

    fn mutable_array(&self, ty: TypeIdx) -> Result<FieldType> {
        let element = self.module.array_type(ty)?;
        if element.mutable { Ok(element) } else { Err(Invalid::new(InvalidKind::ImmutableArray)) }
    }

    /// The elements of a segment must fit the elements of an array.
    fn check_segment(&self, element: FieldType, elem: ElemIdx) -> Result<()> {
        let found = self.module.elem(elem)?.ty;
        match element.storage.unpacked() {
            ValType::Ref(wanted) => self.module.check_elements(found, wanted, Role::SegmentElement),
            wanted
            @ (ValType::I32 | ValType::I64 | ValType::F32 | ValType::F64 | ValType::V128) => {
                let (found, role) = (ValType::Ref(found), Role::SegmentElement);
                Err(Invalid::new(InvalidKind::Unrelated { found, wanted, role }))
            }
        }
    }
}

/// `(ref null ty)`.
const fn reference(ty: TypeIdx) -> OperandType {
    OperandType::reference(RefType::nullable(HeapType::Concrete(ty)))
}

const fn unpacked(field: FieldType) -> OperandType {
    OperandType::new(field.storage.unpacked())
}

/// What reading the field gives: packed fields are extended, others never.
fn read(ty: TypeIdx, field: FieldType, reading: Reading) -> Result<OperandType> {
    let packed = match field.storage {
        StorageType::I8 | StorageType::I16 => Reading::Extended,
        StorageType::Val(_) => Reading::Plain,
    };
    if reading == packed {
        Ok(unpacked(field))
    } else {
        Err(Invalid::new(InvalidKind::Packing { ty }))
    }
}

/// Bytes of a segment become numbers and vectors, never references.
fn check_bytes(element: FieldType) -> Result<()> {
    match element.storage.unpacked() {
        ValType::I32 | ValType::I64 | ValType::F32 | ValType::F64 | ValType::V128 => Ok(()),
        ValType::Ref(_) => Err(Invalid::new(InvalidKind::ArrayOfReferences)),
    }
}
