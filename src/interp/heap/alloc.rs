//! Which parts of the heap are free: a reservation that is used from its start, up to a frontier.
//!
//! An allocation takes what lies between `top` and `end` of the [`Heap`](super::Heap); when that
//! is too short, the space gives the next free run.

use std::ops::Range;

use super::HeapRef;
use super::object::Header;
use crate::interp::store::StoreInner;
use crate::interp::store::pages::Reservation;
use crate::interp::trap::TrapKind;

/// The reservation, and how far it is used.
pub(super) struct Space {
    /// Bytes that objects may take, and the first header, which nobody has: offset 0 is null.
    limit: u64,
    memory: Option<Reservation>,
    /// The end of what was ever used.
    frontier: u64,
}

/// Offsets have 32 bits.
const MOST: u64 = 1 << 32;
/// Objects begin at multiples of it.
pub(crate) const GRANULE: u64 = 8;
/// Bytes by which the frontier moves.
const CHUNK: u64 = 64 * 1024;

impl Space {
    pub(super) const fn new(limit: u64) -> Self {
        let limit = if limit < MOST { limit & !(GRANULE - 1) } else { MOST };
        Self { limit, memory: None, frontier: Header::SIZE as u64 }
    }

    /// Where offset 0 is.
    pub(super) fn base(&self) -> *mut u8 {
        let empty = std::ptr::null_mut();
        self.memory.as_ref().map_or(empty, |memory| memory.base().as_ptr())
    }

    /// A free run of at least `size` bytes; `rest` is what is left of the last one.
    pub(super) fn refill(&mut self, rest: Range<u64>, size: u64) -> Option<Range<u64>> {
        if self.memory.is_none() {
            self.memory = Some(Reservation::new(usize::try_from(self.limit).ok()?).ok()?);
        }
        let start = if rest.end == self.frontier { rest.start } else { self.frontier };
        let end = start.checked_add(size)?;
        if end > self.limit {
            return None;
        }
        self.frontier = end.next_multiple_of(CHUNK).min(self.limit);
        Some(start..self.frontier)
    }
}

impl StoreInner {
    /// Room for an object of `size` bytes, a multiple of a granule.
    pub(crate) fn allocate(&mut self, size: u64) -> Result<u64, TrapKind> {
        let heap = HeapRef::of(&self.heap);
        if let Some(object) = heap.bump(size) {
            return Ok(object);
        }
        self.make_room(size)?;
        Ok(heap.bump(size).expect("a run has the size that was asked for"))
    }

    /// Makes room for an object of `size` bytes where the next one is allocated.
    #[cold]
    pub(crate) fn make_room(&mut self, size: u64) -> Result<(), TrapKind> {
        if self.heap.get_mut().refill(size) {
            return Ok(());
        }
        Err(TrapKind::HeapExhausted { needed: size, limit: self.limits.heap })
    }
}
