//! Handles: the store's number and an object's address in it. They are plain numbers; each use
//! names the store, and a handle of another store is a [`Misuse`].

use std::fmt;
use std::ptr::NonNull;
use std::sync::Arc;

use super::caller::{AsContext, AsContextMut};
use super::error::{InstantiateError, Misuse};
use super::func::shape_of;
use super::link::{Extern, ExternType};
use super::store::StoreInner;
use super::store::global::{self, GlobalInst};
use super::store::instance::InstanceInst;
use super::store::memory::MemoryInst;
use super::store::object::{self, Object};
use super::store::shared::Shared;
use super::store::table::TableInst;
use super::store::tag::TagInst;
use super::typed::{TypedFunc, WasmParams, WasmResults};
use crate::wasm::module::ExportDesc;
use crate::wasm::{Func, FuncType, GlobalType, Index, MemoryType, Ref, TableType, Val, ValType};

/// One kind of handle.
macro_rules! handle {
    ($(#[$doc:meta])* $name:ident, $objects:ident: $object:ty) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub struct $name {
            pub(crate) store: u32,
            pub(crate) addr: u32,
        }

        impl $name {
            pub(crate) fn resolve(self, store: &StoreInner) -> Result<&$object, Misuse> {
                let own = self.store == store.id;
                store.$objects.get(self.addr as usize).filter(|_| own).ok_or(Misuse::ForeignHandle)
            }
        }
    };
}

handle! {
    /// A linear memory.
    ///
    /// ```
    /// use serverless_wasm::interp::{Engine, Memory, Store};
    /// use serverless_wasm::wasm::{AddrType, MemoryType, SizeLimits};
    ///
    /// let mut store = Store::new(&Engine::default(), ());
    /// let limits = SizeLimits { min: 1, max: Some(2) };
    /// let memory = Memory::new(&mut store, MemoryType::new(AddrType::I32, limits))?;
    /// memory.write(&mut store, 65_533, b"end")?;
    /// assert!(memory.write(&mut store, 65_534, b"end").is_err());
    /// assert_eq!(memory.grow(&mut store, 1)?, 1);
    /// assert_eq!(&memory.data(&store)?[65_533..65_537], b"end\0");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    Memory, memories: Object<MemoryInst>
}

handle! {
    /// A table of references.
    ///
    /// ```
    /// use serverless_wasm::interp::{Engine, Store, Table};
    /// use serverless_wasm::wasm::{AddrType, ExternRef, Ref, RefType, SizeLimits, TableType, Val};
    ///
    /// let mut store = Store::new(&Engine::default(), ());
    /// let limits = SizeLimits { min: 2, max: None };
    /// let ty = TableType { addr: AddrType::I32, limits, element: RefType::EXTERNREF };
    /// let seven = Ref::Extern(ExternRef(7));
    /// let table = Table::new(&mut store, ty, seven)?;
    /// assert_eq!(table.get(&store, 1)?, seven);
    /// assert!(table.get(&store, 2).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    Table, tables: Object<TableInst>
}

handle! {
    /// A global.
    ///
    /// ```
    /// use serverless_wasm::interp::{Engine, Global, Store};
    /// use serverless_wasm::wasm::{GlobalType, Val, ValType};
    ///
    /// let mut store = Store::new(&Engine::default(), ());
    /// let ty = GlobalType { mutable: true, content: ValType::I64 };
    /// let global = Global::new(&mut store, ty, Val::I64(7))?;
    /// global.set(&mut store, Val::I64(-1))?;
    /// assert_eq!(global.get(&store)?, Val::I64(-1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    Global, globals: GlobalInst
}

handle! {
    /// A tag: what an exception is an exception of.
    Tag, tags: TagInst
}

handle! {
    /// An instance of a module.
    ///
    /// ```
    /// use serverless_wasm::interp::{Engine, Linker, Module, Store};
    ///
    /// let engine = Engine::default();
    /// let wasm = wat::parse_str(r#"(module (memory (export "m") 3))"#)?;
    /// let mut store = Store::new(&engine, ());
    /// let module = Module::new(&engine, &wasm)?;
    /// let instance = Linker::new(&engine).instantiate(&mut store, &module)?;
    /// let memory = instance.get_memory(&mut store, "m")?;
    /// assert_eq!(memory.size(&store)?, 3);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    Instance, instances: Object<InstanceInst>
}

impl Memory {
    /// A memory of the host's.
    ///
    /// # Errors
    /// When the store's limits or the system leave no room for it.
    pub fn new(mut store: impl AsContextMut, ty: MemoryType) -> Result<Self, InstantiateError> {
        let mut store = store.as_context_mut();
        let core = store.core_mut();
        let at = core.new_memory(ty)?;
        Ok(Self { store: core.id, addr: object::resolve(core, at).addr })
    }

    /// The type, with the present size as its minimum.
    ///
    /// # Errors
    /// When the handle belongs to another store.
    pub fn ty(self, store: impl AsContext) -> Result<MemoryType, Misuse> {
        Ok(self.resolve(store.as_context().core())?.get().ty())
    }

    /// The size in pages.
    ///
    /// # Errors
    /// When the handle belongs to another store.
    pub fn size(self, store: impl AsContext) -> Result<u64, Misuse> {
        Ok(self.resolve(store.as_context().core())?.get().size())
    }

    /// Grows by so many pages, and says the old size.
    ///
    /// # Errors
    /// When the type, the store's limits or the system don't allow it.
    pub fn grow(self, mut store: impl AsContextMut, pages: u64) -> Result<u64, Misuse> {
        let mut store = store.as_context_mut();
        let at = self.resolve(store.core())?.as_ptr();
        store.core_mut().memory_grow(at, pages).ok_or(Misuse::CannotGrow)
    }

    /// The contents.
    ///
    /// # Errors
    /// When the handle belongs to another store, or another store shares the memory
    /// ([`Memory::read`] reads it still).
    pub fn data<T>(self, store: &(impl AsContext<Data = T> + ?Sized)) -> Result<&[u8], Misuse>
    where
        T: 'static,
    {
        self.resolve(store.as_context().core())?.get().bytes().ok_or(Misuse::SharedMemory)
    }

    /// The contents, to change them.
    ///
    /// # Errors
    /// As [`Memory::data`].
    pub fn data_mut<T>(
        self,
        store: &mut (impl AsContextMut<Data = T> + ?Sized),
    ) -> Result<&mut [u8], Misuse>
    where
        T: 'static,
    {
        Ok(self.data_and_store_mut(store)?.0)
    }

    /// The contents and the embedder's data, to change both.
    ///
    /// # Errors
    /// As [`Memory::data`].
    pub fn data_and_store_mut<T>(
        self,
        store: &mut (impl AsContextMut<Data = T> + ?Sized),
    ) -> Result<(&mut [u8], &mut T), Misuse>
    where
        T: 'static,
    {
        let (core, data) = store.as_context_mut().into_parts();
        self.resolve(core)?;
        let bytes = core.memories[self.addr as usize].get_mut().bytes_mut();
        Ok((bytes.ok_or(Misuse::SharedMemory)?, data))
    }

    /// Reads `buffer.len()` bytes at `offset`.
    ///
    /// # Errors
    /// When they aren't all inside the memory.
    pub fn read(self, store: impl AsContext, offset: u64, buffer: &mut [u8]) -> Result<(), Misuse> {
        let store = store.as_context();
        let memory = self.resolve(store.core())?.get();
        if memory.read(offset, buffer) { Ok(()) } else { Err(Misuse::OutOfBounds) }
    }

    /// Writes the bytes at `offset`.
    ///
    /// # Errors
    /// When they don't all fit into the memory; nothing is written then.
    pub fn write(
        self,
        mut store: impl AsContextMut,
        offset: u64,
        bytes: &[u8],
    ) -> Result<(), Misuse> {
        let mut store = store.as_context_mut();
        let at = self.resolve(store.core())?.as_ptr();
        let memory = object::resolve_mut(store.core_mut(), at);
        if memory.write(offset, bytes) { Ok(()) } else { Err(Misuse::OutOfBounds) }
    }

    /// Lets other stores use the memory, on other threads too.
    ///
    /// ```
    /// use serverless_wasm::interp::{Engine, Memory, Store};
    /// use serverless_wasm::wasm::{AddrType, MemoryType, SizeLimits};
    ///
    /// let engine = Engine::default();
    /// let (mut store, mut other) = (Store::new(&engine, ()), Store::new(&engine, ()));
    /// let limits = SizeLimits { min: 1, max: Some(2) };
    /// let ty = MemoryType { shared: true, ..MemoryType::new(AddrType::I32, limits) };
    /// let memory = Memory::new(&mut store, ty)?;
    /// let shared = memory.share(&mut store)?;
    /// let same = Memory::of_shared(&mut other, &shared);
    /// memory.write(&mut store, 0, b"seen")?;
    /// let mut seen = [0; 4];
    /// same.read(&other, 0, &mut seen)?;
    /// assert_eq!(&seen, b"seen");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When the memory's type is not that of shared ones.
    pub fn share(self, mut store: impl AsContextMut) -> Result<SharedMemory, Misuse> {
        let mut store = store.as_context_mut();
        let at = self.resolve(store.core())?.as_ptr();
        // The store is borrowed mutably: nobody has a slice of the contents now.
        let memory = object::resolve_mut(store.core_mut(), at);
        let inner = memory.shared().ok_or(Misuse::NotShared)?;
        Ok(SharedMemory { inner: Arc::clone(inner) })
    }

    /// A memory that another store has made, in this one. Its size counts as memory of the store
    /// that made it, growth as memory of the store that grows it.
    pub fn of_shared(mut store: impl AsContextMut, shared: &SharedMemory) -> Self {
        let mut store = store.as_context_mut();
        let core = store.core_mut();
        let at = core.shared_memory(&shared.inner);
        Self { store: core.id, addr: object::resolve(core, at).addr }
    }
}

/// A shared memory, of no store: each store that uses it has a [`Memory`] of its own made from it.
#[derive(Clone)]
pub struct SharedMemory {
    inner: Arc<Shared>,
}

impl SharedMemory {
    /// The type, with the present size as its minimum.
    #[must_use]
    pub fn ty(&self) -> MemoryType {
        self.inner.ty()
    }
}

impl fmt::Debug for SharedMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedMemory").field("ty", &self.ty()).finish_non_exhaustive()
    }
}

impl Table {
    /// A table of the host's, each element `init`.
    ///
    /// # Errors
    /// When `init` doesn't fit the type, or the store's limits or the system leave no room for it.
    pub fn new(
        mut store: impl AsContextMut,
        ty: TableType,
        init: Ref,
    ) -> Result<Self, InstantiateError> {
        let mut store = store.as_context_mut();
        let core = store.core_mut();
        let [slot, _] = core.host_slots_of_val(&Val::Ref(init), ValType::Ref(ty.element))?;
        let at = core.new_table(ty, slot)?;
        Ok(Self { store: core.id, addr: object::resolve(core, at).addr })
    }

    /// The type, with the present size as its minimum.
    ///
    /// # Errors
    /// When the handle belongs to another store.
    pub fn ty(self, store: impl AsContext) -> Result<TableType, Misuse> {
        Ok(self.resolve(store.as_context().core())?.get().ty())
    }

    /// The number of elements.
    ///
    /// # Errors
    /// When the handle belongs to another store.
    pub fn size(self, store: impl AsContext) -> Result<u64, Misuse> {
        Ok(self.resolve(store.as_context().core())?.get().len)
    }

    /// The element at `index`.
    ///
    /// # Errors
    /// When it is outside the table.
    pub fn get(self, store: impl AsContext, index: u64) -> Result<Ref, Misuse> {
        let store = store.as_context();
        let table = self.resolve(store.core())?.get();
        let slot = usize::try_from(index).ok().and_then(|index| table.slots().get(index));
        Ok(store.core().ref_of_slot(*slot.ok_or(Misuse::OutOfBounds)?, table.ty().element.heap))
    }

    /// Sets the element at `index`.
    ///
    /// # Errors
    /// When it is outside the table, or the value doesn't fit the type.
    pub fn set(self, mut store: impl AsContextMut, index: u64, value: Ref) -> Result<(), Misuse> {
        let mut store = store.as_context_mut();
        let element = self.resolve(store.core())?.get().ty().element;
        let [slot, _] = store.core().slots_of_val(&Val::Ref(value), ValType::Ref(element))?;
        let slots = store.core_mut().tables[self.addr as usize].get_mut().slots_mut();
        let place = usize::try_from(index).ok().and_then(|index| slots.get_mut(index));
        *place.ok_or(Misuse::OutOfBounds)? = slot;
        Ok(())
    }

    /// Grows by so many elements of this value, and says the old size.
    ///
    /// # Errors
    /// When the type, the store's limits or the system don't allow it.
    pub fn grow(self, mut store: impl AsContextMut, delta: u64, init: Ref) -> Result<u64, Misuse> {
        let mut store = store.as_context_mut();
        let table = self.resolve(store.core())?;
        let (at, element) = (table.as_ptr(), table.get().ty().element);
        let [slot, _] = store.core().slots_of_val(&Val::Ref(init), ValType::Ref(element))?;
        store.core_mut().table_grow(at, slot, delta).ok_or(Misuse::CannotGrow)
    }
}

impl Global {
    /// A global of the host's.
    ///
    /// # Errors
    /// When the value doesn't fit the type.
    pub fn new(mut store: impl AsContextMut, ty: GlobalType, value: Val) -> Result<Self, Misuse> {
        let mut store = store.as_context_mut();
        let core = store.core_mut();
        let slots = core.host_slots_of_val(&value, ty.content)?;
        Ok(Self { store: core.id, addr: core.new_global(ty, slots) })
    }

    /// The type.
    ///
    /// # Errors
    /// When the handle belongs to another store.
    pub fn ty(self, store: impl AsContext) -> Result<GlobalType, Misuse> {
        Ok(self.resolve(store.as_context().core())?.ty)
    }

    /// The value.
    ///
    /// # Errors
    /// When the handle belongs to another store.
    pub fn get(self, store: impl AsContext) -> Result<Val, Misuse> {
        let store = store.as_context();
        let GlobalInst { ty, at, .. } = *self.resolve(store.core())?;
        let slots = global::read(store.core(), ty, at);
        Ok(store.core().val_of_slots(&slots, ty.content))
    }

    /// Sets the value.
    ///
    /// # Errors
    /// When the global is immutable or the value doesn't fit the type.
    pub fn set(self, mut store: impl AsContextMut, value: Val) -> Result<(), Misuse> {
        let mut store = store.as_context_mut();
        let GlobalInst { ty, at, .. } = *self.resolve(store.core())?;
        if !ty.mutable {
            return Err(Misuse::ImmutableGlobal);
        }
        let slots = store.core().slots_of_val(&value, ty.content)?;
        global::write(store.core_mut(), ty, at, slots);
        Ok(())
    }
}

impl Tag {
    /// A tag of the host's: the values of its exceptions are the parameters of the type.
    ///
    /// # Errors
    /// When the type has results or names a type of a module, or the engine has as many types as
    /// it can tell apart.
    pub fn new(mut store: impl AsContextMut, ty: FuncType) -> Result<Self, Misuse> {
        let mut store = store.as_context_mut();
        if !ty.results.is_empty() {
            return Err(Misuse::TagResults);
        }
        let shape = shape_of(store.engine(), ty)?;
        let core = store.core_mut();
        let addr = core.new_tag(TagInst { type_id: shape.id, ty: shape.ty });
        Ok(Self { store: core.id, addr })
    }

    /// The type: the values of an exception are the parameters.
    ///
    /// # Errors
    /// When the handle belongs to another store.
    pub fn ty(self, store: impl AsContext) -> Result<FuncType, Misuse> {
        Ok((*self.resolve(store.as_context().core())?.ty).clone())
    }
}

impl Instance {
    /// What it exports under this name.
    pub fn get_export(self, mut store: impl AsContextMut, name: &str) -> Option<Extern> {
        let mut store = store.as_context_mut();
        let instance = self.resolve(store.core()).ok()?;
        let desc = instance.get().module.export(name)?;
        let at = instance.as_ptr();
        Some(store.core_mut().export_of(at, desc))
    }

    /// What it exports, in order.
    ///
    /// # Errors
    /// When the handle belongs to another store.
    pub fn exports(self, mut store: impl AsContextMut) -> Result<Vec<(Box<str>, Extern)>, Misuse> {
        let mut store = store.as_context_mut();
        let instance = self.resolve(store.core())?;
        let (at, module) = (instance.as_ptr(), instance.get().module.clone());
        let exports = module.wasm.exports.iter();
        let core = store.core_mut();
        Ok(exports.map(|export| (export.name.clone(), core.export_of(at, export.desc))).collect())
    }

    /// The function that it exports under this name.
    ///
    /// # Errors
    /// When there is none.
    pub fn get_func(self, store: impl AsContextMut, name: &str) -> Result<Func, Misuse> {
        let export = self.get_export(store, name).and_then(Extern::func);
        export.ok_or_else(|| Misuse::UnknownExport(name.into()))
    }

    /// The function that it exports under this name, to be called with values of Rust.
    ///
    /// # Errors
    /// When there is none, or it has another type.
    pub fn get_typed_func<P: WasmParams, R: WasmResults>(
        self,
        mut store: impl AsContextMut,
        name: &str,
    ) -> Result<TypedFunc<P, R>, Misuse> {
        self.get_func(&mut store, name)?.typed(store)
    }

    /// The memory that it exports under this name.
    ///
    /// # Errors
    /// When there is none.
    pub fn get_memory(self, store: impl AsContextMut, name: &str) -> Result<Memory, Misuse> {
        let export = self.get_export(store, name).and_then(Extern::memory);
        export.ok_or_else(|| Misuse::UnknownExport(name.into()))
    }

    /// The table that it exports under this name.
    ///
    /// # Errors
    /// When there is none.
    pub fn get_table(self, store: impl AsContextMut, name: &str) -> Result<Table, Misuse> {
        let export = self.get_export(store, name).and_then(Extern::table);
        export.ok_or_else(|| Misuse::UnknownExport(name.into()))
    }

    /// The global that it exports under this name.
    ///
    /// # Errors
    /// When there is none.
    pub fn get_global(self, store: impl AsContextMut, name: &str) -> Result<Global, Misuse> {
        let export = self.get_export(store, name).and_then(Extern::global);
        export.ok_or_else(|| Misuse::UnknownExport(name.into()))
    }

    /// The memory where the host looks for the guest's buffers: what is exported as `memory`, else
    /// the first.
    ///
    /// # Errors
    /// When the handle belongs to another store, or there is no memory.
    pub fn memory(self, store: impl AsContext) -> Result<Memory, Misuse> {
        let store = store.as_context();
        let instance = self.resolve(store.core())?.get();
        let memory = instance.module.host_memory.map(|memory| instance.memories[memory.to_usize()]);
        let memory = memory.ok_or_else(|| Misuse::UnknownExport("memory".into()))?;
        Ok(Memory { store: self.store, addr: object::resolve(store.core(), memory).addr })
    }
}

impl Extern {
    /// The type, with present sizes as minima.
    ///
    /// # Errors
    /// When the handle belongs to another store.
    pub fn ty(self, store: impl AsContext) -> Result<ExternType, Misuse> {
        Ok(match self {
            Self::Func(func) => ExternType::Func(func.ty(store)?),
            Self::Table(table) => ExternType::Table(table.ty(store)?),
            Self::Memory(memory) => ExternType::Memory(memory.ty(store)?),
            Self::Global(global) => ExternType::Global(global.ty(store)?),
            Self::Tag(tag) => ExternType::Tag(tag.ty(store)?),
        })
    }
}

impl StoreInner {
    /// The handle of what an instance exports.
    fn export_of(&mut self, instance: NonNull<InstanceInst>, desc: ExportDesc) -> Extern {
        let store = self.id;
        match desc {
            ExportDesc::Func(idx) => {
                let func = self.func_ref(instance, idx);
                Extern::Func(Func { store, addr: object::resolve(self, func).addr })
            }
            ExportDesc::Table(idx) => {
                let table = object::resolve(self, instance).tables[idx.to_usize()];
                Extern::Table(Table { store, addr: object::resolve(self, table).addr })
            }
            ExportDesc::Memory(idx) => {
                let memory = object::resolve(self, instance).memories[idx.to_usize()];
                Extern::Memory(Memory { store, addr: object::resolve(self, memory).addr })
            }
            ExportDesc::Global(idx) => {
                Extern::Global(Global { store, addr: self.global_ref(instance, idx) })
            }
            ExportDesc::Tag(idx) => {
                let addr = object::resolve(self, instance).tags[idx.to_usize()];
                Extern::Tag(Tag { store, addr })
            }
        }
    }
}
