//! Linear memories: size and growth. Loads and stores are the machine's, through the base.
//!
//! Spec: exec/runtime#memory-instances

use std::io;
use std::mem;
use std::ptr::NonNull;
use std::sync::Arc;

use super::pages::Reservation;
use super::pool::MemoryPool;
use crate::interp::limits::PAGE;
use crate::interp::trap::TrapKind;
use crate::wasm::{AddrType, MemoryType, SizeLimits};

/// A linear memory. It never moves, and `base[-8..]` holds its length in bytes (I5).
pub(crate) struct MemoryInst {
    /// The first byte.
    pub(crate) base: NonNull<u8>,
    /// Its address in the store.
    pub(crate) addr: u32,
    ty: MemoryType,
    pages: Reservation,
    /// Where the pages go when the memory isn't needed any more.
    home: Option<Arc<MemoryPool>>,
}

impl Drop for MemoryInst {
    fn drop(&mut self) {
        // A pool that only this memory knows won't give anything out again.
        if let Some(home) = self.home.take().filter(|home| Arc::strong_count(home) > 1) {
            home.give_back(mem::replace(&mut self.pages, Reservation::empty()));
        }
    }
}

impl MemoryInst {
    /// A memory of this type that never needs more than `available` bytes. The minimum must be
    /// among them.
    ///
    /// # Errors
    /// When the system has no room for it.
    pub(crate) fn new(ty: MemoryType, addr: u32, available: u64) -> io::Result<Self> {
        let pages = mapped(ty, room(ty, available))?;
        Ok(Self { base: pages.base(), addr, ty, pages, home: None })
    }

    /// The same from a pool, with what its memories hold at their start. One that was used before
    /// may have more room than `available`: growth asks for what is available itself.
    ///
    /// # Errors
    /// When the pool has none and the system has no room for one.
    pub(super) fn pooled(pool: &Arc<MemoryPool>, addr: u32, available: u64) -> io::Result<Self> {
        let ty = pool.ty();
        let room = room(ty, available);
        let pages = match pool.take(room) {
            Some(pages) => pages,
            None => {
                let mut pages = mapped(ty, room)?;
                pool.fill(&mut pages);
                pages
            }
        };
        Ok(Self { base: pages.base(), addr, ty, pages, home: Some(Arc::clone(pool)) })
    }

    /// The type, with the present size as its minimum. Spec: valid/matching#external-types
    pub(crate) fn ty(&self) -> MemoryType {
        MemoryType { limits: SizeLimits { min: self.size(), ..self.ty.limits }, ..self.ty }
    }

    /// The size in bytes.
    pub(crate) fn len(&self) -> u64 {
        self.pages.len() as u64
    }

    /// The size in pages.
    pub(crate) fn size(&self) -> u64 {
        self.len() / PAGE
    }

    /// The contents.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.pages.bytes()
    }

    /// The contents, to write them.
    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        self.pages.bytes_mut()
    }

    /// Grows by so many pages and says the old size in pages; none when the type, the
    /// reservation, `available` further bytes or the system don't allow it.
    /// Spec: exec/instructions#exec-memory-grow
    pub(super) fn grow(&mut self, pages: u64, available: u64) -> Option<u64> {
        let old = self.size();
        let new = old.checked_add(pages).filter(|&new| new <= max_pages(self.ty))?;
        if pages.checked_mul(PAGE)? > available {
            return None;
        }
        self.pages.grow(usize::try_from(new.checked_mul(PAGE)?).ok()?).ok()?;
        Some(old)
    }

    /// Writes `source[src..][..len]` at `dst`. Spec: exec/instructions#exec-memory-init
    pub(super) fn init(
        &mut self,
        source: &[u8],
        dst: u64,
        src: u64,
        len: u64,
    ) -> Result<(), TrapKind> {
        let outside = |addr| TrapKind::MemoryOutOfBounds { addr, len };
        let from = part(source.len(), src, len).ok_or(outside(src))?;
        let to = part(self.pages.len(), dst, len).ok_or(outside(dst))?;
        self.pages.bytes_mut()[to].copy_from_slice(&source[from]);
        Ok(())
    }
}

/// Bytes that a memory of this type may come to need, when so many are available.
fn room(ty: MemoryType, available: u64) -> usize {
    let most = max_pages(ty).saturating_mul(PAGE).min(available / PAGE * PAGE);
    usize::try_from(most).unwrap_or(usize::MAX)
}

/// A new memory's pages: zeros.
fn mapped(ty: MemoryType, room: usize) -> io::Result<Reservation> {
    let mut pages = Reservation::reserve(room)?;
    let least = ty.limits.min.saturating_mul(PAGE);
    pages.grow(usize::try_from(least).unwrap_or(usize::MAX))?;
    Ok(pages)
}

/// The pages that a memory of this type never passes.
fn max_pages(ty: MemoryType) -> u64 {
    let addressable = match ty.addr {
        AddrType::I32 => 1 << 16,
        AddrType::I64 => 1 << 48,
    };
    ty.limits.max.unwrap_or(addressable).min(addressable)
}

/// `start..start + len`, when it lies within `size`.
pub(crate) fn part(size: usize, start: u64, len: u64) -> Option<std::ops::Range<usize>> {
    let end = start.checked_add(len).filter(|&end| end <= size as u64)?;
    // Both are at most `size`, which is a `usize`.
    Some(start as usize..end as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory(min: u64, max: Option<u64>, available: u64) -> MemoryInst {
        let ty = MemoryType { addr: AddrType::I32, limits: SizeLimits { min, max } };
        MemoryInst::new(ty, 0, available).expect("room for a small memory")
    }

    #[test]
    fn growth_answers_the_old_size_until_the_declared_maximum() {
        let mut memory = memory(1, Some(3), u64::MAX);
        assert_eq!(memory.grow(2, u64::MAX), Some(1));
        assert_eq!(memory.grow(1, u64::MAX), None);
        assert_eq!(memory.grow(0, 0), Some(3));
        assert_eq!(memory.ty().limits, SizeLimits { min: 3, max: Some(3) });
    }

    #[test]
    fn growth_ends_at_the_limit_and_at_overflow() {
        let mut memory = memory(1, None, 2 * PAGE);
        assert_eq!(memory.grow(1, PAGE - 1), None);
        assert_eq!(memory.grow(1, PAGE), Some(1));
        assert_eq!(memory.grow(1, u64::MAX), None, "beyond the reservation");
        assert_eq!(memory.grow(u64::MAX, u64::MAX), None);
        assert_eq!(memory.len(), 2 * PAGE);
    }

    #[test]
    fn a_memory_of_maximum_0_is_the_empty_memory() {
        let memory = memory(0, Some(0), u64::MAX);
        assert_eq!(memory.base, Reservation::empty().base());
    }

    #[test]
    fn initialising_outside_source_or_memory_writes_nothing() {
        let mut memory = memory(1, None, PAGE);
        assert_eq!(memory.init(b"abc", PAGE - 2, 1, 2), Ok(()));
        assert_eq!(memory.bytes()[PAGE as usize - 2..], *b"bc");
        assert!(memory.init(b"abc", 0, 2, 2).is_err());
        assert!(memory.init(b"abc", PAGE - 1, 0, 2).is_err());
        assert!(memory.init(b"abc", u64::MAX, 0, 2).is_err());
        assert_eq!(memory.init(b"abc", PAGE, 3, 0), Ok(()));
        assert_eq!(memory.bytes()[0], 0);
    }
}
