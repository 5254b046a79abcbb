//! Garbage-collected objects: structures, arrays and exceptions, in one reservation a store.
//!
//! ```text
//! a reference, in a slot of 64 bits          an object, a multiple of 8 bytes
//!   0                null                    ┌──────────────┬──────────────┬─ ─ ─
//!   8, 16, 24 ..     an object: its offset   │ type, 32 bit │ length       │ fields
//!   odd, 32 bit      an i31                  └──────────────┴──────────────┴─ ─ ─
//!   2^32 + n         the host's number n       type: the canonical type, or a tag and a mark
//! ```
//!
//! The kinds of reference differ in their bits, so conversions between `any` and `extern` are
//! free, and a collector can tell what points to an object. Nothing moves: a handle of the host's
//! needs no update, and neither does a reference in a register.

pub(crate) mod alloc;
mod build;
pub(crate) mod collect;
mod marks;
pub(crate) mod object;
pub(crate) mod roots;
mod segment;
pub(crate) mod types;

pub(crate) use object::{Heap, HeapRef};

/// The slot of the host's reference `number`.
pub(crate) const fn host_slot(number: u32) -> u64 {
    HOST | number as u64
}

/// The host's number in a slot, when the slot holds a reference of the host's.
pub(crate) const fn host_number(slot: u64) -> Option<u32> {
    if slot & HOST == 0 { None } else { Some(slot as u32) }
}

/// Whether a slot that holds a reference of the host, an i31 or an object holds an object.
pub(crate) const fn is_object(slot: u64) -> bool {
    /// The bits that offsets have.
    const OFFSET: u64 = 0xFFFF_FFF8;
    slot != 0 && slot & !OFFSET == 0
}

/// Marks references of the host's: no offset and no i31 has this bit.
const HOST: u64 = 1 << 32;

/// The slot of an i31: its lower 31 bits, and a 1 below them.
pub(crate) const fn i31_slot(value: i32) -> u64 {
    ((value as u32) << 1 | 1) as u64
}

/// The value of an i31, with its sign.
pub(crate) const fn i31_value(slot: u64) -> i32 {
    slot as i32 >> 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_reference_differ_in_their_bits() {
        for value in [0, 1, -1, 0x3FFF_FFFF, -0x4000_0000] {
            assert_eq!(i31_value(i31_slot(value)), value);
            assert_eq!(host_number(i31_slot(value)), None);
        }
        assert_eq!(i31_value(i31_slot(0x4000_0000)), -0x4000_0000, "31 bits are kept");
        assert_eq!(host_number(host_slot(u32::MAX)), Some(u32::MAX));
        assert_eq!(host_number(host_slot(0)), Some(0));
    }
}
