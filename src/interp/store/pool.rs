//! What ended instances leave for new ones: memories that hold again what they held at first, and
//! value stacks. Mapping memory and touching it for the first time costs microseconds; writing
//! over what was written, a fraction of one.
//!
//! A memory goes from one guest to the next here, so nothing of the one may be left for the other:
//!
//! - It comes back when its store is dropped: nobody can reach it any more. What never comes back
//!   is in no pool.
//! - A guest writes into the `length` bytes in use, and nowhere else (I5). Length only grows, so
//!   all that was ever written since the memory was last given out lies below the last length.
//! - Of these pages the system names those that it has memory for, swapped out or not. The others
//!   hold zeros: nobody has written them since they were mapped. It is asked when the memory comes
//!   back, and believed only if it also names the page that holds the length.
//! - Each named page is filled with zeros but where the image stands, and the whole image is
//!   written. Then the length is what it was at first, so every byte is.
//! - Where the system doesn't say which pages were written, all bytes of a small memory count as
//!   written, and a larger one is unmapped.
//!
//! A value stack needs none of this: it has no addresses for a guest, whose code reads a slot only
//! after it has written it (validated: locals and operands are set before they are read).

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::pages::Reservation;
use crate::interp::machine::Execution;
use crate::wasm::MemoryType;

/// The memories of a module's ended instances.
pub(crate) struct MemoryPool {
    ty: MemoryType,
    image: Option<Image>,
    /// So many are kept.
    most: usize,
    kept: Mutex<Vec<Reservation>>,
}

/// What a memory holds at its start besides zeros.
pub(crate) struct Image {
    source: Arc<[u8]>,
    /// Ascending, and apart.
    segments: Box<[Segment]>,
}

/// Bytes of a module's binary, and where they stand in memory.
pub(crate) struct Segment {
    /// In the memory.
    pub(crate) at: usize,
    /// In the binary.
    pub(crate) source: Range<usize>,
}

impl MemoryPool {
    /// Pages of the system that a guest may have written besides the image's. Measured: beyond so
    /// many a new mapping is as good.
    const WRITTEN: usize = 32;

    /// A pool of at most `most` memories of this type that hold this image at their start; without
    /// one, zeros.
    pub(crate) const fn new(ty: MemoryType, image: Option<Image>, most: usize) -> Self {
        Self { ty, image, most, kept: Mutex::new(Vec::new()) }
    }

    /// The type of its memories.
    pub(crate) const fn ty(&self) -> MemoryType {
        self.ty
    }

    /// Whether its memories hold the data of the module's active segments.
    pub(crate) const fn holds_data(&self) -> bool {
        self.image.is_some()
    }

    /// A memory that may grow to `room` bytes at least.
    pub(super) fn take(&self, room: usize) -> Option<Reservation> {
        let mut kept = locked(&self.kept);
        let found = kept.iter().rposition(|memory| memory.capacity() >= room)?;
        Some(kept.swap_remove(found))
    }

    /// Writes into a new memory what one of this pool holds at its start.
    pub(super) fn fill(&self, memory: &mut Reservation) {
        if let Some(image) = &self.image {
            image.write(memory.bytes_mut());
        }
    }

    /// Takes back a memory that nobody can reach any more.
    pub(super) fn give_back(&self, mut memory: Reservation) {
        // Asked twice: what won't be kept need not be restored.
        if locked(&self.kept).len() >= self.most || !self.restore(&mut memory) {
            return;
        }
        let mut kept = locked(&self.kept);
        if kept.len() < self.most {
            kept.push(memory);
        }
    }

    /// Makes a memory what it was at its start; false when that would cost more than a new one.
    fn restore(&self, memory: &mut Reservation) -> bool {
        let Ok(len) = usize::try_from(self.ty.min_bytes()) else {
            return false;
        };
        let most = Self::WRITTEN + self.image.as_ref().map_or(0, Image::pages);
        let Some(written) = memory.written(most) else { return false };
        let bytes = memory.bytes_mut();
        for range in written {
            match &self.image {
                Some(image) => image.clear_around(bytes, range),
                None => bytes[range].fill(0),
            }
        }
        memory.shrink(len);
        self.fill(memory);
        true
    }
}

impl Image {
    /// These bytes of a module, all inside the memory; none when they overlap.
    pub(crate) fn new(source: Arc<[u8]>, mut segments: Vec<Segment>) -> Option<Self> {
        segments.sort_by_key(|segment| segment.at);
        let apart = segments.is_sorted_by(|one, next| one.at + one.source.len() <= next.at);
        apart.then(|| Self { source, segments: segments.into() })
    }

    /// Pages of the system that it takes at most.
    fn pages(&self) -> usize {
        const SMALLEST: usize = 4096;
        self.segments.iter().map(|segment| segment.source.len() / SMALLEST + 2).sum()
    }

    fn write(&self, bytes: &mut [u8]) {
        for segment in &self.segments {
            let source = &self.source[segment.source.clone()];
            bytes[segment.at..][..source.len()].copy_from_slice(source);
        }
    }

    /// Fills the range with zeros, but where the image stands.
    fn clear_around(&self, bytes: &mut [u8], range: Range<usize>) {
        let end_of = |segment: &Segment| segment.at + segment.source.len();
        let first = self.segments.partition_point(|segment| end_of(segment) <= range.start);
        let mut from = range.start;
        for segment in self.segments[first..].iter().take_while(|next| next.at < range.end) {
            bytes[from..segment.at.max(from)].fill(0);
            from = end_of(segment).min(range.end);
        }
        bytes[from..range.end].fill(0);
    }
}

/// Value stacks of an engine that no store uses.
pub(crate) struct StackPool {
    /// So many are kept.
    most: usize,
    #[expect(clippy::vec_box, reason = "executions move to stores and back: a word, not a copy")]
    kept: Mutex<Vec<Box<Execution>>>,
}

impl StackPool {
    /// A pool of at most `most` stacks.
    pub(crate) const fn new(most: usize) -> Self {
        Self { most, kept: Mutex::new(Vec::new()) }
    }

    /// A stack of exactly so many slots: how deep a guest can call must not depend on luck.
    pub(crate) fn take(&self, slots: usize) -> Option<Box<Execution>> {
        let mut kept = locked(&self.kept);
        let found = kept.iter().rposition(|execution| execution.slots() == slots)?;
        Some(kept.swap_remove(found))
    }

    /// Takes back stacks of executions that have ended.
    pub(crate) fn give_back(&self, ended: impl Iterator<Item = Box<Execution>>) {
        let mut kept = locked(&self.kept);
        let room = self.most.saturating_sub(kept.len());
        kept.extend(ended.take(room));
    }
}

impl fmt::Debug for StackPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StackPool").field("most", &self.most).finish_non_exhaustive()
    }
}

/// A panic leaves no list half changed.
fn locked<T>(kept: &Mutex<Vec<T>>) -> MutexGuard<'_, Vec<T>> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interp::engine::Backend;
    use crate::wasm::{AddrType, PageSize, SizeLimits};

    const PAGE: u64 = PageSize::STANDARD.bytes();

    fn memory(pages: u64) -> (MemoryPool, Reservation) {
        let limits = SizeLimits { min: pages, max: None };
        let pool = MemoryPool::new(MemoryType::new(AddrType::I32, limits), None, 1);
        let reservation = Reservation::new((pages * PAGE) as usize).expect("room for a few pages");
        (pool, reservation)
    }

    #[test]
    fn a_small_memory_is_kept_and_clean() {
        let (pool, mut reservation) = memory(1);
        reservation.bytes_mut()[4095..4097].fill(7);
        pool.give_back(reservation);
        pool.give_back(memory(1).1);
        assert_eq!(locked(&pool.kept).len(), 1, "as many as the pool may keep");
        assert!(pool.take(PAGE as usize * 2).is_none(), "none may grow so far");
        let kept = pool.take(PAGE as usize).expect("one was kept");
        assert_eq!((kept.len() as u64, kept.bytes().iter().max()), (PAGE, Some(&0)));
        assert!(pool.take(PAGE as usize).is_none());
    }

    #[test]
    fn a_memory_with_many_written_pages_is_not_kept() {
        let (pool, mut reservation) = memory(8);
        reservation.bytes_mut().fill(7);
        pool.give_back(reservation);
        assert!(pool.take(0).is_none());
    }

    #[test]
    fn a_stack_is_given_to_who_asks_for_just_so_many_slots() {
        let pool = StackPool::new(1);
        let new = |slots| Box::new(Execution::new(Backend::Stepped, slots).expect("a small stack"));
        pool.give_back([new(100), new(100)].into_iter());
        assert!(pool.take(99).is_none());
        assert!(pool.take(100).is_some());
        assert!(pool.take(100).is_none(), "one was kept");
    }

    fn segment(at: usize, source: Range<usize>) -> Segment {
        Segment { at, source }
    }

    #[test]
    fn zeros_are_written_around_the_image_only() {
        let source: Arc<[u8]> = (*b"abcdef").into();
        let segments = vec![segment(6, 2..6), segment(2, 0..2), segment(4, 0..0)];
        let image = Image::new(source, segments).expect("they are apart");
        let check = |range: Range<usize>, expected: &[u8]| {
            let mut bytes = *b"............";
            image.clear_around(&mut bytes, range);
            assert_eq!(bytes, expected);
        };
        check(0..12, b"\0\0..\0\0....\0\0");
        check(3..7, b"....\0\0......");
        check(7..9, b"............");
        check(10..12, b"..........\0\0");
        let mut bytes = [0; 12];
        image.write(&mut bytes);
        assert_eq!(&bytes, b"\0\0ab\0\0cdef\0\0");
    }

    #[test]
    fn segments_that_overlap_are_no_image() {
        let source: Arc<[u8]> = (*b"abc").into();
        assert!(Image::new(source, vec![segment(2, 0..3), segment(0, 0..3)]).is_none());
    }
}
