//! Running code: registers, handlers, and the two backends that chain them.
//!
//! An *op* is a code word with the address of its handler, and operands behind it. A handler is an
//! ordinary function on `&mut Regs`, written once; `threaded` makes of it a function whose last act
//! is a jump to the next op's handler, `stepped` one that a loop calls. Ops are types, composed of
//! others: `IntBinaryOp<I32Add, L0, Const<u32>, Acc>` adds a constant to the first pinned local,
//! and `Seq<A, B>` is a superinstruction that does `A`, then `B`, with one dispatch.
//!
//! ```text
//!   acc = l0 + 1               Slot  fp[n], n in 16 bits of the op's words
//!    │    │    └ Const<u32>    Acc   the accumulator: the last result
//!    │    └ L0                 L0 L1 the pinned locals
//!    └ Acc                     F0 F1 the pinned float locals
//!                              Slot as a destination leaves the value in acc too; Home doesn't
//! ```
//!
//! The machine has never heard of `Instr`: it trusts the translator (I1–I3).

pub(crate) mod aggregate;
pub(crate) mod atomic;
pub(crate) mod build;
pub(crate) mod call;
pub(crate) mod cast;
pub(crate) mod control;
pub(crate) mod counter;
pub(crate) mod counts;
pub(crate) mod exception;
pub(crate) mod execution;
pub(crate) mod fused;
pub(crate) mod memory;
pub(crate) mod numeric;
pub(crate) mod operand;
pub(crate) mod reference;
pub(crate) mod regs;
mod roots;
mod shared;
pub(crate) mod simd;
mod stepped;
pub(crate) mod table;
mod threaded;
pub(crate) mod variable;
mod waiting;
pub(crate) mod watch;
pub(crate) mod wide;

use std::any::TypeId;

pub(crate) use execution::{Executing, Execution, Saved, Stop, host_code};
pub(crate) use regs::Regs;
pub(crate) use stepped::Stepped;
pub(crate) use threaded::Threaded;
pub(crate) use threaded::tail_calls_work;

use super::engine::Backend;

/// What a handler does with the machine, once.
pub(crate) trait Handler: Sized + 'static {
    /// How a listing shows the op.
    const SHAPE: Shape;

    /// The op's code. (A constant: as a function it would be one more to compile for each op.)
    const CODE: OpCode = OpCode {
        threaded: threaded::threaded::<Self>,
        stepped: stepped::stepped::<Self>,
        id: TypeId::of::<Self>(),
        shape: &Self::SHAPE,
    };

    /// Runs the op at `r.ip`, and leaves `r.ip` at the next one.
    fn run(r: &mut Regs) -> Flow;
}

/// An op that goes on with the one behind it: what superinstructions are made of.
pub(crate) trait Op: Sized + 'static {
    /// Bytes of its operands.
    const SIZE: usize;
    /// How many WebAssembly instructions' traps it can raise apart: parts of a superinstruction.
    const PARTS: u32 = 1;
    /// How a listing shows the op.
    const SHAPE: Shape;

    /// The code of the op that does this and goes on.
    const CODE: OpCode = <fused::Plain<Self> as Handler>::CODE;

    /// Runs the op, whose operands begin at byte `at` of the code word.
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave>;
}

/// How a handler ended.
#[derive(Clone, Copy)]
pub(crate) enum Flow {
    /// The next op is at `ip`.
    Next,
    /// The next op is at `ip`, and the dispatch there is this path's own: a predictor that sees
    /// one jump for each path guesses better.
    Taken,
    /// The driver goes on.
    Leave(Leave),
    /// The slice is over: a way out of its own, so that its registers needn't agree with a trap's.
    SliceOver,
}

/// Why the machine is left, in one word: a reason, a trap's code, the part of a superinstruction.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Leave(u64);

/// Why the machine is left.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Reason {
    /// The outermost function returned.
    Done,
    /// The counter is below zero.
    SliceOver,
    /// The function at `ip` isn't translated yet.
    Translate,
    /// A host function waits.
    Wait,
    /// A host function failed.
    Fail,
    /// `throw`, the op at `ip`.
    Throw,
    /// A new object finds no room for the bytes in `Saved::numbers`.
    Collect,
    /// The exception in the accumulator is thrown: by `throw_ref` or by a host function.
    ThrowRef,
    /// `memory.atomic.wait32` or `wait64`, the op at `ip`.
    Park,
    /// A trap of the code `TrapCode`, in the part of a superinstruction.
    Trap(TrapCode, u32),
}

/// The traps of the machine; `l0` and `l1` hold their numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum TrapCode {
    /// `unreachable`.
    Unreachable,
    /// `l1` bytes at `l0`.
    MemoryOutOfBounds,
    /// An atomic access of `l1` bytes at `l0`.
    UnalignedAtomic,
    /// `l1` elements at `l0`.
    TableOutOfBounds,
    /// Index `l0`.
    UndefinedElement,
    /// Index `l0`.
    UninitializedElement,
    /// `call_indirect` of another type.
    IndirectCallTypeMismatch,
    /// Call of null.
    NullFunctionReference,
    /// `ref.as_non_null` of null.
    NullReference,
    /// `throw_ref` of null.
    NullExceptionReference,
    /// A field of null.
    NullStructureReference,
    /// An element of null.
    NullArrayReference,
    /// The number of null.
    NullI31Reference,
    /// `l1` elements at `l0`.
    ArrayOutOfBounds,
    /// A cast to a type that the reference isn't of.
    CastFailure,
    /// Division by zero.
    IntegerDivideByZero,
    /// Too large.
    IntegerOverflow,
    /// NaN.
    InvalidConversionToInteger,
    /// The stack's end.
    CallStackExhausted,
}

impl TrapCode {
    const ALL: [Self; 19] = [
        Self::Unreachable,
        Self::MemoryOutOfBounds,
        Self::UnalignedAtomic,
        Self::TableOutOfBounds,
        Self::UndefinedElement,
        Self::UninitializedElement,
        Self::IndirectCallTypeMismatch,
        Self::NullFunctionReference,
        Self::NullReference,
        Self::NullExceptionReference,
        Self::NullStructureReference,
        Self::NullArrayReference,
        Self::NullI31Reference,
        Self::ArrayOutOfBounds,
        Self::CastFailure,
        Self::IntegerDivideByZero,
        Self::IntegerOverflow,
        Self::InvalidConversionToInteger,
        Self::CallStackExhausted,
    ];
}

impl Leave {
    /// The outermost function returned.
    pub(crate) const DONE: Self = Self(1);
    /// The counter is below zero.
    pub(crate) const SLICE_OVER: Self = Self(2);
    /// The function isn't translated.
    pub(crate) const TRANSLATE: Self = Self(3);
    /// A host function waits.
    pub(crate) const WAIT: Self = Self(4);
    /// A host function failed.
    pub(crate) const FAIL: Self = Self(5);
    /// A new object finds no room.
    pub(crate) const COLLECT: Self = Self(8);
    /// `throw`.
    pub(crate) const THROW: Self = Self(6);
    /// The exception in the accumulator is thrown.
    pub(crate) const THROW_REF: Self = Self(7);

    /// The guest waits at an address.
    pub(crate) const PARK: Self = Self(9);

    const TRAP: u64 = 0x10;
    const PART_SHIFT: u32 = 8;

    /// A trap.
    #[inline(always)]
    pub(crate) const fn trap(code: TrapCode) -> Self {
        Self(Self::TRAP + code as u64)
    }

    /// The same, `parts` further into a superinstruction.
    #[inline(always)]
    pub(crate) const fn further(self, parts: u32) -> Self {
        Self(self.0 + ((parts as u64) << Self::PART_SHIFT))
    }

    /// The word that travels in a register; never 0.
    #[inline(always)]
    pub(crate) const fn bits(self) -> u64 {
        self.0
    }

    /// The `Leave` of a word.
    #[inline(always)]
    pub(crate) const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// What the word says.
    pub(crate) fn reason(bits: u64) -> Reason {
        match Self(bits) {
            Self::DONE => Reason::Done,
            Self::SLICE_OVER => Reason::SliceOver,
            Self::TRANSLATE => Reason::Translate,
            Self::WAIT => Reason::Wait,
            Self::FAIL => Reason::Fail,
            Self::COLLECT => Reason::Collect,
            Self::PARK => Reason::Park,
            Self::THROW => Reason::Throw,
            Self::THROW_REF => Reason::ThrowRef,
            Self(bits) => {
                let code = (bits & 0xFF) - Self::TRAP;
                Reason::Trap(TrapCode::ALL[code as usize], (bits >> Self::PART_SHIFT) as u32)
            }
        }
    }
}

/// An op: its handler on both backends, and what tells it from others.
#[derive(Clone, Copy)]
pub(crate) struct OpCode {
    threaded: Threaded,
    stepped: Stepped,
    id: TypeId,
    shape: &'static Shape,
}

impl OpCode {
    /// The code word on this backend.
    pub(crate) fn word(&self, backend: Backend) -> u64 {
        match backend {
            Backend::Threaded => self.threaded as *const () as u64,
            Backend::Stepped => self.stepped as *const () as u64,
        }
    }

    /// What tells it from other ops. (An address doesn't: handlers that compile to the same
    /// instructions may be merged.)
    pub(crate) const fn id(&self) -> TypeId {
        self.id
    }

    /// How a listing shows it.
    pub(crate) const fn shape(&self) -> &'static Shape {
        self.shape
    }
}

/// How a listing shows an op: its name, and what its operands are.
pub(crate) enum Shape {
    /// One op.
    Op {
        /// The name, in the notation of this module.
        name: &'static str,
        /// The operands in the order of their bytes.
        operands: &'static [Kind],
    },
    /// A superinstruction: the one, then the other.
    Pair(&'static Self, &'static Self),
}

/// What an operand is, and how many bytes of the code it takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// A slot number, 16 bits.
    Slot,
    /// A slot number as a destination, 16 bits; the value stays out of the accumulator.
    Home,
    /// The accumulator of the operand's class.
    Acc,
    /// The first pinned local.
    L0,
    /// The second pinned local.
    L1,
    /// The first pinned float local.
    F0,
    /// The second pinned float local.
    F1,
    /// A constant of 32 bits.
    Const32,
    /// A constant of 64 bits.
    Const64,
    /// A vector constant.
    Const128,
    /// A lane's number.
    Lane,
    /// The lanes of a shuffle.
    Lanes,
    /// An offset into a memory, 32 bits.
    Offset,
    /// An offset into a memory, 64 bits.
    Offset64,
    /// An index or a count, 32 bits.
    Index,
    /// A slot number of a far frame, 32 bits.
    FarSlot,
    /// A code address, 64 bits.
    Target,
    /// What a branch pays, 32 bits.
    Cost,
    /// The address of an entry word, 64 bits.
    Entry,
    /// A target a row, in the words behind the operands.
    Rows,
    /// A target and what the branch there pays, in two words a row.
    PaidRows,
}

impl Kind {
    /// Bytes of the code.
    pub(crate) const fn size(self) -> usize {
        match self {
            Self::Acc | Self::L0 | Self::L1 | Self::F0 | Self::F1 => 0,
            Self::Rows | Self::PaidRows => 0,
            Self::Lane => 1,
            Self::Slot | Self::Home => 2,
            Self::Const32 | Self::Offset | Self::Index | Self::FarSlot | Self::Cost => 4,
            Self::Const64 | Self::Offset64 | Self::Target | Self::Entry => 8,
            Self::Const128 | Self::Lanes => 16,
        }
    }
}

/// Bytes of a code word.
pub(crate) const WORD: usize = 8;

/// `bytes` of operands filled up to whole words.
pub(crate) const fn whole(bytes: usize) -> usize {
    bytes.next_multiple_of(WORD)
}
