//! Floats in a row.

use super::names::*;
use super::{FloatPin, Pairs, Pin};

/// Sums of products, distances, roots: what a number is multiplied and added to.
pub(super) fn floats<P: Pin, Q: Pin, F: FloatPin, G: FloatPin>(pairs: &mut Pairs) {
    chains! { pairs:
        F32Load<Acc, Acc>, F32Mul<Acc, Slot, Acc>, F32Add<Acc, Slot, F>;
        F32Load<Acc, Acc>, F32Mul<Acc, Slot, Acc>, F32Add<Acc, Slot, Slot>;
        F32Load<Acc, Acc>, F32Mul<Acc, Slot, Acc>, F32Add<F, Acc, Slot>;
        F32Load<P, Acc>, F32Add<F, Acc, F>, I32Add<P, K, P>;
        F32Load<P, Acc>, F32Mul<Acc, W, Slot>, F32Load<P, Acc>;
        F32Mul<Acc, W, Acc>, F32Add<Acc, Slot, Acc>;
        F32Mul<Acc, W, Acc>, F32Store<P, Acc>;
        F32Store<P, Acc>, I32Add<P, K, P> => IfI32LtU<P, K>;
        F64Add<Acc, Slot, Acc> => IfF64Lt<W, Acc> | IfNotF64Lt<W, Acc>;
        F64Add<Acc, Slot, Acc>, F64Store<P, Acc>;
        F64Add<Acc, Slot, Acc>, F64Store<Slot, Acc>;
        F64Add<Acc, Slot, Slot>, F64Mul<Slot, Slot, Acc>, F64Add<Acc, Slot, Slot>, GlobalGet<Slot>;
        F64Add<Acc, Slot, Slot>, GlobalGet<Slot>;
        F64Add<Acc, W, F>, MoveFloat<F, Acc>;
        F64ConvertI32S<Acc, Acc>, F64Store<Slot, Acc>;
        F64Load<Acc, Acc>, F64Sub<Acc, Slot, Slot>, F64Mul<Acc, Acc, Acc>, F64Add<Acc, Slot, Acc>;
        F64Load<Acc, Acc>, F64Sub<Acc, Slot, Slot>, F64Mul<Acc, Acc, Acc>, F64Add<Acc, Slot, Slot>;
        F64Load<P, Acc>, F64Mul<Acc, Slot, Acc>;
        F64Load<P, Acc>, F64Mul<Acc, Slot, Slot>;
        F64Load<P, Slot>, F64Load<Q, Acc>, F64Sub<Slot, Acc, F>;
        F64Load<P, Slot>, F64Load<Q, Acc>, F64Sub<Slot, Acc, G>;
        F64Load<P, Slot>, F64Mul<F, Slot, Acc>;
        F64Load<P, Slot>, F64Mul<G, Slot, Acc>;
        F64Load<P, Slot>, F64Mul<Slot, Slot, Acc>;
        F64Load<P, Slot>, GlobalGet<Slot>, F64Load<P, Acc>, F64Mul<Acc, Slot, Acc>;
        F64Load<P, Slot>, I64ShrU<Slot, W, Acc>;
        F64Load<Slot, Acc>, F64Add<Acc, Slot, Acc>, F64Store<Slot, Acc>, F64Mul<F, Slot, Slot>;
        F64Load<Slot, Acc>, F64Add<Acc, Slot, Acc>, F64Store<Slot, Acc>, I32Add<P, Slot, Acc>;
        F64Load<Slot, Slot>, F64Mul<F, Slot, Acc>;
        F64Load<Slot, Slot>, MoveFloat<F, Home>, F64Mul<Slot, Slot, F>, F64Mul<F, Slot, Acc>;
        F64Mul<Acc, Slot, Acc>, F64Add<F, Acc, F> => IfI32Eq<P, K>;
        F64Mul<Acc, Slot, Acc>, F64Add<F, Acc, F>, I32Add<Q, Slot, Q>;
        F64Mul<Acc, Slot, Acc>, F64Div<Slot, Acc, Slot>;
        F64Mul<Acc, Slot, Acc>, F64Sub<Acc, W, Slot>, F64ConvertI32S<Slot, Acc>;
        F64Mul<Acc, Slot, F>, F64Mul<G, F, Slot>;
        F64Mul<F, Acc, Acc>, F64Add<Acc, Slot, F>, F64Mul<F, F, G>, F64Add<G, Slot, Acc>;
        F64Mul<F, Acc, Acc>, F64Add<Acc, Slot, F>, Move<W, P>, I32Add<Q, K, Q>;
        F64Mul<F, Acc, Acc>, F64Div<W, Acc, Slot>, F64Mul<Acc, Slot, F>, F64Mul<G, F, Slot>;
        F64Mul<F, F, G>, F64Add<G, Slot, Acc>;
        F64Mul<F, F, Slot>, F64Mul<G, G, Slot>, F64Add<Acc, Slot, Acc> => IfF64Lt<W, Acc> |
            IfNotF64Lt<W, Acc>;
        F64Mul<F, F, Slot>, I32Add<P, K, Acc>;
        F64Mul<F, W, Acc>, F64Mul<G, Acc, Acc>, F64Add<Acc, Slot, G>;
        F64Mul<Slot, Slot, F>, F64Mul<F, Slot, Acc>;
        F64Sub<Slot, Acc, Acc>, F64Store<P, Acc>;
        F64Sub<Slot, Acc, Acc>, F64Store<Slot, Acc>, I32Add<P, Slot, Acc> => IfI32Eq<Acc, K>;
        F64Sub<Slot, Acc, Slot>, F64Mul<F, F, Slot>, F64Mul<G, G, Acc>;
        F64Sub<Slot, F, Acc>, F64Add<Acc, Slot, F>, F64Add<Slot, Slot, Acc>;
        F64Sub<Slot, Slot, Acc>, F64Add<Acc, Slot, F>, I32Add<P, K, P> => Always;
        F64Sub<Slot, Slot, Acc>, F64Add<Acc, Slot, Slot>, F64Mul<Acc, Acc, Slot>, F64Add<F, F, Acc>;
        I32Add<P, K, Acc>, F64Load<Acc, Slot>, F64Mul<F, F, Slot>, I32Add<P, K, Acc>;
        I32Add<P, K, Slot>, F64Load<Acc, Acc>, F64Sub<Acc, Slot, F>;
        I32Add<P, Slot, Slot>, F32Load<Acc, Slot>, I32Add<P, Slot, Slot>;
        I32Add<Slot, K, Acc>, F32Load<Acc, Slot>, I32Add<Slot, K, Acc>;
        I32Sub<K, P, Acc>, F32ConvertI32S<Acc, Acc>;
        I64Add<Acc, Slot, Acc>, F64ConvertI64U<Acc, Acc>, F64Div<W, Acc, Acc>;
        MoveFloat<W, F>, MoveFloat<W, G>;
    }
}
