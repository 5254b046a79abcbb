//! Conversions between types. Spec: exec/numerics#conversions

use serverless_wasm::wasm::ValType;

use super::float::{NAN64, bits64, round32, wide};
use super::integer::{signed, unsigned};
use super::{Trap, Value};

/// Converts a value to another type; none when the name is not a conversion's.
pub(super) fn convert(name: &str, from: Value, to: ValType) -> Option<Result<Value, Trap>> {
    let (what, rest) = name.split_once('_')?;
    let is_signed = rest.ends_with("_s");
    Some(match (what, from) {
        ("wrap", Value::I64(bits)) => Ok(Value::I32((bits % (1 << 32)) as u32)),
        ("extend", Value::I32(bits)) => Ok(match is_signed {
            true => Value::I64(unsigned(64, signed(32, bits.into())) as u64),
            false => Value::I64(bits.into()),
        }),
        ("reinterpret", Value::I32(bits)) => Ok(Value::F32(bits)),
        ("reinterpret", Value::I64(bits)) => Ok(Value::F64(bits)),
        ("reinterpret", Value::F32(bits)) => Ok(Value::I32(bits)),
        ("reinterpret", Value::F64(bits)) => Ok(Value::I64(bits)),
        ("promote", Value::F32(bits)) => Ok(Value::F64(bits64(wide(bits)))),
        ("demote", Value::F64(bits)) => Ok(Value::F32(round32(f64::from_bits(bits)))),
        ("convert", Value::I32(bits)) => Ok(to_float(to, is_signed, 32, bits.into())),
        ("convert", Value::I64(bits)) => Ok(to_float(to, is_signed, 64, bits.into())),
        ("trunc", Value::F32(bits)) => truncate(rest, to, wide(bits)),
        ("trunc", Value::F64(bits)) => truncate(rest, to, f64::from_bits(bits)),
        _ => return None,
    })
}

/// The nearest float to an integer, the even one of two.
fn to_float(to: ValType, is_signed: bool, n: u32, bits: u128) -> Value {
    let number = if is_signed { signed(n, bits) } else { bits as i128 };
    match to {
        ValType::F32 => Value::F32(round32(nearest(number, 24))),
        _ => Value::F64(nearest(number, 53).to_bits()),
    }
}

/// Rounds to so many significant bits; what comes out is exact in 64 bits.
fn nearest(number: i128, significant: u32) -> f64 {
    let size = number.unsigned_abs();
    let length = u128::BITS - size.leading_zeros();
    let shift = length.saturating_sub(significant);
    let (kept, lost) = (size >> shift, size & ((1 << shift) - 1));
    let half = (1_u128 << shift) / 2;
    let up = shift > 0 && (lost > half || lost == half && kept & 1 == 1);
    let rounded = (kept + u128::from(up)) as f64 * 2_f64.powi(shift as i32);
    if number < 0 { -rounded } else { rounded }
}

/// Spec: exec/numerics#op-trunc-u and its kin; `rest` is `f32_s` or `sat_f32_s`.
fn truncate(rest: &str, to: ValType, x: f64) -> Result<Value, Trap> {
    let saturates = rest.starts_with("sat_");
    let n = if to == ValType::I32 { 32 } else { 64 };
    let (least, most) = match rest.ends_with("_s") {
        true => (-(1_i128 << (n - 1)), (1_i128 << (n - 1)) - 1),
        false => (0, (1_i128 << n) - 1),
    };
    if bits64(x) == NAN64 && !saturates {
        return Err(Trap::InvalidConversionToInteger);
    }
    // Saturates far outside of what the types hold; a NaN gives zero.
    let whole = x as i128;
    if !(least..=most).contains(&whole) && !saturates {
        return Err(Trap::IntegerOverflow);
    }
    let bits = unsigned(n, whole.clamp(least, most)) as u64;
    Ok(if n == 32 { Value::I32(bits as u32) } else { Value::I64(bits) })
}
