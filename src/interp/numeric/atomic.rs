//! Atomic accesses: how many bytes each touches, and what it makes of them.
//!
//! Slots hold 32-bit integers zero-extended, so an access of some bytes is one, whatever the type
//! of its value. Sums and differences of 64 bits have those of fewer bits in their low bytes.
//!
//! Proposal: <https://github.com/WebAssembly/threads>, all of it.

use super::cell::Cell;
use crate::wasm::Op;

/// What is written, of the value that was there and the operand.
pub(crate) trait Change: 'static {
    /// How a listing shows it.
    const NAME: &'static str;
    /// The low bytes of it.
    fn apply(old: u64, x: u64) -> u64;
}

/// One method a shape: what to do with an instruction once its bytes are known.
pub(crate) trait Visit: Sized {
    /// What every method answers.
    type Output;
    /// A load.
    fn load<R: Cell>(self) -> Self::Output;
    /// A store.
    fn store<R: Cell>(self) -> Self::Output;
    /// A change of what is there.
    fn change<C: Change, R: Cell>(self) -> Self::Output;
    /// A change of what is expected to be there.
    fn compare_exchange<R: Cell>(self) -> Self::Output;
}

/// One line an instruction: its variant in the table, and the bytes that it touches. Changes say
/// what they do once.
macro_rules! atomic {
    (
        accesses {$($shape:ident [ $($plain:ident $plain_cell:ident)+ ])+}
        changes {$(
            $change:ident $name:literal ($old:ident, $x:ident) $body:block [
                $($op:ident $cell:ident)+
            ]
        )+}
    ) => {
        $(
            #[doc = concat!("What the instructions on ", $name, " do.")]
            pub(crate) struct $change;

            impl Change for $change {
                const NAME: &'static str = $name;
                #[inline(always)]
                fn apply($old: u64, $x: u64) -> u64 $body
            }
        )+

        /// Calls the method of `op`'s shape with its types; none when `op` is not in the list.
        pub(crate) fn visit<V: Visit>(op: Op, visitor: V) -> Option<V::Output> {
            Some(match op {
                $($(Op::$plain => visitor.$shape::<$plain_cell>(),)+)+
                $($(Op::$op => visitor.change::<$change, $cell>(),)+)+
                _ => return None,
            })
        }

        $($(atomic!(@row $plain $plain_cell);)+)+
        $($(atomic!(@row $op $cell);)+)+
    };
    (@row $op:ident $cell:ident) => {
        const _: () = assert!(
            Op::$op.row().touches as usize == size_of::<$cell>() && Op::$op.row().atomic,
            concat!("the row of ", stringify!($op), " touches other bytes"),
        );
    };
}

atomic! {
    accesses {
        load [
            I32AtomicLoad u32
            I64AtomicLoad u64
            I32AtomicLoad8U u8
            I32AtomicLoad16U u16
            I64AtomicLoad8U u8
            I64AtomicLoad16U u16
            I64AtomicLoad32U u32
        ]
        store [
            I32AtomicStore u32
            I64AtomicStore u64
            I32AtomicStore8 u8
            I32AtomicStore16 u16
            I64AtomicStore8 u8
            I64AtomicStore16 u16
            I64AtomicStore32 u32
        ]
        compare_exchange [
            I32AtomicRmwCmpxchg u32
            I64AtomicRmwCmpxchg u64
            I32AtomicRmw8CmpxchgU u8
            I32AtomicRmw16CmpxchgU u16
            I64AtomicRmw8CmpxchgU u8
            I64AtomicRmw16CmpxchgU u16
            I64AtomicRmw32CmpxchgU u32
        ]
    }
    changes {
        Add "atomic.rmw.add" (old, x) { old.wrapping_add(x) } [
            I32AtomicRmwAdd u32
            I64AtomicRmwAdd u64
            I32AtomicRmw8AddU u8
            I32AtomicRmw16AddU u16
            I64AtomicRmw8AddU u8
            I64AtomicRmw16AddU u16
            I64AtomicRmw32AddU u32
        ]
        Sub "atomic.rmw.sub" (old, x) { old.wrapping_sub(x) } [
            I32AtomicRmwSub u32
            I64AtomicRmwSub u64
            I32AtomicRmw8SubU u8
            I32AtomicRmw16SubU u16
            I64AtomicRmw8SubU u8
            I64AtomicRmw16SubU u16
            I64AtomicRmw32SubU u32
        ]
        And "atomic.rmw.and" (old, x) { old & x } [
            I32AtomicRmwAnd u32
            I64AtomicRmwAnd u64
            I32AtomicRmw8AndU u8
            I32AtomicRmw16AndU u16
            I64AtomicRmw8AndU u8
            I64AtomicRmw16AndU u16
            I64AtomicRmw32AndU u32
        ]
        Or "atomic.rmw.or" (old, x) { old | x } [
            I32AtomicRmwOr u32
            I64AtomicRmwOr u64
            I32AtomicRmw8OrU u8
            I32AtomicRmw16OrU u16
            I64AtomicRmw8OrU u8
            I64AtomicRmw16OrU u16
            I64AtomicRmw32OrU u32
        ]
        Xor "atomic.rmw.xor" (old, x) { old ^ x } [
            I32AtomicRmwXor u32
            I64AtomicRmwXor u64
            I32AtomicRmw8XorU u8
            I32AtomicRmw16XorU u16
            I64AtomicRmw8XorU u8
            I64AtomicRmw16XorU u16
            I64AtomicRmw32XorU u32
        ]
        Xchg "atomic.rmw.xchg" (_old, x) { x } [
            I32AtomicRmwXchg u32
            I64AtomicRmwXchg u64
            I32AtomicRmw8XchgU u8
            I32AtomicRmw16XchgU u16
            I64AtomicRmw8XchgU u8
            I64AtomicRmw16XchgU u16
            I64AtomicRmw32XchgU u32
        ]
    }
}
