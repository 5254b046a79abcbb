//! Integers in a row: address sums, hashes, ciphers, random numbers.

use super::names::*;
use super::{Pairs, Pin};

/// 32-bit.
pub(super) fn narrow<P: Pin, Q: Pin>(pairs: &mut Pairs) {
    chains! { pairs:
        I32Add<Acc, K, Acc>, I32LtU<Acc, K, Acc>;
        I32Add<Acc, K, Slot>, I32And<Acc, K, Acc>;
        I32Add<Acc, K, Slot>, I32And<Acc, K, Slot>;
        I32Add<Acc, K, Slot>, I32ShrU<Acc, K, Acc>;
        I32Add<Acc, Slot, Acc>, I32Add<Acc, K, Acc>;
        I32Add<Acc, Slot, Acc>, I32Add<Acc, Slot, Acc>;
        I32Add<P, Acc, Acc>, I32And<Acc, K, Acc>;
        I32Add<P, Acc, Acc>, I32Shl<Acc, K, Acc>;
        I32Add<P, K, Acc>, I32And<Acc, K, Acc>;
        I32Add<P, K, Acc>, I32LtU<Acc, K, Acc>;
        I32Add<P, K, Slot>, I32Add<P, K, Home>;
        I32Add<P, Slot, Acc>, I32LtU<Q, Acc, Acc>;
        I32Add<P, Slot, Q>, I32Add<Q, K, Slot>;
        I32Add<Slot, K, Acc>, I32And<Acc, K, Acc>;
        I32Add<Slot, K, Slot>, I32Sub<Slot, Acc, Slot>;
        I32Add<Slot, Slot, Acc>, I32Add<Acc, K, Acc>;
        I32And<Acc, K, Acc>, I32Xor<Acc, Slot, Slot>, I32Shl<Acc, K, Slot>;
        I32And<Acc, K, Slot>, I32Xor<Acc, K, Slot>, I32ShrU<P, K, Acc>;
        I32And<Acc, Slot, Acc>, I32Mul<Acc, K, Acc>;
        I32And<Slot, K, Acc>, I32Eq<Acc, K, Acc>, I32Add<Acc, Slot, Slot>;
        I32And<Slot, K, Acc>, I32Xor<Acc, Slot, Acc>;
        I32And<Slot, K, Slot>, I32Add<P, Acc, Acc>;
        I32Mul<Acc, Slot, Acc>, I32Add<Acc, Slot, Slot>;
        I32Mul<P, K, Acc>, I32Add<Acc, K, P>, I32ShrU<P, K, Acc>;
        I32Mul<Slot, K, Acc>, I32Add<Acc, Slot, Acc>;
        I32Ne<Acc, Slot, Acc>, I32Add<Acc, Slot, Slot>;
        I32Or<Acc, Slot, Acc>, I32And<Acc, Slot, Acc>;
        I32Or<P, K, Acc>, I32Add<Acc, K, Acc>, I32LtU<Acc, K, Acc>;
        I32Or<P, Slot, Acc>, I32Shl<Acc, K, Slot>, I32Or<P, Slot, Acc>;
        I32Or<Slot, Slot, Acc>, I32Or<Acc, Slot, Acc>, I32Xor<Acc, K, Acc>, I32And<Acc, Slot, P>;
        I32Shl<Acc, K, Acc>, I32Add<Acc, Slot, Slot>, I32Shl<Slot, K, Acc>;
        I32Shl<Acc, K, Acc>, I32Or<Acc, Slot, Slot>;
        I32Shl<Acc, K, Acc>, I32ShrS<Acc, K, Slot>;
        I32Shl<P, K, Slot>, I32Mul<P, K, Acc>;
        I32Shl<P, K, Slot>, I32Mul<P, P, Acc>;
        I32Shl<Slot, K, Acc>, I32Add<Acc, Slot, Slot>;
        I32ShrU<Acc, K, Acc>, I32And<Acc, K, Slot>;
        I32ShrU<P, K, Slot>, I32And<P, K, Acc>;
        I32ShrU<Slot, K, Acc>, I32And<Acc, K, Acc>, I32Mul<Acc, Slot, Acc>, I32Add<Acc, Slot, Slot>;
        I32Sub<K, P, Acc>, I32And<P, Acc, Q>, I32Xor<P, Q, P>, I32Or<Q, Slot, Slot>;
        I32Xor<Acc, K, Acc>, I32Sub<K, Acc, Acc>, I32Or<Acc, Slot, Slot>;
        I32Xor<P, Q, P>, I32Or<Q, Slot, Slot>;
    }
}

/// With 64-bit parts: sums, shifts, products.
pub(super) fn wide<P: Pin, Q: Pin>(pairs: &mut Pairs) {
    chains! { pairs:
        I32And<Acc, K, P>, I32WrapI64<Q, Slot>;
        I32WrapI64<Acc, Acc>, I32ShrU<Acc, K, Acc>, I32Add<Acc, Slot, Acc>;
        I32WrapI64<P, Acc>, I32Mul<Acc, K, Acc>, I32And<Acc, K, Q>, I32WrapI64<P, Slot>;
        I32WrapI64<P, Acc>, I32Mul<Acc, K, Acc>, I32And<Acc, K, Slot>;
        I32Xor<Acc, Slot, Slot>, I64Mul<Acc, Slot, Slot>;
        I64Add<Acc, Slot, Slot>, I64Shl<Slot, W, Acc>, I64And<Acc, W, Slot>, I64And<Slot, W, Acc>;
        I64Add<P, Acc, P>, I32Add<Q, K, Q>;
        I64Add<P, Q, Slot>, I64And<Q, W, Acc>, I32WrapI64<Acc, Acc>;
        I64Add<P, W, P>, I32WrapI64<P, Acc>, I32Mul<Acc, K, Acc>, I32And<Acc, K, Slot>;
        I64Add<P, W, P>, I64And<P, W, Slot>;
        I64Add<P, W, Slot>, I64Mul<Q, W, Acc>, I64Add<Acc, W, Slot>;
        I64Add<P, W, Slot>, I64ShrU<Q, W, Acc>, I64Xor<Q, Acc, Slot>;
        I64Add<Slot, Slot, Slot>, I64Add<Slot, W, Slot>, I64Add<Slot, W, Slot>, I32Add<P, K, P>;
        I64Add<Slot, W, Slot>, I32Mul<Slot, K, Acc>, I32Add<Acc, K, Slot>, I32ShrU<Acc, K, Acc>;
        I64Add<Slot, W, Slot>, I32Shl<P, K, Q>;
        I64Add<Slot, W, Slot>, I64Add<P, W, P>, I64ShrU<P, W, Acc>, I64Xor<P, Acc, Acc>;
        I64LtU<Acc, Slot, Acc>, I32Add<Acc, Slot, Slot>, I32Shl<Acc, K, Acc>;
        I64LtU<P, Q, Acc>, I32Sub<Slot, Acc, Acc>;
        I64Mul<Acc, Slot, Acc>, I64Add<Acc, Slot, Slot>;
        I64Mul<Acc, Slot, Acc>, I64ShrU<Acc, W, Acc>;
        I64Mul<Acc, Slot, Slot>, I64And<Slot, W, Acc>, I64Add<Acc, Slot, Slot>;
        I64Mul<Acc, Slot, Slot>, I64ShrU<P, W, Slot>, I64And<Q, W, Acc>;
        I64Mul<Acc, Slot, Slot>, I64ShrU<Slot, W, Acc>, I64Add<Acc, Slot, Slot>, I64ShrU<Slot,
            W, Acc>;
        I64Mul<Acc, W, P>, I64Popcnt<P, Acc>, I64Rotl<P, Acc, Slot>;
        I64Mul<P, W, Acc>, I64Add<Acc, W, Acc>;
        I64Mul<P, W, Acc>, I64Add<Acc, W, P>;
        I64Mul<Slot, W, Acc>, I64Add<Acc, W, Acc>;
        I64Mul<Slot, W, Slot>, I32Add<P, K, Acc>;
        I64Shl<Slot, W, Acc>, I64And<Acc, W, Slot>, I64And<Slot, W, Acc>;
        I64ShrU<P, W, Acc>, I64Xor<P, Acc, Acc>;
        I64ShrU<P, W, P>, I64ShrU<Slot, W, Slot>, I64Mul<P, Acc, Acc>;
        I64ShrU<P, W, Slot>, I64ShrU<Q, W, Acc>;
        I64ShrU<Slot, W, Slot>, I64Mul<Acc, Slot, Slot>;
    }
}

/// 64-bit words mixed: hashes and ciphers.
pub(super) fn mixing<P: Pin, Q: Pin>(pairs: &mut Pairs) {
    chains! { pairs:
        I64And<Acc, Slot, Acc>, I64Xor<Acc, Slot, Acc>, I64Xor<Acc, Slot, Slot>, I64Xor<Slot, W,
            Acc>;
        I64And<Acc, Slot, Acc>, I64Xor<Acc, Slot, Slot>, I64Xor<Slot, W, Acc>;
        I64And<Acc, W, Acc>, I64Mul<Acc, W, Slot>;
        I64And<P, Acc, Acc>, I64Xor<Acc, Slot, Slot>, I64Rotl<Slot, W, Q>;
        I64And<P, Acc, Acc>, I64Xor<Q, Acc, Slot>;
        I64And<P, W, P>, I64And<Slot, W, Slot>, I64Mul<P, Acc, Acc>;
        I64And<P, W, Slot>, I64And<Q, W, Acc>;
        I64And<P, W, Slot>, I64ShrU<Q, W, Acc>;
        I64Rotl<P, W, Acc>, I64Xor<Acc, Slot, P>, I64Xor<P, Slot, Slot>;
        I64Rotl<P, W, Acc>, I64Xor<Q, Acc, Slot>;
        I64Rotl<Slot, W, Acc>, I64Xor<Acc, Slot, Slot>, I64Xor<Acc, Slot, Acc>, I64Rotl<Acc, W,
            Slot>;
        I64Xor<Acc, Slot, Acc>, I64Rotl<Acc, W, Acc>, I64Xor<Acc, Slot, Acc>;
        I64Xor<Acc, Slot, Acc>, I64Rotl<Acc, W, Acc>, I64Xor<Acc, Slot, Slot>;
        I64Xor<Acc, Slot, Acc>, I64Rotl<Acc, W, Slot>, I64Add<Acc, Slot, Slot>;
        I64Xor<Acc, Slot, Acc>, I64Xor<Acc, Slot, Acc>, I64Xor<Acc, Slot, P>;
        I64Xor<Acc, Slot, Acc>, I64Xor<Acc, Slot, Acc>, I64Xor<Acc, Slot, Slot>, I64Rotl<Acc, W,
            Acc>;
        I64Xor<Acc, Slot, Slot>, I64Mul<Slot, Slot, Slot>, I64Mul<P, Slot, Acc>;
        I64Xor<Acc, Slot, Slot>, I64Xor<Slot, Slot, Acc>;
        I64Xor<Acc, W, Acc>, I64And<Acc, Slot, Acc>, I64Xor<Acc, Slot, Slot>;
        I64Xor<Acc, W, Slot>, I64Add<Slot, W, Acc>;
        I64Xor<P, Slot, Acc>, I64Rotl<Acc, W, Slot>, I64Xor<Q, Slot, Acc>, I64Rotl<Acc, W, Slot>;
        I64Xor<P, Slot, Acc>, I64Rotl<Acc, W, Slot>, I64Xor<Slot, Slot, Acc>, I64Rotl<Acc, W, Slot>;
        I64Xor<Slot, Slot, Acc>, I64Rotl<Acc, W, Slot>, I64Xor<Slot, Slot, Acc>, I64Rotl<Acc, W,
            Slot>;
        I64Xor<Slot, Slot, Acc>, I64Rotl<Acc, W, Slot>, I64Xor<Slot, W, Acc>;
        I64Xor<Slot, Slot, Acc>, I64Xor<Acc, Slot, Acc>, I64Xor<Acc, Slot, Acc>, I64Xor<Acc,
            Slot, P>;
        I64Xor<Slot, Slot, Slot>, I64Rotl<Slot, W, P>, I64Xor<P, W, Acc>;
        I64Xor<Slot, W, Acc>, I64Add<Acc, W, Slot>;
        I64Xor<Slot, W, Acc>, I64And<Acc, Slot, Acc>, I64Xor<P, Acc, Slot>;
    }
}
