//! Module → [`Valid`] module, or [`Invalid`].
//!
//! Validation says yes once, for the whole module, before anything runs: whoever holds a
//! `Valid<Module>` may trust every index and every type in it. The rules of the module stand here
//! in the specification's order; types are `types`', constant expressions `constant`'s,
//! and bodies `instruction`'s. Nothing is executed here.
//!
//! Spec: valid/modules, appendix/algorithm

mod aggregate;
mod call;
mod constant;
mod context;
mod control;
mod countable;
mod exception;
mod instruction;
mod invalid;
mod memory;
mod operand;
mod reference;
mod simd;
mod stacks;
mod table;
mod types;
mod variable;

use std::collections::HashSet;
use std::error;
use std::fmt;
use std::ops::Deref;
use std::sync::RwLock;

use self::constant::Constants;
use self::context::Context;
pub use self::countable::Countable;
use self::instruction::{FuncSet, FuncValidator, References};
use self::invalid::Result;
pub use self::invalid::{Definition, Invalid, InvalidKind, Role, Space, SubtypeReason};
pub use self::operand::OperandType;
use self::table::address;
use crate::decoder::Malformed;
use crate::parallel::{self, Threads};
use crate::wasm::module::{
    Data, DataMode, Elem, ElemItems, ElemMode, Export, ExportDesc, Global, ImportDesc, Start, Table,
};
use crate::wasm::{
    AddrType, Feature, FuncIdx, HeapType, Index, MemoryType, Module, PageSize, RefType, SizeLimits,
    TypeId, TypeIdx, TypeRegistry,
};

/// What passed validation. Only [`validate`] makes one, and nothing changes what is inside.
#[derive(Clone, Debug)]
pub struct Valid<M> {
    inner: M,
    type_ids: Box<[TypeId]>,
}

impl<M> Valid<M> {
    /// The canonical type of each type of the module.
    #[must_use]
    pub fn type_ids(&self) -> &[TypeId] {
        &self.type_ids
    }
}

impl<M> Deref for Valid<M> {
    type Target = M;
    fn deref(&self) -> &M {
        &self.inner
    }
}

/// Why a module was refused.
#[derive(Debug)]
pub enum Error {
    /// The bytes of a body are no instructions: bodies are decoded while they are validated.
    Malformed(Malformed),
    /// A rule of validation is broken.
    Invalid(Invalid),
}

/// Validates a module under the features and limits that it was decoded with.
///
/// Its types become part of the registry, which says afterwards which types of which modules are
/// equal.
///
/// # Errors
/// The first error of the types, of the module's own rules, then of the bodies in order.
pub fn validate(module: Module, types: &RwLock<TypeRegistry>) -> Result<Valid<Module>, Error> {
    validate_on(Threads::ONE, module, types)
}

/// As [`validate`], with the bodies split over threads when there is enough of them.
///
/// # Errors
/// The same ones, on any number of threads.
pub fn validate_on(
    threads: Threads,
    module: Module,
    types: &RwLock<TypeRegistry>,
) -> Result<Valid<Module>, Error> {
    let type_ids = types::validate(&module, &module.limits, types)?;
    let context = Context::new(&module, &type_ids);
    let declared = Rules { module: &module, context: &context }.check()?;
    let imported = module.imported_funcs();
    let bodies = &module.bodies;
    parallel::for_each(
        threads.for_code(module.code_size()),
        bodies.len(),
        || FuncValidator::new(&context, References::Declared(&declared)),
        |validator, position| {
            validator.function(FuncIdx::from_usize(imported + position), &bodies[position])
        },
    )?;
    Ok(Valid { inner: module, type_ids })
}

/// The rules of all of a module but its bodies.
struct Rules<'m> {
    module: &'m Module,
    context: &'m Context<'m>,
}

impl<'m> Rules<'m> {
    /// Answers the functions that bodies may refer to. Spec: valid/modules#valid-module
    fn check(&self) -> Result<FuncSet, Error> {
        let module = self.module;
        module.funcs.iter().try_for_each(|&ty| self.context.func_type(ty).map(drop))?;
        module.tags.iter().try_for_each(|&ty| self.tag(ty))?;
        module.memories.iter().try_for_each(|&ty| memory(ty))?;
        if module.memories.len() > 1 && !module.features.has(Feature::MultiMemory) {
            return Err(Invalid::new(InvalidKind::MultipleMemories).into());
        }
        let imported = |is: fn(&ImportDesc) -> bool| {
            module.imports.iter().filter(|import| is(&import.desc)).count()
        };
        let tables = imported(|desc| matches!(desc, ImportDesc::Table(_)));
        let globals = imported(|desc| matches!(desc, ImportDesc::Global(_)));
        let mut constants = Constants::new(self.context);
        constants.show_globals(globals);
        for (idx, table) in module.tables.enumerate() {
            let origin = if idx.to_usize() < tables { Origin::Import } else { Origin::Module };
            located(self.table(table, origin, &mut constants), table.offset)?;
        }
        for (idx, global) in module.globals.enumerate() {
            constants.show_globals(idx.to_usize());
            located(self.global(global, &mut constants), global.offset)?;
        }
        constants.show_globals(module.globals.len());
        for elem in module.elems.iter() {
            located(self.elem(elem, &mut constants), elem.offset)?;
        }
        for data in module.datas.iter() {
            located(self.data(data, &mut constants), data.offset)?;
        }
        let mut names = HashSet::with_capacity(module.exports.len());
        for export in &module.exports {
            located(self.export(export, &mut names, &mut constants), export.offset)?;
        }
        if let Some(start) = module.start {
            self.start(start).map_err(|error| error.at(start.offset))?;
        }
        Ok(constants.into_declared())
    }

    /// Spec: valid/types#tag-types
    fn tag(&self, ty: TypeIdx) -> Result<()> {
        if self.context.func_type(ty)?.results.is_empty() {
            return Ok(());
        }
        Err(Invalid::new(InvalidKind::TagResults { ty }))
    }

    /// Spec: valid/modules#tables
    fn table(
        &self,
        table: &Table,
        origin: Origin,
        constants: &mut Constants<'m>,
    ) -> Result<(), Error> {
        self.context.check_heap_type(table.ty.element.heap)?;
        let limit = match table.ty.addr {
            AddrType::I32 => u64::from(u32::MAX),
            AddrType::I64 => u64::MAX,
        };
        sizes(table.ty.limits, limit, |elements| InvalidKind::TableSize { elements, limit })?;
        let element = table.ty.element;
        match &table.init {
            Some(init) => constants.check(init, OperandType::reference(element)),
            None if element.nullable || origin == Origin::Import => Ok(()),
            None => Err(Invalid::new(InvalidKind::TableWithoutInit { element }).into()),
        }
    }

    /// Spec: valid/modules#globals
    fn global(&self, global: &Global, constants: &mut Constants<'m>) -> Result<(), Error> {
        self.context.check_val_type(global.ty.content)?;
        match &global.init {
            Some(init) => constants.check(init, OperandType::new(global.ty.content)),
            None => Ok(()),
        }
    }

    /// Spec: valid/modules#element-segments
    fn elem(&self, elem: &Elem, constants: &mut Constants<'m>) -> Result<(), Error> {
        self.context.check_heap_type(elem.ty.heap)?;
        if let ElemMode::Active { table, offset } = &elem.mode {
            let table = self.context.table(*table)?.ty;
            self.context.check_elements(elem.ty, table.element, Role::SegmentElement)?;
            constants.check(offset, address(table.addr))?;
        }
        match &elem.items {
            ElemItems::Funcs(funcs) => {
                for &func in funcs {
                    let reference = HeapType::Concrete(self.context.func(func)?);
                    let reference = RefType::non_null(reference);
                    self.context.check_elements(reference, elem.ty, Role::SegmentElement)?;
                    constants.declare(func)?;
                }
                Ok(())
            }
            ElemItems::Exprs(exprs) => {
                let element = OperandType::reference(elem.ty);
                exprs.iter().try_for_each(|expr| constants.check(expr, element))
            }
        }
    }

    /// Spec: valid/modules#data-segments
    fn data(&self, data: &Data, constants: &mut Constants<'m>) -> Result<(), Error> {
        match &data.mode {
            DataMode::Passive => Ok(()),
            DataMode::Active { memory, offset } => {
                constants.check(offset, address(self.context.memory(*memory)?.addr))
            }
        }
    }

    /// Spec: valid/modules#exports
    fn export(
        &self,
        export: &'m Export,
        names: &mut HashSet<&'m str>,
        constants: &mut Constants<'m>,
    ) -> Result<(), Error> {
        match export.desc {
            ExportDesc::Func(func) => {
                self.context.func(func)?;
                constants.declare(func)?;
            }
            ExportDesc::Table(table) => drop(self.context.table(table)?),
            ExportDesc::Memory(memory) => drop(self.context.memory(memory)?),
            ExportDesc::Global(global) => drop(self.context.global(global)?),
            ExportDesc::Tag(tag) => drop(self.context.tag(tag)?),
        }
        if names.insert(&export.name) {
            return Ok(());
        }
        let name = export.name.clone();
        Err(Invalid::new(InvalidKind::DuplicateExport { name }).into())
    }

    /// Spec: valid/modules#start-function
    fn start(&self, start: Start) -> Result<()> {
        let ty = self.context.func_type(self.context.func(start.func)?)?;
        if ty.params.is_empty() && ty.results.is_empty() {
            return Ok(());
        }
        Err(Invalid::new(InvalidKind::Start { func: start.func }))
    }
}

/// Who fills a table.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    Import,
    Module,
}

/// Spec: valid/types#memory-types. Of page sizes and shared memories:
/// <https://github.com/WebAssembly/custom-page-sizes>, <https://github.com/WebAssembly/threads>
fn memory(ty: MemoryType) -> Result<()> {
    if ty.page_size != PageSize::STANDARD && ty.page_size != PageSize::BYTE {
        return Err(Invalid::new(InvalidKind::PageSize(ty.page_size)));
    }
    if ty.shared && ty.limits.max.is_none() {
        return Err(Invalid::new(InvalidKind::SharedWithoutMaximum));
    }
    let limit = ty.addressable_pages();
    sizes(ty.limits, limit, |pages| InvalidKind::MemorySize { pages, limit })
}

/// Spec: valid/types#limits
fn sizes(limits: SizeLimits, limit: u64, above: impl Fn(u64) -> InvalidKind) -> Result<()> {
    let SizeLimits { min, max } = limits;
    if let Some(size) = [Some(min), max].into_iter().flatten().find(|&size| size > limit) {
        return Err(Invalid::new(above(size)));
    }
    match max {
        Some(max) if min > max => Err(Invalid::new(InvalidKind::MinimumAboveMaximum { min, max })),
        Some(_) | None => Ok(()),
    }
}

/// What has no closer place is at `offset`.
fn located(result: Result<(), Error>, offset: usize) -> Result<(), Error> {
    result.map_err(|error| match error {
        Error::Invalid(invalid) => Error::Invalid(invalid.at(offset)),
        malformed @ Error::Malformed(_) => malformed,
    })
}

impl From<Invalid> for Error {
    fn from(error: Invalid) -> Self {
        Self::Invalid(error)
    }
}

impl From<Malformed> for Error {
    fn from(error: Malformed) -> Self {
        Self::Malformed(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(error) => error.fmt(f),
            Self::Invalid(error) => error.fmt(f),
        }
    }
}

impl error::Error for Error {}
