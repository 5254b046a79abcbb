//! Instances: what a module's index spaces mean in a store. Making one costs nothing a function:
//! a `FuncInst` of its own is made when somebody asks for a reference.
//!
//! Spec: exec/runtime#module-instances

use std::ptr::{self, NonNull};
use std::sync::Arc;

use super::StoreInner;
use super::context::ContextBox;
use super::func::FuncInst;
use super::memory::MemoryInst;
use super::object::{self, Object};
use super::pages::Reservation;
use super::segment::{DataInst, ElemInst};
use super::table::TableInst;
use crate::interp::heap::Heap;
use crate::interp::module::{GlobalSlot, ModuleInner};
use crate::wasm::{GlobalIdx, Index};

/// An instance.
pub(crate) struct InstanceInst {
    /// Its address in the store.
    pub(crate) addr: u32,
    /// What it is an instance of.
    pub(crate) module: Arc<ModuleInner>,
    /// What its functions reach.
    pub(crate) context: ContextBox,
    /// The imported functions.
    pub(crate) imports: Box<[NonNull<FuncInst>]>,
    /// The tables, imported ones first.
    pub(crate) tables: Box<[NonNull<TableInst>]>,
    /// The memories, imported ones first.
    pub(crate) memories: Box<[NonNull<MemoryInst>]>,
    /// The tags, imported ones first: their addresses in the store.
    pub(crate) tags: Box<[u32]>,
    /// Its own functions that have been referred to, by index without the imported ones. Empty
    /// until there is one.
    pub(crate) funcs: Box<[Option<NonNull<FuncInst>>]>,
    /// Its globals that the host has a handle of: their addresses in the store, by index. Empty
    /// until there is one.
    pub(crate) globals: Box<[Option<u32>]>,
    /// The element segments.
    pub(crate) elems: Box<[ElemInst]>,
    /// The data segments.
    pub(crate) datas: Box<[DataInst]>,
}

impl InstanceInst {
    /// Tells the `Context` where everything is. The instance must be at its final address.
    pub(crate) fn fill_context(
        instance: &mut Object<Self>,
        store: NonNull<StoreInner>,
        heap: NonNull<Heap>,
        base: Option<NonNull<u8>>,
    ) {
        let at = instance.as_ptr();
        let instance = instance.get_mut();
        let context = instance.context.get_mut();
        context.memory0 = base.unwrap_or_else(|| Reservation::empty().base()).as_ptr();
        context.tables = instance.tables.as_ptr();
        context.memories = instance.memories.as_ptr();
        context.imports = instance.imports.as_ptr();
        context.heap = heap.as_ptr();
        context.saved = ptr::null_mut();
        context.instance = at.as_ptr();
        context.store = store.as_ptr();
    }
    /// Where the value of a global stands.
    pub(crate) fn global_at(
        store: &StoreInner,
        instance: NonNull<Self>,
        global: GlobalIdx,
    ) -> NonNull<u64> {
        let instance = object::resolve(store, instance);
        match instance.module.globals[global.to_usize()] {
            GlobalSlot::Own(word) => instance.context.global(word as usize),
            GlobalSlot::Imported(word) => {
                let holder = instance.context.global(word as usize);
                let address = *object::resolve(store, holder) as usize;
                NonNull::new(ptr::with_exposed_provenance_mut(address))
                    .expect("linked: an imported global has an address")
            }
        }
    }
}
