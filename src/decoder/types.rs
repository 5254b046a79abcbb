//! How types are written. Which proposals they need is checked here and nowhere else.
//!
//! Spec: binary/types

use super::malformed::{Malformed, MalformedKind, Part};
use super::reader::Reader;
use crate::wasm::{
    AbsHeapType, AddrType, BlockType, CompositeType, Feature, FieldType, FuncType, GlobalType,
    HeapType, MemoryType, PageSize, RefType, SizeLimits, StorageType, SubType, TableType, TypeIdx,
    ValType,
};

/// `(ref null …)` and `(ref …)` with a heap type after them.
const REF_NULL: u8 = 0x63;
const REF: u8 = 0x64;
/// The empty block type.
const EMPTY: u8 = 0x40;
/// A group of types, and types with supertypes.
const REC: u8 = 0x4E;
const SUB_FINAL: u8 = 0x4F;
const SUB: u8 = 0x50;
/// What types define.
const ARRAY: u8 = 0x5E;
const STRUCT: u8 = 0x5F;
const FUNC: u8 = 0x60;

/// Flags of limits: there is a maximum, several threads may use it, addresses have 64 bits, the
/// size of pages follows.
const HAS_MAXIMUM: u8 = 0b0001;
const IS_SHARED: u8 = 0b0010;
const IS_64: u8 = 0b0100;
const HAS_PAGE_SIZE: u8 = 0b1000;

const fn addr_type(flags: u8) -> AddrType {
    if flags & IS_64 == 0 { AddrType::I32 } else { AddrType::I64 }
}

/// The types that are one byte, by that byte.
fn abstract_heap(code: u8) -> Option<AbsHeapType> {
    Some(match code {
        0x69 => AbsHeapType::Exn,
        0x6A => AbsHeapType::Array,
        0x6B => AbsHeapType::Struct,
        0x6C => AbsHeapType::I31,
        0x6D => AbsHeapType::Eq,
        0x6E => AbsHeapType::Any,
        0x6F => AbsHeapType::Extern,
        0x70 => AbsHeapType::Func,
        0x71 => AbsHeapType::None,
        0x72 => AbsHeapType::NoExtern,
        0x73 => AbsHeapType::NoFunc,
        0x74 => AbsHeapType::NoExn,
        _ => return None,
    })
}

/// The proposal that brought a heap type.
fn feature_of(heap: AbsHeapType) -> Feature {
    match heap {
        AbsHeapType::Func | AbsHeapType::Extern => Feature::Core,
        AbsHeapType::Exn | AbsHeapType::NoExn => Feature::Exceptions,
        AbsHeapType::Any
        | AbsHeapType::Eq
        | AbsHeapType::I31
        | AbsHeapType::Struct
        | AbsHeapType::Array
        | AbsHeapType::None
        | AbsHeapType::NoFunc
        | AbsHeapType::NoExtern => Feature::Gc,
    }
}

impl Reader<'_> {
    /// Spec: binary/types#value-types
    pub(super) fn val_type(&mut self) -> Result<ValType, Malformed> {
        let number = match self.peek()? {
            0x7F => ValType::I32,
            0x7E => ValType::I64,
            0x7D => ValType::F32,
            0x7C => ValType::F64,
            0x7B => ValType::V128,
            _ => return self.reference(Part::ValueType).map(ValType::Ref),
        };
        self.byte()?;
        if number == ValType::V128 {
            self.require_part(Feature::Simd, Part::ValueType)?;
        }
        Ok(number)
    }

    /// Spec: binary/types#reference-types
    pub(super) fn ref_type(&mut self) -> Result<RefType, Malformed> {
        self.reference(Part::ReferenceType)
    }

    /// A reference type where `expected` should stand.
    fn reference(&mut self, expected: Part) -> Result<RefType, Malformed> {
        let code = self.byte()?;
        match code {
            REF_NULL | REF => {
                self.require_part(Feature::FunctionReferences, expected)?;
                Ok(RefType { nullable: code == REF_NULL, heap: self.heap_type()? })
            }
            _ => match abstract_heap(code) {
                Some(heap) => {
                    self.require_part(feature_of(heap), expected)?;
                    Ok(RefType::nullable(HeapType::Abstract(heap)))
                }
                None => Err(self.malformed_type(expected, code)),
            },
        }
    }

    /// Spec: binary/types#heap-types
    pub(super) fn heap_type(&mut self) -> Result<HeapType, Malformed> {
        if let Some(heap) = abstract_heap(self.peek()?) {
            self.byte()?;
            self.require_part(feature_of(heap), Part::HeapType)?;
            return Ok(HeapType::Abstract(heap));
        }
        let ty = self.type_index(Part::HeapType)?;
        self.require_part(Feature::FunctionReferences, Part::HeapType)?;
        Ok(HeapType::Concrete(ty))
    }

    /// A type index where a negative number would be a type: 33 bits with a sign.
    fn type_index(&mut self, expected: Part) -> Result<TypeIdx, Malformed> {
        let first = self.peek()?;
        match u32::try_from(self.s33()?) {
            Ok(index) => Ok(TypeIdx(index)),
            Err(_) => Err(self.malformed(expected, first)),
        }
    }

    /// Spec: binary/instructions#binary-blocktype
    pub(super) fn block_type(&mut self) -> Result<BlockType, Malformed> {
        // A negative number of one byte is a type, as bit 6 without bit 7 says.
        match self.peek()? {
            EMPTY => {
                self.byte()?;
                Ok(BlockType::Empty)
            }
            0x41..0x80 => self.val_type().map(BlockType::Result),
            _ => self.type_index(Part::ValueType).map(BlockType::Func),
        }
    }

    /// A recursion group: its types one by one go to `push`. Spec: binary/types#recursive-types
    pub(super) fn rec_type(&mut self, mut push: impl FnMut(SubType)) -> Result<(), Malformed> {
        if self.peek()? != REC {
            push(self.sub_type()?);
            return Ok(());
        }
        self.byte()?;
        self.require_part(Feature::Gc, Part::DefinedType)?;
        let count = self.length()?;
        self.limit("types in a group", count as usize, self.rules.limits.rec_group_size)?;
        for _ in 0..count {
            push(self.sub_type()?);
        }
        Ok(())
    }

    fn sub_type(&mut self) -> Result<SubType, Malformed> {
        let code = self.peek()?;
        if code != SUB && code != SUB_FINAL {
            let composite = self.composite_type()?;
            return Ok(SubType { is_final: true, supertypes: Box::default(), composite });
        }
        self.byte()?;
        self.require_part(Feature::Gc, Part::DefinedType)?;
        let count = self.length()?;
        let mut supertypes = Vec::with_capacity(self.capacity(count));
        for _ in 0..count {
            supertypes.push(TypeIdx(self.u32()?));
        }
        let composite = self.composite_type()?;
        Ok(SubType { is_final: code == SUB_FINAL, supertypes: supertypes.into(), composite })
    }

    /// Spec: binary/types#composite-types
    fn composite_type(&mut self) -> Result<CompositeType, Malformed> {
        match self.byte()? {
            FUNC => {
                let params = self.val_types("parameters", self.rules.limits.params)?;
                let results = self.val_types("results", self.rules.limits.results)?;
                Ok(CompositeType::Func(FuncType { params, results }))
            }
            STRUCT => {
                self.require_part(Feature::Gc, Part::DefinedType)?;
                let count = self.length()?;
                self.limit("fields", count as usize, self.rules.limits.fields)?;
                let mut fields = Vec::with_capacity(self.capacity(count));
                for _ in 0..count {
                    fields.push(self.field_type()?);
                }
                Ok(CompositeType::Struct(fields.into()))
            }
            ARRAY => {
                self.require_part(Feature::Gc, Part::DefinedType)?;
                self.field_type().map(CompositeType::Array)
            }
            code => Err(self.malformed_type(Part::DefinedType, code)),
        }
    }

    fn val_types(&mut self, what: &'static str, limit: usize) -> Result<Box<[ValType]>, Malformed> {
        let count = self.length()?;
        self.limit(what, count as usize, limit)?;
        let mut types = Vec::with_capacity(self.capacity(count));
        for _ in 0..count {
            types.push(self.val_type()?);
        }
        Ok(types.into())
    }

    fn field_type(&mut self) -> Result<FieldType, Malformed> {
        let packed = match self.peek()? {
            0x78 => Some(StorageType::I8),
            0x77 => Some(StorageType::I16),
            _ => None,
        };
        let storage = match packed {
            Some(packed) => {
                self.byte()?;
                packed
            }
            None => StorageType::Val(self.val_type()?),
        };
        Ok(FieldType { mutable: self.mutable()?, storage })
    }

    fn mutable(&mut self) -> Result<bool, Malformed> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            code => Err(self.malformed(Part::Mutability, code)),
        }
    }

    /// Spec: binary/types#global-types
    pub(super) fn global_type(&mut self) -> Result<GlobalType, Malformed> {
        let content = self.val_type()?;
        Ok(GlobalType { mutable: self.mutable()?, content })
    }

    /// Spec: binary/types#table-types
    pub(super) fn table_type(&mut self) -> Result<TableType, Malformed> {
        let element = self.ref_type()?;
        let flags = self.limits_flags(HAS_MAXIMUM | IS_64)?;
        let (addr, limits) = (addr_type(flags), self.size_limits(flags)?);
        Ok(TableType { addr, limits, element })
    }

    /// Spec: binary/types#memory-types
    pub(super) fn memory_type(&mut self) -> Result<MemoryType, Malformed> {
        let flags = self.limits_flags(HAS_MAXIMUM | IS_SHARED | IS_64 | HAS_PAGE_SIZE)?;
        let (addr, limits) = (addr_type(flags), self.size_limits(flags)?);
        let page_size =
            if flags & HAS_PAGE_SIZE == 0 { PageSize::STANDARD } else { self.page_size()? };
        Ok(MemoryType { addr, limits, page_size, shared: flags & IS_SHARED != 0 })
    }

    /// The flags of limits, each of which belongs to a proposal but the first.
    /// Spec: binary/types#limits
    fn limits_flags(&mut self, known: u8) -> Result<u8, Malformed> {
        let flags = self.byte()?;
        if flags & !known != 0 {
            return Err(self.malformed(Part::LimitsFlags, flags));
        }
        let gated = [
            (IS_64, Feature::Memory64),
            (IS_SHARED, Feature::Threads),
            (HAS_PAGE_SIZE, Feature::CustomPageSizes),
        ];
        for (_, feature) in gated.into_iter().filter(|(flag, _)| flags & flag != 0) {
            self.require_part(feature, Part::LimitsFlags)?;
        }
        Ok(flags)
    }

    /// Sizes have 64 bits whatever the addresses: too large a one is invalid, not malformed.
    fn size_limits(&mut self, flags: u8) -> Result<SizeLimits, Malformed> {
        let min = self.u64()?;
        let max = if flags & HAS_MAXIMUM == 0 { None } else { Some(self.u64()?) };
        Ok(SizeLimits { min, max })
    }

    /// The exponent of a page's size. Whether pages may be so large is the validator's question.
    fn page_size(&mut self) -> Result<PageSize, Malformed> {
        let offset = self.position();
        let exponent = self.u32()?;
        let too_large = || Malformed::new(offset, MalformedKind::PageSize(exponent));
        PageSize::of_exponent(exponent).ok_or_else(too_large)
    }

    /// A byte that later versions may give a meaning.
    pub(super) fn zero_byte(&mut self) -> Result<(), Malformed> {
        match self.byte()? {
            0 => Ok(()),
            found => Err(Malformed::new(self.position() - 1, MalformedKind::ZeroByte(found))),
        }
    }
}
