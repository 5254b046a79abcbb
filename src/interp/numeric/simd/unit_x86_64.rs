//! What LLVM doesn't find in loops over lanes: relations of floats, the sign bits of all lanes.
//! On x86-64 they are instructions of SSE2, which every such processor has.
#![expect(unsafe_code, reason = "calls of the processor's own instructions")]

use std::arch::x86_64 as arch;

use super::lanes::{I8x16, I16x8, I32x4, I64x2, Shape, U16x8};
use super::vector::Vector;

macro_rules! floats {
    ($($lane:ident $count:literal $register:ident $back:ident { $(
        $(#[$doc:meta])* $name:ident -> $out:ident $instruction:ident;
    )+ })+) => { $(
        /// Lanes of this type.
        pub(in super::super) mod $lane {
            use std::arch::x86_64 as arch;

            use super::Shape;

            $(
                $(#[$doc])*
                #[inline(always)]
                pub(in super::super) fn $name(
                    a: [$lane; $count],
                    b: [$lane; $count],
                ) -> [$out; $count] {
                    // SAFETY: every x86-64 processor has SSE2.
                    Shape::of(unsafe {
                        arch::$back(arch::$instruction(
                            arch::$register(a.vector()),
                            arch::$register(b.vector()),
                        ))
                    })
                }
            )+
        }
    )+ };
}

floats! {
    f32 4 _mm_castsi128_ps _mm_castps_si128 {
        /// Where `a == b`.
        equal -> u32 _mm_cmpeq_ps;
        /// Where `a == b` doesn't hold.
        unequal -> u32 _mm_cmpneq_ps;
        /// Where `a < b`.
        less -> u32 _mm_cmplt_ps;
        /// Where `a <= b`.
        at_most -> u32 _mm_cmple_ps;
        /// Where one is NaN.
        unordered -> u32 _mm_cmpunord_ps;
        /// `a` where `a < b`, else `b`.
        lesser -> f32 _mm_min_ps;
        /// `a` where `a > b`, else `b`.
        greater -> f32 _mm_max_ps;
    }
    f64 2 _mm_castsi128_pd _mm_castpd_si128 {
        /// Where `a == b`.
        equal -> u64 _mm_cmpeq_pd;
        /// Where `a == b` doesn't hold.
        unequal -> u64 _mm_cmpneq_pd;
        /// Where `a < b`.
        less -> u64 _mm_cmplt_pd;
        /// Where `a <= b`.
        at_most -> u64 _mm_cmple_pd;
        /// Where one is NaN.
        unordered -> u64 _mm_cmpunord_pd;
        /// `a` where `a < b`, else `b`.
        lesser -> f64 _mm_min_pd;
        /// `a` where `a > b`, else `b`.
        greater -> f64 _mm_max_pd;
    }
}

/// Floats cut to integers; the least integer where they don't fit.
#[inline(always)]
pub(super) fn truncated(a: [f32; 4]) -> I32x4 {
    // SAFETY: every x86-64 processor has SSE2.
    I32x4::of(unsafe { arch::_mm_cvttps_epi32(arch::_mm_castsi128_ps(a.vector())) })
}

/// The upper halves of the products.
#[inline(always)]
pub(super) fn upper_products(a: I16x8, b: I16x8) -> I16x8 {
    // SAFETY: every x86-64 processor has SSE2.
    I16x8::of(unsafe { arch::_mm_mulhi_epi16(a.vector(), b.vector()) })
}

/// The lanes of `a`, then those of `b`, saturating.
#[inline(always)]
pub(super) fn narrow(a: I32x4, b: I32x4) -> I16x8 {
    // SAFETY: every x86-64 processor has SSE2.
    I16x8::of(unsafe { arch::_mm_packs_epi32(a.vector(), b.vector()) })
}

/// The low bytes, made wider. (Of a load of eight bytes LLVM takes the first one apart.)
#[inline(always)]
pub(super) fn unpacked(bytes: Vector) -> U16x8 {
    // SAFETY: every x86-64 processor has SSE2.
    U16x8::of(unsafe { arch::_mm_unpacklo_epi8(bytes, arch::_mm_setzero_si128()) })
}

/// The sign bits.
#[inline(always)]
pub(super) fn signs8(a: I8x16) -> u32 {
    // SAFETY: every x86-64 processor has SSE2.
    unsafe { arch::_mm_movemask_epi8(a.vector()) }.cast_unsigned()
}

/// The sign bits.
#[inline(always)]
pub(super) fn signs16(a: I16x8) -> u32 {
    // SAFETY: every x86-64 processor has SSE2.
    let bytes = unsafe { arch::_mm_packs_epi16(a.vector(), arch::_mm_setzero_si128()) };
    signs8(I8x16::of(bytes))
}

/// The sign bits.
#[inline(always)]
pub(super) fn signs32(a: I32x4) -> u32 {
    // SAFETY: every x86-64 processor has SSE2.
    unsafe { arch::_mm_movemask_ps(arch::_mm_castsi128_ps(a.vector())) }.cast_unsigned()
}

/// The sign bits.
#[inline(always)]
pub(super) fn signs64(a: I64x2) -> u32 {
    // SAFETY: every x86-64 processor has SSE2.
    unsafe { arch::_mm_movemask_pd(arch::_mm_castsi128_pd(a.vector())) }.cast_unsigned()
}
