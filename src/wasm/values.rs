//! Values that cross the API. Inside the machine a value is bits in a slot.
//!
//! Spec: exec/runtime#values

use std::fmt;

use super::types::{AbsHeapType, HeapType, RefType, ValType};

/// A 128-bit vector: its bytes in memory order.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct V128(pub [u8; 16]);

/// A value. Floats are their bits, so that the payload of a NaN survives.
///
/// ```
/// use serverless_wasm::interp::Val;
///
/// assert_eq!(Val::I32(-1).to_string(), "-1");
/// assert_eq!(Val::F64(1.5_f64.to_bits()).to_string(), "1.5");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Val {
    /// 32-bit integer.
    I32(i32),
    /// 64-bit integer.
    I64(i64),
    /// The bits of a 32-bit float.
    F32(u32),
    /// The bits of a 64-bit float.
    F64(u64),
    /// Vector.
    V128(V128),
    /// Reference.
    Ref(Ref),
}

/// A reference as the host holds it.
///
/// ```
/// use serverless_wasm::interp::{ExternRef, Ref, Val};
///
/// // 7 is the host's own number: what it stands for, the host alone knows.
/// let reference = Ref::Extern(ExternRef(7));
/// assert_eq!(Val::Ref(reference).to_string(), "extern 7");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Ref {
    /// Null, of the hierarchy that this (bottom) type belongs to.
    Null(AbsHeapType),
    /// A function.
    Func(Func),
    /// A reference of the host's, external or made internal.
    Extern(ExternRef),
    /// An unboxed integer of 31 bits.
    I31(i32),
    /// A structure.
    Struct(Rooted),
    /// An array.
    Array(Rooted),
    /// An exception.
    Exception(Rooted),
}

/// An object of a store, which stays alive while the handle does. Handles end with the call of the
/// host function that got them, with a scope that the host opened, or with their store; one that
/// is kept ends when it is released.
///
/// Two handles of one object are not equal.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Rooted {
    pub(crate) store: u32,
    pub(crate) index: u32,
    pub(crate) id: u32,
}

/// A function of a store: the store's number and the function's address in it.
/// Spec: exec/runtime#addresses
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Func {
    pub(crate) store: u32,
    pub(crate) addr: u32,
}

/// A reference of the host's: a number that the host chooses and alone can explain.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ExternRef(pub u32);

impl Val {
    /// The most specific type that can be told without the store: `(ref func)` for any function.
    #[must_use]
    pub const fn ty(&self) -> ValType {
        match self {
            Self::I32(_) => ValType::I32,
            Self::I64(_) => ValType::I64,
            Self::F32(_) => ValType::F32,
            Self::F64(_) => ValType::F64,
            Self::V128(_) => ValType::V128,
            Self::Ref(reference) => ValType::Ref(reference.ty()),
        }
    }
}

impl Ref {
    /// The most specific type that can be told without the store.
    #[must_use]
    pub const fn ty(&self) -> RefType {
        match self {
            Self::Null(heap) => RefType::nullable(HeapType::Abstract(*heap)),
            Self::Func(_) => RefType::non_null(HeapType::Abstract(AbsHeapType::Func)),
            Self::Extern(_) => RefType::non_null(HeapType::Abstract(AbsHeapType::Extern)),
            Self::I31(_) => RefType::non_null(HeapType::Abstract(AbsHeapType::I31)),
            Self::Struct(_) => RefType::non_null(HeapType::Abstract(AbsHeapType::Struct)),
            Self::Array(_) => RefType::non_null(HeapType::Abstract(AbsHeapType::Array)),
            Self::Exception(_) => RefType::non_null(HeapType::Abstract(AbsHeapType::Exn)),
        }
    }
}

/// As the text format prints constants: `7`, `-1`, `1.5`, `nan:0x200001`, `null`.
impl fmt::Display for Val {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::I32(value) => value.fmt(f),
            Self::I64(value) => value.fmt(f),
            Self::F32(bits) => {
                let payload = u64::from(bits & 0x007F_FFFF);
                float(f, f64::from(f32::from_bits(*bits)), payload, 0x0040_0000, || {
                    f32::from_bits(*bits).to_string()
                })
            }
            Self::F64(bits) => {
                let payload = bits & 0x000F_FFFF_FFFF_FFFF;
                float(f, f64::from_bits(*bits), payload, 0x0008_0000_0000_0000, || {
                    f64::from_bits(*bits).to_string()
                })
            }
            Self::V128(V128(bytes)) => {
                f.write_str("i8x16")?;
                bytes.iter().try_for_each(|byte| write!(f, " {byte:#04x}"))
            }
            Self::Ref(reference) => reference.fmt(f),
        }
    }
}

/// `decimal` is asked only for numbers; a canonical NaN has the payload `canonical`.
fn float(
    f: &mut fmt::Formatter<'_>,
    value: f64,
    payload: u64,
    canonical: u64,
    decimal: impl Fn() -> String,
) -> fmt::Result {
    let sign = if value.is_sign_negative() { "-" } else { "" };
    if value.is_infinite() {
        write!(f, "{sign}inf")
    } else if !value.is_nan() {
        f.write_str(&decimal())
    } else if payload == canonical {
        write!(f, "{sign}nan")
    } else {
        write!(f, "{sign}nan:{payload:#x}")
    }
}

impl fmt::Display for Ref {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null(_) => f.write_str("null"),
            Self::Func(func) => write!(f, "func {}", func.addr),
            Self::Extern(ExternRef(number)) => write!(f, "extern {number}"),
            Self::I31(value) => write!(f, "i31 {value}"),
            Self::Struct(_) => f.write_str("struct"),
            Self::Array(_) => f.write_str("array"),
            Self::Exception(_) => f.write_str("exn"),
        }
    }
}
