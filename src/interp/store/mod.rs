//! The store: run-time objects, one kind a file, and what is executing.

use std::cell::RefCell;
use std::fmt;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, Ordering};

use self::context::{Context, ContextBox};
use self::func::FuncInst;
use self::global::GlobalInst;
use self::instance::InstanceInst;
use self::memory::MemoryInst;
use self::meter::{Meter, Slice, Spent};
use self::object::Object;
use self::pages::Reservation;
use self::table::TableInst;
use self::tag::TagInst;
use super::activation::Activations;
use super::caller::Inner;
use super::engine::{Backend, Engine};
use super::error::{Failure, Misuse};
use super::heap::Heap;
use super::heap::roots::Roots;
use super::limits::{LimitExceeded, StoreLimits};
use super::machine::Executing;
use super::machine::counts::Counts;
use super::machine::watch::Watch;
use super::profile::Profile;
use super::trace::{Trace, TraceLine, Tracer};

mod bulk;
pub(crate) mod context;
pub(crate) mod create;
pub(crate) mod func;
pub(crate) mod global;
pub(crate) mod instance;
pub(crate) mod memory;
pub(crate) mod meter;
pub(crate) mod object;
pub(crate) mod pages;
#[cfg(all(target_os = "linux", not(miri)))]
mod pages_linux;
#[cfg(not(all(unix, not(miri))))]
mod pages_portable;
#[cfg(all(unix, not(target_os = "linux"), not(miri)))]
mod pages_unasked;
#[cfg(all(unix, not(miri)))]
mod pages_unix;
pub(crate) mod parking;
pub(crate) mod pool;
mod roots;
pub(crate) mod segment;
pub(crate) mod shared;
pub(crate) mod table;
pub(crate) mod tag;

/// Everything that instances consist of, and data of the embedder's. Objects live as long as their
/// store. It is owned by one thread at a time.
///
/// ```
/// use serverless_wasm::interp::{Engine, Store, StoreLimits};
///
/// let engine = Engine::default();
/// let mut store = Store::with_limits(&engine, vec!["a request"], StoreLimits::default());
/// store.data_mut().push("its answer");
/// assert_eq!(store.data().len(), 2);
/// ```
pub struct Store<T: 'static> {
    /// The only owner. The machine and host functions reach it through pointers made from this.
    pub(super) inner: Object<Inner<T>>,
    /// `T` is read and written through those pointers, so it can't vary.
    invariant: std::marker::PhantomData<fn(T) -> T>,
}

impl<T: 'static> Store<T> {
    /// A store with the default limits.
    pub fn new(engine: &Engine, data: T) -> Self {
        Self::with_limits(engine, data, StoreLimits::default())
    }

    /// A store with these limits.
    pub fn with_limits(engine: &Engine, data: T, limits: StoreLimits) -> Self {
        let core = StoreInner::new(engine.clone(), limits);
        let mut inner = Object::new(Inner { core, data });
        let this = inner.as_ptr().cast();
        inner.get_mut().core.settle_at(this);
        Self { inner, invariant: std::marker::PhantomData }
    }

    /// The embedder's data.
    pub const fn data(&self) -> &T {
        &self.inner.get().data
    }

    /// The embedder's data, to change it.
    pub const fn data_mut(&mut self) -> &mut T {
        &mut self.inner.get_mut().data
    }

    /// The embedder's data, out of a store that is not needed any more.
    pub fn into_data(self) -> T {
        self.inner.into_inner().data
    }

    /// The engine.
    pub const fn engine(&self) -> &Engine {
        &self.core().engine
    }

    /// The limits.
    pub const fn limits(&self) -> StoreLimits {
        self.core().limits
    }

    /// Sets how many instructions guests may still execute; none for any number. A guest that has
    /// spent its last one ends with [`TrapKind::OutOfFuel`](super::TrapKind::OutOfFuel).
    pub const fn set_fuel(&mut self, fuel: Option<u64>) {
        self.core_mut().meter.fuel = fuel;
    }

    /// How many instructions guests may still execute, when there is a budget.
    pub const fn fuel(&self) -> Option<u64> {
        self.core().meter.fuel
    }

    /// How many instructions guests have executed.
    pub const fn consumed(&self) -> u64 {
        self.core().meter.total
    }

    /// What guests have executed, op by op, when the engine counts
    /// ([`Config::profile`](super::Config::profile)).
    pub fn profile(&self) -> Option<Profile> {
        Profile::of(self.core())
    }

    /// Tells `tell` what guests do from now on.
    ///
    /// ```
    /// use std::sync::mpsc;
    ///
    /// use serverless_wasm::interp::{Backend, Config, Engine, Linker, Module, Store, Trace};
    ///
    /// let engine = Engine::new(Config::new().backend(Backend::Stepped));
    /// let module = Module::new(&engine, &wat::parse_str(r#"
    ///     (func $sum (export "sum") (param i32 i32) (result i32)
    ///       local.get 0 local.get 1 i32.add)
    /// "#)?)?;
    /// let mut store = Store::new(&engine, ());
    /// let (sender, lines) = mpsc::channel();
    /// store.trace(Trace::Calls, move |line| drop(sender.send(line.to_string())))?;
    /// let instance = Linker::new(&engine).instantiate(&mut store, &module)?;
    /// let sum = instance.get_typed_func::<(i32, i32), i32>(&mut store, "sum")?;
    /// sum.call(&mut store, (1, 2))?;
    /// assert_eq!(lines.try_iter().collect::<Vec<_>>(), ["> sum(1, 2)", "< sum = 3"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When the engine isn't stepped: only there can somebody look on.
    pub fn trace(
        &mut self,
        what: Trace,
        tell: impl FnMut(&TraceLine) + Send + 'static,
    ) -> Result<(), Misuse> {
        if self.engine().backend() != Backend::Stepped {
            return Err(Misuse::NotStepped);
        }
        self.core_mut().watch.look = Some(Box::new(Tracer::new(what, tell)));
        Ok(())
    }

    /// Sets who is asked after each slice how it goes on: here deadlines and fairness live.
    ///
    /// ```
    /// use serverless_wasm::interp::{Engine, Slice, Spent, Store, TrapKind};
    ///
    /// let mut store = Store::new(&Engine::default(), ());
    /// store.set_slice(10_000);
    /// store.on_slice(|spent: Spent| match spent.total {
    ///     0..1_000_000 => Slice::GoOn,
    ///     _ => Slice::Trap(TrapKind::DeadlineExceeded),
    /// });
    /// ```
    pub fn on_slice(&mut self, hook: impl FnMut(Spent) -> Slice + Send + 'static) {
        self.core_mut().meter.hook = Some(Box::new(hook));
    }

    /// Sets how many instructions a slice has; 0 counts as 1, more than 2^23 as 2^23.
    pub fn set_slice(&mut self, instructions: u64) {
        self.core_mut().meter.slice = instructions.clamp(1, Meter::LONGEST);
    }

    /// Bytes of all linear memories. Memory is not given back, so this is also the most there was.
    pub const fn memory_size(&self) -> u64 {
        self.core().memory_used
    }

    /// How much of a value stack calls that have ended used, in bytes: up to its highest slot that
    /// isn't zero. It looks through the stack.
    pub fn stack_used(&self) -> usize {
        self.core().activations.stack_used()
    }

    const fn core(&self) -> &StoreInner {
        &self.inner.get().core
    }

    const fn core_mut(&mut self) -> &mut StoreInner {
        &mut self.inner.get_mut().core
    }
}

impl<T: fmt::Debug> fmt::Debug for Store<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("id", &self.core().id).field("data", self.data()).finish()
    }
}

/// A store without the embedder's data: what the machine knows of it.
pub struct StoreInner {
    /// Tells handles of different stores apart.
    pub(crate) id: u32,
    /// Where this is: the pointer that `Context`s hold. It may reach the embedder's data too.
    pub(crate) this: NonNull<Self>,
    /// The engine.
    pub(crate) engine: Engine,
    /// What bounds running.
    pub(crate) limits: StoreLimits,
    /// Fuel and slices.
    pub(crate) meter: Meter,
    /// Who looks on while guests run.
    pub(crate) watch: Watch,
    /// Why the machine came back, when a host function ended it.
    pub(crate) failure: Option<Failure>,
    /// The exception that a host function ended with.
    pub(crate) thrown: u64,
    /// Garbage-collected objects.
    pub(crate) heap: Object<Heap>,
    /// Executions that run, the innermost last: each waits for the next one.
    pub(crate) executing: Vec<Executing>,
    /// Objects that were made for an instance that isn't complete.
    pub(crate) temporaries: Vec<u64>,
    /// Handles of objects that the host has. (Making one changes nothing else of a store.)
    pub(crate) roots: RefCell<Roots>,
    /// Above 0: a wait can't be resumed (below a host function, or in a plain call), so it traps.
    pub(crate) native_depth: u32,
    /// The instance whose code called the host function that runs, when one does.
    pub(crate) running: Option<NonNull<Context>>,
    /// What a host function that the host calls is called in: a `Context` of no instance.
    pub(crate) idle: ContextBox,
    /// What executes or waits.
    pub(crate) activations: Activations,
    pub(crate) funcs: Vec<Object<FuncInst>>,
    pub(crate) tables: Vec<Object<TableInst>>,
    pub(crate) memories: Vec<Object<MemoryInst>>,
    pub(crate) globals: Vec<GlobalInst>,
    pub(crate) tags: Vec<TagInst>,
    pub(crate) instances: Vec<Object<InstanceInst>>,
    /// Bytes of all memories.
    memory_used: u64,
    /// Elements of all tables.
    table_used: u64,
}

impl Drop for StoreInner {
    fn drop(&mut self) {
        self.engine.stacks().give_back(self.activations.idle());
    }
}

impl StoreInner {
    fn new(engine: Engine, limits: StoreLimits) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        Self {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            this: NonNull::dangling(),
            watch: Watch { counts: engine.profiles().then(Counts::default), look: None },
            engine,
            limits,
            meter: Meter::new(),
            failure: None,
            thrown: 0,
            heap: Object::new(Heap::new(limits.heap)),
            executing: Vec::new(),
            temporaries: Vec::new(),
            roots: RefCell::default(),
            native_depth: 0,
            running: None,
            idle: ContextBox::new(0),
            activations: Activations::default(),
            funcs: Vec::new(),
            tables: Vec::new(),
            memories: Vec::new(),
            globals: Vec::new(),
            tags: Vec::new(),
            instances: Vec::new(),
            memory_used: 0,
            table_used: 0,
        }
    }

    /// Tells the store where it is. It never moves from there.
    fn settle_at(&mut self, this: NonNull<Self>) {
        self.this = this;
        let idle = self.idle.get_mut();
        idle.store = this.as_ptr();
        idle.heap = self.heap.as_ptr().as_ptr();
        idle.memory0 = Reservation::empty().base().as_ptr();
    }

    /// Whether the limits leave room for so many bytes of memory and elements of tables.
    pub(crate) fn check_room(&self, memory: u64, elements: u64) -> Result<(), LimitExceeded> {
        let limits = self.limits;
        let left = StoreLimits {
            memory: limits.memory.saturating_sub(self.memory_used),
            table_elements: limits.table_elements.saturating_sub(self.table_used),
            ..limits
        };
        left.check(memory, elements)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_can_be_sent() {
        fn check<S: Send>() {}
        check::<Store<Vec<u8>>>();
    }

    #[test]
    fn a_slice_is_never_empty() {
        let mut store = Store::new(&Engine::default(), ());
        store.set_slice(0);
        assert_eq!(store.core().meter.slice, 1);
    }
}
