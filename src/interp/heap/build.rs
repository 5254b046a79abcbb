//! Objects made outside of the machine: by constant expressions. They stay alive, whatever is
//! collected, until the instance that they are made for is complete.

use std::ptr::NonNull;

use super::HeapRef;
use super::object::Header;
use super::types::array_size;
use crate::interp::store::StoreInner;
use crate::interp::store::instance::InstanceInst;
use crate::interp::trap::TrapKind;
use crate::wasm::{DataIdx, ElemIdx};

/// A value's slots.
type Slots = [u64; 2];

impl StoreInner {
    /// A new object of this canonical type, which zeros fill.
    fn new_object(&mut self, kind: u32, len: u32, size: u64) -> Result<u64, TrapKind> {
        let object = self.allocate(size)?;
        let heap = HeapRef::of(&self.heap);
        heap.clear(object, size);
        heap.set_header(object, Header { kind, len });
        self.temporaries.push(object);
        Ok(object)
    }

    /// A structure; without values, of zeros and nulls.
    pub(crate) fn new_struct(&mut self, kind: u32, values: &[Slots]) -> Result<u64, TrapKind> {
        let heap = HeapRef::of(&self.heap);
        let object = self.new_object(kind, 0, heap.struct_size(kind))?;
        for (index, value) in values.iter().enumerate() {
            let (at, field) = heap.field(kind, index).expect("validated: a value a field");
            heap.set(object, at, field, *value);
        }
        Ok(object)
    }

    /// An array of zeros and nulls.
    pub(crate) fn new_array(&mut self, kind: u32, len: u32) -> Result<u64, TrapKind> {
        let element = HeapRef::of(&self.heap).element(kind);
        self.new_object(kind, len, array_size(element, len))
    }

    /// An array of these values, the first ones of `len`.
    pub(crate) fn new_array_of(
        &mut self,
        kind: u32,
        values: impl ExactSizeIterator<Item = Slots>,
    ) -> Result<u64, TrapKind> {
        let object = self.new_array(kind, values.len() as u32)?;
        let heap = HeapRef::of(&self.heap);
        let element = heap.element(kind);
        for (index, value) in values.enumerate() {
            heap.set_element(object, element, index as u32, value);
        }
        Ok(object)
    }

    /// An array of bytes of a segment.
    pub(crate) fn new_array_of_data(
        &mut self,
        instance: NonNull<InstanceInst>,
        kind: u32,
        data: DataIdx,
        offset: u32,
        len: u32,
    ) -> Result<u64, TrapKind> {
        let width = HeapRef::of(&self.heap).element(kind).size();
        self.check_data(instance, data, offset, len, width)?;
        let object = self.new_array(kind, len)?;
        self.array_init_data(instance, object, 0, data, offset, len)?;
        Ok(object)
    }

    /// An array of elements of a segment.
    pub(crate) fn new_array_of_elem(
        &mut self,
        instance: NonNull<InstanceInst>,
        kind: u32,
        elem: ElemIdx,
        offset: u32,
        len: u32,
    ) -> Result<u64, TrapKind> {
        self.check_elem(instance, elem, offset, len)?;
        let object = self.new_array(kind, len)?;
        self.array_init_elem(instance, object, 0, elem, offset, len)?;
        Ok(object)
    }
}
