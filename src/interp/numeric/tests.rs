//! Every instruction of the lists against references that share no code with them: integers
//! through 128-bit arithmetic, floats through [`soft`]'s mantissas and exponents.

use std::any::Any;

use proptest::prelude::*;

use super::cell::Cell;
use super::soft::{self, Finite, Format, Number, Rounding};
use super::*;
use crate::wasm::{Feature, Operand, Signature, ValType};

/// An instruction by its type: what it takes and gives, and what it answers for two slots.
struct Computed {
    op: Op,
    takes: Vec<ValType>,
    result: Result<u64, TrapKind>,
    /// What `COMMUTATIVE` says, for those that have it.
    commutative: bool,
}

/// Computes with these slots; a load reads the first, a store writes it.
#[derive(Clone, Copy)]
struct Compute(u64, u64);

/// A float register's unused half.
const GARBAGE: u64 = 0xDEAD_BEEF_0000_0000;

impl Compute {
    fn float<T: FloatValue>(slot: u64) -> T {
        let garbage = if T::TYPE == ValType::F32 { GARBAGE } else { 0 };
        T::from_carrier(f64::from_bits(T::from_slot(slot).to_slot() | garbage))
    }

    fn int<T: IntValue>(slot: u64) -> T {
        T::from_slot(slot)
    }
}

/// The slot of a float that has been in a float register.
fn through_register<T: FloatValue>(value: T) -> u64 {
    T::from_carrier(value.to_carrier()).to_slot()
}

fn computed(op: Op, takes: &[ValType], result: Result<u64, TrapKind>) -> Computed {
    Computed { op, takes: takes.to_vec(), result, commutative: false }
}

impl Families for Compute {
    type Output = Computed;

    fn other(self, op: Op) -> Computed {
        unreachable!("{op} has a method of its own")
    }

    fn int_binary<O: IntBinary>(self) -> Computed {
        let result = O::apply(Self::int(self.0), Self::int(self.1)).map(IntValue::to_slot);
        let commutative = O::COMMUTATIVE;
        Computed { commutative, ..computed(O::OP, &[O::In::TYPE; 2], result) }
    }

    fn int_compare<O: IntCompare>(self) -> Computed {
        let result = u64::from(O::apply(Self::int(self.0), Self::int(self.1)));
        let commutative = O::COMMUTATIVE;
        Computed { commutative, ..computed(O::OP, &[O::In::TYPE; 2], Ok(result)) }
    }

    fn int_unary<O: IntUnary>(self) -> Computed {
        computed(O::OP, &[O::In::TYPE], Ok(O::apply(Self::int(self.0)).to_slot()))
    }

    fn float_binary<O: FloatBinary>(self) -> Computed {
        let result = through_register(O::apply(Self::float(self.0), Self::float(self.1)));
        let commutative = O::COMMUTATIVE;
        Computed { commutative, ..computed(O::OP, &[O::In::TYPE; 2], Ok(result)) }
    }

    fn float_compare<O: FloatCompare>(self) -> Computed {
        let result = u64::from(O::apply(Self::float(self.0), Self::float(self.1)));
        let commutative = O::COMMUTATIVE;
        Computed { commutative, ..computed(O::OP, &[O::In::TYPE; 2], Ok(result)) }
    }

    fn float_unary<O: FloatUnary>(self) -> Computed {
        let result = through_register(O::apply(Self::float(self.0)));
        computed(O::OP, &[O::In::TYPE], Ok(result))
    }

    fn int_to_float<O: IntToFloat>(self) -> Computed {
        let result = through_register(O::apply(Self::int(self.0)));
        computed(O::OP, &[O::In::TYPE], Ok(result))
    }

    fn float_to_int<O: FloatToInt>(self) -> Computed {
        let result = O::apply(Self::float(self.0)).map(IntValue::to_slot);
        computed(O::OP, &[O::In::TYPE], result)
    }

    fn int_load<O: IntLoad>(self) -> Computed {
        computed(O::OP, &[], Ok(O::extend(read(self.0.to_le_bytes())).to_slot()))
    }

    fn float_load<O: FloatLoad>(self) -> Computed {
        computed(O::OP, &[], Ok(through_register(O::value(read(self.0.to_le_bytes())))))
    }

    fn int_store<O: IntStore>(self) -> Computed {
        let bytes = write(O::cut(Self::int(self.0)));
        computed(O::OP, &[O::In::TYPE], Ok(u64::from_le_bytes(bytes)))
    }

    fn float_store<O: FloatStore>(self) -> Computed {
        let bytes = write(O::cut(Self::float(self.0)));
        computed(O::OP, &[O::In::TYPE], Ok(u64::from_le_bytes(bytes)))
    }
}

/// The first bytes as a value of one of the types that a memory access has.
fn read<T: Copy + 'static>(bytes: [u8; 8]) -> T {
    let [a, b, c, d, ..] = bytes;
    let candidates: [&dyn Any; 10] = [
        &u8::from_ne_bytes([a]),
        &i8::from_ne_bytes([a]),
        &u16::from_ne_bytes([a, b]),
        &i16::from_ne_bytes([a, b]),
        &u32::from_ne_bytes([a, b, c, d]),
        &i32::from_ne_bytes([a, b, c, d]),
        &f32::from_ne_bytes([a, b, c, d]),
        &u64::from_ne_bytes(bytes),
        &i64::from_ne_bytes(bytes),
        &f64::from_ne_bytes(bytes),
    ];
    *candidates.iter().find_map(|value| value.downcast_ref::<T>()).expect("a type of the list")
}

/// The bytes of a value that a store writes, and zeros.
fn write<T: Copy + 'static>(value: T) -> [u8; 8] {
    let value: &dyn Any = &value;
    let bytes = None
        .or_else(|| value.downcast_ref().map(|value: &u8| value.to_ne_bytes().to_vec()))
        .or_else(|| value.downcast_ref().map(|value: &u16| value.to_ne_bytes().to_vec()))
        .or_else(|| value.downcast_ref().map(|value: &u32| value.to_ne_bytes().to_vec()))
        .or_else(|| value.downcast_ref().map(|value: &u64| value.to_ne_bytes().to_vec()))
        .or_else(|| value.downcast_ref().map(|value: &f32| value.to_ne_bytes().to_vec()))
        .or_else(|| value.downcast_ref().map(|value: &f64| value.to_ne_bytes().to_vec()))
        .expect("a type of the list");
    let mut all = [0; 8];
    all[..bytes.len()].copy_from_slice(&bytes);
    all
}

/// What an instruction should answer.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Expected {
    Slot(u64),
    QuietNan(Format),
    Trap(TrapKind),
}

impl Expected {
    fn float(format: Format, number: Number) -> Self {
        format.encode(number).map_or(Self::QuietNan(format), Self::Slot)
    }

    fn admits(self, found: Result<u64, TrapKind>) -> bool {
        match (self, found) {
            (Self::Slot(wanted), Ok(found)) => wanted == found,
            (Self::QuietNan(format), Ok(found)) => format.is_quiet_nan(found),
            (Self::Trap(wanted), Err(found)) => wanted == found,
            _ => false,
        }
    }
}

/// The width of a type of numbers.
fn bits(ty: ValType) -> u32 {
    match ty {
        ValType::I32 | ValType::F32 => 32,
        ValType::I64 | ValType::F64 => 64,
        ValType::V128 | ValType::Ref(_) => panic!("{ty} is no number"),
    }
}

fn number_type(name: &str) -> ValType {
    match name {
        "i32" => ValType::I32,
        "i64" => ValType::I64,
        "f32" => ValType::F32,
        "f64" => ValType::F64,
        other => panic!("{other} is no type of numbers"),
    }
}

fn low(slot: u64, bits: u32) -> u64 {
    slot & u64::MAX >> (64 - bits)
}

fn signed(slot: u64, bits: u32) -> i128 {
    i128::from(slot) << (128 - bits) >> (128 - bits)
}

/// What `name` should answer for these slots, told from its text alone.
fn reference(name: &str, a: u64, b: u64) -> Expected {
    let (ty, what) = name.split_once('.').expect("a numeric instruction's name has a type");
    let ty = number_type(ty);
    if what.starts_with("load") || what.starts_with("store") {
        return Expected::Slot(access(ty, what, a));
    }
    if let Some((what, from)) = what.split_once('_')
        && ["wrap", "extend", "trunc", "convert", "demote", "promote", "reinterpret"]
            .contains(&what)
    {
        return conversion(ty, what, from, a);
    }
    match ty {
        ValType::I32 | ValType::I64 => integer(bits(ty), what, a, b),
        ValType::F32 | ValType::F64 => float(Format::of(ty), what, a, b),
        ValType::V128 | ValType::Ref(_) => panic!("{ty} is no number"),
    }
}

/// `load16_s` and the like.
fn access(ty: ValType, what: &str, slot: u64) -> u64 {
    let (what, sign) = what.split_once('_').unwrap_or((what, "u"));
    let width = what.trim_start_matches(char::is_alphabetic);
    let width = if width.is_empty() { bits(ty) } else { width.parse().expect("a width") };
    let value = low(slot, width);
    low(if sign == "s" { signed(value, width) as u64 } else { value }, bits(ty))
}

fn integer(bits: u32, what: &str, a: u64, b: u64) -> Expected {
    let (unsigned_a, unsigned_b) = (i128::from(a), i128::from(b));
    let (signed_a, signed_b) = (signed(a, bits), signed(b, bits));
    let count = (b % u64::from(bits)) as u32;
    let twice = u128::from(a) << bits | u128::from(a);
    let highest = 1_i128 << (bits - 1);
    let value = match what {
        "add" => unsigned_a + unsigned_b,
        "sub" => unsigned_a - unsigned_b,
        "mul" => (u128::from(a) * u128::from(b)) as i128,
        "div_s" | "div_u" | "rem_s" | "rem_u" if b == 0 => {
            return Expected::Trap(TrapKind::IntegerDivideByZero);
        }
        "div_s" if signed_a / signed_b == highest => {
            return Expected::Trap(TrapKind::IntegerOverflow);
        }
        "div_s" => signed_a / signed_b,
        "div_u" => unsigned_a / unsigned_b,
        "rem_s" => signed_a % signed_b,
        "rem_u" => unsigned_a % unsigned_b,
        "and" => unsigned_a & unsigned_b,
        "or" => unsigned_a | unsigned_b,
        "xor" => unsigned_a ^ unsigned_b,
        "shl" => unsigned_a << count,
        "shr_s" => signed_a >> count,
        "shr_u" => unsigned_a >> count,
        "rotl" => (twice >> (bits - count)) as i128,
        "rotr" => (twice >> count) as i128,
        "eq" => (a == b).into(),
        "ne" => (a != b).into(),
        "lt_s" => (signed_a < signed_b).into(),
        "lt_u" => (unsigned_a < unsigned_b).into(),
        "gt_s" => (signed_a > signed_b).into(),
        "gt_u" => (unsigned_a > unsigned_b).into(),
        "le_s" => (signed_a <= signed_b).into(),
        "le_u" => (unsigned_a <= unsigned_b).into(),
        "ge_s" => (signed_a >= signed_b).into(),
        "ge_u" => (unsigned_a >= unsigned_b).into(),
        "eqz" => (a == 0).into(),
        "clz" => (0..bits).take_while(|bit| a >> (bits - 1 - bit) & 1 == 0).count() as i128,
        "ctz" => (0..bits).take_while(|bit| a >> bit & 1 == 0).count() as i128,
        "popcnt" => (0..bits).filter(|bit| a >> bit & 1 == 1).count() as i128,
        "extend8_s" => signed(low(a, 8), 8),
        "extend16_s" => signed(low(a, 16), 16),
        "extend32_s" => signed(low(a, 32), 32),
        other => panic!("no reference for {other}"),
    };
    Expected::Slot(low(value as u64, bits))
}

fn float(format: Format, what: &str, a: u64, b: u64) -> Expected {
    let (left, right) = (format.decode(a), format.decode(b));
    let sign = format.sign_bit();
    let number = match what {
        "add" => soft::add(left, right),
        "sub" => soft::add(left, soft::negate(right)),
        "mul" => soft::multiply(left, right),
        "div" => soft::divide(left, right),
        "sqrt" => soft::square_root(left),
        "ceil" => soft::to_integer(left, Rounding::Up),
        "floor" => soft::to_integer(left, Rounding::Down),
        "trunc" => soft::to_integer(left, Rounding::TowardZero),
        "nearest" => soft::to_integer(left, Rounding::Nearest),
        "min" | "max" if left == Number::Nan || right == Number::Nan => Number::Nan,
        "min" => {
            if order(sign, a) < order(sign, b) {
                left
            } else {
                right
            }
        }
        "max" => {
            if order(sign, a) > order(sign, b) {
                left
            } else {
                right
            }
        }
        "abs" => return Expected::Slot(a & !sign),
        "neg" => return Expected::Slot(a ^ sign),
        "copysign" => return Expected::Slot(a & !sign | b & sign),
        "ne" if left == Number::Nan || right == Number::Nan => return Expected::Slot(1),
        _ if left == Number::Nan || right == Number::Nan => return Expected::Slot(0),
        _ => return Expected::Slot(relation(sign, what, a, b).into()),
    };
    Expected::float(format, number)
}

/// Where a number that is no NaN stands among all of them, negative zero just below zero.
fn order(sign: u64, bits: u64) -> i128 {
    if bits & sign == 0 { bits.into() } else { -1 - i128::from(bits & !sign) }
}

fn relation(sign: u64, what: &str, a: u64, b: u64) -> bool {
    // Here both zeros are one.
    let place = |bits| if bits & !sign == 0 { 0 } else { order(sign, bits) };
    let (a, b) = (place(a), place(b));
    match what {
        "eq" => a == b,
        "ne" => a != b,
        "lt" => a < b,
        "gt" => a > b,
        "le" => a <= b,
        "ge" => a >= b,
        other => panic!("no reference for {other}"),
    }
}

/// `from` is the rest of the name: `i64`, `f32_s`, `sat_f32_s`.
fn conversion(ty: ValType, what: &str, from: &str, slot: u64) -> Expected {
    let (saturates, from) = match from.strip_prefix("sat_") {
        Some(from) => (true, from),
        None => (false, from),
    };
    let (from, sign) = from.split_once('_').unwrap_or((from, "u"));
    let from = number_type(from);
    let is_signed = sign == "s";
    match what {
        "reinterpret" => Expected::Slot(slot),
        "wrap" | "extend" => {
            let value = if is_signed { signed(slot, bits(from)) as u64 } else { slot };
            Expected::Slot(low(value, bits(ty)))
        }
        "demote" | "promote" => Expected::float(Format::of(ty), Format::of(from).decode(slot)),
        "convert" => {
            let value = if is_signed { signed(slot, bits(from)) } else { slot.into() };
            let (negative, mantissa) = (value < 0, value.unsigned_abs());
            let number = Number::Finite(Finite { negative, mantissa, exponent: 0 });
            Expected::float(Format::of(ty), number)
        }
        "trunc" => truncation(bits(ty), is_signed, saturates, Format::of(from).decode(slot)),
        other => panic!("no reference for {other}"),
    }
}

fn truncation(bits: u32, is_signed: bool, saturates: bool, number: Number) -> Expected {
    let (least, greatest) = match is_signed {
        true => (-1_i128 << (bits - 1), (1_i128 << (bits - 1)) - 1),
        false => (0, (1_i128 << bits) - 1),
    };
    let value = match soft::to_integer(number, Rounding::TowardZero) {
        Number::Nan if saturates => Some(0),
        Number::Nan => return Expected::Trap(TrapKind::InvalidConversionToInteger),
        // Beyond all integers: the exponent would shift the mantissa out.
        Number::Infinite { .. } | Number::Finite(Finite { exponent: 65.., .. }) => None,
        Number::Finite(Finite { negative, mantissa, exponent }) => {
            let size = (mantissa << exponent) as i128;
            Some(if negative { -size } else { size })
        }
    };
    let beyond = if soft::is_negative(number) { least } else { greatest };
    let clamped = value.unwrap_or(beyond).clamp(least, greatest);
    if value == Some(clamped) || saturates {
        Expected::Slot(low(clamped as u64, bits))
    } else {
        Expected::Trap(TrapKind::IntegerOverflow)
    }
}

/// All instructions of the lists, with the types of their operands (an address left out).
fn listed() -> Vec<(Op, Vec<ValType>)> {
    let one = |op| Some((op, visit(op, Compute(1, 1))?.takes));
    Op::ALL.iter().copied().filter_map(one).collect()
}

/// Both slots as the operands' types have them, through the instruction and its reference.
fn check(op: Op, takes: &[ValType], slots: [u64; 2]) -> Result<(), TestCaseError> {
    let width = takes.first().map_or(64, |&ty| bits(ty));
    let [a, b] = slots.map(|slot| low(slot, width));
    let name = op.row().name;
    let found = visit(op, Compute(a, b)).expect("listed").result;
    let expected = reference(name, a, b);
    prop_assert!(
        expected.admits(found),
        "{name} of {a:#x} {b:#x}: expected {expected:x?}, found {found:x?}",
    );
    Ok(())
}

/// Slots near everything where an instruction changes its mind.
fn edges(ty: ValType) -> Vec<u64> {
    let powers = (0..64).map(|power| 1_u64 << power);
    let integers = powers.flat_map(|power| [power - 1, power, power + 1, power.wrapping_neg()]);
    let floats: Vec<f64> = [0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5, 3.5, 1e10, 1e300, 1e-320]
        .into_iter()
        .chain([23, 24, 31, 32, 52, 53, 63, 64, 127, 128].map(|power| 2_f64.powi(power)))
        .flat_map(|size| [size, size.next_up(), size.next_down(), size - 0.5, size - 1.0])
        .chain([f64::MAX, f64::INFINITY, f64::MIN_POSITIVE, f64::NAN])
        .flat_map(|size| [size, -size])
        .collect();
    match ty {
        ValType::I32 => integers.map(|slot| low(slot, 32)).collect(),
        ValType::I64 => integers.collect(),
        ValType::F32 => {
            let near = |float: f64| {
                let float = float as f32;
                [float, float.next_up(), float.next_down()].map(FloatValue::to_slot)
            };
            floats.into_iter().flat_map(near).chain([0x7F80_0001, 0xFFBF_FFFF, 1]).collect()
        }
        ValType::F64 => floats
            .into_iter()
            .map(f64::to_bits)
            .chain([0x7FF0_0000_0000_0001, 0xFFF7_FFFF_FFFF_FFFF, 0x7FF0_0000_1000_0000, 1])
            .collect(),
        ValType::V128 | ValType::Ref(_) => panic!("{ty} is no number"),
    }
}

/// Each pair of edges of the operands' type; a load's bytes are an integer's.
fn pairs(takes: &[ValType]) -> Vec<[u64; 2]> {
    let ty = takes.first().copied().unwrap_or(ValType::I64);
    let edges = edges(ty);
    let seconds = if takes.len() > 1 { edges.as_slice() } else { &[0] };
    edges.iter().flat_map(|&a| seconds.iter().map(move |&b| [a, b])).collect()
}

#[test]
fn every_edge_is_as_the_reference_says() -> Result<(), TestCaseError> {
    for (op, takes) in listed() {
        for pair in pairs(&takes) {
            check(op, &takes, pair)?;
        }
    }
    Ok(())
}

/// Any bits; bits that are the same float or a near one; and numbers of everyday size.
fn slots() -> impl Strategy<Value = [u64; 2]> {
    let near =
        (any::<u64>(), -2_i64..=2).prop_map(|(slot, step)| [slot, slot.wrapping_add_signed(step)]);
    let doubles = (-1e6..1e6, -1e6..1e6).prop_map(|(a, b): (f64, f64)| [a.to_bits(), b.to_bits()]);
    let singles = (-1e6_f32..1e6, -1e6_f32..1e6)
        .prop_map(|(a, b)| [u64::from(a.to_bits()), u64::from(b.to_bits())]);
    let halves = (-100_i32..100).prop_map(|n| [f64::from(n) / 2.0; 2].map(f64::to_bits));
    prop_oneof![any::<[u64; 2]>(), near, doubles, singles, halves]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn every_instruction_is_as_the_reference_says(slots in slots()) {
        for (op, takes) in listed() {
            check(op, &takes, slots)?;
        }
    }
}

/// Whether a row takes and gives nothing but numbers, through memory or not.
fn is_numeric(op: Op) -> bool {
    let Signature::Fixed { takes, gives } = op.row().signature else { return false };
    !takes.is_empty() && !takes.iter().chain(gives).any(|&operand| operand == Operand::V128)
}

/// Whether a list of another shape has the instruction; waiting and waking are the machine's.
fn is_in_another_list(op: Op) -> bool {
    struct Listed;
    impl wide::Visit for Listed {
        type Output = ();
        fn wide<O: wide::Wide>(self) {
            assert_eq!(O::OP.row().feature, Feature::WideArithmetic);
        }
    }
    impl atomic::Visit for Listed {
        type Output = ();
        fn load<C: Cell>(self) {}
        fn store<C: Cell>(self) {}
        fn change<O: atomic::Change, C: Cell>(self) {}
        fn compare_exchange<C: Cell>(self) {}
    }
    let is_call =
        matches!(op, Op::MemoryAtomicNotify | Op::MemoryAtomicWait32 | Op::MemoryAtomicWait64);
    is_call || wide::visit(op, Listed).is_some() || atomic::visit(op, Listed).is_some()
}

#[test]
fn every_numeric_row_is_in_a_list() {
    let mut missing = Vec::new();
    for &op in Op::ALL {
        let is_here = visit(op, Compute(1, 1)).is_some();
        if is_numeric(op) != (is_here || is_in_another_list(op)) {
            missing.push(op.row().name);
        }
    }
    assert_eq!(missing, [""; 0]);
}

#[test]
fn each_type_stands_for_its_own_row() {
    for (op, _) in listed() {
        assert_eq!(visit(op, Compute(1, 1)).expect("listed").op, op);
    }
}

#[test]
fn exactly_the_commutative_ones_are_marked() {
    for (op, takes) in listed().into_iter().filter(|(_, takes)| takes.len() == 2) {
        let commutes = pairs(&takes).into_iter().all(|[a, b]| {
            let expected = reference(op.row().name, b, a);
            expected.admits(visit(op, Compute(a, b)).expect("listed").result)
        });
        let marked = visit(op, Compute(1, 1)).expect("listed").commutative;
        assert_eq!(marked, commutes, "{}", op.row().name);
    }
}

#[test]
fn inverted_and_swapped_relations_say_the_same() {
    let result = |op, [a, b]: [u64; 2]| visit(op, Compute(a, b)).expect("listed").result;
    for (op, takes) in listed() {
        let name = op.row().name;
        if let Some(inverse) = inverted(op) {
            assert!(
                pairs(&takes).into_iter().all(|pair| result(op, pair) != result(inverse, pair))
            );
        }
        if let Some(converse) = swapped(op) {
            let agree = |[a, b]: [u64; 2]| result(op, [a, b]) == result(converse, [b, a]);
            assert!(pairs(&takes).into_iter().all(agree), "{name}");
        }
        let (ty, what) = name.split_once('.').expect("a type");
        let relates = ["eq", "ne"].contains(&what)
            || ["lt", "gt", "le", "ge"].contains(&what.split('_').next().expect("a word"));
        assert_eq!(swapped(op).is_some(), relates, "{name}");
        assert_eq!(inverted(op).is_some(), relates && ty.starts_with('i'), "{name}");
    }
}
