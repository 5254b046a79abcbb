//! Lists of instructions by type, for expressions to choose from.

use super::Ty;

pub(super) const ARITHMETIC: [&str; 15] = [
    "add", "sub", "mul", "and", "or", "xor", "shl", "shr_s", "shr_u", "rotl", "rotr", "div_s",
    "div_u", "rem_s", "rem_u",
];
pub(super) const FLOAT_ARITHMETIC: [&str; 7] =
    ["add", "sub", "mul", "div", "min", "max", "copysign"];
pub(super) const COMPARISONS: [&str; 10] =
    ["eq", "ne", "lt_s", "lt_u", "gt_s", "gt_u", "le_s", "le_u", "ge_s", "ge_u"];
pub(super) const FLOAT_COMPARISONS: [&str; 6] = ["eq", "ne", "lt", "gt", "le", "ge"];
const FLOAT_UNARY: [&str; 7] = ["abs", "neg", "ceil", "floor", "trunc", "nearest", "sqrt"];

/// Operations on one operand of the type itself.
pub(super) fn unary(ty: Ty) -> &'static [&'static str] {
    match ty {
        Ty::I32 => &["clz", "ctz", "popcnt", "extend8_s", "extend16_s"],
        Ty::I64 => &["clz", "ctz", "popcnt", "extend8_s", "extend16_s", "extend32_s"],
        Ty::F32 | Ty::F64 | Ty::Func | Ty::Extern => &FLOAT_UNARY,
    }
}

/// Conversions to a type: from what, and how. Those that trap are few.
pub(super) fn conversions(to: Ty) -> &'static [(Ty, &'static str)] {
    match to {
        Ty::I32 => &[
            (Ty::I64, "wrap_i64"),
            (Ty::I64, "wrap_i64"),
            (Ty::F32, "trunc_sat_f32_s"),
            (Ty::F32, "trunc_sat_f32_u"),
            (Ty::F64, "trunc_sat_f64_s"),
            (Ty::F64, "trunc_sat_f64_u"),
            (Ty::F64, "trunc_f64_s"),
            (Ty::F32, "trunc_f32_u"),
            (Ty::F32, "reinterpret_f32"),
        ],
        Ty::I64 => &[
            (Ty::I32, "extend_i32_s"),
            (Ty::I32, "extend_i32_u"),
            (Ty::F32, "trunc_sat_f32_s"),
            (Ty::F32, "trunc_sat_f32_u"),
            (Ty::F64, "trunc_sat_f64_s"),
            (Ty::F64, "trunc_sat_f64_u"),
            (Ty::F32, "trunc_f32_s"),
            (Ty::F64, "trunc_f64_u"),
            (Ty::F64, "reinterpret_f64"),
        ],
        Ty::F32 | Ty::Func | Ty::Extern => &[
            (Ty::I32, "convert_i32_s"),
            (Ty::I32, "convert_i32_u"),
            (Ty::I64, "convert_i64_s"),
            (Ty::I64, "convert_i64_u"),
            (Ty::F64, "demote_f64"),
            (Ty::I32, "reinterpret_i32"),
        ],
        Ty::F64 => &[
            (Ty::I32, "convert_i32_s"),
            (Ty::I32, "convert_i32_u"),
            (Ty::I64, "convert_i64_s"),
            (Ty::I64, "convert_i64_u"),
            (Ty::F32, "promote_f32"),
            (Ty::I64, "reinterpret_i64"),
        ],
    }
}

/// Loads of a type.
pub(super) fn loads(ty: Ty) -> &'static [&'static str] {
    match ty {
        Ty::I32 => &["load", "load8_s", "load8_u", "load16_s", "load16_u"],
        Ty::I64 => &["load", "load8_s", "load8_u", "load16_s", "load16_u", "load32_s", "load32_u"],
        Ty::F32 | Ty::F64 | Ty::Func | Ty::Extern => &["load"],
    }
}

/// Stores of a type.
pub(super) fn stores(ty: Ty) -> &'static [&'static str] {
    match ty {
        Ty::I32 => &["store", "store8", "store16"],
        Ty::I64 => &["store", "store8", "store16", "store32"],
        Ty::F32 | Ty::F64 | Ty::Func | Ty::Extern => &["store"],
    }
}
