//! What vector instructions compute: one line an instruction over lanes, pure functions.
//!
//! A vector is an array of lanes of the shape that the instruction names ([`Shape`]); `lanes` holds
//! what is done with arrays. A family is a trait, as in the folder above, and [`visit`] goes from
//! an [`Op`] to the type that stands for it.
//!
//! Spec: exec/numerics#vector-operations

/// One line an instruction, in blocks of a family; used in this folder, one list a file.
///
/// Each line becomes a unit type named as the table's [`Op`], the family's trait for it, an arm of
/// the file's `visit`, and an assertion that stops the build when the table's row has other types.
macro_rules! vectors {
    ($($family:ident { $(
        $name:ident $($law:ident)? ($($args:tt)+) -> $out:ident $body:block
    )+ })+) => {
        $($(
            #[doc = concat!("`", stringify!($name), "` of the table.")]
            #[derive(Clone, Copy, Debug)]
            pub(crate) struct $name;

            vectors!(@$family $name [$($law)?] ($($args)+) $out $body);
        )+)+

        /// Answers for the instructions of this list; gives `families` back for any other.
        pub(super) fn visit<F: crate::interp::numeric::simd::Families>(
            op: crate::wasm::Op,
            families: F,
        ) -> Result<F::Output, F> {
            match op {
                $($( crate::wasm::Op::$name => Ok(families.$family::<$name>()), )+)+
                _ => Err(families),
            }
        }
    };

    (@unary $name:ident [] ($a:ident: $in:ident) $out:ident $body:block) => {
        vectors!(@impl Unary $name { type In = $in; type Out = $out; }
            ($a: $in) -> $out $body);
        vectors!(@row $name computes [V128] V128);
    };
    (@binary $name:ident $law:tt ($a:ident, $b:ident: $in:ident) $out:ident $body:block) => {
        vectors!(@impl Binary $name {
            const COMMUTATIVE: bool = vectors!(@commutative $law);
            type In = $in;
            type Out = $out;
        } ($a: $in, $b: $in) -> $out $body);
        vectors!(@row $name computes [V128, V128] V128);
    };
    (@ternary $name:ident [] ($a:ident, $b:ident, $c:ident: $in:ident) $out:ident $body:block) => {
        vectors!(@impl Ternary $name { type In = $in; type Out = $out; }
            ($a: $in, $b: $in, $c: $in) -> $out $body);
        vectors!(@row $name computes [V128, V128, V128] V128);
    };
    (@shift $name:ident [] ($a:ident: $in:ident, $by:ident: u32) $out:ident $body:block) => {
        vectors!(@impl Shift $name { type In = $in; type Out = $out; }
            ($a: $in, $by: u32) -> $out $body);
        vectors!(@row $name computes [V128, I32] V128);
    };
    (@test $name:ident [] ($a:ident: $in:ident) u32 $body:block) => {
        vectors!(@impl Test $name { type In = $in; } ($a: $in) -> u32 $body);
        vectors!(@row $name computes [V128] I32);
    };
    (@int_splat $name:ident [] ($a:ident: $in:ident) $out:ident $body:block) => {
        vectors!(@impl IntSplat $name { type In = $in; type Out = $out; }
            ($a: $in) -> $out $body);
        vectors!(@row $name computes [@$in] V128);
    };
    (@float_splat $name:ident [] ($a:ident: $in:ident) $out:ident $body:block) => {
        vectors!(@impl FloatSplat $name { type In = $in; type Out = $out; }
            ($a: $in) -> $out $body);
        vectors!(@row $name computes [@$in] V128);
    };
    (@int_extract $name:ident [] ($lane:ident: $in:ident) $out:ident $body:block) => {
        vectors!(@impl IntExtract $name { type Lane = $in; type Out = $out; }
            ($lane: $in) -> $out $body);
        vectors!(@row $name computes [V128] @$out);
    };
    (@float_extract $name:ident [] ($lane:ident: $in:ident) $out:ident $body:block) => {
        vectors!(@impl FloatExtract $name { type Lane = $in; type Out = $out; }
            ($lane: $in) -> $out $body);
        vectors!(@row $name computes [V128] @$out);
    };
    (@int_replace $name:ident []
        ($a:ident, $at:ident: $in:ident, $value:ident: $ty:ident) $out:ident $body:block
    ) => {
        vectors!(@impl IntReplace $name { type In = $in; type Value = $ty; type Out = $out; }
            ($a: $in, $at: u8, $value: $ty) -> $out $body);
        vectors!(@row $name computes [V128, @$ty] V128);
    };
    (@float_replace $name:ident []
        ($a:ident, $at:ident: $in:ident, $value:ident: $ty:ident) $out:ident $body:block
    ) => {
        vectors!(@impl FloatReplace $name { type In = $in; type Value = $ty; type Out = $out; }
            ($a: $in, $at: u8, $value: $ty) -> $out $body);
        vectors!(@row $name computes [V128, @$ty] V128);
    };
    (@shuffle $name:ident []
        ($a:ident, $b:ident, $lanes:ident: $in:ident) $out:ident $body:block
    ) => {
        vectors!(@impl Shuffle $name { type In = $in; type Out = $out; }
            ($a: $in, $b: $in, $lanes: $in) -> $out $body);
        vectors!(@row $name computes [V128, V128] V128);
    };
    (@load $name:ident [] ($raw:ident: $in:ident) $out:ident $body:block) => {
        vectors!(@impl Load $name { type Raw = $in; type Out = $out; } ($raw: $in) -> $out $body);
        vectors!(@row $name loads size_of::<$in>());
    };
    (@store $name:ident [] ($a:ident: $in:ident) $raw:ident $body:block) => {
        vectors!(@impl Store $name { type In = $in; type Raw = $raw; } ($a: $in) -> $raw $body);
        vectors!(@row $name stores size_of::<$raw>());
    };
    (@load_lane $name:ident []
        ($a:ident, $at:ident: $in:ident, $raw:ident: $ty:ident) $out:ident $body:block
    ) => {
        vectors!(@impl LoadLane $name { type In = $in; type Raw = $ty; type Out = $out; }
            ($a: $in, $at: u8, $raw: $ty) -> $out $body);
        vectors!(@row $name loads_lane size_of::<$ty>());
    };
    (@store_lane $name:ident [] ($lane:ident: $in:ident) $raw:ident $body:block) => {
        vectors!(@impl StoreLane $name { type Lane = $in; type Raw = $raw; }
            ($lane: $in) -> $raw $body);
        vectors!(@row $name stores size_of::<$raw>());
    };

    (@impl $family:ident $name:ident { $($items:tt)* }
        ($($arg:ident: $ty:ty),+) -> $out:ident $body:block
    ) => {
        impl crate::interp::numeric::simd::$family for $name {
            const OP: crate::wasm::Op = crate::wasm::Op::$name;
            $($items)*
            #[inline(always)]
            fn apply($($arg: $ty),+) -> $out $body
        }
    };

    (@commutative []) => { false };
    (@commutative [commutative]) => { true };

    (@type u32) => { crate::wasm::ValType::I32 };
    (@type i32) => { crate::wasm::ValType::I32 };
    (@type u64) => { crate::wasm::ValType::I64 };
    (@type f32) => { crate::wasm::ValType::F32 };
    (@type f64) => { crate::wasm::ValType::F64 };

    (@row $name:ident computes [@$takes:ident] V128) => {
        vectors!(@assert $name computes(&[vectors!(@type $takes)], crate::wasm::ValType::V128));
    };
    (@row $name:ident computes [V128, @$takes:ident] V128) => {
        vectors!(@assert $name computes(
            &[crate::wasm::ValType::V128, vectors!(@type $takes)],
            crate::wasm::ValType::V128
        ));
    };
    (@row $name:ident computes [V128] @$gives:ident) => {
        vectors!(@assert $name computes(&[crate::wasm::ValType::V128], vectors!(@type $gives)));
    };
    (@row $name:ident computes [$($takes:ident),+] $gives:ident) => {
        vectors!(@assert $name computes(
            &[$(crate::wasm::ValType::$takes),+],
            crate::wasm::ValType::$gives
        ));
    };
    (@row $name:ident loads $bytes:expr) => {
        vectors!(@assert $name loads($bytes, crate::wasm::ValType::V128));
    };
    (@row $name:ident loads_lane $bytes:expr) => {
        vectors!(@assert $name loads_lane($bytes));
    };
    (@row $name:ident stores $bytes:expr) => {
        vectors!(@assert $name stores(crate::wasm::ValType::V128, $bytes));
    };
    (@assert $name:ident $check:ident($($arg:expr),+)) => {
        const _: () = assert!(
            crate::interp::numeric::row::$check(crate::wasm::Op::$name, $($arg),+),
            concat!("the row of ", stringify!($name), " has other types"),
        );
    };
}

pub(crate) mod access;
pub(crate) mod convert;
pub(crate) mod float;
pub(crate) mod int;
pub(crate) mod lanes;
pub(crate) mod relaxed;
pub(crate) mod shuffle;

#[cfg(target_arch = "x86_64")]
mod fma;
#[cfg(target_arch = "x86_64")]
mod ssse3;
#[cfg(not(target_arch = "x86_64"))]
mod unit_portable;
#[cfg(target_arch = "x86_64")]
mod unit_x86_64;
#[cfg(not(target_arch = "x86_64"))]
mod vector_portable;
#[cfg(target_arch = "x86_64")]
mod vector_x86_64;

#[cfg(test)]
mod tests;

use super::value::{FloatValue, IntValue};
use crate::wasm::Op;

#[cfg(not(target_arch = "x86_64"))]
use unit_portable as unit;
#[cfg(target_arch = "x86_64")]
use unit_x86_64 as unit;
#[cfg(not(target_arch = "x86_64"))]
use vector_portable as vector;
#[cfg(target_arch = "x86_64")]
use vector_x86_64 as vector;

pub(crate) use lanes::Shape;
pub(crate) use vector::{Vector, from_memory};

/// One vector to one.
pub(crate) trait Unary: 'static {
    /// The row of the table.
    const OP: Op;
    /// The operand's lanes.
    type In: Shape;
    /// The result's lanes.
    type Out: Shape;
    /// The result.
    fn apply(a: Self::In) -> Self::Out;
}

/// Two vectors to one.
pub(crate) trait Binary: 'static {
    /// The row of the table.
    const OP: Op;
    /// Whether the operands may change places (the payload of a NaN may then differ).
    const COMMUTATIVE: bool;
    /// Both operands' lanes.
    type In: Shape;
    /// The result's lanes.
    type Out: Shape;
    /// The result.
    fn apply(a: Self::In, b: Self::In) -> Self::Out;
}

/// Three vectors to one.
pub(crate) trait Ternary: 'static {
    /// The row of the table.
    const OP: Op;
    /// The operands' lanes.
    type In: Shape;
    /// The result's lanes.
    type Out: Shape;
    /// The result.
    fn apply(a: Self::In, b: Self::In, c: Self::In) -> Self::Out;
}

/// All lanes shifted by the same count.
pub(crate) trait Shift: 'static {
    /// The row of the table.
    const OP: Op;
    /// The operand's lanes.
    type In: Shape;
    /// The result's lanes.
    type Out: Shape;
    /// The result; the count is taken modulo the lane's width.
    fn apply(a: Self::In, by: u32) -> Self::Out;
}

/// A vector to an i32: tests and bit masks.
pub(crate) trait Test: 'static {
    /// The row of the table.
    const OP: Op;
    /// The operand's lanes.
    type In: Shape;
    /// The result.
    fn apply(a: Self::In) -> u32;
}

/// An integer in all lanes.
pub(crate) trait IntSplat: 'static {
    /// The row of the table.
    const OP: Op;
    /// The operand.
    type In: IntValue;
    /// The result's lanes.
    type Out: Shape;
    /// The result.
    fn apply(a: Self::In) -> Self::Out;
}

/// A float in all lanes.
pub(crate) trait FloatSplat: 'static {
    /// The row of the table.
    const OP: Op;
    /// The operand.
    type In: FloatValue;
    /// The result's lanes.
    type Out: Shape;
    /// The result.
    fn apply(a: Self::In) -> Self::Out;
}

/// A lane as an integer.
pub(crate) trait IntExtract: 'static {
    /// The row of the table.
    const OP: Op;
    /// The lane.
    type Lane: Copy + 'static;
    /// The result.
    type Out: IntValue;
    /// The result.
    fn apply(lane: Self::Lane) -> Self::Out;
}

/// A lane as a float.
pub(crate) trait FloatExtract: 'static {
    /// The row of the table.
    const OP: Op;
    /// The lane.
    type Lane: Copy + 'static;
    /// The result.
    type Out: FloatValue;
    /// The result.
    fn apply(lane: Self::Lane) -> Self::Out;
}

/// A lane replaced by an integer.
pub(crate) trait IntReplace: 'static {
    /// The row of the table.
    const OP: Op;
    /// The vector's lanes.
    type In: Shape;
    /// The integer.
    type Value: IntValue;
    /// The result's lanes.
    type Out: Shape;
    /// The result.
    fn apply(a: Self::In, at: u8, value: Self::Value) -> Self::Out;
}

/// A lane replaced by a float.
pub(crate) trait FloatReplace: 'static {
    /// The row of the table.
    const OP: Op;
    /// The vector's lanes.
    type In: Shape;
    /// The float.
    type Value: FloatValue;
    /// The result's lanes.
    type Out: Shape;
    /// The result.
    fn apply(a: Self::In, at: u8, value: Self::Value) -> Self::Out;
}

/// Lanes of two vectors, chosen by an immediate.
pub(crate) trait Shuffle: 'static {
    /// The row of the table.
    const OP: Op;
    /// The operands' lanes.
    type In: Shape;
    /// The result's lanes.
    type Out: Shape;
    /// The result.
    fn apply(a: Self::In, b: Self::In, lanes: Self::In) -> Self::Out;
}

/// A load that gives a vector.
pub(crate) trait Load: 'static {
    /// The row of the table.
    const OP: Op;
    /// What lies in memory, read as the host's own order has it.
    type Raw: Copy + 'static;
    /// The result's lanes.
    type Out: Shape;
    /// The value of these bytes.
    fn apply(raw: Self::Raw) -> Self::Out;
}

/// A store of a vector.
pub(crate) trait Store: 'static {
    /// The row of the table.
    const OP: Op;
    /// The operand's lanes.
    type In: Shape;
    /// What goes to memory, written as the host's own order has it.
    type Raw: Copy + 'static;
    /// The bytes of this value.
    fn apply(a: Self::In) -> Self::Raw;
}

/// A load of one lane.
pub(crate) trait LoadLane: 'static {
    /// The row of the table.
    const OP: Op;
    /// The vector's lanes.
    type In: Shape;
    /// What lies in memory, read as the host's own order has it.
    type Raw: Copy + 'static;
    /// The result's lanes.
    type Out: Shape;
    /// The vector with this lane.
    fn apply(a: Self::In, at: u8, raw: Self::Raw) -> Self::Out;
}

/// A store of one lane.
pub(crate) trait StoreLane: 'static {
    /// The row of the table.
    const OP: Op;
    /// The lane.
    type Lane: Copy + 'static;
    /// What goes to memory, written as the host's own order has it.
    type Raw: Copy + 'static;
    /// The bytes of this lane.
    fn apply(lane: Self::Lane) -> Self::Raw;
}

/// One method a family: what to do with an instruction once its type is known.
pub(crate) trait Families: Sized {
    /// What every method answers.
    type Output;
    /// See [`Unary`].
    fn unary<O: Unary>(self) -> Self::Output;
    /// See [`Binary`].
    fn binary<O: Binary>(self) -> Self::Output;
    /// See [`Ternary`].
    fn ternary<O: Ternary>(self) -> Self::Output;
    /// See [`Shift`].
    fn shift<O: Shift>(self) -> Self::Output;
    /// See [`Test`].
    fn test<O: Test>(self) -> Self::Output;
    /// See [`IntSplat`].
    fn int_splat<O: IntSplat>(self) -> Self::Output;
    /// See [`FloatSplat`].
    fn float_splat<O: FloatSplat>(self) -> Self::Output;
    /// See [`IntExtract`].
    fn int_extract<O: IntExtract>(self) -> Self::Output;
    /// See [`FloatExtract`].
    fn float_extract<O: FloatExtract>(self) -> Self::Output;
    /// See [`IntReplace`].
    fn int_replace<O: IntReplace>(self) -> Self::Output;
    /// See [`FloatReplace`].
    fn float_replace<O: FloatReplace>(self) -> Self::Output;
    /// See [`Shuffle`].
    fn shuffle<O: Shuffle>(self) -> Self::Output;
    /// See [`Load`].
    fn load<O: Load>(self) -> Self::Output;
    /// See [`Store`].
    fn store<O: Store>(self) -> Self::Output;
    /// See [`LoadLane`].
    fn load_lane<O: LoadLane>(self) -> Self::Output;
    /// See [`StoreLane`].
    fn store_lane<O: StoreLane>(self) -> Self::Output;
}

/// Calls the method of `op`'s family with the type that stands for `op`. None when `op` is in no
/// list of this folder.
pub(crate) fn visit<F: Families>(op: Op, families: F) -> Option<F::Output> {
    let op = relaxed::strict(op);
    extensions(op, families)
        .or_else(|families| int::visit(op, families))
        .or_else(|families| float::visit(op, families))
        .or_else(|families| convert::visit(op, families))
        .or_else(|families| shuffle::visit(op, families))
        .or_else(|families| access::visit(op, families))
        .or_else(|families| relaxed::visit(op, families))
        .ok()
}

/// Answers for instructions that this processor has an extension for.
#[cfg(target_arch = "x86_64")]
fn extensions<F: Families>(op: Op, mut families: F) -> Result<F::Output, F> {
    if std::arch::is_x86_feature_detected!("ssse3") {
        families = match ssse3::visit(op, families) {
            Ok(output) => return Ok(output),
            Err(families) => families,
        };
    }
    if std::arch::is_x86_feature_detected!("fma") {
        fma::visit(op, families)
    } else {
        Err(families)
    }
}

/// Answers for instructions that this processor has an extension for.
#[cfg(not(target_arch = "x86_64"))]
fn extensions<F: Families>(_: Op, families: F) -> Result<F::Output, F> {
    Err(families)
}

/// The vector operation whose operands stand the other way round: greater is turned into less.
pub(crate) const fn turned(op: Op) -> Option<Op> {
    let mut at = 0;
    while at < CONVERSES.len() {
        let (greater, less) = CONVERSES[at];
        if greater as u16 == op as u16 {
            return Some(less);
        }
        at += 1;
    }
    None
}

/// Each relation that says greater, beside the one with its operands exchanged.
const CONVERSES: [(Op, Op); 18] = [
    (Op::I8x16GtS, Op::I8x16LtS),
    (Op::I8x16GtU, Op::I8x16LtU),
    (Op::I8x16GeS, Op::I8x16LeS),
    (Op::I8x16GeU, Op::I8x16LeU),
    (Op::I16x8GtS, Op::I16x8LtS),
    (Op::I16x8GtU, Op::I16x8LtU),
    (Op::I16x8GeS, Op::I16x8LeS),
    (Op::I16x8GeU, Op::I16x8LeU),
    (Op::I32x4GtS, Op::I32x4LtS),
    (Op::I32x4GtU, Op::I32x4LtU),
    (Op::I32x4GeS, Op::I32x4LeS),
    (Op::I32x4GeU, Op::I32x4LeU),
    (Op::I64x2GtS, Op::I64x2LtS),
    (Op::I64x2GeS, Op::I64x2LeS),
    (Op::F32x4Gt, Op::F32x4Lt),
    (Op::F32x4Ge, Op::F32x4Le),
    (Op::F64x2Gt, Op::F64x2Lt),
    (Op::F64x2Ge, Op::F64x2Le),
];
