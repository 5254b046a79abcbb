//! Traps: why a guest was ended, and where. Raised by the machine and by the run-time objects.
//!
//! Spec: exec/runtime (traps). The wording begins with the phrase of the official test suite.

use std::fmt;

use crate::wasm::FuncIdx;

/// Why a guest was ended. Data only; the wording is `Display`'s.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum TrapKind {
    /// `unreachable` was executed.
    Unreachable,
    /// A memory access outside the memory: `len` bytes at `addr`.
    MemoryOutOfBounds {
        /// The first byte.
        addr: u64,
        /// How many bytes.
        len: u64,
    },
    /// An atomic access at an address that is no multiple of its bytes.
    UnalignedAtomic {
        /// The address.
        addr: u64,
        /// How many bytes.
        len: u64,
    },
    /// A wait at a memory that no other thread can use.
    ExpectedSharedMemory,
    /// A table access outside the table: `len` elements at `index`.
    TableOutOfBounds {
        /// The first element.
        index: u64,
        /// How many elements.
        len: u64,
    },
    /// `call_indirect` with an index outside the table.
    UndefinedElement {
        /// The index.
        index: u64,
        /// The size of the table.
        size: u64,
    },
    /// `call_indirect` through a null element.
    UninitializedElement {
        /// The index.
        index: u64,
    },
    /// `call_indirect` of a function of another type.
    IndirectCallTypeMismatch,
    /// A call through a null reference.
    NullFunctionReference,
    /// `ref.as_non_null` of null.
    NullReference,
    /// `throw_ref` of null.
    NullExceptionReference,
    /// Integer division by zero.
    IntegerDivideByZero,
    /// A quotient or a truncated float that the type can't hold.
    IntegerOverflow,
    /// NaN truncated to an integer.
    InvalidConversionToInteger,
    /// The stack of frames reached its limit.
    CallStackExhausted,
    /// Calls from host functions back into guests are nested too deeply.
    NestingTooDeep {
        /// How deep they may be.
        limit: u32,
    },
    /// A field of a null structure.
    NullStructureReference,
    /// An element or the length of a null array.
    NullArrayReference,
    /// The number of a null `i31`.
    NullI31Reference,
    /// An access outside an array: `len` elements at `index`.
    ArrayOutOfBounds {
        /// The first element.
        index: u64,
        /// How many elements.
        len: u64,
    },
    /// A cast to a type that the reference isn't of.
    CastFailure,
    /// Objects that are in use fill the heap.
    HeapExhausted {
        /// Bytes of the object that found no room.
        needed: u64,
        /// Bytes of the heap, at most.
        limit: u64,
    },
    /// The budget of instructions is spent.
    OutOfFuel,
    /// The deadline is past.
    DeadlineExceeded,
    /// The embedder ended the guest.
    Interrupted,
    /// The guest waited for the host where nobody can resume it.
    CannotWait,
    /// A host function ended the guest.
    Host {
        /// The host function, `module.name`.
        function: &'static str,
        /// Why.
        reason: &'static str,
    },
    /// A host function refused an argument.
    HostArgument {
        /// The host function, `module.name`.
        function: &'static str,
        /// The argument's name.
        argument: &'static str,
        /// What was wrong with it.
        problem: ArgumentProblem,
    },
}

/// What was wrong with an argument of a host function.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ArgumentProblem {
    /// It points outside the memory: `len` bytes at `addr`, of `size` bytes.
    OutOfBounds {
        /// The first byte.
        addr: u64,
        /// How many bytes.
        len: u64,
        /// The size of the memory in bytes.
        size: u64,
    },
    /// The function does not take such a value.
    Refused {
        /// What it is.
        reason: &'static str,
    },
}

impl fmt::Display for ArgumentProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::OutOfBounds { addr, len, size } => {
                write!(f, "{len} bytes at {addr:#x}, memory has {size:#x}")
            }
            Self::Refused { reason } => f.write_str(reason),
        }
    }
}

impl fmt::Display for TrapKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Unreachable => f.write_str("unreachable"),
            Self::MemoryOutOfBounds { addr, len } => {
                write!(f, "out of bounds memory access: {len} bytes at {addr:#x}")
            }
            Self::UnalignedAtomic { addr, len } => {
                write!(f, "unaligned atomic: {len} bytes at {addr:#x}")
            }
            Self::ExpectedSharedMemory => f.write_str("expected shared memory"),
            Self::TableOutOfBounds { index, len } => {
                write!(f, "out of bounds table access: {len} elements at {index}")
            }
            Self::UndefinedElement { index, size } => {
                write!(f, "undefined element {index}: table has {size}")
            }
            Self::UninitializedElement { index } => write!(f, "uninitialized element {index}"),
            Self::IndirectCallTypeMismatch => f.write_str("indirect call type mismatch"),
            Self::NullFunctionReference => f.write_str("null function reference"),
            Self::NullReference => f.write_str("null reference"),
            Self::NullExceptionReference => f.write_str("null exception reference"),
            Self::IntegerDivideByZero => f.write_str("integer divide by zero"),
            Self::IntegerOverflow => f.write_str("integer overflow"),
            Self::InvalidConversionToInteger => f.write_str("invalid conversion to integer"),
            Self::CallStackExhausted => f.write_str("call stack exhausted"),
            Self::NestingTooDeep { limit } => {
                write!(f, "call stack exhausted: {limit} nested calls from the host")
            }
            Self::NullStructureReference => f.write_str("null structure reference"),
            Self::NullArrayReference => f.write_str("null array reference"),
            Self::NullI31Reference => f.write_str("null i31 reference"),
            Self::ArrayOutOfBounds { index, len } => {
                write!(f, "out of bounds array access: {len} elements at {index}")
            }
            Self::CastFailure => f.write_str("cast failure"),
            Self::HeapExhausted { needed, limit } => {
                write!(f, "heap exhausted: no room for {needed} bytes, limit {limit}")
            }
            Self::OutOfFuel => f.write_str("out of fuel"),
            Self::DeadlineExceeded => f.write_str("deadline exceeded"),
            Self::Interrupted => f.write_str("interrupted"),
            Self::CannotWait => f.write_str("cannot wait: nobody can resume this call"),
            Self::Host { function, reason } => write!(f, "{function}: {reason}"),
            Self::HostArgument { function, argument, problem } => {
                write!(f, "{function}: argument `{argument}`: {problem}")
            }
        }
    }
}

/// A trap: its kind and where it happened.
///
/// ```
/// use serverless_wasm::interp::{CallError, Engine, Linker, Module, Store, TrapKind};
///
/// let engine = Engine::default();
/// let text = r#"(module (func $f (export "f") unreachable))"#;
/// let module = Module::new(&engine, &wat::parse_str(text)?)?;
/// let mut store = Store::new(&engine, ());
/// let instance = Linker::new(&engine).instantiate(&mut store, &module)?;
/// let f = instance.get_func(&mut store, "f")?;
/// let Err(CallError::Trap(trap)) = f.call(&mut store, &[]) else {
///     panic!("it traps")
/// };
/// assert_eq!(trap.kind(), TrapKind::Unreachable);
/// assert_eq!(trap.backtrace().frames[0].name.as_deref(), Some("f"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trap {
    inner: Box<Inner>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Inner {
    kind: TrapKind,
    backtrace: Backtrace,
}

/// The frames of the guest when it trapped, innermost first.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Backtrace {
    /// The innermost frames, at most [`Backtrace::MAX`] of them.
    pub frames: Vec<Frame>,
    /// How many frames further out are not listed.
    pub omitted: usize,
}

impl Backtrace {
    /// How many frames are kept: enough to see the cause, few enough for a log line.
    pub const MAX: usize = 64;
}

/// One frame of a backtrace.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Frame {
    /// The function.
    pub func: FuncIdx,
    /// Its name, from the name section.
    pub name: Option<Box<str>>,
    /// The offset of the instruction in the module's binary.
    pub offset: usize,
}

impl Trap {
    /// A trap that happened at no place of a guest.
    #[cold]
    #[must_use]
    pub fn new(kind: TrapKind) -> Self {
        Self::with_backtrace(kind, Backtrace::default())
    }

    /// A trap with its frames.
    #[cold]
    pub(crate) fn with_backtrace(kind: TrapKind, backtrace: Backtrace) -> Self {
        Self { inner: Box::new(Inner { kind, backtrace }) }
    }

    /// Why.
    #[must_use]
    pub fn kind(&self) -> TrapKind {
        self.inner.kind
    }

    /// Where.
    #[must_use]
    pub fn backtrace(&self) -> &Backtrace {
        &self.inner.backtrace
    }
}

/// The kind alone, beginning with the suite's phrase; the backtrace is a `Display` of its own.
impl fmt::Display for Trap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.kind.fmt(f)
    }
}

impl std::error::Error for Trap {}

impl From<TrapKind> for Trap {
    fn from(kind: TrapKind) -> Self {
        Self::new(kind)
    }
}

/// A line a frame: ``  at 3 `parse_header` + 0x2b1``.
impl fmt::Display for Backtrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for frame in &self.frames {
            writeln!(f, "  {frame}")?;
        }
        if self.omitted > 0 {
            writeln!(f, "  and {} frames further out", self.omitted)?;
        }
        Ok(())
    }
}

impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at {}", self.func)?;
        if let Some(name) = &self.name {
            write!(f, " `{name}`")?;
        }
        write!(f, " + {:#x}", self.offset)
    }
}
