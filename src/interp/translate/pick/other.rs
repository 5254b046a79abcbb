//! Moves, globals, selects, references, tables, calls: ops that aren't arithmetic.

use super::{Kind, Toll, no_such_op};
use crate::interp::machine::call::{
    Call, CallFar, CallImport, CallIndirect, CallRef, ReturnCall, ReturnCallImport,
    ReturnCallIndirect, ReturnCallRef,
};
use crate::interp::machine::control::{self, BranchTable, Return, ReturnFloat};
use crate::interp::machine::exception::ThrowRef;
use crate::interp::machine::numeric::IntBinaryOp;
use crate::interp::machine::operand::{
    Acc, Const, Dest, F0, F1, FloatDest, FloatSource, Home, L0, L1, Slot, Source,
};
use crate::interp::machine::reference::{RefAsNonNull, RefIsNull};
use crate::interp::machine::table::{TableGet, TableSet};
use crate::interp::machine::variable::{
    Enter, GlobalGet, GlobalSet, MANY, Move, MoveFloat, Param, Select, Start, Unused, Zero,
};
use crate::interp::machine::{Handler, Op as AnOp, OpCode};
use crate::interp::numeric::int;

/// `dest = x`, of bits.
pub(in super::super) fn moves(x: Kind, dest: Kind) -> OpCode {
    choose!(
        x,
        [L0 => L0, L1 => L1, Acc => Acc, Slot => Slot, Const => Const<u64>],
        move_of, [], (dest)
    )
}

fn move_of<X: Source>(dest: Kind) -> OpCode {
    choose!(dest, [L0 => L0, L1 => L1, Acc => Acc, Home => Home], move_to, [X], ())
}

fn move_to<X: Source, D: Dest>() -> OpCode {
    <Move<X, D> as AnOp>::CODE
}

/// `dest = x`, where one of them is a float register.
pub(in super::super) fn float_moves(x: Kind, dest: Kind) -> OpCode {
    choose!(
        x,
        [F0 => F0, F1 => F1, Acc => Acc, Slot => Slot, Const => Const<u64>],
        float_move_of, [], (dest)
    )
}

fn float_move_of<X: FloatSource>(dest: Kind) -> OpCode {
    choose!(dest, [F0 => F0, F1 => F1, Acc => Acc, Home => Home], float_move_to, [X], ())
}

fn float_move_to<X: FloatSource, D: FloatDest>() -> OpCode {
    <MoveFloat<X, D> as AnOp>::CODE
}

/// `home = x + y`, 32-bit, in canonical order.
pub(in super::super) fn sum_home(x: Kind, y: Kind) -> OpCode {
    choose_ordered!(x, y, Const<u32>, sum_home_of, [], ())
}

fn sum_home_of<X: Source, Y: Source>() -> OpCode {
    <IntBinaryOp<int::I32Add, X, Y, Home> as AnOp>::CODE
}

/// How a pin starts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum PinStart {
    /// From a parameter's slot.
    Param,
    /// From zero.
    Zero,
    /// No local is pinned there.
    Unused,
}

/// The first op of a function: pins, and `zeros` cleared slots.
pub(in super::super) fn enter(first: PinStart, second: PinStart, zeros: usize) -> OpCode {
    match first {
        PinStart::Param => enter_first::<Param>(second, zeros),
        PinStart::Zero => enter_first::<Zero>(second, zeros),
        PinStart::Unused => enter_both::<Unused, Unused>(zeros),
    }
}

fn enter_first<A: Start>(second: PinStart, zeros: usize) -> OpCode {
    match second {
        PinStart::Param => enter_both::<A, Param>(zeros),
        PinStart::Zero => enter_both::<A, Zero>(zeros),
        PinStart::Unused => enter_both::<A, Unused>(zeros),
    }
}

fn enter_both<A: Start, B: Start>(zeros: usize) -> OpCode {
    match zeros {
        0 => <Enter<A, B, 0> as AnOp>::CODE,
        1 => <Enter<A, B, 1> as AnOp>::CODE,
        2 => <Enter<A, B, 2> as AnOp>::CODE,
        3 => <Enter<A, B, 3> as AnOp>::CODE,
        4 => <Enter<A, B, 4> as AnOp>::CODE,
        5 => <Enter<A, B, 5> as AnOp>::CODE,
        6 => <Enter<A, B, 6> as AnOp>::CODE,
        7 => <Enter<A, B, 7> as AnOp>::CODE,
        8 => <Enter<A, B, 8> as AnOp>::CODE,
        _ => <Enter<A, B, { MANY + 1 }> as AnOp>::CODE,
    }
}

/// `dest = global`.
pub(in super::super) fn global_get(dest: Kind, imported: bool) -> OpCode {
    choose!(dest, [L0 => L0, L1 => L1, Acc => Acc, Slot => Slot], global_get_to, [], (imported))
}

fn global_get_to<D: Dest>(imported: bool) -> OpCode {
    if imported { <GlobalGet<D, true> as AnOp>::CODE } else { <GlobalGet<D, false> as AnOp>::CODE }
}

/// `global = x`.
pub(in super::super) fn global_set(x: Kind, imported: bool) -> OpCode {
    choose!(
        x,
        [L0 => L0, L1 => L1, Acc => Acc, Slot => Slot, Const => Const<u64>],
        global_set_of, [], (imported)
    )
}

fn global_set_of<X: Source>(imported: bool) -> OpCode {
    if imported { <GlobalSet<X, true> as AnOp>::CODE } else { <GlobalSet<X, false> as AnOp>::CODE }
}

/// `dest = condition ? x : y`; the condition isn't in a pin, the others not in the accumulator.
pub(in super::super) fn select(condition: Kind, x: Kind, y: Kind, dest: Kind) -> OpCode {
    choose!(
        condition,
        [Acc => Acc, Slot => Slot],
        select_if, [], (x, y, dest)
    )
}

fn select_if<C: Source>(x: Kind, y: Kind, dest: Kind) -> OpCode {
    choose!(
        x,
        [L0 => L0, L1 => L1, Slot => Slot, Const => Const<u64>],
        select_of, [C], (y, dest)
    )
}

fn select_of<C: Source, X: Source>(y: Kind, dest: Kind) -> OpCode {
    choose!(
        y,
        [L0 => L0, L1 => L1, Slot => Slot, Const => Const<u64>],
        select_to, [C, X], (dest)
    )
}

fn select_to<C: Source, X: Source, Y: Source>(dest: Kind) -> OpCode {
    match dest {
        Kind::Slot => <Select<C, X, Y, Slot> as AnOp>::CODE,
        Kind::Acc => <Select<C, X, Y, Acc> as AnOp>::CODE,
        Kind::L0 | Kind::L1 | Kind::F0 | Kind::F1 | Kind::Home | Kind::Const => no_such_op(&[dest]),
    }
}

/// `dest = x is null`.
pub(in super::super) fn ref_is_null(x: Kind, dest: Kind) -> OpCode {
    choose!(x, [Acc => Acc, Slot => Slot], ref_is_null_of, [], (dest))
}

fn ref_is_null_of<X: Source>(dest: Kind) -> OpCode {
    match dest {
        Kind::Slot => <RefIsNull<X, Slot> as AnOp>::CODE,
        Kind::Acc => <RefIsNull<X, Acc> as AnOp>::CODE,
        Kind::L0 | Kind::L1 | Kind::F0 | Kind::F1 | Kind::Home | Kind::Const => no_such_op(&[dest]),
    }
}

/// `dest = x`, or a trap.
pub(in super::super) fn ref_as_non_null(x: Kind) -> OpCode {
    match x {
        Kind::Acc => <RefAsNonNull<Acc, Acc> as AnOp>::CODE,
        Kind::Slot => <RefAsNonNull<Slot, Acc> as AnOp>::CODE,
        Kind::L0 | Kind::L1 | Kind::F0 | Kind::F1 | Kind::Home | Kind::Const => no_such_op(&[x]),
    }
}

/// `acc = table [x]`.
pub(in super::super) fn table_get(x: Kind) -> OpCode {
    choose!(
        x,
        [L0 => L0, L1 => L1, Acc => Acc, Slot => Slot, Const => Const<u64>],
        table_get_of, [], ()
    )
}

fn table_get_of<X: Source>() -> OpCode {
    <TableGet<X> as AnOp>::CODE
}

/// `table [x] = y`.
pub(in super::super) fn table_set(x: Kind, y: Kind) -> OpCode {
    choose!(
        x,
        [L0 => L0, L1 => L1, Acc => Acc, Slot => Slot, Const => Const<u64>],
        table_set_of, [], (y)
    )
}

fn table_set_of<X: Source>(y: Kind) -> OpCode {
    match y {
        Kind::Slot => <TableSet<X, Slot> as AnOp>::CODE,
        Kind::Acc => <TableSet<X, Acc> as AnOp>::CODE,
        Kind::Const => <TableSet<X, Const<u64>> as AnOp>::CODE,
        Kind::L0 | Kind::L1 | Kind::F0 | Kind::F1 | Kind::Home => no_such_op(&[y]),
    }
}

/// Goes to the row of a table that `x` says.
pub(in super::super) fn branch_table(x: Kind, toll: Toll) -> OpCode {
    choose!(x, [L0 => L0, L1 => L1, Acc => Acc, Slot => Slot], branch_table_of, [], (toll))
}

fn branch_table_of<X: Source>(toll: Toll) -> OpCode {
    match toll {
        Toll::Free => <BranchTable<X, control::Free> as Handler>::CODE,
        Toll::Paid => <BranchTable<X, control::Pay> as Handler>::CODE,
    }
}

/// Returns with `x` in the accumulator.
pub(in super::super) fn returns(x: Kind, toll: Toll) -> OpCode {
    choose!(
        x,
        [L0 => L0, L1 => L1, Acc => Acc, Slot => Slot, Const => Const<u64>],
        return_of, [], (toll)
    )
}

fn return_of<X: Source>(toll: Toll) -> OpCode {
    match toll {
        Toll::Free => <Return<X, control::Free> as Handler>::CODE,
        Toll::Paid => <Return<X, control::Pay> as Handler>::CODE,
    }
}

/// Returns with `x` in the float accumulator.
pub(in super::super) fn returns_float(x: Kind, toll: Toll) -> OpCode {
    choose!(
        x,
        [F0 => F0, F1 => F1, Acc => Acc, Slot => Slot, Const => Const<u64>],
        return_float_of, [], (toll)
    )
}

fn return_float_of<X: FloatSource>(toll: Toll) -> OpCode {
    match toll {
        Toll::Free => <ReturnFloat<X, control::Free> as Handler>::CODE,
        Toll::Paid => <ReturnFloat<X, control::Pay> as Handler>::CODE,
    }
}

/// `$op<$args, T>` with the toll of calls: they check.
macro_rules! call {
    ($toll:expr, $op:ident $(<$($arg:tt),+>)?) => {
        match $toll {
            Toll::Free => <$op<$($($arg,)+)? control::Free> as Handler>::CODE,
            Toll::Paid => <$op<$($($arg,)+)? control::Check> as Handler>::CODE,
        }
    };
}

/// The direct call whose frame is `delta` slots up, when there is one of its own.
pub(in super::super) fn call_near(delta: u32, toll: Toll) -> Option<OpCode> {
    macro_rules! deltas {
        ($($delta:literal)+) => {
            match delta {
                $( $delta => Some(call!(toll, Call<$delta>)), )+
                _ => None,
            }
        };
    }
    deltas! {
        6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36
    }
}

/// The direct call of any frame.
pub(in super::super) fn call_far(toll: Toll) -> OpCode {
    call!(toll, CallFar)
}

/// The call of an import.
pub(in super::super) fn call_import(toll: Toll) -> OpCode {
    call!(toll, CallImport)
}

/// The call through a table.
pub(in super::super) fn call_indirect(x: Kind, toll: Toll) -> OpCode {
    match x {
        Kind::L0 => call!(toll, CallIndirect<L0>),
        Kind::L1 => call!(toll, CallIndirect<L1>),
        Kind::Acc => call!(toll, CallIndirect<Acc>),
        Kind::Slot => call!(toll, CallIndirect<Slot>),
        Kind::F0 | Kind::F1 | Kind::Home | Kind::Const => no_such_op(&[x]),
    }
}

/// The call through a reference.
pub(in super::super) fn call_ref(x: Kind, toll: Toll) -> OpCode {
    match x {
        Kind::Acc => call!(toll, CallRef<Acc>),
        Kind::Slot => call!(toll, CallRef<Slot>),
        Kind::L0 | Kind::L1 | Kind::F0 | Kind::F1 | Kind::Home | Kind::Const => no_such_op(&[x]),
    }
}

/// The direct tail call.
pub(in super::super) fn return_call(toll: Toll) -> OpCode {
    call!(toll, ReturnCall)
}

/// The tail call of an import.
pub(in super::super) fn return_call_import(toll: Toll) -> OpCode {
    call!(toll, ReturnCallImport)
}

/// The tail call through a table; the index is in a slot or the accumulator.
pub(in super::super) fn return_call_indirect(x: Kind, toll: Toll) -> OpCode {
    match x {
        Kind::L0 => call!(toll, ReturnCallIndirect<L0>),
        Kind::L1 => call!(toll, ReturnCallIndirect<L1>),
        Kind::Acc => call!(toll, ReturnCallIndirect<Acc>),
        Kind::Slot => call!(toll, ReturnCallIndirect<Slot>),
        Kind::F0 | Kind::F1 | Kind::Home | Kind::Const => no_such_op(&[x]),
    }
}

/// The tail call through a reference.
pub(in super::super) fn return_call_ref(x: Kind, toll: Toll) -> OpCode {
    match x {
        Kind::Acc => call!(toll, ReturnCallRef<Acc>),
        Kind::Slot => call!(toll, ReturnCallRef<Slot>),
        Kind::L0 | Kind::L1 | Kind::F0 | Kind::F1 | Kind::Home | Kind::Const => no_such_op(&[x]),
    }
}

/// Throws the exception `x`.
pub(in super::super) fn throw_ref(x: Kind) -> OpCode {
    match x {
        Kind::Acc => <ThrowRef<Acc> as Handler>::CODE,
        Kind::Slot => <ThrowRef<Slot> as Handler>::CODE,
        Kind::L0 | Kind::L1 | Kind::F0 | Kind::F1 | Kind::Home | Kind::Const => no_such_op(&[x]),
    }
}
