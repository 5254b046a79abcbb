//! Moves, globals and selects with their neighbours.

use super::names::*;
use super::{Pairs, Pin};

/// Moves and selects.
pub(super) fn moves<P: Pin, Q: Pin>(pairs: &mut Pairs) {
    chains! { pairs:
        I32Add<P, K, Slot>, Move<P, Home>, Move<Slot, Home>;
        I32Add<P, K, Slot>, Move<Q, Home>, Move<Slot, Home>;
        I32Add<Slot, K, Slot>, I32Add<Slot, K, Slot>, I32Add<Slot, K, Slot>, Move<Slot, P>;
        I32Add<Slot, K, Slot>, Move<Slot, Home>;
        I32Eq<Acc, K, Acc>, Move<Acc, Home>, Select<Acc, W, W, Acc>;
        I32LeU<Acc, K, Acc>, Move<Acc, Home>;
        I32LtS<Slot, Acc, Acc>, Move<Acc, Home>, Select<Acc, W, Slot, Slot>;
        I32LtU<P, Q, Acc>, Select<Acc, P, Q, Acc>;
        I32LtU<Slot, Acc, Acc>, Select<Acc, Slot, Slot, Slot>;
        I32Shl<Acc, K, Acc>, Move<Slot, Home>;
        I32ShrU<Acc, K, Slot>, Move<Slot, Home>;
        I32Xor<P, Acc, Acc>, I32And<Acc, K, Acc>, Select<Acc, Slot, Q, Acc>;
        I32Xor<P, Acc, Acc>, I32And<Acc, K, Acc>, Select<Acc, Slot, Slot, Acc>;
        I64Add<P, Slot, Slot>, Move<P, Home>;
        I64Add<P, W, Slot>, I64Add<Q, Slot, Slot>, Move<Slot, Home>;
        I64And<Acc, Slot, Acc>, I64Xor<Acc, Slot, P>, Move<P, Home>;
        I64And<Acc, Slot, Acc>, I64Xor<Acc, Slot, Slot>, Move<Acc, Home>, I64Xor<Slot, W, Acc>;
        I64LtU<Acc, Slot, Acc>, Select<Acc, Slot, Slot, Acc>;
        I64LtU<Acc, Slot, Acc>, Select<Acc, Slot, Slot, Slot>;
        I64LtU<P, Q, Acc>, Move<Acc, Home>;
        I64LtU<Slot, Slot, Acc>, Select<Acc, Slot, Slot, Slot>, I64LtU<Slot, Slot, Acc>,
            Select<Acc, Slot, Slot, Slot>;
        I64Rotr<P, Slot, Acc>, Move<Acc, P>;
        I64Xor<Acc, Slot, P>, I64Clz<P, Acc>, Move<Acc, Home>, I64Rotr<P, Slot, Acc>;
        Move<Acc, Home>, I32Add<P, K, Slot>, Move<Slot, Home>, Move<Q, Home>;
        Move<Acc, Home>, I32Add<Slot, K, Slot>, Move<P, Home>, Move<Q, Home>;
        Move<Acc, Home>, I32Add<Slot, Slot, Slot>, Move<Acc, Home>;
        Move<Acc, Home>, I32And<Slot, K, Acc>, I32Eq<Acc, K, Acc>, I32Add<Acc, Slot, Slot>;
        Move<Acc, Home>, I32Shl<Slot, K, Acc>;
        Move<Acc, Home>, I64Add<P, W, Slot>;
        Move<Acc, Home>, I64Ctz<P, Acc>;
        Move<Acc, Home>, I64Rotr<P, Slot, Acc>;
        Move<Acc, Home>, I64ShrU<Acc, W, Slot>;
        Move<Acc, Home>, I64Xor<Slot, W, Acc>;
        Move<Acc, Home>, Select<Slot, W, Slot, Acc>, I32Add<Acc, Slot, Slot>, I32Add<P, K, P>;
        Move<Acc, P>, I32ShrU<P, K, Acc>, I32And<Acc, K, Q>, I32Xor<Q, K, Slot>;
        Move<P, Home>, Move<Q, Home>;
        Move<P, Home>, Move<Slot, Home>;
        Move<P, Home>, Move<W, Home>, Move<Q, Home>;
        Move<Slot, Home>, I32Mul<Acc, Slot, Slot>, I32ShrU<Acc, K, Acc>, I32And<Acc, K, Slot>;
        Move<Slot, Home>, I64Add<Slot, W, Slot>, I64Mul<Acc, Slot, Acc>, I64ShrU<Acc, W, Acc>;
        Move<Slot, Home>, Move<P, Home>;
        Move<Slot, Home>, Move<Slot, Home>, Move<Slot, Home>;
        Move<Slot, Home>, Move<Slot, Home>, Move<Slot, P>;
        Move<Slot, Home>, Move<Slot, Home>, Move<W, Home>;
        Move<Slot, Home>, Move<Slot, P>;
        Move<Slot, Home>, Move<W, Home>, Move<Slot, Home>;
        Move<Slot, P>, I32WrapI64<P, Acc>;
        Move<Slot, P>, Move<Slot, Q>;
        Move<W, Home>, I32Add<Slot, Slot, Acc>;
        Move<W, Home>, Move<P, Home>, Move<Q, Home>;
        Move<W, Home>, Move<W, Home>, Move<W, Home>;
        Move<W, Home>, Move<W, Home>, Move<W, P>;
        Move<W, P>, I32Add<Q, K, Q>;
        Move<W, P>, Move<Q, Home>;
        Select<Acc, W, W, Acc>, I32Add<Acc, Slot, Acc>;
        Select<Acc, W, W, Acc>, I32Xor<Acc, Slot, P>;
    }
}

/// Globals.
pub(super) fn globals<P: Pin, Q: Pin>(pairs: &mut Pairs) {
    chains! { pairs:
        GlobalGet<Acc>, I32Add<Acc, K, Acc>;
        GlobalGet<Acc>, I32Add<Acc, K, P>;
        GlobalGet<Acc>, I32Add<Acc, K, Slot>, GlobalSet<Acc>;
        GlobalGet<Acc>, I32Add<Acc, Slot, Slot>;
        GlobalGet<Acc>, I32Add<P, Acc, Q>;
        GlobalGet<Acc>, Move<Acc, Home>;
        GlobalGet<Slot>, GlobalGet<Acc>, I64Add<Acc, Slot, Acc>;
        GlobalGet<Slot>, GlobalGet<Acc>, I64Shl<Acc, W, Acc>;
        GlobalGet<Slot>, GlobalGet<Acc>, I64ShrU<Acc, W, Acc>;
        GlobalGet<Slot>, I32Shl<Slot, K, Acc>;
        GlobalSet<Acc>, GlobalGet<Acc>, I32Add<Acc, K, Acc>, GlobalSet<Acc>;
        I32Add<Acc, K, Acc>, GlobalSet<Acc>;
        I32Add<Slot, K, Acc>, GlobalSet<Acc>;
        I64Mul<P, P, Slot>, GlobalGet<Acc>, Move<Acc, Home>;
        I64Mul<P, Slot, Slot>, GlobalGet<Acc>, Move<Acc, Home>;
        I64Xor<Acc, Slot, Acc>, GlobalSet<Acc>;
    }
}
