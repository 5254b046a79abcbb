//! A module: what its sections say, as vectors. Nothing here is validated yet.
//!
//! Bodies, expressions and data stay bytes: ranges into `Module::bytes`, which the decoder has
//! checked to lie inside. Spec: syntax/modules

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::features::Features;
use super::index::{
    DataIdx, ElemIdx, FuncIdx, GlobalIdx, IndexSpace, MemIdx, TableIdx, TagIdx, TypeIdx,
};
use super::limits::Limits;
use super::types::{GlobalType, MemoryType, RefType, SubType, TableType};

/// A decoded module.
#[derive(Clone, Debug)]
pub struct Module {
    /// The whole binary; every range below points into it.
    pub bytes: Arc<[u8]>,
    /// The type definitions of all recursion groups, flat.
    pub types: IndexSpace<TypeIdx, SubType>,
    /// The recursion groups: ranges of type indices that cover `types` in order.
    pub rec_groups: Vec<Range<u32>>,
    /// The imports in order.
    pub imports: Vec<Import>,
    /// The type of each function, imported ones first.
    pub funcs: IndexSpace<FuncIdx, TypeIdx>,
    /// The tables, imported ones first.
    pub tables: IndexSpace<TableIdx, Table>,
    /// The memories, imported ones first.
    pub memories: IndexSpace<MemIdx, MemoryType>,
    /// The globals, imported ones first.
    pub globals: IndexSpace<GlobalIdx, Global>,
    /// The tags (the function type of each), imported ones first.
    pub tags: IndexSpace<TagIdx, TypeIdx>,
    /// The exports in order.
    pub exports: Vec<Export>,
    /// The start function.
    pub start: Option<Start>,
    /// The element segments.
    pub elems: IndexSpace<ElemIdx, Elem>,
    /// The data segments.
    pub datas: IndexSpace<DataIdx, Data>,
    /// What the data count section says, when there is one.
    pub data_count: Option<u32>,
    /// The bodies of the functions that are not imported, in order.
    pub bodies: Vec<Body>,
    /// Where the contents of the code section begin in the binary, when there is one: addresses in
    /// DWARF count from here.
    pub code_start: usize,
    /// The custom sections.
    pub customs: Vec<Custom>,
    /// The name section, for messages. A broken one is no error: its names are missing.
    pub names: Names,
    /// The branch hints, once somebody has asked for one: the branch's offset in the binary, in
    /// order, and what is believed of it. `decoder::hints` reads them.
    pub branch_hints: OnceLock<Vec<(usize, BranchHint)>>,
    /// The limits that decoding obeyed, for whoever walks the bodies.
    pub limits: Limits,
    /// The proposals that were on.
    pub features: Features,
}

impl Module {
    /// How many functions are imported: the first defined function has this index.
    #[must_use]
    pub fn imported_funcs(&self) -> usize {
        self.funcs.len() - self.bodies.len()
    }

    /// The body of a function; none when it is imported.
    #[must_use]
    pub fn body(&self, func: FuncIdx) -> Option<&Body> {
        let defined = (func.0 as usize).checked_sub(self.imported_funcs())?;
        self.bodies.get(defined)
    }

    /// The contents of the first custom section of this name.
    #[must_use]
    pub fn custom(&self, name: &str) -> Option<&[u8]> {
        let section = self.customs.iter().find(|custom| *custom.name == *name)?;
        self.bytes.get(section.bytes.clone())
    }

    /// How many bytes the bodies have.
    #[must_use]
    pub fn code_size(&self) -> usize {
        self.bodies.iter().map(|body| body.range.len()).sum()
    }

    /// The name that the name section gives to a function.
    #[must_use]
    pub fn func_name(&self, func: FuncIdx) -> Option<&str> {
        let funcs = &self.names.funcs;
        let position = funcs.binary_search_by_key(&func, |(named, _)| *named).ok()?;
        std::str::from_utf8(self.bytes.get(funcs[position].1.clone())?).ok()
    }
}

/// An import: `module` and `name` say what, `desc` of which kind.
#[derive(Clone, Debug)]
pub struct Import {
    /// First half of the name.
    pub module: Box<str>,
    /// Second half of the name.
    pub name: Box<str>,
    /// Kind and type.
    pub desc: ImportDesc,
    /// Where the import stands in the binary.
    pub offset: usize,
}

/// Kind and type of an import.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ImportDesc {
    /// A function of this type.
    Func(TypeIdx),
    /// A table.
    Table(TableType),
    /// A memory.
    Memory(MemoryType),
    /// A global.
    Global(GlobalType),
    /// A tag of this function type.
    Tag(TypeIdx),
}

/// A table with the expression that fills it, when it has one.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its type.
    pub ty: TableType,
    /// The value of every element at the start; null without it.
    pub init: Option<ConstExpr>,
    /// Where it stands in the binary.
    pub offset: usize,
}

/// A global; an imported one has no initialiser.
#[derive(Clone, Debug)]
pub struct Global {
    /// Its type.
    pub ty: GlobalType,
    /// Its value at the start.
    pub init: Option<ConstExpr>,
    /// Where it stands in the binary.
    pub offset: usize,
}

/// An export.
#[derive(Clone, Debug)]
pub struct Export {
    /// The name.
    pub name: Box<str>,
    /// What it names.
    pub desc: ExportDesc,
    /// Where the export stands in the binary.
    pub offset: usize,
}

/// What an export names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExportDesc {
    /// A function.
    Func(FuncIdx),
    /// A table.
    Table(TableIdx),
    /// A memory.
    Memory(MemIdx),
    /// A global.
    Global(GlobalIdx),
    /// A tag.
    Tag(TagIdx),
}

/// The start function and where the section stands.
#[derive(Clone, Copy, Debug)]
pub struct Start {
    /// The function.
    pub func: FuncIdx,
    /// Where it stands in the binary.
    pub offset: usize,
}

/// An element segment. Spec: syntax/modules#element-segments
#[derive(Clone, Debug)]
pub struct Elem {
    /// The type of its elements.
    pub ty: RefType,
    /// The elements.
    pub items: ElemItems,
    /// When they are written.
    pub mode: ElemMode,
    /// Where it stands in the binary.
    pub offset: usize,
}

/// The elements of a segment.
#[derive(Clone, Debug)]
pub enum ElemItems {
    /// Functions by index.
    Funcs(Box<[FuncIdx]>),
    /// One constant expression an element.
    Exprs(Box<[ConstExpr]>),
}

impl ElemItems {
    /// How many elements there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Funcs(funcs) => funcs.len(),
            Self::Exprs(exprs) => exprs.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// When an element segment is written.
#[derive(Clone, Debug)]
pub enum ElemMode {
    /// By `table.init` and its kind.
    Passive,
    /// At instantiation.
    Active {
        /// The table.
        table: TableIdx,
        /// The index of the first element.
        offset: ConstExpr,
    },
    /// Never: it only declares functions for `ref.func`.
    Declarative,
}

/// A data segment. Spec: syntax/modules#data-segments
#[derive(Clone, Debug)]
pub struct Data {
    /// The bytes, as a range of the binary.
    pub bytes: Range<usize>,
    /// When they are written.
    pub mode: DataMode,
    /// Where it stands in the binary.
    pub offset: usize,
}

/// When a data segment is written.
#[derive(Clone, Debug)]
pub enum DataMode {
    /// By `memory.init` and its kind.
    Passive,
    /// At instantiation.
    Active {
        /// The memory.
        memory: MemIdx,
        /// The address of the first byte.
        offset: ConstExpr,
    },
}

/// A constant expression: its instructions with the closing `end`, as a range of the binary.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConstExpr {
    /// The bytes.
    pub range: Range<usize>,
}

/// The body of a function: local declarations and instructions, as a range of the binary
/// (without the size that precedes it).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Body {
    /// The bytes.
    pub range: Range<usize>,
}

/// A custom section.
#[derive(Clone, Debug)]
pub struct Custom {
    /// Its name.
    pub name: Box<str>,
    /// Its contents, as a range of the binary.
    pub bytes: Range<usize>,
}

/// What a compiler believes of a branch. Spec: appendix/custom#code-metadata
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BranchHint {
    /// It is not taken.
    Unlikely,
    /// It is taken.
    Likely,
}

/// Names from the name section: as much of it as could be read.
#[derive(Clone, Default, Debug)]
pub struct Names {
    /// The module's own name.
    pub module: Option<Box<str>>,
    /// The names of functions by ascending index, as ranges of the binary: a module can have
    /// a million, and most are never asked for. [`Module::func_name`] looks one up.
    pub funcs: Vec<(FuncIdx, Range<usize>)>,
    /// Where the names in other index spaces stand in the binary.
    pub others: Vec<(NameSpace, Range<usize>)>,
    /// Where the names of each function's locals stand, once somebody has asked for some.
    pub locals: OnceLock<Vec<(u32, Range<usize>)>>,
}

/// Index spaces whose names are read when somebody asks. Spec: appendix/custom#name-section
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "each is the index space of its name")]
pub enum NameSpace {
    Local = 2,
    Label = 3,
    Type = 4,
    Table = 5,
    Memory = 6,
    Global = 7,
    Elem = 8,
    Data = 9,
    Field = 10,
    Tag = 11,
}

impl NameSpace {
    /// The space whose names have the subsection of this number.
    #[must_use]
    pub fn of_subsection(id: u8) -> Option<Self> {
        const ALL: [NameSpace; 10] = [
            NameSpace::Local,
            NameSpace::Label,
            NameSpace::Type,
            NameSpace::Table,
            NameSpace::Memory,
            NameSpace::Global,
            NameSpace::Elem,
            NameSpace::Data,
            NameSpace::Field,
            NameSpace::Tag,
        ];
        ALL.into_iter().find(|space| *space as u8 == id)
    }

    /// Whether each function or structure has such a space of its own.
    #[must_use]
    pub const fn is_nested(self) -> bool {
        match self {
            Self::Local | Self::Label | Self::Field => true,
            Self::Type
            | Self::Table
            | Self::Memory
            | Self::Global
            | Self::Elem
            | Self::Data
            | Self::Tag => false,
        }
    }
}
