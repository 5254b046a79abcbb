//! Our own code: what the translator makes of a function and the machine runs.
//!
//! ```text
//! one array of 64-bit words a function, never changed once published
//! ┌─────────┬───────────────────────┬─────────┬─────────┬──────────────┬─ ─ ─
//! │ handler │ operands, packed in   │ handler │ target  │ cost,        │
//! │ address │ bytes, filled up to 8 │ address │ address │ operands     │
//! └─────────┴───────────────────────┴─────────┴─────────┴──────────────┴─ ─ ─
//!   operands: slot numbers 16 bit signed, immediates 32 or 64 bit, in the op's order
//!
//! a frame: slots of 8 bytes (a v128 takes two), fp points behind the header
//!   fp[-2-area ..]   parameters, and results that don't travel in a register
//!   fp[-2]           the caller's fp
//!   fp[-1]           the return address
//!   fp[0], fp[1]     homes of the pinned locals while a callee runs
//!   fp[2], fp[3]     return address and `Context`, while a callee of another instance runs
//!   fp[4] ..         locals, then operands: where a callee's parameters are already in place
//! ```

pub(crate) mod builder;
mod catches;
mod listing;
pub(crate) mod references;
pub(crate) mod table;

use crate::wasm::{FuncType, ValType};

pub(crate) use builder::{Builder, Fuse, Label, Paid};
pub(crate) use catches::{Catches, Clause};
pub use listing::{CodeLine, CodeListing};
pub(crate) use listing::{Listed, name};
use references::References;

/// A word of code.
pub(crate) type Word = u64;

/// What a path pays, as the machine's counter takes it: instructions.
pub(crate) type Cost = f32;

/// Slots between a frame's parameters and its first own slot: caller's fp and return address.
pub(crate) const HEADER: usize = 2;

/// Own slots that every frame has: pin homes and the pair for calls between instances.
pub(crate) const HOMES: usize = 4;

/// The code of a function, which instruction each op came from, and what it catches.
pub(crate) struct Code {
    words: Box<[Word]>,
    sites: Box<[Site]>,
    catches: Catches,
    references: References,
}

/// Where an op (or a part of a superinstruction) came from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Site {
    /// The word of the op.
    pub(crate) word: u32,
    /// The offset of the instruction in the module's binary.
    pub(crate) offset: u32,
    /// Instructions executed on the way here, this one included, that are not charged yet.
    pub(crate) unpaid: u32,
}

impl Code {
    /// The site of the op at `word` and this part of it, when `exact`; else of the op before.
    fn site(&self, word: usize, part: u32, exact: bool) -> Option<Site> {
        let after = if exact { word + 1 } else { word };
        let end = self.sites.partition_point(|site| (site.word as usize) < after);
        let last = self.sites.get(end.checked_sub(1)?)?;
        let first = self.sites.partition_point(|site| site.word < last.word);
        let at = if exact { (first + part as usize).min(end - 1) } else { end - 1 };
        self.sites.get(at).copied()
    }
}

/// The slots that a call of a function type uses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct CallShape {
    /// Slots of the parameters.
    pub(crate) params: u32,
    /// Slots of the results.
    pub(crate) results: u32,
    /// Where the results are when the function has returned.
    pub(crate) place: ResultPlace,
}

/// Where a function's results are when it has returned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ResultPlace {
    /// There are none.
    Nowhere,
    /// The one result is in the integer accumulator.
    Acc,
    /// The one result is in the float accumulator.
    FloatAcc,
    /// In the slots where the parameters were, from the first.
    Slots,
}

/// Slots of a value of this type.
pub(crate) const fn slots_of(ty: ValType) -> u32 {
    match ty {
        ValType::V128 => 2,
        ValType::I32 | ValType::I64 | ValType::F32 | ValType::F64 | ValType::Ref(_) => 1,
    }
}

impl CallShape {
    /// The shape of a function type.
    pub(crate) fn of(ty: &FuncType) -> Self {
        let slots = |types: &[ValType]| types.iter().map(|ty| slots_of(*ty)).sum();
        let place = match &*ty.results {
            [] => ResultPlace::Nowhere,
            [ValType::I32 | ValType::I64 | ValType::Ref(_)] => ResultPlace::Acc,
            [ValType::F32 | ValType::F64] => ResultPlace::FloatAcc,
            [ValType::V128] | [_, _, ..] => ResultPlace::Slots,
        };
        Self { params: slots(&ty.params), results: slots(&ty.results), place }
    }

    /// Slots between the first parameter and the header.
    #[inline]
    pub(crate) const fn area(self) -> u32 {
        if self.params > self.results { self.params } else { self.results }
    }
}
