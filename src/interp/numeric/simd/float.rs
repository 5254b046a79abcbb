//! Arithmetic and relations of float lanes. NaNs are as those of scalars.
//!
//! Spec: exec/numerics#floating-point-operations

use super::lanes::{F32x4, F64x2, Shape, U32x4, U64x2, map, zip};
use super::unit;

vectors! {
    unary {
        F32x4Abs     (a: F32x4) -> F32x4 { map(a, f32::abs) }
        F32x4Neg     (a: F32x4) -> F32x4 { map(a, |a| -a) }
        F32x4Sqrt    (a: F32x4) -> F32x4 { map(a, f32::sqrt) }
        F32x4Ceil    (a: F32x4) -> F32x4 { up(a) }
        F32x4Floor   (a: F32x4) -> F32x4 { down(a) }
        F32x4Trunc   (a: F32x4) -> F32x4 { toward_zero(a) }
        F32x4Nearest (a: F32x4) -> F32x4 { to_nearest(a) }

        F64x2Abs     (a: F64x2) -> F64x2 { map(a, f64::abs) }
        F64x2Neg     (a: F64x2) -> F64x2 { map(a, |a| -a) }
        F64x2Sqrt    (a: F64x2) -> F64x2 { map(a, f64::sqrt) }
        F64x2Ceil    (a: F64x2) -> F64x2 { up(a) }
        F64x2Floor   (a: F64x2) -> F64x2 { down(a) }
        F64x2Trunc   (a: F64x2) -> F64x2 { toward_zero(a) }
        F64x2Nearest (a: F64x2) -> F64x2 { to_nearest(a) }
    }

    binary {
        F32x4Add  commutative (a, b: F32x4) -> F32x4 { zip(a, b, |a, b| a + b) }
        F32x4Sub              (a, b: F32x4) -> F32x4 { zip(a, b, |a, b| a - b) }
        F32x4Mul  commutative (a, b: F32x4) -> F32x4 { zip(a, b, |a, b| a * b) }
        F32x4Div              (a, b: F32x4) -> F32x4 { zip(a, b, |a, b| a / b) }
        F32x4Min  commutative (a, b: F32x4) -> F32x4 { least(a, b) }
        F32x4Max  commutative (a, b: F32x4) -> F32x4 { greatest(a, b) }
        F32x4Pmin             (a, b: F32x4) -> F32x4 { unit::f32::lesser(b, a) }
        F32x4Pmax             (a, b: F32x4) -> F32x4 { unit::f32::greater(b, a) }
        F32x4Eq   commutative (a, b: F32x4) -> U32x4 { unit::f32::equal(a, b) }
        F32x4Ne   commutative (a, b: F32x4) -> U32x4 { unit::f32::unequal(a, b) }
        F32x4Lt               (a, b: F32x4) -> U32x4 { unit::f32::less(a, b) }
        F32x4Gt               (a, b: F32x4) -> U32x4 { unit::f32::less(b, a) }
        F32x4Le               (a, b: F32x4) -> U32x4 { unit::f32::at_most(a, b) }
        F32x4Ge               (a, b: F32x4) -> U32x4 { unit::f32::at_most(b, a) }

        F64x2Add  commutative (a, b: F64x2) -> F64x2 { zip(a, b, |a, b| a + b) }
        F64x2Sub              (a, b: F64x2) -> F64x2 { zip(a, b, |a, b| a - b) }
        F64x2Mul  commutative (a, b: F64x2) -> F64x2 { zip(a, b, |a, b| a * b) }
        F64x2Div              (a, b: F64x2) -> F64x2 { zip(a, b, |a, b| a / b) }
        F64x2Min  commutative (a, b: F64x2) -> F64x2 { least(a, b) }
        F64x2Max  commutative (a, b: F64x2) -> F64x2 { greatest(a, b) }
        F64x2Pmin             (a, b: F64x2) -> F64x2 { unit::f64::lesser(b, a) }
        F64x2Pmax             (a, b: F64x2) -> F64x2 { unit::f64::greater(b, a) }
        F64x2Eq   commutative (a, b: F64x2) -> U64x2 { unit::f64::equal(a, b) }
        F64x2Ne   commutative (a, b: F64x2) -> U64x2 { unit::f64::unequal(a, b) }
        F64x2Lt               (a, b: F64x2) -> U64x2 { unit::f64::less(a, b) }
        F64x2Gt               (a, b: F64x2) -> U64x2 { unit::f64::less(b, a) }
        F64x2Le               (a, b: F64x2) -> U64x2 { unit::f64::at_most(a, b) }
        F64x2Ge               (a, b: F64x2) -> U64x2 { unit::f64::at_most(b, a) }
    }
}

/// What lanes of floats have beside their arithmetic. (Without branches: with them LLVM takes lanes
/// one by one.)
trait Floats: Shape {
    /// The bits of the lanes.
    type Bits: Shape;
    /// Lanes `0.0`.
    const ZERO: Self;
    /// Lanes `1.0`.
    const ONE: Self;
    /// From here on every number is an integer: adding it pushes the fraction out, and the
    /// processor rounds to nearest, ties to even.
    const ALL_INTEGERS: Self;
    /// All bits but the sign.
    const MAGNITUDE: Self::Bits;
    /// The bits.
    fn bits(self) -> Self::Bits;
    /// The floats of these bits.
    fn from_bits(bits: Self::Bits) -> Self;
    /// `a` and `b`, bit by bit.
    fn and(a: Self::Bits, b: Self::Bits) -> Self::Bits;
    /// `a` or `b`, bit by bit.
    fn or(a: Self::Bits, b: Self::Bits) -> Self::Bits;
    /// `a` without the bits of `b`.
    fn and_not(a: Self::Bits, b: Self::Bits) -> Self::Bits;
    /// The sum.
    fn add(self, other: Self) -> Self;
    /// The difference.
    fn sub(self, other: Self) -> Self;
    /// Where `self` is less.
    fn less(self, other: Self) -> Self::Bits;
    /// Where one is NaN.
    fn unordered(self, other: Self) -> Self::Bits;
    /// `self` where it is less, else `other`.
    fn lesser(self, other: Self) -> Self;
    /// `self` where it is greater, else `other`.
    fn greater(self, other: Self) -> Self;
}

macro_rules! floats {
    ($($float:ident $shape:ident $bits:ident $int:ident;)+) => { $(
        impl Floats for $shape {
            type Bits = $bits;
            const ZERO: Self = [0.0; _];
            const ONE: Self = [1.0; _];
            const ALL_INTEGERS: Self = [1.0 / $float::EPSILON; _];
            const MAGNITUDE: $bits = [$int::MAX >> 1; _];
            #[inline(always)]
            fn bits(self) -> $bits {
                map(self, $float::to_bits)
            }
            #[inline(always)]
            fn from_bits(bits: $bits) -> Self {
                map(bits, $float::from_bits)
            }
            #[inline(always)]
            fn and(a: $bits, b: $bits) -> $bits {
                zip(a, b, |a, b| a & b)
            }
            #[inline(always)]
            fn or(a: $bits, b: $bits) -> $bits {
                zip(a, b, |a, b| a | b)
            }
            #[inline(always)]
            fn and_not(a: $bits, b: $bits) -> $bits {
                zip(a, b, |a, b| a & !b)
            }
            #[inline(always)]
            fn add(self, other: Self) -> Self {
                zip(self, other, |a, b| a + b)
            }
            #[inline(always)]
            fn sub(self, other: Self) -> Self {
                zip(self, other, |a, b| a - b)
            }
            #[inline(always)]
            fn less(self, other: Self) -> $bits {
                unit::$float::less(self, other)
            }
            #[inline(always)]
            fn unordered(self, other: Self) -> $bits {
                unit::$float::unordered(self, other)
            }
            #[inline(always)]
            fn lesser(self, other: Self) -> Self {
                unit::$float::lesser(self, other)
            }
            #[inline(always)]
            fn greater(self, other: Self) -> Self {
                unit::$float::greater(self, other)
            }
        }
    )+ };
}

floats! {
    f32 F32x4 U32x4 u32;
    f64 F64x2 U64x2 u64;
}

/// Where the mask is, `a`, else `b`.
#[inline(always)]
fn select<F: Floats>(mask: F::Bits, a: F, b: F) -> F {
    F::from_bits(F::or(F::and(a.bits(), mask), F::and_not(b.bits(), mask)))
}

/// The least, in both orders: they differ for zeros, of which one negative is enough, and for NaNs.
#[inline(always)]
fn least<F: Floats>(a: F, b: F) -> F {
    let least = F::from_bits(F::or(a.lesser(b).bits(), b.lesser(a).bits()));
    select(a.unordered(b), a.add(b), least)
}

/// The greatest, in both orders.
#[inline(always)]
fn greatest<F: Floats>(a: F, b: F) -> F {
    let greatest = F::from_bits(F::and(a.greater(b).bits(), b.greater(a).bits()));
    select(a.unordered(b), a.add(b), greatest)
}

/// The least integer that isn't less.
#[inline(always)]
fn up<F: Floats>(a: F) -> F {
    rounded(a, |near| near.add(F::from_bits(F::and(near.less(a), F::ONE.bits()))))
}

/// The greatest integer that isn't greater.
#[inline(always)]
fn down<F: Floats>(a: F) -> F {
    rounded(a, |near| near.sub(F::from_bits(F::and(a.less(near), F::ONE.bits()))))
}

/// The integer without the fraction.
#[inline(always)]
fn toward_zero<F: Floats>(a: F) -> F {
    let size = F::from_bits(F::and(a.bits(), F::MAGNITUDE));
    rounded(a, |near| {
        let near = F::from_bits(F::and(near.bits(), F::MAGNITUDE));
        near.sub(F::from_bits(F::and(size.less(near), F::ONE.bits())))
    })
}

/// The nearest integer, ties to even.
#[inline(always)]
fn to_nearest<F: Floats>(a: F) -> F {
    rounded(a, |near| near)
}

/// What `choose` makes of the nearest integer, with the sign of `a`. What is an integer already
/// stays; a NaN becomes quiet by the sum.
#[inline(always)]
fn rounded<F: Floats>(a: F, choose: impl Fn(F) -> F) -> F {
    let size = F::from_bits(F::and(a.bits(), F::MAGNITUDE));
    let sign = F::and_not(a.bits(), F::MAGNITUDE);
    let signed = |value: F| F::from_bits(F::or(F::and(value.bits(), F::MAGNITUDE), sign));
    let near = signed(size.add(F::ALL_INTEGERS).sub(F::ALL_INTEGERS));
    select(size.less(F::ALL_INTEGERS), signed(choose(near)), a.add(F::ZERO))
}
