//! What the host does with a function: ask its type, call it, start it, make one.

use std::ptr::NonNull;
use std::slice;
use std::sync::Arc;

use super::activation::{self, Activation};
use super::caller::{AsContext, AsContextMut, Caller, HostCode};
use super::engine::Engine;
use super::error::{CallError, Misuse};
use super::module::FuncShape;
use super::store::StoreInner;
use super::store::func::{FuncInst, HostExit};
use super::store::object::Object;
use super::typed::{IntoFunc, TypedFunc, WasmParams, WasmResults};
use super::values;
use crate::wasm::{
    CompositeType, Func, FuncType, HeapType, IndexSpace, RefType, SubType, Val, ValType,
};

/// ```
/// use serverless_wasm::interp::{Engine, Func, Store, Val};
///
/// let mut store = Store::new(&Engine::default(), ());
/// let double = Func::wrap(&mut store, |n: i64| n * 2)?;
/// assert_eq!(double.ty(&store)?.to_string(), "[i64] -> [i64]");
/// assert_eq!(double.call(&mut store, &[Val::I64(21)])?, [Val::I64(42)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl Func {
    /// A function of the host's from a closure.
    ///
    /// # Errors
    /// When the engine has as many types as it can tell apart.
    pub fn wrap<T: 'static, Args, R>(
        mut store: impl AsContextMut<Data = T>,
        run: impl IntoFunc<T, Args, R>,
    ) -> Result<Self, Misuse> {
        let (ty, code) = run.into_code();
        let store = store.as_context_mut();
        Definition::new(store.engine(), ty, code)?.define(store)
    }

    /// A function of the host's of a type that is known only when the program runs: `run` gets the
    /// arguments, and the place for the results, which are zero or null.
    ///
    /// # Errors
    /// When the type names a type of a module.
    pub fn new<T: 'static>(
        mut store: impl AsContextMut<Data = T>,
        ty: FuncType,
        run: impl DynamicFunc<T>,
    ) -> Result<Self, Misuse> {
        let store = store.as_context_mut();
        Definition::dynamic(store.engine(), ty, run)?.define(store)
    }

    /// The type. Type indices in it are the engine's.
    ///
    /// # Errors
    /// When the handle belongs to another store.
    pub fn ty(self, store: impl AsContext) -> Result<FuncType, Misuse> {
        Ok((*self.inst(store.as_context().core())?.ty).clone())
    }

    /// The function with a type that is known to Rust.
    ///
    /// # Errors
    /// When it has another type.
    pub fn typed<P: WasmParams, R: WasmResults>(
        self,
        store: impl AsContext,
    ) -> Result<TypedFunc<P, R>, Misuse> {
        TypedFunc::new(self, store.as_context().core())
    }

    /// Calls the function. A host function that would have to wait is a trap.
    ///
    /// # Errors
    /// When the guest traps, a host function fails, or the arguments don't fit.
    ///
    /// # Panics
    /// When a host function panics: with its panic.
    pub fn call(self, mut store: impl AsContextMut, args: &[Val]) -> Result<Vec<Val>, CallError> {
        let mut store = store.as_context_mut();
        let core = store.core();
        let func = self.object(core)?;
        let (at, ty) = (func.as_ptr(), Arc::clone(&func.get().ty));
        let slots = core.slots_of_vals(args, &ty.params)?;
        let write = |place: &mut [u64], _: &StoreInner| {
            place.copy_from_slice(&slots);
            Ok(())
        };
        let read = |slots: &[u64], core: &StoreInner| core.vals_of_slots(slots, &ty.results);
        activation::call(&mut store.erase(), at, write, read)
    }

    /// Prepares a call that can pause: [`Activation::resume`] runs it.
    ///
    /// # Errors
    /// When the arguments don't fit, or the system has no memory for a stack.
    pub fn start(
        self,
        mut store: impl AsContextMut,
        args: &[Val],
    ) -> Result<Activation, CallError> {
        let mut store = store.as_context_mut();
        let core = store.core();
        let func = self.object(core)?;
        let at = func.as_ptr();
        let slots = core.slots_of_vals(args, &func.get().ty.params)?;
        Activation::of_call(store.core_mut(), at, &slots)
    }

    #[inline]
    pub(crate) fn object(self, store: &StoreInner) -> Result<&Object<FuncInst>, Misuse> {
        let own = self.store == store.id;
        store.funcs.get(self.addr as usize).filter(|_| own).ok_or(Misuse::ForeignHandle)
    }

    pub(crate) fn inst(self, store: &StoreInner) -> Result<&FuncInst, Misuse> {
        Ok(self.object(store)?.get())
    }

    pub(crate) fn resolve(self, store: &StoreInner) -> Result<NonNull<FuncInst>, Misuse> {
        Ok(self.object(store)?.as_ptr())
    }
}

/// A closure of a type that is known only when the program runs: it gets the arguments, and the
/// place for the results, which are zero or null.
pub trait DynamicFunc<T: 'static>:
    Fn(Caller<'_, T>, &[Val], &mut [Val]) -> Result<(), CallError> + Send + Sync + 'static
{
}

impl<T: 'static, F> DynamicFunc<T> for F where
    F: Fn(Caller<'_, T>, &[Val], &mut [Val]) -> Result<(), CallError> + Send + Sync + 'static
{
}

/// A function of the host's before it belongs to a store.
pub(crate) struct Definition<T> {
    pub(crate) shape: FuncShape,
    code: HostCode<T>,
}

impl<T> Clone for Definition<T> {
    fn clone(&self) -> Self {
        Self { shape: self.shape.clone(), code: self.code.clone() }
    }
}

impl<T: 'static> Definition<T> {
    pub(crate) fn new(engine: &Engine, ty: FuncType, code: HostCode<T>) -> Result<Self, Misuse> {
        Ok(Self { shape: shape_of(engine, ty)?, code })
    }

    pub(crate) fn dynamic(
        engine: &Engine,
        ty: FuncType,
        run: impl DynamicFunc<T>,
    ) -> Result<Self, Misuse> {
        let shape = shape_of(engine, ty)?;
        let ty = Arc::clone(&shape.ty);
        let code = HostCode::new(move |mut caller: Caller<'_, T>, slots| {
            let args = caller.core().vals_of_slots(slots, &ty.params);
            let mut results: Vec<_> = ty.results.iter().map(|&ty| values::zero(ty)).collect();
            run(caller.reborrow(), &args, &mut results)?;
            let results = caller.core().slots_of_vals(&results, &ty.results)?;
            slots[..results.len()].copy_from_slice(&results);
            Ok(HostExit::Return)
        });
        Ok(Self { shape, code })
    }

    /// The function in a store.
    pub(crate) fn define(&self, mut store: super::StoreContextMut<'_, T>) -> Result<Func, Misuse> {
        let call = self.code.call_in(&store);
        let core = store.core_mut();
        let func = core.new_host_func(&self.shape, call);
        let addr = super::store::object::resolve(core, func).addr;
        Ok(Func { store: core.id, addr })
    }
}

/// The canonical type of a function (or a tag) of the host's: final, without supertypes.
pub(super) fn shape_of(engine: &Engine, ty: FuncType) -> Result<FuncShape, Misuse> {
    let names_type =
        |ty: &ValType| matches!(ty, ValType::Ref(RefType { heap: HeapType::Concrete(_), .. }));
    if ty.params.iter().chain(&ty.results).any(names_type) {
        return Err(Misuse::ModuleType);
    }
    let definition =
        SubType { is_final: true, supertypes: Box::default(), composite: CompositeType::Func(ty) };
    let mut types = engine.types_mut();
    let ids = types.intern_module(&IndexSpace::from_iter([definition]), slice::from_ref(&(0..1)));
    let id = *ids.map_err(|_| Misuse::TooManyTypes)?.first().ok_or(Misuse::ModuleType)?;
    FuncShape::of(&types, id).ok_or(Misuse::ModuleType)
}
