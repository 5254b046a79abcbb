//! Branches: a condition and how it pays.

use super::value::{is_greater, knows_pins};
use super::{Kind, Toll, no_such_op};
use crate::interp::machine::control::{Always, Branch, Check, Condition, Free, IsTrue};
use crate::interp::machine::numeric::{BitTest, FloatTest, IntTest};
use crate::interp::machine::operand::{Acc, Const, F0, F1, FloatSource, L0, L1, Slot, Source};
use crate::interp::machine::{Handler, OpCode};
use crate::interp::numeric::{self, Families, FloatCompare, IntBinary, IntCompare, IntValue};
use crate::wasm::Op;

/// A constant as wide as the operands of `O`.
type Immediate<T> = Const<<T as IntValue>::Immediate>;

/// The branch on `C`.
fn branch<C: Condition>(toll: Toll) -> OpCode {
    match toll {
        Toll::Free => <Branch<C, Free> as Handler>::CODE,
        Toll::Paid => <Branch<C, Check> as Handler>::CODE,
    }
}

/// The branch that is always taken.
pub(in super::super) fn jump(toll: Toll) -> OpCode {
    branch::<Always>(toll)
}

/// The branch on `x` being anything but 0 (when it `holds`) or 0.
pub(in super::super) fn is_true(x: Kind, holds: bool, toll: Toll) -> OpCode {
    choose!(x, [L0 => L0, L1 => L1, Acc => Acc, Slot => Slot], is_true_of, [], (holds, toll))
}

fn is_true_of<X: Source>(holds: bool, toll: Toll) -> OpCode {
    if holds { branch::<IsTrue<X, true>>(toll) } else { branch::<IsTrue<X, false>>(toll) }
}

/// Asks for the branch on a comparison, or on the bits of an `and`.
pub(in super::super) struct Test {
    /// The first operand.
    pub(in super::super) x: Kind,
    /// The second operand.
    pub(in super::super) y: Kind,
    /// Whether the branch is taken when the comparison holds. (A relation of integers always is:
    /// the translator inverts it.)
    pub(in super::super) holds: bool,
    /// How it pays.
    pub(in super::super) toll: Toll,
}

impl Test {
    /// The branch of an instruction.
    pub(in super::super) fn pick(self, op: Op) -> OpCode {
        let kinds = [self.x, self.y];
        numeric::visit(op, self).unwrap_or_else(|| no_such_op(&kinds))
    }

    /// Whether there are branches on this instruction's result.
    pub(in super::super) fn knows(op: Op) -> bool {
        numeric::visit(op, Knows).unwrap_or(false)
    }
}

/// Whether a family's results have branches of their own.
struct Knows;

impl Families for Knows {
    type Output = bool;

    fn other(self, _: Op) -> bool {
        false
    }
    fn int_compare<O: IntCompare>(self) -> bool {
        true
    }
    fn float_compare<O: FloatCompare>(self) -> bool {
        true
    }
    fn int_binary<O: IntBinary>(self) -> bool {
        matches!(O::OP, Op::I32And)
    }
}

impl Families for Test {
    type Output = OpCode;

    fn other(self, _: Op) -> OpCode {
        no_such_op(&[self.x, self.y])
    }

    fn int_compare<O: IntCompare>(self) -> OpCode {
        let Self { x, y, toll, .. } = self;
        if O::COMMUTATIVE {
            choose_ordered!(x, y, Immediate<O::In>, int_test, [O], (toll))
        } else if const { is_greater(O::OP) } {
            choose!(x, [L0 => L0, L1 => L1, Acc => Acc, Slot => Slot], greater_of, [O], (y, toll))
        } else {
            choose!(x, [L0 => L0, L1 => L1, Acc => Acc, Slot => Slot], int_test_of, [O], (y, toll))
        }
    }

    fn int_binary<O: IntBinary>(self) -> OpCode {
        let Self { x, y, holds, toll } = self;
        if const { matches!(O::OP, Op::I32And) } {
            choose_ordered!(x, y, Immediate<O::In>, bit_test, [O], (holds, toll))
        } else {
            no_such_op(&[x, y])
        }
    }

    fn float_compare<O: FloatCompare>(self) -> OpCode {
        let Self { x, y, holds, toll } = self;
        if const { knows_pins(O::OP) } {
            choose!(
                x,
                [F0 => F0, F1 => F1, Acc => Acc, Slot => Slot, Const => Const<u64>],
                pinned_test_of, [O], (y, holds, toll)
            )
        } else {
            choose!(
                x,
                [Acc => Acc, Slot => Slot, Const => Const<u64>],
                float_test_of, [O], (y, holds, toll)
            )
        }
    }
}

fn greater_of<O: IntCompare, X: Source>(y: Kind, toll: Toll) -> OpCode {
    choose!(y, [Const => Immediate<O::In>], int_test, [O, X], (toll))
}

fn int_test_of<O: IntCompare, X: Source>(y: Kind, toll: Toll) -> OpCode {
    choose!(
        y,
        [L0 => L0, L1 => L1, Acc => Acc, Slot => Slot, Const => Immediate<O::In>],
        int_test, [O, X], (toll)
    )
}

fn int_test<O: IntCompare, X: Source, Y: Source>(toll: Toll) -> OpCode {
    branch::<IntTest<O, X, Y>>(toll)
}

fn bit_test<O: IntBinary, X: Source, Y: Source>(holds: bool, toll: Toll) -> OpCode {
    if holds {
        branch::<BitTest<O, X, Y, true>>(toll)
    } else {
        branch::<BitTest<O, X, Y, false>>(toll)
    }
}

fn float_test_of<O: FloatCompare, X: FloatSource>(y: Kind, holds: bool, toll: Toll) -> OpCode {
    if const { is_greater(O::OP) || matches!(O::OP, Op::F32Ne | Op::F64Ne) } {
        no_such_op(&[y])
    } else {
        choose!(
            y,
            [Acc => Acc, Slot => Slot, Const => Const<u64>],
            float_test, [O, X], (holds, toll)
        )
    }
}

fn pinned_test_of<O: FloatCompare, X: FloatSource>(y: Kind, holds: bool, toll: Toll) -> OpCode {
    if const { is_greater(O::OP) } {
        no_such_op(&[y])
    } else {
        choose!(
            y,
            [F0 => F0, F1 => F1, Acc => Acc, Slot => Slot, Const => Const<u64>],
            float_test, [O, X], (holds, toll)
        )
    }
}

fn float_test<O: FloatCompare, X: FloatSource, Y: FloatSource>(holds: bool, toll: Toll) -> OpCode {
    if holds {
        branch::<FloatTest<O, X, Y, true>>(toll)
    } else {
        branch::<FloatTest<O, X, Y, false>>(toll)
    }
}
