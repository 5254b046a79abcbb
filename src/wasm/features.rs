//! One switch a proposal. Everything in WebAssembly 3.0 is on; what is past it is off.

/// A proposal that a row of the instruction table or a type belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Feature {
    /// WebAssembly 1.0 and the parts of 2.0 that have no switch.
    Core,
    /// 128-bit vectors.
    Simd,
    /// Relaxed vectors.
    RelaxedSimd,
    /// Typed function references.
    FunctionReferences,
    /// Structures, arrays, casts.
    Gc,
    /// Exceptions with `exnref`.
    Exceptions,
    /// Tail calls.
    TailCall,
    /// More than one memory.
    MultiMemory,
    /// 64-bit memories and tables.
    Memory64,
    /// Arithmetic in constant expressions.
    ExtendedConst,
}

impl Feature {
    /// Every switch, in the order of declaration.
    pub const ALL: [Self; 10] = [
        Self::Core,
        Self::Simd,
        Self::RelaxedSimd,
        Self::FunctionReferences,
        Self::Gc,
        Self::Exceptions,
        Self::TailCall,
        Self::MultiMemory,
        Self::Memory64,
        Self::ExtendedConst,
    ];

    /// The proposal's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Simd => "simd",
            Self::RelaxedSimd => "relaxed-simd",
            Self::FunctionReferences => "function-references",
            Self::Gc => "gc",
            Self::Exceptions => "exceptions",
            Self::TailCall => "tail-call",
            Self::MultiMemory => "multi-memory",
            Self::Memory64 => "memory64",
            Self::ExtendedConst => "extended-const",
        }
    }
}

/// Which proposals are on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Features {
    on: u32,
}

impl Features {
    /// Whether the proposal is on.
    #[must_use]
    pub const fn has(self, feature: Feature) -> bool {
        self.on & (1 << feature as u32) != 0
    }

    /// The same set with the proposal on.
    #[must_use]
    pub const fn with(self, feature: Feature) -> Self {
        Self { on: self.on | 1 << feature as u32 }
    }

    /// The same set with the proposal off.
    #[must_use]
    pub const fn without(self, feature: Feature) -> Self {
        Self { on: self.on & !(1 << feature as u32) }
    }
}

/// All of WebAssembly 3.0.
impl Default for Features {
    fn default() -> Self {
        Feature::ALL.into_iter().fold(Self { on: 0 }, Self::with)
    }
}
