//! What is wrong with a binary: where, in which section, and what.
//!
//! The text of a kind begins with the phrase of the specification's test suite.

use std::fmt;

use crate::wasm::{Feature, Op};

/// The binary is no module. Every byte up to [`offset`](Self::offset) was fine.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Malformed {
    inner: Box<Inner>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Inner {
    offset: usize,
    section: Option<Section>,
    kind: MalformedKind,
}

impl Malformed {
    /// An error is made once a module: its constructor stays out of the way of what succeeds.
    #[cold]
    #[inline(never)]
    pub(crate) fn new(offset: usize, kind: MalformedKind) -> Self {
        Self { inner: Box::new(Inner { offset, section: None, kind }) }
    }

    /// The same error, in a section when none is known yet.
    #[cold]
    pub(crate) fn within(mut self, section: Section) -> Self {
        self.inner.section.get_or_insert(section);
        self
    }

    /// Before the first section an unexpected end has a shorter name.
    #[cold]
    pub(crate) fn in_preamble(mut self) -> Self {
        if self.inner.kind == MalformedKind::UnexpectedEndOfSection {
            self.inner.kind = MalformedKind::UnexpectedEnd;
        }
        self
    }

    /// Where it was found: at most the length of the binary.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.inner.offset
    }

    /// The section it was found in; none before the first section and between sections.
    #[must_use]
    pub fn section(&self) -> Option<Section> {
        self.inner.section
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> &MalformedKind {
        &self.inner.kind
    }
}

impl std::error::Error for Malformed {}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: at offset {:#x}", self.inner.kind, self.inner.offset)?;
        match self.inner.section {
            Some(section) => write!(f, " in the {section} section"),
            None => Ok(()),
        }
    }
}

/// The sections of a module. Spec: binary/modules#sections
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Section {
    /// Anything; has a name of its own.
    Custom,
    /// Type definitions.
    Type,
    /// Imports.
    Import,
    /// The types of the functions.
    Function,
    /// Tables.
    Table,
    /// Memories.
    Memory,
    /// Tags of exceptions.
    Tag,
    /// Globals.
    Global,
    /// Exports.
    Export,
    /// The start function.
    Start,
    /// Element segments.
    Element,
    /// How many data segments there are.
    DataCount,
    /// The bodies of the functions.
    Code,
    /// Data segments.
    Data,
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Custom => "custom",
            Self::Type => "type",
            Self::Import => "import",
            Self::Function => "function",
            Self::Table => "table",
            Self::Memory => "memory",
            Self::Tag => "tag",
            Self::Global => "global",
            Self::Export => "export",
            Self::Start => "start",
            Self::Element => "element",
            Self::DataCount => "data count",
            Self::Code => "code",
            Self::Data => "data",
        })
    }
}

/// What the bytes should have been.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// Number, vector or reference type.
    ValueType,
    /// Reference type.
    ReferenceType,
    /// Heap type.
    HeapType,
    /// Type of a field.
    StorageType,
    /// Definition of a type.
    DefinedType,
    /// Kind of an import.
    ImportKind,
    /// Kind of an export.
    ExportKind,
    /// Flags of limits.
    LimitsFlags,
    /// Mutability of a global or field.
    Mutability,
    /// Attribute of a tag.
    TagAttribute,
    /// Flags of an element segment.
    ElementSegment,
    /// Kind of an element segment.
    ElementKind,
    /// Flags of a data segment.
    DataSegment,
    /// Flags of a memory access.
    MemoryFlags,
    /// Kind of a catch clause.
    CatchClause,
    /// Flags of a cast.
    CastFlags,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ValueType => "value type",
            Self::ReferenceType => "reference type",
            Self::HeapType => "heap type",
            Self::StorageType => "storage type",
            Self::DefinedType => "definition type",
            Self::ImportKind => "import kind",
            Self::ExportKind => "export kind",
            Self::LimitsFlags => "limits flags",
            Self::Mutability => "mutability",
            Self::TagAttribute => "tag attribute",
            Self::ElementSegment => "elements segment kind",
            Self::ElementKind => "element kind",
            Self::DataSegment => "data segment kind",
            Self::MemoryFlags => "memop flags",
            Self::CatchClause => "catch clause",
            Self::CastFlags => "br_on_cast flags",
        })
    }
}

/// What a proposal brought: refused where the proposal is off.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Gated {
    /// An instruction.
    Instruction(Op),
    /// A byte where something else could stand.
    Part(Part, u32),
}

/// As if the proposal didn't exist; then what it is.
impl fmt::Display for Gated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Instruction(op) => write!(f, "illegal opcode {}: {op}", op.row().code),
            Self::Part(part, found) => write!(f, "malformed {part}: {found:#04x}"),
        }
    }
}

/// What is wrong with a binary.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum MalformedKind {
    /// It does not begin with `\0asm`.
    Magic,
    /// It is of another version.
    Version(u32),
    /// The binary ends in the preamble.
    UnexpectedEnd,
    /// A section or function ends inside something.
    UnexpectedEndOfSection,
    /// A section claims more bytes than there are.
    LengthOutOfBounds {
        /// What it claims.
        length: u32,
        /// What there is.
        remaining: usize,
    },
    /// A section or function has bytes that belong to nothing.
    SectionSize,
    /// There is no such section.
    SectionId(u8),
    /// A section stands twice or too late.
    SectionOrder(Section),
    /// A number in LEB128 has more bytes than its type can need.
    IntegerTooLong,
    /// A number in LEB128 has bits that its type has not.
    IntegerTooLarge,
    /// A name is no UTF-8.
    Utf8,
    /// A byte (or a number) has no meaning where it stands.
    Part(Part, u32),
    /// The exponent of a page's size has more bits than addresses.
    PageSize(u32),
    /// A byte must be zero.
    ZeroByte(u8),
    /// No instruction has this code.
    Opcode {
        /// The first byte.
        first: u8,
        /// The number after a prefix.
        second: Option<u32>,
    },
    /// It belongs to a proposal that is off.
    FeatureOff {
        /// The proposal.
        feature: Feature,
        /// What belongs to it.
        what: Gated,
    },
    /// A body does not end with `end`, or has an `else` without an `if`.
    EndExpected,
    /// Declared types and given bodies differ in number.
    FunctionCount {
        /// In the function section.
        declared: usize,
        /// In the code section.
        bodies: usize,
    },
    /// The data count section and the data section differ in number.
    DataCount {
        /// In the data count section.
        declared: usize,
        /// In the data section.
        segments: usize,
    },
    /// An instruction names a data segment, and there is no data count section.
    DataCountRequired,
    /// A limit is passed: one of [`Limits`](crate::wasm::Limits).
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many there are.
        count: u64,
        /// How many there may be.
        limit: usize,
    },
}

/// The version of binaries that hold components, and their layer.
/// Spec: <https://github.com/WebAssembly/component-model/blob/main/design/mvp/Binary.md>
const COMPONENT: u32 = 0x0001_000D;

/// What helps against a component.
const fn component_remedy(version: u32) -> &'static str {
    match version {
        COMPONENT => {
            ": a component, and only core modules run here; build for a target without \
             components, such as wasm32-unknown-unknown, or take the modules out of it with \
             `wasm-tools component unbundle`"
        }
        _ => "",
    }
}

/// What helps against instructions of the exceptions that WebAssembly had before 3.0: `try`,
/// `catch`, `rethrow`, `delegate` and `catch_all`.
const fn remedy(opcode: u8) -> &'static str {
    match opcode {
        0x06 | 0x07 | 0x09 | 0x18 | 0x19 => {
            ": an exception instruction of before WebAssembly 3.0; compile with `-mllvm \
             -wasm-use-legacy-eh=false`, or translate the module with `wasm-opt --emit-exnref`"
        }
        _ => "",
    }
}

impl fmt::Display for MalformedKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Magic => f.write_str("magic header not detected"),
            Self::Version(version) => {
                write!(f, "unknown binary version: {version:#x}{}", component_remedy(*version))
            }
            Self::UnexpectedEnd => f.write_str("unexpected end"),
            Self::UnexpectedEndOfSection => f.write_str("unexpected end of section or function"),
            Self::LengthOutOfBounds { length, remaining } => {
                write!(f, "length out of bounds: {length} bytes of {remaining}")
            }
            Self::SectionSize => f.write_str("section size mismatch"),
            Self::SectionId(id) => write!(f, "malformed section id: {id:#04x}"),
            Self::SectionOrder(section) => {
                write!(f, "unexpected content after last section: {section} section")
            }
            Self::IntegerTooLong => f.write_str("integer representation too long"),
            Self::IntegerTooLarge => f.write_str("integer too large"),
            Self::Utf8 => f.write_str("malformed UTF-8 encoding"),
            Self::Part(part, found) => write!(f, "malformed {part}: {found:#04x}"),
            Self::PageSize(exponent) => write!(f, "invalid custom page size: 2^{exponent}"),
            Self::ZeroByte(found) => write!(f, "zero byte expected: {found:#04x}"),
            Self::Opcode { first, second: None } => {
                write!(f, "illegal opcode {first:02x}")?;
                f.write_str(remedy(*first))
            }
            Self::Opcode { first, second: Some(second) } => {
                write!(f, "illegal opcode {first:02x} {second:02x}")
            }
            Self::FeatureOff { feature, what } => {
                let name = feature.name();
                write!(f, "{what} is of the proposal {name}: ")?;
                write!(f, "turn it on with features = [\"{name}\"]")
            }
            Self::EndExpected => f.write_str("END opcode expected"),
            Self::FunctionCount { declared, bodies } => write!(
                f,
                "function and code section have inconsistent lengths: {declared} and {bodies}"
            ),
            Self::DataCount { declared, segments } => write!(
                f,
                "data count and data section have inconsistent lengths: {declared} and {segments}"
            ),
            Self::DataCountRequired => f.write_str("data count section required"),
            Self::TooMany { what, count, limit } => {
                write!(f, "too many {what}: {count}, limit {limit}")
            }
        }
    }
}
