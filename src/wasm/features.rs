//! One switch a proposal. Everything in WebAssembly 3.0 is on; what is past it is off.

use std::error::Error;
use std::fmt;

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
    /// Integers of 128 bits in two halves: <https://github.com/WebAssembly/wide-arithmetic>.
    WideArithmetic,
    /// Memories with pages of one byte: <https://github.com/WebAssembly/custom-page-sizes>.
    CustomPageSizes,
    /// Shared memories and atomic instructions: <https://github.com/WebAssembly/threads>.
    Threads,
}

impl Feature {
    /// Every switch, in the order of declaration.
    pub const ALL: [Self; 13] = [
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
        Self::WideArithmetic,
        Self::CustomPageSizes,
        Self::Threads,
    ];

    /// Whether the proposal is part of WebAssembly 3.0.
    #[must_use]
    pub const fn is_standard(self) -> bool {
        match self {
            Self::Core
            | Self::Simd
            | Self::RelaxedSimd
            | Self::FunctionReferences
            | Self::Gc
            | Self::Exceptions
            | Self::TailCall
            | Self::MultiMemory
            | Self::Memory64
            | Self::ExtendedConst => true,
            Self::WideArithmetic | Self::CustomPageSizes | Self::Threads => false,
        }
    }

    /// The proposals that are off unless somebody turns them on.
    pub fn past_standard() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|feature| !feature.is_standard())
    }

    /// The proposal past WebAssembly 3.0 that has this name.
    ///
    /// # Errors
    /// When none has it.
    pub fn named(name: &str) -> Result<Self, UnknownFeature> {
        let mut known = Self::past_standard();
        known
            .find(|feature| feature.name() == name)
            .ok_or_else(|| UnknownFeature { name: name.into() })
    }

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
            Self::WideArithmetic => "wide-arithmetic",
            Self::CustomPageSizes => "custom-page-sizes",
            Self::Threads => "threads",
        }
    }
}

/// Which proposals are on.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Features {
    on: u32,
}

impl Features {
    /// WebAssembly 3.0 and the proposals of these names, as a configuration has them.
    ///
    /// ```
    /// use serverless_wasm::wasm::{Feature, Features};
    ///
    /// let features = Features::from_names(["threads"])?;
    /// assert!(features.has(Feature::Threads) && features.has(Feature::Simd));
    /// let error = Features::from_names(["thread"]).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "unknown feature `thread`: there are wide-arithmetic, custom-page-sizes, threads"
    /// );
    /// # Ok::<(), serverless_wasm::wasm::UnknownFeature>(())
    /// ```
    ///
    /// # Errors
    /// The first name that no proposal past 3.0 has.
    pub fn from_names<'a>(
        names: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, UnknownFeature> {
        names.into_iter().try_fold(Self::default(), |features, name| {
            Feature::named(name).map(|feature| features.with(feature))
        })
    }

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
        let standard = Feature::ALL.into_iter().filter(|feature| feature.is_standard());
        standard.fold(Self { on: 0 }, Self::with)
    }
}

/// A name that belongs to no proposal which can be turned on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownFeature {
    /// The name.
    pub name: Box<str>,
}

impl fmt::Display for UnknownFeature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known: Vec<_> = Feature::past_standard().map(Feature::name).collect();
        write!(f, "unknown feature `{}`: there are {}", self.name, known.join(", "))
    }
}

impl Error for UnknownFeature {}
