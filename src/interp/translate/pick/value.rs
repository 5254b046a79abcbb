//! Ops that compute a value: arithmetic, comparison, conversion.

use super::{Access, Kind, no_such_op};
use crate::interp::machine::numeric::{
    FloatBinaryOp, FloatCompareOp, FloatToIntOp, FloatUnaryOp, IntBinaryOp, IntCompareOp,
    IntToFloatOp, IntUnaryOp,
};
use crate::interp::machine::operand::{Acc, Const, F0, F1, FloatSource, L0, L1, Slot, Source};
use crate::interp::machine::{Op as AnOp, OpCode};
use crate::interp::numeric::{
    self, Families, FloatBinary, FloatCompare, FloatLoad, FloatToInt, FloatUnary, IntBinary,
    IntCompare, IntLoad, IntToFloat, IntUnary, IntValue,
};
use crate::wasm::Op;

/// A constant as wide as the operands of `O`.
type Immediate<T> = Const<<T as IntValue>::Immediate>;

/// Whether an operation is too rare for more than the accumulator as a destination.
pub(in super::super) const fn is_rare(op: Op) -> bool {
    matches!(
        op,
        Op::I32DivS
            | Op::I32DivU
            | Op::I32RemS
            | Op::I32RemU
            | Op::I32Rotr
            | Op::I64DivS
            | Op::I64DivU
            | Op::I64RemS
            | Op::I64RemU
            | Op::I64Rotr
    )
}

/// Whether an operation is a shift: mostly by a constant.
const fn is_shift(op: Op) -> bool {
    matches!(
        op,
        Op::I32Shl
            | Op::I32ShrS
            | Op::I32ShrU
            | Op::I32Rotl
            | Op::I64Shl
            | Op::I64ShrS
            | Op::I64ShrU
            | Op::I64Rotl
    )
}

/// Whether a relation says greater: of two values that aren't constants it is asked the other way
/// round.
pub(in super::super) const fn is_greater(op: Op) -> bool {
    matches!(
        op,
        Op::I32GtS
            | Op::I32GtU
            | Op::I32GeS
            | Op::I32GeU
            | Op::I64GtS
            | Op::I64GtU
            | Op::I64GeS
            | Op::I64GeU
            | Op::F32Gt
            | Op::F32Ge
            | Op::F64Gt
            | Op::F64Ge
    )
}

/// Whether a float operation has ops for pinned locals and constants.
pub(in super::super) const fn knows_pins(op: Op) -> bool {
    matches!(
        op,
        Op::F32Add
            | Op::F32Sub
            | Op::F32Mul
            | Op::F64Add
            | Op::F64Sub
            | Op::F64Mul
            | Op::F64Div
            | Op::F64Lt
            | Op::F64Gt
            | Op::F64Le
            | Op::F64Ge
    )
}

/// Whether a load is common enough for destinations in pins.
pub(super) const fn is_common_load(op: Op) -> bool {
    matches!(op, Op::I32Load8U | Op::I32Load | Op::I64Load)
}

/// Asks for the op that computes a value.
pub(in super::super) struct Value {
    /// The first operand.
    pub(in super::super) x: Kind,
    /// The second operand, when there is one.
    pub(in super::super) y: Kind,
    /// The destination.
    pub(in super::super) dest: Kind,
}

impl Value {
    /// The op of an instruction that `interp::numeric` lists.
    pub(in super::super) fn of(op: Op, x: Kind, y: Kind, dest: Kind) -> OpCode {
        numeric::visit(op, Self { x, y, dest }).unwrap_or_else(|| no_such_op(&[x, y, dest]))
    }

    /// Whether the op of an instruction with these operands can write a destination.
    pub(in super::super) fn can_write(op: Op, x: Kind, y: Kind, dest: Kind) -> bool {
        match dest {
            Kind::Acc => true,
            Kind::Slot => numeric::visit(op, Writes::Slots).unwrap_or(false),
            Kind::L0 | Kind::L1 => numeric::visit(op, Writes::Pins { x, y }).unwrap_or(false),
            Kind::F0 | Kind::F1 => numeric::visit(op, Writes::FloatPins).unwrap_or(false),
            Kind::Home | Kind::Const => false,
        }
    }
}

/// What the ops of a family write beside the accumulator.
enum Writes {
    Slots,
    Pins { x: Kind, y: Kind },
    FloatPins,
}

impl Families for Writes {
    type Output = bool;

    fn int_binary<O: IntBinary>(self) -> bool {
        match self {
            Self::Slots => !is_rare(O::OP),
            Self::FloatPins => false,
            Self::Pins { x, y } if const { is_shift(O::OP) } => {
                y == Kind::Const && x != Kind::Const
            }
            Self::Pins { x, .. } => !is_rare(O::OP) && x != Kind::Const,
        }
    }
    fn int_compare<O: IntCompare>(self) -> bool {
        false
    }
    fn float_compare<O: FloatCompare>(self) -> bool {
        false
    }
    fn int_unary<O: IntUnary>(self) -> bool {
        true
    }
    fn float_binary<O: FloatBinary>(self) -> bool {
        matches!(self, Self::Slots) || knows_pins(O::OP)
    }
    fn int_load<O: IntLoad>(self) -> bool {
        matches!(self, Self::Slots) || is_common_load(O::OP)
    }
    fn float_load<O: FloatLoad>(self) -> bool {
        true
    }
    fn other(self, _: Op) -> bool {
        matches!(self, Self::Slots)
    }
}

impl Families for Value {
    type Output = OpCode;

    fn int_binary<O: IntBinary>(self) -> OpCode {
        let Self { x, y, dest } = self;
        if O::COMMUTATIVE {
            choose_ordered!(x, y, Immediate<O::In>, binary_to, [O], (dest))
        } else if x == Kind::Const {
            choose!(y, [L0 => L0, L1 => L1, Acc => Acc, Slot => Slot], of_constant, [O], (dest))
        } else if const { is_rare(O::OP) } {
            choose!(x, [L0 => L0, L1 => L1, Acc => Acc, Slot => Slot], rare_of, [O], (y))
        } else if const { is_shift(O::OP) } {
            choose!(x, [L0 => L0, L1 => L1, Acc => Acc, Slot => Slot], shift_of, [O], (y, dest))
        } else {
            choose!(x, [L0 => L0, L1 => L1, Acc => Acc, Slot => Slot], binary_of, [O], (y, dest))
        }
    }

    fn int_compare<O: IntCompare>(self) -> OpCode {
        let Self { x, y, .. } = self;
        if O::COMMUTATIVE {
            choose_ordered!(x, y, Immediate<O::In>, compare_to, [O], ())
        } else if const { is_greater(O::OP) } {
            choose!(x, [L0 => L0, L1 => L1, Acc => Acc, Slot => Slot], greater_of, [O], (y))
        } else {
            choose!(x, [L0 => L0, L1 => L1, Acc => Acc, Slot => Slot], compare_of, [O], (y))
        }
    }

    fn int_unary<O: IntUnary>(self) -> OpCode {
        choose!(self.x, [L0 => L0, L1 => L1, Acc => Acc, Slot => Slot], unary_of, [O], (self.dest))
    }

    fn float_binary<O: FloatBinary>(self) -> OpCode {
        let Self { x, y, dest } = self;
        if const { !knows_pins(O::OP) } {
            choose!(x, [Acc => Acc, Slot => Slot], rare_float_of, [O], (y, dest))
        } else if O::COMMUTATIVE {
            choose_ordered_floats!(x, y, float_to, [O], (dest))
        } else if x == Kind::Const {
            choose!(
                y,
                [F0 => F0, F1 => F1, Acc => Acc, Slot => Slot],
                float_to, [O, Const<u64>], (dest)
            )
        } else {
            choose!(
                x,
                [F0 => F0, F1 => F1, Acc => Acc, Slot => Slot],
                float_of, [O], (y, dest)
            )
        }
    }

    fn float_compare<O: FloatCompare>(self) -> OpCode {
        let Self { x, y, .. } = self;
        if const { knows_pins(O::OP) } {
            choose!(
                x,
                [F0 => F0, F1 => F1, Acc => Acc, Slot => Slot, Const => Const<u64>],
                pinned_compare_of, [O], (y)
            )
        } else {
            choose!(x, [Acc => Acc, Slot => Slot, Const => Const<u64>], float_compare_of, [O], (y))
        }
    }

    fn float_unary<O: FloatUnary>(self) -> OpCode {
        choose!(self.x, [Acc => Acc, Slot => Slot], float_unary_of, [O], (self.dest))
    }

    fn int_to_float<O: IntToFloat>(self) -> OpCode {
        choose!(
            self.x,
            [L0 => L0, L1 => L1, Acc => Acc, Slot => Slot],
            to_float_of, [O], (self.dest)
        )
    }

    fn float_to_int<O: FloatToInt>(self) -> OpCode {
        choose!(self.x, [Acc => Acc, Slot => Slot], to_int_of, [O], (self.dest))
    }

    fn other(self, op: Op) -> OpCode {
        Access { x: self.x, y: self.dest }.pick(op)
    }
}

/// A constant on the right would be a sum.
fn binary_of<O: IntBinary, X: Source>(y: Kind, dest: Kind) -> OpCode {
    choose!(y, [L0 => L0, L1 => L1, Acc => Acc, Slot => Slot], binary_to, [O, X], (dest))
}

fn shift_of<O: IntBinary, X: Source>(y: Kind, dest: Kind) -> OpCode {
    if y == Kind::Const {
        return binary_to::<O, X, Immediate<O::In>>(dest);
    }
    choose!(y, [L0 => L0, L1 => L1, Acc => Acc, Slot => Slot], rare_to, [O, X], (dest))
}

fn of_constant<O: IntBinary, Y: Source>(dest: Kind) -> OpCode {
    if const { is_rare(O::OP) } {
        no_such_op(&[dest])
    } else {
        rare_to::<O, Immediate<O::In>, Y>(dest)
    }
}

fn binary_to<O: IntBinary, X: Source, Y: Source>(dest: Kind) -> OpCode {
    match dest {
        Kind::L0 => <IntBinaryOp<O, X, Y, L0> as AnOp>::CODE,
        Kind::L1 => <IntBinaryOp<O, X, Y, L1> as AnOp>::CODE,
        Kind::F0 | Kind::F1 | Kind::Slot | Kind::Acc | Kind::Home | Kind::Const => {
            rare_to::<O, X, Y>(dest)
        }
    }
}

fn rare_to<O: IntBinary, X: Source, Y: Source>(dest: Kind) -> OpCode {
    match dest {
        Kind::Slot => <IntBinaryOp<O, X, Y, Slot> as AnOp>::CODE,
        Kind::Acc => <IntBinaryOp<O, X, Y, Acc> as AnOp>::CODE,
        Kind::L0 | Kind::L1 | Kind::F0 | Kind::F1 | Kind::Home | Kind::Const => no_such_op(&[dest]),
    }
}

fn rare_of<O: IntBinary, X: Source>(y: Kind) -> OpCode {
    match y {
        Kind::Slot => <IntBinaryOp<O, X, Slot, Acc> as AnOp>::CODE,
        Kind::Const => <IntBinaryOp<O, X, Immediate<O::In>, Acc> as AnOp>::CODE,
        Kind::L0 | Kind::L1 | Kind::F0 | Kind::F1 | Kind::Acc | Kind::Home => no_such_op(&[y]),
    }
}

fn greater_of<O: IntCompare, X: Source>(y: Kind) -> OpCode {
    choose!(y, [Const => Immediate<O::In>], compare_to, [O, X], ())
}

fn compare_of<O: IntCompare, X: Source>(y: Kind) -> OpCode {
    choose!(
        y,
        [L0 => L0, L1 => L1, Acc => Acc, Slot => Slot, Const => Immediate<O::In>],
        compare_to, [O, X], ()
    )
}

fn compare_to<O: IntCompare, X: Source, Y: Source>() -> OpCode {
    <IntCompareOp<O, X, Y, Acc> as AnOp>::CODE
}

fn unary_of<O: IntUnary, X: Source>(dest: Kind) -> OpCode {
    match dest {
        Kind::Slot => <IntUnaryOp<O, X, Slot> as AnOp>::CODE,
        Kind::Acc => <IntUnaryOp<O, X, Acc> as AnOp>::CODE,
        Kind::L0 => <IntUnaryOp<O, X, L0> as AnOp>::CODE,
        Kind::L1 => <IntUnaryOp<O, X, L1> as AnOp>::CODE,
        Kind::F0 | Kind::F1 | Kind::Home | Kind::Const => no_such_op(&[dest]),
    }
}

fn float_of<O: FloatBinary, X: FloatSource>(y: Kind, dest: Kind) -> OpCode {
    choose!(
        y,
        [F0 => F0, F1 => F1, Acc => Acc, Slot => Slot, Const => Const<u64>],
        float_to, [O, X], (dest)
    )
}

fn rare_float_of<O: FloatBinary, X: FloatSource>(y: Kind, dest: Kind) -> OpCode {
    choose!(y, [Acc => Acc, Slot => Slot], rare_float_to, [O, X], (dest))
}

fn float_to<O: FloatBinary, X: FloatSource, Y: FloatSource>(dest: Kind) -> OpCode {
    match dest {
        Kind::F0 => <FloatBinaryOp<O, X, Y, F0> as AnOp>::CODE,
        Kind::F1 => <FloatBinaryOp<O, X, Y, F1> as AnOp>::CODE,
        Kind::L0 | Kind::L1 | Kind::Slot | Kind::Acc | Kind::Home | Kind::Const => {
            rare_float_to::<O, X, Y>(dest)
        }
    }
}

fn rare_float_to<O: FloatBinary, X: FloatSource, Y: FloatSource>(dest: Kind) -> OpCode {
    match dest {
        Kind::Slot => <FloatBinaryOp<O, X, Y, Slot> as AnOp>::CODE,
        Kind::Acc => <FloatBinaryOp<O, X, Y, Acc> as AnOp>::CODE,
        Kind::L0 | Kind::L1 | Kind::F0 | Kind::F1 | Kind::Home | Kind::Const => no_such_op(&[dest]),
    }
}

fn float_compare_of<O: FloatCompare, X: FloatSource>(y: Kind) -> OpCode {
    if const { is_greater(O::OP) || matches!(O::OP, Op::F32Ne | Op::F64Ne) } {
        no_such_op(&[y])
    } else {
        choose!(
            y,
            [Acc => Acc, Slot => Slot, Const => Const<u64>],
            float_compare_to, [O, X], ()
        )
    }
}

fn pinned_compare_of<O: FloatCompare, X: FloatSource>(y: Kind) -> OpCode {
    if const { is_greater(O::OP) } {
        no_such_op(&[y])
    } else {
        choose!(
            y,
            [F0 => F0, F1 => F1, Acc => Acc, Slot => Slot, Const => Const<u64>],
            float_compare_to, [O, X], ()
        )
    }
}

fn float_compare_to<O: FloatCompare, X: FloatSource, Y: FloatSource>() -> OpCode {
    <FloatCompareOp<O, X, Y, Acc> as AnOp>::CODE
}

fn float_unary_of<O: FloatUnary, X: FloatSource>(dest: Kind) -> OpCode {
    match dest {
        Kind::Slot => <FloatUnaryOp<O, X, Slot> as AnOp>::CODE,
        Kind::Acc => <FloatUnaryOp<O, X, Acc> as AnOp>::CODE,
        Kind::L0 | Kind::L1 | Kind::F0 | Kind::F1 | Kind::Home | Kind::Const => no_such_op(&[dest]),
    }
}

fn to_float_of<O: IntToFloat, X: Source>(dest: Kind) -> OpCode {
    match dest {
        Kind::Slot => <IntToFloatOp<O, X, Slot> as AnOp>::CODE,
        Kind::Acc => <IntToFloatOp<O, X, Acc> as AnOp>::CODE,
        Kind::L0 | Kind::L1 | Kind::F0 | Kind::F1 | Kind::Home | Kind::Const => no_such_op(&[dest]),
    }
}

fn to_int_of<O: FloatToInt, X: FloatSource>(dest: Kind) -> OpCode {
    match dest {
        Kind::Slot => <FloatToIntOp<O, X, Slot> as AnOp>::CODE,
        Kind::Acc => <FloatToIntOp<O, X, Acc> as AnOp>::CODE,
        Kind::L0 | Kind::L1 | Kind::F0 | Kind::F1 | Kind::Home | Kind::Const => no_such_op(&[dest]),
    }
}
