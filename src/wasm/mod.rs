//! WebAssembly's own words: types, instructions, modules, values. Plain data; nothing here decodes,
//! validates or runs.

pub mod features;
pub mod index;
pub mod limits;
pub mod module;
pub mod subtyping;
pub mod types;
pub mod values;

pub use features::{Feature, Features};
pub use index::{
    DataIdx, ElemIdx, FieldIdx, FuncIdx, GlobalIdx, Index, IndexSpace, LabelIdx, LocalIdx, MemIdx,
    TableIdx, TagIdx, TypeIdx,
};
pub use limits::Limits;
pub use module::Module;
pub use subtyping::{TypeId, TypeRegistry};
pub use types::{
    AbsHeapType, AddrType, BlockType, CompositeType, FieldType, FuncType, GlobalType, HeapType,
    MemoryType, RefType, SizeLimits, StorageType, SubType, TableType, ValType,
};
pub use values::{ExternRef, Func, Ref, V128, Val};
