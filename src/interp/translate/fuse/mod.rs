//! Superinstructions: which neighbours become one op.
//!
//! The emitter asks for each op whether it makes one with the op before it ([`pair`]). Longer ones
//! come by asking again: of `A, B, C` it finds `A, B`, then that and `C`. So the lists below are
//! lists of *chains*, and each brings all its beginnings along.
//!
//! - Here are the chains that compilers of every language emit: an address and its load, a scaled
//!   index, the end of a counted loop, a mask and its test, a copy. They are products of operand
//!   kinds.
//! - The files beside hold the chains that a profile of about fifty programs shows, found one by
//!   one: whichever saved the most dispatches (the mean of all programs' shares) for a handler
//!   more. A line stands for both orders of the pins (`P`, `Q`; of floats `F`, `G`). At most four
//!   ops make one, of which two use memory: with three, handlers run out of registers.
//!
//! Ops that call, wait or leave are never part of one.

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::LazyLock;

use crate::interp::machine::control::{Branch, Check, Condition, Free};
use crate::interp::machine::fused::{Plain, Seq, Then};
use crate::interp::machine::operand::{Dest, F0, F1, FloatDest, FloatSource, L0, L1, Source};
use crate::interp::machine::{Handler, Op, OpCode};

/// Chains, one a line: ops in a row, and behind `=>` the branch that ends them. With `|` there are
/// two such branches.
macro_rules! chains {
    ($pairs:ident: $( $first:ty $(, $next:ty)* $(=> $test:ty $(| $other:ty)?)? ; )+) => {
        $( chains!(@more $pairs [$first] [$($next),*] [$($test $(, $other)?)?]); )+
    };
    (@more $pairs:ident [$done:ty] [$next:ty $(, $rest:ty)*] $end:tt) => {
        $pairs.seq::<$done, $next>();
        chains!(@more $pairs [$crate::interp::machine::fused::Seq<$done, $next>] [$($rest),*] $end);
    };
    (@more $pairs:ident [$done:ty] [] [$($test:ty),*]) => {
        $( $pairs.then::<$done, $test>(); )*
    };
}

/// `product! { template () [a b] [c d] }` is `template!(a c); template!(a d); template!(b c); …`.
macro_rules! product {
    ($template:ident ($($done:tt)*)) => { $template!($($done)*); };
    ($template:ident $done:tt [$($choice:tt)*] $($rest:tt)*) => {
        product!(@each $template $done [$($choice)*] {$($rest)*});
    };
    (@each $template:ident $done:tt [$($choice:tt)*] $rest:tt) => {
        $( product!(@one $template $done $choice $rest); )*
    };
    (@one $template:ident ($($done:tt)*) $choice:tt {$($rest:tt)*}) => {
        product!($template ($($done)* $choice) $($rest)*);
    };
}

mod control;
mod float;
mod memory;
mod names;
mod numeric;
mod simd;
mod variable;

use names::*;

/// The superinstruction of two ops, when the lists have it.
pub(super) fn pair(first: TypeId, second: TypeId) -> Option<OpCode> {
    static PAIRS: LazyLock<Pairs> = LazyLock::new(Pairs::new);
    PAIRS.fused.get(&(first, second)).copied()
}

/// A pinned integer local.
trait Pin: Source + Dest {}
impl Pin for L0 {}
impl Pin for L1 {}

/// A pinned float local.
trait FloatPin: FloatSource + FloatDest {}
impl FloatPin for F0 {}
impl FloatPin for F1 {}

/// All superinstructions of two ops, the first of which may be one itself.
struct Pairs {
    fused: HashMap<(TypeId, TypeId), OpCode>,
}

impl Pairs {
    fn new() -> Self {
        let mut pairs = Self { fused: HashMap::new() };
        pairs.address_sums();
        pairs.scaled_sums();
        pairs.counted_loops();
        pairs.masked_tests();
        pairs.loaded_tests();
        pairs.copies();
        pairs.moves();
        pairs.chains::<L0, L1, F0, F1>();
        pairs.chains::<L1, L0, F1, F0>();
        pairs
    }

    /// The lists of the files beside.
    fn chains<P: Pin, Q: Pin, F: FloatPin, G: FloatPin>(&mut self) {
        numeric::narrow::<P, Q>(self);
        numeric::wide::<P, Q>(self);
        numeric::mixing::<P, Q>(self);
        memory::loads::<P, Q>(self);
        memory::stores::<P, Q>(self);
        memory::tests::<P, Q>(self);
        control::steps::<P, Q>(self);
        variable::moves::<P, Q>(self);
        variable::globals::<P, Q>(self);
        float::floats::<P, Q, F, G>(self);
        simd::vectors::<P, Q>(self);
    }

    /// `A`, then `B`.
    fn seq<A: Op, B: Op>(&mut self) {
        let ids = (TypeId::of::<Plain<A>>(), TypeId::of::<Plain<B>>());
        self.fused.insert(ids, <Seq<A, B> as Op>::CODE);
    }

    /// `A`, then the branch on `C`, however it pays.
    fn then<A: Op, C: Condition>(&mut self) {
        let first = TypeId::of::<Plain<A>>();
        let mut add = |second, op| self.fused.insert((first, second), op);
        add(TypeId::of::<Branch<C, Free>>(), <Branch<Then<A, C>, Free> as Handler>::CODE);
        add(TypeId::of::<Branch<C, Check>>(), <Branch<Then<A, C>, Check> as Handler>::CODE);
    }

    /// An address that is a sum, then the load.
    fn address_sums(&mut self) {
        macro_rules! load {
            (($x:ident $y:ident) $load:ident $d:ident) => {
                self.seq::<I32Add<$x, $y, Acc>, $load<Acc, $d>>();
            };
        }
        product! { load ()
            [(Slot Slot) (L0 Slot) (L1 Slot) (Slot K) (L0 K) (L1 K) (L0 Acc) (L1 Acc) (Acc Slot)
             (L0 L1)]
        [I32Load8U I32Load I64Load] [Acc Slot] }
        product! { load ()
            [(Slot Slot) (L0 Slot) (L1 Slot) (Slot K) (L0 K) (L1 K) (Acc Slot) (L0 L1)]
        [F32Load F64Load V128Load] [Acc] }
    }

    /// An index scaled and added to a base.
    fn scaled_sums(&mut self) {
        macro_rules! scaled {
            ($x:ident ($p:ident $q:ident) $d:ident) => {
                self.seq::<I32Shl<$x, K, Acc>, I32Add<$p, $q, $d>>();
            };
        }
        product! { scaled () [Slot L0 L1] [(Acc Slot) (Acc K) (L0 Acc) (L1 Acc)] [Acc Slot] }
    }

    /// The end of a loop: a step, a comparison, the branch.
    fn counted_loops(&mut self) {
        macro_rules! step {
            (($x:ident $d:ident $y:ident) $test:ident $z:ident) => {
                self.then::<I32Add<$x, K, $d>, $test<$y, $z>>();
            };
        }
        product! { step ()
            [(L0 L0 L0) (L1 L1 L1) (Slot Slot Acc)] [IfI32Ne IfI32LtU IfI32LtS] [K Slot]
        }
        product! { step ()
            [(L0 Acc Acc) (L1 Acc Acc) (Slot Acc Acc)] [IfI32LtU IfI32GtU] [K]
        }
        macro_rules! nonzero {
            ($x:ident) => {
                self.then::<I32Add<$x, K, $x>, IfTrue<$x>>();
            };
        }
        product! { nonzero () [L0 L1] }
        self.then::<I32Add<Slot, K, Slot>, IfTrue<Acc>>();
        macro_rules! pair_of_pins {
            ($x:ident $test:ident) => {
                self.then::<I32Add<$x, K, $x>, $test<L0, L1>>();
            };
        }
        product! { pair_of_pins () [L0 L1] [IfI32Ne] }
        product! { pair_of_pins () [L0] [IfI32LtU IfI32LtS] }
        macro_rules! wide_step {
            (($x:ident $d:ident $y:ident) $test:ident $z:ident) => {
                self.then::<I64Add<$x, W, $d>, $test<$y, $z>>();
            };
        }
        product! { wide_step ()
            [(L0 L0 L0) (L1 L1 L1) (Slot Slot Acc)] [IfI64Ne IfI64LtU IfI64LtS] [W Slot]
        }
    }

    /// Bits tested.
    fn masked_tests(&mut self) {
        macro_rules! masked {
            ($x:ident $test:ident) => {
                self.then::<I32And<$x, K, Acc>, $test<Acc, K>>();
            };
        }
        product! { masked () [Slot Acc L0 L1] [IfI32Eq IfI32Ne] }
    }

    /// A value loaded and compared.
    fn loaded_tests(&mut self) {
        macro_rules! loaded {
            ($load:ident $a:ident $test:ident $z:ident) => {
                self.then::<$load<$a, Acc>, $test<Acc, $z>>();
            };
        }
        product! { loaded () [I32Load8U I32Load] [Slot L0 L1] [IfI32Eq IfI32Ne] [K] }
        product! { loaded () [I32Load] [Slot L0 L1] [IfI32Eq IfI32Ne IfI32LtU IfI32LeU] [Slot] }
    }

    /// Copies of one to eight bytes.
    fn copies(&mut self) {
        macro_rules! copy {
            (($load:ident $store:ident) $a:ident $to:ident) => {
                self.seq::<$load<$a, Acc>, $store<$to, Acc>>();
            };
        }
        product! { copy ()
            [(I32Load8U I32Store8) (I32Load16U I32Store16) (I32Load I32Store) (I64Load I64Store)]
            [Slot L0 L1] [Slot L0 L1]
        }
        macro_rules! copy_to_sum {
            (($load:ident $store:ident) $a:ident ($p:ident $q:ident)) => {
                self.seq::<$load<$a, Acc>, $store<$p, $q, Acc>>();
            };
        }
        product! { copy_to_sum ()
            [(I32Load8U I32Store8Sum) (I32Load I32StoreSum)] [Slot L0 L1]
            [(Slot Slot) (L0 Slot) (L1 Slot) (Slot K) (L0 K) (L1 K)]
        }
    }

    /// Two moves of a merge, or of a call's arguments.
    fn moves(&mut self) {
        macro_rules! two {
            ($a:ident $b:ident) => {
                self.seq::<Move<$a, Home>, Move<$b, Home>>();
            };
        }
        product! { two () [Slot L0 L1 W] [Slot L0 L1 W] }
    }
}
