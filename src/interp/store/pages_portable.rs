//! Reservations where we can't map memory: zeroed memory from the allocator.
#![expect(unsafe_code, reason = "allocates a header followed by zeroed memory")]

use std::alloc::{self, Layout};
use std::io;
use std::ops::Range;
use std::ptr::NonNull;

/// Bytes in front of the base; its end holds the length.
const HEADER: usize = 16;

/// An allocation: the header, then the reserved bytes.
pub(super) struct Region {
    at: NonNull<u8>,
    layout: Layout,
}

impl Region {
    /// Allocates `bytes` and the header.
    pub(super) fn reserve(bytes: usize) -> io::Result<Self> {
        let too_large = || io::Error::from(io::ErrorKind::OutOfMemory);
        let size = bytes.checked_add(HEADER).ok_or_else(too_large)?;
        let layout = Layout::from_size_align(size, HEADER).map_err(|_| too_large())?;
        // SAFETY: the size isn't 0.
        let at = NonNull::new(unsafe { alloc::alloc_zeroed(layout) }).ok_or_else(too_large)?;
        Ok(Self { at, layout })
    }

    /// The first byte behind the header.
    pub(super) fn base(&self) -> NonNull<u8> {
        // SAFETY: the allocation is longer than its header.
        unsafe { self.at.add(HEADER) }
    }

    /// Bytes behind the header.
    pub(super) const fn capacity(&self) -> usize {
        self.layout.size() - HEADER
    }

    /// All of it is accessible from the start.
    #[expect(clippy::unnecessary_wraps, reason = "the same face as where it can fail")]
    pub(super) const fn commit(&mut self, _len: usize) -> io::Result<()> {
        Ok(())
    }

    /// Nobody knows which bytes were written.
    pub(super) const fn written(&self, _len: usize, _most: usize) -> Option<Vec<Range<usize>>> {
        None
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        // SAFETY: allocated in `reserve` with this layout, freed once.
        unsafe { alloc::dealloc(self.at.as_ptr(), self.layout) };
    }
}
