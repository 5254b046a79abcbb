//! Integers: `n` bits as mathematical numbers of 128, and modulo 2^n at the end.
//!
//! Spec: exec/numerics#integer-operations

use super::Trap;

/// What an operation gives: bits as wide as the operands, or a truth value.
pub(super) enum Outcome {
    Bits(u128),
    Bool(bool),
}

pub(super) type Result128 = Result<Outcome, Trap>;

/// Two's complement. Spec: exec/numerics#aux-signed
pub(super) fn signed(n: u32, i: u128) -> i128 {
    if i < 1 << (n - 1) { i as i128 } else { i as i128 - (1 << n) }
}

/// The inverse of `signed`, for any integer: modulo 2^n.
pub(super) fn unsigned(n: u32, i: i128) -> u128 {
    i.rem_euclid(1 << n) as u128
}

pub(super) fn binary(name: &str, n: u32, a: u128, b: u128) -> Result128 {
    let (s, t) = (signed(n, a), signed(n, b));
    if (name.starts_with("div") || name.starts_with("rem")) && b == 0 {
        return Err(Trap::IntegerDivideByZero);
    }
    let (modulus, k) = (1_u128 << n, (b % u128::from(n)) as u32);
    let bits = match name {
        "add" => a + b,
        "sub" => modulus + a - b,
        "mul" => (a * b) % modulus,
        "div_u" => a / b,
        "rem_u" => a % b,
        "div_s" if s / t == 1 << (n - 1) => return Err(Trap::IntegerOverflow),
        "div_s" => unsigned(n, s / t),
        "rem_s" => unsigned(n, s - t * (s / t)),
        "and" => a & b,
        "or" => a | b,
        "xor" => a ^ b,
        "shl" => a * (1 << k) % modulus,
        "shr_u" => a / (1 << k),
        "shr_s" => unsigned(n, s.div_euclid(1 << k)),
        "rotl" => a * (1 << k) % modulus + a / (1 << (n - k)),
        "rotr" => a / (1 << k) + a * (1 << (n - k)) % modulus,
        _ => return Ok(Outcome::Bool(compare(name, (a, b), (s, t)))),
    };
    Ok(Outcome::Bits(bits % modulus))
}

fn compare(name: &str, (a, b): (u128, u128), (s, t): (i128, i128)) -> bool {
    match name {
        "eq" => a == b,
        "ne" => a != b,
        "lt_u" => a < b,
        "gt_u" => a > b,
        "le_u" => a <= b,
        "ge_u" => a >= b,
        "lt_s" => s < t,
        "gt_s" => s > t,
        "le_s" => s <= t,
        "ge_s" => s >= t,
        _ => panic!("no operation of integers: {name}"),
    }
}

pub(super) fn unary(name: &str, n: u32, a: u128) -> Result128 {
    let bit = |place: u32| a >> place & 1 == 1;
    let extend = |m: u32| unsigned(n, signed(m, a % (1 << m)));
    let bits = match name {
        "eqz" => return Ok(Outcome::Bool(a == 0)),
        "clz" => (0..n).rev().take_while(|place| !bit(*place)).count() as u128,
        "ctz" => (0..n).take_while(|place| !bit(*place)).count() as u128,
        "popcnt" => (0..n).filter(|place| bit(*place)).count() as u128,
        "extend8_s" => extend(8),
        "extend16_s" => extend(16),
        "extend32_s" => extend(32),
        _ => panic!("no operation of an integer: {name}"),
    };
    Ok(Outcome::Bits(bits))
}
