//! What bounds the reading of DWARF: a module can say of a few bytes that they are many units,
//! that each refers to the same long list, or that lists have no end.

use gimli::Error;

/// How much one report reads: entries, attributes, instructions of line programs, elements of
/// lists, and what is read whole by the memory that it takes. A large program has some hundred
/// thousand in the units of a backtrace; this many take a fraction of a second.
const MOST: u64 = 32 << 20;

/// What is left to be read.
#[derive(Debug)]
pub(super) struct Budget {
    left: u64,
}

impl Budget {
    pub(super) fn new() -> Self {
        Self { left: MOST }
    }

    /// Takes so much of it.
    ///
    /// # Errors
    /// When there is less: as if the section ended here.
    pub(super) fn spend(&mut self, amount: usize) -> Result<(), Error> {
        match self.left.checked_sub(amount as u64) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(Error::TooManyIterations),
        }
    }
}
