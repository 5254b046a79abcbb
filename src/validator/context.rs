//! What instructions may refer to: a read-only view of the module, shared by all functions.
//!
//! Each look-up answers `unknown …` when the index points to nothing.
//! Spec: valid/conventions#contexts

use std::ops::Range;

use super::invalid::{Definition, Invalid, InvalidKind, Result, Role, Space};
use super::operand::OperandType;
use super::stacks::{BlockSignature, Results};
use crate::wasm::module::{Elem, Global, Table};
use crate::wasm::subtyping::{Matching, ModuleTypes};
use crate::wasm::{
    BlockType, CompositeType, DataIdx, ElemIdx, FieldIdx, FieldType, FuncIdx, GlobalIdx, HeapType,
    Index, IndexSpace, MemIdx, MemoryType, Module, RefType, TableIdx, TagIdx, TypeId, TypeIdx,
    ValType,
};

/// The module in the shape that validation of code reads.
#[derive(Debug)]
pub(super) struct Context<'m> {
    pub(super) module: &'m Module,
    pub(super) types: ModuleTypes<'m>,
    /// What each type consists of, end to end: parameters and results, or fields, unpacked.
    operands: Vec<OperandType>,
    /// Where each type's part is.
    parts: Vec<Part>,
}

/// A part of `Context::operands`: parameters or fields in `start..results`, results in
/// `results..end`.
#[derive(Clone, Copy, Debug)]
struct Part {
    start: u32,
    results: u32,
    end: u32,
    /// Whether all parameters or fields have default values.
    defaultable: bool,
    /// Whether it is a function type.
    is_func: bool,
}

impl Part {
    const fn takes(self) -> Range<usize> {
        self.start as usize..self.results as usize
    }

    const fn gives(self) -> Range<usize> {
        self.results as usize..self.end as usize
    }
}

/// What a function takes and gives.
#[derive(Clone, Copy, Debug)]
pub(super) struct FuncSignature<'c> {
    /// What it takes.
    pub(super) params: &'c [OperandType],
    /// What it gives.
    pub(super) results: &'c [OperandType],
}

impl<'m> Context<'m> {
    /// The view of a module whose types are valid and have these canonical ids.
    #[must_use]
    pub(super) fn new(module: &'m Module, ids: &'m [TypeId]) -> Self {
        let mut operands: Vec<OperandType> = Vec::new();
        let mut parts = Vec::with_capacity(module.types.len());
        for ty in module.types.iter() {
            // Each has a byte in a binary of at most 4 GiB.
            let start = operands.len() as u32;
            let unpacked = |field: &FieldType| OperandType::new(field.storage.unpacked());
            match &ty.composite {
                CompositeType::Func(ty) => {
                    operands.extend(ty.params.iter().copied().map(OperandType::new));
                }
                CompositeType::Struct(fields) => operands.extend(fields.iter().map(unpacked)),
                CompositeType::Array(element) => operands.push(unpacked(element)),
            }
            let results = operands.len() as u32;
            let defaultable = operands[start as usize..].iter().all(|ty| ty.is_defaultable());
            let is_func = matches!(ty.composite, CompositeType::Func(_));
            if let CompositeType::Func(ty) = &ty.composite {
                operands.extend(ty.results.iter().copied().map(OperandType::new));
            }
            let end = operands.len() as u32;
            parts.push(Part { start, results, end, defaultable, is_func });
        }
        let types = ModuleTypes { types: &module.types, ids };
        Self { module, types, operands, parts }
    }

    /// A function type. Spec: valid/conventions#expansion
    #[inline]
    pub(super) fn func_type(&self, ty: TypeIdx) -> Result<FuncSignature<'_>> {
        match self.parts.get(ty.to_usize()) {
            Some(part) if part.is_func => Ok(FuncSignature {
                params: &self.operands[part.takes()],
                results: &self.operands[part.gives()],
            }),
            Some(_) | None => Err(self.no_func_type(ty)),
        }
    }

    #[cold]
    fn no_func_type(&self, ty: TypeIdx) -> Invalid {
        match self.composite(ty) {
            Ok(_) => Invalid::new(InvalidKind::NotDefined { ty, wanted: Definition::Func }),
            Err(unknown) => unknown,
        }
    }

    /// The fields of a structure type.
    pub(super) fn struct_type(&self, ty: TypeIdx) -> Result<&'m [FieldType]> {
        match self.composite(ty)? {
            CompositeType::Struct(fields) => Ok(fields),
            CompositeType::Func(_) | CompositeType::Array(_) => {
                Err(Invalid::new(InvalidKind::NotDefined { ty, wanted: Definition::Struct }))
            }
        }
    }

    /// What the fields of a structure type, known to be one, are on the stack.
    pub(super) fn unpacked_fields(&self, ty: TypeIdx) -> &[OperandType] {
        &self.operands[self.parts[ty.to_usize()].takes()]
    }

    /// Whether all fields or elements of a type, known to be one, have default values.
    pub(super) fn is_defaultable(&self, ty: TypeIdx) -> bool {
        self.parts[ty.to_usize()].defaultable
    }

    /// A field of a structure type.
    pub(super) fn field(&self, ty: TypeIdx, field: FieldIdx) -> Result<FieldType> {
        let fields = self.struct_type(ty)?;
        let found = fields.get(field.to_usize()).copied();
        found.ok_or_else(|| Invalid::new(InvalidKind::unknown(Space::Field, field, fields.len())))
    }

    /// The elements of an array type.
    pub(super) fn array_type(&self, ty: TypeIdx) -> Result<FieldType> {
        match self.composite(ty)? {
            CompositeType::Array(element) => Ok(*element),
            CompositeType::Func(_) | CompositeType::Struct(_) => {
                Err(Invalid::new(InvalidKind::NotDefined { ty, wanted: Definition::Array }))
            }
        }
    }

    fn composite(&self, ty: TypeIdx) -> Result<&'m CompositeType> {
        Ok(&entry(&self.module.types, ty, Space::Type)?.composite)
    }

    /// Spec: valid/types#heap-types
    pub(super) fn check_heap_type(&self, heap: HeapType) -> Result<()> {
        match heap {
            HeapType::Abstract(_) => Ok(()),
            HeapType::Concrete(ty) => entry(&self.module.types, ty, Space::Type).map(drop),
        }
    }

    /// Spec: valid/types#value-types
    pub(super) fn check_val_type(&self, ty: ValType) -> Result<()> {
        match ty {
            ValType::Ref(ty) => self.check_heap_type(ty.heap),
            ValType::I32 | ValType::I64 | ValType::F32 | ValType::F64 | ValType::V128 => Ok(()),
        }
    }

    /// Spec: valid/instructions#valid-blocktype
    #[inline]
    pub(super) fn block_type(&self, ty: BlockType) -> Result<BlockSignature<'_>> {
        match ty {
            BlockType::Empty => Ok(BlockSignature { params: &[], results: Results::Many(&[]) }),
            BlockType::Result(ty) => {
                self.check_val_type(ty)?;
                Ok(BlockSignature { params: &[], results: Results::One(OperandType::new(ty)) })
            }
            BlockType::Func(ty) => {
                let FuncSignature { params, results } = self.func_type(ty)?;
                Ok(BlockSignature { params, results: Results::Many(results) })
            }
        }
    }

    /// The type of a function.
    pub(super) fn func(&self, func: FuncIdx) -> Result<TypeIdx> {
        entry(&self.module.funcs, func, Space::Func).copied()
    }

    pub(super) fn table(&self, table: TableIdx) -> Result<&'m Table> {
        entry(&self.module.tables, table, Space::Table)
    }

    pub(super) fn memory(&self, memory: MemIdx) -> Result<MemoryType> {
        entry(&self.module.memories, memory, Space::Memory).copied()
    }

    pub(super) fn global(&self, global: GlobalIdx) -> Result<&'m Global> {
        entry(&self.module.globals, global, Space::Global)
    }

    /// The values that exceptions of a tag carry.
    pub(super) fn tag(&self, tag: TagIdx) -> Result<&[OperandType]> {
        let ty = *entry(&self.module.tags, tag, Space::Tag)?;
        Ok(self.func_type(ty)?.params)
    }

    pub(super) fn elem(&self, elem: ElemIdx) -> Result<&'m Elem> {
        entry(&self.module.elems, elem, Space::Elem)
    }

    /// Code comes before the data segments, so the data count section says how many there are.
    pub(super) fn data(&self, data: DataIdx) -> Result<()> {
        entry(&self.module.datas, data, Space::Data).map(drop)
    }

    /// References of type `found` may stand where `wanted` is required.
    pub(super) fn check_elements(&self, found: RefType, wanted: RefType, role: Role) -> Result<()> {
        if self.types.ref_matches(found, wanted) {
            return Ok(());
        }
        let (found, wanted) = (ValType::Ref(found), ValType::Ref(wanted));
        Err(Invalid::new(InvalidKind::Unrelated { found, wanted, role }))
    }
}

/// The entry of a space, or `unknown …`.
#[inline]
pub(super) fn entry<I: Index, T>(space: &IndexSpace<I, T>, index: I, name: Space) -> Result<&T> {
    space.get(index).ok_or_else(|| Invalid::new(InvalidKind::unknown(name, index, space.len())))
}
