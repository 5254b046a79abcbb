//! What a module's first memory holds when its active segments are written: known before there is
//! an instance, when every one of them is sure to be written and its place is a literal.

use std::sync::Arc;

use super::constant;
use super::module::ModuleInner;
use super::store::pool::{Image, Segment};
use crate::wasm::module::{DataMode, ElemMode, ImportDesc};
use crate::wasm::{Index, MemIdx};

/// The image of memory 0, which belongs to the instance alone; none when it isn't known.
pub(super) fn image(module: &ModuleInner) -> Option<Image> {
    let wasm = &module.wasm;
    let imports = wasm.imports.iter();
    let imported_tables =
        imports.filter(|import| matches!(import.desc, ImportDesc::Table(_))).count();
    // An element segment that traps ends the instantiation before any data is written, and what
    // earlier ones wrote into imported tables can reach the memory.
    let reachable = wasm.elems.iter().any(|elem| match &elem.mode {
        ElemMode::Active { table, .. } => table.to_usize() < imported_tables,
        ElemMode::Passive | ElemMode::Declarative => false,
    });
    if reachable {
        return None;
    }
    let size = wasm.memories.iter().next()?.min_bytes();
    let mut segments = Vec::new();
    for data in wasm.datas.iter() {
        let DataMode::Active { memory, offset } = &data.mode else { continue };
        let at = constant::literal(module, offset).filter(|_| *memory == MemIdx(0))?;
        at.checked_add(data.bytes.len() as u64).filter(|&end| end <= size)?;
        segments.push(Segment { at: usize::try_from(at).ok()?, source: data.bytes.clone() });
    }
    Image::new(Arc::clone(&wasm.bytes), segments)
}
