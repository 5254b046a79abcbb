//! The types of WebAssembly, as the binary format writes them: type indices point into the
//! module's own type section. What is equal or a subtype of what is `subtyping`'s.
//!
//! Spec: syntax/types

use std::fmt;

use super::index::TypeIdx;

/// The type of a value. Spec: syntax/types#value-types
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ValType {
    /// 32-bit integer.
    I32,
    /// 64-bit integer.
    I64,
    /// 32-bit float.
    F32,
    /// 64-bit float.
    F64,
    /// 128-bit vector.
    V128,
    /// Reference.
    Ref(RefType),
}

impl ValType {
    /// `(ref null func)`, what the format calls `funcref`.
    pub const FUNCREF: Self = Self::Ref(RefType::FUNCREF);
    /// `(ref null extern)`, what the format calls `externref`.
    pub const EXTERNREF: Self = Self::Ref(RefType::EXTERNREF);

    /// Whether a local of this type has an initial value. Spec: valid/types#defaultable-types
    #[must_use]
    pub const fn is_defaultable(self) -> bool {
        match self {
            Self::Ref(ty) => ty.nullable,
            Self::I32 | Self::I64 | Self::F32 | Self::F64 | Self::V128 => true,
        }
    }
}

/// A reference type: a heap type, and whether null belongs to it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct RefType {
    /// Whether null belongs to the type.
    pub nullable: bool,
    /// What a reference that is not null points to.
    pub heap: HeapType,
}

impl RefType {
    /// `(ref null func)`.
    pub const FUNCREF: Self = Self { nullable: true, heap: HeapType::Abstract(AbsHeapType::Func) };
    /// `(ref null extern)`.
    pub const EXTERNREF: Self =
        Self { nullable: true, heap: HeapType::Abstract(AbsHeapType::Extern) };

    /// The same type with null.
    #[must_use]
    pub const fn nullable(heap: HeapType) -> Self {
        Self { nullable: true, heap }
    }

    /// The same type without null.
    #[must_use]
    pub const fn non_null(heap: HeapType) -> Self {
        Self { nullable: false, heap }
    }
}

/// What a reference points to. Spec: syntax/types#heap-types
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum HeapType {
    /// One of the types that the specification names.
    Abstract(AbsHeapType),
    /// A type of the module's type section.
    Concrete(TypeIdx),
}

/// The heap types that the specification names. Spec: syntax/types#abstract-heap-types
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AbsHeapType {
    /// Any internal reference.
    Any,
    /// Internal references that can be compared.
    Eq,
    /// Unboxed 31-bit integers.
    I31,
    /// Structures.
    Struct,
    /// Arrays.
    Array,
    /// The bottom of the internal types.
    None,
    /// Functions.
    Func,
    /// The bottom of the function types.
    NoFunc,
    /// The host's references.
    Extern,
    /// The bottom of the external types.
    NoExtern,
    /// Exceptions.
    Exn,
    /// The bottom of the exception types.
    NoExn,
}

impl AbsHeapType {
    /// The name in the text format.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Eq => "eq",
            Self::I31 => "i31",
            Self::Struct => "struct",
            Self::Array => "array",
            Self::None => "none",
            Self::Func => "func",
            Self::NoFunc => "nofunc",
            Self::Extern => "extern",
            Self::NoExtern => "noextern",
            Self::Exn => "exn",
            Self::NoExn => "noexn",
        }
    }
}

/// Parameters and results of a function. Spec: syntax/types#function-types
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct FuncType {
    /// What the function takes.
    pub params: Box<[ValType]>,
    /// What the function gives.
    pub results: Box<[ValType]>,
}

impl FuncType {
    /// A function type of these parameters and results.
    pub fn new(
        params: impl IntoIterator<Item = ValType>,
        results: impl IntoIterator<Item = ValType>,
    ) -> Self {
        Self { params: params.into_iter().collect(), results: results.into_iter().collect() }
    }
}

/// A field of a structure, or the elements of an array. Spec: syntax/types#aggregate-types
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FieldType {
    /// Whether the field can be written.
    pub mutable: bool,
    /// What it holds.
    pub storage: StorageType,
}

/// What a field holds. Spec: syntax/types#storage-types
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum StorageType {
    /// A packed 8-bit integer.
    I8,
    /// A packed 16-bit integer.
    I16,
    /// A value.
    Val(ValType),
}

impl StorageType {
    /// The type on the operand stack. Spec: valid/types (unpacking)
    #[must_use]
    pub const fn unpacked(self) -> ValType {
        match self {
            Self::I8 | Self::I16 => ValType::I32,
            Self::Val(ty) => ty,
        }
    }
}

/// Function, structure or array. Spec: syntax/types#composite-types
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum CompositeType {
    /// A function type.
    Func(FuncType),
    /// A structure type: its fields.
    Struct(Box<[FieldType]>),
    /// An array type: its elements.
    Array(FieldType),
}

/// A type definition with its place in the hierarchy. Spec: syntax/types#recursive-types
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct SubType {
    /// Whether no other type may name this one as its supertype.
    pub is_final: bool,
    /// The declared supertype. (The format allows a vector; validation allows at most one.)
    pub supertypes: Box<[TypeIdx]>,
    /// The structure.
    pub composite: CompositeType,
}

/// The width of a memory's or table's addresses. Spec: syntax/types#address-types
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AddrType {
    /// 32-bit addresses.
    I32,
    /// 64-bit addresses.
    I64,
}

impl AddrType {
    /// The type of an address on the operand stack.
    #[must_use]
    pub const fn val_type(self) -> ValType {
        match self {
            Self::I32 => ValType::I32,
            Self::I64 => ValType::I64,
        }
    }
}

/// Sizes of a table (elements) or a memory (pages). Spec: syntax/types#limits
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct SizeLimits {
    /// The size at the start.
    pub min: u64,
    /// The size that growth never passes, when there is one.
    pub max: Option<u64>,
}

/// A memory. Spec: syntax/types#memory-types
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct MemoryType {
    /// Width of addresses.
    pub addr: AddrType,
    /// Sizes in pages.
    pub limits: SizeLimits,
    /// The size of a page.
    pub page_size: PageSize,
    /// Whether several threads may use it at once.
    pub shared: bool,
}

impl MemoryType {
    /// A memory of 3.0: pages of 64 KiB, used by one thread at a time.
    #[must_use]
    pub const fn new(addr: AddrType, limits: SizeLimits) -> Self {
        Self { addr, limits, page_size: PageSize::STANDARD, shared: false }
    }

    /// The pages that its addresses can reach, and that their type can count.
    #[must_use]
    pub const fn addressable_pages(self) -> u64 {
        let (bits, most) = match self.addr {
            AddrType::I32 => (u32::BITS, u32::MAX as u64),
            AddrType::I64 => (u64::BITS, u64::MAX),
        };
        let pages = 1_u128 << (bits - self.page_size.exponent());
        if pages > most as u128 { most } else { pages as u64 }
    }

    /// Bytes of the least size; as many as there can be where that is too large.
    #[must_use]
    pub const fn min_bytes(self) -> u64 {
        self.limits.min.saturating_mul(self.page_size.bytes())
    }
}

/// The size of a memory's pages: a power of two.
/// Proposal: <https://github.com/WebAssembly/custom-page-sizes>
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct PageSize {
    exponent: u8,
}

impl PageSize {
    /// 64 KiB, the one size of 3.0. Spec: exec/runtime#page-size
    pub const STANDARD: Self = Self { exponent: 16 };
    /// One byte, the one size that the proposal adds.
    pub const BYTE: Self = Self { exponent: 0 };

    /// Two to the power of `exponent`; none above the bytes that 64-bit addresses reach.
    #[must_use]
    pub const fn of_exponent(exponent: u32) -> Option<Self> {
        if exponent < u64::BITS { Some(Self { exponent: exponent as u8 }) } else { None }
    }

    /// The exponent of two.
    #[must_use]
    pub const fn exponent(self) -> u32 {
        self.exponent as u32
    }

    /// Bytes of a page.
    #[must_use]
    pub const fn bytes(self) -> u64 {
        1 << self.exponent
    }
}

/// A table. Spec: syntax/types#table-types
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TableType {
    /// Width of indices.
    pub addr: AddrType,
    /// Sizes in elements.
    pub limits: SizeLimits,
    /// The type of the elements.
    pub element: RefType,
}

/// A global. Spec: syntax/types#global-types
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct GlobalType {
    /// Whether `global.set` may write it.
    pub mutable: bool,
    /// What it holds.
    pub content: ValType,
}

/// What a block takes and gives. Spec: binary/instructions#binary-blocktype
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BlockType {
    /// Nothing in, nothing out.
    Empty,
    /// Nothing in, one value out.
    Result(ValType),
    /// A function type of the type section.
    Func(TypeIdx),
}

impl fmt::Display for ValType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::I32 => f.write_str("i32"),
            Self::I64 => f.write_str("i64"),
            Self::F32 => f.write_str("f32"),
            Self::F64 => f.write_str("f64"),
            Self::V128 => f.write_str("v128"),
            Self::Ref(ty) => ty.fmt(f),
        }
    }
}

/// As the text format writes it: `i64 1 2 shared (pagesize 1)`.
impl fmt::Display for MemoryType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.addr == AddrType::I64 {
            f.write_str("i64 ")?;
        }
        self.limits.fmt(f)?;
        if self.shared {
            f.write_str(" shared")?;
        }
        if self.page_size != PageSize::STANDARD {
            write!(f, " (pagesize {})", self.page_size.bytes())?;
        }
        Ok(())
    }
}

/// The minimum, and the maximum where there is one.
impl fmt::Display for SizeLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.min)?;
        self.max.map_or(Ok(()), |max| write!(f, " {max}"))
    }
}

impl fmt::Display for RefType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.nullable, self.heap) {
            (true, HeapType::Abstract(heap)) => match heap {
                AbsHeapType::None => f.write_str("nullref"),
                AbsHeapType::NoFunc => f.write_str("nullfuncref"),
                AbsHeapType::NoExtern => f.write_str("nullexternref"),
                AbsHeapType::NoExn => f.write_str("nullexnref"),
                AbsHeapType::Any
                | AbsHeapType::Eq
                | AbsHeapType::I31
                | AbsHeapType::Struct
                | AbsHeapType::Array
                | AbsHeapType::Func
                | AbsHeapType::Extern
                | AbsHeapType::Exn => write!(f, "{}ref", heap.name()),
            },
            (true, heap) => write!(f, "(ref null {heap})"),
            (false, heap) => write!(f, "(ref {heap})"),
        }
    }
}

impl fmt::Display for HeapType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Abstract(heap) => f.write_str(heap.name()),
            Self::Concrete(ty) => write!(f, "{ty}"),
        }
    }
}

/// `[i32 i64] -> [f32]`, as the specification writes it.
impl fmt::Display for FuncType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} -> {}", Types(&self.params), Types(&self.results))
    }
}

/// A list of types in brackets: `[i32 i64]`.
pub struct Types<'a>(pub &'a [ValType]);

impl fmt::Display for Types<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (position, ty) in self.0.iter().enumerate() {
            if position > 0 {
                f.write_str(" ")?;
            }
            ty.fmt(f)?;
        }
        f.write_str("]")
    }
}
