//! A vector in a register of x86-64, and its lanes: the same 16 bytes.
#![expect(unsafe_code, reason = "a vector register and an array of lanes are the same bits")]

use std::mem::transmute;

/// A vector register.
pub(crate) type Vector = core::arch::x86_64::__m128i;

/// The vector whose bytes these are in memory.
#[inline(always)]
pub(crate) const fn from_memory(raw: Vector) -> Vector {
    raw
}

/// The bytes of a vector in memory.
#[inline(always)]
pub(crate) const fn to_memory(vector: Vector) -> Vector {
    vector
}

/// These low eight bytes, and zeros. (Through an array LLVM would take the bytes one by one.)
#[inline(always)]
pub(super) fn low(bytes: u64) -> Vector {
    // SAFETY: every x86-64 processor has SSE2.
    unsafe { core::arch::x86_64::_mm_set_epi64x(0, bytes.cast_signed()) }
}

macro_rules! lanes {
    ($($lane:ident $count:literal;)+) => { $(
        /// Lanes of this type.
        pub(super) mod $lane {
            use super::{Vector, transmute};

            #[inline(always)]
            pub(in super::super) fn lanes(vector: Vector) -> [$lane; $count] {
                // SAFETY: any 16 bytes are lanes; the lowest comes first in both.
                unsafe { transmute(vector) }
            }

            #[inline(always)]
            pub(in super::super) fn vector(lanes: [$lane; $count]) -> Vector {
                // SAFETY: any 16 bytes are a vector.
                unsafe { transmute(lanes) }
            }
        }
    )+ };
}

lanes! {
    i8 16;
    u8 16;
    i16 8;
    u16 8;
    i32 4;
    u32 4;
    i64 2;
    u64 2;
    f32 4;
    f64 2;
}
