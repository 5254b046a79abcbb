//! The linker: what satisfies imports, by name. Resolving a module's imports gives an
//! [`InstancePre`](super::InstancePre).

use std::collections::HashMap;
use std::fmt;

use super::caller::{AsContextMut, Caller};
use super::engine::Engine;
use super::error::{CallError, InstantiateError, Misuse};
use super::func::{Definition, DynamicFunc};
use super::handles::Instance;
use super::instantiate::{Import, InstancePre};
use super::link::{Extern, ExternType, Unlinkable};
use super::module::Module;
use super::store::Store;
use super::typed::{self, IntoFunc, Wait, WasmParams, WasmResults};
use crate::wasm::module::ImportDesc;
use crate::wasm::{AddrType, FuncType, MemoryType, SizeLimits};

/// Definitions by name, which satisfy the imports of modules.
///
/// A name is defined once, unless [`allow_shadowing`](Self::allow_shadowing) says that the last
/// definition wins. Functions defined by closures work in any store; handles (memories, exports of
/// instances) only in their own.
///
/// ```
/// use serverless_wasm::interp::{Engine, Linker, Module, Store, Val};
///
/// let engine = Engine::default();
/// let mut linker: Linker<()> = Linker::new(&engine);
/// linker.func_wrap("math", "add", |a: i32, b: i32| a.wrapping_add(b))?;
/// let module = Module::new(&engine, &wat::parse_str(r#"
///     (module
///       (import "math" "add" (func $add (param i32 i32) (result i32)))
///       (func (export "seven") (result i32) i32.const 3 i32.const 4 call $add))
/// "#)?)?;
/// let mut store = Store::new(&engine, ());
/// let instance = linker.instantiate(&mut store, &module)?;
/// let seven = instance.get_func(&mut store, "seven")?;
/// assert_eq!(seven.call(&mut store, &[])?, [Val::I32(7)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Linker<T: 'static> {
    engine: Engine,
    definitions: HashMap<Box<str>, HashMap<Box<str>, Item<T>>>,
    shadowing: Shadowing,
}

/// What happens to a name that is defined again.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shadowing {
    Refused,
    Allowed,
}

/// What a name means.
enum Item<T: 'static> {
    /// Something in a store.
    Extern(Extern),
    /// A function of the host's, made in each store.
    Func(Definition<T>),
    /// A memory of the type that the import asks for, made for each instance.
    Memory,
}

impl<T: 'static> Clone for Item<T> {
    fn clone(&self) -> Self {
        match self {
            Self::Extern(item) => Self::Extern(*item),
            Self::Func(definition) => Self::Func(definition.clone()),
            Self::Memory => Self::Memory,
        }
    }
}

impl<T: 'static> Clone for Linker<T> {
    fn clone(&self) -> Self {
        Self { engine: self.engine.clone(), definitions: self.definitions.clone(), ..*self }
    }
}

impl<T: 'static> Linker<T> {
    /// A linker without definitions.
    #[must_use]
    pub fn new(engine: &Engine) -> Self {
        Self { engine: engine.clone(), definitions: HashMap::new(), shadowing: Shadowing::Refused }
    }

    /// The engine.
    #[must_use]
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Whether a name may be defined again: then the last definition wins.
    pub const fn allow_shadowing(&mut self, allow: bool) -> &mut Self {
        self.shadowing = if allow { Shadowing::Allowed } else { Shadowing::Refused };
        self
    }

    /// Defines a name as something in a store.
    ///
    /// # Errors
    /// When the name is defined already.
    pub fn define(
        &mut self,
        module: &str,
        name: &str,
        item: impl Into<Extern>,
    ) -> Result<&mut Self, Misuse> {
        self.insert(module, name, Item::Extern(item.into()))
    }

    /// Defines a name as a closure.
    ///
    /// # Errors
    /// When the name is defined already.
    pub fn func_wrap<Args, R>(
        &mut self,
        module: &str,
        name: &str,
        run: impl IntoFunc<T, Args, R>,
    ) -> Result<&mut Self, Misuse> {
        let (ty, code) = run.into_code();
        let definition = Definition::new(&self.engine, ty, code)?;
        self.insert(module, name, Item::Func(definition))
    }

    /// Defines a name as a closure of a type that is known only when the program runs. It gets the
    /// arguments, and the place for the results, which are zero or null.
    ///
    /// # Errors
    /// When the name is defined already, or the type names a type of a module.
    pub fn func_new(
        &mut self,
        module: &str,
        name: &str,
        ty: FuncType,
        run: impl DynamicFunc<T>,
    ) -> Result<&mut Self, Misuse> {
        let definition = Definition::dynamic(&self.engine, ty, run)?;
        self.insert(module, name, Item::Func(definition))
    }

    /// Defines a name as a closure that may wait: it leaves its request in the store's data and
    /// answers [`Wait::Pending`]. The activation then stands at [`State::Waiting`], and is resumed
    /// with the results. Parameters are one value or a tuple.
    ///
    /// [`State::Waiting`]: super::State::Waiting
    ///
    /// # Errors
    /// When the name is defined already.
    pub fn func_wait<P: WasmParams, R: WasmResults>(
        &mut self,
        module: &str,
        name: &str,
        run: impl Fn(Caller<'_, T>, P) -> Result<Wait<R>, CallError> + Send + Sync + 'static,
    ) -> Result<&mut Self, Misuse> {
        let (ty, code) = typed::waiting_code(run);
        let definition = Definition::new(&self.engine, ty, code)?;
        self.insert(module, name, Item::Func(definition))
    }

    /// Defines a name as a memory of whatever type the import asks for, made for each instance.
    ///
    /// # Errors
    /// When the name is defined already.
    pub fn memory_on_demand(&mut self, module: &str, name: &str) -> Result<&mut Self, Misuse> {
        self.insert(module, name, Item::Memory)
    }

    /// Defines everything that an instance exports, under a module name.
    ///
    /// # Errors
    /// When a name is defined already, or the instance belongs to another store.
    pub fn instance(
        &mut self,
        store: impl AsContextMut<Data = T>,
        module: &str,
        instance: Instance,
    ) -> Result<&mut Self, Misuse> {
        for (name, item) in instance.exports(store)? {
            self.insert(module, &name, Item::Extern(item))?;
        }
        Ok(self)
    }

    /// Defines a name as what another means now.
    ///
    /// # Errors
    /// When the name is defined already, or the other isn't.
    pub fn alias(
        &mut self,
        module: &str,
        name: &str,
        as_module: &str,
        as_name: &str,
    ) -> Result<&mut Self, Misuse> {
        let item = self.get(module, name).cloned();
        let item = item.ok_or_else(|| Misuse::UnknownExport(name.into()))?;
        self.insert(as_module, as_name, item)
    }

    /// The type of each function that is defined by a closure; none for other definitions.
    #[must_use]
    pub fn func_type(&self, module: &str, name: &str) -> Option<&FuncType> {
        match self.get(module, name)? {
            Item::Func(definition) => Some(&definition.shape.ty),
            Item::Extern(_) | Item::Memory => None,
        }
    }

    /// Resolves a module's imports. What is defined by a closure is checked here, once; what is in
    /// a store, at each instantiation.
    ///
    /// # Errors
    /// When an import finds nothing, or a function of another type.
    pub fn instantiate_pre(&self, module: &Module) -> Result<InstancePre<T>, InstantiateError> {
        if !module.engine().is_same(&self.engine) {
            return Err(Misuse::ForeignEngine.into());
        }
        let imports = self.resolve(module).collect::<Result<Box<[_]>, _>>()?;
        Ok(InstancePre::new(module.clone(), imports))
    }

    /// Every import that finds nothing that fits, for a report of all errors at once.
    #[must_use]
    pub fn unlinkable(&self, module: &Module) -> Vec<Unlinkable> {
        self.resolve(module).filter_map(Result::err).collect()
    }

    /// Makes an instance: resolves imports, writes active segments, calls the start function and
    /// `_initialize`. A host function that would have to wait is a trap.
    ///
    /// # Errors
    /// When the imports don't fit, the store's limits are too small, or what runs traps.
    pub fn instantiate(
        &self,
        store: &mut Store<T>,
        module: &Module,
    ) -> Result<Instance, InstantiateError> {
        self.instantiate_pre(module)?.instantiate(store)
    }

    fn resolve(&self, module: &Module) -> impl Iterator<Item = Result<Import<T>, Unlinkable>> {
        let inner = &module.inner;
        inner.wasm.imports.iter().map(move |import| {
            let found = self.get(&import.module, &import.name);
            let unlinkable = |found| {
                let wanted = inner.import_type(import.desc);
                Unlinkable::new(&import.module, &import.name, wanted, found)
            };
            match (found, import.desc) {
                (None, _) => Err(unlinkable(None)),
                (Some(Item::Extern(item)), _) => Ok(Import::Extern(*item)),
                (Some(Item::Memory), ImportDesc::Memory(ty)) => Ok(Import::Memory(ty)),
                (Some(Item::Memory), _) => {
                    let limits = SizeLimits { min: 0, max: None };
                    let ty = MemoryType::new(AddrType::I32, limits);
                    Err(unlinkable(Some(ExternType::Memory(ty))))
                }
                (Some(Item::Func(definition)), ImportDesc::Func(ty))
                    if definition.shape.id == inner.func_shape(ty).id =>
                {
                    Ok(Import::Func(definition.clone()))
                }
                (Some(Item::Func(definition)), _) => {
                    Err(unlinkable(Some(ExternType::Func((*definition.shape.ty).clone()))))
                }
            }
        })
    }

    fn get(&self, module: &str, name: &str) -> Option<&Item<T>> {
        self.definitions.get(module)?.get(name)
    }

    fn insert(&mut self, module: &str, name: &str, item: Item<T>) -> Result<&mut Self, Misuse> {
        if self.shadowing == Shadowing::Refused && self.get(module, name).is_some() {
            return Err(Misuse::Duplicate { module: module.into(), name: name.into() });
        }
        self.definitions.entry(module.into()).or_default().insert(name.into(), item);
        Ok(self)
    }
}

impl<T: 'static> fmt::Debug for Linker<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self
            .definitions
            .iter()
            .flat_map(|(module, names)| names.keys().map(move |name| (module, name)));
        f.debug_set().entries(names).finish()
    }
}
