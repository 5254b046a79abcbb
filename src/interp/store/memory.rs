//! Linear memories: size and growth. Loads and stores are the machine's, through the base.
//!
//! Spec: exec/runtime#memory-instances

use std::io;
use std::mem;
use std::ptr::NonNull;
use std::sync::Arc;

use super::pages::Reservation;
use super::pool::MemoryPool;
use super::shared::Shared;
use crate::interp::trap::TrapKind;
use crate::wasm::{MemoryType, PageSize, SizeLimits};

/// A linear memory. It never moves, and `base[-8..]` holds its length in bytes (I5).
pub(crate) struct MemoryInst {
    /// The first byte.
    pub(crate) base: NonNull<u8>,
    /// Its address in the store.
    pub(crate) addr: u32,
    ty: MemoryType,
    pages: Pages,
    /// Where the pages go when the memory isn't needed any more.
    home: Option<Arc<MemoryPool>>,
}

/// Whose the bytes are.
enum Pages {
    /// The store's alone.
    Own(Reservation),
    /// Those of every store that uses them.
    Shared(Arc<Shared>),
}

impl Drop for MemoryInst {
    fn drop(&mut self) {
        // A pool that only this memory knows won't give anything out again.
        let home = self.home.take().filter(|home| Arc::strong_count(home) > 1);
        if let (Some(home), Pages::Own(pages)) = (home, &mut self.pages) {
            home.give_back(mem::replace(pages, Reservation::empty()));
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
        if ty.shared {
            return Ok(Self::of_shared(&Arc::new(Shared::new(ty, pages)), addr));
        }
        Ok(Self { base: pages.base(), addr, ty, pages: Pages::Own(pages), home: None })
    }

    /// A memory that other stores may use, too.
    pub(crate) fn of_shared(shared: &Arc<Shared>, addr: u32) -> Self {
        let pages = Pages::Shared(Arc::clone(shared));
        Self { base: shared.base(), addr, ty: shared.ty(), pages, home: None }
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
        let home = Some(Arc::clone(pool));
        Ok(Self { base: pages.base(), addr, ty, pages: Pages::Own(pages), home })
    }

    /// The type, with the present size as its minimum. Spec: valid/matching#external-types
    pub(crate) fn ty(&self) -> MemoryType {
        MemoryType { limits: SizeLimits { min: self.size(), ..self.ty.limits }, ..self.ty }
    }

    /// The size in bytes.
    pub(crate) fn len(&self) -> u64 {
        match &self.pages {
            Pages::Own(pages) => pages.len() as u64,
            Pages::Shared(shared) => shared.len() as u64,
        }
    }

    /// The size in pages.
    pub(crate) fn size(&self) -> u64 {
        self.len() >> self.ty.page_size.exponent()
    }

    /// The size of a page.
    pub(super) const fn page_size(&self) -> PageSize {
        self.ty.page_size
    }

    /// What other stores may use, too, when that is the memory's type.
    pub(crate) const fn shared(&self) -> Option<&Arc<Shared>> {
        match &self.pages {
            Pages::Own(_) => None,
            Pages::Shared(shared) => Some(shared),
        }
    }

    /// The contents; none while another can reach them.
    pub(crate) fn bytes(&self) -> Option<&[u8]> {
        match &self.pages {
            Pages::Own(pages) => Some(pages.bytes()),
            Pages::Shared(shared) => Shared::alone(shared),
        }
    }

    /// The contents, to write them; none while another can reach them.
    pub(crate) fn bytes_mut(&mut self) -> Option<&mut [u8]> {
        match &mut self.pages {
            Pages::Own(pages) => Some(pages.bytes_mut()),
            Pages::Shared(shared) => Shared::alone_mut(shared),
        }
    }

    /// Reads the bytes at `at`; false when they are not all inside.
    pub(crate) fn read(&self, at: u64, into: &mut [u8]) -> bool {
        let Some(range) = part(self.len() as usize, at, into.len() as u64) else { return false };
        match &self.pages {
            Pages::Own(pages) => into.copy_from_slice(&pages.bytes()[range]),
            Pages::Shared(shared) => shared.read(range.start, into),
        }
        true
    }

    /// Writes bytes at `at`; false, and nothing is written, when they don't all fit.
    pub(crate) fn write(&mut self, at: u64, bytes: &[u8]) -> bool {
        let Some(range) = part(self.len() as usize, at, bytes.len() as u64) else { return false };
        match &mut self.pages {
            Pages::Own(pages) => pages.bytes_mut()[range].copy_from_slice(bytes),
            Pages::Shared(shared) => shared.write(range.start, bytes),
        }
        true
    }

    /// Grows by so many pages and says the old size in pages; none when the type, the
    /// reservation, `available` further bytes or the system don't allow it.
    /// Spec: exec/instructions#exec-memory-grow
    pub(super) fn grow(&mut self, pages: u64, available: u64) -> Option<u64> {
        let page = self.ty.page_size;
        let most = max_pages(self.ty);
        if pages.checked_mul(page.bytes())? > available {
            return None;
        }
        let wanted = |old: usize| {
            let new = (old as u64 >> page.exponent()).checked_add(pages)?;
            usize::try_from(new.checked_mul(page.bytes()).filter(|_| new <= most)?).ok()
        };
        let old = match &mut self.pages {
            Pages::Own(pages) => {
                let old = pages.len();
                pages.grow(wanted(old)?).ok()?;
                old
            }
            Pages::Shared(shared) => shared.grow(wanted)?,
        };
        Some(old as u64 >> page.exponent())
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
        if self.write(dst, &source[from]) { Ok(()) } else { Err(outside(dst)) }
    }
}

/// Bytes that a memory of this type may come to need, when so many are available.
fn room(ty: MemoryType, available: u64) -> usize {
    let page = ty.page_size.bytes();
    let most = max_pages(ty).saturating_mul(page).min(available / page * page);
    usize::try_from(most).unwrap_or(usize::MAX)
}

/// A new memory's pages: zeros.
fn mapped(ty: MemoryType, room: usize) -> io::Result<Reservation> {
    let mut pages = Reservation::reserve(room)?;
    let least = ty.min_bytes();
    pages.grow(usize::try_from(least).unwrap_or(usize::MAX))?;
    Ok(pages)
}

/// The pages that a memory of this type never passes.
fn max_pages(ty: MemoryType) -> u64 {
    let addressable = ty.addressable_pages();
    ty.limits.max.map_or(addressable, |max| max.min(addressable))
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
    use crate::wasm::AddrType;

    const PAGE: u64 = PageSize::STANDARD.bytes();

    fn memory(min: u64, max: Option<u64>, available: u64) -> MemoryInst {
        let ty = MemoryType::new(AddrType::I32, SizeLimits { min, max });
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
    fn pages_of_a_byte_are_counted_one_by_one() {
        let limits = SizeLimits { min: 3, max: None };
        let ty = MemoryType::new(AddrType::I32, limits);
        let ty = MemoryType { page_size: PageSize::BYTE, ..ty };
        let mut memory = MemoryInst::new(ty, 0, 5).expect("room for some bytes");
        assert_eq!((memory.grow(2, 2), memory.size(), memory.len()), (Some(3), 5, 5));
        assert_eq!(memory.grow(1, 0), None, "nothing is available");
        assert_eq!(memory.bytes(), Some(&[0; 5][..]));
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
        let bytes = |memory: &MemoryInst| memory.bytes().expect("nobody else has it").to_vec();
        assert_eq!(bytes(&memory)[PAGE as usize - 2..], *b"bc");
        assert!(memory.init(b"abc", 0, 2, 2).is_err());
        assert!(memory.init(b"abc", PAGE - 1, 0, 2).is_err());
        assert!(memory.init(b"abc", u64::MAX, 0, 2).is_err());
        assert_eq!(memory.init(b"abc", PAGE, 3, 0), Ok(()));
        assert_eq!(bytes(&memory)[0], 0);
    }
}
