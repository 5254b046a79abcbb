//! Floats as integers: what IEEE 754 says, computed from mantissas and exponents without any
//! float of the host's.

use crate::wasm::ValType;

/// How a float's bits are laid out: sign, exponent, mantissa.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Format {
    exponent: u32,
    mantissa: u32,
}

pub(super) const F32: Format = Format { exponent: 8, mantissa: 23 };
pub(super) const F64: Format = Format { exponent: 11, mantissa: 52 };

/// What some bits mean.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Number {
    Nan,
    Infinite { negative: bool },
    Finite(Finite),
}

/// `mantissa` times two to the power `exponent`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Finite {
    pub(super) negative: bool,
    pub(super) mantissa: u128,
    pub(super) exponent: i32,
}

/// How a fraction is dropped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Rounding {
    Up,
    Down,
    TowardZero,
    Nearest,
}

impl Format {
    pub(super) fn of(ty: ValType) -> Self {
        match ty {
            ValType::F32 => F32,
            ValType::F64 => F64,
            ValType::I32 | ValType::I64 | ValType::V128 | ValType::Ref(_) => {
                panic!("{ty} is no float")
            }
        }
    }

    pub(super) fn sign_bit(self) -> u64 {
        1 << (self.exponent + self.mantissa)
    }

    fn hidden_bit(self) -> u64 {
        1 << self.mantissa
    }

    fn highest_exponent(self) -> u64 {
        (1 << self.exponent) - 1
    }

    /// The power of two that a mantissa's lowest bit counts in the smallest numbers.
    fn least_exponent(self) -> i32 {
        let bias = (1 << (self.exponent - 1)) - 1;
        1 - bias - self.mantissa as i32
    }

    fn infinity(self) -> u64 {
        self.highest_exponent() << self.mantissa
    }

    /// A NaN whose highest mantissa bit is set: what arithmetic gives.
    pub(super) fn is_quiet_nan(self, bits: u64) -> bool {
        let quiet = self.infinity() | self.hidden_bit() >> 1;
        bits & quiet == quiet
    }

    pub(super) fn decode(self, bits: u64) -> Number {
        let negative = bits & self.sign_bit() != 0;
        let exponent = bits >> self.mantissa & self.highest_exponent();
        let fraction = bits & (self.hidden_bit() - 1);
        if exponent == self.highest_exponent() {
            return if fraction == 0 { Number::Infinite { negative } } else { Number::Nan };
        }
        let hidden = if exponent == 0 { 0 } else { self.hidden_bit() };
        Number::Finite(Finite {
            negative,
            mantissa: u128::from(fraction | hidden),
            exponent: self.least_exponent() + exponent.max(1) as i32 - 1,
        })
    }

    /// The bits of a number, rounded to nearest, ties to even. None stands for any quiet NaN.
    pub(super) fn encode(self, number: Number) -> Option<u64> {
        match number {
            Number::Nan => None,
            Number::Infinite { negative } => Some(self.signed(negative, self.infinity())),
            Number::Finite(finite) => Some(self.signed(finite.negative, self.round(finite))),
        }
    }

    fn signed(self, negative: bool, bits: u64) -> u64 {
        if negative { bits | self.sign_bit() } else { bits }
    }

    fn round(self, Finite { mantissa, exponent, .. }: Finite) -> u64 {
        let significant = (u128::BITS - mantissa.leading_zeros()) as i32;
        let excess = significant - (self.mantissa as i32 + 1);
        let shift = excess.max(self.least_exponent() - exponent);
        let kept = match u32::try_from(shift) {
            Err(_) | Ok(0) => mantissa << -shift,
            Ok(shift) => {
                let (kept, rest) = split(mantissa, shift);
                let half = 1_u128.checked_shl(shift - 1).unwrap_or(u128::MAX);
                kept + u128::from(rest > half || rest == half && kept % 2 == 1)
            }
        };
        // A mantissa that rounding made too long carries into the exponent by itself.
        let kept = kept as u64;
        if kept < self.hidden_bit() {
            return kept;
        }
        let exponent = (exponent + shift - self.least_exponent()) as u64;
        (kept + (exponent << self.mantissa)).min(self.infinity())
    }
}

/// A mantissa without its `count` lowest bits, and those bits.
fn split(mantissa: u128, count: u32) -> (u128, u128) {
    match count {
        0..128 => (mantissa >> count, mantissa & ((1 << count) - 1)),
        _ => (0, mantissa),
    }
}

/// A mantissa without its `count` lowest bits; its last bit says whether any of them was set.
fn jam(mantissa: u128, count: u32) -> u128 {
    let (kept, rest) = split(mantissa, count);
    kept | u128::from(rest != 0)
}

/// Bits enough beyond any mantissa that a last bit of "there was more" rounds as the whole would.
const GUARD: u32 = 70;

pub(super) fn add(a: Number, b: Number) -> Number {
    let (a, b) = match (a, b) {
        (Number::Finite(a), Number::Finite(b)) => (a, b),
        (Number::Infinite { negative }, Number::Infinite { negative: other })
            if negative == other =>
        {
            return a;
        }
        (Number::Infinite { .. }, Number::Finite(_)) => return a,
        (Number::Finite(_), Number::Infinite { .. }) => return b,
        _ => return Number::Nan,
    };
    let (large, small) = if a.exponent >= b.exponent { (a, b) } else { (b, a) };
    let distance = large.exponent.abs_diff(small.exponent);
    let up = distance.min(GUARD);
    let signed = |negative, mantissa: u128| {
        if negative { -(mantissa as i128) } else { mantissa as i128 }
    };
    let sum = signed(large.negative, large.mantissa << up)
        + signed(small.negative, jam(small.mantissa, distance - up));
    Number::Finite(Finite {
        negative: if sum == 0 { a.negative && b.negative } else { sum < 0 },
        mantissa: sum.unsigned_abs(),
        exponent: large.exponent - up as i32,
    })
}

pub(super) fn negate(a: Number) -> Number {
    match a {
        Number::Nan => Number::Nan,
        Number::Infinite { negative } => Number::Infinite { negative: !negative },
        Number::Finite(a) => Number::Finite(Finite { negative: !a.negative, ..a }),
    }
}

pub(super) fn multiply(a: Number, b: Number) -> Number {
    let negative = is_negative(a) != is_negative(b);
    match (a, b) {
        (Number::Finite(a), Number::Finite(b)) => Number::Finite(Finite {
            negative,
            mantissa: a.mantissa * b.mantissa,
            exponent: a.exponent + b.exponent,
        }),
        (Number::Nan, _) | (_, Number::Nan) => Number::Nan,
        _ if is_zero(a) || is_zero(b) => Number::Nan,
        _ => Number::Infinite { negative },
    }
}

pub(super) fn divide(a: Number, b: Number) -> Number {
    let negative = is_negative(a) != is_negative(b);
    match (a, b) {
        (Number::Finite(a), Number::Finite(b)) if b.mantissa == 0 => {
            if a.mantissa == 0 {
                Number::Nan
            } else {
                Number::Infinite { negative }
            }
        }
        (Number::Finite(a), Number::Finite(b)) => {
            let up = a.mantissa.leading_zeros().saturating_sub(1).min(126);
            let dividend = a.mantissa << up;
            let more = u128::from(dividend % b.mantissa != 0);
            Number::Finite(Finite {
                negative,
                mantissa: (dividend / b.mantissa) | more,
                exponent: a.exponent - up as i32 - b.exponent,
            })
        }
        (Number::Infinite { .. }, Number::Finite(_)) => Number::Infinite { negative },
        (Number::Finite(_), Number::Infinite { .. }) => {
            Number::Finite(Finite { negative, mantissa: 0, exponent: 0 })
        }
        _ => Number::Nan,
    }
}

pub(super) fn square_root(a: Number) -> Number {
    match a {
        Number::Finite(Finite { mantissa: 0, .. }) | Number::Infinite { negative: false } => a,
        Number::Finite(Finite { negative: false, mantissa, exponent }) => {
            // An even exponent, halved exactly.
            let up = mantissa.leading_zeros() - 2;
            let up = up + (exponent - up as i32).rem_euclid(2) as u32;
            let square = mantissa << up;
            let root = square.isqrt();
            Number::Finite(Finite {
                negative: false,
                mantissa: root | u128::from(root * root != square),
                exponent: (exponent - up as i32) / 2,
            })
        }
        Number::Nan | Number::Infinite { negative: true } | Number::Finite(_) => Number::Nan,
    }
}

/// The integer near a finite number; others stay what they are.
pub(super) fn to_integer(a: Number, rounding: Rounding) -> Number {
    let Number::Finite(Finite { negative, mantissa, exponent: exponent @ ..0 }) = a else {
        return a;
    };
    let below = exponent.unsigned_abs();
    let (whole, rest) = split(mantissa, below);
    let half = 1_u128.checked_shl(below - 1).unwrap_or(u128::MAX);
    let away = match rounding {
        Rounding::TowardZero => false,
        Rounding::Up => !negative && rest != 0,
        Rounding::Down => negative && rest != 0,
        Rounding::Nearest => rest > half || rest == half && whole % 2 == 1,
    };
    let mantissa = whole + u128::from(away);
    Number::Finite(Finite { negative, mantissa, exponent: 0 })
}

pub(super) fn is_negative(a: Number) -> bool {
    matches!(a, Number::Infinite { negative: true } | Number::Finite(Finite { negative: true, .. }))
}

fn is_zero(a: Number) -> bool {
    matches!(a, Number::Finite(Finite { mantissa: 0, .. }))
}
