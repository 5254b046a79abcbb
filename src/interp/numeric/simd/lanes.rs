//! Shapes: a vector as an array of lanes, and what is done with arrays of lanes.
//!
//! The loops have constant bounds and touch nothing but their arrays, so LLVM makes them the
//! processor's own vector instructions. (They are written out because the standard library's
//! adapters are calls in builds with little optimisation, and a handler must not hand a pointer
//! into its frame to a call.) Spec: exec/numerics#lanes

use super::vector;
use super::vector::Vector;

/// A vector seen as lanes of one type, the lowest first.
pub(crate) trait Shape: Copy + 'static {
    /// The lanes of a vector.
    fn of(vector: Vector) -> Self;
    /// The vector of these lanes.
    fn vector(self) -> Vector;
}

macro_rules! shapes {
    ($($name:ident $lane:ident $count:literal;)+) => { $(
        #[doc = concat!(stringify!($count), " lanes `", stringify!($lane), "`.")]
        pub(crate) type $name = [$lane; $count];

        impl Shape for $name {
            #[inline(always)]
            fn of(vector: Vector) -> Self {
                vector::$lane::lanes(vector)
            }
            #[inline(always)]
            fn vector(self) -> Vector {
                vector::$lane::vector(self)
            }
        }
    )+ };
}

shapes! {
    I8x16 i8 16;
    U8x16 u8 16;
    I16x8 i16 8;
    U16x8 u16 8;
    I32x4 i32 4;
    U32x4 u32 4;
    I64x2 i64 2;
    U64x2 u64 2;
    F32x4 f32 4;
    F64x2 f64 2;
}

/// A lane, and the mask that relations make: all bits of a lane as wide.
pub(super) trait Lane: Copy + Default {
    /// An integer as wide.
    type Mask: Copy + Default;
    /// All bits, or none.
    fn mask(holds: bool) -> Self::Mask;
}

macro_rules! lanes {
    ($($lane:ident $mask:ident;)+) => { $(
        impl Lane for $lane {
            type Mask = $mask;
            #[inline(always)]
            fn mask(holds: bool) -> $mask {
                if holds { $mask::MAX } else { 0 }
            }
        }
    )+ };
}

lanes! {
    i8 u8;
    u8 u8;
    i16 u16;
    u16 u16;
    i32 u32;
    u32 u32;
    i64 u64;
    u64 u64;
    f32 u32;
    f64 u64;
}

/// The same bits as lanes of another shape.
#[inline(always)]
pub(super) fn cast<A: Shape, B: Shape>(a: A) -> B {
    B::of(a.vector())
}

/// `f` of each lane.
#[inline(always)]
pub(super) fn map<A: Copy, B: Copy + Default, const N: usize>(
    a: [A; N],
    f: impl Fn(A) -> B,
) -> [B; N] {
    let mut result = [B::default(); N];
    let mut lane = 0;
    while lane < N {
        result[lane] = f(a[lane]);
        lane += 1;
    }
    result
}

/// `f` of both operands' lanes.
#[inline(always)]
pub(super) fn zip<A: Copy, B: Copy + Default, const N: usize>(
    a: [A; N],
    b: [A; N],
    f: impl Fn(A, A) -> B,
) -> [B; N] {
    let mut result = [B::default(); N];
    let mut lane = 0;
    while lane < N {
        result[lane] = f(a[lane], b[lane]);
        lane += 1;
    }
    result
}

/// `f` of the three operands' lanes.
#[inline(always)]
pub(super) fn zip3<A: Copy + Default, const N: usize>(
    a: [A; N],
    b: [A; N],
    c: [A; N],
    f: impl Fn(A, A, A) -> A,
) -> [A; N] {
    let mut result = [A::default(); N];
    let mut lane = 0;
    while lane < N {
        result[lane] = f(a[lane], b[lane], c[lane]);
        lane += 1;
    }
    result
}

/// All bits of a lane where the relation holds.
#[inline(always)]
pub(super) fn compare<A: Lane, const N: usize>(
    a: [A; N],
    b: [A; N],
    holds: impl Fn(A, A) -> bool,
) -> [A::Mask; N] {
    zip(a, b, |a, b| A::mask(holds(a, b)))
}

/// The lanes of a half, each made wider by `f`.
#[inline(always)]
pub(super) fn widen<A: Copy, B: Copy + Default, const N: usize, const M: usize>(
    a: [A; N],
    half: Half,
    f: impl Fn(A) -> B,
) -> [B; M] {
    let from = half.from::<N>();
    let mut result = [B::default(); M];
    let mut lane = 0;
    while lane < M {
        result[lane] = f(a[from + lane]);
        lane += 1;
    }
    result
}

/// Which half of the lanes.
#[derive(Clone, Copy)]
pub(super) enum Half {
    /// The first.
    Low,
    /// The second.
    High,
}

impl Half {
    /// The first lane of the half of `N`.
    #[inline(always)]
    const fn from<const N: usize>(self) -> usize {
        match self {
            Self::Low => 0,
            Self::High => N / 2,
        }
    }
}

/// `f` of the lanes of the same half.
#[inline(always)]
pub(super) fn widen_both<A: Copy, B: Copy + Default, const N: usize, const M: usize>(
    a: [A; N],
    b: [A; N],
    half: Half,
    f: impl Fn(A, A) -> B,
) -> [B; M] {
    let from = half.from::<N>();
    let mut result = [B::default(); M];
    let mut lane = 0;
    while lane < M {
        result[lane] = f(a[from + lane], b[from + lane]);
        lane += 1;
    }
    result
}

/// `f` of the lanes of `a`, then of those of `b`, made narrower.
#[inline(always)]
pub(super) fn narrow<A: Copy, B: Copy + Default, const N: usize, const M: usize>(
    a: [A; N],
    b: [A; N],
    f: impl Fn(A) -> B,
) -> [B; M] {
    let mut result = [B::default(); M];
    let mut lane = 0;
    while lane < N {
        result[lane] = f(a[lane]);
        result[N + lane] = f(b[lane]);
        lane += 1;
    }
    result
}

/// `f` of each two neighbours.
#[inline(always)]
pub(super) fn pairwise<A: Copy, B: Copy + Default, const N: usize, const M: usize>(
    a: [A; N],
    f: impl Fn(A, A) -> B,
) -> [B; M] {
    let mut result = [B::default(); M];
    let mut lane = 0;
    while lane < M {
        result[lane] = f(a[2 * lane], a[2 * lane + 1]);
        lane += 1;
    }
    result
}

/// `a` with this lane. (The lanes' numbers are compared and the bits selected, so that all stays
/// in registers.)
#[inline(always)]
pub(super) fn replace<A: Bits, const N: usize>(a: [A; N], at: u8, value: A) -> [A; N] {
    let mut numbers = [A::default(); N];
    let mut lane = 0;
    while lane < N {
        numbers[lane] = A::number(lane as u8);
        lane += 1;
    }
    let masks = compare(numbers, [A::number(at); N], |number, at| number == at);
    zip3(masks, [value; N], a, Bits::select)
}

/// A lane of bits, which is its own mask.
pub(super) trait Bits: Lane<Mask = Self> + PartialEq {
    /// A small number.
    fn number(number: u8) -> Self;
    /// `a` where the mask is, `b` elsewhere.
    fn select(self, a: Self, b: Self) -> Self;
}

macro_rules! integers {
    ($($lane:ident)+) => { $(
        impl Bits for $lane {
            #[inline(always)]
            fn number(number: u8) -> Self {
                Self::from(number)
            }
            #[inline(always)]
            fn select(self, a: Self, b: Self) -> Self {
                (a & self) | (b & !self)
            }
        }
    )+ };
}

integers! { u8 u16 u32 u64 }

/// Whether the test holds for all lanes, as 0 or 1.
#[inline(always)]
pub(super) fn all<A: Copy, const N: usize>(a: [A; N], holds: impl Fn(A) -> bool) -> u32 {
    let mut all = true;
    let mut lane = 0;
    while lane < N {
        all &= holds(a[lane]);
        lane += 1;
    }
    u32::from(all)
}

/// A bit a lane: whether the test holds.
#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
pub(super) fn bits<A: Copy, const N: usize>(a: [A; N], holds: impl Fn(A) -> bool) -> u32 {
    let mut bits = 0;
    let mut lane = 0;
    while lane < N {
        bits |= u32::from(holds(a[lane])) << lane;
        lane += 1;
    }
    bits
}
