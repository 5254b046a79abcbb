//! Memory that several threads use at once: every access to it is an atomic one.
//!
//! Rust has no races: where one thread writes without an atomic, no other may look. A guest of
//! WebAssembly may race, and what it reads then is one of the values that were written. So what
//! the guest writes as plain loads and stores is here atomic and relaxed, whole where the address
//! is aligned and byte by byte where it isn't, which is no more than the proposal lets a guest
//! see. The length below the base is atomic, too, and grows in place.
//!
//! Proposal: <https://github.com/WebAssembly/threads>
#![expect(unsafe_code, reason = "atomics at addresses in a reservation; each cites its invariant")]

use std::ptr::NonNull;
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::pages::Reservation;
use super::parking::Parking;
use crate::wasm::{MemoryType, SizeLimits};

/// A shared memory: all stores that use it hold it by an `Arc`.
pub(crate) struct Shared {
    base: NonNull<u8>,
    ty: MemoryType,
    /// Growing it takes the lock; reading the length doesn't.
    pages: Mutex<Reservation>,
    /// Who waits at which address.
    parking: Arc<Parking>,
}

// SAFETY: `base` points into `pages`, which is sent with it and freed with it. What several threads
// do through it is atomic.
unsafe impl Send for Shared {}
// SAFETY: as above.
unsafe impl Sync for Shared {}

impl Shared {
    /// These pages as a shared memory of this type.
    pub(super) fn new(ty: MemoryType, pages: Reservation) -> Self {
        Self { base: pages.base(), ty, pages: Mutex::new(pages), parking: Arc::default() }
    }

    /// The first byte.
    pub(super) const fn base(&self) -> NonNull<u8> {
        self.base
    }

    /// The type, with the present size as its minimum.
    pub(crate) fn ty(&self) -> MemoryType {
        let min = self.len() as u64 >> self.ty.page_size.exponent();
        MemoryType { limits: SizeLimits { min, ..self.ty.limits }, ..self.ty }
    }

    /// Who waits at which address.
    pub(crate) const fn parking(&self) -> &Arc<Parking> {
        &self.parking
    }

    /// How many bytes are in use.
    pub(super) fn len(&self) -> usize {
        len(self.base.as_ptr()) as usize
    }

    /// Brings the bytes in use to what `wanted` makes of them, and says how many there were; none
    /// where it makes nothing, or the system refuses.
    pub(super) fn grow(&self, wanted: impl FnOnce(usize) -> Option<usize>) -> Option<usize> {
        // A panic in between leaves a length that is right.
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        let old = pages.len();
        pages.grow(wanted(old)?).ok()?;
        Some(old)
    }

    /// The contents, when nobody else can reach them.
    pub(super) fn alone(this: &Arc<Self>) -> Option<&[u8]> {
        if Arc::strong_count(this) > 1 {
            return None;
        }
        // Others that there were have written before they let go.
        std::sync::atomic::fence(Ordering::Acquire);
        // SAFETY: new owners are made of a store's own through `&mut`, so that there is none while
        // the slice is alive; I7: no handler runs meanwhile.
        Some(unsafe { std::slice::from_raw_parts(this.base.as_ptr(), this.len()) })
    }

    /// The contents, to write them, when nobody else can reach them.
    pub(super) fn alone_mut(this: &mut Arc<Self>) -> Option<&mut [u8]> {
        let pages = Arc::get_mut(this)?.pages.get_mut();
        Some(pages.unwrap_or_else(PoisonError::into_inner).bytes_mut())
    }

    /// The value of four bytes, or of eight, at `at`, which is aligned to them.
    pub(crate) fn value(&self, at: usize, bytes: usize) -> u64 {
        assert!(
            at.is_multiple_of(bytes) && at.checked_add(bytes).is_some_and(|end| end <= self.len())
        );
        let at = self.base.as_ptr().wrapping_add(at);
        // SAFETY: inside and aligned, as just asserted; I5: the memory is alive.
        unsafe {
            match bytes {
                4 => u32::from_le(AtomicU32::from_ptr(at.cast()).load(Ordering::SeqCst)).into(),
                _ => u64::from_le(AtomicU64::from_ptr(at.cast()).load(Ordering::SeqCst)),
            }
        }
    }

    /// Reads the bytes at `at`, which lie in the memory.
    pub(super) fn read(&self, at: usize, into: &mut [u8]) {
        assert!(at.checked_add(into.len()).is_some_and(|end| end <= self.len()));
        for (offset, byte) in into.iter_mut().enumerate() {
            // SAFETY: inside, as just asserted; I5: the memory is alive.
            *byte = unsafe { AtomicU8::from_ptr(self.base.as_ptr().add(at + offset)) }
                .load(Ordering::Relaxed);
        }
    }

    /// Writes bytes at `at`, where they lie in the memory.
    pub(super) fn write(&self, at: usize, bytes: &[u8]) {
        assert!(at.checked_add(bytes.len()).is_some_and(|end| end <= self.len()));
        for (offset, byte) in bytes.iter().enumerate() {
            // SAFETY: inside, as just asserted; I5: the memory is alive.
            unsafe { AtomicU8::from_ptr(self.base.as_ptr().add(at + offset)) }
                .store(*byte, Ordering::Relaxed);
        }
    }
}

/// The length of the memory with this base, which another thread may be growing.
#[inline(always)]
pub(crate) fn len(base: *mut u8) -> u64 {
    // SAFETY: I5: the length stands below the base of a memory, and is written atomically.
    unsafe { AtomicU64::from_ptr(base.cast::<u64>().sub(1)) }.load(Ordering::SeqCst)
}
