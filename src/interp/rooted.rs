//! What the host does with a handle of an object: keep it, release it, compare it.

use super::caller::{AsContext, AsContextMut};
use super::error::Misuse;
use super::heap::HeapRef;
use super::store::Store;
use crate::wasm::subtyping::TypeId;
use crate::wasm::{CompositeType, Rooted, Val};

/// ```
/// use serverless_wasm::interp::{Engine, Linker, Module, Ref, Store, Val};
///
/// let engine = Engine::default();
/// let module = Module::new(&engine, &wat::parse_str(r#"
///     (module
///       (tag $t)
///       (func (export "f") (result exnref)
///         block $h (result exnref)
///           try_table (catch_all_ref $h) throw $t end
///           unreachable
///         end))
/// "#)?)?;
/// let mut store = Store::new(&engine, ());
/// let f = Linker::new(&engine).instantiate(&mut store, &module)?.get_func(&mut store, "f")?;
/// let kept = store.scope(|store| {
///     let results = f.call(&mut *store, &[])?;
///     let [Val::Ref(Ref::Exception(exception))] = results[..] else { panic!("one exception") };
///     // The handle ends with the scope; this one doesn't.
///     exception.keep(store).map_err(serverless_wasm::interp::CallError::from)
/// })?;
/// assert!(kept.is_same(&store, kept)?);
/// kept.release(&mut store)?;
/// assert!(kept.is_same(&store, kept).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl Rooted {
    /// A handle of the same object that stays until it is released.
    ///
    /// # Errors
    /// When this one has ended, or belongs to another store.
    pub fn keep(self, mut store: impl AsContextMut) -> Result<Self, Misuse> {
        let mut store = store.as_context_mut();
        let core = store.core_mut();
        let object = core.object(self)?;
        Ok(core.roots.get_mut().keep(core.id, object))
    }

    /// Ends a handle that [`keep`](Self::keep) gave.
    ///
    /// # Errors
    /// When it is none of those, has ended, or belongs to another store.
    pub fn release(self, mut store: impl AsContextMut) -> Result<(), Misuse> {
        let mut store = store.as_context_mut();
        let core = store.core_mut();
        core.object(self)?;
        core.roots.get_mut().release(self).then_some(()).ok_or(Misuse::EndedHandle)
    }

    /// Field or element `index`; of an exception this value. What is packed has no sign.
    ///
    /// # Errors
    /// When there is none, or the handle has ended or belongs to another store.
    pub fn get(self, store: impl AsContext, index: u32) -> Result<Val, Misuse> {
        let store = store.as_context();
        let core = store.core();
        let object = core.object(self)?;
        let heap = HeapRef::of(&core.heap);
        let header = heap.header(object);
        if let Some(tag) = header.tag() {
            let (_, slots) = core.exception(object);
            let values = core.vals_of_slots(&slots, &core.tags[tag as usize].ty.params);
            return values.get(index as usize).copied().ok_or(Misuse::OutOfBounds);
        }
        let found = match &core.engine.types().sub_type(TypeId(header.kind)).composite {
            CompositeType::Struct(fields) => fields.get(index as usize).and_then(|field| {
                let (at, holds) = heap.field(header.kind, index as usize)?;
                Some((field.storage, at, holds))
            }),
            CompositeType::Array(element) => (index < header.len).then(|| {
                let holds = heap.element(header.kind);
                (element.storage, holds.place(index), holds)
            }),
            CompositeType::Func(_) => None,
        };
        let (storage, at, holds) = found.ok_or(Misuse::OutOfBounds)?;
        Ok(core.val_of_slots(&heap.get(object, at, holds), storage.unpacked()))
    }

    /// The number of an array's elements; 0 of other objects.
    ///
    /// # Errors
    /// When the handle has ended or belongs to another store.
    pub fn array_len(self, store: impl AsContext) -> Result<u32, Misuse> {
        let store = store.as_context();
        let object = store.core().object(self)?;
        let header = HeapRef::of(&store.core().heap).header(object);
        Ok(if header.tag().is_some() { 0 } else { header.len })
    }

    /// Whether both are handles of one object.
    ///
    /// # Errors
    /// When one has ended, or belongs to another store.
    pub fn is_same(self, store: impl AsContext, other: Self) -> Result<bool, Misuse> {
        let store = store.as_context();
        Ok(store.core().object(self)? == store.core().object(other)?)
    }
}

impl<T: 'static> Store<T> {
    /// Runs `act`; the handles of objects that it gets end with it, but for those that it keeps.
    pub fn scope<R>(&mut self, act: impl FnOnce(&mut Self) -> R) -> R {
        let mark = self.as_context_mut().core_mut().roots.get_mut().mark();
        let result = act(self);
        self.as_context_mut().core_mut().roots.get_mut().leave(mark);
        result
    }
}
