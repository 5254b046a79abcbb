//! The notation of the lists: an op with its operands' kinds is a type, `I32Add<P, K, Acc>`.

use crate::interp::machine::control::IsTrue;
use crate::interp::machine::memory::{Load, LoadFloat, Store, StoreFloat, StoreSum};
use crate::interp::machine::numeric::{
    BitTest, FloatBinaryOp, FloatTest, IntBinaryOp, IntCompareOp, IntTest, IntToFloatOp, IntUnaryOp,
};
use crate::interp::machine::operand::Const;
use crate::interp::machine::simd::{
    BinaryOp, Load as LoadVector, ShiftOp, Store as StoreVector, TestOp,
};
use crate::interp::machine::variable;
use crate::interp::numeric::simd::access as vector_access;
use crate::interp::numeric::simd::float as vector_float;
use crate::interp::numeric::simd::int as vector_int;
use crate::interp::numeric::{access, convert, float, int};

pub(super) use crate::interp::machine::control::Always;
pub(super) use crate::interp::machine::operand::{Acc, Home, Slot};
pub(super) use crate::interp::machine::variable::{Move, MoveFloat, Select};

/// A 32-bit constant.
pub(super) type K = Const<u32>;
/// A 64-bit constant.
pub(super) type W = Const<u64>;
/// d = a global of this module
pub(super) type GlobalGet<D> = variable::GlobalGet<D, false>;
/// a global of this module = x
pub(super) type GlobalSet<X> = variable::GlobalSet<X, false>;
/// if x != 0
pub(super) type IfTrue<X> = IsTrue<X, true>;
/// if x == 0
pub(super) type IfFalse<X> = IsTrue<X, false>;
/// if x & y != 0
pub(super) type IfBits<X, Y> = BitTest<int::I32And, X, Y, true>;
/// if x & y == 0
pub(super) type IfNoBits<X, Y> = BitTest<int::I32And, X, Y, false>;

/// `name! { doc shape (X, Y) module Name Of }` is `type Name<X, Y> = shape<module::Of, X, Y>`.
macro_rules! name {
    ($doc:literal $shape:ident ($($operand:ident),+) $module:ident $name:ident $of:ident
        $($holds:literal)?
    ) => {
        #[doc = $doc]
        pub(super) type $name<$($operand),+> = $shape<$module::$of, $($operand),+ $(, $holds)?>;
    };
}

/// Many of them, each under its own name or another one.
macro_rules! names {
    ($doc:literal, $shape:ident $operands:tt of $module:ident: $($name:ident)+) => {
        $( name! { $doc $shape $operands $module $name $name } )+
    };
    ($doc:literal, $shape:ident $operands:tt of $module:ident:
        $($name:ident = $of:ident $($holds:literal)?;)+
    ) => {
        $( name! { $doc $shape $operands $module $name $of $($holds)? } )+
    };
}

names! { "d = x op y", IntBinaryOp (X, Y, D) of int:
    I32Add I32And I32Mul I32Or I32Rotl I32Shl I32ShrS I32ShrU I32Sub I32Xor I64Add I64And I64Mul
    I64Rotl I64Rotr I64Shl I64ShrU I64Xor
}
names! { "d = x op y, as 0 or 1", IntCompareOp (X, Y, D) of int:
    I32Eq I32LeU I32LtS I32LtU I32Ne I64LtU
}
names! { "d = op x", IntUnaryOp (X, D) of int:
    I64Clz I64Ctz I64Popcnt
}
names! { "d = op x", IntUnaryOp (X, D) of convert:
    I32WrapI64
}
names! { "d = op x, an integer made a float", IntToFloatOp (X, D) of convert:
    F32ConvertI32S F64ConvertI32S F64ConvertI64U
}
names! { "d = x op y", FloatBinaryOp (X, Y, D) of float:
    F32Add F32Mul F64Add F64Div F64Mul F64Sub
}
names! { "d = memory [a + offset]", Load (A, D) of access:
    I32Load I32Load16S I32Load16U I32Load8S I32Load8U I64Load
}
names! { "d = memory [a + offset]", LoadFloat (A, D) of access:
    F32Load F64Load
}
names! { "memory [a + offset] = x", Store (A, X) of access:
    I32Store I32Store16 I32Store8 I64Store
}
names! { "memory [a + offset] = x", StoreFloat (A, X) of access:
    F32Store F64Store
}
names! { "memory [a + b + offset] = x", StoreSum (A, B, X) of access:
    I32StoreSum = I32Store;
    I32Store8Sum = I32Store8;
    I64StoreSum = I64Store;
}
names! { "d = x op y, vectors", BinaryOp (X, Y, D) of vector_float:
    F32x4Add F32x4Mul F32x4Sub F64x2Add F64x2Mul
}
names! { "d = x op y, vectors", BinaryOp (X, Y, D) of vector_int:
    I32x4Add V128Or V128Xor
}
names! { "d = x op n, a vector", ShiftOp (X, N, D) of vector_int:
    I32x4Shl I32x4ShrU
}
names! { "d = op x, a vector", TestOp (X, D) of vector_int:
    I8x16Bitmask V128AnyTrue
}
names! { "d = memory [a + offset], a vector", LoadVector (A, D) of vector_access:
    V128Load
}
names! { "memory [a + offset] = x, a vector", StoreVector (A, X) of vector_access:
    V128Store
}
names! { "if x op y", IntTest (X, Y) of int:
    IfI32Eq = I32Eq;
    IfI32GeU = I32GeU;
    IfI32GtU = I32GtU;
    IfI32LeS = I32LeS;
    IfI32LeU = I32LeU;
    IfI32LtS = I32LtS;
    IfI32LtU = I32LtU;
    IfI32Ne = I32Ne;
    IfI64Eq = I64Eq;
    IfI64LtS = I64LtS;
    IfI64LtU = I64LtU;
    IfI64Ne = I64Ne;
}
names! { "if x op y; or if not", FloatTest (X, Y) of float:
    IfF64Lt = F64Lt true;
    IfNotF64Lt = F64Lt false;
}
