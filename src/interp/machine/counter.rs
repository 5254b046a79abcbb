//! The instructions left in a slice, as the machine carries them.
//!
//! Each taken branch, call and return takes from the counter what its path has executed, and the
//! next one needs the result: it is the one chain that runs through every loop. In memory a link of
//! it (a load that waits for the store before) is longer than many loops, so it travels in a
//! register. The registers for integers are all taken; as a float it has one for nothing. Paying is
//! one instruction then, `subss` from the code, and a look at the sign goes to a branch that is
//! never taken. (In a vector register as an integer it would be two: `psubd` wants its operand
//! aligned.)

use crate::interp::code::Cost;
use crate::interp::store::meter::Meter;

/// What is left; below zero the driver decides how it goes on. An f32 holds every integer between
/// -2^24 and 2^24.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct Counter(f32);

const _: () = assert!(2 * Meter::LONGEST <= 1 << f32::MANTISSA_DIGITS);

impl Counter {
    /// So many instructions are left.
    pub(crate) const fn new(left: i32) -> Self {
        Self(left as f32)
    }

    /// How many are left.
    pub(crate) const fn left(self) -> i32 {
        self.0 as i32
    }

    /// Takes `cost`, which is below zero where a path has paid more than it executed.
    #[inline(always)]
    pub(super) fn charge(&mut self, cost: Cost) {
        self.0 -= cost;
    }

    /// Whether nothing is left.
    #[inline(always)]
    pub(super) const fn is_over(self) -> bool {
        (self.0.to_bits() as i32) < 0
    }
}
