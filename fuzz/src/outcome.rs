//! What a module did, in words that every engine's outcome is put into.

/// A value. A NaN is one like another, a function, an object too.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Value {
    I32(i32),
    I64(i64),
    F32(u32),
    F64(u64),
    V128(u128),
    Null,
    Func,
    Extern(u32),
    I31(i32),
    Struct,
    Array,
    Exception,
}

/// How a call ended, or an instantiation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum End {
    Values(Vec<Value>),
    Trap(&'static str),
    /// An exception that nothing caught, with its values.
    Exception(Vec<Value>),
    /// Where engines may differ: fuel, stack, what one of them doesn't do.
    Limit,
}

/// What a module did. After an end by a limit nothing more is compared.
#[derive(PartialEq, Debug)]
pub(crate) struct Outcome {
    pub(crate) start: End,
    pub(crate) calls: Vec<(String, End)>,
    /// What the host was called with.
    pub(crate) trace: Vec<Vec<Value>>,
    pub(crate) state: Vec<(String, State)>,
}

/// What an export holds in the end.
#[derive(PartialEq, Eq, Debug)]
pub(crate) enum State {
    Global(Value),
    Memory(Vec<u8>),
    Table(Vec<Value>),
}

impl Outcome {
    /// Of a module that was not instantiated.
    pub(crate) fn unstarted(start: End) -> Self {
        Self { start, calls: Vec::new(), trace: Vec::new(), state: Vec::new() }
    }

    pub(crate) fn is_limited(&self) -> bool {
        self.start == End::Limit || self.calls.iter().any(|(_, end)| *end == End::Limit)
    }
}

impl Value {
    pub(crate) fn f32(bits: u32) -> Self {
        Self::F32(if f32::from_bits(bits).is_nan() { f32::NAN.to_bits() } else { bits })
    }

    pub(crate) fn f64(bits: u64) -> Self {
        Self::F64(if f64::from_bits(bits).is_nan() { f64::NAN.to_bits() } else { bits })
    }
}

/// Arguments of the same kinds for every engine: the parameters' types, and the call's number.
pub(crate) fn arguments(types: &[Ty], call: usize) -> Option<Vec<Value>> {
    let argument = |(index, ty): (usize, &Ty)| answer(*ty, (call * 7 + index * 3) as u64);
    types.iter().enumerate().map(argument).collect()
}

/// A type of which the host can make values.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Ty {
    I32,
    I64,
    F32,
    F64,
    V128,
    Func,
    Extern,
    /// A nullable one above i31.
    I31,
    /// One that the host has no values of.
    Other,
}

/// What the host gives for a type, following from a number.
pub(crate) fn answer(ty: Ty, number: u64) -> Option<Value> {
    let small = number % 11;
    Some(match ty {
        Ty::I32 if small == 3 => Value::I32(i32::MIN),
        Ty::I32 => Value::I32(small as i32 - 4),
        Ty::I64 if small == 2 => Value::I64(i64::MAX),
        Ty::I64 => Value::I64((small as i64 - 5) << (number % 40)),
        Ty::F32 => Value::F32((small as f32 * 1.25 - 3.0).to_bits()),
        Ty::F64 => Value::F64((small as f64 * 1e4 - 3.5).to_bits()),
        Ty::V128 => {
            Value::V128((u128::from(number) << 100 | 0x40_0000_7F80_3F) ^ u128::from(small))
        }
        Ty::Func => Value::Null,
        Ty::I31 if small < 2 => Value::Null,
        Ty::I31 => Value::I31(small as i32 - 6),
        Ty::Extern if small < 4 => Value::Null,
        Ty::Extern => Value::Extern(small as u32),
        Ty::Other => return None,
    })
}
