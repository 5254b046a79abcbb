//! Loads and stores.

use super::value::is_common_load;
use super::{Kind, no_such_op};
use crate::interp::machine::memory::{
    self, Load, LoadAny, LoadFloat, LoadFloatAny, Shared, Store, StoreAny, StoreFloat,
    StoreFloatAny, StoreFloatSum,
};
use crate::interp::machine::operand::{Acc, Const, F0, F1, FloatSource, L0, L1, Slot, Source};
use crate::interp::machine::{Op as AnOp, OpCode};
use crate::interp::numeric::{self, Families, FloatLoad, FloatStore, IntLoad, IntStore, IntValue};
use crate::wasm::{AddrType, MemoryType, Op};

/// A constant as wide as the operands of `O`.
type Immediate<T> = Const<<T as IntValue>::Immediate>;

/// The access of the same bytes by a 32-bit instruction: slots hold integers zero-extended.
#[expect(clippy::wildcard_enum_match_arm, reason = "the others are no such accesses")]
pub(in super::super) const fn narrow_twin(op: Op) -> Op {
    match op {
        Op::I64Load8U => Op::I32Load8U,
        Op::I64Load16U => Op::I32Load16U,
        Op::I64Load32U => Op::I32Load,
        Op::I64Store8 => Op::I32Store8,
        Op::I64Store16 => Op::I32Store16,
        Op::I64Store32 => Op::I32Store,
        other => other,
    }
}

/// Whether the instruction's twin is picked instead.
const fn is_wide_twin(op: Op) -> bool {
    op as u16 != narrow_twin(op) as u16
}

/// Whether a store can take a sum as its address.
pub(in super::super) const fn has_sum(op: Op) -> bool {
    matches!(op, Op::I32Store | Op::I32Store8 | Op::I64Store | Op::F32Store | Op::F64Store)
}

/// Asks for an access of memory 0 with 32-bit addresses: the address, and a load's destination or
/// a store's value.
pub(in super::super) struct Access {
    /// The address.
    pub(in super::super) x: Kind,
    /// The destination or the value.
    pub(in super::super) y: Kind,
}

impl Access {
    /// The op of a load or store instruction.
    pub(in super::super) fn pick(self, op: Op) -> OpCode {
        let kinds = [self.x, self.y];
        numeric::visit(op, self).unwrap_or_else(|| no_such_op(&kinds))
    }

    /// The op of a load or store instruction for any memory, through slots.
    pub(in super::super) fn any(op: Op, reach: Reach) -> OpCode {
        let op = if reach == Reach::Shared { narrow_twin(op) } else { op };
        numeric::visit(op, Any { reach }).unwrap_or_else(|| no_such_op(&[]))
    }
}

impl Families for Access {
    type Output = OpCode;

    fn other(self, _: Op) -> OpCode {
        no_such_op(&[self.x, self.y])
    }

    fn int_load<O: IntLoad>(self) -> OpCode {
        choose!(
            self.x,
            [L0 => L0, L1 => L1, Acc => Acc, Slot => Slot, Const => Const<u32>],
            load_of, [O], (self.y)
        )
    }

    fn float_load<O: FloatLoad>(self) -> OpCode {
        choose!(
            self.x,
            [L0 => L0, L1 => L1, Acc => Acc, Slot => Slot, Const => Const<u32>],
            load_float_of, [O], (self.y)
        )
    }

    fn int_store<O: IntStore>(self) -> OpCode {
        choose!(
            self.x,
            [L0 => L0, L1 => L1, Acc => Acc, Slot => Slot, Const => Const<u32>],
            store_of, [O], (self.y)
        )
    }

    fn float_store<O: FloatStore>(self) -> OpCode {
        choose!(
            self.x,
            [L0 => L0, L1 => L1, Acc => Acc, Slot => Slot, Const => Const<u32>],
            store_float_of, [O], (self.y)
        )
    }
}

fn load_of<O: IntLoad, A: Source>(dest: Kind) -> OpCode {
    if const { is_wide_twin(O::OP) } {
        no_such_op(&[dest])
    } else if const { is_common_load(O::OP) } {
        load_to_pins::<O, A>(dest)
    } else {
        load_to::<O, A>(dest)
    }
}

fn load_to_pins<O: IntLoad, A: Source>(dest: Kind) -> OpCode {
    match dest {
        Kind::L0 => <Load<O, A, L0> as AnOp>::CODE,
        Kind::L1 => <Load<O, A, L1> as AnOp>::CODE,
        Kind::F0 | Kind::F1 | Kind::Slot | Kind::Acc | Kind::Home | Kind::Const => {
            load_to::<O, A>(dest)
        }
    }
}

fn load_to<O: IntLoad, A: Source>(dest: Kind) -> OpCode {
    match dest {
        Kind::Slot => <Load<O, A, Slot> as AnOp>::CODE,
        Kind::Acc => <Load<O, A, Acc> as AnOp>::CODE,
        Kind::L0 | Kind::L1 | Kind::F0 | Kind::F1 | Kind::Home | Kind::Const => no_such_op(&[dest]),
    }
}

fn load_float_of<O: FloatLoad, A: Source>(dest: Kind) -> OpCode {
    match dest {
        Kind::Slot => <LoadFloat<O, A, Slot> as AnOp>::CODE,
        Kind::Acc => <LoadFloat<O, A, Acc> as AnOp>::CODE,
        Kind::F0 => <LoadFloat<O, A, F0> as AnOp>::CODE,
        Kind::F1 => <LoadFloat<O, A, F1> as AnOp>::CODE,
        Kind::L0 | Kind::L1 | Kind::Home | Kind::Const => no_such_op(&[dest]),
    }
}

fn store_of<O: IntStore, A: Source>(value: Kind) -> OpCode {
    if const { is_wide_twin(O::OP) } { no_such_op(&[value]) } else { store_to::<O, A>(value) }
}

fn store_to<O: IntStore, A: Source>(value: Kind) -> OpCode {
    match value {
        Kind::L0 => <Store<O, A, L0> as AnOp>::CODE,
        Kind::L1 => <Store<O, A, L1> as AnOp>::CODE,
        Kind::Acc => <Store<O, A, Acc> as AnOp>::CODE,
        Kind::Slot => <Store<O, A, Slot> as AnOp>::CODE,
        Kind::Const => <Store<O, A, Immediate<O::In>> as AnOp>::CODE,
        Kind::F0 | Kind::F1 | Kind::Home => no_such_op(&[value]),
    }
}

fn store_float_of<O: FloatStore, A: Source>(value: Kind) -> OpCode {
    match value {
        Kind::F0 => <StoreFloat<O, A, F0> as AnOp>::CODE,
        Kind::F1 => <StoreFloat<O, A, F1> as AnOp>::CODE,
        Kind::Acc => <StoreFloat<O, A, Acc> as AnOp>::CODE,
        Kind::Slot => <StoreFloat<O, A, Slot> as AnOp>::CODE,
        Kind::Const => <StoreFloat<O, A, Const<u64>> as AnOp>::CODE,
        Kind::L0 | Kind::L1 | Kind::Home => no_such_op(&[value]),
    }
}

/// Asks for the store through the sum of two addresses.
pub(in super::super) struct StoreSum {
    x: Kind,
    y: Kind,
    value: Kind,
}

impl StoreSum {
    /// The op of a store instruction; the addresses are in canonical order.
    pub(in super::super) fn of(op: Op, x: Kind, y: Kind, value: Kind) -> OpCode {
        numeric::visit(op, Self { x, y, value }).unwrap_or_else(|| no_such_op(&[x, y, value]))
    }
}

impl Families for StoreSum {
    type Output = OpCode;

    fn other(self, _: Op) -> OpCode {
        no_such_op(&[self.x, self.y, self.value])
    }

    fn int_store<O: IntStore>(self) -> OpCode {
        if const { has_sum(O::OP) } {
            choose_ordered!(self.x, self.y, Const<u32>, store_at_sum, [O], (self.value))
        } else {
            no_such_op(&[self.x, self.y, self.value])
        }
    }

    fn float_store<O: FloatStore>(self) -> OpCode {
        choose_ordered!(self.x, self.y, Const<u32>, store_float_at_sum, [O], (self.value))
    }
}

fn store_at_sum<O: IntStore, X: Source, Y: Source>(value: Kind) -> OpCode {
    choose!(
        value,
        [L0 => L0, L1 => L1, Acc => Acc, Slot => Slot, Const => Immediate<O::In>],
        store_sum, [O, X, Y], ()
    )
}

fn store_sum<O: IntStore, X: Source, Y: Source, V: Source>() -> OpCode {
    <memory::StoreSum<O, X, Y, V> as AnOp>::CODE
}

fn store_float_at_sum<O: FloatStore, X: Source, Y: Source>(value: Kind) -> OpCode {
    choose!(
        value,
        [F0 => F0, F1 => F1, Acc => Acc, Slot => Slot, Const => Const<u64>],
        store_float_sum, [O, X, Y], ()
    )
}

fn store_float_sum<O: FloatStore, X: Source, Y: Source, V: FloatSource>() -> OpCode {
    <StoreFloatSum<O, X, Y, V> as AnOp>::CODE
}

/// How a memory is reached that isn't memory 0 with 32-bit addresses and the store's own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in super::super) enum Reach {
    /// By 32-bit addresses.
    I32,
    /// By 64-bit addresses.
    I64,
    /// Atomically, whatever the addresses.
    Shared,
}

impl Reach {
    /// How memories of this type are reached.
    pub(in super::super) const fn of(ty: MemoryType) -> Self {
        match ty.addr {
            _ if ty.shared => Self::Shared,
            AddrType::I32 => Self::I32,
            AddrType::I64 => Self::I64,
        }
    }
}

/// Asks for an access of any memory.
struct Any {
    reach: Reach,
}

/// `$op<O, N>`, whose shared form a twin of fewer bytes has.
macro_rules! any {
    ($self:ident, $op:ident, $O:ident) => {
        match $self.reach {
            Reach::I32 => <$op<$O, u32> as AnOp>::CODE,
            Reach::I64 => <$op<$O, u64> as AnOp>::CODE,
            Reach::Shared if const { is_wide_twin($O::OP) } => no_such_op(&[]),
            Reach::Shared => <$op<$O, Shared> as AnOp>::CODE,
        }
    };
}

impl Families for Any {
    type Output = OpCode;

    fn other(self, _: Op) -> OpCode {
        no_such_op(&[])
    }

    fn int_load<O: IntLoad>(self) -> OpCode {
        any!(self, LoadAny, O)
    }

    fn float_load<O: FloatLoad>(self) -> OpCode {
        any!(self, LoadFloatAny, O)
    }

    fn int_store<O: IntStore>(self) -> OpCode {
        any!(self, StoreAny, O)
    }

    fn float_store<O: FloatStore>(self) -> OpCode {
        any!(self, StoreFloatAny, O)
    }
}
