//! Floats. Operations on 32 bits are done on 64 and rounded by hand: 53 bits of significand are
//! more than twice 24 and two, so that rounding twice is rounding once. The sum, difference,
//! product, quotient and root of 64 bits are the processor's, which IEEE 754 defines exactly.
//!
//! A NaN that an operation makes is the canonical one; the specification allows others.
//! Spec: exec/numerics#floating-point-operations

use super::Value;

pub(super) const NAN32: u32 = 0x7FC0_0000;
pub(super) const NAN64: u64 = 0x7FF8_0000_0000_0000;

const SIGN32: u32 = 1 << 31;
const SIGN64: u64 = 1 << 63;

pub(super) fn binary32(name: &str, a: u32, b: u32) -> Value {
    if name == "copysign" {
        return Value::F32(a & !SIGN32 | b & SIGN32);
    }
    let (x, y) = (wide(a), wide(b));
    compare(name, x, y).unwrap_or_else(|| Value::F32(round32(arithmetic(name, x, y))))
}

pub(super) fn binary64(name: &str, a: u64, b: u64) -> Value {
    if name == "copysign" {
        return Value::F64(a & !SIGN64 | b & SIGN64);
    }
    let (x, y) = (f64::from_bits(a), f64::from_bits(b));
    compare(name, x, y).unwrap_or_else(|| Value::F64(bits64(arithmetic(name, x, y))))
}

pub(super) fn unary32(name: &str, a: u32) -> Value {
    Value::F32(match name {
        "abs" => a & !SIGN32,
        "neg" => a ^ SIGN32,
        // From 2^23 on there are no fractions.
        _ => round32(rounding(name, wide(a), 8_388_608.0)),
    })
}

pub(super) fn unary64(name: &str, a: u64) -> Value {
    Value::F64(match name {
        "abs" => a & !SIGN64,
        "neg" => a ^ SIGN64,
        // From 2^52 on there are no fractions.
        _ => bits64(rounding(name, f64::from_bits(a), 4_503_599_627_370_496.0)),
    })
}

fn compare(name: &str, x: f64, y: f64) -> Option<Value> {
    // Each is false for a NaN, but for `ne`.
    let holds = match name {
        "eq" => x == y,
        "ne" => x != y,
        "lt" => x < y,
        "gt" => x > y,
        "le" => x <= y,
        "ge" => x >= y,
        _ => return None,
    };
    Some(Value::I32(holds.into()))
}

fn arithmetic(name: &str, x: f64, y: f64) -> f64 {
    let nan = x.is_nan() || y.is_nan();
    match name {
        "add" => x + y,
        "sub" => x - y,
        "mul" => x * y,
        "div" => x / y,
        "min" | "max" if nan => f64::NAN,
        // Of two zeros the negative one is the smaller.
        "min" if x == y => f64::from_bits(x.to_bits() | y.to_bits()),
        "max" if x == y => f64::from_bits(x.to_bits() & y.to_bits()),
        "min" => [x, y][usize::from(y < x)],
        "max" => [x, y][usize::from(y > x)],
        _ => panic!("no operation of floats: {name}"),
    }
}

/// `whole` is where fractions end.
fn rounding(name: &str, x: f64, whole: f64) -> f64 {
    if name == "sqrt" {
        return x.sqrt();
    }
    if x.is_nan() || x.abs() >= whole {
        return x;
    }
    let toward_zero = x as i64;
    let below = if (toward_zero as f64) > x { toward_zero - 1 } else { toward_zero };
    let fraction = x - below as f64;
    let result = match name {
        "trunc" => toward_zero,
        "floor" => below,
        "ceil" => below + i64::from(fraction > 0.0),
        "nearest" if fraction == 0.5 => below + (below & 1),
        "nearest" => below + i64::from(fraction > 0.5),
        _ => panic!("no operation of a float: {name}"),
    };
    // A zero keeps the sign.
    f64::from_bits((result.unsigned_abs() as f64).to_bits() | x.to_bits() & SIGN64)
}

/// The same number in 64 bits: exact.
pub(super) fn wide(bits: u32) -> f64 {
    f64::from(f32::from_bits(bits))
}

/// The bits, with the canonical NaN.
pub(super) fn bits64(x: f64) -> u64 {
    if x.is_nan() { NAN64 } else { x.to_bits() }
}

/// To the nearest number of 32 bits, the even one of two. Spec: exec/numerics#aux-ieee
pub(super) fn round32(x: f64) -> u32 {
    if x.is_nan() {
        return NAN32;
    }
    let bits = x.to_bits();
    let sign = (bits >> 32) as u32 & SIGN32;
    let exponent = (bits >> 52 & 0x7FF) as i32 - 1023;
    if exponent > 127 {
        return sign | 0x7F80_0000;
    }
    if exponent < -150 {
        return sign;
    }
    let significand = bits & ((1 << 52) - 1) | 1 << 52;
    // The last place of the result, as a power of two, and how many bits lie below it.
    let last = (exponent - 23).max(-149);
    let shift = last - (exponent - 52);
    let (kept, lost) = (significand >> shift, significand & ((1 << shift) - 1));
    let half = 1 << (shift - 1);
    let up = lost > half || lost == half && kept & 1 == 1;
    // A significand that became too long carries into the exponent, up to infinity.
    let exponent = ((last + 149) as u32) << 23;
    sign | (exponent + (kept + u64::from(up)) as u32)
}
