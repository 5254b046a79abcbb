//! Conversions: lanes made wider or narrower, and from integers to floats and back.
//!
//! Rust's `as` from a float saturates, and makes zero of NaN. Spec: exec/numerics#conversions

use super::lanes::Half::{High, Low};
use super::lanes::{
    F32x4, F64x2, I8x16, I16x8, I32x4, I64x2, U8x16, U16x8, U32x4, U64x2, cast, map, narrow, widen,
    zip,
};
use super::unit;

vectors! {
    unary {
        I16x8ExtendLowI8x16S    (a: I8x16) -> I16x8 { widen(a, Low, i16::from) }
        I16x8ExtendLowI8x16U    (a: U8x16) -> U16x8 { widen(a, Low, u16::from) }
        I16x8ExtendHighI8x16S   (a: I8x16) -> I16x8 { widen(a, High, i16::from) }
        I16x8ExtendHighI8x16U   (a: U8x16) -> U16x8 { widen(a, High, u16::from) }
        I32x4ExtendLowI16x8S    (a: I16x8) -> I32x4 { widen(a, Low, i32::from) }
        I32x4ExtendLowI16x8U    (a: U16x8) -> U32x4 { widen(a, Low, u32::from) }
        I32x4ExtendHighI16x8S   (a: I16x8) -> I32x4 { widen(a, High, i32::from) }
        I32x4ExtendHighI16x8U   (a: U16x8) -> U32x4 { widen(a, High, u32::from) }
        I64x2ExtendLowI32x4S    (a: I32x4) -> I64x2 { widen(a, Low, i64::from) }
        I64x2ExtendLowI32x4U    (a: U32x4) -> U64x2 { widen(a, Low, u64::from) }
        I64x2ExtendHighI32x4S   (a: I32x4) -> I64x2 { widen(a, High, i64::from) }
        I64x2ExtendHighI32x4U   (a: U32x4) -> U64x2 { widen(a, High, u64::from) }

        F32x4ConvertI32x4S      (a: I32x4) -> F32x4 { map(a, |a| a as f32) }
        F32x4ConvertI32x4U      (a: U32x4) -> F32x4 { map(a, |a| a as f32) }
        F64x2ConvertLowI32x4S   (a: I32x4) -> F64x2 { widen(a, Low, f64::from) }
        F64x2ConvertLowI32x4U   (a: U32x4) -> F64x2 { widen(a, Low, f64::from) }
        F64x2PromoteLowF32x4    (a: F32x4) -> F64x2 { widen(a, Low, f64::from) }
        F32x4DemoteF64x2Zero    (a: F64x2) -> F32x4 { [a[0] as f32, a[1] as f32, 0.0, 0.0] }

        I32x4TruncSatF32x4S     (a: F32x4) -> I32x4 { signed(a) }
        I32x4TruncSatF32x4U     (a: F32x4) -> U32x4 { unsigned(a) }
        I32x4TruncSatF64x2SZero (a: F64x2) -> I32x4 { [a[0] as i32, a[1] as i32, 0, 0] }
        I32x4TruncSatF64x2UZero (a: F64x2) -> U32x4 { [a[0] as u32, a[1] as u32, 0, 0] }
    }

    binary {
        I8x16NarrowI16x8S (a, b: I16x8) -> I8x16 {
            narrow(a, b, |a| a.clamp(i8::MIN.into(), i8::MAX.into()) as i8)
        }
        I8x16NarrowI16x8U (a, b: I16x8) -> U8x16 {
            narrow(a, b, |a| a.clamp(0, u8::MAX.into()) as u8)
        }
        I16x8NarrowI32x4S (a, b: I32x4) -> I16x8 {
            narrow(a, b, |a| a.clamp(i16::MIN.into(), i16::MAX.into()) as i16)
        }
        I16x8NarrowI32x4U (a, b: I32x4) -> U16x8 { unsigned16(a, b) }
    }
}

/// The nearest integers of 16 bits without sign: moved down, narrowed with sign, which SSE2 has,
/// and moved up again.
#[inline(always)]
fn unsigned16(a: I32x4, b: I32x4) -> U16x8 {
    const MIDDLE: u16 = 0x8000;
    let moved = |a| map(a, |a: i32| a.max(0) - i32::from(MIDDLE));
    map(unit::narrow(moved(a), moved(b)), |a| a.cast_unsigned() ^ MIDDLE)
}

/// From here on floats are too large for an i32.
const END: F32x4 = [2_147_483_648.0; 4];

/// Saturating: the processor gives the least integer for all that doesn't fit.
#[inline(always)]
fn signed(a: F32x4) -> I32x4 {
    let number = unit::f32::equal(a, a);
    let cut = unit::truncated(zip_bits(a, number));
    let above = unit::f32::at_most(END, a);
    zip(cut, cast(above), |cut, above| cut ^ above)
}

/// Saturating: what is too large for an i32 is cut after taking off 2^31, and that is added again.
#[inline(always)]
fn unsigned(a: F32x4) -> U32x4 {
    let a = unit::f32::greater(a, [0.0; 4]);
    let low = unit::truncated(a);
    let high = signed(zip(a, END, |a, end| a - end));
    let result = zip(low, high, |low, high| low | (high & (low >> 31)));
    map(result, i32::cast_unsigned)
}

/// The lanes where the mask is, zero elsewhere.
#[inline(always)]
fn zip_bits(a: F32x4, mask: U32x4) -> F32x4 {
    let bits: U32x4 = cast(a);
    cast(zip(bits, mask, |a, mask| a & mask))
}
