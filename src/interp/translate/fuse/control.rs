//! The ends of blocks and loops: a step, a test, the branch.

use super::names::*;
use super::{Pairs, Pin};

/// A step, then a test.
pub(super) fn steps<P: Pin, Q: Pin>(pairs: &mut Pairs) {
    chains! { pairs:
        GlobalGet<Acc> => IfI32LeU<Acc, P>;
        GlobalGet<Acc> => IfTrue<Acc>;
        GlobalGet<Acc>, I32Add<P, Acc, P> => Always;
        GlobalGet<Acc>, I32Add<P, Acc, P>, GlobalGet<Acc> => IfI32LtU<P, Acc>;
        GlobalSet<Acc>, GlobalGet<Acc> => IfTrue<Acc>;
        I32Add<Acc, K, Acc>, I32And<Acc, K, Acc> => IfI32LtU<Acc, K>;
        I32Add<P, K, P> => Always;
        I32Add<P, K, P> => IfI32LtU<P, Slot>;
        I32Add<P, K, P> => IfI32Ne<P, Slot>;
        I32Add<P, K, P> => IfTrue<P>;
        I32Add<P, K, P>, GlobalGet<Acc> => IfI32LtU<P, Acc>;
        I32Add<P, K, P>, I32Add<P, Slot, Slot>, I32Add<Acc, K, Q> => IfI32LtU<Q, Slot>;
        I32Add<P, K, P>, I32Add<Q, K, Q> => IfI32Ne<Q, Slot>;
        I32Add<P, K, P>, I32Add<Q, Slot, Q>, I32Add<Slot, K, Slot> => IfTrue<Acc>;
        I32Add<Slot, K, Slot> => IfI32Eq<P, K>;
        I32Add<Slot, K, Slot> => IfI32Ne<Acc, Slot>;
        I32Add<Slot, K, Slot> => IfTrue<Acc>;
        I32Add<Slot, K, Slot>, I32Add<Slot, K, Slot> => IfTrue<Acc>;
        I32Add<Slot, K, Slot>, I32Add<Slot, K, Slot>, I32Add<Slot, K, Slot> => IfTrue<Acc>;
        I32Add<Slot, K, Slot>, I64Add<P, W, P> => IfI64Ne<P, Slot>;
        I32And<Acc, K, Acc> => IfI32Ne<Acc, K>;
        I32Eq<Acc, Slot, Acc>, I32And<Acc, Slot, Acc> => IfI32Ne<Acc, K>;
        I32Eq<P, K, Acc>, Move<Acc, Home> => IfTrue<Acc>;
        I32Shl<K, Acc, Acc>, I32And<Acc, K, Acc> => IfI32Eq<Acc, K>;
        I32Shl<K, Slot, Acc>, I32And<Acc, K, Acc>, Select<Acc, Slot, W, Acc> => IfTrue<Acc>;
        I32ShrU<Slot, K, P> => IfI32LeU<Slot, P>;
        I32Sub<Slot, Acc, Acc>, I32And<Acc, K, Slot> => IfI32LtU<Slot, Acc>;
        I64Add<Acc, Slot, Slot> => Always;
        I64Add<P, Acc, P> => Always;
        I64Add<P, W, P>, I32Add<Q, K, Q> => Always;
        I64Add<P, W, P>, I64And<Q, W, Acc> => IfI64Ne<Acc, W>;
        I64Add<P, W, P>, Move<W, Q> => Always;
        I64Add<Slot, W, Slot> => Always;
        I64Add<Slot, W, Slot> => IfI64Ne<Acc, W>;
        I64And<Acc, Slot, Acc>, I64And<Acc, W, Slot> => IfI64Eq<Acc, W>;
        I64And<P, W, Acc>, I32WrapI64<Acc, Acc> => IfFalse<Acc>;
        I64Mul<Slot, W, Acc>, I64Add<P, Acc, Slot> => Always;
        I64Shl<W, Acc, Acc>, I64Xor<Acc, Slot, Acc>, I64Add<Acc, Slot, Slot> => Always;
        I64ShrU<Acc, W, Acc>, I32WrapI64<Acc, Slot>, I32ShrU<Acc, K, P> => IfI32LeU<Slot, P>;
        I64ShrU<P, W, P> => Always;
        I64ShrU<Slot, W, Acc>, I64Xor<P, Acc, P> => Always;
        Move<Acc, Home>, Move<Slot, Home> => IfI32LtU<Slot, K>;
        Move<Acc, Home>, Select<Slot, W, Slot, Acc>, Move<Acc, P> => IfI32LeU<P, K>;
        Move<Acc, P>, I64Add<Q, W, Q> => Always;
        Move<Acc, P>, I64Add<Q, W, Q> => IfI64Ne<Q, W>;
        Move<Acc, P>, I64ShrU<Q, W, Q> => Always;
        Move<P, Home>, Move<Slot, P>, Move<Slot, Home> => Always;
        Move<Slot, Home> => Always;
        Move<Slot, Home> => IfI32Eq<Slot, K>;
        Move<Slot, Home>, I32Add<Slot, K, Slot> => IfTrue<Slot>;
        Move<W, Home> => Always;
        Move<W, P>, I32Add<Q, K, Acc>, I32And<Acc, K, Acc> => IfI32LeU<Acc, K>;
    }
}
