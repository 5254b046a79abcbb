//! Lanes moved: chosen, filled, taken out and put in.
//!
//! Spec: exec/instructions#vector-instructions

use super::lanes::{F32x4, F64x2, U8x16, U16x8, U32x4, U64x2, replace};

vectors! {
    shuffle {
        I8x16Shuffle (a, b, lanes: U8x16) -> U8x16 { shuffle(a, b, lanes) }
    }

    binary {
        I8x16Swizzle (a, b: U8x16) -> U8x16 { swizzle(a, b) }
    }

    int_splat {
        I8x16Splat (a: u32) -> U8x16 { [a as u8; 16] }
        I16x8Splat (a: u32) -> U16x8 { [a as u16; 8] }
        I32x4Splat (a: u32) -> U32x4 { [a; 4] }
        I64x2Splat (a: u64) -> U64x2 { [a; 2] }
    }

    float_splat {
        F32x4Splat (a: f32) -> F32x4 { [a; 4] }
        F64x2Splat (a: f64) -> F64x2 { [a; 2] }
    }

    int_extract {
        I8x16ExtractLaneS (lane: i8) -> i32 { lane.into() }
        I8x16ExtractLaneU (lane: u8) -> u32 { lane.into() }
        I16x8ExtractLaneS (lane: i16) -> i32 { lane.into() }
        I16x8ExtractLaneU (lane: u16) -> u32 { lane.into() }
        I32x4ExtractLane  (lane: u32) -> u32 { lane }
        I64x2ExtractLane  (lane: u64) -> u64 { lane }
    }

    float_extract {
        F32x4ExtractLane (lane: f32) -> f32 { lane }
        F64x2ExtractLane (lane: f64) -> f64 { lane }
    }

    int_replace {
        I8x16ReplaceLane (a, at: U8x16, value: u32) -> U8x16 { replace(a, at, value as u8) }
        I16x8ReplaceLane (a, at: U16x8, value: u32) -> U16x8 { replace(a, at, value as u16) }
        I32x4ReplaceLane (a, at: U32x4, value: u32) -> U32x4 { replace(a, at, value) }
        I64x2ReplaceLane (a, at: U64x2, value: u64) -> U64x2 { replace(a, at, value) }
    }

    float_replace {
        F32x4ReplaceLane (a, at: U32x4, value: f32) -> U32x4 { replace(a, at, value.to_bits()) }
        F64x2ReplaceLane (a, at: U64x2, value: f64) -> U64x2 { replace(a, at, value.to_bits()) }
    }
}

/// Bytes of both vectors, the second's numbered from 16 on.
#[inline(always)]
fn shuffle(a: U8x16, b: U8x16, lanes: U8x16) -> U8x16 {
    let mut result = [0; 16];
    let mut lane = 0;
    while lane < 16 {
        let from = lanes[lane] as usize;
        result[lane] = if from < 16 { a[from] } else { b[from & 15] };
        lane += 1;
    }
    result
}

/// Bytes of `a`; zero where the index is outside.
#[inline(always)]
fn swizzle(a: U8x16, b: U8x16) -> U8x16 {
    let mut result = [0; 16];
    let mut lane = 0;
    while lane < 16 {
        let byte = a[(b[lane] & 15) as usize];
        result[lane] = if b[lane] < 16 { byte } else { 0 };
        lane += 1;
    }
    result
}
