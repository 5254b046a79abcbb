//! Reservations on Unix: one mapping that costs nothing until it is touched.
#![expect(unsafe_code, reason = "maps memory")]

use std::ffi::c_void;
use std::io;
use std::ops::Range;
use std::ptr::{self, NonNull};

use rustix::mm::{self, Advice, MapFlags, MprotectFlags, ProtFlags};

#[cfg(target_os = "linux")]
use super::pages_linux as asked;
#[cfg(not(target_os = "linux"))]
use super::pages_unasked as asked;

/// A mapping: one page of the system whose end holds the length, then the reserved bytes.
pub(super) struct Region {
    at: NonNull<c_void>,
    /// Bytes of the header page.
    header: usize,
    /// Bytes of the whole mapping.
    mapped: usize,
    /// Bytes behind the header that can be accessed.
    committed: usize,
}

impl Region {
    /// Maps `bytes` and the header. A system that accounts for memory at once may refuse to map so
    /// much for writing; then only addresses are reserved, and growth makes them writable.
    pub(super) fn reserve(bytes: usize) -> io::Result<Self> {
        let header = rustix::param::page_size();
        let too_large = || io::Error::from(io::ErrorKind::OutOfMemory);
        let bytes = bytes.checked_next_multiple_of(header).ok_or_else(too_large)?;
        let mapped = bytes.checked_add(header).ok_or_else(too_large)?;
        if let Ok(at) = map(mapped, ProtFlags::READ | ProtFlags::WRITE) {
            return Ok(Self { at, header, mapped, committed: bytes });
        }
        let mut region =
            Self { at: map(mapped, ProtFlags::empty())?, header, mapped, committed: 0 };
        region.make_writable(header)?;
        Ok(region)
    }

    /// The first byte behind the header.
    pub(super) fn base(&self) -> NonNull<u8> {
        // SAFETY: the mapping is longer than its header.
        unsafe { self.at.cast::<u8>().add(self.header) }
    }

    /// Bytes behind the header.
    pub(super) const fn capacity(&self) -> usize {
        self.mapped - self.header
    }

    /// Makes the first `len` bytes accessible.
    pub(super) fn commit(&mut self, len: usize) -> io::Result<()> {
        if len <= self.committed {
            return Ok(());
        }
        let committed = len.next_multiple_of(self.header);
        self.make_writable(self.header + committed)?;
        self.committed = committed;
        Ok(())
    }

    /// The system's pages among the first `len` bytes that hold something else than the zeros
    /// they began with, as ranges of bytes; none when the system doesn't say, or they are more
    /// than `most`.
    pub(super) fn written(&self, len: usize, most: usize) -> Option<Vec<Range<usize>>> {
        let start = self.at.as_ptr() as usize;
        let base = start + self.header;
        let end = base + len.next_multiple_of(self.header);
        let found = asked::written(start, end, self.header, most + 1)?;
        // The header holds the length, so it was written. A system that doesn't know that knows
        // nothing.
        let mut ranges = found.ranges();
        let first = ranges.next().filter(|first| first.start == start)?;
        let first = (first.end > base).then_some(base..first.end);
        let ranges = first.into_iter().chain(ranges);
        Some(ranges.map(|range| range.start - base..range.end - base).collect())
    }

    fn make_writable(&mut self, len: usize) -> io::Result<()> {
        let flags = MprotectFlags::READ | MprotectFlags::WRITE;
        // SAFETY: the first `len` bytes of our own mapping; nobody has accessed the new ones.
        unsafe { mm::mprotect(self.at.as_ptr(), len, flags) }?;
        Ok(())
    }
}

fn map(len: usize, access: ProtFlags) -> io::Result<NonNull<c_void>> {
    let flags = MapFlags::PRIVATE | reserve_nothing();
    // SAFETY: a new mapping where the system likes.
    let at = unsafe { mm::mmap_anonymous(ptr::null_mut(), len, access, flags) }?;
    let at = NonNull::new(at).ok_or(io::ErrorKind::OutOfMemory)?;
    advise_small_pages(at, len);
    Ok(at)
}

/// Commit nothing at once, where the system can be told so.
const fn reserve_nothing() -> MapFlags {
    if cfg!(any(target_os = "linux", target_os = "android", target_vendor = "apple")) {
        MapFlags::NORESERVE
    } else {
        MapFlags::empty()
    }
}

/// A small guest that touches one byte must not cost a huge page. Advice: a refusal is no error.
fn advise_small_pages(at: NonNull<c_void>, len: usize) {
    if cfg!(target_os = "linux") {
        // SAFETY: our own mapping; the advice doesn't change its contents.
        let _ = unsafe { mm::madvise(at.as_ptr(), len, Advice::LinuxNoHugepage) };
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        // SAFETY: our own mapping; whoever had pointers into it belonged to the same store.
        let unmapped = unsafe { mm::munmap(self.at.as_ptr(), self.mapped) };
        debug_assert!(unmapped.is_ok(), "a mapping of our own is unmapped");
    }
}
