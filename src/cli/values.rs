//! Arguments of a function as a person writes them: as the text format writes constants.

use std::ffi::OsString;

use wast::parser::{self, Parse, ParseBuffer};
use wast::token::{F32, F64};

use crate::wasm::types::Types;
use crate::wasm::{FuncType, Val, ValType};

use super::Failure;

/// Reads the arguments by the function's type.
pub(super) fn parse_all(ty: &FuncType, texts: &[OsString]) -> Result<Vec<Val>, Failure> {
    if texts.len() != ty.params.len() {
        let (wanted, found) = (ty.params.len(), texts.len());
        let takes = Types(&ty.params);
        return Err(Failure::Usage(format!(
            "wrong number of arguments: the function takes {wanted} {takes}, found {found}"
        )));
    }
    let pairs = texts.iter().zip(&ty.params).enumerate();
    pairs.map(|(index, (text, ty))| parse_one(index + 1, &text.to_string_lossy(), *ty)).collect()
}

fn parse_one(position: usize, text: &str, ty: ValType) -> Result<Val, Failure> {
    let value = match ty {
        ValType::I32 => constant::<i32>(text).map(Val::I32),
        ValType::I64 => constant::<i64>(text).map(Val::I64),
        ValType::F32 => constant::<F32>(text).map(|value| Val::F32(value.bits)),
        ValType::F64 => constant::<F64>(text).map(|value| Val::F64(value.bits)),
        ValType::Ref(_) | ValType::V128 => None,
    };
    value.ok_or_else(|| {
        let known = match ty {
            ValType::V128 | ValType::Ref(_) => ": there is no way to write one here",
            ValType::I32 | ValType::I64 | ValType::F32 | ValType::F64 => "",
        };
        Failure::Usage(format!("argument {position}: `{text}` is not a {ty}{known}"))
    })
}

/// A constant and nothing else: no spaces, no comments.
fn constant<T: for<'p> Parse<'p>>(text: &str) -> Option<T> {
    if text.contains(|c: char| c.is_whitespace() || matches!(c, ';' | '(' | ')' | '"')) {
        return None;
    }
    let buffer = ParseBuffer::new(text).ok()?;
    parser::parse::<T>(&buffer).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `text` is as a value of type `ty`, printed.
    fn check(ty: ValType, text: &str, expected: Option<&str>) {
        let found = parse_one(1, text, ty).ok().map(|value| value.to_string());
        assert_eq!(found.as_deref(), expected, "{text}");
    }

    #[test]
    fn integers_are_signed_or_unsigned_decimal_or_hex() {
        check(ValType::I32, "-1", Some("-1"));
        check(ValType::I32, "+7", Some("7"));
        check(ValType::I32, "4294967295", Some("-1"));
        check(ValType::I32, "0xff", Some("255"));
        check(ValType::I32, "-0x80000000", Some("-2147483648"));
        check(ValType::I32, "1_000", Some("1000"));
        check(ValType::I64, "0xffffffffffffffff", Some("-1"));
        for wrong in ["", "x", "1.5", "4294967296", "-2147483649", "0x", "1 ", "1 2", "1;;"] {
            check(ValType::I32, wrong, None);
        }
    }

    #[test]
    fn floats_are_decimal_or_hex_or_not_numbers() {
        check(ValType::F64, "1.5", Some("1.5"));
        check(ValType::F64, "7", Some("7"));
        check(ValType::F64, "-0x1p-1", Some("-0.5"));
        check(ValType::F64, "-inf", Some("-inf"));
        check(ValType::F64, "nan", Some("nan"));
        check(ValType::F32, "nan:0x200001", Some("nan:0x200001"));
        check(ValType::F32, "1e-3", Some("0.001"));
        for wrong in ["", "one", "1,5", "inf inf", "nan:", "NaN"] {
            check(ValType::F64, wrong, None);
        }
    }

    #[test]
    fn vectors_and_references_can_not_be_written() {
        check(ValType::V128, "0", None);
        check(ValType::FUNCREF, "null", None);
    }
}
