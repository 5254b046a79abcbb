//! Modules, decoded and validated, with what instantiation and translation would otherwise work
//! out again and again.

use std::collections::HashMap;
use std::convert::Infallible;
use std::fmt;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::code::table::CodeTable;
use super::code::{CallShape, CodeListing, slots_of};
use super::engine::{Engine, Translation};
use super::error::LoadError;
use super::heap::types::{ObjectType, TypeTable};
use super::link::ExternType;
use super::translate;
use crate::decoder;
use crate::parallel;
use crate::validator::{self, Valid};
use crate::wasm::module::{ExportDesc, ImportDesc};
use crate::wasm::subtyping::{
    TypeId, TypeRegistry, canonicalise_global, canonicalise_table, canonicalise_val,
};
use crate::wasm::{
    self, CompositeType, FuncIdx, FuncType, GlobalIdx, GlobalType, Index, MemIdx, TableType,
    TypeIdx, ValType,
};

/// A validated module, ready to be instantiated any number of times, in any store of its engine.
/// Cloning it is cheap.
///
/// ```
/// use serverless_wasm::interp::{Engine, Module};
///
/// let engine = Engine::default();
/// let text = r#"(module (func (export "f") (param i32) (result i64) i64.const 7))"#;
/// let module = Module::new(&engine, &wat::parse_str(text)?)?;
/// let (name, ty) = module.exports().next().expect("there is one");
/// assert_eq!((name, ty.to_string()), ("f", "func [i32] -> [i64]".to_owned()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Module {
    pub(crate) inner: Arc<ModuleInner>,
}

/// What a [`Module`] shares.
pub(crate) struct ModuleInner {
    /// What was decoded and validated.
    pub(crate) wasm: Valid<wasm::Module>,
    /// The engine it belongs to.
    pub(crate) engine: Engine,
    /// Its functions as our own code, as far as they are translated.
    pub(crate) code: CodeTable,
    /// The canonical type of each type.
    pub(crate) type_ids: Box<[TypeId]>,
    /// Where each global stands in the `Context`.
    pub(crate) globals: Box<[GlobalSlot]>,
    /// What heaps know of its types; empty when it has none of objects.
    pub(crate) heap_types: TypeTable,
    /// Words for globals behind the header of a `Context`.
    pub(crate) global_words: u32,
    /// Each type as a function type; none where it is none.
    funcs: Box<[Option<FuncShape>]>,
    /// What each name exports.
    exports: HashMap<Box<str>, ExportDesc>,
    /// Where the host looks for a guest's buffers, when there is a memory.
    pub(crate) host_memory: Option<MemIdx>,
}

/// Where a global stands in the `Context`: a word behind its header.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum GlobalSlot {
    /// The word holds the value (two words for a v128).
    Own(u32),
    /// The word holds the value's address.
    Imported(u32),
}

/// A function type with all that a `FuncInst` says of it.
#[derive(Clone, Debug)]
pub(crate) struct FuncShape {
    /// The canonical type.
    pub(crate) id: u32,
    /// Its canonical supertypes, the nearest first.
    pub(crate) supertypes: Box<[u32]>,
    /// Parameters and results, with canonical type indices.
    pub(crate) ty: Arc<FuncType>,
    /// Their slots.
    pub(crate) shape: CallShape,
}

impl Module {
    /// Decodes and validates a module in the binary format.
    ///
    /// # Errors
    /// When the bytes are no module, or the module is not valid.
    pub fn new(engine: &Engine, bytes: &[u8]) -> Result<Self, LoadError> {
        let module = decoder::decode(bytes, engine.limits(), engine.features())?;
        let wasm = validator::validate_on(engine.threads(), module, engine.registry())?;
        Ok(Self::of_valid(engine, wasm))
    }

    /// Reads, decodes and validates a module in the binary format.
    ///
    /// # Errors
    /// As [`Module::new`], and when the file can't be read.
    pub fn from_file(engine: &Engine, path: impl AsRef<Path>) -> Result<Self, LoadError> {
        Self::new(engine, &fs::read(path)?)
    }

    fn of_valid(engine: &Engine, wasm: Valid<wasm::Module>) -> Self {
        let module = Self { inner: Arc::new(ModuleInner::new(engine.clone(), wasm)) };
        if engine.translation() == Translation::Eager {
            module.translate();
        }
        module
    }

    /// Translates every function that has not been translated, so that its first call is as fast
    /// as any other.
    pub fn translate(&self) {
        let wasm = &self.inner.wasm;
        let threads = self.inner.engine.threads().for_code(wasm.code_size());
        let translate = |(): &mut (), defined| {
            translate::translate_function(&self.inner, defined);
            Ok::<_, Infallible>(())
        };
        let Ok(()) = parallel::for_each(threads, wasm.bodies.len(), || (), translate);
    }

    /// Our own code of a function as text, one line an op; none when the function is imported.
    ///
    /// ```
    /// use serverless_wasm::interp::{Engine, Module};
    /// use serverless_wasm::wasm::FuncIdx;
    ///
    /// let module = Module::new(&Engine::default(), &wat::parse_str(
    ///     "(func (param i32) (result i32) local.get 0 i32.const 1 i32.add)",
    /// )?)?;
    /// let code = module.code_listing(FuncIdx(0)).expect("the module defines it");
    /// assert_eq!(code.ops[1].text, "i32.add l0 1 acc");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn code_listing(&self, func: FuncIdx) -> Option<CodeListing> {
        let defined = func.to_usize().checked_sub(self.inner.wasm.imported_funcs())?;
        let exists = defined < self.inner.wasm.bodies.len();
        exists.then(|| translate::listing(&self.inner, defined))
    }

    /// The engine it belongs to.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.inner.engine
    }

    /// What was decoded and validated.
    #[must_use]
    pub fn wasm(&self) -> &Valid<wasm::Module> {
        &self.inner.wasm
    }

    /// The exports in order: name and type.
    pub fn exports(&self) -> impl ExactSizeIterator<Item = (&str, ExternType)> {
        self.inner.wasm.exports.iter().map(|export| {
            let ty = self.inner.export_type(export.desc);
            (&*export.name, ty)
        })
    }

    /// The type of an export.
    #[must_use]
    pub fn export(&self, name: &str) -> Option<ExternType> {
        self.inner.export(name).map(|desc| self.inner.export_type(desc))
    }

    /// The imports in order: both halves of the name, and the type.
    pub fn imports(&self) -> impl ExactSizeIterator<Item = (&str, &str, ExternType)> {
        self.inner
            .wasm
            .imports
            .iter()
            .map(|import| (&*import.module, &*import.name, self.inner.import_type(import.desc)))
    }
}

impl fmt::Debug for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Module")
            .field("name", &self.inner.wasm.names.module)
            .finish_non_exhaustive()
    }
}

impl ModuleInner {
    fn new(engine: Engine, wasm: Valid<wasm::Module>) -> Self {
        let type_ids: Box<[TypeId]> = wasm.type_ids().into();
        let funcs = {
            let types = engine.types();
            type_ids.iter().map(|&id| FuncShape::of(&types, id)).collect::<Box<[_]>>()
        };
        let has_objects =
            wasm.types.iter().any(|ty| !matches!(ty.composite, CompositeType::Func(_)));
        let heap_types =
            if has_objects { engine.heap_types(&type_ids) } else { TypeTable::default() };
        let (globals, global_words) = lay_out_globals(&wasm);
        let exports: HashMap<_, _> =
            wasm.exports.iter().map(|export| (export.name.clone(), export.desc)).collect();
        let host_memory = match exports.get("memory") {
            Some(&ExportDesc::Memory(memory)) => Some(memory),
            _ => (!wasm.memories.is_empty()).then_some(MemIdx(0)),
        };
        let code = CodeTable::new(engine.backend(), wasm.bodies.len());
        Self {
            wasm,
            engine,
            code,
            type_ids,
            globals,
            heap_types,
            global_words,
            funcs,
            exports,
            host_memory,
        }
    }

    /// What a name exports.
    pub(crate) fn export(&self, name: &str) -> Option<ExportDesc> {
        self.exports.get(name).copied()
    }

    /// A type that a function, tag or import of the module has.
    pub(crate) fn func_shape(&self, ty: TypeIdx) -> &FuncShape {
        self.funcs[ty.to_usize()].as_ref().expect("validated: functions have function types")
    }

    /// A type of the module as a canonical one.
    pub(crate) fn canonical(&self, ty: ValType) -> ValType {
        canonicalise_val(ty, &self.type_ids)
    }

    /// A type of objects that the module has.
    pub(crate) fn heap_type(&self, ty: TypeIdx) -> &ObjectType {
        let entry = &self.heap_types[self.type_ids[ty.to_usize()].0 as usize];
        entry.get().expect("validated: the type is one of structures or arrays")
    }

    /// The canonical type of a global.
    pub(crate) fn global_type(&self, global: GlobalIdx) -> GlobalType {
        canonicalise_global(self.wasm.globals[global].ty, &self.type_ids)
    }

    /// A table type of the module as a canonical one.
    pub(crate) fn table_type(&self, ty: TableType) -> TableType {
        canonicalise_table(ty, &self.type_ids)
    }

    /// The canonical type of an import.
    pub(crate) fn import_type(&self, desc: ImportDesc) -> ExternType {
        match desc {
            ImportDesc::Func(ty) => ExternType::Func((*self.func_shape(ty).ty).clone()),
            ImportDesc::Table(ty) => ExternType::Table(self.table_type(ty)),
            ImportDesc::Memory(ty) => ExternType::Memory(ty),
            ImportDesc::Global(ty) => ExternType::Global(canonicalise_global(ty, &self.type_ids)),
            ImportDesc::Tag(ty) => ExternType::Tag((*self.func_shape(ty).ty).clone()),
        }
    }

    /// The canonical type of an export.
    fn export_type(&self, desc: ExportDesc) -> ExternType {
        let wasm = &self.wasm;
        let func = |ty| (*self.func_shape(ty).ty).clone();
        match desc {
            ExportDesc::Func(idx) => ExternType::Func(func(wasm.funcs[idx])),
            ExportDesc::Table(idx) => ExternType::Table(self.table_type(wasm.tables[idx].ty)),
            ExportDesc::Memory(idx) => ExternType::Memory(wasm.memories[idx]),
            ExportDesc::Global(idx) => ExternType::Global(self.global_type(idx)),
            ExportDesc::Tag(idx) => ExternType::Tag(func(wasm.tags[idx])),
        }
    }

    /// The reactor's initialiser: an export `_initialize` that takes and gives nothing.
    pub(crate) fn initialiser(&self) -> Option<FuncIdx> {
        match self.export("_initialize") {
            Some(ExportDesc::Func(func)) => {
                let ty = &self.func_shape(self.wasm.funcs[func]).ty;
                (ty.params.is_empty() && ty.results.is_empty()).then_some(func)
            }
            _ => None,
        }
    }
}

impl FuncShape {
    /// The function type of this id; none when it is no function type.
    pub(crate) fn of(types: &TypeRegistry, id: TypeId) -> Option<Self> {
        let definition = types.sub_type(id);
        let CompositeType::Func(ty) = &definition.composite else { return None };
        let mut supertypes = Vec::new();
        let mut above = definition.supertypes.first();
        while let Some(&sup) = above {
            supertypes.push(sup.0);
            above = types.sub_type(TypeId(sup.0)).supertypes.first();
        }
        let shape = CallShape::of(ty);
        Some(Self { id: id.0, supertypes: supertypes.into(), ty: Arc::new(ty.clone()), shape })
    }
}

/// Own globals take the words that their type needs, imported ones a word for the address.
fn lay_out_globals(wasm: &wasm::Module) -> (Box<[GlobalSlot]>, u32) {
    let mut words = 0;
    let slots = wasm.globals.iter().map(|global| {
        let slot = match global.init {
            Some(_) => GlobalSlot::Own(words),
            None => GlobalSlot::Imported(words),
        };
        words += if global.init.is_some() { slots_of(global.ty.content) } else { 1 };
        slot
    });
    (slots.collect(), words)
}
