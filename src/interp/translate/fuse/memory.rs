//! Loads and stores with what leads to them and what is done with them.

use super::names::*;
use super::{Pairs, Pin};

/// What is loaded, and used.
pub(super) fn loads<P: Pin, Q: Pin>(pairs: &mut Pairs) {
    chains! { pairs:
        I32Add<Acc, K, Acc>, I32Load<Acc, Slot>;
        I32Add<Acc, K, Slot>, I32Load8U<P, Acc>, I32Ne<Acc, Slot, Acc>, I32Add<Acc, Slot, Slot>;
        I32Add<Acc, Slot, Acc>, I32Load16U<Acc, Slot>;
        I32Add<Acc, Slot, Acc>, I32Load8U<Acc, Acc>, I32Add<Acc, Slot, Slot>, I32Load<P, Slot>;
        I32Add<Acc, Slot, Acc>, I32Load8U<Acc, Slot>, I32Load8U<P, Acc>;
        I32Add<Acc, Slot, Acc>, I64Load<Acc, Slot>;
        I32Add<Acc, Slot, P>, I32Load<P, Slot>;
        I32Add<P, K, Acc>, I32Load8U<Acc, Acc>;
        I32Add<P, K, P>, I32Load8U<P, Acc>;
        I32Add<P, K, P>, I32Load<P, Slot>, Move<Acc, Home>, Move<Slot, Home>;
        I32Add<P, K, Slot>, I32Load8U<Acc, Slot>, I32Add<Q, K, Acc>, I32Load8U<Acc, Acc>;
        I32Add<P, K, Slot>, I32Shl<Slot, K, Acc>, I32Add<Acc, Slot, Q>, I64Load<Q, Acc>;
        I32Add<P, Slot, Acc>, I32Load8S<Acc, Acc>;
        I32Add<P, Slot, Slot>, I32Load<Acc, Slot>;
        I32Add<Slot, K, Acc>, I32Load<Acc, Slot>, I32Add<Acc, Slot, Slot>;
        I32Add<Slot, K, Acc>, I32Load<Acc, Slot>, I32Xor<Acc, K, Acc>, I32Sub<K, Acc, Acc>;
        I32Add<Slot, K, Acc>, I64Load<Acc, Slot>, I64Xor<P, W, Acc>;
        I32Add<Slot, K, Slot>, I32Add<P, K, Slot>, I32Load8U<Acc, Acc>;
        I32Add<Slot, K, Slot>, I32Load<Acc, Acc>, I32Load<Acc, Acc>;
        I32Add<Slot, K, Slot>, I32Load<Slot, Slot>, I32And<Slot, K, Acc>;
        I32Add<Slot, Slot, Acc>, I32Load8U<Acc, Acc>, I32Add<Acc, K, Slot>;
        I32Add<Slot, Slot, Acc>, I32Load8U<Acc, Slot>, I32And<P, K, Acc>;
        I32Add<Slot, Slot, Acc>, I32ShrU<Acc, K, Acc>, I32And<Acc, K, Acc>, I32Load<Acc, Slot>;
        I32Add<Slot, Slot, Home>, I32Add<Slot, K, Slot>, I32Load8U<Slot, Acc>, I32And<Acc, K, Acc>;
        I32And<Acc, K, Acc>, I32Load<Acc, Slot>;
        I32And<Acc, K, Acc>, I32Shl<Acc, K, Acc>, I32Load<Acc, Acc>, I32Xor<Acc, Slot, P>;
        I32And<Slot, K, Slot>, I32Load<Slot, Acc>, I32Add<Acc, Slot, Slot>;
        I32Load16S<P, Slot>, I32Load16S<Q, Acc>, I32Mul<Acc, Slot, Acc>, I32Add<Acc, Slot, Slot>;
        I32Load16U<Acc, Slot>, I32And<Slot, K, Acc>;
        I32Load16U<P, Slot>, I32Load16U<Q, Acc>;
        I32Load8U<Acc, Slot>, I32Add<Acc, K, Slot>;
        I32Load8U<P, Acc>, I64Xor<Q, Acc, Acc>, I64Mul<Acc, W, Q>;
        I32Load8U<P, Slot>, I32Add<P, K, P>;
        I32Load8U<P, Slot>, I32Load8U<P, Acc>;
        I32Load8U<P, Slot>, I32Load8U<Q, Acc>;
        I32Load8U<Slot, Acc>, I32And<Acc, K, Acc>;
        I32Load<Acc, Acc>, I32Load<Acc, Acc>;
        I32Load<Acc, Acc>, Move<Slot, Home>, Move<Slot, Home>;
        I32Load<P, Acc>, I32Add<Acc, K, Acc>;
        I32Load<P, Slot>, I32Load<P, Acc>;
        I32Load<P, Slot>, I32Load<P, Slot>;
        I32Load<P, Slot>, I32ShrU<P, K, Acc>;
        I32Load<Slot, Acc>, I32Add<Acc, Slot, Slot>;
        I32Load<Slot, Acc>, I32Load8U<Acc, Slot>, I32And<Slot, K, Acc>, I32Xor<Acc, Slot, Acc>;
        I32Load<Slot, Acc>, I32Load<Acc, Acc>, Move<P, Home>, Move<Slot, Home>;
        I32Load<Slot, Slot>, I32Add<P, K, P>;
        I32Load<Slot, Slot>, I32Add<P, Slot, Q>, I32Add<Q, K, Slot>;
        I32Load<Slot, Slot>, I32Load<Slot, Acc>;
        I32Load<Slot, Slot>, I32Load<Slot, Slot>;
        I32Load<Slot, Slot>, I32WrapI64<Slot, Acc>, I32And<Acc, Slot, Slot>, Move<Acc, Home>;
        I32Shl<P, K, Acc>, I32Add<Acc, Slot, P>, I32Load<P, Slot>;
        I32Shl<Slot, K, Acc>, I32Add<Acc, Slot, Acc>, I32Load<Acc, Slot>, I32Load<P, Acc>;
        I32ShrU<P, K, Slot>, I32Load8U<Q, Acc>, I32Xor<P, Acc, Acc>;
        I64Add<Acc, Slot, P>, I32Load<Q, Q>;
        I64Add<Acc, Slot, Slot>, I32Load8U<P, Q>, Move<Q, Home>;
        I64Load<Acc, Acc>, I64Xor<Acc, Slot, Acc>, I64Rotl<Acc, W, Slot>;
        I64Load<Acc, Slot>, I32Add<Slot, K, Acc>;
        I64Load<Acc, Slot>, I64Add<Acc, Slot, Slot>;
        I64Load<Acc, Slot>, I64Xor<Acc, Slot, Slot>;
        I64Load<Acc, Slot>, Move<Slot, Home>;
        I64Load<Acc, Slot>, Select<Slot, W, W, Acc>;
        I64Load<K, Slot>, I64Load<K, Slot>, I64And<Acc, W, Slot>;
        I64Load<Slot, P>, I64Load<Slot, Q>, I64LtU<Q, P, Acc>, Move<Acc, Home>;
        I64Load<Slot, Slot>, I64Load<Slot, Slot>;
        I64Rotl<P, W, Slot>, I32Load<Q, Acc>, I64Add<Acc, Slot, P>, I32Load<Q, Q>;
        Move<P, Home>, I32Load<Slot, P>;
    }
}

/// What is stored, with what it was computed by.
pub(super) fn stores<P: Pin, Q: Pin>(pairs: &mut Pairs) {
    chains! { pairs:
        I32Add<Acc, K, Acc>, I32And<Acc, K, Acc>, I32Shl<Acc, K, Acc>, I32Store<Slot, Acc>;
        I32Add<Acc, K, Acc>, I32Store<Slot, Acc>;
        I32Add<Acc, K, Slot>, I32Store<Slot, Acc>;
        I32Add<Acc, Slot, Acc>, I32Load8U<Acc, Acc>, I32Store8<P, Acc>;
        I32Add<Acc, Slot, Acc>, I32Load8U<Acc, Acc>, I32Store8<Slot, Acc>;
        I32Add<Acc, Slot, P>, I64Load<P, Acc>, I64Store<Q, Acc>, I32Add<Q, K, Acc>;
        I32Add<Acc, Slot, Slot>, I64Load<Acc, Acc>, I64Store<Slot, Acc>;
        I32Add<Acc, Slot, Slot>, I64Load<Acc, Acc>, I64StoreSum<P, K, Acc>;
        I32Add<P, Slot, Acc>, I32Load8U<Acc, Acc>, I32Store8Sum<P, Slot, Acc>, I32Add<P, Slot, P>;
        I32Add<Slot, K, Slot>, I32Store<Slot, Acc>;
        I32Load16U<Acc, Acc>, I32Store16<Slot, Acc>;
        I32Load8U<Acc, Acc>, I32Store8<Slot, Acc>;
        I32Load<P, Acc>, I32Store<Q, Acc>;
        I32Load<Slot, Acc>, I32Add<Acc, K, Acc>, I32Store<Slot, Acc>;
        I32Load<Slot, Acc>, I32Add<Acc, Slot, Acc>, I32Store16<Acc, Slot>;
        I32Load<Slot, Acc>, I32Shl<Acc, K, Slot>, I32Store<Slot, Acc>;
        I32Mul<P, K, Acc>, I32Add<Acc, K, P>, I32Store<Q, P>;
        I32Rotl<K, Slot, Acc>, I32And<Acc, Slot, Acc>, I32Store<P, Acc>, I64Add<Q, Slot, Q>;
        I32Shl<Acc, K, Acc>, I32Add<Acc, Slot, Slot>, I32Store<Acc, K>;
        I32Store8<P, Acc>, I32Add<Q, K, Q>;
        I32Store8<P, Slot>, I32Add<P, K, P>;
        I32Store8<Slot, Acc>, I32Load<Slot, Acc>;
        I32Store8<Slot, Slot>, I32Store8<P, Slot>;
        I32Store8Sum<P, Slot, Acc>, I32Add<P, Slot, P>;
        I32Store<K, K>, I32Store<K, K>;
        I32Store<P, Acc>, I64Add<Q, Slot, Q>;
        I32Store<Slot, Acc>, I32Load<Slot, Slot>;
        I32Store<Slot, Slot>, I32Store<Slot, Slot>;
        I32Xor<Acc, Slot, Acc>, I32Store8<P, Acc>;
        I32Xor<Acc, Slot, Acc>, I32Store8<Slot, Acc>;
        I64Add<P, W, Acc>, I64Store<Slot, Acc>;
        I64Add<Slot, W, Slot>, I64Store<Slot, Acc>;
        I64Load<Acc, Acc>, I64Store<Slot, Acc>;
        I64Load<Acc, Acc>, I64Xor<Acc, Slot, Acc>, I64Store<Slot, Acc>, I32Add<Slot, K, Slot>;
        I64Load<Acc, Slot>, I64Store<P, Acc>, I64LtU<Acc, Slot, Acc>, I32Add<Acc, Slot, Slot>;
        I64Load<P, Acc>, I64Store<P, Acc>;
        I64Load<P, Acc>, I64Store<Slot, Acc>;
        I64Load<Slot, Acc>, I64Store<P, Acc>;
        I64Load<Slot, Acc>, I64Store<Slot, Acc>;
        I64Store<P, Acc>, I32Add<P, K, Acc>;
        I64Store<P, Acc>, I64LtU<Acc, Slot, Acc>, I32Add<Acc, Slot, Slot>, I32Shl<Acc, K, Acc>;
        I64Store<P, Acc>, I64Store<P, Slot>;
        I64Store<Slot, Acc>, I64Load<P, Slot>;
        I64Store<Slot, Slot>, I64Store<Slot, Slot>;
        Move<Acc, Home>, I32Store<P, Acc>, Move<Slot, Home>;
    }
}

/// What is loaded, and tested.
pub(super) fn tests<P: Pin, Q: Pin>(pairs: &mut Pairs) {
    chains! { pairs:
        I32Add<Acc, K, Acc>, I32Load16U<Acc, Acc> => IfI32Eq<Acc, Slot>;
        I32Add<Acc, K, Acc>, I32Load16U<Acc, Acc> => IfI32Ne<Acc, Slot>;
        I32Add<Acc, K, Acc>, I32Store8<P, Acc>, I32Add<P, K, P> => IfI32LtU<P, Slot>;
        I32Add<Acc, Slot, Acc>, I32Load<Acc, Acc>, I32ShrU<Acc, Slot, Acc> => IfBits<Acc, K> |
            IfNoBits<Acc, K>;
        I32Add<P, K, Acc>, I32Load<Acc, Acc>, I64Add<Acc, Slot, Slot> => Always;
        I32Add<P, K, P>, I32Store8Sum<P, Q, K> => Always;
        I32Add<P, K, P>, I32Store8Sum<P, Q, Slot> => Always;
        I32Add<P, K, P>, I32Store<Slot, P> => IfI32Ne<P, Slot>;
        I32Add<P, Q, Acc>, I32Load8U<Acc, Slot>, I32Load8U<P, Acc> => IfI32Ne<Acc, Slot>;
        I32Add<P, Slot, Acc>, I32Load8U<Acc, Slot>, I32Add<Acc, K, Q> => IfI32GtU<Q, K>;
        I32Add<P, Slot, Acc>, I32Load8U<Acc, Slot>, I32Add<Acc, K, Slot> => IfI32GtU<Acc, K>;
        I32Add<P, Slot, Acc>, I32Load8U<Acc, Slot>, I32And<Q, K, Acc> => IfI32Eq<Acc, Slot>;
        I32Load8U<P, Acc> => IfI32Ne<Acc, K>;
        I32Load8U<P, Acc> => IfI32Ne<Acc, Slot>;
        I32Load8U<P, Acc>, I64Add<Q, Acc, Q>, I32Add<P, K, P> => Always;
        I32Load8U<P, Q>, I32Add<P, K, P> => IfI32Eq<Q, K>;
        I32Load8U<Slot, P>, Move<Acc, Home> => IfTrue<P>;
        I32Load8U<Slot, Slot>, I32Load8U<Slot, Slot> => IfI32Ne<Acc, Slot>;
        I32Load8U<Slot, Slot>, I32Store8<Slot, Acc> => IfI32GeU<Slot, K>;
        I32Load<P, Acc> => IfI32LeU<Acc, Slot>;
        I32Load<P, Acc> => IfI32LeU<Slot, Acc>;
        I32Load<P, Acc>, I64Add<Acc, Slot, Slot>, I32Add<P, K, P> => IfI32LtU<P, Slot>;
        I32Load<Slot, Acc>, I32Load16U<Acc, Slot>, I32And<Slot, K, Acc> => IfI32Eq<Acc, Slot>;
        I32Load<Slot, Slot> => IfTrue<Acc>;
        I32Shl<Slot, K, Acc>, I32Add<Acc, Slot, Acc>, I32Load16U<Acc, Slot> => IfI32Eq<Acc, K>;
        I32Store8<P, K>, I32Add<P, Q, P> => Always;
        I32Store8<P, P>, I32Add<P, K, P> => Always;
        I32Store8<P, P>, I32Add<P, K, P> => IfI32LtU<P, Slot>;
        I32Store<P, Q>, I32Add<Q, K, Q>, I32Add<P, K, P> => IfI32LtU<P, Slot>;
        I32Store<P, Slot>, I32Add<Q, K, Q>, I32Add<P, K, P> => IfI32LeS<Q, P>;
        I32Store<Slot, Acc>, I32Add<P, K, P> => IfI32LtU<P, K>;
        I32Store<Slot, Slot>, Move<Slot, Home> => IfTrue<P>;
        I64Load<K, Acc>, I64Add<Acc, Slot, Slot> => Always;
        I64Store<K, P> => Always;
    }
}
