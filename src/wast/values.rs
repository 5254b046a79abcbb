//! The script's values and ours: arguments become `Val`s, expected results are patterns that a
//! `Val` matches or not.

use wast::core::{AbstractHeapType, HeapType, NanPattern, V128Pattern, WastArgCore, WastRetCore};
use wast::token::{F32, F64};
use wast::{WastArg, WastRet};

use crate::wasm::{AbsHeapType, ExternRef, Ref, V128, Val};

/// Spec: the sign, eight bits of exponent, 23 of payload; the first payload bit makes a NaN quiet.
const CANONICAL_32: u32 = 0x7FC0_0000;
const SIGN_32: u32 = 0x8000_0000;
const CANONICAL_64: u64 = 0x7FF8_0000_0000_0000;
const SIGN_64: u64 = 0x8000_0000_0000_0000;

/// The arguments of an invocation.
pub(super) fn arguments(args: &[WastArg<'_>]) -> Result<Vec<Val>, String> {
    args.iter().map(argument).collect()
}

fn argument(arg: &WastArg<'_>) -> Result<Val, String> {
    let WastArg::Core(arg) = arg else { return Err(format!("not a core value: {arg:?}")) };
    Ok(match arg {
        WastArgCore::I32(value) => Val::I32(*value),
        WastArgCore::I64(value) => Val::I64(*value),
        WastArgCore::F32(value) => Val::F32(value.bits),
        WastArgCore::F64(value) => Val::F64(value.bits),
        WastArgCore::V128(value) => Val::V128(V128(value.to_le_bytes())),
        WastArgCore::RefNull(heap) => Val::Ref(Ref::Null(bottom(heap)?)),
        WastArgCore::RefExtern(number) => Val::Ref(Ref::Extern(ExternRef(*number))),
        WastArgCore::RefHost(number) => Val::Ref(Ref::Extern(ExternRef(*number))),
    })
}

/// The type of null in the hierarchy of a heap type.
fn bottom(heap: &HeapType<'_>) -> Result<AbsHeapType, String> {
    let HeapType::Abstract { shared: false, ty } = heap else {
        return Err(format!("null of a type of the module: {heap:?}"));
    };
    match ty {
        AbstractHeapType::Func | AbstractHeapType::NoFunc => Ok(AbsHeapType::NoFunc),
        AbstractHeapType::Extern | AbstractHeapType::NoExtern => Ok(AbsHeapType::NoExtern),
        AbstractHeapType::Exn | AbstractHeapType::NoExn => Ok(AbsHeapType::NoExn),
        AbstractHeapType::Any
        | AbstractHeapType::Eq
        | AbstractHeapType::I31
        | AbstractHeapType::Struct
        | AbstractHeapType::Array
        | AbstractHeapType::None => Ok(AbsHeapType::None),
        AbstractHeapType::Cont | AbstractHeapType::NoCont => Err("no continuations".into()),
    }
}

/// Whether results are what a script expects; a message where not.
pub(super) fn compare(expected: &[WastRet<'_>], results: &[Val]) -> Result<(), String> {
    let same = expected.len() == results.len()
        && expected.iter().zip(results).all(|(pattern, value)| matches(pattern, value));
    if same {
        return Ok(());
    }
    let results: Vec<String> = results.iter().map(show).collect();
    Err(format!("gave [{}], expected {expected:?}", results.join(" ")))
}

/// Bits and all: two NaNs print alike.
fn show(value: &Val) -> String {
    match value {
        Val::F32(bits) => format!("f32 {value} ({bits:#010x})"),
        Val::F64(bits) => format!("f64 {value} ({bits:#018x})"),
        Val::I32(_) => format!("i32 {value}"),
        Val::I64(_) => format!("i64 {value}"),
        Val::V128(_) | Val::Ref(_) => value.to_string(),
    }
}

fn matches(pattern: &WastRet<'_>, value: &Val) -> bool {
    let WastRet::Core(pattern) = pattern else { return false };
    matches_core(pattern, value)
}

fn matches_core(pattern: &WastRetCore<'_>, value: &Val) -> bool {
    match (pattern, value) {
        (WastRetCore::I32(expected), Val::I32(value)) => expected == value,
        (WastRetCore::I64(expected), Val::I64(value)) => expected == value,
        (WastRetCore::F32(expected), Val::F32(bits)) => matches_f32(expected, *bits),
        (WastRetCore::F64(expected), Val::F64(bits)) => matches_f64(expected, *bits),
        (WastRetCore::V128(expected), Val::V128(value)) => matches_v128(expected, *value),
        (WastRetCore::Either(patterns), _) => patterns.iter().any(|one| matches_core(one, value)),
        (_, Val::Ref(reference)) => matches_ref(pattern, *reference),
        (_, Val::I32(_) | Val::I64(_) | Val::F32(_) | Val::F64(_) | Val::V128(_)) => false,
    }
}

fn matches_ref(pattern: &WastRetCore<'_>, reference: Ref) -> bool {
    match (pattern, reference) {
        (WastRetCore::RefNull(None), Ref::Null(_)) => true,
        (WastRetCore::RefNull(Some(heap)), Ref::Null(ty)) => bottom(heap) == Ok(ty),
        (WastRetCore::RefExtern(expected), Ref::Extern(ExternRef(number))) => {
            expected.is_none_or(|expected| expected == number)
        }
        (WastRetCore::RefFunc(_), Ref::Func(_)) => true,
        // An internal reference that was made external is none of the host's.
        (WastRetCore::RefExtern(None), Ref::I31(_) | Ref::Struct(_) | Ref::Array(_)) => true,
        (WastRetCore::RefHost(expected), Ref::Extern(ExternRef(number))) => *expected == number,
        (WastRetCore::RefI31, Ref::I31(_))
        | (WastRetCore::RefStruct, Ref::Struct(_))
        | (WastRetCore::RefArray, Ref::Array(_))
        | (WastRetCore::RefEq, Ref::I31(_) | Ref::Struct(_) | Ref::Array(_))
        | (WastRetCore::RefAny, Ref::I31(_) | Ref::Struct(_) | Ref::Array(_) | Ref::Extern(_)) => {
            true
        }
        (
            _,
            Ref::Null(_)
            | Ref::Extern(_)
            | Ref::Func(_)
            | Ref::I31(_)
            | Ref::Struct(_)
            | Ref::Array(_)
            | Ref::Exception(_),
        ) => false,
    }
}

fn matches_f32(pattern: &NanPattern<F32>, bits: u32) -> bool {
    match pattern {
        NanPattern::Value(value) => value.bits == bits,
        NanPattern::CanonicalNan => bits & !SIGN_32 == CANONICAL_32,
        NanPattern::ArithmeticNan => bits & CANONICAL_32 == CANONICAL_32,
    }
}

fn matches_f64(pattern: &NanPattern<F64>, bits: u64) -> bool {
    match pattern {
        NanPattern::Value(value) => value.bits == bits,
        NanPattern::CanonicalNan => bits & !SIGN_64 == CANONICAL_64,
        NanPattern::ArithmeticNan => bits & CANONICAL_64 == CANONICAL_64,
    }
}

fn matches_v128(pattern: &V128Pattern, V128(bytes): V128) -> bool {
    match pattern {
        V128Pattern::I8x16(lanes) => *lanes == lanes_of(bytes, i8::from_le_bytes),
        V128Pattern::I16x8(lanes) => *lanes == lanes_of(bytes, i16::from_le_bytes),
        V128Pattern::I32x4(lanes) => *lanes == lanes_of(bytes, i32::from_le_bytes),
        V128Pattern::I64x2(lanes) => *lanes == lanes_of(bytes, i64::from_le_bytes),
        V128Pattern::F32x4(lanes) => {
            let found: [u32; 4] = lanes_of(bytes, u32::from_le_bytes);
            lanes.iter().zip(found).all(|(lane, bits)| matches_f32(lane, bits))
        }
        V128Pattern::F64x2(lanes) => {
            let found: [u64; 2] = lanes_of(bytes, u64::from_le_bytes);
            lanes.iter().zip(found).all(|(lane, bits)| matches_f64(lane, bits))
        }
    }
}

/// The bytes of a vector as `N` lanes of `SIZE` bytes.
fn lanes_of<T, const SIZE: usize, const N: usize>(
    bytes: [u8; 16],
    read: impl Fn([u8; SIZE]) -> T,
) -> [T; N] {
    std::array::from_fn(|lane| read(std::array::from_fn(|byte| bytes[lane * SIZE + byte])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_canonical_nan_is_arithmetic_and_others_are_not_canonical() {
        for (bits, canonical, arithmetic) in [
            (0x7FC0_0000, true, true),
            (0xFFC0_0000, true, true),
            (0x7FC0_0001, false, true),
            (0x7F80_0001, false, false),
            (0x7F80_0000, false, false),
            (0x4000_0000, false, false),
        ] {
            assert_eq!(matches_f32(&NanPattern::CanonicalNan, bits), canonical, "{bits:#x}");
            assert_eq!(matches_f32(&NanPattern::ArithmeticNan, bits), arithmetic, "{bits:#x}");
        }
    }

    #[test]
    fn a_value_pattern_wants_the_same_bits() {
        assert!(matches_f32(&NanPattern::Value(F32 { bits: 0 }), 0));
        assert!(!matches_f32(&NanPattern::Value(F32 { bits: 0 }), SIGN_32));
        assert!(!matches_f64(&NanPattern::Value(F64 { bits: 0 }), SIGN_64));
    }

    #[test]
    fn vectors_are_compared_a_lane_at_a_time() {
        let value = V128([1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0xC0, 0x7F, 4, 0, 0, 0]);
        assert!(matches_v128(&V128Pattern::I32x4([1, -1, 0x7FC0_0000, 4]), value));
        assert!(!matches_v128(&V128Pattern::I32x4([1, -1, 0x7FC0_0000, 5]), value));
        let lane = |bits| NanPattern::Value(F32 { bits });
        let lanes = [lane(1), lane(0xFFFF_FFFF), NanPattern::CanonicalNan, lane(4)];
        assert!(matches_v128(&V128Pattern::F32x4(lanes), value));
    }

    #[test]
    fn null_belongs_to_one_hierarchy() {
        let func = HeapType::Abstract { shared: false, ty: AbstractHeapType::Func };
        let null = Ref::Null(AbsHeapType::NoFunc);
        assert!(matches_ref(&WastRetCore::RefNull(None), null));
        assert!(matches_ref(&WastRetCore::RefNull(Some(func)), null));
        let func = HeapType::Abstract { shared: false, ty: AbstractHeapType::Func };
        let other = Ref::Null(AbsHeapType::NoExtern);
        assert!(!matches_ref(&WastRetCore::RefNull(Some(func)), other));
    }

    #[test]
    fn an_alternative_matches_where_one_of_its_patterns_does() {
        let either = WastRetCore::Either(vec![WastRetCore::I32(1), WastRetCore::I32(2)]);
        assert!(matches_core(&either, &Val::I32(2)));
        assert!(!matches_core(&either, &Val::I32(3)));
    }
}
