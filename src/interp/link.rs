//! What imports ask for and what definitions are: types of externals, whether one fits the other,
//! and the error when it doesn't.
//!
//! Spec: valid/matching#external-types

use std::error::Error;
use std::fmt;

use super::handles::{Global, Memory, Table, Tag};
use crate::wasm::subtyping::{Matching, TypeRegistry, limits_match};
use crate::wasm::{AddrType, Func, FuncType, GlobalType, MemoryType, TableType};

/// What an instance exports, and what satisfies an import: a handle.
///
/// ```
/// use serverless_wasm::interp::{Engine, Linker, Module, Store};
///
/// let engine = Engine::default();
/// let module = Module::new(&engine, &wat::parse_str(r#"(module (memory (export "m") 1))"#)?)?;
/// let mut store = Store::new(&engine, ());
/// let instance = Linker::new(&engine).instantiate(&mut store, &module)?;
/// let external = instance.get_export(&mut store, "m").expect("it exports it");
/// assert!(external.memory().is_some() && external.func().is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Extern {
    /// A function.
    Func(Func),
    /// A table.
    Table(Table),
    /// A memory.
    Memory(Memory),
    /// A global.
    Global(Global),
    /// A tag.
    Tag(Tag),
}

impl Extern {
    /// The function, when it is one.
    #[must_use]
    pub const fn func(self) -> Option<Func> {
        match self {
            Self::Func(func) => Some(func),
            Self::Table(_) | Self::Memory(_) | Self::Global(_) | Self::Tag(_) => None,
        }
    }

    /// The table, when it is one.
    #[must_use]
    pub const fn table(self) -> Option<Table> {
        match self {
            Self::Table(table) => Some(table),
            Self::Func(_) | Self::Memory(_) | Self::Global(_) | Self::Tag(_) => None,
        }
    }

    /// The memory, when it is one.
    #[must_use]
    pub const fn memory(self) -> Option<Memory> {
        match self {
            Self::Memory(memory) => Some(memory),
            Self::Func(_) | Self::Table(_) | Self::Global(_) | Self::Tag(_) => None,
        }
    }

    /// The global, when it is one.
    #[must_use]
    pub const fn global(self) -> Option<Global> {
        match self {
            Self::Global(global) => Some(global),
            Self::Func(_) | Self::Table(_) | Self::Memory(_) | Self::Tag(_) => None,
        }
    }

    /// The tag, when it is one.
    #[must_use]
    pub const fn tag(self) -> Option<Tag> {
        match self {
            Self::Tag(tag) => Some(tag),
            Self::Func(_) | Self::Table(_) | Self::Memory(_) | Self::Global(_) => None,
        }
    }
}

impl From<Func> for Extern {
    fn from(func: Func) -> Self {
        Self::Func(func)
    }
}

impl From<Table> for Extern {
    fn from(table: Table) -> Self {
        Self::Table(table)
    }
}

impl From<Memory> for Extern {
    fn from(memory: Memory) -> Self {
        Self::Memory(memory)
    }
}

impl From<Global> for Extern {
    fn from(global: Global) -> Self {
        Self::Global(global)
    }
}

impl From<Tag> for Extern {
    fn from(tag: Tag) -> Self {
        Self::Tag(tag)
    }
}

/// The type of an import or export. Type indices in it are the engine's, not the module's.
///
/// ```
/// use serverless_wasm::interp::{Engine, ExternType, Module};
///
/// let text = r#"(module (import "env" "log" (func (param i32 i64))))"#;
/// let module = Module::new(&Engine::default(), &wat::parse_str(text)?)?;
/// let (_, name, ty) = module.imports().next().expect("there is one");
/// assert!(matches!(ty, ExternType::Func(_)));
/// assert_eq!(format!("{name}: {ty}"), "log: func [i32 i64] -> []");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum ExternType {
    /// A function.
    Func(FuncType),
    /// A table.
    Table(TableType),
    /// A memory.
    Memory(MemoryType),
    /// A global.
    Global(GlobalType),
    /// A tag: the values of its exceptions are the parameters.
    Tag(FuncType),
}

impl ExternType {
    /// Whether what has this type may stand where `wanted` is asked for. Functions and tags are
    /// compared by their canonical numbers elsewhere, since their structure doesn't say all.
    pub(crate) fn fits(&self, wanted: &Self, types: &TypeRegistry) -> bool {
        match (self, wanted) {
            (Self::Table(found), Self::Table(wanted)) => types.table_matches(found, wanted),
            (Self::Global(found), Self::Global(wanted)) => types.global_matches(*found, *wanted),
            (Self::Memory(found), Self::Memory(wanted)) => {
                let of_one_kind = found.addr == wanted.addr
                    && found.page_size == wanted.page_size
                    && found.shared == wanted.shared;
                of_one_kind && limits_match(found.limits, wanted.limits)
            }
            (
                Self::Func(_) | Self::Table(_) | Self::Memory(_) | Self::Global(_) | Self::Tag(_),
                Self::Func(_) | Self::Table(_) | Self::Memory(_) | Self::Global(_) | Self::Tag(_),
            ) => false,
        }
    }
}

/// `func [i32] -> [i64]`, `memory 1 2`, `table i64 10 funcref`, `global (mut i32)`.
impl fmt::Display for ExternType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Func(ty) => write!(f, "func {ty}"),
            Self::Table(ty) => {
                write!(f, "table {}{} {}", Addr(ty.addr), ty.limits, ty.element)
            }
            Self::Memory(ty) => write!(f, "memory {ty}"),
            Self::Global(GlobalType { mutable: true, content }) => {
                write!(f, "global (mut {content})")
            }
            Self::Global(GlobalType { mutable: false, content }) => write!(f, "global {content}"),
            Self::Tag(ty) => write!(f, "tag {ty}"),
        }
    }
}

struct Addr(AddrType);

impl fmt::Display for Addr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            AddrType::I32 => "",
            AddrType::I64 => "i64 ",
        })
    }
}

/// An import that found nothing that fits.
///
/// ```
/// use serverless_wasm::interp::{Engine, Linker, Module};
///
/// let engine = Engine::default();
/// let wasm = wat::parse_str(r#"(module (import "env" "log" (func (param i32 i64))))"#)?;
/// let module = Module::new(&engine, &wasm)?;
/// let errors = Linker::<()>::new(&engine).unlinkable(&module);
/// assert_eq!(
///     errors[0].to_string(),
///     "unknown import: `env` `log`, wanted func [i32 i64] -> []"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unlinkable {
    inner: Box<UnlinkableInner>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct UnlinkableInner {
    module: Box<str>,
    name: Box<str>,
    wanted: ExternType,
    found: Option<ExternType>,
}

impl Unlinkable {
    #[cold]
    pub(crate) fn new(
        module: &str,
        name: &str,
        wanted: ExternType,
        found: Option<ExternType>,
    ) -> Self {
        let (module, name) = (module.into(), name.into());
        Self { inner: Box::new(UnlinkableInner { module, name, wanted, found }) }
    }

    /// First half of the import's name.
    #[must_use]
    pub fn module(&self) -> &str {
        &self.inner.module
    }

    /// Second half of the import's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// What the module asks for.
    #[must_use]
    pub fn wanted(&self) -> &ExternType {
        &self.inner.wanted
    }

    /// What is there; none when nothing has the name.
    #[must_use]
    pub fn found(&self) -> Option<&ExternType> {
        self.inner.found.as_ref()
    }
}

impl fmt::Display for Unlinkable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let UnlinkableInner { module, name, wanted, found } = &*self.inner;
        match found {
            None => write!(f, "unknown import: `{module}` `{name}`, wanted {wanted}"),
            Some(found) => write!(
                f,
                "incompatible import type: `{module}` `{name}`, wanted {wanted}, found {found}"
            ),
        }
    }
}

impl Error for Unlinkable {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wasm::{RefType, SizeLimits, ValType};

    fn memory(min: u64, max: Option<u64>) -> ExternType {
        let limits = SizeLimits { min, max };
        ExternType::Memory(MemoryType::new(AddrType::I32, limits))
    }

    fn global(mutable: bool, content: ValType) -> ExternType {
        ExternType::Global(GlobalType { mutable, content })
    }

    #[test]
    fn a_memory_fits_when_it_is_within_the_wanted_sizes() {
        let types = TypeRegistry::new();
        assert!(memory(2, Some(3)).fits(&memory(1, Some(3)), &types));
        assert!(memory(1, Some(3)).fits(&memory(1, None), &types));
        assert!(!memory(0, Some(3)).fits(&memory(1, None), &types));
        assert!(!memory(1, None).fits(&memory(1, Some(3)), &types));
        assert!(!memory(1, None).fits(&global(false, ValType::I32), &types));
    }

    #[test]
    fn only_an_immutable_global_may_hold_a_subtype() {
        let types = TypeRegistry::new();
        let func = RefType { nullable: false, ..RefType::FUNCREF };
        let (sub, sup) = (ValType::Ref(func), ValType::FUNCREF);
        assert!(global(false, sub).fits(&global(false, sup), &types));
        assert!(!global(true, sub).fits(&global(true, sup), &types));
        assert!(!global(true, sup).fits(&global(false, sup), &types));
    }

    #[test]
    fn messages_begin_with_the_suites_phrases() {
        let unknown = Unlinkable::new("env", "x", memory(1, None), None);
        assert_eq!(unknown.to_string(), "unknown import: `env` `x`, wanted memory 1");
        let found = Some(global(true, ValType::I64));
        let other = Unlinkable::new("env", "x", memory(1, Some(2)), found);
        assert_eq!(
            other.to_string(),
            "incompatible import type: `env` `x`, wanted memory 1 2, found global (mut i64)"
        );
    }
}
