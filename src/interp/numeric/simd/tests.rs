//! Vector instructions against references that know no lanes in arrays: integers of each width
//! through 128-bit arithmetic, floats through the scalar instructions of the same name.

use proptest::prelude::*;

use super::*;
use crate::interp::numeric::{self, FloatBinary, FloatCompare, FloatUnary};
use crate::wasm::Feature;

/// Computes with these operands: the result's bytes, or a test's number in the first four.
#[derive(Clone, Copy, Debug)]
struct Compute {
    a: [u8; 16],
    b: [u8; 16],
    c: [u8; 16],
    by: u32,
}

fn of<S: Shape>(bytes: [u8; 16]) -> S {
    S::of(bytes.vector())
}

fn bytes<S: Shape>(lanes: S) -> [u8; 16] {
    lanes::U8x16::of(lanes.vector())
}

fn number(value: u64) -> [u8; 16] {
    u128::from(value).to_le_bytes()
}

impl Families for Compute {
    type Output = [u8; 16];

    fn unary<O: Unary>(self) -> [u8; 16] {
        bytes(O::apply(of(self.a)))
    }
    fn binary<O: Binary>(self) -> [u8; 16] {
        let result = bytes(O::apply(of(self.a), of(self.b)));
        let turned = bytes(O::apply(of(self.b), of(self.a)));
        let is_float = O::OP.row().name.starts_with('f');
        assert!(!O::COMMUTATIVE || is_float || result == turned, "{} is commutative", O::OP);
        result
    }
    fn ternary<O: Ternary>(self) -> [u8; 16] {
        bytes(O::apply(of(self.a), of(self.b), of(self.c)))
    }
    fn shift<O: Shift>(self) -> [u8; 16] {
        bytes(O::apply(of(self.a), self.by))
    }
    fn test<O: Test>(self) -> [u8; 16] {
        number(O::apply(of(self.a)).into())
    }
    fn int_splat<O: IntSplat>(self) -> [u8; 16] {
        bytes(O::apply(O::In::from_slot(of::<lanes::U64x2>(self.a)[0])))
    }
    fn float_splat<O: FloatSplat>(self) -> [u8; 16] {
        bytes(O::apply(O::In::from_slot(of::<lanes::U64x2>(self.a)[0])))
    }
    fn int_extract<O: IntExtract>(self) -> [u8; 16] {
        number(0)
    }
    fn float_extract<O: FloatExtract>(self) -> [u8; 16] {
        number(0)
    }
    fn int_replace<O: IntReplace>(self) -> [u8; 16] {
        let value = O::Value::from_slot(of::<lanes::U64x2>(self.b)[0]);
        bytes(O::apply(of(self.a), (self.by % 2) as u8, value))
    }
    fn float_replace<O: FloatReplace>(self) -> [u8; 16] {
        let value = O::Value::from_slot(of::<lanes::U64x2>(self.b)[0]);
        bytes(O::apply(of(self.a), (self.by % 2) as u8, value))
    }
    fn shuffle<O: Shuffle>(self) -> [u8; 16] {
        bytes(O::apply(of(self.a), of(self.b), of(self.c.map(|lane| lane % 32))))
    }
    fn load<O: Load>(self) -> [u8; 16] {
        number(0)
    }
    fn store<O: Store>(self) -> [u8; 16] {
        number(0)
    }
    fn load_lane<O: LoadLane>(self) -> [u8; 16] {
        number(0)
    }
    fn store_lane<O: StoreLane>(self) -> [u8; 16] {
        number(0)
    }
}

fn vector_ops() -> impl Iterator<Item = Op> {
    let is_vector = |op: &Op| matches!(op.row().feature, Feature::Simd | Feature::RelaxedSimd);
    Op::ALL.iter().copied().filter(is_vector)
}

/// The lanes of so many bits, with sign.
fn signed(bytes: [u8; 16], width: u32) -> Vec<i128> {
    let lane = |at: u32| (u128::from_le_bytes(bytes) << (128 - at - width)).cast_signed();
    (0..128).step_by(width as usize).map(|at| lane(at) >> (128 - width)).collect()
}

fn unsigned(bytes: [u8; 16], width: u32) -> Vec<i128> {
    signed(bytes, width).into_iter().map(|lane| lane & ((1 << width) - 1)).collect()
}

/// The vector of these lanes' low bits.
fn packed(lanes: &[i128], width: u32) -> [u8; 16] {
    let mask = (1_u128 << width) - 1;
    let place = |(at, lane): (usize, &i128)| (lane.cast_unsigned() & mask) << (at as u32 * width);
    lanes.iter().enumerate().map(place).fold(0, |all, lane| all | lane).to_le_bytes()
}

/// What an instruction on integer lanes gives; none when this reference doesn't know it.
fn integers(op: Op, operands: Compute) -> Option<[u8; 16]> {
    let (shape, name) = op.row().name.split_once('.')?;
    let width = match shape {
        "i8x16" => 8,
        "i16x8" => 16,
        "i32x4" => 32,
        "i64x2" => 64,
        _ => return None,
    };
    let lanes = if name.ends_with("_u") { unsigned } else { signed };
    let (a, b) = (lanes(operands.a, width), lanes(operands.b, width));
    let (least, most) = if name.ends_with("_u") {
        (0, (1_i128 << width) - 1)
    } else {
        (-(1_i128 << (width - 1)), (1_i128 << (width - 1)) - 1)
    };
    let by = operands.by % width;
    let relation = |holds: bool| if holds { -1 } else { 0 };
    let lane: fn(i128, i128) -> i128 = match name {
        "add" | "add_sat_s" | "add_sat_u" => |a, b| a + b,
        "sub" | "sub_sat_s" | "sub_sat_u" => |a, b| a - b,
        "mul" => |a, b| a * b,
        "min_s" | "min_u" => std::cmp::min,
        "max_s" | "max_u" => std::cmp::max,
        "avgr_u" => |a, b| (a + b + 1) >> 1,
        "q15mulr_sat_s" | "relaxed_q15mulr_s" => |a, b| (a * b + 0x4000) >> 15,
        "abs" => |a, _| a.abs(),
        "neg" => |a, _| -a,
        "popcnt" => |a, _| i128::from((a as u8).count_ones()),
        "eq" => |a, b| if a == b { -1 } else { 0 },
        "ne" => |a, b| if a != b { -1 } else { 0 },
        "lt_s" | "lt_u" => |a, b| if a < b { -1 } else { 0 },
        "gt_s" | "gt_u" => |a, b| if a > b { -1 } else { 0 },
        "le_s" | "le_u" => |a, b| if a <= b { -1 } else { 0 },
        "ge_s" | "ge_u" => |a, b| if a >= b { -1 } else { 0 },
        "shl" => return Some(packed(&a.iter().map(|a| a << by).collect::<Vec<_>>(), width)),
        "shr_s" | "shr_u" => {
            return Some(packed(&a.iter().map(|a| a >> by).collect::<Vec<_>>(), width));
        }
        "all_true" => return Some(number(u64::from(relation(a.iter().all(|a| *a != 0)) != 0))),
        "bitmask" => {
            let bit = |(at, a): (usize, &i128)| u64::from(*a < 0) << at;
            return Some(number(a.iter().enumerate().map(bit).sum()));
        }
        _ => return None,
    };
    let clamps = name.contains("_sat_") || name.contains("q15");
    let results = a.iter().zip(&b).map(|(a, b)| {
        let result = lane(*a, *b);
        if clamps { result.clamp(least, most) } else { result }
    });
    Some(packed(&results.collect::<Vec<_>>(), width))
}

/// A scalar instruction of floats on two slots.
struct Scalar(u64, u64);

impl numeric::Families for Scalar {
    type Output = Option<u64>;
    fn other(self, _: Op) -> Option<u64> {
        None
    }
    fn float_binary<O: FloatBinary>(self) -> Option<u64> {
        Some(O::apply(O::In::from_slot(self.0), O::In::from_slot(self.1)).to_slot())
    }
    fn float_unary<O: FloatUnary>(self) -> Option<u64> {
        Some(O::apply(O::In::from_slot(self.0)).to_slot())
    }
    fn float_compare<O: FloatCompare>(self) -> Option<u64> {
        let holds = O::apply(O::In::from_slot(self.0), O::In::from_slot(self.1));
        Some(if holds { u64::MAX } else { 0 })
    }
}

/// What the scalar instruction of the same name gives for each lane; none when there is none.
fn floats(op: Op, operands: Compute) -> Option<[u8; 16]> {
    let (shape, name) = op.row().name.split_once('.')?;
    let (scalar, width) = match shape {
        "f32x4" => ("f32", 32),
        "f64x2" => ("f64", 64),
        _ => return None,
    };
    let name = format!("{scalar}.{}", name.trim_start_matches("relaxed_"));
    let op = *Op::ALL.iter().find(|op| op.row().name == name)?;
    let (a, b) = (unsigned(operands.a, width), unsigned(operands.b, width));
    let mut lanes = Vec::new();
    for (a, b) in a.iter().zip(&b) {
        lanes.push(i128::from(numeric::visit(op, Scalar(*a as u64, *b as u64))??));
    }
    Some(packed(&lanes, width))
}

/// The same bits, but any NaN for a NaN.
fn same(op: Op, x: [u8; 16], y: [u8; 16]) -> bool {
    let nan32 = |x: f32, y: f32| x.is_nan() && y.is_nan();
    let nan64 = |x: f64, y: f64| x.is_nan() && y.is_nan();
    let is_nan: Vec<bool> = if op.row().name.starts_with("f32") {
        of::<lanes::F32x4>(x)
            .into_iter()
            .zip(of::<lanes::F32x4>(y))
            .map(|(x, y)| nan32(x, y))
            .collect()
    } else if op.row().name.starts_with("f64") {
        of::<lanes::F64x2>(x)
            .into_iter()
            .zip(of::<lanes::F64x2>(y))
            .map(|(x, y)| nan64(x, y))
            .collect()
    } else {
        vec![false]
    };
    let bytes = 16 / is_nan.len();
    x.chunks(bytes).zip(y.chunks(bytes)).zip(is_nan).all(|((x, y), is_nan)| is_nan || x == y)
}

/// Bytes as programs have them: any, the edges of integers, floats of all kinds.
fn operand() -> impl Strategy<Value = [u8; 16]> {
    const EDGES: [u32; 12] = [
        0,
        1,
        u32::MAX,
        0x8000_0000,
        0x7FFF_FFFF,
        0x8000_8000,
        0x7F80_7F80,
        0x7F80_0000,
        0x7FC0_0000,
        0x7FA0_0000,
        0x4B00_0001,
        0x3F00_0000,
    ];
    let edge = (0..EDGES.len()).prop_map(|at| EDGES[at]);
    let float = (-9.0_f32..9.0).prop_map(f32::to_bits);
    let word = prop_oneof![any::<u32>(), edge, float];
    let words = prop::array::uniform4(word).prop_map(bytes);
    let doubles = prop::array::uniform2(prop_oneof![any::<f64>(), -9.0..9.0]).prop_map(bytes);
    prop_oneof![words, doubles]
}

fn operands() -> impl Strategy<Value = Compute> {
    (operand(), operand(), operand(), any::<u32>()).prop_map(|(a, b, c, by)| Compute {
        a,
        b,
        c,
        by,
    })
}

proptest! {
    #[test]
    fn integer_lanes_are_computed_like_wide_integers(operands in operands()) {
        let mut known = 0;
        for op in vector_ops() {
            let Some(expected) = integers(op, operands) else { continue };
            known += 1;
            let found = visit(op, operands);
            prop_assert_eq!(found, Some(expected), "{} {:?}", op, operands);
        }
        prop_assert!(known > 90, "{} instructions", known);
    }

    #[test]
    fn float_lanes_are_computed_like_scalars(operands in operands()) {
        let mut known = 0;
        for op in vector_ops() {
            let Some(expected) = floats(op, operands) else { continue };
            known += 1;
            let found = visit(op, operands).expect("the lists have it");
            prop_assert!(same(op, found, expected), "{op} {operands:?}: {found:?} {expected:?}");
        }
        prop_assert!(known > 35, "{} instructions", known);
    }

    #[test]
    fn a_processor_s_extension_computes_what_the_lists_do(operands in operands()) {
        let plain = |op| {
            shuffle::visit(op, operands).or_else(|operands| relaxed::visit(op, operands)).ok()
        };
        for op in vector_ops() {
            let (Some(plain), Some(found)) = (plain(op), visit(op, operands)) else { continue };
            prop_assert!(same(op, found, plain), "{op} {operands:?}: {found:?} {plain:?}");
        }
    }
}

#[test]
fn every_vector_instruction_but_the_constant_has_a_line() {
    let operands = Compute { a: [0; 16], b: [0; 16], c: [0; 16], by: 0 };
    let missing: Vec<_> = vector_ops().filter(|op| visit(*op, operands).is_none()).collect();
    assert_eq!(missing, [Op::V128Const]);
}

#[test]
fn only_both_least_bytes_twice_saturate_a_relaxed_dot_product() {
    let least = [0x80; 16];
    let operands = Compute { a: least, b: least, c: [0; 16], by: 0 };
    let dot = visit(Op::I16x8RelaxedDotI8x16I7x16S, operands);
    assert_eq!(dot, Some(bytes([i16::MAX; 8])));
}
