//! Integers in memory that threads share: what the processor does with one at a time.
//!
//! Proposal: <https://github.com/WebAssembly/threads>
#![expect(unsafe_code, reason = "atomics at addresses that the machine has checked")]

use std::sync::atomic::{AtomicU8, AtomicU16, AtomicU32, AtomicU64, Ordering};

/// An integer that is read and written atomically. Memory is little-endian whatever the host is.
pub(crate) trait Cell: Copy + 'static {
    /// Bytes of it.
    const SIZE: u64;

    /// The value at `at`.
    ///
    /// # Safety
    /// So many bytes of a memory stand at `at`, which is aligned to them. (So of all below.)
    unsafe fn load(at: *mut u8) -> u64;

    /// Writes the low bytes of a value.
    ///
    /// # Safety
    /// As [`Cell::load`].
    unsafe fn store(at: *mut u8, value: u64);

    /// Writes what `change` makes of the value, and gives the value that was there.
    ///
    /// # Safety
    /// As [`Cell::load`].
    unsafe fn update(at: *mut u8, change: impl Fn(u64) -> u64) -> u64;

    /// Writes `new` where `expected` stands, and gives what stood there. An expected value that is
    /// wider than the cell stands nowhere.
    ///
    /// # Safety
    /// As [`Cell::load`].
    unsafe fn compare_exchange(at: *mut u8, expected: u64, new: u64) -> u64;
}

/// A line an integer and its atomic twin.
macro_rules! cells {
    ($($int:ty, $atomic:ty;)+) => { $(
        impl Cell for $int {
            const SIZE: u64 = size_of::<Self>() as u64;

            #[inline(always)]
            unsafe fn load(at: *mut u8) -> u64 {
                // SAFETY: as the caller promises; others access it atomically.
                let cell = unsafe { <$atomic>::from_ptr(at.cast()) };
                u64::from(Self::from_le(cell.load(Ordering::SeqCst)))
            }

            #[inline(always)]
            unsafe fn store(at: *mut u8, value: u64) {
                // SAFETY: as the caller promises; others access it atomically.
                let cell = unsafe { <$atomic>::from_ptr(at.cast()) };
                cell.store((value as Self).to_le(), Ordering::SeqCst);
            }

            #[inline(always)]
            unsafe fn update(at: *mut u8, change: impl Fn(u64) -> u64) -> u64 {
                // SAFETY: as the caller promises; others access it atomically.
                let cell = unsafe { <$atomic>::from_ptr(at.cast()) };
                let mut found = cell.load(Ordering::Relaxed);
                loop {
                    let old = u64::from(Self::from_le(found));
                    let new = (change(old) as Self).to_le();
                    let (done, not) = (Ordering::SeqCst, Ordering::Relaxed);
                    match cell.compare_exchange_weak(found, new, done, not) {
                        Ok(_) => return old,
                        Err(other) => found = other,
                    }
                }
            }

            #[inline(always)]
            unsafe fn compare_exchange(at: *mut u8, expected: u64, new: u64) -> u64 {
                if expected != u64::from(expected as Self) {
                    // SAFETY: as the caller promises.
                    return unsafe { Self::load(at) };
                }
                // SAFETY: as the caller promises; others access it atomically.
                let cell = unsafe { <$atomic>::from_ptr(at.cast()) };
                let (old, new) = ((expected as Self).to_le(), (new as Self).to_le());
                match cell.compare_exchange(old, new, Ordering::SeqCst, Ordering::SeqCst) {
                    Ok(found) | Err(found) => u64::from(Self::from_le(found)),
                }
            }
        }
    )+ };
}

cells! {
    u8, AtomicU8;
    u16, AtomicU16;
    u32, AtomicU32;
    u64, AtomicU64;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expected_value_wider_than_the_cell_stands_nowhere() {
        let mut memory = 0x11_u64.to_le();
        let at = (&raw mut memory).cast::<u8>();
        // SAFETY: the bytes of `memory`, which nobody else has.
        unsafe {
            assert_eq!(u8::compare_exchange(at, 0x111, 0x22), 0x11);
            assert_eq!(u8::load(at), 0x11);
            assert_eq!(u8::compare_exchange(at, 0x11, 0x122), 0x11);
            assert_eq!(u32::update(at, |old| old.wrapping_sub(0x23)), 0x22);
            assert_eq!(u32::load(at), 0xFFFF_FFFF);
            assert_eq!(u64::load(at), 0xFFFF_FFFF);
        }
    }
}
