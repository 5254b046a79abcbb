//! Vectors in a row.

use super::names::*;
use super::{Pairs, Pin};

/// Products and their sums, rotations, tests, copies through memory.
pub(super) fn vectors<P: Pin, Q: Pin>(pairs: &mut Pairs) {
    chains! { pairs:
        F32x4Add<Slot, Slot, Acc>, F32x4Mul<Acc, Slot, Acc>, F32x4Add<Acc, Slot, Acc>;
        F32x4Add<Slot, Slot, Acc>, F32x4Mul<Acc, Slot, Acc>, F32x4Add<Acc, Slot, Slot>;
        F32x4Mul<Slot, Slot, Acc>, F32x4Add<Acc, Slot, Acc>;
        F32x4Mul<Slot, Slot, Acc>, F32x4Add<Acc, Slot, Slot>;
        F32x4Mul<Slot, Slot, Acc>, F32x4Sub<Acc, Slot, Acc>;
        F32x4Mul<Slot, Slot, Acc>, F32x4Sub<Acc, Slot, Slot>;
        F32x4Mul<Slot, Slot, Slot>, F32x4Mul<Slot, Slot, Slot>, F32x4Add<Acc, Slot, Acc>;
        F32x4Sub<Slot, Slot, Acc>, F32x4Add<Acc, Slot, Slot>;
        F32x4Sub<Slot, Slot, Acc>, F32x4Mul<Acc, Slot, Acc>;
        F32x4Sub<Slot, Slot, Acc>, F32x4Mul<Acc, Slot, Slot>;
        F64x2Mul<Acc, Slot, Acc>, F64x2Add<Acc, Slot, Slot>;
        F64x2Mul<Slot, Slot, Acc>, F64x2Add<Acc, Slot, Acc>;
        F64x2Mul<Slot, Slot, Acc>, F64x2Add<Acc, Slot, Slot>;
        I32x4Add<Acc, Slot, Slot>, V128Xor<Acc, Slot, Slot>;
        I32x4Add<Slot, Slot, Slot>, V128Xor<Acc, Slot, Slot>;
        I32x4Shl<Acc, K, Slot>, I32x4ShrU<Slot, K, Acc>, V128Or<Acc, Slot, Acc>;
        I32x4Shl<Acc, K, Slot>, I32x4ShrU<Slot, K, Acc>, V128Or<Acc, Slot, Slot>;
        I32x4Shl<Slot, K, Slot>, I32x4ShrU<Slot, K, Acc>, V128Or<Acc, Slot, Acc>;
        I32x4Shl<Slot, K, Slot>, I32x4ShrU<Slot, K, Acc>, V128Or<Acc, Slot, Slot>;
        V128AnyTrue<Acc, Acc> => IfTrue<Acc> | IfFalse<Acc>;
        V128AnyTrue<Acc, Acc> => IfI32Eq<Acc, K> | IfI32Ne<Acc, K>;
        I8x16Bitmask<Acc, Acc> => IfTrue<Acc> | IfFalse<Acc>;
        I8x16Bitmask<Acc, Acc> => IfI32Eq<Acc, K> | IfI32Ne<Acc, K>;
        V128Load<P, Acc>, F32x4Add<Acc, Slot, Slot>;
        V128Load<P, Acc>, F32x4Mul<Acc, Slot, Acc>, F32x4Add<Acc, Slot, Slot>;
        V128Load<P, Acc>, I32x4Add<Acc, Slot, Slot>;
        V128Load<P, Acc>, V128Store<Q, Acc>;
        V128Load<P, Acc>, V128Xor<Acc, Slot, Acc>;
        V128Load<Slot, Acc>, F32x4Add<Acc, Slot, Slot>;
        V128Load<Slot, Acc>, F32x4Mul<Acc, Slot, Acc>, F32x4Add<Acc, Slot, Slot>;
        V128Load<Slot, Acc>, I32x4Add<Acc, Slot, Slot>;
        F32x4Add<Acc, Slot, Acc>, V128Store<P, Acc>, I32Add<P, K, P>;
        F32x4Mul<Acc, Slot, Acc>, V128Store<P, Acc>, I32Add<P, K, P>;
        I32x4Add<Acc, Slot, Acc>, V128Store<P, Acc>, I32Add<P, K, P>;
        V128Xor<Acc, Slot, Acc>, V128Store<P, Acc>, I32Add<P, K, P>;
        V128Store<P, Acc>, I32Add<P, K, P>;
    }
}
