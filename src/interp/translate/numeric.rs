//! Arithmetic, comparisons, conversions: everything that `interp::numeric` lists and that has no
//! memory operand.

use super::Translator;
use super::operand::{Atom, Deferred, Dest, Place, Source, What, in_order};
use super::{Class, pick};
use crate::interp::numeric::{inverted, swapped};
use crate::wasm::instruction::{Operand, Signature};
use crate::wasm::{Op, ValType};

/// The type of a table's operand. (Addresses and vectors are no operands of these.)
pub(super) const fn val_type(operand: Operand) -> ValType {
    match operand {
        Operand::I32 | Operand::Addr => ValType::I32,
        Operand::I64 => ValType::I64,
        Operand::F32 => ValType::F32,
        Operand::F64 => ValType::F64,
        Operand::V128 => ValType::V128,
    }
}

impl Translator<'_> {
    /// An instruction of the table's fixed rows without memory operand.
    pub(super) fn numeric(&mut self, op: Op) {
        let Signature::Fixed { takes, gives } = op.row().signature else { return };
        let [gives] = gives else { return };
        let ty = val_type(*gives);
        match (takes, op) {
            ([_], Op::I32Eqz) => self.eqz(Op::I32Eq),
            ([_], Op::I64Eqz) => self.eqz(Op::I64Eq),
            ([_], Op::I64ExtendI32U) => self.extend_u(),
            ([_], _) => self.unary(op, ty),
            ([Operand::F32 | Operand::F64, _], _) => self.float_binary(op, ty),
            ([_, _], _) => self.int_binary(op, ty),
            _ => {}
        }
    }

    /// Slots hold 32-bit integers zero-extended: nothing to do.
    fn extend_u(&mut self) {
        if let Some(top) = self.stack.last_mut() {
            top.ty = ValType::I64;
        }
    }

    fn unary(&mut self, op: Op, ty: ValType) {
        let class = Class::of(self.top_type());
        let [mut x] = self.pop();
        let home = self.next_home();
        match x {
            Source::Const(_) => x = self.in_slot(x, home, class),
            Source::F0 | Source::F1 => {
                self.spill_acc(Some(Class::Float));
                self.move_to(x, Dest::Acc, Class::Float);
                x = Source::Acc;
            }
            Source::L0 | Source::L1 | Source::Acc | Source::Slot(_) => {}
        }
        self.defer(What::Unary { op, x }, ty);
    }

    /// `x == 0`; of a comparison that waits, its inverse.
    fn eqz(&mut self, equal: Op) {
        let top = self.stack.len() - 1;
        if let Some(Deferred { what, position, .. }) = &mut self.deferred
            && *position == top
        {
            match *what {
                What::Binary { op, x, y } => {
                    if let Some(op) = inverted(op) {
                        *what = What::Binary { op, x, y };
                        return;
                    }
                    if is_float_relation(op) {
                        *what = What::Not { op, x, y };
                        return;
                    }
                }
                What::Not { op, x, y } => {
                    *what = What::Binary { op, x, y };
                    return;
                }
                What::Unary { .. }
                | What::Load { .. }
                | What::GlobalGet { .. }
                | What::Select { .. }
                | What::RefIsNull { .. }
                | What::Vector(_) => {}
            }
        }
        let ty = self.top_type();
        self.push(Place::Const(0), ty);
        self.int_binary(equal, ValType::I32);
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "one relation has no op of its own")]
    fn float_binary(&mut self, op: Op, ty: ValType) {
        let [mut x, mut y] = self.pop();
        let home = self.next_home();
        let is_relation = is_float_relation(op);
        let needs_slot = |source| match source {
            Source::F0 | Source::F1 => !pick::knows_pins(op),
            Source::Const(_) => !(is_relation || pick::knows_pins(op)),
            Source::L0 | Source::L1 | Source::Acc | Source::Slot(_) => false,
        };
        let are_constants = matches!((x, y), (Source::Const(_), Source::Const(_)));
        if needs_slot(x) || (are_constants && !is_relation) {
            x = self.in_slot(x, home, Class::Float);
        }
        if needs_slot(y) {
            y = self.in_slot(y, home + 1, Class::Float);
        }
        if is_commutative(op) && !is_relation {
            (x, y) = in_order(x, y);
        }
        let (op, x, y) = relation(op, x, y);
        let what = match op {
            Op::F32Ne => What::Not { op: Op::F32Eq, x, y },
            Op::F64Ne => What::Not { op: Op::F64Eq, x, y },
            _ => What::Binary { op, x, y },
        };
        self.defer(what, ty);
    }

    fn int_binary(&mut self, op: Op, ty: ValType) {
        let sum = if op == Op::I32Add { self.waiting_sum() } else { None };
        let [mut x, mut y] = self.pop();
        let mut op = op;
        // A difference from a constant is a sum with its negation: one list of ops less.
        if let Source::Const(value) = y {
            if op == Op::I32Sub {
                (op, y) = (Op::I32Add, Source::Const(u64::from((value as u32).wrapping_neg())));
            } else if op == Op::I64Sub {
                (op, y) = (Op::I64Add, Source::Const(value.wrapping_neg()));
            }
        }
        let home = self.next_home();
        let first_must_move =
            matches!(x, Source::Const(_)) && (matches!(y, Source::Const(_)) || pick::is_rare(op));
        if first_must_move {
            x = self.in_slot(x, home, Class::Int);
        }
        if pick::is_rare(op) && !matches!(y, Source::Const(_)) {
            y = self.in_slot(y, home + 1, Class::Int);
        }
        if is_commutative(op) {
            (x, y) = in_order(x, y);
        }
        (op, x, y) = relation(op, x, y);
        self.defer(What::Binary { op, x, y }, ty);
        if let Some(deferred) = &mut self.deferred {
            deferred.sum = sum;
        }
    }

    /// The sum of the two topmost operands, when both can wait: locals, constants, and a first one
    /// in its home, which is the sum's too.
    fn waiting_sum(&self) -> Option<(Atom, Atom)> {
        let [.., x, y] = &*self.stack else { return None };
        let atom = |place| match place {
            Place::Local(local) => Some(Atom::Local(local)),
            Place::Const(value) => Some(Atom::Const(value as u32)),
            Place::Home | Place::Acc | Place::Deferred | Place::Sum(..) => None,
        };
        let first = if x.place == Place::Home { Some(Atom::Home) } else { atom(x.place) };
        let (x, y) = (first?, atom(y.place)?);
        (!matches!((x, y), (Atom::Const(_), Atom::Const(_)))).then_some((x, y))
    }

    /// The type of the topmost operand.
    pub(super) fn top_type(&self) -> ValType {
        self.stack.last().map_or(ValType::I32, |top| top.ty)
    }
}

/// Whether the operands of an operation may change places.
pub(super) fn is_commutative(op: Op) -> bool {
    use crate::interp::numeric::{Families, FloatBinary, IntBinary, IntCompare, visit};
    struct Commutative;
    impl Families for Commutative {
        type Output = bool;
        fn int_binary<O: IntBinary>(self) -> bool {
            O::COMMUTATIVE
        }
        fn int_compare<O: IntCompare>(self) -> bool {
            O::COMMUTATIVE
        }
        fn float_binary<O: FloatBinary>(self) -> bool {
            O::COMMUTATIVE
        }
        fn other(self, _: Op) -> bool {
            false
        }
    }
    visit(op, Commutative).unwrap_or(false)
}

/// A relation in the form that `pick` has: no constant first, and greater than a constant only.
pub(super) fn relation(op: Op, x: Source, y: Source) -> (Op, Source, Source) {
    let is_int = !is_float_relation(op);
    let turn = match (x, y) {
        (Source::Const(_), _) if is_int => true,
        (_, Source::Const(_)) if is_int => false,
        (_, _) => pick::is_greater(op),
    };
    match swapped(op) {
        Some(converse) if turn => (converse, y, x),
        Some(_) | None => (op, x, y),
    }
}

/// Whether an instruction compares floats.
pub(super) fn is_float_relation(op: Op) -> bool {
    match op.row().signature {
        Signature::Fixed { takes: [Operand::F32 | Operand::F64, _], gives: [Operand::I32] } => true,
        Signature::Fixed { .. } | Signature::Special => false,
    }
}
