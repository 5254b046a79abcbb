//! Reserved memory that never moves: linear memories and value stacks. What it costs the system
//! is what was touched.
//!
//! ```text
//!  ┌ one page of the system ┐
//!  │                 length │ bytes in use ............ │ reserved, not yet in use ... │
//!  └────────────────────────┴───────────────────────────┴──────────────────────────────┘
//!              base[-8..0] ─┘└ base                     └ base + length
//! ```
#![expect(unsafe_code, reason = "memory from the system, read and written through raw pointers")]

use std::io;
use std::ops::Range;
use std::ptr::NonNull;
use std::slice;
use std::sync::atomic::{AtomicU64, Ordering};

#[cfg(not(all(unix, not(miri))))]
use super::pages_portable as system;
#[cfg(all(unix, not(miri)))]
use super::pages_unix as system;

/// The empty memory: a length of 0, and nothing behind it.
static EMPTY: [AtomicU64; 2] = [AtomicU64::new(0), AtomicU64::new(0)];

/// A reservation, and how much of it is in use.
pub(crate) struct Reservation {
    base: NonNull<u8>,
    /// None for the empty memory, which can't grow.
    region: Option<system::Region>,
}

impl Reservation {
    /// The memory of length 0 that can't grow, shared by all who have none (I5).
    pub(crate) fn empty() -> Self {
        let length = NonNull::from(&EMPTY).cast::<u64>();
        // SAFETY: the second word of `EMPTY`. It is never written: its length is 0.
        Self { base: unsafe { length.add(1) }.cast(), region: None }
    }

    /// Reserves `bytes`, all of them in use.
    ///
    /// # Errors
    /// When the system has no room for it.
    pub(crate) fn new(bytes: usize) -> io::Result<Self> {
        let mut all = Self::reserve(bytes)?;
        all.grow(bytes)?;
        Ok(all)
    }

    /// Reserves `bytes`, none of them in use yet.
    ///
    /// # Errors
    /// When the system has no room for it.
    pub(crate) fn reserve(bytes: usize) -> io::Result<Self> {
        if bytes == 0 {
            return Ok(Self::empty());
        }
        let region = system::Region::reserve(bytes)?;
        Ok(Self { base: region.base(), region: Some(region) })
    }

    /// The first byte; the length stands just below, in native byte order.
    #[inline]
    pub(crate) const fn base(&self) -> NonNull<u8> {
        self.base
    }

    /// How many bytes are in use.
    pub(crate) fn len(&self) -> usize {
        self.length().load(Ordering::Relaxed) as usize
    }

    /// The length word. Of a shared memory other threads look at it while this one grows it.
    fn length(&self) -> &AtomicU64 {
        // SAFETY: every base has a length word below it, which lives as long.
        unsafe { AtomicU64::from_ptr(self.base.cast::<u64>().sub(1).as_ptr()) }
    }

    /// Brings the bytes in use to `len`, the new ones zero. A smaller length changes nothing.
    ///
    /// # Errors
    /// When it is beyond the reservation, or the system refuses.
    pub(crate) fn grow(&mut self, len: usize) -> io::Result<()> {
        if len <= self.len() {
            return Ok(());
        }
        let region = self.region.as_mut().filter(|region| len <= region.capacity());
        let Some(region) = region else { return Err(io::ErrorKind::OutOfMemory.into()) };
        region.commit(len)?;
        self.length().store(len as u64, Ordering::SeqCst);
        Ok(())
    }

    /// Bytes that can be in use.
    pub(crate) fn capacity(&self) -> usize {
        self.region.as_ref().map_or(0, system::Region::capacity)
    }

    /// The ranges outside of which all bytes in use are zero; none when that isn't known, or they
    /// are more than `most` pages of the system.
    pub(crate) fn written(&self, most: usize) -> Option<Vec<Range<usize>>> {
        const SMALLEST_PAGE: usize = 4096;
        let (region, len) = (self.region.as_ref()?, self.len());
        if let Some(mut ranges) = region.written(len, most) {
            // The last page may go on behind the last byte in use.
            ranges.iter_mut().for_each(|range| range.end = range.end.min(len));
            return Some(ranges);
        }
        (len <= most * SMALLEST_PAGE).then(|| vec![Range { start: 0, end: len }])
    }

    /// Brings the bytes in use down to `len`. The others must be zero, so that growth can promise
    /// that new bytes are.
    pub(crate) fn shrink(&mut self, len: usize) {
        if len < self.len() {
            self.length().store(len as u64, Ordering::SeqCst);
        }
    }

    /// The bytes in use. The store is borrowed, so no handler runs (I7).
    pub(crate) fn bytes(&self) -> &[u8] {
        // SAFETY: `grow` committed so many bytes; I7.
        unsafe { slice::from_raw_parts(self.base.as_ptr(), self.len()) }
    }

    /// The bytes in use, to write them. The store is borrowed mutably, so no handler runs (I7).
    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: `grow` committed so many bytes, I7; the empty memory's slice is empty.
        unsafe { slice::from_raw_parts_mut(self.base.as_ptr(), self.len()) }
    }
}

// SAFETY: a reservation is owned memory, as a boxed slice is; the empty memory is never written.
unsafe impl Send for Reservation {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_stands_below_the_base_and_new_bytes_are_zero() {
        let mut pages = Reservation::reserve(3 * 65_536).expect("room for three pages");
        assert_eq!(pages.len(), 0);
        pages.grow(65_536).expect("in the reservation");
        pages.bytes_mut()[65_535] = 7;
        pages.grow(2 * 65_536).expect("in the reservation");
        // SAFETY: the word that `grow` wrote.
        assert_eq!(unsafe { pages.base().cast::<u64>().sub(1).read() }, 2 * 65_536);
        assert_eq!(pages.bytes()[65_535..65_537], [7, 0]);
    }

    #[test]
    fn outside_of_the_written_ranges_all_is_zero() {
        let mut pages = Reservation::new(17 * 65_536).expect("room for a few pages");
        for at in [0, 4095, 65_536, 300_007, 17 * 65_536 - 1] {
            pages.bytes_mut()[at] = 7;
        }
        let small = Reservation::new(65_536).expect("room for a page");
        assert!(small.written(16).is_some(), "a small one may count as written whole");
        let Some(written) = pages.written(32) else { return };
        let bytes = pages.bytes_mut();
        written.into_iter().for_each(|range| bytes[range].fill(0));
        assert!(bytes.iter().all(|&byte| byte == 0));
        pages.bytes_mut().fill(7);
        assert!(pages.written(32).is_none(), "they are too many");
    }

    #[test]
    fn growth_ends_at_the_reservation() {
        let mut pages = Reservation::reserve(65_536).expect("room for a page");
        assert!(pages.grow(65_537).is_err());
        assert!(Reservation::empty().grow(1).is_err());
        assert!(Reservation::empty().bytes().is_empty());
    }
}
