//! What the machine's cold handlers ask of the store: growth and bulk operations. The store is
//! borrowed whole meanwhile (I7). What a handler calls itself is not inlined into it: its branches
//! and its calls would be the handler's, which ends in a jump on every path.

use std::ptr::NonNull;
use std::sync::Arc;

use super::StoreInner;
use super::instance::InstanceInst;
use super::memory::MemoryInst;
use super::object;
use super::segment::{DataInst, ElemInst};
use super::table::TableInst;
use crate::interp::trap::TrapKind;
use crate::wasm::module::ElemItems;
use crate::wasm::{DataIdx, ElemIdx, Index, MemIdx, TableIdx};

impl StoreInner {
    /// Grows a memory and says its old size in pages; none where the answer is -1.
    #[inline(never)]
    pub(crate) fn memory_grow(&mut self, memory: NonNull<MemoryInst>, pages: u64) -> Option<u64> {
        let available = self.limits.memory.saturating_sub(self.memory_used);
        let inst = object::resolve_mut(self, memory);
        let old = inst.grow(pages, available)?;
        self.memory_used += pages * inst.page_size().bytes();
        Some(old)
    }

    /// Wakes at most `count` of those who wait at `addr`, and says how many; at a memory that
    /// nobody shares, nobody waits.
    #[inline(never)]
    pub(crate) fn memory_notify(
        &mut self,
        memory: NonNull<MemoryInst>,
        addr: u64,
        count: u32,
    ) -> u32 {
        let shared = object::resolve(self, memory).shared();
        shared.map_or(0, |shared| shared.parking().wake(addr, count))
    }

    /// Grows a table and says its old size; none where the answer is -1.
    #[inline(never)]
    pub(crate) fn table_grow(
        &mut self,
        table: NonNull<TableInst>,
        init: u64,
        delta: u64,
    ) -> Option<u64> {
        let available = self.limits.table_elements.saturating_sub(self.table_used);
        let old = object::resolve_mut(self, table).grow(init, delta, available)?;
        self.table_used += delta;
        Some(old)
    }

    /// Spec: exec/instructions#exec-memory-init
    pub(crate) fn memory_init(
        &mut self,
        instance: NonNull<InstanceInst>,
        memory: MemIdx,
        data: DataIdx,
        dst: u64,
        src: u64,
        len: u64,
    ) -> Result<(), TrapKind> {
        let instance = object::resolve(self, instance);
        let module = Arc::clone(&instance.module);
        let memory = instance.memories[memory.to_usize()];
        let source = match instance.datas[data.to_usize()] {
            DataInst::Live => &module.wasm.bytes[module.wasm.datas[data].bytes.clone()],
            DataInst::Dropped => &[],
        };
        object::resolve_mut(self, memory).init(source, dst, src, len)
    }

    /// Spec: exec/instructions#exec-data-drop
    #[inline(never)]
    pub(crate) fn data_drop(&mut self, instance: NonNull<InstanceInst>, data: DataIdx) {
        object::resolve_mut(self, instance).datas[data.to_usize()] = DataInst::Dropped;
    }

    /// Spec: exec/instructions#exec-table-init
    pub(crate) fn table_init(
        &mut self,
        instance: NonNull<InstanceInst>,
        table: TableIdx,
        elem: ElemIdx,
        dst: u64,
        src: u64,
        len: u64,
    ) -> Result<(), TrapKind> {
        let inst = object::resolve(self, instance);
        let table = inst.tables[table.to_usize()];
        let size = self.elem_len(instance, elem);
        let outside = TrapKind::TableOutOfBounds { index: src, len };
        let source = super::memory::part(size, src, len).ok_or(outside)?;
        let target = object::resolve(self, table).range(dst, len)?;
        for (from, to) in source.zip(target) {
            let slot = self.elem_slot(instance, elem, from);
            object::resolve_mut(self, table).slots_mut()[to] = slot;
        }
        Ok(())
    }

    /// How many elements are left of a segment.
    pub(crate) fn elem_len(&self, instance: NonNull<InstanceInst>, elem: ElemIdx) -> usize {
        let inst = object::resolve(self, instance);
        match &inst.elems[elem.to_usize()] {
            ElemInst::Dropped => 0,
            ElemInst::Funcs => inst.module.wasm.elems[elem].items.len(),
            ElemInst::Slots(slots) => slots.len(),
        }
    }

    /// An element of a segment that has it.
    pub(crate) fn elem_slot(
        &mut self,
        instance: NonNull<InstanceInst>,
        elem: ElemIdx,
        index: usize,
    ) -> u64 {
        let inst = object::resolve(self, instance);
        match &inst.elems[elem.to_usize()] {
            ElemInst::Slots(slots) => slots[index],
            ElemInst::Funcs | ElemInst::Dropped => match &inst.module.wasm.elems[elem].items {
                ElemItems::Funcs(funcs) => {
                    let func = funcs[index];
                    self.func_slot(instance, func)
                }
                ElemItems::Exprs(_) => 0,
            },
        }
    }

    /// Spec: exec/instructions#exec-elem-drop
    #[inline(never)]
    pub(crate) fn elem_drop(&mut self, instance: NonNull<InstanceInst>, elem: ElemIdx) {
        object::resolve_mut(self, instance).elems[elem.to_usize()] = ElemInst::Dropped;
    }

    /// Copies `len` elements from `src` of one table to `dst` of another, or of the same.
    pub(crate) fn table_copy(
        &mut self,
        to: NonNull<TableInst>,
        from: NonNull<TableInst>,
        dst: u64,
        src: u64,
        len: u64,
    ) -> Result<(), TrapKind> {
        match object::resolve_pair(self, to, from) {
            Some((to, from)) => to.copy_from(from, dst, src, len),
            None => object::resolve_mut(self, to).copy_within(dst, src, len),
        }
    }

    /// Sets `len` elements from `index` to `value`.
    pub(crate) fn table_fill(
        &mut self,
        table: NonNull<TableInst>,
        index: u64,
        value: u64,
        len: u64,
    ) -> Result<(), TrapKind> {
        object::resolve_mut(self, table).fill(index, value, len)
    }
}
