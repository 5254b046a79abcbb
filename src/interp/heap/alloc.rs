//! Which parts of the heap are free, and when it is time to collect.
//!
//! An allocation takes what lies between `top` and `end` of the [`Heap`](super::Heap): a free run.
//! When that is too short, the space gives the next one. After a collection these are the gaps
//! between marked objects, from the start on, found as they are needed; then what lies behind all
//! objects. When as much was allocated as was alive the last time, it is time for a collection:
//! so its cost is a constant share of allocation's.

use std::ops::Range;

use super::HeapRef;
use super::marks::Marks;
use super::object::Header;
use crate::interp::store::StoreInner;
use crate::interp::store::pages::Reservation;
use crate::interp::trap::TrapKind;

/// The reservation, and what of it is free.
pub(super) struct Space {
    /// Bytes that objects may take, and the first header, which nobody has: offset 0 is null.
    limit: u64,
    memory: Option<Reservation>,
    /// The end of what was ever used.
    pub(super) frontier: u64,
    /// What is in use below the frontier, but for what was allocated behind the cursor.
    pub(super) marks: Marks,
    /// Up to here gaps have been given out.
    cursor: u64,
    /// What was left of a run when a large object wanted one of its own.
    spare: Range<u64>,
    /// Bytes of runs given out since the last collection.
    allocated: u64,
    /// Bytes that may be allocated before the next collection.
    threshold: u64,
}

/// Offsets have 32 bits.
const MOST: u64 = 1 << 32;
/// Objects begin at multiples of it.
pub(crate) const GRANULE: u64 = 8;
/// Bytes by which the frontier moves.
const CHUNK: u64 = 64 * 1024;
/// Objects of so many bytes don't share a run: the gaps of small ones are kept for small ones.
const LARGE: u64 = 4 * 1024;
/// Bytes that may be allocated before a first collection, and always between two: they fit into a
/// processor's second cache.
const LEAST: u64 = 2 * 1024 * 1024;

/// Whether the frontier may move past what was to be allocated before a collection.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Growth {
    /// A collection is better.
    Measured,
    /// There was one just now.
    Needed,
}

impl Space {
    pub(super) fn new(limit: u64) -> Self {
        Self {
            limit: limit.min(MOST) & !(GRANULE - 1),
            memory: None,
            frontier: u64::from(Header::SIZE),
            marks: Marks::default(),
            cursor: u64::from(Header::SIZE),
            spare: 0..0,
            allocated: 0,
            threshold: LEAST,
        }
    }

    /// Where offset 0 is.
    pub(super) fn base(&self) -> *mut u8 {
        let empty = std::ptr::null_mut();
        self.memory.as_ref().map_or(empty, |memory| memory.base().as_ptr())
    }

    /// A free run of at least `size` bytes; `rest` is what is left of the last one. None when it
    /// is time to collect, or all is in use.
    pub(super) fn refill(
        &mut self,
        rest: Range<u64>,
        size: u64,
        growth: Growth,
    ) -> Option<Range<u64>> {
        if size > self.limit {
            return None;
        }
        if self.memory.is_none() {
            self.memory = Some(Reservation::new(usize::try_from(self.limit).ok()?).ok()?);
        }
        if size >= LARGE
            && let Some(run) = self.grow(size, size, growth)
        {
            if rest.end - rest.start > self.spare.end - self.spare.start {
                self.spare = rest;
            }
            // The cursor may still come this way.
            self.marks.set(run.clone());
            return Some(run);
        }
        if self.spare.end - self.spare.start >= size {
            return Some(std::mem::take(&mut self.spare));
        }
        while let Some(gap) = self.marks.gap(self.cursor, self.frontier) {
            self.cursor = gap.end;
            if gap.end - gap.start >= size {
                self.allocated += gap.end - gap.start;
                return Some(gap);
            }
        }
        let run = self.grow(size, size.next_multiple_of(CHUNK), growth)?;
        self.cursor = self.frontier;
        Some(run)
    }

    /// Moves the frontier by `bytes`, or by less where the limit is near, but at least by `size`.
    fn grow(&mut self, size: u64, bytes: u64, growth: Growth) -> Option<Range<u64>> {
        let start = self.frontier;
        let end = (start + bytes).min(self.limit);
        let is_due = self.allocated + (end - start) > self.threshold;
        if end - start < size || (is_due && growth == Growth::Measured) {
            return None;
        }
        self.frontier = end;
        self.allocated += end - start;
        Some(start..end)
    }

    /// After a collection that left so many bytes alive.
    pub(super) fn collected(&mut self, live: u64) {
        self.cursor = u64::from(Header::SIZE);
        self.spare = 0..0;
        self.allocated = 0;
        self.threshold = live.max(LEAST);
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

    /// Makes room for an object of `size` bytes where the next one is allocated. Gives the work
    /// that it took, as a number of instructions.
    #[cold]
    pub(crate) fn make_room(&mut self, size: u64) -> Result<u64, TrapKind> {
        let always = self.engine.collects_always();
        if !always && self.heap.get_mut().refill(size, Growth::Measured) {
            return Ok(0);
        }
        let work = self.collect();
        let heap = self.heap.get_mut();
        if heap.refill(size, Growth::Measured) || heap.refill(size, Growth::Needed) {
            if always {
                heap.end_run_after(size);
            }
            return Ok(work);
        }
        Err(TrapKind::HeapExhausted { needed: size, limit: self.limits.heap })
    }
}
