//! Arithmetic and relations of floats.
//!
//! A NaN that comes out of arithmetic is quiet, with whatever payload the processor gives it;
//! `abs`, `neg` and `copysign` change the sign bit and nothing else.
//!
//! Spec: exec/numerics#floating-point-operations

numeric! {
    float_binary {
        F32Add       commutative (a, b: f32) -> f32 { a + b }
        F32Sub                   (a, b: f32) -> f32 { a - b }
        F32Mul       commutative (a, b: f32) -> f32 { a * b }
        F32Div                   (a, b: f32) -> f32 { a / b }
        F32Min       commutative (a, b: f32) -> f32 { a.least(b) }
        F32Max       commutative (a, b: f32) -> f32 { a.greatest(b) }
        F32Copysign              (a, b: f32) -> f32 { a.copysign(b) }

        F64Add       commutative (a, b: f64) -> f64 { a + b }
        F64Sub                   (a, b: f64) -> f64 { a - b }
        F64Mul       commutative (a, b: f64) -> f64 { a * b }
        F64Div                   (a, b: f64) -> f64 { a / b }
        F64Min       commutative (a, b: f64) -> f64 { a.least(b) }
        F64Max       commutative (a, b: f64) -> f64 { a.greatest(b) }
        F64Copysign              (a, b: f64) -> f64 { a.copysign(b) }
    }

    float_compare {
        F32Eq        commutative (a, b: f32) -> bool { a == b }
        F32Ne        commutative (a, b: f32) -> bool { a != b }
        F32Lt                    (a, b: f32) -> bool { a < b }
        F32Gt                    (a, b: f32) -> bool { a > b }
        F32Le                    (a, b: f32) -> bool { a <= b }
        F32Ge                    (a, b: f32) -> bool { a >= b }

        F64Eq        commutative (a, b: f64) -> bool { a == b }
        F64Ne        commutative (a, b: f64) -> bool { a != b }
        F64Lt                    (a, b: f64) -> bool { a < b }
        F64Gt                    (a, b: f64) -> bool { a > b }
        F64Le                    (a, b: f64) -> bool { a <= b }
        F64Ge                    (a, b: f64) -> bool { a >= b }
    }

    float_unary {
        F32Abs       (a: f32) -> f32 { a.abs() }
        F32Neg       (a: f32) -> f32 { -a }
        F32Sqrt      (a: f32) -> f32 { a.sqrt() }
        F32Ceil      (a: f32) -> f32 { a.up() }
        F32Floor     (a: f32) -> f32 { a.down() }
        F32Trunc     (a: f32) -> f32 { a.toward_zero() }
        F32Nearest   (a: f32) -> f32 { a.to_nearest() }

        F64Abs       (a: f64) -> f64 { a.abs() }
        F64Neg       (a: f64) -> f64 { -a }
        F64Sqrt      (a: f64) -> f64 { a.sqrt() }
        F64Ceil      (a: f64) -> f64 { a.up() }
        F64Floor     (a: f64) -> f64 { a.down() }
        F64Trunc     (a: f64) -> f64 { a.toward_zero() }
        F64Nearest   (a: f64) -> f64 { a.to_nearest() }
    }
}

/// What the standard library lacks, or on a processor without SSE4.1 makes a call of.
pub(super) trait Arithmetic: Copy {
    /// Spec: exec/numerics#op-fmin
    fn least(self, other: Self) -> Self;
    /// Spec: exec/numerics#op-fmax
    fn greatest(self, other: Self) -> Self;
    /// Spec: exec/numerics#op-fceil
    fn up(self) -> Self;
    /// Spec: exec/numerics#op-ffloor
    fn down(self) -> Self;
    /// Spec: exec/numerics#op-ftrunc
    fn toward_zero(self) -> Self;
    /// Ties to even. Spec: exec/numerics#op-fnearest
    fn to_nearest(self) -> Self;
    /// What `choose` makes of the nearest integer, with the sign of `self`.
    fn rounded(self, choose: impl Fn(Self) -> Self) -> Self;
}

macro_rules! arithmetic {
    ($($float:ident)+) => { $(
        impl Arithmetic for $float {
            #[inline(always)]
            fn least(self, other: Self) -> Self {
                if self < other {
                    self
                } else if other < self {
                    other
                } else if self == other {
                    // The same number, or zeros: one negative sign is enough.
                    Self::from_bits(self.to_bits() | other.to_bits())
                } else {
                    self + other
                }
            }

            #[inline(always)]
            fn greatest(self, other: Self) -> Self {
                if self > other {
                    self
                } else if other > self {
                    other
                } else if self == other {
                    Self::from_bits(self.to_bits() & other.to_bits())
                } else {
                    self + other
                }
            }

            #[inline(always)]
            fn up(self) -> Self {
                self.rounded(|near| if near < self { near + 1.0 } else { near })
            }

            #[inline(always)]
            fn down(self) -> Self {
                self.rounded(|near| if near > self { near - 1.0 } else { near })
            }

            #[inline(always)]
            fn toward_zero(self) -> Self {
                let size = self.abs();
                self.rounded(|near| if near.abs() > size { near.abs() - 1.0 } else { near })
            }

            #[inline(always)]
            fn to_nearest(self) -> Self {
                self.rounded(|near| near)
            }

            #[inline(always)]
            fn rounded(self, choose: impl Fn(Self) -> Self) -> Self {
                // From here on every number is an integer: adding it pushes the fraction out, and
                // the processor rounds to nearest, ties to even.
                const ALL_INTEGERS: $float = 1.0 / $float::EPSILON;
                if self.abs() < ALL_INTEGERS {
                    let near = ((self.abs() + ALL_INTEGERS) - ALL_INTEGERS).copysign(self);
                    choose(near).copysign(self)
                } else if self.is_nan() {
                    Self::from_bits(self.to_bits() | Self::NAN.to_bits())
                } else {
                    self
                }
            }
        }
    )+ };
}

arithmetic! { f32 f64 }
