//! What can go wrong when loading, instantiating and calling. Traps are `trap`'s, link errors
//! `link`'s.

use std::any::Any;
use std::error::Error;
use std::fmt;
use std::io;

use super::exception::Exception;
use super::limits::LimitExceeded;
use super::link::Unlinkable;
use super::trap::{Trap, TrapKind};
use crate::decoder::Malformed;
use crate::validator::{self, Invalid};
use crate::wasm::types::Types;
use crate::wasm::{FuncType, ValType};

/// Why a module was not loaded.
///
/// ```
/// use serverless_wasm::interp::{Engine, LoadError, Module};
///
/// let error = Module::new(&Engine::default(), b"#!/bin/sh").unwrap_err();
/// assert!(matches!(error, LoadError::Malformed(_)));
/// assert!(error.to_string().starts_with("magic header not detected"));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum LoadError {
    /// The bytes are no module.
    Malformed(Malformed),
    /// The module breaks a rule of validation.
    Invalid(Invalid),
    /// The file could not be read.
    Io(io::Error),
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(error) => error.fmt(f),
            Self::Invalid(error) => error.fmt(f),
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl Error for LoadError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Malformed(error) => Some(error),
            Self::Invalid(error) => Some(error),
            Self::Io(error) => Some(error),
        }
    }
}

impl From<Malformed> for LoadError {
    fn from(error: Malformed) -> Self {
        Self::Malformed(error)
    }
}

impl From<validator::Error> for LoadError {
    fn from(error: validator::Error) -> Self {
        match error {
            validator::Error::Malformed(error) => Self::Malformed(error),
            validator::Error::Invalid(error) => Self::Invalid(error),
        }
    }
}

impl From<io::Error> for LoadError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Why an instance, or a memory or table of the host's, was not made.
///
/// ```
/// use serverless_wasm::interp::{Engine, InstantiateError, Memory, Store};
/// use serverless_wasm::wasm::{AddrType, MemoryType, SizeLimits};
///
/// let mut store = Store::new(&Engine::default(), ());
/// let limits = SizeLimits { min: 65_536, max: None };
/// let error = Memory::new(&mut store, MemoryType::new(AddrType::I32, limits)).unwrap_err();
/// assert!(matches!(error, InstantiateError::Limit(_)));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum InstantiateError {
    /// An import found nothing that fits.
    Unlinkable(Unlinkable),
    /// The module needs more at its start than the store's limits leave.
    Limit(LimitExceeded),
    /// The system has no memory for it.
    Memory(io::Error),
    /// A segment or the start function trapped or failed.
    Call(CallError),
}

impl fmt::Display for InstantiateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unlinkable(error) => error.fmt(f),
            Self::Limit(error) => error.fmt(f),
            Self::Memory(error) => write!(f, "no memory for it: {error}"),
            Self::Call(error) => error.fmt(f),
        }
    }
}

impl Error for InstantiateError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Unlinkable(error) => Some(error),
            Self::Limit(error) => Some(error),
            Self::Memory(error) => Some(error),
            Self::Call(error) => Some(error),
        }
    }
}

impl From<Unlinkable> for InstantiateError {
    fn from(error: Unlinkable) -> Self {
        Self::Unlinkable(error)
    }
}

impl From<LimitExceeded> for InstantiateError {
    fn from(error: LimitExceeded) -> Self {
        Self::Limit(error)
    }
}

impl From<Misuse> for InstantiateError {
    fn from(misuse: Misuse) -> Self {
        Self::Call(misuse.into())
    }
}

impl From<CallError> for InstantiateError {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}

impl From<TrapKind> for InstantiateError {
    fn from(kind: TrapKind) -> Self {
        Self::Call(kind.into())
    }
}

/// Why a call ended without results. Host functions return the same.
///
/// ```
/// use serverless_wasm::interp::{CallError, Engine, Func, Store, TrapKind};
///
/// let mut store = Store::new(&Engine::default(), ());
/// let fail = Func::wrap(&mut store, || -> Result<(), CallError> {
///     Err(TrapKind::Interrupted.into())
/// })?;
/// let error = fail.call(&mut store, &[]).unwrap_err();
/// assert_eq!(error.to_string(), "interrupted");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum CallError {
    /// The guest trapped.
    Trap(Trap),
    /// The guest threw an exception that it doesn't catch. A host function that returns it throws
    /// it on.
    Exception(Exception),
    /// A host function failed with an error of its own.
    Host(Box<dyn Error + Send + Sync>),
    /// The call was not made: the embedder asked for something that can't be.
    Misuse(Misuse),
}

impl CallError {
    /// The trap, when it is one.
    #[must_use]
    pub const fn trap(&self) -> Option<&Trap> {
        match self {
            Self::Trap(trap) => Some(trap),
            Self::Exception(_) | Self::Host(_) | Self::Misuse(_) => None,
        }
    }

    /// The exception, when it is one.
    #[must_use]
    pub const fn exception(&self) -> Option<&Exception> {
        match self {
            Self::Exception(exception) => Some(exception),
            Self::Trap(_) | Self::Host(_) | Self::Misuse(_) => None,
        }
    }

    /// An error of a host function's own.
    pub fn host(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Host(error.into())
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Trap(trap) => trap.fmt(f),
            Self::Exception(exception) => exception.fmt(f),
            Self::Host(error) => error.fmt(f),
            Self::Misuse(misuse) => misuse.fmt(f),
        }
    }
}

impl Error for CallError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Trap(trap) => Some(trap),
            Self::Exception(exception) => Some(exception),
            Self::Host(error) => Some(&**error),
            Self::Misuse(misuse) => Some(misuse),
        }
    }
}

impl From<Exception> for CallError {
    fn from(exception: Exception) -> Self {
        Self::Exception(exception)
    }
}

impl From<Trap> for CallError {
    fn from(trap: Trap) -> Self {
        Self::Trap(trap)
    }
}

impl From<TrapKind> for CallError {
    fn from(kind: TrapKind) -> Self {
        Self::Trap(kind.into())
    }
}

impl From<Misuse> for CallError {
    fn from(misuse: Misuse) -> Self {
        Self::Misuse(misuse)
    }
}

/// The embedder asked for something that can't be. Nothing has happened then.
///
/// ```
/// use serverless_wasm::interp::{Engine, Global, Misuse, Store, Val};
/// use serverless_wasm::wasm::{GlobalType, ValType};
///
/// let mut store = Store::new(&Engine::default(), ());
/// let ty = GlobalType { mutable: false, content: ValType::I32 };
/// let global = Global::new(&mut store, ty, Val::I32(7))?;
/// assert_eq!(global.set(&mut store, Val::I32(8)), Err(Misuse::ImmutableGlobal));
/// # Ok::<(), Misuse>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Misuse {
    /// A handle of one store was used with another.
    ForeignHandle,
    /// A handle of an object whose scope has ended.
    EndedHandle,
    /// A module, linker and store don't belong to one engine.
    ForeignEngine,
    /// Values don't fit a list of types: arguments, results of a host function, an element.
    Values {
        /// What was asked for.
        wanted: Box<[ValType]>,
        /// What was given.
        found: Box<[ValType]>,
    },
    /// A function hasn't the type that it was asked for with.
    Signature {
        /// What was asked for.
        wanted: Box<FuncType>,
        /// What it is.
        found: Box<FuncType>,
    },
    /// A type of the host's names a type of a module.
    ModuleType,
    /// The type of a tag has results.
    TagResults,
    /// An instance has no export of this name and kind.
    UnknownExport(Box<str>),
    /// A global that can't be changed.
    ImmutableGlobal,
    /// Outside a memory or table.
    OutOfBounds,
    /// It can't grow so far.
    CannotGrow,
    /// Another store uses the memory, so that nobody may have a slice of it.
    SharedMemory,
    /// A memory whose type is not that of shared ones.
    NotShared,
    /// The engine has as many types as it can tell apart.
    TooManyTypes,
    /// The activation has ended, was cancelled, or is running.
    NotResumable,
    /// The engine's backend lets nobody look on.
    NotStepped,
    /// A linker has a definition of this name already.
    Duplicate {
        /// First half of the name.
        module: Box<str>,
        /// Second half of the name.
        name: Box<str>,
    },
}

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ForeignHandle => f.write_str("the handle belongs to another store"),
            Self::EndedHandle => f.write_str("the handle of the object has ended"),
            Self::ForeignEngine => f.write_str("the module or store belongs to another engine"),
            Self::Values { wanted, found } => {
                let (wanted, found) = (Types(wanted), Types(found));
                write!(f, "wrong values: wanted {wanted}, found {found}")
            }
            Self::Signature { wanted, found } => {
                write!(f, "wrong function type: wanted {wanted}, found {found}")
            }
            Self::ModuleType => f.write_str("a type of the host's can't name a type of a module"),
            Self::TagResults => f.write_str("the type of a tag has no results"),
            Self::UnknownExport(name) => write!(f, "no such export: `{name}`"),
            Self::TooManyTypes => f.write_str("too many types in all modules of the engine"),
            Self::ImmutableGlobal => f.write_str("the global is immutable"),
            Self::OutOfBounds => f.write_str("outside the memory or table"),
            Self::CannotGrow => f.write_str("it can't grow so far"),
            Self::SharedMemory => f.write_str("another store uses the memory, too"),
            Self::NotShared => f.write_str("the memory's type is not that of shared ones"),
            Self::NotStepped => f.write_str("only the stepped backend lets somebody look on"),
            Self::NotResumable => f.write_str("the activation can't be resumed: it ended or runs"),
            Self::Duplicate { module, name } => {
                write!(f, "the linker defines `{module}` `{name}` already")
            }
        }
    }
}

impl Error for Misuse {}

/// Why the machine came back when a host function ended it.
pub(crate) enum Failure {
    /// The host function's error.
    Error(CallError),
    /// The host function's panic, which goes on when the machine has been left.
    Panic(Box<dyn Any + Send>),
}
