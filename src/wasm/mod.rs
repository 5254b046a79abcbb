//! WebAssembly's own words: types, instructions, modules, values. Plain data; nothing here decodes,
//! validates or runs.

pub mod features;
pub mod immediate;
pub mod index;
pub mod instruction;
pub mod limits;
pub mod module;
pub mod subtyping;
pub mod types;
pub mod values;

pub use features::{Feature, Features, UnknownFeature};
pub use immediate::{
    CastNulls, Catch, CatchList, F32Bits, F64Bits, LabelList, LaneIdx, Lanes, MemArg, TypeList,
    Zero,
};
pub use index::{
    DataIdx, ElemIdx, FieldIdx, FuncIdx, GlobalIdx, Index, IndexSpace, LabelIdx, LocalIdx, MemIdx,
    TableIdx, TagIdx, TypeIdx,
};
pub use instruction::{Code, Instr, Op, Operand, Row, Signature, Visit};
pub use limits::Limits;
pub use module::Module;
pub use subtyping::{TypeId, TypeRegistry};
pub use types::{
    AbsHeapType, AddrType, BlockType, CompositeType, FieldType, FuncType, GlobalType, HeapType,
    MemoryType, PageSize, RefType, SizeLimits, StorageType, SubType, TableType, ValType,
};
pub use values::{ExternRef, Func, Ref, Rooted, V128, Val};
