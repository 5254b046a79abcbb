//! Plain accesses to memory that several threads use at once, and the places of atomic ones.
//!
//! Rust has no races: where one thread writes without an atomic, no other may look. A guest may
//! race. So what it writes as plain loads and stores is here atomic and relaxed, whole where the
//! address is aligned and byte by byte where it isn't: no more than the proposal lets a guest see.
//!
//! Proposal: <https://github.com/WebAssembly/threads>
#![expect(unsafe_code, reason = "raw accesses as those of `regs`; each cites its invariant")]

use std::sync::atomic::{AtomicU8, AtomicU16, AtomicU32, AtomicU64, Ordering::Relaxed};

use super::{Leave, Regs, TrapCode};
use crate::interp::numeric::cell::Cell;
use crate::interp::store::shared;
use crate::interp::trap::TrapKind;

impl Regs {
    /// The size in bytes of a memory that another thread may be growing.
    #[inline(always)]
    pub(super) fn shared_size(base: *mut u8) -> u64 {
        shared::len(base)
    }

    /// The value at `addr` of the shared memory with this base.
    #[inline(always)]
    pub(super) fn load_shared<T: Copy>(&mut self, base: *mut u8, addr: u64) -> Result<T, Leave> {
        self.check_shared(base, addr, size_of::<T>() as u64)?;
        // SAFETY: I5, and the bytes are inside, as just checked; what is loaded is plain bits.
        Ok(unsafe { read(base.add(addr as usize)) })
    }

    /// Writes the value at `addr` of the shared memory with this base.
    #[inline(always)]
    pub(super) fn store_shared<T: Copy>(
        &mut self,
        base: *mut u8,
        addr: u64,
        value: T,
    ) -> Result<(), Leave> {
        self.check_shared(base, addr, size_of::<T>() as u64)?;
        // SAFETY: I5, and the bytes are inside, as just checked; what is stored is plain bits.
        unsafe { write(base.add(addr as usize), value) };
        Ok(())
    }

    /// Does something with the cell at `addr` of the memory with this base, shared or not.
    #[inline(always)]
    pub(super) fn cell<C: Cell>(
        &mut self,
        base: *mut u8,
        addr: u64,
        act: impl FnOnce(CellAt<C>) -> u64,
    ) -> Result<u64, Leave> {
        if !addr.is_multiple_of(C::SIZE) {
            return Err(self.trap_with(TrapCode::UnalignedAtomic, addr, C::SIZE));
        }
        self.check_shared(base, addr, C::SIZE)?;
        let at = base.wrapping_add(addr as usize);
        Ok(act(CellAt { at, bytes: std::marker::PhantomData }))
    }

    /// Whether so many bytes at `addr` lie in the memory with this base.
    #[inline(always)]
    fn check_shared(&mut self, base: *mut u8, addr: u64, len: u64) -> Result<(), Leave> {
        // The sum can't wrap: see `Regs::far_address`.
        if addr + len > shared::len(base) {
            return Err(self.trap_with(TrapCode::MemoryOutOfBounds, addr, len));
        }
        Ok(())
    }

    /// The trap of `len` bytes at `addr`, unless they lie in the shared memory with this base.
    pub(super) fn check_shared_bytes(base: *mut u8, addr: u64, len: u64) -> Result<(), TrapKind> {
        match addr.checked_add(len) {
            Some(end) if end <= shared::len(base) => Ok(()),
            Some(_) | None => Err(TrapKind::MemoryOutOfBounds { addr, len }),
        }
    }

    /// Fills bytes of the shared memory with this base.
    pub(super) fn fill_shared(
        base: *mut u8,
        addr: u64,
        value: u8,
        len: u64,
    ) -> Result<(), TrapKind> {
        Self::check_shared_bytes(base, addr, len)?;
        // SAFETY: I5, and the bytes are inside, as just checked.
        unsafe { fill(base.add(addr as usize), value, len as usize) };
        Ok(())
    }

    /// Copies bytes between memories of which one at least is shared; they may overlap.
    pub(super) fn copy_shared(
        to: *mut u8,
        dst: u64,
        from: *mut u8,
        src: u64,
        len: u64,
    ) -> Result<(), TrapKind> {
        Self::check_shared_bytes(to, dst, len)?;
        Self::check_shared_bytes(from, src, len)?;
        // SAFETY: I5, and the bytes are inside, as just checked.
        unsafe { copy(from.add(src as usize), to.add(dst as usize), len as usize) };
        Ok(())
    }
}

/// An aligned cell inside a memory: only [`Regs::cell`] makes one.
pub(super) struct CellAt<C> {
    at: *mut u8,
    bytes: std::marker::PhantomData<C>,
}

impl<C: Cell> CellAt<C> {
    /// The value.
    #[inline(always)]
    pub(super) fn load(self) -> u64 {
        // SAFETY: aligned and inside, as `Regs::cell` found.
        unsafe { C::load(self.at) }
    }

    /// Writes the low bytes of a value. (The answer is nothing's.)
    #[inline(always)]
    pub(super) fn store(self, value: u64) -> u64 {
        // SAFETY: aligned and inside, as `Regs::cell` found.
        unsafe { C::store(self.at, value) };
        0
    }

    /// Writes what `change` makes of the value, and gives what was there.
    #[inline(always)]
    pub(super) fn update(self, change: impl Fn(u64) -> u64) -> u64 {
        // SAFETY: aligned and inside, as `Regs::cell` found.
        unsafe { C::update(self.at, change) }
    }

    /// Writes `new` where `expected` stands, and gives what stood there.
    #[inline(always)]
    pub(super) fn compare_exchange(self, expected: u64, new: u64) -> u64 {
        // SAFETY: aligned and inside, as `Regs::cell` found.
        unsafe { C::compare_exchange(self.at, expected, new) }
    }
}

/// A value and the bits of it, at most eight bytes.
#[repr(C)]
union Bits<T: Copy> {
    value: T,
    bits: u64,
    halves: [u64; 2],
}

/// Reads what a plain load reads. The loops are over numbers: no address of the frame may escape
/// into what isn't inlined, or the jump at the end of a handler becomes a call.
///
/// # Safety
/// A `T` lies in a memory at `at`; it is plain bits of 1, 2, 4, 8 or 16 bytes.
#[inline(always)]
unsafe fn read<T: Copy>(at: *mut u8) -> T {
    // SAFETY: as the caller promises; the field that is read was written, or its bytes were.
    unsafe {
        if size_of::<T>() == 16 {
            let halves = [read_bits::<8>(at), read_bits::<8>(at.add(8))];
            return Bits::<T> { halves }.value;
        }
        let bits = match size_of::<T>() {
            1 => read_bits::<1>(at),
            2 => read_bits::<2>(at),
            4 => read_bits::<4>(at),
            _ => read_bits::<8>(at),
        };
        Bits::<T> { halves: [bits, 0] }.value
    }
}

/// Writes what a plain store writes.
///
/// # Safety
/// As [`read`].
#[inline(always)]
unsafe fn write<T: Copy>(at: *mut u8, value: T) {
    let mut whole = Bits::<T> { halves: [0, 0] };
    whole.value = value;
    // SAFETY: as the caller promises; all bytes of `whole` were written.
    unsafe {
        match size_of::<T>() {
            1 => write_bits::<1>(at, whole.bits),
            2 => write_bits::<2>(at, whole.bits),
            4 => write_bits::<4>(at, whole.bits),
            8 => write_bits::<8>(at, whole.bits),
            _ => {
                write_bits::<8>(at, whole.halves[0]);
                write_bits::<8>(at.add(8), whole.halves[1]);
            }
        }
    }
}

/// `N` bytes, as the low bytes in memory of a number.
///
/// # Safety
/// So many bytes of a memory stand at `at`.
#[inline(always)]
unsafe fn read_bits<const N: usize>(at: *mut u8) -> u64 {
    // SAFETY: as the caller promises; aligned where more than a byte is read; others access them
    // atomically.
    unsafe {
        if at.addr().is_multiple_of(N) {
            return match N {
                1 => in_low_bytes(AtomicU8::from_ptr(at).load(Relaxed).into(), N),
                2 => in_low_bytes(AtomicU16::from_ptr(at.cast()).load(Relaxed).into(), N),
                4 => in_low_bytes(AtomicU32::from_ptr(at.cast()).load(Relaxed).into(), N),
                _ => AtomicU64::from_ptr(at.cast()).load(Relaxed),
            };
        }
        let mut bits = 0;
        let mut byte = 0;
        while byte < N {
            bits |= u64::from(AtomicU8::from_ptr(at.add(byte)).load(Relaxed)) << (8 * byte);
            byte += 1;
        }
        u64::from_le(bits)
    }
}

/// The first `N` bytes in memory of a number.
///
/// # Safety
/// As [`read_bits`].
#[inline(always)]
unsafe fn write_bits<const N: usize>(at: *mut u8, bits: u64) {
    // SAFETY: as in `read_bits`.
    unsafe {
        if at.addr().is_multiple_of(N) {
            let low = of_low_bytes(bits, N);
            return match N {
                1 => AtomicU8::from_ptr(at).store(low as u8, Relaxed),
                2 => AtomicU16::from_ptr(at.cast()).store(low as u16, Relaxed),
                4 => AtomicU32::from_ptr(at.cast()).store(low as u32, Relaxed),
                _ => AtomicU64::from_ptr(at.cast()).store(low, Relaxed),
            };
        }
        let bits = bits.to_le();
        let mut byte = 0;
        while byte < N {
            AtomicU8::from_ptr(at.add(byte)).store((bits >> (8 * byte)) as u8, Relaxed);
            byte += 1;
        }
    }
}

/// A number of `n` bytes where a number of eight bytes has its first ones in memory.
#[inline(always)]
const fn in_low_bytes(value: u64, n: usize) -> u64 {
    if cfg!(target_endian = "big") { value << (64 - 8 * n) } else { value }
}

/// The other way.
#[inline(always)]
const fn of_low_bytes(bits: u64, n: usize) -> u64 {
    if cfg!(target_endian = "big") { bits >> (64 - 8 * n) } else { bits }
}

/// Fills bytes of a memory.
///
/// # Safety
/// So many bytes of a memory stand at `at`.
unsafe fn fill(at: *mut u8, value: u8, len: usize) {
    for offset in 0..len {
        // SAFETY: as the caller promises.
        unsafe { AtomicU8::from_ptr(at.add(offset)) }.store(value, Relaxed);
    }
}

/// Copies bytes between memories of which one at least is shared; they may overlap.
///
/// # Safety
/// So many bytes of a memory stand at both.
unsafe fn copy(from: *mut u8, to: *mut u8, len: usize) {
    // SAFETY: as the caller promises.
    let byte = |offset| unsafe {
        let value = AtomicU8::from_ptr(from.add(offset)).load(Relaxed);
        AtomicU8::from_ptr(to.add(offset)).store(value, Relaxed);
    };
    if from < to { (0..len).rev().for_each(byte) } else { (0..len).for_each(byte) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A value as bytes in memory, at each alignment, through `read` and `write`.
    fn check<T: Copy + PartialEq + std::fmt::Debug>(value: T, bytes: &[u8]) {
        let mut memory = [0xEE_u64; 5];
        for offset in 0..16 {
            let at = memory.as_mut_ptr().cast::<u8>().wrapping_add(offset);
            // SAFETY: 40 bytes, of which these are some; nobody else has them.
            unsafe {
                write(at, value);
                assert_eq!(std::slice::from_raw_parts(at, bytes.len()), bytes, "at {offset}");
                assert_eq!(read::<T>(at), value, "at {offset}");
            }
        }
    }

    #[test]
    fn values_are_their_bytes_at_any_alignment() {
        check(0xA5_u8, &[0xA5]);
        check(0xA5B6_u16, &0xA5B6_u16.to_ne_bytes());
        check(-2_i32, &(-2_i32).to_ne_bytes());
        check(1.5_f32, &1.5_f32.to_ne_bytes());
        check(0x0102_0304_0506_0708_u64, &0x0102_0304_0506_0708_u64.to_ne_bytes());
        let vector: [u8; 16] = std::array::from_fn(|lane| lane as u8);
        check(vector, &vector);
    }
}
