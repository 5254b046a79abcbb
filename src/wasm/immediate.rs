//! What instructions carry: memory accesses, lanes, lists of labels, types and catch clauses.
//!
//! A list is a span of the binary, so that an instruction is a value of three words whatever the
//! length of its list; the decoder iterates it. Spec: syntax/instructions

use std::fmt::{self, Write};

use super::features::Feature;
use super::index::{
    DataIdx, ElemIdx, FieldIdx, FuncIdx, GlobalIdx, LabelIdx, LocalIdx, MemIdx, TableIdx, TagIdx,
    TypeIdx,
};
use super::instruction::Op;
use super::types::{BlockType, HeapType, RefType};
use super::values::{V128, Val};

/// Which bytes of which memory a load or store touches.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MemArg {
    /// The alignment that is promised, as the exponent of a power of two.
    pub align: u32,
    /// The memory.
    pub memory: MemIdx,
    /// What is added to the address.
    pub offset: u64,
}

/// The bits of an `f32.const`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct F32Bits(pub u32);

/// The bits of an `f64.const`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct F64Bits(pub u64);

/// A lane of a vector.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LaneIdx(pub u8);

/// A byte that is zero, and that later versions may give a meaning.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Zero;

/// The sixteen lanes of `i8x16.shuffle`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Lanes(pub [u8; 16]);

/// The labels of a `br_table`: a span of the binary, and the label for all other operands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LabelList {
    /// Where the first label stands in the binary.
    pub offset: u32,
    /// How many there are, the default not counted.
    pub count: u32,
    /// The label for operands past the list.
    pub default: LabelIdx,
}

/// The types of a `select`: a span of the binary.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TypeList {
    /// Where the first type stands in the binary.
    pub offset: u32,
    /// How many there are. Validation wants one.
    pub count: u32,
}

/// The catch clauses of a `try_table`: a span of the binary.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CatchList {
    /// Where the first clause stands in the binary.
    pub offset: u32,
    /// How many there are.
    pub count: u32,
}

/// A catch clause. Spec: syntax/instructions#syntax-catch
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Catch {
    /// Exceptions of a tag: the label gets the values.
    One {
        /// The tag.
        tag: TagIdx,
        /// Where control goes.
        label: LabelIdx,
    },
    /// Exceptions of a tag: the label gets the values and the exception.
    OneRef {
        /// The tag.
        tag: TagIdx,
        /// Where control goes.
        label: LabelIdx,
    },
    /// All exceptions: the label gets nothing.
    All {
        /// Where control goes.
        label: LabelIdx,
    },
    /// All exceptions: the label gets the exception.
    AllRef {
        /// Where control goes.
        label: LabelIdx,
    },
}

/// Which of the two types of a `br_on_cast` have null.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CastNulls {
    /// The type of the operand.
    pub from: bool,
    /// The type that is tested for.
    pub to: bool,
}

impl CastNulls {
    /// The type of the operand, given its heap type.
    #[must_use]
    pub const fn from_type(self, heap: HeapType) -> RefType {
        RefType { nullable: self.from, heap }
    }

    /// The type that is tested for, given its heap type.
    #[must_use]
    pub const fn to_type(self, heap: HeapType) -> RefType {
        RefType { nullable: self.to, heap }
    }
}

/// Reads an immediate of one type.
pub trait Read<T>: Source {
    /// The immediate that the source stands at.
    fn read(&mut self) -> Result<T, Self::Error>;
}

/// Where instructions come from. Only the decoder knows how they are written.
pub trait Source {
    /// What is wrong with the bytes.
    type Error;

    /// The first byte of an instruction, and the number after it when it is a prefix (else 0).
    fn code(&mut self) -> Result<(u8, u32), Self::Error>;

    /// Refuses an instruction of a proposal that is off.
    fn require(&self, feature: Feature, op: Op) -> Result<(), Self::Error>;

    /// The code that was just read names no instruction.
    fn unknown(&self, first: u8, second: u32) -> Self::Error;
}

/// A source of all the immediates there are.
pub trait Immediates:
    Source
    + Read<u32>
    + Read<i32>
    + Read<i64>
    + Read<F32Bits>
    + Read<F64Bits>
    + Read<V128>
    + Read<Lanes>
    + Read<LaneIdx>
    + Read<Zero>
    + Read<MemArg>
    + Read<BlockType>
    + Read<HeapType>
    + Read<CastNulls>
    + Read<LabelList>
    + Read<TypeList>
    + Read<CatchList>
    + Read<TypeIdx>
    + Read<FuncIdx>
    + Read<TableIdx>
    + Read<MemIdx>
    + Read<GlobalIdx>
    + Read<TagIdx>
    + Read<ElemIdx>
    + Read<DataIdx>
    + Read<LocalIdx>
    + Read<LabelIdx>
    + Read<FieldIdx>
{
}

/// What the table needs to know of an immediate.
pub(super) trait Immediate {
    /// The memory access, when the immediate is one.
    fn mem_arg(&self) -> Option<MemArg> {
        None
    }

    /// The lanes, when the immediate is some; a single one is the first.
    fn lanes(&self) -> Option<Lanes> {
        None
    }
}

macro_rules! plain {
    ($($ty:ty)*) => { $(impl Immediate for $ty {})* };
}

plain! {
    u32 i32 i64 F32Bits F64Bits V128 BlockType HeapType CastNulls
    LabelList TypeList CatchList Zero
    TypeIdx FuncIdx TableIdx MemIdx GlobalIdx TagIdx ElemIdx DataIdx LocalIdx LabelIdx FieldIdx
}

impl Immediate for MemArg {
    #[inline]
    fn mem_arg(&self) -> Option<MemArg> {
        Some(*self)
    }
}

impl Immediate for LaneIdx {
    #[inline]
    fn lanes(&self) -> Option<Lanes> {
        let mut lanes = [0; 16];
        lanes[0] = self.0;
        Some(Lanes(lanes))
    }
}

impl Immediate for Lanes {
    #[inline]
    fn lanes(&self) -> Option<Lanes> {
        Some(*self)
    }
}

/// Prints a space and the immediate; nothing when the immediate prints nothing.
pub(super) struct Spaced<'a, T>(pub(super) &'a T);

impl<T: fmt::Display> fmt::Display for Spaced<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Separator { f, started: false }, "{}", self.0)
    }
}

/// Writes a space before the first text.
struct Separator<'a, 'f> {
    f: &'a mut fmt::Formatter<'f>,
    started: bool,
}

impl Write for Separator<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if !self.started && !text.is_empty() {
            self.started = true;
            self.f.write_str(" ")?;
        }
        self.f.write_str(text)
    }
}

/// `offset=8 align=4`, with the memory before it when it is not the first one.
impl fmt::Display for MemArg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.memory != MemIdx(0) {
            write!(f, "{} ", self.memory)?;
        }
        if self.offset != 0 {
            write!(f, "offset={} ", self.offset)?;
        }
        match 1_u64.checked_shl(self.align) {
            Some(bytes) => write!(f, "align={bytes}"),
            None => write!(f, "align=2^{}", self.align),
        }
    }
}

impl fmt::Display for F32Bits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Val::F32(self.0).fmt(f)
    }
}

impl fmt::Display for F64Bits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Val::F64(self.0).fmt(f)
    }
}

impl fmt::Display for LaneIdx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The text format doesn't write it.
impl fmt::Display for Zero {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl fmt::Display for Lanes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().enumerate().try_for_each(|(position, lane)| {
            let separator = if position == 0 { "" } else { " " };
            write!(f, "{separator}{lane}")
        })
    }
}

/// The list itself stays in the binary: its length and the default.
impl fmt::Display for LabelList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({} labels) {}", self.count, self.default)
    }
}

impl fmt::Display for TypeList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({} types)", self.count)
    }
}

impl fmt::Display for CatchList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({} catches)", self.count)
    }
}

/// Which types have null: `(null, _)`.
impl fmt::Display for CastNulls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |null| if null { "null" } else { "_" };
        write!(f, "({}, {})", text(self.from), text(self.to))
    }
}

impl fmt::Display for Catch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One { tag, label } => write!(f, "(catch {tag} {label})"),
            Self::OneRef { tag, label } => write!(f, "(catch_ref {tag} {label})"),
            Self::All { label } => write!(f, "(catch_all {label})"),
            Self::AllRef { label } => write!(f, "(catch_all_ref {label})"),
        }
    }
}

/// As the text format writes it; nothing for the empty type.
impl fmt::Display for BlockType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => Ok(()),
            Self::Result(ty) => write!(f, "(result {ty})"),
            Self::Func(ty) => write!(f, "(type {ty})"),
        }
    }
}

impl fmt::Display for V128 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Val::V128(*self).fmt(f)
    }
}
