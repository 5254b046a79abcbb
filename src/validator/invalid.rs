//! What makes a module invalid. The wording begins with the test suite's own phrases.
//!
//! Spec: valid

use std::error;
use std::fmt;

use super::countable::Countable;
use super::operand::OperandType;
use crate::wasm::instruction::Op;
use crate::wasm::{FuncIdx, Index, LabelIdx, LocalIdx, PageSize, RefType, TypeIdx, ValType};

pub(super) type Result<T, E = Invalid> = std::result::Result<T, E>;

/// The module is well formed but breaks a rule of validation.
///
/// `{}` prints the rule and what broke it; `{:#}` says where, too: `type mismatch: instruction
/// requires [i32 i32] but stack has [f64 i32]: in i32.add: in function 12 `handle`, offset 0x1f3`.
pub struct Invalid(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: InvalidKind,
    offset: Option<usize>,
    function: Option<(FuncIdx, Option<Box<str>>)>,
    op: Option<Op>,
}

impl Invalid {
    #[cold]
    pub(super) fn new(kind: InvalidKind) -> Self {
        Self(Box::new(Inner { kind, offset: None, function: None, op: None }))
    }

    /// Where in the binary it was found. What is known already stays.
    #[cold]
    pub(super) fn at(mut self, offset: usize) -> Self {
        self.0.offset.get_or_insert(offset);
        self
    }

    /// Which instruction breaks the rule.
    #[cold]
    pub(super) fn in_instruction(mut self, op: Op, offset: usize) -> Self {
        self.0.op.get_or_insert(op);
        self.at(offset)
    }

    /// In which function it was found.
    #[cold]
    pub(super) fn in_function(mut self, func: FuncIdx, name: Option<&str>) -> Self {
        self.0.function = Some((func, name.map(Into::into)));
        self
    }

    /// The rule and what broke it.
    #[must_use]
    pub const fn kind(&self) -> &InvalidKind {
        &self.0.kind
    }

    /// Where in the binary it was found, where that is known: types and memories have no offset.
    #[must_use]
    pub const fn offset(&self) -> Option<usize> {
        self.0.offset
    }

    /// The function in whose body it was found, with its name when the module says it.
    #[must_use]
    pub fn function(&self) -> Option<(FuncIdx, Option<&str>)> {
        self.0.function.as_ref().map(|(func, name)| (*func, name.as_deref()))
    }

    /// The instruction that breaks the rule.
    #[must_use]
    pub const fn instruction(&self) -> Option<Op> {
        self.0.op
    }
}

/// The rules, each with what broke it.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum InvalidKind {
    /// An instruction finds other operands than it takes.
    Operands {
        /// What it takes.
        requires: Box<[OperandType]>,
        /// The topmost operands of the block, at most as many.
        found: Box<[OperandType]>,
    },
    /// At its end a block has other operands than it gives.
    BlockResults {
        /// What it gives.
        requires: Box<[OperandType]>,
        /// Its operands; of very many the topmost.
        found: Box<[OperandType]>,
    },
    /// An operand is no reference.
    NotReference {
        /// What it is.
        found: OperandType,
    },
    /// The operands of a `select` without a type are no numbers or vectors, or differ.
    Select {
        /// The operand for true.
        first: OperandType,
        /// The operand for false.
        second: OperandType,
    },
    /// A type stands where another is required.
    Unrelated {
        /// What stands there.
        found: ValType,
        /// What is required.
        wanted: ValType,
        /// Of what.
        role: Role,
    },
    /// A type definition is of another kind.
    NotDefined {
        /// The type.
        ty: TypeIdx,
        /// What is required.
        wanted: Definition,
    },
    /// An `if` without `else` gives other operands than it takes.
    IfWithoutElse {
        /// What it takes.
        params: Box<[OperandType]>,
        /// What it gives.
        results: Box<[OperandType]>,
    },
    /// The labels of a `br_table` take different numbers of operands.
    LabelArity {
        /// The label.
        label: LabelIdx,
        /// How many operands it takes.
        arity: usize,
        /// How many the default label takes.
        default: usize,
    },
    /// A label takes no reference as its last operand, which the branch would give.
    LabelReference {
        /// The label.
        label: LabelIdx,
    },
    /// A branch gives a label, or a tail call its caller, other operands than it takes.
    Transfer {
        /// What is given.
        gives: Box<[OperandType]>,
        /// What is taken.
        takes: Box<[OperandType]>,
    },
    /// `select` with a list of types that has not one entry.
    SelectArity {
        /// How many it has.
        count: u32,
    },
    /// A packed field is read without extension, or another one with it.
    Packing {
        /// The structure or array.
        ty: TypeIdx,
    },
    /// A field or element has no default value.
    NotDefaultable {
        /// The structure or array.
        ty: TypeIdx,
    },
    /// A table without null needs a value for its elements.
    TableWithoutInit {
        /// The type of the elements.
        element: RefType,
    },
    /// An index that points to nothing.
    Unknown {
        /// The index space.
        space: Space,
        /// The index.
        index: u32,
        /// How many entries there are.
        len: usize,
    },
    /// The promised alignment is larger than the access.
    Alignment {
        /// The exponent of the promise.
        align: u32,
        /// How many bytes are accessed.
        touches: u32,
    },
    /// The promised alignment of an atomic access of so many bytes is not that of these.
    AtomicAlignment(u32),
    /// The offset of an access does not fit the memory's addresses.
    MemoryOffset {
        /// The offset.
        offset: u64,
    },
    /// A lane that the vector does not have.
    Lane {
        /// The lane.
        lane: u8,
        /// How many there are.
        lanes: u8,
    },
    /// A local without default value is read before it is written.
    Uninitialised {
        /// The local.
        local: LocalIdx,
    },
    /// An immutable global is written.
    ImmutableGlobal,
    /// An immutable field is written.
    ImmutableField,
    /// An array of immutable elements is written.
    ImmutableArray,
    /// The elements of one array do not match those of another.
    ArrayElements,
    /// Bytes are copied to an array of references.
    ArrayOfReferences,
    /// `ref.func` of a function that nothing outside of bodies names.
    Undeclared {
        /// The function.
        func: FuncIdx,
    },
    /// An instruction, or a global that can be written, in a constant expression.
    NotConstant,
    /// Two exports of one name.
    DuplicateExport {
        /// The name.
        name: Box<str>,
    },
    /// The start function takes or gives values.
    Start {
        /// The function.
        func: FuncIdx,
    },
    /// A tag whose type gives values.
    TagResults {
        /// The type.
        ty: TypeIdx,
    },
    /// A type that is not below its declared supertype.
    Subtype {
        /// The type.
        ty: TypeIdx,
        /// Its supertype.
        sup: TypeIdx,
        /// Why not.
        reason: SubtypeReason,
    },
    /// A minimum larger than the maximum.
    MinimumAboveMaximum {
        /// The minimum.
        min: u64,
        /// The maximum.
        max: u64,
    },
    /// A memory larger than its addresses reach.
    MemorySize {
        /// Pages.
        pages: u64,
        /// How many there may be.
        limit: u64,
    },
    /// Pages that are neither of 64 KiB nor of one byte.
    PageSize(PageSize),
    /// A shared memory whose size has no end.
    SharedWithoutMaximum,
    /// A table larger than its indices reach.
    TableSize {
        /// Elements.
        elements: u64,
        /// How many there may be.
        limit: u64,
    },
    /// A second memory, while only one is allowed.
    MultipleMemories,
    /// More than `Limits` allow.
    TooMany {
        /// Of what.
        what: Countable,
        /// How many there are.
        count: usize,
        /// How many there may be.
        limit: usize,
    },
}

/// What a type is the type of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// The elements of a table.
    TableElement,
    /// The elements of a segment.
    SegmentElement,
    /// What a cast tests for.
    CastTarget,
    /// What a branch gives its label last.
    Branch,
}

/// Kinds of type definitions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Definition {
    /// A function type.
    Func,
    /// A structure type.
    Struct,
    /// An array type.
    Array,
}

/// Index spaces.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "each is the index space of its name")]
pub enum Space {
    Type,
    Func,
    Table,
    Memory,
    Global,
    Tag,
    Elem,
    Data,
    Local,
    Label,
    Field,
}

/// Why a type is not below its supertype.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SubtypeReason {
    /// The supertype is final.
    Final,
    /// The structures do not match.
    Structure,
    /// There is more than one supertype.
    Several,
    /// The supertype stands after the type.
    Forward,
}

impl Space {
    /// The name of an entry.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Func => "function",
            Self::Table => "table",
            Self::Memory => "memory",
            Self::Global => "global",
            Self::Tag => "tag",
            Self::Elem => "elem segment",
            Self::Data => "data segment",
            Self::Local => "local",
            Self::Label => "label",
            Self::Field => "field",
        }
    }

    /// What the entries belong to.
    const fn owner(self) -> &'static str {
        match self {
            Self::Local => "function",
            Self::Label => "code",
            Self::Field => "structure",
            Self::Type
            | Self::Func
            | Self::Table
            | Self::Memory
            | Self::Global
            | Self::Tag
            | Self::Elem
            | Self::Data => "module",
        }
    }
}

impl InvalidKind {
    #[cold]
    pub(super) fn unknown(space: Space, index: impl Index, len: usize) -> Self {
        let index = u32::try_from(index.to_usize()).unwrap_or(u32::MAX);
        Self::Unknown { space, index, len }
    }
}

/// Something requires other operands than there are.
fn write_stack(
    f: &mut fmt::Formatter<'_>,
    what: &str,
    requires: &[OperandType],
    found: &[OperandType],
) -> fmt::Result {
    let (requires, found) = (List(requires), List(found));
    write!(f, "type mismatch: {what} requires {requires} but stack has {found}")
}

impl fmt::Display for InvalidKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operands { requires, found } => write_stack(f, "instruction", requires, found),
            Self::BlockResults { requires, found } => write_stack(f, "block", requires, found),
            Self::NotReference { found } => {
                write!(f, "type mismatch: instruction requires a reference but stack has [{found}]")
            }
            Self::Select { first: a, second: b } => {
                write!(f, "type mismatch: select requires two like numbers or vectors, not {a} {b}")
            }
            Self::Unrelated { found, wanted, role } => {
                write!(f, "type mismatch: {role} is {found}, which does not match {wanted}")
            }
            Self::NotDefined { ty, wanted } => {
                write!(f, "type mismatch: type {ty} is not {wanted}")
            }
            Self::IfWithoutElse { params, results } => write!(
                f,
                "type mismatch: if without else takes {} but gives {}",
                List(params),
                List(results)
            ),
            Self::LabelArity { label: l, arity, default } => {
                write!(
                    f,
                    "type mismatch: label {l} takes {arity} operands, the default label {default}"
                )
            }
            Self::LabelReference { label } => {
                write!(f, "type mismatch: label {label} takes no reference as its last operand")
            }
            Self::Transfer { gives, takes } => write!(
                f,
                "type mismatch: {} is given where {} is required",
                List(gives),
                List(takes)
            ),
            Self::SelectArity { count } => {
                write!(f, "invalid result arity: select has {count} types, 1 is allowed")
            }
            Self::Packing { ty } => write!(
                f,
                "type mismatch: packed fields are read with extension, others without: type {ty}"
            ),
            Self::NotDefaultable { ty } => {
                write!(f, "type mismatch: type {ty} has a field without default value")
            }
            Self::TableWithoutInit { element } => {
                write!(f, "type mismatch: a table of {element} needs a value for its elements")
            }
            Self::Unknown { space, index, len } => {
                write!(f, "unknown {} {index}: {} has {len}", space.name(), space.owner())
            }
            Self::Alignment { align, touches } => write!(
                f,
                "alignment must not be larger than natural: 2^{align} for {touches} bytes"
            ),
            Self::AtomicAlignment(touches) => {
                write!(f, "atomic alignment must be natural: that of {touches} bytes")
            }
            Self::MemoryOffset { offset } => {
                write!(f, "offset out of range: {offset:#x} in a memory of 32-bit addresses")
            }
            Self::Lane { lane, lanes } => {
                write!(f, "invalid lane index: {lane} of {lanes} lanes")
            }
            Self::Uninitialised { local } => write!(f, "uninitialized local: {local}"),
            Self::ImmutableGlobal => f.write_str("immutable global"),
            Self::ImmutableField => f.write_str("immutable field"),
            Self::ImmutableArray => f.write_str("immutable array"),
            Self::ArrayElements => f.write_str("array types do not match"),
            Self::ArrayOfReferences => f.write_str("array type is not numeric or vector"),
            Self::Undeclared { func } => write!(f, "undeclared function reference: {func}"),
            Self::NotConstant => f.write_str("constant expression required"),
            Self::DuplicateExport { name } => write!(f, "duplicate export name: {name:?}"),
            Self::Start { func } => {
                write!(f, "start function: {func} must take and give nothing")
            }
            Self::TagResults { ty } => write!(f, "non-empty tag result type: type {ty}"),
            Self::Subtype { ty, sup, reason } => {
                write!(f, "sub type {ty} does not match super type {sup}: {reason}")
            }
            Self::MinimumAboveMaximum { min, max } => {
                write!(f, "size minimum must not be greater than maximum: {min} > {max}")
            }
            Self::MemorySize { pages, limit } => {
                write!(f, "memory size must be at most {limit} pages{}: {pages}", reach(*limit))
            }
            Self::PageSize(size) => write!(f, "invalid custom page size: {} bytes", size.bytes()),
            Self::SharedWithoutMaximum => f.write_str("shared memory must have maximum"),
            Self::TableSize { elements, limit } => {
                write!(f, "table size: {elements} elements, limit {limit}")
            }
            Self::MultipleMemories => f.write_str("multiple memories"),
            Self::TooMany { what, count, limit } => {
                write!(f, "too many {what}: {count}, limit {limit}")
            }
        }
    }
}

/// What suites of before 64-bit memories say of 32-bit ones.
const fn reach(pages: u64) -> &'static str {
    if pages == 1 << 16 { " (4GiB)" } else { "" }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TableElement => "the table's element",
            Self::SegmentElement => "the segment's element",
            Self::CastTarget => "the target of the cast",
            Self::Branch => "the operand of the branch",
        })
    }
}

impl fmt::Display for Definition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Func => "a function type",
            Self::Struct => "a structure type",
            Self::Array => "an array type",
        })
    }
}

impl fmt::Display for SubtypeReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Final => "it is final",
            Self::Structure => "their structures do not match",
            Self::Several => "there may be only one",
            Self::Forward => "it stands after the type",
        })
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.kind.fmt(f)?;
        if let Some(op) = self.0.op {
            write!(f, ": in {op}")?;
        }
        if !f.alternate() {
            return Ok(());
        }
        if let Some((func, name)) = self.function() {
            write!(f, ": in function {func}")?;
            if let Some(name) = name {
                write!(f, " `{name}`")?;
            }
        }
        match self.0.offset {
            Some(offset) => write!(f, ", offset {offset:#x}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl error::Error for Invalid {}

/// A list of types in brackets: `[i32 i64]`.
struct List<'a>(&'a [OperandType]);

impl fmt::Display for List<'_> {
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
