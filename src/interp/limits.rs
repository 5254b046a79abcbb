//! What bounds running: the limits of a store. Each has a name and a default; sizes that a module
//! declares are checked when it is instantiated, growth while it runs.

use std::fmt;

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;
const GIB: u64 = 1024 * MIB;

/// Maxima of a store: all its instances together.
///
/// ```
/// use serverless_wasm::interp::StoreLimits;
///
/// let limits = StoreLimits::default().memory(16 * 1024 * 1024);
/// assert_eq!(limits.memory, 16 * 1024 * 1024);
/// assert_eq!(limits.table_elements, 1_000_000);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct StoreLimits {
    /// Bytes of all linear memories.
    pub memory: u64,
    /// Elements of all tables.
    pub table_elements: u64,
    /// Bytes of all garbage-collected objects. More than 4 GiB count as 4 GiB.
    pub heap: u64,
    /// Bytes of the value stack of one guest execution.
    pub stack: u64,
    /// Calls from host functions back into guests inside one another.
    pub nesting: u32,
}

impl StoreLimits {
    /// What the official test suite needs: the memory that 32 bits can address, the tables that
    /// the JavaScript API allows.
    #[must_use]
    pub const fn unlimited() -> Self {
        Self { memory: 4 * GIB, table_elements: 10_000_000, heap: GIB, stack: MIB, nesting: 64 }
    }

    /// With so many bytes of linear memory.
    #[must_use]
    pub const fn memory(self, bytes: u64) -> Self {
        Self { memory: bytes, ..self }
    }

    /// With so many table elements.
    #[must_use]
    pub const fn table_elements(self, elements: u64) -> Self {
        Self { table_elements: elements, ..self }
    }

    /// With so many bytes of garbage-collected objects.
    #[must_use]
    pub const fn heap(self, bytes: u64) -> Self {
        Self { heap: bytes, ..self }
    }

    /// With so many bytes of value stack.
    #[must_use]
    pub const fn stack(self, bytes: u64) -> Self {
        Self { stack: bytes, ..self }
    }

    /// With so many nested calls from host functions into guests.
    #[must_use]
    pub const fn nesting(self, calls: u32) -> Self {
        Self { nesting: calls, ..self }
    }

    /// Whether so many bytes of memory and elements of tables are within the limits.
    pub(crate) fn check(self, memory: u64, elements: u64) -> Result<(), LimitExceeded> {
        if memory > self.memory {
            return Err(LimitExceeded::Memory { needed: memory, available: self.memory });
        }
        if elements > self.table_elements {
            let available = self.table_elements;
            return Err(LimitExceeded::TableElements { needed: elements, available });
        }
        Ok(())
    }
}

/// What a request gets that configures nothing.
impl Default for StoreLimits {
    fn default() -> Self {
        Self {
            memory: 64 * MIB,
            table_elements: 1_000_000,
            heap: 16 * MIB,
            stack: MIB,
            nesting: 64,
        }
    }
}

/// A module needs more at its start than the limits of the store leave.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum LimitExceeded {
    /// Of linear memory.
    Memory {
        /// Bytes that are needed.
        needed: u64,
        /// Bytes that are left.
        available: u64,
    },
    /// Of table elements.
    TableElements {
        /// Elements that are needed.
        needed: u64,
        /// Elements that are left.
        available: u64,
    },
}

impl fmt::Display for LimitExceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory { needed, available } => {
                write!(
                    f,
                    "too much memory: {needed} bytes at the start, the limit leaves {available}"
                )
            }
            Self::TableElements { needed, available } => write!(
                f,
                "too many table elements: {needed} at the start, the limit leaves {available}"
            ),
        }
    }
}

impl std::error::Error for LimitExceeded {}
