//! Arithmetic and relations of integers.
//!
//! Operands are taken unsigned where the sign makes no difference: that is how slots hold them.
//!
//! Spec: exec/numerics#integer-operations

use crate::interp::trap::TrapKind;

numeric! {
    int_binary {
        I32Add   commutative (a, b: u32) -> u32 { a.wrapping_add(b) }
        I32Sub               (a, b: u32) -> u32 { a.wrapping_sub(b) }
        I32Mul   commutative (a, b: u32) -> u32 { a.wrapping_mul(b) }
        I32DivS              (a, b: i32) -> i32 { a.checked_div(nonzero(b)?).ok_or(OVERFLOW)? }
        I32DivU              (a, b: u32) -> u32 { a / nonzero(b)? }
        I32RemS              (a, b: i32) -> i32 { a.wrapping_rem(nonzero(b)?) }
        I32RemU              (a, b: u32) -> u32 { a % nonzero(b)? }
        I32And   commutative (a, b: u32) -> u32 { a & b }
        I32Or    commutative (a, b: u32) -> u32 { a | b }
        I32Xor   commutative (a, b: u32) -> u32 { a ^ b }
        I32Shl               (a, b: u32) -> u32 { a.wrapping_shl(b) }
        I32ShrS              (a, b: i32) -> i32 { a.wrapping_shr(b as u32) }
        I32ShrU              (a, b: u32) -> u32 { a.wrapping_shr(b) }
        I32Rotl              (a, b: u32) -> u32 { a.rotate_left(b % u32::BITS) }
        I32Rotr              (a, b: u32) -> u32 { a.rotate_right(b % u32::BITS) }

        I64Add   commutative (a, b: u64) -> u64 { a.wrapping_add(b) }
        I64Sub               (a, b: u64) -> u64 { a.wrapping_sub(b) }
        I64Mul   commutative (a, b: u64) -> u64 { a.wrapping_mul(b) }
        I64DivS              (a, b: i64) -> i64 { a.checked_div(nonzero(b)?).ok_or(OVERFLOW)? }
        I64DivU              (a, b: u64) -> u64 { a / nonzero(b)? }
        I64RemS              (a, b: i64) -> i64 { a.wrapping_rem(nonzero(b)?) }
        I64RemU              (a, b: u64) -> u64 { a % nonzero(b)? }
        I64And   commutative (a, b: u64) -> u64 { a & b }
        I64Or    commutative (a, b: u64) -> u64 { a | b }
        I64Xor   commutative (a, b: u64) -> u64 { a ^ b }
        I64Shl               (a, b: u64) -> u64 { a.wrapping_shl(b as u32) }
        I64ShrS              (a, b: i64) -> i64 { a.wrapping_shr(b as u32) }
        I64ShrU              (a, b: u64) -> u64 { a.wrapping_shr(b as u32) }
        I64Rotl              (a, b: u64) -> u64 { a.rotate_left(b as u32 % u64::BITS) }
        I64Rotr              (a, b: u64) -> u64 { a.rotate_right(b as u32 % u64::BITS) }
    }

    int_compare {
        I32Eq    commutative (a, b: u32) -> bool { a == b }
        I32Ne    commutative (a, b: u32) -> bool { a != b }
        I32LtS               (a, b: i32) -> bool { a < b }
        I32LtU               (a, b: u32) -> bool { a < b }
        I32GtS               (a, b: i32) -> bool { a > b }
        I32GtU               (a, b: u32) -> bool { a > b }
        I32LeS               (a, b: i32) -> bool { a <= b }
        I32LeU               (a, b: u32) -> bool { a <= b }
        I32GeS               (a, b: i32) -> bool { a >= b }
        I32GeU               (a, b: u32) -> bool { a >= b }

        I64Eq    commutative (a, b: u64) -> bool { a == b }
        I64Ne    commutative (a, b: u64) -> bool { a != b }
        I64LtS               (a, b: i64) -> bool { a < b }
        I64LtU               (a, b: u64) -> bool { a < b }
        I64GtS               (a, b: i64) -> bool { a > b }
        I64GtU               (a, b: u64) -> bool { a > b }
        I64LeS               (a, b: i64) -> bool { a <= b }
        I64LeU               (a, b: u64) -> bool { a <= b }
        I64GeS               (a, b: i64) -> bool { a >= b }
        I64GeU               (a, b: u64) -> bool { a >= b }
    }

    int_unary {
        I32Eqz       (a: u32) -> u32 { u32::from(a == 0) }
        I32Clz       (a: u32) -> u32 { a.leading_zeros() }
        I32Ctz       (a: u32) -> u32 { a.trailing_zeros() }
        I32Popcnt    (a: u32) -> u32 { a.count_ones() }
        I32Extend8S  (a: u32) -> i32 { i32::from(a as i8) }
        I32Extend16S (a: u32) -> i32 { i32::from(a as i16) }

        I64Eqz       (a: u64) -> u32 { u32::from(a == 0) }
        I64Clz       (a: u64) -> u64 { u64::from(a.leading_zeros()) }
        I64Ctz       (a: u64) -> u64 { u64::from(a.trailing_zeros()) }
        I64Popcnt    (a: u64) -> u64 { u64::from(a.count_ones()) }
        I64Extend8S  (a: u64) -> i64 { i64::from(a as i8) }
        I64Extend16S (a: u64) -> i64 { i64::from(a as i16) }
        I64Extend32S (a: u64) -> i64 { i64::from(a as i32) }
    }
}

const OVERFLOW: TrapKind = TrapKind::IntegerOverflow;

/// A divisor.
#[inline(always)]
fn nonzero<T: Default + PartialEq>(divisor: T) -> Result<T, TrapKind> {
    if divisor == T::default() { Err(TrapKind::IntegerDivideByZero) } else { Ok(divisor) }
}
