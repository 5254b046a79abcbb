//! Exceptions as the host sees them: what a guest threw and didn't catch, and what a host function
//! throws.
//!
//! Spec: exec/runtime#exception-instances

use std::fmt;

use super::caller::AsContext;
use super::error::{CallError, Misuse};
use super::handles::Tag;
use super::heap::HeapRef;
use super::heap::alloc::GRANULE;
use super::heap::object::Header;
use super::store::StoreInner;
use super::trap::{Backtrace, TrapKind};
use crate::wasm::Val;

/// An exception: its tag, its values, and where it was thrown last.
///
/// ```
/// use serverless_wasm::interp::{CallError, Engine, Linker, Module, Store, Val};
///
/// let engine = Engine::default();
/// let module = Module::new(&engine, &wat::parse_str(r#"
///     (module
///       (tag $failed (export "failed") (param i32))
///       (func (export "f") i32.const 7 throw $failed))
/// "#)?)?;
/// let mut store = Store::new(&engine, ());
/// let instance = Linker::new(&engine).instantiate(&mut store, &module)?;
/// let Err(CallError::Exception(exception)) =
///     instance.get_func(&mut store, "f")?.call(&mut store, &[])
/// else {
///     panic!("it throws")
/// };
/// let failed = instance.get_export(&mut store, "failed").and_then(|export| export.tag());
/// assert_eq!((Some(exception.tag()), exception.values()), (failed, &[Val::I32(7)][..]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A host function that returns one as its error throws it, and so passes on what a guest below it
/// threw.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exception {
    inner: Box<Inner>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Inner {
    tag: Tag,
    values: Vec<Val>,
    backtrace: Backtrace,
}

impl Exception {
    /// An exception for a host function to throw.
    ///
    /// # Errors
    /// When the values don't fit the tag's type.
    pub fn new(store: impl AsContext, tag: Tag, values: &[Val]) -> Result<Self, Misuse> {
        let store = store.as_context();
        let core = store.core();
        core.slots_of_vals(values, &tag.resolve(core)?.ty.params)?;
        let (values, backtrace) = (values.to_vec(), Backtrace::default());
        Ok(Self { inner: Box::new(Inner { tag, values, backtrace }) })
    }

    /// What it is an exception of.
    #[must_use]
    pub fn tag(&self) -> Tag {
        self.inner.tag
    }

    /// What the tag's type says that it carries.
    #[must_use]
    pub fn values(&self) -> &[Val] {
        &self.inner.values
    }

    /// The frames that it left, innermost first; none before a guest threw it.
    #[must_use]
    pub fn backtrace(&self) -> &Backtrace {
        &self.inner.backtrace
    }
}

/// `uncaught exception of tag 0: [7]`
impl fmt::Display for Exception {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { tag, values, .. } = &*self.inner;
        let values: Vec<_> = values.iter().map(Val::to_string).collect();
        write!(f, "uncaught exception of tag {}: [{}]", tag.addr, values.join(" "))
    }
}

impl std::error::Error for Exception {}

impl StoreInner {
    /// An object for an exception of the tag at this address. Not inlined: it is seldom needed.
    #[cold]
    pub(crate) fn new_exception(&mut self, tag: u32, values: &[u64]) -> Result<u64, TrapKind> {
        let size = u64::from(Header::SIZE) + values.len() as u64 * GRANULE;
        let object = self.allocate(size)?;
        let heap = HeapRef::of(&self.heap);
        heap.set_header(object, Header::of_exception(tag, values.len() as u32));
        for (at, value) in slots(values.len() as u32).zip(values) {
            heap.store(object, at, *value);
        }
        Ok(object)
    }

    /// The tag's address and the values of an exception.
    pub(crate) fn exception(&self, object: u64) -> (u32, Vec<u64>) {
        let heap = HeapRef::of(&self.heap);
        let header = heap.header(object);
        let tag = header.tag().expect("validated: an exnref refers to an exception");
        (tag, slots(header.len).map(|at| heap.load(object, at)).collect())
    }

    /// What the host gets of an exception that nothing catches.
    pub(crate) fn uncaught(&self, tag: u32, values: &[u64], backtrace: Backtrace) -> Exception {
        let values = self.vals_of_slots(values, &self.tags[tag as usize].ty.params);
        let tag = Tag { store: self.id, addr: tag };
        Exception { inner: Box::new(Inner { tag, values, backtrace }) }
    }

    /// An object of an exception that the host throws.
    pub(crate) fn object_of(&mut self, exception: &Exception) -> Result<u64, CallError> {
        let Inner { tag, values, .. } = &*exception.inner;
        let ty = tag.resolve(self)?.ty.clone();
        let values = self.slots_of_vals(values, &ty.params)?;
        Ok(self.new_exception(tag.addr, &values)?)
    }
}

/// Where the values of an exception are in its object.
fn slots(count: u32) -> impl Iterator<Item = u64> {
    (0..u64::from(count)).map(|slot| u64::from(Header::SIZE) + slot * GRANULE)
}
