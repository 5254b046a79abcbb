//! The engine: what all modules and stores of an embedding share, chosen once.

use std::num::NonZeroUsize;
use std::sync::{Arc, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::heap;
use super::heap::types::TypeTable;
use super::machine;
use super::store::pool::StackPool;
use crate::parallel::Threads;
use crate::wasm::subtyping::{TypeId, TypeRegistry};
use crate::wasm::{Features, Limits};

/// How one handler reaches the next.
///
/// ```
/// use serverless_wasm::interp::{Backend, Config, Engine};
///
/// let engine = Engine::new(Config::new().backend(Backend::Stepped));
/// assert_eq!(engine.backend(), Backend::Stepped);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Backend {
    /// Each handler jumps to the next: fast, but only where the compiler makes calls in tail
    /// position jumps.
    Threaded,
    /// A loop calls the handlers: slower, and right in every build.
    Stepped,
}

/// When a function becomes our own code.
///
/// ```
/// use serverless_wasm::interp::{Config, Engine, Module, Translation};
///
/// let engine = Engine::new(Config::new().translation(Translation::Eager));
/// Module::new(&engine, &wat::parse_str("(module (func))")?)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Translation {
    /// At its first call.
    Lazy,
    /// When its module is loaded.
    Eager,
}

/// What an [`Engine`] is made with.
///
/// ```
/// use serverless_wasm::interp::{Backend, Config, Engine, Translation};
///
/// let config = Config::new().backend(Backend::Stepped).translation(Translation::Eager);
/// let engine = Engine::new(config);
/// assert_eq!(engine.backend(), Backend::Stepped);
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Config {
    backend: Option<Backend>,
    translation: Translation,
    fusion: bool,
    metering: bool,
    profile: bool,
    collect_always: bool,
    pool: usize,
    threads: Threads,
    features: Features,
    limits: Limits,
}

impl Config {
    /// A thread has an instance at a time, and few servers run more threads than so many cores.
    const POOL: usize = 64;

    /// All of WebAssembly 3.0, translated lazily, with superinstructions and metering.
    pub fn new() -> Self {
        Self {
            backend: None,
            translation: Translation::Lazy,
            fusion: true,
            metering: true,
            profile: false,
            collect_always: false,
            pool: Self::POOL,
            threads: Threads::default(),
            features: Features::default(),
            limits: Limits::default(),
        }
    }

    /// How one handler reaches the next. By default threaded, where this build can.
    pub fn backend(self, backend: Backend) -> Self {
        Self { backend: Some(backend), ..self }
    }

    /// When a function is translated.
    pub fn translation(self, translation: Translation) -> Self {
        Self { translation, ..self }
    }

    /// Whether instructions that often follow one another are joined.
    pub fn fusion(self, fusion: bool) -> Self {
        Self { fusion, ..self }
    }

    /// Whether executed instructions are counted. Without it fuel and slices have no effect.
    pub fn metering(self, metering: bool) -> Self {
        Self { metering, ..self }
    }

    /// Whether each executed op is counted, for [`Store::profile`](super::Store::profile). Such an
    /// engine runs stepped, whatever `backend` says: only there can somebody look on.
    pub fn profile(self, profile: bool) -> Self {
        Self { profile, ..self }
    }

    /// How many memories of ended instances each [`InstancePre`](super::InstancePre) keeps for
    /// new ones, and how many value stacks the engine keeps: 64 by default. What is kept holds
    /// some memory of the system; a memory is restored before it is given out again.
    ///
    /// ```
    /// use serverless_wasm::interp::{Config, Engine};
    ///
    /// let engine = Engine::new(Config::new().pool(0)); // every instance gets new memory
    /// ```
    pub fn pool(self, pool: usize) -> Self {
        Self { pool, ..self }
    }

    /// Whether guests' objects are collected at every allocation, and what is freed overwritten:
    /// very slow, for tests of what holds references. Off by default.
    pub fn collect_always(self, collect_always: bool) -> Self {
        Self { collect_always, ..self }
    }

    /// How many threads may validate and translate a large module, the caller's included. By
    /// default as many as can run at once.
    pub fn threads(self, most: NonZeroUsize) -> Self {
        Self { threads: Threads::at_most(most), ..self }
    }

    /// Which proposals are on.
    pub fn features(self, features: Features) -> Self {
        Self { features, ..self }
    }

    /// What bounds decoding and validation.
    pub fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}

/// What modules and stores share: the configuration and the types. Cloning it is cheap, and the
/// clone is the same engine.
///
/// ```
/// use serverless_wasm::interp::{Engine, Module};
///
/// let engine = Engine::default();
/// let module = Module::new(&engine, &wat::parse_str("(module)")?)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Engine {
    inner: Arc<EngineInner>,
}

#[derive(Debug)]
struct EngineInner {
    config: Config,
    backend: Backend,
    types: RwLock<TypeRegistry>,
    stacks: StackPool,
    heap_types: heap::types::Types,
}

impl Engine {
    /// An engine of this configuration.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let backend = match config.profile {
            true => Backend::Stepped,
            false => config.backend.unwrap_or_else(default_backend),
        };
        let types = RwLock::new(TypeRegistry::new());
        let stacks = StackPool::new(config.pool);
        let heap_types = heap::types::Types::default();
        Self { inner: Arc::new(EngineInner { config, backend, types, stacks, heap_types }) }
    }

    /// How one handler reaches the next.
    #[must_use]
    pub fn backend(&self) -> Backend {
        self.inner.backend
    }

    /// When a function is translated.
    pub(crate) fn translation(&self) -> Translation {
        self.inner.config.translation
    }

    /// Whether instructions that often follow one another are joined.
    pub(crate) fn fusion(&self) -> bool {
        self.inner.config.fusion
    }

    /// Whether executed instructions are counted.
    pub(crate) fn metering(&self) -> bool {
        self.inner.config.metering
    }

    /// Whether each allocation collects.
    pub(crate) fn collects_always(&self) -> bool {
        self.inner.config.collect_always
    }

    /// Whether each executed op is counted.
    pub(crate) fn profiles(&self) -> bool {
        self.inner.config.profile
    }

    /// How much of ended instances is kept.
    pub(crate) fn pool(&self) -> usize {
        self.inner.config.pool
    }

    /// Value stacks that no store uses.
    pub(crate) fn stacks(&self) -> &StackPool {
        &self.inner.stacks
    }

    /// What heaps know of these types.
    pub(crate) fn heap_types(&self, ids: &[TypeId]) -> TypeTable {
        self.inner.heap_types.with(&self.types(), ids)
    }

    /// How many threads may work on a module.
    pub(crate) fn threads(&self) -> Threads {
        self.inner.config.threads
    }

    /// An engine of the same configuration but for its proposals: this one, when it has just these.
    ///
    /// ```
    /// use serverless_wasm::interp::Engine;
    /// use serverless_wasm::wasm::{Feature, Features};
    ///
    /// let engine = Engine::default();
    /// assert!(engine.with_features(Features::default()).is_same(&engine));
    /// let wide = Features::default().with(Feature::WideArithmetic);
    /// assert_eq!(engine.with_features(wide).features(), wide);
    /// ```
    #[must_use]
    pub fn with_features(&self, features: Features) -> Self {
        if self.features() == features {
            return self.clone();
        }
        Self::new(self.inner.config.clone().features(features))
    }

    /// Which proposals are on.
    #[must_use]
    pub fn features(&self) -> Features {
        self.inner.config.features
    }

    /// What bounds decoding and validation.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.inner.config.limits
    }

    /// The types of all modules, to compare them.
    pub(crate) fn types(&self) -> RwLockReadGuard<'_, TypeRegistry> {
        // A panic of a reader leaves no type half made.
        self.inner.types.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The types of all modules, as validation adds to them.
    pub(crate) fn registry(&self) -> &RwLock<TypeRegistry> {
        &self.inner.types
    }

    /// The types of all modules, to add some.
    pub(crate) fn types_mut(&self) -> RwLockWriteGuard<'_, TypeRegistry> {
        self.inner.types.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether both are clones of one engine.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }
}

impl Default for Engine {
    fn default() -> Self {
        Self::new(Config::new())
    }
}

/// Threaded where calls in tail position turn out to be jumps; found out once a process.
fn default_backend() -> Backend {
    static TAIL_CALLS: OnceLock<bool> = OnceLock::new();
    match TAIL_CALLS.get_or_init(machine::tail_calls_work) {
        true => Backend::Threaded,
        false => Backend::Stepped,
    }
}
