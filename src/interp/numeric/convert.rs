//! Conversions: between integers, between floats, and from one to the other.
//!
//! Spec: exec/numerics#conversions

use crate::interp::trap::TrapKind;

numeric! {
    int_unary {
        I32WrapI64        (a: u64) -> u32 { a as u32 }
        I64ExtendI32S     (a: i32) -> i64 { i64::from(a) }
        I64ExtendI32U     (a: u32) -> u64 { u64::from(a) }
    }

    float_unary {
        F32DemoteF64      (a: f64) -> f32 { a as f32 }
        F64PromoteF32     (a: f32) -> f64 { f64::from(a) }
    }

    int_to_float {
        F32ConvertI32S    (a: i32) -> f32 { a as f32 }
        F32ConvertI32U    (a: u32) -> f32 { a as f32 }
        F32ConvertI64S    (a: i64) -> f32 { a as f32 }
        F32ConvertI64U    (a: u64) -> f32 { a as f32 }
        F64ConvertI32S    (a: i32) -> f64 { f64::from(a) }
        F64ConvertI32U    (a: u32) -> f64 { f64::from(a) }
        F64ConvertI64S    (a: i64) -> f64 { a as f64 }
        F64ConvertI64U    (a: u64) -> f64 { a as f64 }
        F32ReinterpretI32 (a: u32) -> f32 { f32::from_bits(a) }
        F64ReinterpretI64 (a: u64) -> f64 { f64::from_bits(a) }
    }

    float_to_int {
        I32TruncF32S      (a: f32) -> i32 { between(I32_BOUNDS, a.into())? as i32 }
        I32TruncF32U      (a: f32) -> u32 { between(U32_BOUNDS, a.into())? as u32 }
        I32TruncF64S      (a: f64) -> i32 { between(I32_BOUNDS, a)? as i32 }
        I32TruncF64U      (a: f64) -> u32 { between(U32_BOUNDS, a)? as u32 }
        I64TruncF32S      (a: f32) -> i64 { between(I64_BOUNDS, a.into())? as i64 }
        I64TruncF32U      (a: f32) -> u64 { between(U64_BOUNDS, a.into())? as u64 }
        I64TruncF64S      (a: f64) -> i64 { between(I64_BOUNDS, a)? as i64 }
        I64TruncF64U      (a: f64) -> u64 { between(U64_BOUNDS, a)? as u64 }

        // Rust's `as` saturates, and makes zero of NaN.
        I32TruncSatF32S   (a: f32) -> i32 { a as i32 }
        I32TruncSatF32U   (a: f32) -> u32 { a as u32 }
        I32TruncSatF64S   (a: f64) -> i32 { a as i32 }
        I32TruncSatF64U   (a: f64) -> u32 { a as u32 }
        I64TruncSatF32S   (a: f32) -> i64 { a as i64 }
        I64TruncSatF32U   (a: f32) -> u64 { a as u64 }
        I64TruncSatF64S   (a: f64) -> i64 { a as i64 }
        I64TruncSatF64U   (a: f64) -> u64 { a as u64 }

        I32ReinterpretF32 (a: f32) -> u32 { a.to_bits() }
        I64ReinterpretF64 (a: f64) -> u64 { a.to_bits() }
    }
}

/// An integer type's nearest floats that truncation no longer brings into its range.
#[derive(Clone, Copy)]
struct Bounds {
    above: f64,
    below: f64,
}

const I32_BOUNDS: Bounds = Bounds { above: -2_147_483_649.0, below: 2_147_483_648.0 };
const U32_BOUNDS: Bounds = Bounds { above: -1.0, below: 4_294_967_296.0 };
const I64_BOUNDS: Bounds = Bounds { above: TWO_63.next_up().copysign(-1.0), below: TWO_63 };
const U64_BOUNDS: Bounds = Bounds { above: -1.0, below: 2.0 * TWO_63 };

const TWO_63: f64 = 9_223_372_036_854_775_808.0;

/// `a`, when truncation brings it into the range. (Every f32 is an f64, so one pair of bounds
/// serves both.)
#[inline(always)]
fn between(bounds: Bounds, a: f64) -> Result<f64, TrapKind> {
    if bounds.above < a && a < bounds.below {
        Ok(a)
    } else if a.is_nan() {
        Err(TrapKind::InvalidConversionToInteger)
    } else {
        Err(TrapKind::IntegerOverflow)
    }
}
