//! A module on this engine.

use serverless_wasm::interp::{
    Backend, CallError, Config, Engine, Extern, ExternRef, ExternType, Global, InstantiateError,
    Linker, Memory, Misuse, Module, Ref, Store, Table, Translation, TrapKind, Val,
};
use serverless_wasm::wasm::{AbsHeapType, HeapType, RefType, ValType};

use crate::outcome::{End, Outcome, State, Ty, Value, answer, arguments};

/// Instructions that a module may execute.
const FUEL: u64 = 1_000_000;

/// The settings of an engine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Way {
    pub(crate) backend: Backend,
    pub(crate) fusion: bool,
    pub(crate) translation: Translation,
}

impl Way {
    pub(crate) const USUAL: Self =
        Self { backend: Backend::Threaded, fusion: true, translation: Translation::Lazy };
    pub(crate) const OTHERS: [Self; 2] = [
        Self { fusion: false, translation: Translation::Eager, ..Self::USUAL },
        Self { backend: Backend::Stepped, ..Self::USUAL },
    ];
}

type Trace = Vec<Vec<Value>>;

/// What the module did, and how many instructions it executed.
pub(crate) fn outcome(way: Way, bytes: &[u8]) -> Result<(Outcome, u64), String> {
    let Way { backend, fusion, translation } = way;
    let config = Config::new().backend(backend).fusion(fusion).translation(translation);
    let engine = Engine::new(config);
    let module = Module::new(&engine, bytes).map_err(|error| error.to_string())?;
    let mut store = Store::new(&engine, Trace::new());
    store.set_fuel(Some(FUEL));
    let linked = linker(&engine, &module, &mut store);
    let linker = linked.map_err(|error| error.to_string())?;
    let instance = match linker.instantiate(&mut store, &module) {
        Ok(instance) => instance,
        Err(InstantiateError::Call(error)) => {
            return Ok((Outcome::unstarted(end(Err(error))), store.consumed()));
        }
        Err(InstantiateError::Limit(_)) => {
            return Ok((Outcome::unstarted(End::Limit), store.consumed()));
        }
        Err(error) => return Err(error.to_string()),
    };
    let mut outcome = Outcome::unstarted(End::Values(Vec::new()));
    for (name, ty) in module.exports() {
        let ExternType::Func(ty) = ty else { continue };
        let types: Vec<Ty> = ty.params.iter().map(|ty| kind(*ty)).collect();
        let Some(args) = arguments(&types, outcome.calls.len()) else { continue };
        let args: Vec<Val> = args.iter().zip(&ty.params).map(|(v, ty)| to_val(v, *ty)).collect();
        let func = instance.get_func(&mut store, name).map_err(|error| error.to_string())?;
        let ended = end(func.call(&mut store, &args));
        let is_over = ended == End::Limit;
        outcome.calls.push((name.to_owned(), ended));
        if is_over {
            break;
        }
    }
    let exports = instance.exports(&mut store).map_err(|error| error.to_string())?;
    for (name, export) in exports {
        let state = state(&store, export).map_err(|error| error.to_string())?;
        outcome.state.extend(state.map(|state| (name.into(), state)));
    }
    let spent = store.consumed();
    outcome.trace = store.into_data();
    Ok((outcome, spent))
}

fn linker(
    engine: &Engine,
    module: &Module,
    store: &mut Store<Trace>,
) -> Result<Linker<Trace>, InstantiateError> {
    let mut linker = Linker::<Trace>::new(engine);
    for (from, name, ty) in module.imports() {
        match ty {
            ExternType::Func(ty) => {
                let results = ty.results.clone();
                linker.func_new(from, name, ty, move |mut caller, args, places| {
                    let trace = caller.data_mut();
                    trace.push(args.iter().map(to_value).collect());
                    for (place, ty) in places.iter_mut().zip(&results) {
                        let value = answer(kind(*ty), trace.len() as u64);
                        *place = to_val(&value.unwrap_or(Value::Null), *ty);
                    }
                    Ok(())
                })?;
            }
            ExternType::Memory(ty) => {
                let memory = Memory::new(&mut *store, ty)?;
                linker.define(from, name, memory)?;
            }
            ExternType::Table(ty) => {
                let null = Ref::Null(bottom(ty.element));
                let table = Table::new(&mut *store, ty, null)?;
                linker.define(from, name, table)?;
            }
            ExternType::Global(ty) => {
                let value = answer(kind(ty.content), 5).unwrap_or(Value::Null);
                let global = Global::new(&mut *store, ty, to_val(&value, ty.content))?;
                linker.define(from, name, global)?;
            }
            ExternType::Tag(_) => {}
        }
    }
    Ok(linker)
}

fn state(store: &Store<Trace>, export: Extern) -> Result<Option<State>, Misuse> {
    Ok(Some(match export {
        Extern::Global(global) => State::Global(to_value(&global.get(store)?)),
        Extern::Memory(memory) => State::Memory(memory.data(store)?.to_vec()),
        Extern::Table(table) => {
            let elements = (0..table.size(store)?).map(|index| table.get(store, index));
            let values = elements.map(|element| Ok(to_value(&Val::Ref(element?))));
            State::Table(values.collect::<Result<_, Misuse>>()?)
        }
        Extern::Func(_) | Extern::Tag(_) => return Ok(None),
    }))
}

fn end(result: Result<Vec<Val>, CallError>) -> End {
    match result {
        Ok(values) => End::Values(values.iter().map(to_value).collect()),
        Err(CallError::Trap(trap)) => match trap.kind() {
            TrapKind::Unreachable => End::Trap("unreachable"),
            TrapKind::MemoryOutOfBounds { .. } => End::Trap("memory"),
            TrapKind::TableOutOfBounds { .. } | TrapKind::UndefinedElement { .. } => {
                End::Trap("table")
            }
            TrapKind::UninitializedElement { .. } => End::Trap("uninitialized"),
            TrapKind::IndirectCallTypeMismatch => End::Trap("signature"),
            TrapKind::NullFunctionReference | TrapKind::NullReference => End::Trap("null"),
            TrapKind::IntegerDivideByZero => End::Trap("divide by zero"),
            TrapKind::IntegerOverflow => End::Trap("overflow"),
            TrapKind::InvalidConversionToInteger => End::Trap("conversion"),
            _ => End::Limit,
        },
        Err(_) => End::Limit,
    }
}

pub(crate) fn kind(ty: ValType) -> Ty {
    match ty {
        ValType::I32 => Ty::I32,
        ValType::I64 => Ty::I64,
        ValType::F32 => Ty::F32,
        ValType::F64 => Ty::F64,
        ValType::FUNCREF => Ty::Func,
        ValType::EXTERNREF => Ty::Extern,
        ValType::V128 | ValType::Ref(_) => Ty::Other,
    }
}

fn bottom(ty: RefType) -> AbsHeapType {
    match ty.heap {
        HeapType::Abstract(AbsHeapType::Extern) => AbsHeapType::NoExtern,
        HeapType::Abstract(_) | HeapType::Concrete(_) => AbsHeapType::NoFunc,
    }
}

fn to_val(value: &Value, ty: ValType) -> Val {
    match (value, ty) {
        (Value::I32(value), _) => Val::I32(*value),
        (Value::I64(value), _) => Val::I64(*value),
        (Value::F32(bits), _) => Val::F32(*bits),
        (Value::F64(bits), _) => Val::F64(*bits),
        (Value::Extern(number), _) => Val::Ref(Ref::Extern(ExternRef(*number))),
        (Value::Null | Value::Func | Value::Other, ValType::Ref(ty)) => {
            Val::Ref(Ref::Null(bottom(ty)))
        }
        (Value::Null | Value::Func | Value::Other, _) => Val::Ref(Ref::Null(AbsHeapType::NoFunc)),
    }
}

fn to_value(value: &Val) -> Value {
    match *value {
        Val::I32(value) => Value::I32(value),
        Val::I64(value) => Value::I64(value),
        Val::F32(bits) => Value::f32(bits),
        Val::F64(bits) => Value::f64(bits),
        Val::V128(_)
        | Val::Ref(Ref::I31(_) | Ref::Struct(_) | Ref::Array(_) | Ref::Exception(_)) => {
            Value::Other
        }
        Val::Ref(Ref::Null(_)) => Value::Null,
        Val::Ref(Ref::Func(_)) => Value::Func,
        Val::Ref(Ref::Extern(ExternRef(number))) => Value::Extern(number),
    }
}
