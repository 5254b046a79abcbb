//! Relaxed instructions, as the deterministic profile has them: most are strict ones, the others
//! are fused multiplication and addition and the products of bytes.
//!
//! Spec: appendix/profiles#deterministic-profile-small-mathrm-det

use super::lanes::{F32x4, F64x2, I8x16, I16x8, I32x4, cast, pairwise, zip, zip3};
use crate::wasm::Op;

vectors! {
    binary {
        I16x8RelaxedDotI8x16I7x16S commutative (a, b: I8x16) -> I16x8 { dot(a, b) }
    }

    ternary {
        F32x4RelaxedMadd  (a, b, c: F32x4) -> F32x4 { zip3(a, b, c, fused32) }
        F32x4RelaxedNmadd (a, b, c: F32x4) -> F32x4 { zip3(a, b, c, |a, b, c| fused32(-a, b, c)) }
        F64x2RelaxedMadd  (a, b, c: F64x2) -> F64x2 { zip3(a, b, c, fused64) }
        F64x2RelaxedNmadd (a, b, c: F64x2) -> F64x2 { zip3(a, b, c, |a, b, c| fused64(-a, b, c)) }
        I32x4RelaxedDotI8x16I7x16AddS (a, b, c: I8x16) -> I32x4 {
            zip(pairwise(dot(a, b), add), cast(c), i32::wrapping_add)
        }
    }
}

/// The strict instruction that does the same; the instruction itself when it has none.
pub(super) const fn strict(op: Op) -> Op {
    let mut at = 0;
    while at < STRICT.len() {
        let (relaxed, strict) = STRICT[at];
        if relaxed as u16 == op as u16 {
            return strict;
        }
        at += 1;
    }
    op
}

/// Each relaxed instruction beside the strict one.
const STRICT: [(Op, Op); 14] = [
    (Op::I8x16RelaxedSwizzle, Op::I8x16Swizzle),
    (Op::I32x4RelaxedTruncF32x4S, Op::I32x4TruncSatF32x4S),
    (Op::I32x4RelaxedTruncF32x4U, Op::I32x4TruncSatF32x4U),
    (Op::I32x4RelaxedTruncF64x2SZero, Op::I32x4TruncSatF64x2SZero),
    (Op::I32x4RelaxedTruncF64x2UZero, Op::I32x4TruncSatF64x2UZero),
    (Op::I8x16RelaxedLaneselect, Op::V128Bitselect),
    (Op::I16x8RelaxedLaneselect, Op::V128Bitselect),
    (Op::I32x4RelaxedLaneselect, Op::V128Bitselect),
    (Op::I64x2RelaxedLaneselect, Op::V128Bitselect),
    (Op::F32x4RelaxedMin, Op::F32x4Min),
    (Op::F32x4RelaxedMax, Op::F32x4Max),
    (Op::F64x2RelaxedMin, Op::F64x2Min),
    (Op::F64x2RelaxedMax, Op::F64x2Max),
    (Op::I16x8RelaxedQ15mulrS, Op::I16x8Q15mulrSatS),
];

/// `a * b + c`, rounded once. (Outlined: without the processor's instruction it is a call.)
#[inline(never)]
fn fused32(a: f32, b: f32, c: f32) -> f32 {
    a.mul_add(b, c)
}

/// `a * b + c`, rounded once.
#[inline(never)]
fn fused64(a: f64, b: f64, c: f64) -> f64 {
    a.mul_add(b, c)
}

/// Products of neighbours, both signed, added. Only -128 by -128 twice saturates.
#[inline(always)]
fn dot(a: I8x16, b: I8x16) -> I16x8 {
    let mut result = [0; 8];
    let mut lane = 0;
    while lane < 8 {
        let product = |at: usize| i16::from(a[at]) * i16::from(b[at]);
        result[lane] = product(2 * lane).saturating_add(product(2 * lane + 1));
        lane += 1;
    }
    result
}

/// The sum of two neighbours.
#[inline(always)]
fn add(a: i16, b: i16) -> i32 {
    i32::from(a) + i32::from(b)
}
