//! Fields, elements, casts: references are in slots or the accumulator, never in pins.

use super::{Kind, no_such_op};
use crate::interp::heap::types::Field;
use crate::interp::machine::aggregate::{
    ArrayGet, ArrayLen, ArraySet, I31Get, RefI31, S8, S16, StructGet, StructSet, U8, U16, W32, W64,
    Width,
};
use crate::interp::machine::build::{Nothing, Part, StructNew};
use crate::interp::machine::cast::{OfFunctions, OfObjects, OfSet, RefCast, RefTest};
use crate::interp::machine::operand::{Acc, Dest, Home, L0, L1, Slot, Source};
use crate::interp::machine::{Handler, Op as AnOp, OpCode};

/// Whether a packed field is read with its sign.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Sign {
    /// With it.
    Signed,
    /// Without, or there is nothing to extend.
    Unsigned,
}

/// A structure of up to three fields of 32 and 64 bits, when its fields are such.
pub(in super::super) fn struct_new(fields: &[(u32, Field)]) -> Option<OpCode> {
    match fields {
        [] => Some(<StructNew<Nothing, Nothing, Nothing> as Handler>::CODE),
        [(_, a), rest @ ..] => match width(*a)? {
            Kept::W32 => struct_new_second::<W32>(rest),
            Kept::W64 => struct_new_second::<W64>(rest),
        },
    }
}

fn struct_new_second<A: Part>(fields: &[(u32, Field)]) -> Option<OpCode> {
    match fields {
        [] => Some(<StructNew<A, Nothing, Nothing> as Handler>::CODE),
        [(_, b), rest @ ..] => match width(*b)? {
            Kept::W32 => struct_new_third::<A, W32>(rest),
            Kept::W64 => struct_new_third::<A, W64>(rest),
        },
    }
}

fn struct_new_third<A, B>(fields: &[(u32, Field)]) -> Option<OpCode>
where
    A: Part,
    B: Part,
{
    match fields {
        [] => Some(<StructNew<A, B, Nothing> as Handler>::CODE),
        [(_, c)] => match width(*c)? {
            Kept::W32 => Some(<StructNew<A, B, W32> as Handler>::CODE),
            Kept::W64 => Some(<StructNew<A, B, W64> as Handler>::CODE),
        },
        [_, _, ..] => None,
    }
}

/// The widths that small structures have ops for.
enum Kept {
    W32,
    W64,
}

fn width(field: Field) -> Option<Kept> {
    match field {
        Field::W32 => Some(Kept::W32),
        Field::W64 | Field::Reference => Some(Kept::W64),
        Field::I8 | Field::I16 | Field::W128 => None,
    }
}

/// `$next::<$before, W>($args)` for the width of a field that is read, or written without a sign.
macro_rules! choose_width {
    ($field:expr, $sign:expr, $next:ident, $args:tt) => {
        match ($field, $sign) {
            (Field::I8, Sign::Signed) => choose_width!(@ $next S8 $args),
            (Field::I8, Sign::Unsigned) => choose_width!(@ $next U8 $args),
            (Field::I16, Sign::Signed) => choose_width!(@ $next S16 $args),
            (Field::I16, Sign::Unsigned) => choose_width!(@ $next U16 $args),
            (Field::W32, _) => choose_width!(@ $next W32 $args),
            (Field::W64 | Field::Reference, _) => choose_width!(@ $next W64 $args),
            (Field::W128, _) => unreachable!("vectors have ops of their own"),
        }
    };
    (@ $next:ident $W:ident ($($arg:expr),*)) => { $next::<$W>($($arg),*) };
}

/// `dest = field of x`.
pub(in super::super) fn struct_get(field: Field, sign: Sign, x: Kind, dest: Kind) -> OpCode {
    choose_width!(field, sign, struct_get_of, (x, dest))
}

fn struct_get_of<W: Width>(x: Kind, dest: Kind) -> OpCode {
    choose!(x, [Acc => Acc, Slot => Slot], struct_get_from, [W], (dest))
}

fn struct_get_from<W: Width, X: Source>(dest: Kind) -> OpCode {
    choose!(dest, [Acc => Acc, Home => Home], struct_get_to, [W, X], ())
}

fn struct_get_to<W: Width, X: Source, D: Dest>() -> OpCode {
    <StructGet<W, X, D> as AnOp>::CODE
}

/// `field of x = y`.
pub(in super::super) fn struct_set(field: Field, x: Kind, y: Kind) -> OpCode {
    choose_width!(field, Sign::Unsigned, struct_set_of, (x, y))
}

fn struct_set_of<W: Width>(x: Kind, y: Kind) -> OpCode {
    choose!(x, [Acc => Acc, Slot => Slot], struct_set_in, [W], (y))
}

fn struct_set_in<W: Width, X: Source>(y: Kind) -> OpCode {
    choose!(y, [L0 => L0, L1 => L1, Acc => Acc, Slot => Slot], struct_set_to, [W, X], ())
}

fn struct_set_to<W: Width, X: Source, Y: Source>() -> OpCode {
    <StructSet<W, X, Y> as AnOp>::CODE
}

/// `dest = array x [i]`.
pub(in super::super) fn array_get(
    field: Field,
    sign: Sign,
    x: Kind,
    i: Kind,
    dest: Kind,
) -> OpCode {
    choose_width!(field, sign, array_get_of, (x, i, dest))
}

fn array_get_of<W: Width>(x: Kind, i: Kind, dest: Kind) -> OpCode {
    choose!(x, [Acc => Acc, Slot => Slot], array_get_from, [W], (i, dest))
}

fn array_get_from<W: Width, X: Source>(i: Kind, dest: Kind) -> OpCode {
    choose!(i, [L0 => L0, L1 => L1, Acc => Acc, Slot => Slot], array_get_at, [W, X], (dest))
}

fn array_get_at<W: Width, X: Source, I: Source>(dest: Kind) -> OpCode {
    choose!(dest, [Acc => Acc, Home => Home], array_get_to, [W, X, I], ())
}

fn array_get_to<W: Width, X: Source, I: Source, D: Dest>() -> OpCode {
    <ArrayGet<W, X, I, D> as AnOp>::CODE
}

/// `array in a slot [i] = y`.
pub(in super::super) fn array_set(field: Field, i: Kind, y: Kind) -> OpCode {
    choose_width!(field, Sign::Unsigned, array_set_of, (i, y))
}

fn array_set_of<W: Width>(i: Kind, y: Kind) -> OpCode {
    choose!(i, [L0 => L0, L1 => L1, Acc => Acc, Slot => Slot], array_set_at, [W], (y))
}

fn array_set_at<W: Width, I: Source>(y: Kind) -> OpCode {
    choose!(y, [L0 => L0, L1 => L1, Acc => Acc, Slot => Slot], array_set_to, [W, I], ())
}

fn array_set_to<W: Width, I: Source, Y: Source>() -> OpCode {
    <ArraySet<W, Slot, I, Y> as AnOp>::CODE
}

/// `acc = length of x`.
pub(in super::super) fn array_len(x: Kind) -> OpCode {
    choose!(x, [Acc => Acc, Slot => Slot], array_len_of, [], ())
}

fn array_len_of<X: Source>() -> OpCode {
    <ArrayLen<X> as AnOp>::CODE
}

/// `acc = i31 of x`.
pub(in super::super) fn ref_i31(x: Kind) -> OpCode {
    choose!(x, [L0 => L0, L1 => L1, Acc => Acc, Slot => Slot], ref_i31_of, [], ())
}

fn ref_i31_of<X: Source>() -> OpCode {
    <RefI31<X> as AnOp>::CODE
}

/// `acc = number of i31 x`.
pub(in super::super) fn i31_get(x: Kind, sign: Sign) -> OpCode {
    choose!(x, [Acc => Acc, Slot => Slot], i31_get_of, [], (sign))
}

fn i31_get_of<X: Source>(sign: Sign) -> OpCode {
    match sign {
        Sign::Signed => <I31Get<X, true> as AnOp>::CODE,
        Sign::Unsigned => <I31Get<X, false> as AnOp>::CODE,
    }
}

/// What a reference is tested for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Wanted {
    /// A type of structures or arrays.
    Objects,
    /// A type of functions.
    Functions,
    /// What the specification names.
    Set,
}

/// Whether null passes a test.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Null {
    /// It does.
    Passes,
    /// It doesn't.
    Fails,
}

/// `$op<X, K, NULL>` of what is wanted.
macro_rules! choose_target {
    ($op:ident, $x:ident, $wanted:expr, $null:expr) => {
        match ($wanted, $null) {
            (Wanted::Objects, Null::Passes) => <$op<$x, OfObjects, true> as AnOp>::CODE,
            (Wanted::Objects, Null::Fails) => <$op<$x, OfObjects, false> as AnOp>::CODE,
            (Wanted::Functions, Null::Passes) => <$op<$x, OfFunctions, true> as AnOp>::CODE,
            (Wanted::Functions, Null::Fails) => <$op<$x, OfFunctions, false> as AnOp>::CODE,
            (Wanted::Set, Null::Passes) => <$op<$x, OfSet, true> as AnOp>::CODE,
            (Wanted::Set, Null::Fails) => <$op<$x, OfSet, false> as AnOp>::CODE,
        }
    };
}

/// `acc = x is wanted`.
pub(in super::super) fn ref_test(x: Kind, wanted: Wanted, null: Null) -> OpCode {
    choose!(x, [Acc => Acc, Slot => Slot], ref_test_of, [], (wanted, null))
}

fn ref_test_of<X: Source>(wanted: Wanted, null: Null) -> OpCode {
    choose_target!(RefTest, X, wanted, null)
}

/// `acc = x`, which is wanted.
pub(in super::super) fn ref_cast(x: Kind, wanted: Wanted, null: Null) -> OpCode {
    choose!(x, [Acc => Acc, Slot => Slot], ref_cast_of, [], (wanted, null))
}

fn ref_cast_of<X: Source>(wanted: Wanted, null: Null) -> OpCode {
    choose_target!(RefCast, X, wanted, null)
}
