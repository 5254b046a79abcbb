//! What numeric instructions compute: one line an instruction, pure functions, no machine in sight.
//!
//! A family is a trait: all instructions of one shape. [`visit`] goes from an [`Op`] to the type
//! that stands for it, so whoever implements [`Families`] handles a shape once. How operands
//! arrive and where results go is the translator's and the machine's.
//!
//! Spec: exec/numerics
#![expect(dead_code, reason = "the translator and the machine come next")]

/// One line an instruction, in blocks of a family; used in this folder, one list a file.
///
/// Each line becomes a unit type named as the table's [`Op`], the family's trait for it, an arm of
/// the file's `visit`, and an assertion that stops the build when the table's row has other types.
/// `commutative` says that the operands may change places.
macro_rules! numeric {
    ($($family:ident { $(
        $name:ident $($law:ident)? ($($arg:ident),+: $in:ident) -> $out:ident $body:block
    )+ })+) => {
        $($(
            #[doc = concat!("`", stringify!($name), "` of the table.")]
            #[derive(Clone, Copy, Debug)]
            pub(crate) struct $name;

            numeric!(@$family $name [$($law)?] ($($arg),+: $in) -> $out $body);
        )+)+

        /// Answers for the instructions of this list; gives `families` back for any other.
        pub(super) fn visit<F: crate::interp::numeric::Families>(
            op: crate::wasm::Op,
            families: F,
        ) -> Result<F::Output, F> {
            match op {
                $($( crate::wasm::Op::$name => Ok(families.$family::<$name>()), )+)+
                _ => Err(families),
            }
        }
    };

    (@int_binary
        $name:ident $law:tt ($a:ident, $b:ident: $in:ident) -> $out:ident $body:block
    ) => {
        impl crate::interp::numeric::IntBinary for $name {
            const OP: crate::wasm::Op = crate::wasm::Op::$name;
            const COMMUTATIVE: bool = numeric!(@commutative $law);
            type In = $in;
            type Out = $out;
            #[inline(always)]
            fn apply($a: $in, $b: $in) -> Result<$out, crate::interp::trap::TrapKind> {
                Ok($body)
            }
        }
        numeric!(@row $name [int $in, int $in] -> [int $out]);
    };
    (@int_compare $name:ident $law:tt ($a:ident, $b:ident: $in:ident) -> bool $body:block) => {
        impl crate::interp::numeric::IntCompare for $name {
            const OP: crate::wasm::Op = crate::wasm::Op::$name;
            const COMMUTATIVE: bool = numeric!(@commutative $law);
            type In = $in;
            #[inline(always)]
            fn apply($a: $in, $b: $in) -> bool $body
        }
        numeric!(@row $name [int $in, int $in] -> [int u32]);
    };
    (@int_unary $name:ident [] ($a:ident: $in:ident) -> $out:ident $body:block) => {
        numeric!(@unary IntUnary int int $name ($a: $in) -> $out $body);
    };
    (@float_binary
        $name:ident $law:tt ($a:ident, $b:ident: $in:ident) -> $out:ident $body:block
    ) => {
        impl crate::interp::numeric::FloatBinary for $name {
            const OP: crate::wasm::Op = crate::wasm::Op::$name;
            const COMMUTATIVE: bool = numeric!(@commutative $law);
            type In = $in;
            type Out = $out;
            #[inline(always)]
            fn apply($a: $in, $b: $in) -> $out $body
        }
        numeric!(@row $name [float $in, float $in] -> [float $out]);
    };
    (@float_compare $name:ident $law:tt ($a:ident, $b:ident: $in:ident) -> bool $body:block) => {
        impl crate::interp::numeric::FloatCompare for $name {
            const OP: crate::wasm::Op = crate::wasm::Op::$name;
            const COMMUTATIVE: bool = numeric!(@commutative $law);
            type In = $in;
            #[inline(always)]
            fn apply($a: $in, $b: $in) -> bool $body
        }
        numeric!(@row $name [float $in, float $in] -> [int u32]);
    };
    (@float_unary $name:ident [] ($a:ident: $in:ident) -> $out:ident $body:block) => {
        numeric!(@unary FloatUnary float float $name ($a: $in) -> $out $body);
    };
    (@int_to_float $name:ident [] ($a:ident: $in:ident) -> $out:ident $body:block) => {
        numeric!(@unary IntToFloat int float $name ($a: $in) -> $out $body);
    };
    (@unary $family:ident $takes:ident $gives:ident
        $name:ident ($a:ident: $in:ident) -> $out:ident $body:block
    ) => {
        impl crate::interp::numeric::$family for $name {
            const OP: crate::wasm::Op = crate::wasm::Op::$name;
            type In = $in;
            type Out = $out;
            #[inline(always)]
            fn apply($a: $in) -> $out $body
        }
        numeric!(@row $name [$takes $in] -> [$gives $out]);
    };
    (@float_to_int $name:ident [] ($a:ident: $in:ident) -> $out:ident $body:block) => {
        impl crate::interp::numeric::FloatToInt for $name {
            const OP: crate::wasm::Op = crate::wasm::Op::$name;
            type In = $in;
            type Out = $out;
            #[inline(always)]
            fn apply($a: $in) -> Result<$out, crate::interp::trap::TrapKind> {
                Ok($body)
            }
        }
        numeric!(@row $name [float $in] -> [int $out]);
    };
    (@int_load $name:ident [] ($raw:ident: $in:ident) -> $out:ident $body:block) => {
        impl crate::interp::numeric::IntLoad for $name {
            const OP: crate::wasm::Op = crate::wasm::Op::$name;
            type Raw = $in;
            type Out = $out;
            #[inline(always)]
            fn extend($raw: $in) -> $out $body
        }
        numeric!(@row $name load $in -> [int $out]);
    };
    (@float_load $name:ident [] ($raw:ident: $in:ident) -> $out:ident $body:block) => {
        impl crate::interp::numeric::FloatLoad for $name {
            const OP: crate::wasm::Op = crate::wasm::Op::$name;
            type Raw = $in;
            type Out = $out;
            #[inline(always)]
            fn value($raw: $in) -> $out $body
        }
        numeric!(@row $name load $in -> [float $out]);
    };
    (@int_store $name:ident [] ($value:ident: $in:ident) -> $raw:ident $body:block) => {
        impl crate::interp::numeric::IntStore for $name {
            const OP: crate::wasm::Op = crate::wasm::Op::$name;
            type In = $in;
            type Raw = $raw;
            #[inline(always)]
            fn cut($value: $in) -> $raw $body
        }
        numeric!(@row $name store [int $in] -> $raw);
    };
    (@float_store $name:ident [] ($value:ident: $in:ident) -> $raw:ident $body:block) => {
        impl crate::interp::numeric::FloatStore for $name {
            const OP: crate::wasm::Op = crate::wasm::Op::$name;
            type In = $in;
            type Raw = $raw;
            #[inline(always)]
            fn cut($value: $in) -> $raw $body
        }
        numeric!(@row $name store [float $in] -> $raw);
    };

    (@commutative []) => { false };
    (@commutative [commutative]) => { true };

    (@type int $ty:ident) => { <$ty as crate::interp::numeric::IntValue>::TYPE };
    (@type float $ty:ident) => { <$ty as crate::interp::numeric::FloatValue>::TYPE };

    (@row $name:ident [$($in:ident $takes:ident),+] -> [$out:ident $gives:ident]) => {
        const _: () = assert!(
            crate::interp::numeric::row::computes(
                crate::wasm::Op::$name,
                &[$(numeric!(@type $in $takes)),+],
                numeric!(@type $out $gives),
            ),
            concat!("the row of ", stringify!($name), " has other types"),
        );
    };
    (@row $name:ident load $raw:ident -> [$out:ident $gives:ident]) => {
        const _: () = assert!(
            crate::interp::numeric::row::loads(
                crate::wasm::Op::$name,
                size_of::<$raw>(),
                numeric!(@type $out $gives),
            ),
            concat!("the row of ", stringify!($name), " has other types"),
        );
    };
    (@row $name:ident store [$in:ident $takes:ident] -> $raw:ident) => {
        const _: () = assert!(
            crate::interp::numeric::row::stores(
                crate::wasm::Op::$name,
                numeric!(@type $in $takes),
                size_of::<$raw>(),
            ),
            concat!("the row of ", stringify!($name), " has other types"),
        );
    };
}

pub(crate) mod access;
pub(crate) mod atomic;
pub(crate) mod cell;
pub(crate) mod convert;
pub(crate) mod float;
pub(crate) mod int;
pub(crate) mod simd;
pub(crate) mod wide;

#[cfg(not(target_arch = "x86_64"))]
mod carrier_portable;
#[cfg(target_arch = "x86_64")]
mod carrier_x86_64;
mod row;
mod value;

#[cfg(test)]
mod soft;
#[cfg(test)]
mod tests;

use crate::interp::trap::TrapKind;
use crate::wasm::Op;

#[cfg(not(target_arch = "x86_64"))]
use carrier_portable as carrier;
#[cfg(target_arch = "x86_64")]
use carrier_x86_64 as carrier;

pub(crate) use value::{FloatValue, IntValue};

/// Two integers to one; the only family whose integers can trap.
pub(crate) trait IntBinary: 'static {
    /// The row of the table.
    const OP: Op;
    /// Whether the operands may change places.
    const COMMUTATIVE: bool;
    /// Both operands.
    type In: IntValue;
    /// The result.
    type Out: IntValue;
    /// The result, or why there is none.
    fn apply(a: Self::In, b: Self::In) -> Result<Self::Out, TrapKind>;
}

/// A relation of two integers.
pub(crate) trait IntCompare: 'static {
    /// The row of the table.
    const OP: Op;
    /// Whether the operands may change places.
    const COMMUTATIVE: bool;
    /// Both operands.
    type In: IntValue;
    /// Whether the relation holds.
    fn apply(a: Self::In, b: Self::In) -> bool;
}

/// One integer to one integer: counting bits, comparing with zero, changing width.
pub(crate) trait IntUnary: 'static {
    /// The row of the table.
    const OP: Op;
    /// The operand.
    type In: IntValue;
    /// The result.
    type Out: IntValue;
    /// The result.
    fn apply(a: Self::In) -> Self::Out;
}

/// Two floats to one.
pub(crate) trait FloatBinary: 'static {
    /// The row of the table.
    const OP: Op;
    /// Whether the operands may change places (the payload of a NaN may then differ).
    const COMMUTATIVE: bool;
    /// Both operands.
    type In: FloatValue;
    /// The result.
    type Out: FloatValue;
    /// The result.
    fn apply(a: Self::In, b: Self::In) -> Self::Out;
}

/// A relation of two floats. Its inverse is no relation of the table: NaN makes all but `ne` false.
pub(crate) trait FloatCompare: 'static {
    /// The row of the table.
    const OP: Op;
    /// Whether the operands may change places.
    const COMMUTATIVE: bool;
    /// Both operands.
    type In: FloatValue;
    /// Whether the relation holds.
    fn apply(a: Self::In, b: Self::In) -> bool;
}

/// One float to one float, of the other width too.
pub(crate) trait FloatUnary: 'static {
    /// The row of the table.
    const OP: Op;
    /// The operand.
    type In: FloatValue;
    /// The result.
    type Out: FloatValue;
    /// The result.
    fn apply(a: Self::In) -> Self::Out;
}

/// An integer to a float: conversion or reinterpretation.
pub(crate) trait IntToFloat: 'static {
    /// The row of the table.
    const OP: Op;
    /// The operand.
    type In: IntValue;
    /// The result.
    type Out: FloatValue;
    /// The result.
    fn apply(a: Self::In) -> Self::Out;
}

/// A float to an integer: truncation or reinterpretation.
pub(crate) trait FloatToInt: 'static {
    /// The row of the table.
    const OP: Op;
    /// The operand.
    type In: FloatValue;
    /// The result.
    type Out: IntValue;
    /// The result, or why there is none.
    fn apply(a: Self::In) -> Result<Self::Out, TrapKind>;
}

/// A load that gives an integer.
pub(crate) trait IntLoad: 'static {
    /// The row of the table.
    const OP: Op;
    /// What lies in memory, read as the host's own order has it.
    type Raw: Copy + 'static;
    /// The result.
    type Out: IntValue;
    /// The value of these bytes.
    fn extend(raw: Self::Raw) -> Self::Out;
}

/// A load that gives a float.
pub(crate) trait FloatLoad: 'static {
    /// The row of the table.
    const OP: Op;
    /// What lies in memory, read as the host's own order has it; a float, so that the load goes
    /// straight to a float register.
    type Raw: Copy + 'static;
    /// The result.
    type Out: FloatValue;
    /// The value of these bytes.
    fn value(raw: Self::Raw) -> Self::Out;
}

/// A store of an integer's low bytes.
pub(crate) trait IntStore: 'static {
    /// The row of the table.
    const OP: Op;
    /// The operand.
    type In: IntValue;
    /// What goes to memory, written as the host's own order has it.
    type Raw: Copy + 'static;
    /// The bytes of this value.
    fn cut(value: Self::In) -> Self::Raw;
}

/// A store of a float.
pub(crate) trait FloatStore: 'static {
    /// The row of the table.
    const OP: Op;
    /// The operand.
    type In: FloatValue;
    /// What goes to memory, written as the host's own order has it.
    type Raw: Copy + 'static;
    /// The bytes of this value.
    fn cut(value: Self::In) -> Self::Raw;
}

/// One method a family: what to do with an instruction once its type is known. A family without a
/// method of its own goes to `other`.
pub(crate) trait Families: Sized {
    /// What every method answers.
    type Output;
    /// An instruction of a family that isn't handled.
    fn other(self, op: Op) -> Self::Output;
    /// See [`IntBinary`].
    fn int_binary<O: IntBinary>(self) -> Self::Output {
        self.other(O::OP)
    }
    /// See [`IntCompare`].
    fn int_compare<O: IntCompare>(self) -> Self::Output {
        self.other(O::OP)
    }
    /// See [`IntUnary`].
    fn int_unary<O: IntUnary>(self) -> Self::Output {
        self.other(O::OP)
    }
    /// See [`FloatBinary`].
    fn float_binary<O: FloatBinary>(self) -> Self::Output {
        self.other(O::OP)
    }
    /// See [`FloatCompare`].
    fn float_compare<O: FloatCompare>(self) -> Self::Output {
        self.other(O::OP)
    }
    /// See [`FloatUnary`].
    fn float_unary<O: FloatUnary>(self) -> Self::Output {
        self.other(O::OP)
    }
    /// See [`IntToFloat`].
    fn int_to_float<O: IntToFloat>(self) -> Self::Output {
        self.other(O::OP)
    }
    /// See [`FloatToInt`].
    fn float_to_int<O: FloatToInt>(self) -> Self::Output {
        self.other(O::OP)
    }
    /// See [`IntLoad`].
    fn int_load<O: IntLoad>(self) -> Self::Output {
        self.other(O::OP)
    }
    /// See [`FloatLoad`].
    fn float_load<O: FloatLoad>(self) -> Self::Output {
        self.other(O::OP)
    }
    /// See [`IntStore`].
    fn int_store<O: IntStore>(self) -> Self::Output {
        self.other(O::OP)
    }
    /// See [`FloatStore`].
    fn float_store<O: FloatStore>(self) -> Self::Output {
        self.other(O::OP)
    }
}

/// Calls the method of `op`'s family with the type that stands for `op`. None when `op` is in no
/// list of this folder.
pub(crate) fn visit<F: Families>(op: Op, families: F) -> Option<F::Output> {
    int::visit(op, families)
        .or_else(|families| access::visit(op, families))
        .or_else(|families| float::visit(op, families))
        .or_else(|families| convert::visit(op, families))
        .ok()
}

/// The relation that holds exactly when that of `op` does not. None for relations of floats (with a
/// NaN neither `lt` nor `ge` holds) and for what is no relation.
pub(crate) fn inverted(op: Op) -> Option<Op> {
    partner(&INVERSES, op)
}

/// The relation of `b` and `a` that says what `op` says of `a` and `b`.
pub(crate) fn swapped(op: Op) -> Option<Op> {
    partner(&CONVERSES, op)
}

fn partner(pairs: &[(Op, Op)], op: Op) -> Option<Op> {
    let &(one, other) = pairs.iter().find(|&&(one, other)| op == one || op == other)?;
    Some(if op == one { other } else { one })
}

/// Each relation of integers beside its negation.
const INVERSES: [(Op, Op); 10] = [
    (Op::I32Eq, Op::I32Ne),
    (Op::I32LtS, Op::I32GeS),
    (Op::I32LtU, Op::I32GeU),
    (Op::I32GtS, Op::I32LeS),
    (Op::I32GtU, Op::I32LeU),
    (Op::I64Eq, Op::I64Ne),
    (Op::I64LtS, Op::I64GeS),
    (Op::I64LtU, Op::I64GeU),
    (Op::I64GtS, Op::I64LeS),
    (Op::I64GtU, Op::I64LeU),
];

/// Each relation beside the one with its operands exchanged.
const CONVERSES: [(Op, Op); 20] = [
    (Op::I32Eq, Op::I32Eq),
    (Op::I32Ne, Op::I32Ne),
    (Op::I32LtS, Op::I32GtS),
    (Op::I32LtU, Op::I32GtU),
    (Op::I32LeS, Op::I32GeS),
    (Op::I32LeU, Op::I32GeU),
    (Op::I64Eq, Op::I64Eq),
    (Op::I64Ne, Op::I64Ne),
    (Op::I64LtS, Op::I64GtS),
    (Op::I64LtU, Op::I64GtU),
    (Op::I64LeS, Op::I64GeS),
    (Op::I64LeU, Op::I64GeU),
    (Op::F32Eq, Op::F32Eq),
    (Op::F32Ne, Op::F32Ne),
    (Op::F32Lt, Op::F32Gt),
    (Op::F32Le, Op::F32Ge),
    (Op::F64Eq, Op::F64Eq),
    (Op::F64Ne, Op::F64Ne),
    (Op::F64Lt, Op::F64Gt),
    (Op::F64Le, Op::F64Ge),
];
