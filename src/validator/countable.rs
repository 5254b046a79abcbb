//! What validation counts against `Limits`.

use std::fmt;

/// What `Limits` count here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Countable {
    /// Operands on the stack of a function.
    Operands,
    /// Operands of `array.new_fixed`.
    ArrayOperands,
    /// Supertypes above a type.
    Supertypes,
    /// Types of all modules of an engine.
    EngineTypes,
}

impl fmt::Display for Countable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Operands => "operands on the stack",
            Self::ArrayOperands => "operands of array.new_fixed",
            Self::Supertypes => "supertypes in a chain",
            Self::EngineTypes => "types in the engine",
        })
    }
}
