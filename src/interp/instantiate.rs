//! Instantiation: imports meet the module, objects are made, segments are written, the start
//! function runs.
//!
//! Spec: exec/modules#instantiation

use std::fmt;
use std::ptr::NonNull;
use std::sync::Arc;

use super::activation::{self, Activation};
use super::caller::{AsContextMut, StoreContextMut};
use super::constant;
use super::error::{InstantiateError, Misuse};
use super::func::Definition;
use super::handles::Instance;
use super::image;
use super::limits::{LimitExceeded, StoreLimits};
use super::link::{Extern, Unlinkable};
use super::module::{GlobalSlot, Module, ModuleInner};
use super::store::context::ContextBox;
use super::store::func::FuncInst;
use super::store::global;
use super::store::instance::InstanceInst;
use super::store::memory::MemoryInst;
use super::store::object::{self, Object};
use super::store::pool::MemoryPool;
use super::store::segment::{DataInst, ElemInst};
use super::store::table::TableInst;
use super::store::tag::TagInst;
use super::store::{Store, StoreInner};
use crate::wasm::module::{self, DataMode, ElemItems, ElemMode, ImportDesc};
use crate::wasm::{DataIdx, ElemIdx, Index, MemoryType, TypeIdx};

/// A module whose imports are resolved: instances are made from it. It can be shared by threads.
///
/// ```
/// use serverless_wasm::interp::{Engine, Linker, Module, Store};
///
/// let engine = Engine::default();
/// let text = r#"(module (memory (export "memory") 1) (data (i32.const 0) "hi"))"#;
/// let module = Module::new(&engine, &wat::parse_str(text)?)?;
/// let pre = Linker::new(&engine).instantiate_pre(&module)?;
/// for request in ["one", "two"] {
///     let mut store = Store::new(&engine, request);
///     let instance = pre.instantiate(&mut store)?;
///     assert_eq!(&instance.memory(&store)?.data(&store)?[..2], b"hi");
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct InstancePre<T: 'static> {
    inner: Arc<Inner<T>>,
}

struct Inner<T: 'static> {
    module: Module,
    imports: Box<[Import<T>]>,
    /// Bytes of memory and elements of tables that an instance has at its start.
    needs: (u64, u64),
    /// Where memory 0 comes from, when it is the instance's own.
    pool: Option<Arc<MemoryPool>>,
}

/// What satisfies an import.
pub(super) enum Import<T: 'static> {
    /// Something in a store, of whatever type.
    Extern(Extern),
    /// A function of the host's that has the type.
    Func(Definition<T>),
    /// A memory of this type, to be made.
    Memory(MemoryType),
}

impl<T: 'static> Clone for InstancePre<T> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

impl<T: 'static> fmt::Debug for InstancePre<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstancePre").field("module", &self.inner.module).finish_non_exhaustive()
    }
}

impl<T: 'static> InstancePre<T> {
    pub(super) fn new(module: Module, imports: Box<[Import<T>]>) -> Self {
        let needs = needs(&module.inner, &imports);
        let pool = pool(&module.inner, &imports).map(Arc::new);
        Self { inner: Arc::new(Inner { module, imports, needs, pool }) }
    }

    /// The module.
    #[must_use]
    pub fn module(&self) -> &Module {
        &self.inner.module
    }

    /// Whether a store of these limits has room for an instance at its start.
    ///
    /// # Errors
    /// When memories or tables declare more.
    pub fn check_limits(&self, limits: &StoreLimits) -> Result<(), LimitExceeded> {
        let (memory, elements) = self.inner.needs;
        limits.check(memory, elements)
    }

    /// Makes an instance: writes active segments, calls the start function and `_initialize`. A
    /// host function that would have to wait is a trap.
    ///
    /// # Errors
    /// When an import in the store doesn't fit, the store's limits are too small, or what runs
    /// traps. What was written into imported memories and tables until then stays.
    pub fn instantiate(&self, store: &mut Store<T>) -> Result<Instance, InstantiateError> {
        let mut store = store.as_context_mut();
        let (instance, then) = self.prepare(&mut store)?;
        for func in then.into_iter().flatten() {
            activation::call(&mut store.erase(), func, |_, _| Ok(()), |_, _| ())?;
        }
        Ok(instance)
    }

    /// The same as an activation that is yet to run: the start function and `_initialize` may wait.
    /// Its [`instance`](Activation::instance) is complete when it is done.
    ///
    /// # Errors
    /// As [`instantiate`](Self::instantiate), but for what runs.
    pub fn start(&self, store: &mut Store<T>) -> Result<Activation, InstantiateError> {
        let mut store = store.as_context_mut();
        let (instance, then) = self.prepare(&mut store)?;
        Ok(Activation::of_instance(store.core_mut(), instance, then))
    }

    /// All but the calls: the start function and `_initialize`.
    fn prepare(&self, store: &mut StoreContextMut<'_, T>) -> Result<Prepared, InstantiateError> {
        let module = &self.inner.module.inner;
        if !module.engine.is_same(store.engine()) {
            return Err(Misuse::ForeignEngine.into());
        }
        let (memory, elements) = self.inner.needs;
        store.core().check_room(memory, elements)?;
        let imports = self.imports(store)?;
        let core = store.core_mut();
        let pool = self.inner.pool.as_ref();
        let (instance, at) = allocate(core, module, imports, pool)?;
        let data = match pool {
            Some(pool) if pool.holds_data() => Data::InPlace,
            Some(_) | None => Data::ToWrite,
        };
        let initialised = initialise(core, module, at, data);
        core.temporaries.clear();
        initialised?;
        let start = module.wasm.start.map(|start| start.func);
        let then = [start, module.initialiser()];
        let then = then.map(|func| func.map(|func| core.func_ref(at, func)));
        Ok((instance, then))
    }

    /// The imports in this store, checked.
    fn imports(&self, store: &mut StoreContextMut<'_, T>) -> Result<Imports, InstantiateError> {
        let Inner { module, imports, pool, .. } = &*self.inner;
        let funcs = Vec::with_capacity(imports.len());
        let mut resolved = Imports { funcs, ..Imports::default() };
        for (import, wanted) in imports.iter().zip(&module.inner.wasm.imports) {
            let found = match import {
                Import::Extern(found) => {
                    check(store, &module.inner, *found, wanted)?;
                    *found
                }
                Import::Func(definition) => {
                    Extern::Func(definition.define(store.as_context_mut())?)
                }
                Import::Memory(ty) => {
                    let core = store.core_mut();
                    let memory = match pool {
                        Some(pool) if resolved.memories.is_empty() => core.pooled_memory(pool)?,
                        Some(_) | None => core.new_memory(*ty)?,
                    };
                    resolved.memories.push(memory);
                    continue;
                }
            };
            resolved.push(store.core(), found)?;
        }
        Ok(resolved)
    }
}

/// Bytes of memory and elements of tables that an instance has at its start.
fn needs<T>(module: &ModuleInner, imports: &[Import<T>]) -> (u64, u64) {
    let wasm = &module.wasm;
    let count = |wanted: fn(&ImportDesc) -> bool| {
        wasm.imports.iter().filter(|import| wanted(&import.desc)).count()
    };
    let imported_memories = count(|desc| matches!(desc, ImportDesc::Memory(_)));
    let imported_tables = count(|desc| matches!(desc, ImportDesc::Table(_)));
    let on_demand = imports.iter().filter_map(|import| match import {
        Import::Memory(ty) => Some(ty),
        Import::Extern(_) | Import::Func(_) => None,
    });
    let memories = wasm.memories.iter().skip(imported_memories).chain(on_demand);
    let tables = wasm.tables.iter().skip(imported_tables);
    let sum = |sizes: &mut dyn Iterator<Item = u64>| sizes.fold(0, u64::saturating_add);
    (sum(&mut memories.map(|ty| ty.min_bytes())), sum(&mut tables.map(|table| table.ty.limits.min)))
}

/// The pool of memory 0, when there is one that no other instance has.
fn pool<T>(module: &ModuleInner, imports: &[Import<T>]) -> Option<MemoryPool> {
    let ty = module.wasm.memories.iter().next().copied().filter(|ty| !ty.shared)?;
    let mut imported = module.wasm.imports.iter().zip(imports);
    let imported = imported.find(|(import, _)| matches!(import.desc, ImportDesc::Memory(_)));
    match imported {
        None | Some((_, Import::Memory(_))) => {
            Some(MemoryPool::new(ty, image::image(module), module.engine.pool()))
        }
        Some((_, Import::Extern(_) | Import::Func(_))) => None,
    }
}

/// The instance, and what is to be called in it.
type Prepared = (Instance, [Option<NonNull<FuncInst>>; 2]);

/// Imports by kind.
#[derive(Default)]
struct Imports {
    funcs: Vec<NonNull<FuncInst>>,
    tables: Vec<NonNull<TableInst>>,
    memories: Vec<NonNull<MemoryInst>>,
    /// Where the values stand.
    globals: Vec<NonNull<u64>>,
    tags: Vec<u32>,
}

impl Imports {
    fn push(&mut self, store: &StoreInner, found: Extern) -> Result<(), Misuse> {
        match found {
            Extern::Func(func) => self.funcs.push(func.resolve(store)?),
            Extern::Table(table) => self.tables.push(table.resolve(store)?.as_ptr()),
            Extern::Memory(memory) => self.memories.push(memory.resolve(store)?.as_ptr()),
            Extern::Global(global) => self.globals.push(global.resolve(store)?.at),
            Extern::Tag(tag) => {
                tag.resolve(store)?;
                self.tags.push(tag.addr);
            }
        }
        Ok(())
    }
}

/// What is in the store must fit the import. Spec: valid/matching#external-types
fn check<T>(
    store: &StoreContextMut<'_, T>,
    module: &ModuleInner,
    found: Extern,
    import: &module::Import,
) -> Result<(), InstantiateError> {
    let core = store.core();
    let wanted_id = |ty: TypeIdx| module.func_shape(ty).id;
    let fits = match (found, import.desc) {
        (Extern::Func(func), ImportDesc::Func(ty)) => {
            let func = func.inst(core)?;
            func.type_id == wanted_id(ty) || func.supertypes.contains(&wanted_id(ty))
        }
        (Extern::Tag(tag), ImportDesc::Tag(ty)) => tag.resolve(core)?.type_id == wanted_id(ty),
        (found, desc) => found.ty(store)?.fits(&module.import_type(desc), &core.engine.types()),
    };
    if fits {
        return Ok(());
    }
    let wanted = module.import_type(import.desc);
    Err(Unlinkable::new(&import.module, &import.name, wanted, Some(found.ty(store)?)).into())
}

/// Makes the instance and its objects. Spec: exec/modules#alloc-module
fn allocate(
    core: &mut StoreInner,
    module: &Arc<ModuleInner>,
    imports: Imports,
    pool: Option<&Arc<MemoryPool>>,
) -> Result<(Instance, NonNull<InstanceInst>), InstantiateError> {
    let wasm = &module.wasm;
    let Imports { funcs, mut tables, mut memories, globals, mut tags } = imports;
    for &ty in &wasm.memories.as_slice()[memories.len()..] {
        memories.push(match pool {
            Some(pool) if memories.is_empty() => core.pooled_memory(pool)?,
            Some(_) | None => core.new_memory(ty)?,
        });
    }
    for table in &wasm.tables.as_slice()[tables.len()..] {
        tables.push(core.new_table(module.table_type(table.ty), 0)?);
    }
    for &ty in &wasm.tags.as_slice()[tags.len()..] {
        let shape = module.func_shape(ty);
        tags.push(core.new_tag(TagInst { type_id: shape.id, ty: Arc::clone(&shape.ty) }));
    }
    core.heap.get_mut().adopt(&module.heap_types);
    let memory0 = memories.first().map(|&memory| object::resolve(core, memory).base);
    let addr = u32::try_from(core.instances.len()).expect("instances take memory, which ends");
    let mut instance = Object::new(InstanceInst {
        addr,
        module: Arc::clone(module),
        context: ContextBox::new(module.global_words as usize),
        imports: funcs.into(),
        tables: tables.into(),
        memories: memories.into(),
        tags: tags.into(),
        funcs: Box::default(),
        globals: Box::default(),
        elems: wasm.elems.iter().map(|_| ElemInst::Dropped).collect(),
        datas: vec![DataInst::Live; wasm.datas.len()].into(),
    });
    InstanceInst::fill_context(&mut instance, core.this, core.heap.as_ptr(), memory0);
    let at = instance.as_ptr();
    core.instances.push(instance);
    let words = module.globals.iter().filter_map(|slot| match slot {
        GlobalSlot::Imported(word) => Some(*word),
        GlobalSlot::Own(_) => None,
    });
    for (word, value) in words.zip(globals) {
        let holder = object::resolve(core, at).context.global(word as usize);
        *object::resolve_mut(core, holder) = value.as_ptr().expose_provenance() as u64;
    }
    Ok((Instance { store: core.id, addr }, at))
}

/// Whether active data segments are written yet.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Data {
    /// The memory came with them.
    InPlace,
    /// None is.
    ToWrite,
}

/// Evaluates constant expressions, then writes active segments. What is written stays when a later
/// one traps. Spec: exec/modules#instantiation
fn initialise(
    core: &mut StoreInner,
    module: &ModuleInner,
    at: NonNull<InstanceInst>,
    data: Data,
) -> Result<(), InstantiateError> {
    let wasm = &module.wasm;
    for (idx, own) in wasm.globals.enumerate() {
        if let Some(init) = &own.init {
            let value = constant::evaluate(core, module, at, init)?;
            let place = InstanceInst::global_at(core, at, idx);
            global::write(core, own.ty, place, value);
        }
    }
    for (idx, table) in wasm.tables.enumerate() {
        if let Some(init) = &table.init {
            let [value, _] = constant::evaluate(core, module, at, init)?;
            let table = object::resolve(core, at).tables[idx.to_usize()];
            object::resolve_mut(core, table).slots_mut().fill(value);
        }
    }
    for (idx, elem) in wasm.elems.enumerate() {
        let value = match (&elem.items, &elem.mode) {
            (_, ElemMode::Declarative) => ElemInst::Dropped,
            (ElemItems::Funcs(_), _) => ElemInst::Funcs,
            (ElemItems::Exprs(exprs), _) => {
                let value = |init| constant::evaluate(core, module, at, init).map(|[slot, _]| slot);
                ElemInst::Slots(exprs.iter().map(value).collect::<Result<_, _>>()?)
            }
        };
        object::resolve_mut(core, at).elems[idx.to_usize()] = value;
    }
    for (idx, _) in wasm.elems.enumerate() {
        write_elem(core, module, at, idx)?;
    }
    for (idx, _) in wasm.datas.enumerate() {
        write_data(core, module, at, idx, data)?;
    }
    Ok(())
}

/// Spec: exec/modules#instantiation (aux-runelem)
fn write_elem(
    core: &mut StoreInner,
    module: &ModuleInner,
    at: NonNull<InstanceInst>,
    idx: ElemIdx,
) -> Result<(), InstantiateError> {
    let elem = &module.wasm.elems[idx];
    let ElemMode::Active { table, offset } = &elem.mode else { return Ok(()) };
    let [offset, _] = constant::evaluate(core, module, at, offset)?;
    core.table_init(at, *table, idx, offset, 0, elem.items.len() as u64)?;
    core.elem_drop(at, idx);
    Ok(())
}

/// Spec: exec/modules#instantiation (aux-rundata)
fn write_data(
    core: &mut StoreInner,
    module: &ModuleInner,
    at: NonNull<InstanceInst>,
    idx: DataIdx,
    written: Data,
) -> Result<(), InstantiateError> {
    let data = &module.wasm.datas[idx];
    let DataMode::Active { memory, offset } = &data.mode else { return Ok(()) };
    if written == Data::ToWrite {
        let [offset, _] = constant::evaluate(core, module, at, offset)?;
        core.memory_init(at, *memory, idx, offset, 0, data.bytes.len() as u64)?;
    }
    core.data_drop(at, idx);
    Ok(())
}
