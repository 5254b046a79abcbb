//! Arrays from segments: bytes of data become elements, and elements of a segment.
//!
//! Spec: exec/instructions#exec-array-init-data, exec/instructions#exec-array-init-elem

use std::ptr::NonNull;
use std::sync::Arc;

use super::HeapRef;
use super::object::Header;
use crate::interp::store::StoreInner;
use crate::interp::store::instance::InstanceInst;
use crate::interp::store::memory::part;
use crate::interp::store::object;
use crate::interp::store::segment::DataInst;
use crate::interp::trap::TrapKind;
use crate::wasm::{DataIdx, ElemIdx, Index};

impl StoreInner {
    /// Whether a segment has the bytes of `len` elements of this width from `offset` on.
    pub(crate) fn check_data(
        &self,
        instance: NonNull<InstanceInst>,
        data: DataIdx,
        offset: u32,
        len: u32,
        width: u32,
    ) -> Result<(), TrapKind> {
        let instance = object::resolve(self, instance);
        let size = match instance.datas[data.to_usize()] {
            DataInst::Live => instance.module.wasm.datas[data].bytes.len(),
            DataInst::Dropped => 0,
        };
        let (addr, len) = (u64::from(offset), u64::from(len) * u64::from(width));
        let outside = TrapKind::MemoryOutOfBounds { addr, len };
        part(size, addr, len).map(drop).ok_or(outside)
    }

    /// Writes bytes of a segment to elements of an array that has them.
    pub(crate) fn array_init_data(
        &mut self,
        instance: NonNull<InstanceInst>,
        array: u64,
        index: u32,
        data: DataIdx,
        offset: u32,
        len: u32,
    ) -> Result<(), TrapKind> {
        let heap = HeapRef::of(&self.heap);
        let width = heap.element(heap.header(array).kind).size();
        self.check_data(instance, data, offset, len, width)?;
        if len == 0 {
            return Ok(());
        }
        let module = Arc::clone(&object::resolve(self, instance).module);
        let bytes = &module.wasm.bytes[module.wasm.datas[data].bytes.clone()];
        let bytes = &bytes[offset as usize..][..len as usize * width as usize];
        let place = u64::from(Header::SIZE) + u64::from(index) * u64::from(width);
        heap.write_bytes(array, place, bytes);
        Ok(())
    }

    /// Whether a segment has `len` elements from `offset` on.
    pub(crate) fn check_elem(
        &self,
        instance: NonNull<InstanceInst>,
        elem: ElemIdx,
        offset: u32,
        len: u32,
    ) -> Result<(), TrapKind> {
        let (index, len) = (u64::from(offset), u64::from(len));
        let outside = TrapKind::TableOutOfBounds { index, len };
        part(self.elem_len(instance, elem), index, len).map(drop).ok_or(outside)
    }

    /// Writes elements of a segment to elements of an array that has them.
    pub(crate) fn array_init_elem(
        &mut self,
        instance: NonNull<InstanceInst>,
        array: u64,
        index: u32,
        elem: ElemIdx,
        offset: u32,
        len: u32,
    ) -> Result<(), TrapKind> {
        self.check_elem(instance, elem, offset, len)?;
        let heap = HeapRef::of(&self.heap);
        let element = heap.element(heap.header(array).kind);
        for at in 0..len {
            let slot = self.elem_slot(instance, elem, (offset + at) as usize);
            heap.set_element(array, element, index + at, [slot, 0]);
        }
        Ok(())
    }
}
