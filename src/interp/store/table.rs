//! Tables: elements are slots, as on the value stack. A function is the address of its
//! `FuncInst`, a reference of the host's its number + 1, null is 0.
//!
//! Spec: exec/runtime#table-instances

use std::ops::Range;
use std::ptr;

use super::memory::part;
use crate::interp::trap::TrapKind;
use crate::wasm::{AddrType, SizeLimits, TableType};

/// A table. The machine reads `elems` and `len`, so their places are fixed.
#[repr(C)]
pub(crate) struct TableInst {
    /// The first element.
    pub(crate) elems: *mut u64,
    /// How many elements there are.
    pub(crate) len: u64,
    /// Its address in the store.
    pub(crate) addr: u32,
    storage: Vec<u64>,
    ty: TableType,
}

impl TableInst {
    /// A table of this (canonical) type whose elements are all `init`; none when there is no
    /// memory for it.
    pub(crate) fn new(ty: TableType, addr: u32, init: u64) -> Option<Self> {
        let mut table = Self { elems: ptr::null_mut(), len: 0, addr, storage: Vec::new(), ty };
        table.extend(ty.limits.min, init)?;
        Some(table)
    }

    /// The canonical type, with the present size as its minimum.
    /// Spec: valid/matching#external-types
    pub(crate) fn ty(&self) -> TableType {
        TableType { limits: SizeLimits { min: self.len, ..self.ty.limits }, ..self.ty }
    }

    /// The elements.
    pub(crate) fn slots(&self) -> &[u64] {
        &self.storage
    }

    /// The elements, to write them.
    pub(crate) fn slots_mut(&mut self) -> &mut [u64] {
        &mut self.storage
    }

    /// Grows by `delta` elements and says the old size; none when the type, `available` further
    /// elements or the system don't allow it. Spec: exec/instructions#exec-table-grow
    pub(super) fn grow(&mut self, init: u64, delta: u64, available: u64) -> Option<u64> {
        let addressable = match self.ty.addr {
            AddrType::I32 => u64::from(u32::MAX),
            AddrType::I64 => u64::MAX,
        };
        let most = self.ty.limits.max.unwrap_or(addressable).min(addressable);
        let old = self.len;
        old.checked_add(delta).filter(|&new| new <= most && delta <= available)?;
        self.extend(delta, init)?;
        Some(old)
    }

    fn extend(&mut self, delta: u64, init: u64) -> Option<()> {
        let delta = usize::try_from(delta).ok()?;
        if self.storage.is_empty() && init == 0 {
            // Zeroed memory from the system costs nothing until it is touched.
            self.storage = zeroed(delta)?;
        } else {
            self.storage.try_reserve(delta).ok()?;
            self.storage.resize(self.storage.len() + delta, init);
        }
        self.elems = self.storage.as_mut_ptr();
        self.len = self.storage.len() as u64;
        Some(())
    }

    /// The range of `len` elements from `index`.
    pub(super) fn range(&self, index: u64, len: u64) -> Result<Range<usize>, TrapKind> {
        let outside = TrapKind::TableOutOfBounds { index, len };
        part(self.storage.len(), index, len).ok_or(outside)
    }

    /// Spec: exec/instructions#exec-table-fill
    pub(super) fn fill(&mut self, index: u64, value: u64, len: u64) -> Result<(), TrapKind> {
        let range = self.range(index, len)?;
        self.storage[range].fill(value);
        Ok(())
    }

    /// Copies within the table. Spec: exec/instructions#exec-table-copy
    pub(super) fn copy_within(&mut self, dst: u64, src: u64, len: u64) -> Result<(), TrapKind> {
        let source = self.range(src, len)?;
        let target = self.range(dst, len)?;
        self.storage.copy_within(source, target.start);
        Ok(())
    }

    /// Copies from another table. Spec: exec/instructions#exec-table-copy
    pub(super) fn copy_from(
        &mut self,
        source: &Self,
        dst: u64,
        src: u64,
        len: u64,
    ) -> Result<(), TrapKind> {
        let from = source.range(src, len)?;
        let to = self.range(dst, len)?;
        self.storage[to].copy_from_slice(&source.storage[from]);
        Ok(())
    }
}

/// `len` zeros; none when there is no memory for them.
fn zeroed(len: usize) -> Option<Vec<u64>> {
    // `vec!` gets zeroed memory from the allocator but ends the process when there is none, so
    // ask first.
    let mut probe = Vec::<u64>::new();
    probe.try_reserve_exact(len).ok()?;
    drop(probe);
    Some(vec![0; len])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wasm::RefType;

    fn table(min: u64, max: Option<u64>) -> TableInst {
        let limits = SizeLimits { min, max };
        let ty = TableType { addr: AddrType::I32, limits, element: RefType::FUNCREF };
        TableInst::new(ty, 0, 0).expect("room for a small table")
    }

    #[test]
    fn growth_fills_with_the_value_and_keeps_address_and_length_true() {
        let mut table = table(2, Some(1000));
        assert_eq!(table.grow(7, 900, u64::MAX), Some(2));
        assert_eq!((table.len, table.elems), (902, table.storage.as_mut_ptr()));
        assert_eq!(table.slots()[1..4], [0, 7, 7]);
        assert_eq!(table.grow(0, 99, u64::MAX), None, "beyond the maximum");
        assert_eq!(table.grow(0, 1, 0), None, "beyond the limit");
    }

    #[test]
    fn copies_overlap_rightly_and_bounds_are_checked_first() {
        let mut table = table(4, None);
        table.slots_mut().copy_from_slice(&[1, 2, 3, 4]);
        assert_eq!(table.copy_within(1, 0, 3), Ok(()));
        assert_eq!(table.slots(), [1, 1, 2, 3]);
        assert!(table.copy_within(2, 0, 3).is_err());
        assert!(table.fill(3, 9, 2).is_err());
        assert_eq!(table.slots(), [1, 1, 2, 3]);
    }
}
