//! What loads make of bytes, and stores of vectors. Addresses and bounds are the machine's.
//!
//! A whole vector is loaded as one: of sixteen bytes LLVM would make several loads. Memory is
//! little-endian whatever the host is. Spec: exec/numerics#storage

use super::lanes::Half::Low;
use super::lanes::{I16x8, I32x4, I64x2, Shape, U8x16, U16x8, U32x4, U64x2, map, replace, widen};
use super::unit;
use super::vector;
use super::vector::Vector;

vectors! {
    load {
        V128Load        (raw: Vector) -> U8x16 { U8x16::of(vector::from_memory(raw)) }
        V128Load8x8S    (raw: u64) -> I16x8 {
            map(unit::unpacked(low(raw)), |a| i16::from(a as i8))
        }
        V128Load8x8U    (raw: u64) -> U16x8 { unit::unpacked(low(raw)) }
        V128Load16x4S   (raw: u64) -> I32x4 { widen(I16x8::of(low(raw)), Low, i32::from) }
        V128Load16x4U   (raw: u64) -> U32x4 { widen(U16x8::of(low(raw)), Low, u32::from) }
        V128Load32x2S   (raw: u64) -> I64x2 { widen(I32x4::of(low(raw)), Low, i64::from) }
        V128Load32x2U   (raw: u64) -> U64x2 { widen(U32x4::of(low(raw)), Low, u64::from) }
        V128Load8Splat  (raw: u8) -> U8x16 { [u8::from_le(raw); 16] }
        V128Load16Splat (raw: u16) -> U16x8 { [u16::from_le(raw); 8] }
        V128Load32Splat (raw: u32) -> U32x4 { [u32::from_le(raw); 4] }
        V128Load64Splat (raw: u64) -> U64x2 { [u64::from_le(raw); 2] }
        V128Load32Zero  (raw: u32) -> U32x4 { [u32::from_le(raw), 0, 0, 0] }
        V128Load64Zero  (raw: u64) -> U64x2 { [u64::from_le(raw), 0] }
    }

    store {
        V128Store (a: U8x16) -> Vector { vector::to_memory(a.vector()) }
    }

    load_lane {
        V128Load8Lane  (a, at: U8x16, raw: u8) -> U8x16 { replace(a, at, u8::from_le(raw)) }
        V128Load16Lane (a, at: U16x8, raw: u16) -> U16x8 { replace(a, at, u16::from_le(raw)) }
        V128Load32Lane (a, at: U32x4, raw: u32) -> U32x4 { replace(a, at, u32::from_le(raw)) }
        V128Load64Lane (a, at: U64x2, raw: u64) -> U64x2 { replace(a, at, u64::from_le(raw)) }
    }

    store_lane {
        V128Store8Lane  (lane: u8) -> u8 { lane.to_le() }
        V128Store16Lane (lane: u16) -> u16 { lane.to_le() }
        V128Store32Lane (lane: u32) -> u32 { lane.to_le() }
        V128Store64Lane (lane: u64) -> u64 { lane.to_le() }
    }
}

/// Half a vector.
#[inline(always)]
fn low(raw: u64) -> Vector {
    vector::low(u64::from_le(raw))
}
