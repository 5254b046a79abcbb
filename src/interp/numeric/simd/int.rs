//! Arithmetic, relations, shifts and tests of integer lanes, and of all bits at once.
//!
//! Lanes are taken unsigned where the sign makes no difference.
//!
//! Spec: exec/numerics#integer-operations

use super::lanes::Half::{High, Low};
use super::lanes::{
    I8x16, I16x8, I32x4, I64x2, U8x16, U16x8, U32x4, U64x2, all, compare, map, pairwise,
    widen_both, zip, zip3,
};
use super::unit;

vectors! {
    unary {
        I8x16Abs                  (a: I8x16) -> I8x16 { map(a, i8::wrapping_abs) }
        I8x16Neg                  (a: I8x16) -> I8x16 { map(a, i8::wrapping_neg) }
        I8x16Popcnt               (a: U8x16) -> U8x16 { popcnt(a) }
        I16x8Abs                  (a: I16x8) -> I16x8 { map(a, i16::wrapping_abs) }
        I16x8Neg                  (a: I16x8) -> I16x8 { map(a, i16::wrapping_neg) }
        I32x4Abs                  (a: I32x4) -> I32x4 { map(a, i32::wrapping_abs) }
        I32x4Neg                  (a: I32x4) -> I32x4 { map(a, i32::wrapping_neg) }
        I64x2Abs                  (a: I64x2) -> I64x2 { map(a, i64::wrapping_abs) }
        I64x2Neg                  (a: I64x2) -> I64x2 { map(a, i64::wrapping_neg) }
        V128Not                   (a: U64x2) -> U64x2 { map(a, |a| !a) }
        I16x8ExtaddPairwiseI8x16S (a: I8x16) -> I16x8 {
            pairwise(a, |a, b| i16::from(a) + i16::from(b))
        }
        I16x8ExtaddPairwiseI8x16U (a: U8x16) -> U16x8 {
            pairwise(a, |a, b| u16::from(a) + u16::from(b))
        }
        I32x4ExtaddPairwiseI16x8S (a: I16x8) -> I32x4 {
            pairwise(a, |a, b| i32::from(a) + i32::from(b))
        }
        I32x4ExtaddPairwiseI16x8U (a: U16x8) -> U32x4 {
            pairwise(a, |a, b| u32::from(a) + u32::from(b))
        }
    }

    binary {
        I8x16Add              commutative (a, b: U8x16) -> U8x16 { zip(a, b, u8::wrapping_add) }
        I8x16Sub                          (a, b: U8x16) -> U8x16 { zip(a, b, u8::wrapping_sub) }
        I8x16AddSatS          commutative (a, b: I8x16) -> I8x16 { zip(a, b, i8::saturating_add) }
        I8x16AddSatU          commutative (a, b: U8x16) -> U8x16 { zip(a, b, u8::saturating_add) }
        I8x16SubSatS                      (a, b: I8x16) -> I8x16 { zip(a, b, i8::saturating_sub) }
        I8x16SubSatU                      (a, b: U8x16) -> U8x16 { zip(a, b, u8::saturating_sub) }
        I8x16MinS             commutative (a, b: I8x16) -> I8x16 { zip(a, b, i8::min) }
        I8x16MinU             commutative (a, b: U8x16) -> U8x16 { zip(a, b, u8::min) }
        I8x16MaxS             commutative (a, b: I8x16) -> I8x16 { zip(a, b, i8::max) }
        I8x16MaxU             commutative (a, b: U8x16) -> U8x16 { zip(a, b, u8::max) }
        I8x16AvgrU            commutative (a, b: U8x16) -> U8x16 { zip(a, b, average8) }

        I8x16Eq               commutative (a, b: U8x16) -> U8x16 { compare(a, b, |a, b| a == b) }
        I8x16Ne               commutative (a, b: U8x16) -> U8x16 { compare(a, b, |a, b| a != b) }
        I8x16LtS                          (a, b: I8x16) -> U8x16 { compare(a, b, |a, b| a < b) }
        I8x16LtU                          (a, b: U8x16) -> U8x16 { compare(a, b, |a, b| a < b) }
        I8x16GtS                          (a, b: I8x16) -> U8x16 { compare(a, b, |a, b| a > b) }
        I8x16GtU                          (a, b: U8x16) -> U8x16 { compare(a, b, |a, b| a > b) }
        I8x16LeS                          (a, b: I8x16) -> U8x16 { compare(a, b, |a, b| a <= b) }
        I8x16LeU                          (a, b: U8x16) -> U8x16 { compare(a, b, |a, b| a <= b) }
        I8x16GeS                          (a, b: I8x16) -> U8x16 { compare(a, b, |a, b| a >= b) }
        I8x16GeU                          (a, b: U8x16) -> U8x16 { compare(a, b, |a, b| a >= b) }

        I16x8Add              commutative (a, b: U16x8) -> U16x8 { zip(a, b, u16::wrapping_add) }
        I16x8Sub                          (a, b: U16x8) -> U16x8 { zip(a, b, u16::wrapping_sub) }
        I16x8Mul              commutative (a, b: U16x8) -> U16x8 { zip(a, b, u16::wrapping_mul) }
        I16x8AddSatS          commutative (a, b: I16x8) -> I16x8 { zip(a, b, i16::saturating_add) }
        I16x8AddSatU          commutative (a, b: U16x8) -> U16x8 { zip(a, b, u16::saturating_add) }
        I16x8SubSatS                      (a, b: I16x8) -> I16x8 { zip(a, b, i16::saturating_sub) }
        I16x8SubSatU                      (a, b: U16x8) -> U16x8 { zip(a, b, u16::saturating_sub) }
        I16x8MinS             commutative (a, b: I16x8) -> I16x8 { zip(a, b, i16::min) }
        I16x8MinU             commutative (a, b: U16x8) -> U16x8 { zip(a, b, u16::min) }
        I16x8MaxS             commutative (a, b: I16x8) -> I16x8 { zip(a, b, i16::max) }
        I16x8MaxU             commutative (a, b: U16x8) -> U16x8 { zip(a, b, u16::max) }
        I16x8AvgrU            commutative (a, b: U16x8) -> U16x8 { zip(a, b, average16) }
        I16x8Q15mulrSatS      commutative (a, b: I16x8) -> I16x8 { q15_product(a, b) }

        I16x8Eq               commutative (a, b: U16x8) -> U16x8 { compare(a, b, |a, b| a == b) }
        I16x8Ne               commutative (a, b: U16x8) -> U16x8 { compare(a, b, |a, b| a != b) }
        I16x8LtS                          (a, b: I16x8) -> U16x8 { compare(a, b, |a, b| a < b) }
        I16x8LtU                          (a, b: U16x8) -> U16x8 { compare(a, b, |a, b| a < b) }
        I16x8GtS                          (a, b: I16x8) -> U16x8 { compare(a, b, |a, b| a > b) }
        I16x8GtU                          (a, b: U16x8) -> U16x8 { compare(a, b, |a, b| a > b) }
        I16x8LeS                          (a, b: I16x8) -> U16x8 { compare(a, b, |a, b| a <= b) }
        I16x8LeU                          (a, b: U16x8) -> U16x8 { compare(a, b, |a, b| a <= b) }
        I16x8GeS                          (a, b: I16x8) -> U16x8 { compare(a, b, |a, b| a >= b) }
        I16x8GeU                          (a, b: U16x8) -> U16x8 { compare(a, b, |a, b| a >= b) }

        I32x4Add              commutative (a, b: U32x4) -> U32x4 { zip(a, b, u32::wrapping_add) }
        I32x4Sub                          (a, b: U32x4) -> U32x4 { zip(a, b, u32::wrapping_sub) }
        I32x4Mul              commutative (a, b: U32x4) -> U32x4 { zip(a, b, u32::wrapping_mul) }
        I32x4MinS             commutative (a, b: I32x4) -> I32x4 { zip(a, b, i32::min) }
        I32x4MinU             commutative (a, b: U32x4) -> U32x4 { zip(a, b, u32::min) }
        I32x4MaxS             commutative (a, b: I32x4) -> I32x4 { zip(a, b, i32::max) }
        I32x4MaxU             commutative (a, b: U32x4) -> U32x4 { zip(a, b, u32::max) }

        I32x4Eq               commutative (a, b: U32x4) -> U32x4 { compare(a, b, |a, b| a == b) }
        I32x4Ne               commutative (a, b: U32x4) -> U32x4 { compare(a, b, |a, b| a != b) }
        I32x4LtS                          (a, b: I32x4) -> U32x4 { compare(a, b, |a, b| a < b) }
        I32x4LtU                          (a, b: U32x4) -> U32x4 { compare(a, b, |a, b| a < b) }
        I32x4GtS                          (a, b: I32x4) -> U32x4 { compare(a, b, |a, b| a > b) }
        I32x4GtU                          (a, b: U32x4) -> U32x4 { compare(a, b, |a, b| a > b) }
        I32x4LeS                          (a, b: I32x4) -> U32x4 { compare(a, b, |a, b| a <= b) }
        I32x4LeU                          (a, b: U32x4) -> U32x4 { compare(a, b, |a, b| a <= b) }
        I32x4GeS                          (a, b: I32x4) -> U32x4 { compare(a, b, |a, b| a >= b) }
        I32x4GeU                          (a, b: U32x4) -> U32x4 { compare(a, b, |a, b| a >= b) }

        I64x2Add              commutative (a, b: U64x2) -> U64x2 { zip(a, b, u64::wrapping_add) }
        I64x2Sub                          (a, b: U64x2) -> U64x2 { zip(a, b, u64::wrapping_sub) }
        I64x2Mul              commutative (a, b: U64x2) -> U64x2 { zip(a, b, u64::wrapping_mul) }

        I64x2Eq               commutative (a, b: U64x2) -> U64x2 { compare(a, b, |a, b| a == b) }
        I64x2Ne               commutative (a, b: U64x2) -> U64x2 { compare(a, b, |a, b| a != b) }
        I64x2LtS                          (a, b: I64x2) -> U64x2 { compare(a, b, |a, b| a < b) }
        I64x2GtS                          (a, b: I64x2) -> U64x2 { compare(a, b, |a, b| a > b) }
        I64x2LeS                          (a, b: I64x2) -> U64x2 { compare(a, b, |a, b| a <= b) }
        I64x2GeS                          (a, b: I64x2) -> U64x2 { compare(a, b, |a, b| a >= b) }

        V128And               commutative (a, b: U64x2) -> U64x2 { zip(a, b, |a, b| a & b) }
        V128Or                commutative (a, b: U64x2) -> U64x2 { zip(a, b, |a, b| a | b) }
        V128Xor               commutative (a, b: U64x2) -> U64x2 { zip(a, b, |a, b| a ^ b) }
        V128Andnot                        (a, b: U64x2) -> U64x2 { zip(a, b, |a, b| a & !b) }

        I32x4DotI16x8S        commutative (a, b: I16x8) -> I32x4 { dot(a, b) }
        I16x8ExtmulLowI8x16S  commutative (a, b: I8x16) -> I16x8 {
            widen_both(a, b, Low, |a, b| i16::from(a) * i16::from(b))
        }
        I16x8ExtmulLowI8x16U  commutative (a, b: U8x16) -> U16x8 {
            widen_both(a, b, Low, |a, b| u16::from(a) * u16::from(b))
        }
        I16x8ExtmulHighI8x16S commutative (a, b: I8x16) -> I16x8 {
            widen_both(a, b, High, |a, b| i16::from(a) * i16::from(b))
        }
        I16x8ExtmulHighI8x16U commutative (a, b: U8x16) -> U16x8 {
            widen_both(a, b, High, |a, b| u16::from(a) * u16::from(b))
        }
        I32x4ExtmulLowI16x8S  commutative (a, b: I16x8) -> I32x4 {
            widen_both(a, b, Low, |a, b| i32::from(a) * i32::from(b))
        }
        I32x4ExtmulLowI16x8U  commutative (a, b: U16x8) -> U32x4 {
            widen_both(a, b, Low, |a, b| u32::from(a) * u32::from(b))
        }
        I32x4ExtmulHighI16x8S commutative (a, b: I16x8) -> I32x4 {
            widen_both(a, b, High, |a, b| i32::from(a) * i32::from(b))
        }
        I32x4ExtmulHighI16x8U commutative (a, b: U16x8) -> U32x4 {
            widen_both(a, b, High, |a, b| u32::from(a) * u32::from(b))
        }
        I64x2ExtmulLowI32x4S  commutative (a, b: I32x4) -> I64x2 {
            widen_both(a, b, Low, |a, b| i64::from(a) * i64::from(b))
        }
        I64x2ExtmulLowI32x4U  commutative (a, b: U32x4) -> U64x2 {
            widen_both(a, b, Low, |a, b| u64::from(a) * u64::from(b))
        }
        I64x2ExtmulHighI32x4S commutative (a, b: I32x4) -> I64x2 {
            widen_both(a, b, High, |a, b| i64::from(a) * i64::from(b))
        }
        I64x2ExtmulHighI32x4U commutative (a, b: U32x4) -> U64x2 {
            widen_both(a, b, High, |a, b| u64::from(a) * u64::from(b))
        }
    }

    ternary {
        V128Bitselect (a, b, c: U64x2) -> U64x2 { zip3(a, b, c, |a, b, c| (a & c) | (b & !c)) }
    }

    shift {
        I8x16Shl  (a: U8x16, by: u32) -> U8x16 { map(a, |a| a.wrapping_shl(by)) }
        I8x16ShrS (a: I8x16, by: u32) -> I8x16 { map(a, |a| a.wrapping_shr(by)) }
        I8x16ShrU (a: U8x16, by: u32) -> U8x16 { map(a, |a| a.wrapping_shr(by)) }
        I16x8Shl  (a: U16x8, by: u32) -> U16x8 { map(a, |a| a.wrapping_shl(by)) }
        I16x8ShrS (a: I16x8, by: u32) -> I16x8 { map(a, |a| a.wrapping_shr(by)) }
        I16x8ShrU (a: U16x8, by: u32) -> U16x8 { map(a, |a| a.wrapping_shr(by)) }
        I32x4Shl  (a: U32x4, by: u32) -> U32x4 { map(a, |a| a.wrapping_shl(by)) }
        I32x4ShrS (a: I32x4, by: u32) -> I32x4 { map(a, |a| a.wrapping_shr(by)) }
        I32x4ShrU (a: U32x4, by: u32) -> U32x4 { map(a, |a| a.wrapping_shr(by)) }
        I64x2Shl  (a: U64x2, by: u32) -> U64x2 { map(a, |a| a.wrapping_shl(by)) }
        I64x2ShrS (a: I64x2, by: u32) -> I64x2 { map(a, |a| a.wrapping_shr(by)) }
        I64x2ShrU (a: U64x2, by: u32) -> U64x2 { map(a, |a| a.wrapping_shr(by)) }
    }

    test {
        V128AnyTrue  (a: U64x2) -> u32 { u32::from(a[0] | a[1] != 0) }
        I8x16AllTrue (a: U8x16) -> u32 { all(a, |a| a != 0) }
        I8x16Bitmask (a: I8x16) -> u32 { unit::signs8(a) }
        I16x8AllTrue (a: U16x8) -> u32 { all(a, |a| a != 0) }
        I16x8Bitmask (a: I16x8) -> u32 { unit::signs16(a) }
        I32x4AllTrue (a: U32x4) -> u32 { all(a, |a| a != 0) }
        I32x4Bitmask (a: I32x4) -> u32 { unit::signs32(a) }
        I64x2AllTrue (a: U64x2) -> u32 { all(a, |a| a != 0) }
        I64x2Bitmask (a: I64x2) -> u32 { unit::signs64(a) }
    }
}

/// The bits set in each byte.
#[inline(always)]
fn popcnt(a: U8x16) -> U8x16 {
    map(a, |a| a.count_ones() as u8)
}

/// The mean, rounded up.
#[inline(always)]
fn average8(a: u8, b: u8) -> u8 {
    (u16::from(a) + u16::from(b)).div_ceil(2) as u8
}

/// The mean, rounded up.
#[inline(always)]
fn average16(a: u16, b: u16) -> u16 {
    (u32::from(a) + u32::from(b)).div_ceil(2) as u16
}

/// The product of two fractions with 15 bits behind the point, rounded, saturating: from its upper
/// and lower half, since a vector unit has no product of 32 bits. Only -1 by -1 is too large.
#[inline(always)]
fn q15_product(a: I16x8, b: I16x8) -> I16x8 {
    let upper = unit::upper_products(a, b);
    let rounded = zip(a, b, |a, b| ((a.wrapping_mul(b).cast_unsigned() >> 14) + 1) >> 1);
    let product = zip(upper, map(rounded, u16::cast_signed), |a, b| (a << 1).wrapping_add(b));
    map(product, |a| a ^ if a == i16::MIN { -1 } else { 0 })
}

/// Products of neighbours, added.
#[inline(always)]
fn dot(a: I16x8, b: I16x8) -> I32x4 {
    let mut result = [0; 4];
    let mut lane = 0;
    while lane < 4 {
        let product = |at: usize| i32::from(a[at]) * i32::from(b[at]);
        result[lane] = product(2 * lane).wrapping_add(product(2 * lane + 1));
        lane += 1;
    }
    result
}
