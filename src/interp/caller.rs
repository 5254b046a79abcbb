//! A store, borrowed: by its owner, or by a host function that a guest called. From here a store
//! without the embedder's data leads back to the one with it.
#![expect(unsafe_code, reason = "a borrow of the store that the machine can pass by")]

use std::fmt;
use std::marker::PhantomData;
use std::panic::{self, AssertUnwindSafe};
use std::ptr::NonNull;
use std::sync::Arc;

use super::engine::Engine;
use super::error::{CallError, Failure};
use super::exception::Exception;
use super::handles::{Instance, Memory};
use super::link::Extern;
use super::store::context::Context;
use super::store::func::{HostCall, HostExit};
use super::store::instance::InstanceInst;
use super::store::object;
use super::store::{Store, StoreInner};
use crate::wasm::Index;

/// What a [`Store`] owns. The machine knows only the first part.
#[repr(C)]
pub(crate) struct Inner<T> {
    pub(crate) core: StoreInner,
    pub(crate) data: T,
}

/// A store that is borrowed to look at. See [`AsContext`].
pub struct StoreContext<'a, T: 'static> {
    inner: &'a Inner<T>,
}

/// A store that is borrowed to change it. See [`AsContextMut`].
///
/// It is a pointer, not a reference: while a guest runs, the machine uses the store through
/// pointers of its own, and a reference would promise that nobody does.
pub struct StoreContextMut<'a, T: 'static> {
    at: NonNull<Inner<T>>,
    borrow: Exclusive<'a, T>,
}

/// A store that is borrowed to change it and to run guests in it, whatever the embedder's data.
pub(crate) struct StoreMut<'a> {
    at: NonNull<StoreInner>,
    borrow: PhantomData<&'a mut StoreInner>,
}

impl StoreMut<'_> {
    #[inline]
    pub(crate) const fn core(&self) -> &StoreInner {
        // SAFETY: the store is borrowed for the lifetime and the machine doesn't run (I7).
        unsafe { self.at.as_ref() }
    }

    #[inline]
    pub(crate) const fn core_mut(&mut self) -> &mut StoreInner {
        // SAFETY: as in `core`, and `&mut self` makes it the only reference.
        unsafe { self.at.as_mut() }
    }

    /// The store for the machine: it uses this pointer while no reference into the store lives
    /// (I7), and hands it to host functions, which reach the embedder's data through it.
    #[inline]
    pub(crate) const fn as_ptr(&mut self) -> NonNull<StoreInner> {
        self.at
    }
}

/// As a reference that may write, and `T` can't vary.
type Exclusive<'a, T> = PhantomData<(&'a mut Inner<T>, fn(T) -> T)>;

/// Whatever lends a store to look at: a [`Store`], a [`Caller`], or a reference to one.
///
/// ```
/// use serverless_wasm::interp::{AsContext, Engine, Store};
///
/// fn length(store: impl AsContext<Data = String>) -> usize {
///     store.as_context().data().len()
/// }
/// assert_eq!(length(&Store::new(&Engine::default(), "abc".to_owned())), 3);
/// ```
pub trait AsContext {
    /// The embedder's data.
    type Data: 'static;

    /// Borrows the store.
    fn as_context(&self) -> StoreContext<'_, Self::Data>;
}

/// Whatever lends a store to change it.
///
/// ```
/// use serverless_wasm::interp::{AsContextMut, Engine, Store};
///
/// fn count(mut store: impl AsContextMut<Data = u32>) {
///     *store.as_context_mut().data_mut() += 1;
/// }
/// let mut store = Store::new(&Engine::default(), 6);
/// count(&mut store);
/// assert_eq!(*store.data(), 7);
/// ```
pub trait AsContextMut: AsContext {
    /// Borrows the store.
    fn as_context_mut(&mut self) -> StoreContextMut<'_, Self::Data>;
}

impl<'a, T> StoreContext<'a, T> {
    /// The embedder's data.
    #[must_use]
    pub const fn data(&self) -> &'a T {
        &self.inner.data
    }

    /// The engine.
    #[must_use]
    pub const fn engine(&self) -> &'a Engine {
        &self.inner.core.engine
    }

    pub(crate) const fn core(&self) -> &'a StoreInner {
        &self.inner.core
    }
}

impl<'a, T> StoreContextMut<'a, T> {
    /// The embedder's data.
    #[must_use]
    pub const fn data(&self) -> &T {
        &self.inner().data
    }

    /// The embedder's data, to change it.
    pub const fn data_mut(&mut self) -> &mut T {
        &mut self.inner_mut().data
    }

    /// The engine.
    #[must_use]
    pub const fn engine(&self) -> &Engine {
        &self.core().engine
    }

    pub(crate) const fn core(&self) -> &StoreInner {
        &self.inner().core
    }

    pub(crate) const fn core_mut(&mut self) -> &mut StoreInner {
        &mut self.inner_mut().core
    }

    /// Both parts, for as long as the borrow.
    pub(crate) const fn into_parts(mut self) -> (&'a mut StoreInner, &'a mut T) {
        // SAFETY: as in `inner_mut`; `self` is consumed, so the borrow is handed on.
        let inner = unsafe { self.at.as_mut() };
        (&mut inner.core, &mut inner.data)
    }

    /// The same borrow without the embedder's data, so that what follows is compiled once.
    pub(crate) const fn erase(&mut self) -> StoreMut<'_> {
        StoreMut { at: self.at.cast(), borrow: PhantomData }
    }

    pub(crate) const fn inner(&self) -> &Inner<T> {
        // SAFETY: the store is borrowed for 'a and the machine doesn't run (I7).
        unsafe { self.at.as_ref() }
    }

    const fn inner_mut(&mut self) -> &mut Inner<T> {
        // SAFETY: as in `inner`, and `&mut self` makes it the only reference.
        unsafe { self.at.as_mut() }
    }
}

impl<T> AsContext for Store<T> {
    type Data = T;
    fn as_context(&self) -> StoreContext<'_, T> {
        StoreContext { inner: self.inner.get() }
    }
}

impl<T> AsContextMut for Store<T> {
    fn as_context_mut(&mut self) -> StoreContextMut<'_, T> {
        StoreContextMut { at: self.inner.as_ptr(), borrow: PhantomData }
    }
}

impl<T> AsContext for StoreContext<'_, T> {
    type Data = T;
    fn as_context(&self) -> StoreContext<'_, T> {
        StoreContext { inner: self.inner }
    }
}

impl<T> AsContext for StoreContextMut<'_, T> {
    type Data = T;
    fn as_context(&self) -> StoreContext<'_, T> {
        StoreContext { inner: self.inner() }
    }
}

impl<T> AsContextMut for StoreContextMut<'_, T> {
    fn as_context_mut(&mut self) -> StoreContextMut<'_, T> {
        StoreContextMut { at: self.at, borrow: PhantomData }
    }
}

impl<T> AsContext for Caller<'_, T> {
    type Data = T;
    fn as_context(&self) -> StoreContext<'_, T> {
        self.store.as_context()
    }
}

impl<T> AsContextMut for Caller<'_, T> {
    fn as_context_mut(&mut self) -> StoreContextMut<'_, T> {
        self.store.as_context_mut()
    }
}

impl<S: AsContext> AsContext for &S {
    type Data = S::Data;
    fn as_context(&self) -> StoreContext<'_, S::Data> {
        (**self).as_context()
    }
}

impl<S: AsContext> AsContext for &mut S {
    type Data = S::Data;
    fn as_context(&self) -> StoreContext<'_, S::Data> {
        (**self).as_context()
    }
}

impl<S: AsContextMut> AsContextMut for &mut S {
    fn as_context_mut(&mut self) -> StoreContextMut<'_, S::Data> {
        (**self).as_context_mut()
    }
}

/// What a host function gets: the store, and which instance called.
///
/// ```
/// use serverless_wasm::interp::{Caller, Engine, Linker, Module, Store};
///
/// let engine = Engine::default();
/// let module = Module::new(&engine, &wat::parse_str(r#"
///     (module
///       (import "host" "count" (func $count (param i32)))
///       (func (export "run") i32.const 2 call $count i32.const 3 call $count))
/// "#)?)?;
/// let mut linker = Linker::new(&engine);
/// linker.func_wrap("host", "count", |mut caller: Caller<'_, i32>, n: i32| {
///     *caller.data_mut() += n;
/// })?;
/// let mut store = Store::new(&engine, 0);
/// let instance = linker.instantiate(&mut store, &module)?;
/// instance.get_typed_func::<(), ()>(&mut store, "run")?.call(&mut store, ())?;
/// assert_eq!(*store.data(), 5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Caller<'a, T: 'static> {
    store: StoreContextMut<'a, T>,
    context: NonNull<Context>,
}

impl<T> Caller<'_, T> {
    /// The embedder's data.
    #[must_use]
    pub const fn data(&self) -> &T {
        self.store.data()
    }

    /// The embedder's data, to change it.
    pub const fn data_mut(&mut self) -> &mut T {
        self.store.data_mut()
    }

    /// The engine.
    #[must_use]
    pub const fn engine(&self) -> &Engine {
        self.store.engine()
    }

    /// What the calling instance exports under this name.
    pub fn get_export(&mut self, name: &str) -> Option<Extern> {
        self.instance()?.get_export(&mut self.store, name)
    }

    /// The memory where the calling instance's buffers are: what it exports as `memory`, else its
    /// first.
    #[must_use]
    pub fn memory(&self) -> Option<Memory> {
        let core = self.store.core();
        let instance = object::resolve(core, self.instance_inst()?);
        let memory = instance.memories[instance.module.host_memory?.to_usize()];
        Some(Memory { store: core.id, addr: object::resolve(core, memory).addr })
    }

    /// The calling instance; none when the host called.
    #[must_use]
    pub fn instance(&self) -> Option<Instance> {
        let core = self.store.core();
        let addr = object::resolve(core, self.instance_inst()?).addr;
        Some(Instance { store: core.id, addr })
    }

    fn instance_inst(&self) -> Option<NonNull<InstanceInst>> {
        NonNull::new(object::resolve(self.store.core(), self.context).instance)
    }

    pub(crate) const fn core(&self) -> &StoreInner {
        self.store.core()
    }

    /// The same caller for a shorter time.
    pub(crate) const fn reborrow(&mut self) -> Caller<'_, T> {
        let store = StoreContextMut { at: self.store.at, borrow: PhantomData };
        Caller { store, context: self.context }
    }
}

impl<T: fmt::Debug> fmt::Debug for Caller<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller").field("data", self.data()).finish_non_exhaustive()
    }
}

/// A host function for stores of `T`. Only through this type does a [`HostCall`] reach a store,
/// so it runs in stores of its own `T` alone.
pub struct HostCode<T> {
    call: Arc<dyn HostCall>,
    data: PhantomData<fn(T) -> T>,
}

impl<T> Clone for HostCode<T> {
    fn clone(&self) -> Self {
        Self { call: Arc::clone(&self.call), data: PhantomData }
    }
}

impl<T: 'static> HostCode<T> {
    /// What `run` does with the arguments in the slots, whose place the results take.
    pub(crate) fn new<F>(run: F) -> Self
    where
        F: Fn(Caller<'_, T>, &mut [u64]) -> Result<HostExit, CallError> + Send + Sync + 'static,
    {
        Self { call: Arc::new(Run { run, data: PhantomData }), data: PhantomData }
    }

    /// For a store of `T`.
    pub(crate) fn call_in(&self, _store: &StoreContextMut<'_, T>) -> Arc<dyn HostCall> {
        Arc::clone(&self.call)
    }
}

struct Run<T, F> {
    run: F,
    data: PhantomData<fn(T) -> T>,
}

impl<T, F> HostCall for Run<T, F>
where
    T: 'static,
    F: Fn(Caller<'_, T>, &mut [u64]) -> Result<HostExit, CallError> + Send + Sync,
{
    fn call(
        &self,
        store: NonNull<StoreInner>,
        context: NonNull<Context>,
        slots: &mut [u64],
    ) -> HostExit {
        // `HostCode::call_in` let this only into stores of `T`, so the pointer is one to their
        // `Inner`, of which `StoreInner` is the first part.
        let store_of_data = StoreContextMut { at: store.cast(), borrow: PhantomData };
        let caller = Caller { store: store_of_data, context };
        let run = AssertUnwindSafe(|| match (self.run)(caller, slots) {
            Ok(exit) => exit,
            Err(CallError::Exception(exception)) => throw(store, &exception),
            Err(error) => fail(store, Failure::Error(error)),
        });
        match panic::catch_unwind(run) {
            Ok(exit) => exit,
            Err(panic) => fail(store, Failure::Panic(panic)),
        }
    }
}

/// Makes an object of the exception that a host function ends with, for the machine to throw.
#[cold]
fn throw(mut store: NonNull<StoreInner>, exception: &Exception) -> HostExit {
    // SAFETY: the caller's borrow has ended, and the machine waits for this call (I7).
    let inner = unsafe { store.as_mut() };
    match inner.object_of(exception) {
        Ok(object) => {
            inner.thrown = object;
            HostExit::Throw
        }
        Err(error) => fail(store, Failure::Error(error)),
    }
}

/// Keeps why a host function failed until the machine is left.
#[cold]
fn fail(mut store: NonNull<StoreInner>, failure: Failure) -> HostExit {
    // SAFETY: the caller's borrow has ended, and the machine waits for this call (I7).
    unsafe { store.as_mut() }.failure = Some(failure);
    HostExit::Fail
}
