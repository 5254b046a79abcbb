//! Numbers between Rust's types and the places where the machine keeps them: slots of 64 bits, and
//! float registers that travel as `f64`.

use super::carrier;
use crate::wasm::ValType;

/// An integer as a slot holds it: 32-bit ones zero-extended to 64 bits.
pub(crate) trait IntValue: Copy + 'static {
    /// WebAssembly's type.
    const TYPE: ValType;
    /// Whether an immediate of this type needs 64 bits.
    const WIDE: bool;
    /// How code holds an immediate of this type.
    type Immediate: Copy + Into<u64> + 'static;
    /// The value in a slot.
    fn from_slot(bits: u64) -> Self;
    /// The slot of a value.
    fn to_slot(self) -> u64;
}

/// A float as a float register holds it: the carrier is an `f64` whose low bits are the value's;
/// the upper half of an f32's carrier may be anything.
pub(crate) trait FloatValue: Copy + 'static {
    /// WebAssembly's type.
    const TYPE: ValType;
    /// The value in a register.
    fn from_carrier(carrier: f64) -> Self;
    /// A register that holds the value.
    fn to_carrier(self) -> f64;
    /// The value in a slot.
    fn from_slot(bits: u64) -> Self;
    /// The slot of a value; an f32's bits are zero-extended.
    fn to_slot(self) -> u64;
}

macro_rules! int_value {
    ($($ty:ident $val_type:ident $wide:literal $immediate:ident $to_slot:expr;)+) => { $(
        impl IntValue for $ty {
            const TYPE: ValType = ValType::$val_type;
            const WIDE: bool = $wide;
            type Immediate = $immediate;
            #[inline(always)]
            fn from_slot(bits: u64) -> Self {
                bits as Self
            }
            #[inline(always)]
            fn to_slot(self) -> u64 {
                $to_slot(self)
            }
        }
    )+ };
}

int_value! {
    i32 I32 false u32 |value: i32| u64::from(value.cast_unsigned());
    u32 I32 false u32 u64::from;
    i64 I64 true  u64 i64::cast_unsigned;
    u64 I64 true  u64 std::convert::identity;
}

impl FloatValue for f32 {
    const TYPE: ValType = ValType::F32;
    #[inline(always)]
    fn from_carrier(carrier: f64) -> Self {
        carrier::get(carrier)
    }
    #[inline(always)]
    fn to_carrier(self) -> f64 {
        carrier::put(self)
    }
    #[inline(always)]
    fn from_slot(bits: u64) -> Self {
        Self::from_bits(bits as u32)
    }
    #[inline(always)]
    fn to_slot(self) -> u64 {
        u64::from(self.to_bits())
    }
}

impl FloatValue for f64 {
    const TYPE: ValType = ValType::F64;
    #[inline(always)]
    fn from_carrier(carrier: f64) -> Self {
        carrier
    }
    #[inline(always)]
    fn to_carrier(self) -> f64 {
        self
    }
    #[inline(always)]
    fn from_slot(bits: u64) -> Self {
        Self::from_bits(bits)
    }
    #[inline(always)]
    fn to_slot(self) -> u64 {
        self.to_bits()
    }
}
