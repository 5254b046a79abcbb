//! Rust's values as WebAssembly's: what a host function may take and give, and what a
//! [`TypedFunc`] is called with. On this path nothing is allocated and nothing is looked up; what
//! isn't generic is inlined by request, for it is compiled into the embedder's crate.

use std::fmt;
use std::marker::PhantomData;
use std::ptr::NonNull;

use self::sealed::{IntoCode, Return, Value, Values};
use super::activation;
use super::caller::{AsContextMut, Caller, HostCode};
use super::error::{CallError, Misuse};
use super::heap::{host_number, host_slot};
use super::store::StoreInner;
use super::store::create::slot_of;
use super::store::func::{FuncInst, HostExit};
use super::values::{slots_of_v128, v128_of_slots};
use crate::wasm::subtyping::Matching;
use crate::wasm::{ExternRef, Func, FuncType, V128, ValType};

/// A value of Rust that is one of WebAssembly: integers and floats of 32 and 64 bits, [`V128`],
/// `Option<Func>` and `Option<ExternRef>`. (An object or an i31 that a guest made external is no
/// `ExternRef`: it is `None` here, and itself as a [`Val`](super::Val).)
pub trait WasmTy: Value {}

/// Parameters: a value, or a tuple of up to eight.
pub trait WasmParams: Values {}

/// Results: a value, or a tuple of up to eight.
pub trait WasmResults: Values {}

/// What a host function returns: results, or a `Result` of them and an error that becomes a
/// [`CallError`].
pub trait WasmReturn: Return {}

/// A closure that can be a host function: `Fn(A, B, ..) -> R` or `Fn(Caller<'_, T>, A, B, ..) -> R`
/// of up to eight [`WasmTy`], with a [`WasmReturn`].
pub trait IntoFunc<T, Args, R>: IntoCode<T, Args, R> {}

impl<V: Value> WasmTy for V {}
impl<V: Values> WasmParams for V {}
impl<V: Values> WasmResults for V {}
impl<V: Return> WasmReturn for V {}
impl<T, Args, R, F: IntoCode<T, Args, R>> IntoFunc<T, Args, R> for F {}

/// The implementations are listed here; nobody can add to them.
mod sealed {
    use super::{CallError, FuncType, HostCode, Misuse, StoreInner, ValType};

    /// One value.
    pub trait Value: Sized + 'static {
        /// Its type.
        const TYPE: ValType;
        /// Its slots.
        const SLOTS: usize = 1;
        /// Reads it from the first slots.
        fn load(slots: &[u64], store: &StoreInner) -> Self;
        /// Writes it into the first slots.
        fn save(self, slots: &mut [u64], store: &StoreInner) -> Result<(), Misuse>;
    }

    /// A sequence of values.
    pub trait Values: Sized + 'static {
        /// Their slots.
        const SLOTS: usize;
        /// Their types.
        fn types() -> Vec<ValType>;
        /// Reads them.
        fn load(slots: &[u64], store: &StoreInner) -> Self;
        /// Writes them.
        fn save(self, slots: &mut [u64], store: &StoreInner) -> Result<(), Misuse>;
    }

    /// Results or an error.
    pub trait Return {
        /// The results.
        type Results: Values;
        /// As one type.
        fn into_result(self) -> Result<Self::Results, CallError>;
    }

    /// A host function of a store of `T`.
    pub trait IntoCode<T, Args, R> {
        /// Its type, and what the machine calls.
        fn into_code(self) -> (FuncType, HostCode<T>);
    }
}

/// One line a number: its type, to a slot, from a slot.
macro_rules! numbers {
    ($($rust:ty = $wasm:ident, |$value:ident| $to:expr, |$slot:ident| $from:expr;)*) => { $(
        impl Value for $rust {
            const TYPE: ValType = ValType::$wasm;
            #[inline]
            fn load(slots: &[u64], _: &StoreInner) -> Self {
                let $slot = slots[0];
                $from
            }
            #[inline]
            fn save(self, slots: &mut [u64], _: &StoreInner) -> Result<(), Misuse> {
                let $value = self;
                slots[0] = $to;
                Ok(())
            }
        }
    )* };
}

numbers! {
    i32 = I32, |value| u64::from(value.cast_unsigned()), |slot| slot as Self;
    u32 = I32, |value| u64::from(value), |slot| slot as Self;
    i64 = I64, |value| value.cast_unsigned(), |slot| slot.cast_signed();
    u64 = I64, |value| value, |slot| slot;
    f32 = F32, |value| u64::from(value.to_bits()), |slot| Self::from_bits(slot as u32);
    f64 = F64, |value| value.to_bits(), |slot| Self::from_bits(slot);
}

impl Value for V128 {
    const TYPE: ValType = ValType::V128;
    const SLOTS: usize = 2;
    #[inline]
    fn load(slots: &[u64], _: &StoreInner) -> Self {
        v128_of_slots([slots[0], slots[1]])
    }
    #[inline]
    fn save(self, slots: &mut [u64], _: &StoreInner) -> Result<(), Misuse> {
        slots[..2].copy_from_slice(&slots_of_v128(self));
        Ok(())
    }
}

impl Value for Option<Func> {
    const TYPE: ValType = ValType::FUNCREF;
    #[inline]
    fn load(slots: &[u64], store: &StoreInner) -> Self {
        let addr = store.func_of(slots[0])?;
        Some(Func { store: store.id, addr })
    }
    #[inline]
    fn save(self, slots: &mut [u64], store: &StoreInner) -> Result<(), Misuse> {
        slots[0] = self.map_or(Ok(0), |func| func.resolve(store).map(slot_of))?;
        Ok(())
    }
}

impl Value for Option<ExternRef> {
    const TYPE: ValType = ValType::EXTERNREF;
    #[inline]
    fn load(slots: &[u64], _: &StoreInner) -> Self {
        host_number(slots[0]).map(ExternRef)
    }
    #[inline]
    fn save(self, slots: &mut [u64], _: &StoreInner) -> Result<(), Misuse> {
        slots[0] = self.map_or(0, |ExternRef(number)| host_slot(number));
        Ok(())
    }
}

impl<V: Value> Values for V {
    const SLOTS: usize = V::SLOTS;
    fn types() -> Vec<ValType> {
        vec![V::TYPE]
    }
    #[inline]
    fn load(slots: &[u64], store: &StoreInner) -> Self {
        V::load(slots, store)
    }
    #[inline]
    fn save(self, slots: &mut [u64], store: &StoreInner) -> Result<(), Misuse> {
        V::save(self, slots, store)
    }
}

impl<R: Values> Return for R {
    type Results = R;
    fn into_result(self) -> Result<R, CallError> {
        Ok(self)
    }
}

impl<R: Values, E: Into<CallError>> Return for Result<R, E> {
    type Results = R;
    fn into_result(self) -> Result<R, CallError> {
        self.map_err(Into::into)
    }
}

/// Closures with so many parameters, with and without the caller.
macro_rules! closure {
    ($($value:ident)*) => {
        impl<T, F, R, $($value),*> IntoCode<T, ($($value,)*), R> for F
        where
            T: 'static,
            F: Fn($($value),*) -> R + Send + Sync + 'static,
            R: Return,
            $($value: Value,)*
        {
            #[allow(non_snake_case, reason = "values are named by their types")]
            fn into_code(self) -> (FuncType, HostCode<T>) {
                host_code(move |_: Caller<'_, T>, ($($value,)*)| self($($value),*).into_result())
            }
        }

        impl<T, F, R, $($value),*> IntoCode<T, (Caller<'static, T>, $($value),*), R> for F
        where
            T: 'static,
            F: Fn(Caller<'_, T>, $($value),*) -> R + Send + Sync + 'static,
            R: Return,
            $($value: Value,)*
        {
            #[allow(non_snake_case, reason = "values are named by their types")]
            fn into_code(self) -> (FuncType, HostCode<T>) {
                host_code(move |caller: Caller<'_, T>, ($($value,)*)| {
                    self(caller, $($value),*).into_result()
                })
            }
        }
    };
}

/// Tuples of one length, and closures with so many parameters.
macro_rules! tuples {
    ($(($($value:ident)*))*) => { $(
        impl<$($value: Value),*> Values for ($($value,)*) {
            const SLOTS: usize = 0 $(+ $value::SLOTS)*;
            fn types() -> Vec<ValType> {
                vec![$($value::TYPE),*]
            }
            #[expect(non_snake_case, reason = "values are named by their types")]
            fn load(rest: &[u64], store: &StoreInner) -> Self {
                $(
                    let $value = $value::load(rest, store);
                    let rest = &rest[$value::SLOTS..];
                )*
                let _ = rest;
                ($($value,)*)
            }
            #[expect(non_snake_case, reason = "values are named by their types")]
            fn save(self, rest: &mut [u64], store: &StoreInner) -> Result<(), Misuse> {
                let ($($value,)*) = self;
                $(
                    $value.save(rest, store)?;
                    let rest = &mut rest[$value::SLOTS..];
                )*
                let _ = rest;
                Ok(())
            }
        }

        closure! { $($value)* }
    )* };
}

/// Nothing: no parameters, no results.
impl Values for () {
    const SLOTS: usize = 0;
    fn types() -> Vec<ValType> {
        Vec::new()
    }
    #[inline]
    fn load(_: &[u64], _: &StoreInner) -> Self {}
    #[inline]
    fn save(self, _: &mut [u64], _: &StoreInner) -> Result<(), Misuse> {
        Ok(())
    }
}

closure! {}

tuples! {
    (A)
    (A B)
    (A B C)
    (A B C D)
    (A B C D E)
    (A B C D E G)
    (A B C D E G H)
    (A B C D E G H I)
}

/// A closure as a host function that always has its results at once.
fn host_code<T, F, P, R>(run: F) -> (FuncType, HostCode<T>)
where
    T: 'static,
    F: Fn(Caller<'_, T>, P) -> Result<R, CallError> + Send + Sync + 'static,
    P: Values,
    R: Values,
{
    waiting_code(move |caller: Caller<'_, T>, params: P| run(caller, params).map(Wait::Ready))
}

/// What a host function that may wait answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wait<R> {
    /// The results are there.
    Ready(R),
    /// They come later: the activation is left, and resumed with them.
    Pending,
}

/// A closure as a host function that may wait.
pub(super) fn waiting_code<T, F, P, R>(run: F) -> (FuncType, HostCode<T>)
where
    T: 'static,
    F: Fn(Caller<'_, T>, P) -> Result<Wait<R>, CallError> + Send + Sync + 'static,
    P: WasmParams,
    R: WasmResults,
{
    let code = HostCode::new(move |mut caller: Caller<'_, T>, slots| {
        let params = P::load(slots, caller.core());
        let Wait::Ready(results) = run(caller.reborrow(), params)? else {
            return Ok(HostExit::Wait);
        };
        results.save(slots, caller.core())?;
        Ok(HostExit::Return)
    });
    (FuncType::new(P::types(), R::types()), code)
}

/// A function whose type is known to Rust: calls need no check of types.
///
/// ```
/// use serverless_wasm::interp::{Engine, Linker, Module, Store};
///
/// let engine = Engine::default();
/// let wasm = wat::parse_str(r#"
///     (module (func (export "add") (param i32 i32) (result i32)
///       local.get 0 local.get 1 i32.add))
/// "#)?;
/// let module = Module::new(&engine, &wasm)?;
/// let mut store = Store::new(&engine, ());
/// let instance = Linker::new(&engine).instantiate(&mut store, &module)?;
/// let add = instance.get_typed_func::<(i32, i32), i32>(&mut store, "add")?;
/// assert_eq!(add.call(&mut store, (3, 4))?, 7);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct TypedFunc<P, R> {
    func: Func,
    /// The canonical type that was checked.
    type_id: u32,
    types: PhantomData<fn(P) -> R>,
}

impl<P, R> Clone for TypedFunc<P, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P, R> Copy for TypedFunc<P, R> {}

impl<P, R> fmt::Debug for TypedFunc<P, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.func.fmt(f)
    }
}

impl<P: WasmParams, R: WasmResults> TypedFunc<P, R> {
    /// Checks that the function has this type.
    pub(super) fn new(func: Func, store: &StoreInner) -> Result<Self, Misuse> {
        let inst = func.inst(store)?;
        let types = store.engine.types();
        let (params, results) = (P::types(), R::types());
        if types.vals_match(&params, &inst.ty.params)
            && types.vals_match(&inst.ty.results, &results)
        {
            return Ok(Self { func, type_id: inst.type_id, types: PhantomData });
        }
        let wanted = Box::new(FuncType::new(params, results));
        Err(Misuse::Signature { wanted, found: Box::new((*inst.ty).clone()) })
    }

    /// The function.
    #[must_use]
    pub const fn func(self) -> Func {
        self.func
    }

    /// Calls the function. A host function that would have to wait is a trap.
    ///
    /// # Errors
    /// When the guest traps, a host function fails, or the store is another.
    ///
    /// # Panics
    /// When a host function panics: with its panic.
    #[inline]
    pub fn call(self, mut store: impl AsContextMut, params: P) -> Result<R, CallError> {
        let mut store = store.as_context_mut();
        let func = self.resolve(store.core())?;
        let write = |slots: &mut [u64], core: &StoreInner| params.save(slots, core);
        activation::call(&mut store.erase(), func, write, R::load)
    }

    #[inline]
    fn resolve(self, store: &StoreInner) -> Result<NonNull<FuncInst>, Misuse> {
        let func = self.func.object(store)?;
        // A store's number comes back after 2^32 of them; the type that was checked doesn't lie.
        if func.get().type_id != self.type_id {
            return Err(Misuse::ForeignHandle);
        }
        Ok(func.as_ptr())
    }
}
