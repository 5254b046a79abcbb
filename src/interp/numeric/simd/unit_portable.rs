//! Relations of floats and the sign bits of all lanes, as loops over lanes.

use super::lanes;
use super::lanes::{Half, I8x16, I16x8, I32x4, I64x2, Shape, U8x16, U16x8, bits, map, zip};
use super::vector::Vector;

macro_rules! floats {
    ($($lane:ident $mask:ident $count:literal;)+) => { $(
        /// Lanes of this type.
        pub(in super::super) mod $lane {
            use super::super::lanes::{compare, zip};

            type Lanes = [$lane; $count];
            type Masks = [$mask; $count];

            /// Where `a == b`.
            #[inline(always)]
            pub(in super::super) fn equal(a: Lanes, b: Lanes) -> Masks {
                compare(a, b, |a, b| a == b)
            }
            /// Where `a == b` doesn't hold.
            #[inline(always)]
            pub(in super::super) fn unequal(a: Lanes, b: Lanes) -> Masks {
                compare(a, b, |a, b| a != b)
            }
            /// Where `a < b`.
            #[inline(always)]
            pub(in super::super) fn less(a: Lanes, b: Lanes) -> Masks {
                compare(a, b, |a, b| a < b)
            }
            /// Where `a <= b`.
            #[inline(always)]
            pub(in super::super) fn at_most(a: Lanes, b: Lanes) -> Masks {
                compare(a, b, |a, b| a <= b)
            }
            /// Where one is NaN.
            #[inline(always)]
            pub(in super::super) fn unordered(a: Lanes, b: Lanes) -> Masks {
                compare(a, b, |a, b| a.is_nan() || b.is_nan())
            }
            /// `a` where `a < b`, else `b`.
            #[inline(always)]
            pub(in super::super) fn lesser(a: Lanes, b: Lanes) -> Lanes {
                zip(a, b, |a, b| if a < b { a } else { b })
            }
            /// `a` where `a > b`, else `b`.
            #[inline(always)]
            pub(in super::super) fn greater(a: Lanes, b: Lanes) -> Lanes {
                zip(a, b, |a, b| if a > b { a } else { b })
            }
        }
    )+ };
}

floats! {
    f32 u32 4;
    f64 u64 2;
}

/// Floats cut to integers; the least integer where they don't fit.
#[inline(always)]
pub(super) fn truncated(a: [f32; 4]) -> I32x4 {
    const END: f32 = 2_147_483_648.0;
    map(a, |a| if -END <= a && a < END { a as i32 } else { i32::MIN })
}

/// The upper halves of the products.
#[inline(always)]
pub(super) fn upper_products(a: I16x8, b: I16x8) -> I16x8 {
    zip(a, b, |a, b| ((i32::from(a) * i32::from(b)) >> 16) as i16)
}

/// The lanes of `a`, then those of `b`, saturating.
#[inline(always)]
pub(super) fn narrow(a: I32x4, b: I32x4) -> I16x8 {
    lanes::narrow(a, b, |a| a.clamp(i16::MIN.into(), i16::MAX.into()) as i16)
}

/// The low bytes, made wider.
#[inline(always)]
pub(super) fn unpacked(bytes: Vector) -> U16x8 {
    lanes::widen(U8x16::of(bytes), Half::Low, u16::from)
}

/// The sign bits.
#[inline(always)]
pub(super) fn signs8(a: I8x16) -> u32 {
    bits(a, |a| a < 0)
}

/// The sign bits.
#[inline(always)]
pub(super) fn signs16(a: I16x8) -> u32 {
    bits(a, |a| a < 0)
}

/// The sign bits.
#[inline(always)]
pub(super) fn signs32(a: I32x4) -> u32 {
    bits(a, |a| a < 0)
}

/// The sign bits.
#[inline(always)]
pub(super) fn signs64(a: I64x2) -> u32 {
    bits(a, |a| a < 0)
}
