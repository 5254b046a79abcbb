//! Superinstructions: which neighbours become one op. Each list says why it is there; the share is
//! that of the ops of fifteen programs which it saves.

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::LazyLock;

use crate::interp::machine::control::{Branch, Check, Condition, Free, IsTrue};
use crate::interp::machine::fused::{Plain, Seq, Then};
use crate::interp::machine::memory::{Load, LoadFloat, Store};
use crate::interp::machine::numeric::{BitTest, IntBinaryOp as Int, IntTest};
use crate::interp::machine::operand::{Acc, Const, Home, L0, L1, Slot, Sum};
use crate::interp::machine::variable::Move;
use crate::interp::machine::{Handler, Op, OpCode};
use crate::interp::numeric::access::{
    F32Load, F64Load, I32Load, I32Load8U, I32Load16U, I32Store, I32Store8, I32Store16, I64Load,
    I64Store,
};
use crate::interp::numeric::int::{
    I32Add, I32And, I32Eq, I32GeS, I32GeU, I32GtU, I32LeU, I32LtS, I32LtU, I32Ne, I32Shl, I32ShrU,
    I32Xor, I64Add, I64And, I64LtS, I64LtU, I64Ne, I64Or, I64Rotl, I64Shl, I64ShrU, I64Xor,
};

/// The superinstruction of two ops, when the lists have it.
pub(super) fn pair(first: TypeId, second: TypeId) -> Option<OpCode> {
    static PAIRS: LazyLock<Pairs> = LazyLock::new(Pairs::new);
    PAIRS.fused.get(&(first, second)).copied()
}

struct Pairs {
    fused: HashMap<(TypeId, TypeId), OpCode>,
}

/// A 32-bit constant.
type K = Const<u32>;
/// A 64-bit constant.
type W = Const<u64>;

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

impl Pairs {
    fn new() -> Self {
        let mut pairs = Self { fused: HashMap::new() };
        pairs.address_sums();
        pairs.scaled_sums();
        pairs.counted_loops();
        pairs.masked_branches();
        pairs.loaded_branches();
        pairs.copies();
        pairs.arithmetic();
        pairs.moves();
        pairs
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

    /// An address that is a sum, then the load: 8.4 %.
    fn address_sums(&mut self) {
        macro_rules! load {
            (($x:ident $y:ident) $load:ident $d:ident) => {
                self.seq::<Int<I32Add, $x, $y, Acc>, Load<$load, Acc, $d>>();
            };
        }
        product! { load ()
            [(Slot Slot) (L0 Slot) (L1 Slot) (Slot K) (L0 K) (L1 K) (L0 Acc) (L1 Acc) (Acc Slot)
             (L0 L1)]
        [I32Load8U I32Load I64Load] [Acc Slot L0 L1] }
        macro_rules! load_float {
            (($x:ident $y:ident) $load:ident $d:ident) => {
                self.seq::<Int<I32Add, $x, $y, Acc>, LoadFloat<$load, Acc, $d>>();
            };
        }
        product! { load_float ()
            [(Slot Slot) (L0 Slot) (L1 Slot) (Slot K) (L0 K) (L1 K) (Acc Slot) (L0 L1)]
        [F32Load F64Load] [Acc Slot] }
    }

    /// An index scaled and added to a base: 1.8 %.
    fn scaled_sums(&mut self) {
        macro_rules! scaled {
            ($x:ident ($p:ident $q:ident) $d:ident) => {
                self.seq::<Int<I32Shl, $x, K, Acc>, Int<I32Add, $p, $q, $d>>();
            };
        }
        product! { scaled () [Slot L0 L1] [(Acc Slot) (Acc K) (L0 Acc) (L1 Acc)] [Acc Slot L0 L1] }
    }

    /// The end of a loop: a step, a comparison, the branch: 5.9 %.
    fn counted_loops(&mut self) {
        macro_rules! step {
            (($x:ident $d:ident $y:ident) $k:ident $test:ident $z:ident) => {
                self.then::<Int<I32Add, $x, $k, $d>, IntTest<$test, $y, $z>>();
            };
        }
        product! { step () [(L0 L0 L0) (L1 L1 L1) (Slot Slot Acc)] [K]
        [I32Ne I32Eq I32LtU I32LtS I32GeU I32GeS] [K] }
        product! { step ()
            [(L0 L0 L0) (L1 L1 L1) (Slot Slot Acc)] [K] [I32Ne I32Eq I32LtU I32LtS] [Slot]
        }
        product! { step ()
            [(L0 Acc Acc) (L1 Acc Acc) (Slot Acc Acc)] [K] [I32Ne I32Eq I32LtU I32GtU] [K]
        }
        product! { step ()
            [(L0 L0 L0) (L1 L1 L1) (Slot Slot Acc)] [Slot] [I32Ne I32Eq I32LtU] [K Slot]
        }
        macro_rules! nonzero {
            ($x:ident) => {
                self.then::<Int<I32Add, $x, K, $x>, IsTrue<$x, true>>();
            };
        }
        product! { nonzero () [L0 L1] }
        self.then::<Int<I32Add, Slot, K, Slot>, IsTrue<Acc, true>>();
        macro_rules! pair_of_pins {
            ($x:ident $p:ident $q:ident $test:ident) => {
                self.then::<Int<I32Add, $x, K, $x>, IntTest<$test, $p, $q>>();
            };
        }
        product! { pair_of_pins () [L0 L1] [L0] [L1] [I32Ne I32Eq] }
        product! { pair_of_pins () [L0] [L0] [L1] [I32LtU I32LtS] }
        macro_rules! wide_step {
            (($x:ident $d:ident $y:ident) $k:ident $test:ident $z:ident) => {
                self.then::<Int<I64Add, $x, $k, $d>, IntTest<$test, $y, $z>>();
            };
        }
        product! { wide_step ()
            [(L0 L0 L0) (L1 L1 L1) (Slot Slot Acc)] [W] [I64Ne I64LtU I64LtS] [W Slot]
        }
    }

    /// Bits tested: 1.6 %.
    fn masked_branches(&mut self) {
        macro_rules! masked {
            ($x:ident $test:ident) => {
                self.then::<Int<I32And, $x, K, Acc>, IntTest<$test, Acc, K>>();
            };
        }
        product! { masked () [Slot Acc L0 L1] [I32Eq I32Ne I32LtU I32GtU] }
    }

    /// A value loaded and compared: 1.2 %.
    fn loaded_branches(&mut self) {
        macro_rules! loaded {
            ($load:ident $a:ident ($d:ident $y:ident) $test:ident $z:ident) => {
                self.then::<Load<$load, $a, $d>, IntTest<$test, $y, $z>>();
            };
        }
        product! { loaded () [I32Load8U I32Load] [Slot L0 L1] [(Acc Acc) (Slot Acc) (L0 L0) (L1 L1)]
        [I32Eq I32Ne] [K] }
        product! { loaded () [I32Load] [Slot L0 L1] [(Acc Acc)] [I32Eq I32Ne I32LtU I32LeU] [Slot] }
        macro_rules! bits {
            ($load:ident $a:ident) => {
                self.then::<Load<$load, $a, Acc>, BitTest<I32And, Acc, K, true>>();
                self.then::<Load<$load, $a, Acc>, BitTest<I32And, Acc, K, false>>();
            };
        }
        product! { bits () [I32Load8U I32Load] [Slot L0 L1] }
    }

    /// Copies of one to eight bytes: 2.6 %.
    fn copies(&mut self) {
        macro_rules! copy {
            (($load:ident $store:ident) $a:ident $to:ident) => {
                self.seq::<Load<$load, $a, Acc>, Store<$store, $to, Acc>>();
            };
        }
        product! { copy ()
            [(I32Load8U I32Store8) (I32Load16U I32Store16) (I32Load I32Store) (I64Load I64Store)]
            [Slot L0 L1] [Slot L0 L1]
        }
        macro_rules! copy_to_sum {
            (($load:ident $store:ident) $a:ident ($p:ident $q:ident)) => {
                self.seq::<Load<$load, $a, Acc>, Store<$store, Sum<$p, $q>, Acc>>();
            };
        }
        product! { copy_to_sum ()
            [(I32Load8U I32Store8) (I32Load I32Store)] [Slot L0 L1]
            [(Slot Slot) (L0 Slot) (L1 Slot) (Slot K) (L0 K) (L1 K)]
        }
    }

    /// Arithmetic through the accumulator: hashes, ciphers, checksums: 2.8 %.
    fn arithmetic(&mut self) {
        macro_rules! loaded {
            ($load:ident $a:ident $op:ident ($u:ident $v:ident) $d:ident) => {
                self.seq::<Load<$load, $a, Acc>, Int<$op, $u, $v, $d>>();
            };
        }
        product! { loaded ()
            [I32Load8U I32Load] [Slot L0 L1] [I32Add I32Xor] [(Acc Slot) (L0 Acc) (L1 Acc)]
            [Acc Slot L0 L1]
        }
        macro_rules! narrow {
            ($first:ident $x:ident $second:ident ($u:ident $v:ident) $d:ident) => {
                self.seq::<Int<$first, $x, K, Acc>, Int<$second, $u, $v, $d>>();
            };
        }
        product! { narrow ()
            [I32And I32ShrU] [Slot Acc L0 L1] [I32And I32Add I32Xor] [(Acc K) (Acc Slot)]
            [Acc Slot]
        }
        macro_rules! wide {
            ($first:ident ($x:ident $y:ident) $second:ident $v:ident $d:ident) => {
                self.seq::<Int<$first, $x, $y, Acc>, Int<$second, Acc, $v, $d>>();
            };
        }
        product! { wide ()
            [I64Xor I64And I64Add I64Or] [(Slot Slot) (Acc Slot) (Slot W) (Acc W)]
            [I64Xor I64And I64Add I64Or] [Slot W] [Acc Slot]
        }
        product! { wide ()
            [I64Xor I64Add] [(Slot Slot) (Acc Slot)] [I64Rotl I64ShrU I64Shl] [W] [Acc Slot]
        }
        product! { wide ()
            [I64Shl I64ShrU I64Rotl] [(Slot W) (Acc W)] [I64Xor I64And I64Add I64Or] [Slot W]
            [Acc Slot]
        }
    }

    /// Two moves of a merge or a swap: 1.9 %.
    fn moves(&mut self) {
        macro_rules! two {
            ($a:ident $b:ident $c:ident $d:ident) => {
                self.seq::<Move<$a, $b>, Move<$c, $d>>();
            };
        }
        product! { two () [Slot L0 L1 W] [Home L0 L1] [Slot L0 L1 W] [Home L0 L1] }
    }
}
