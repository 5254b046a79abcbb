//! A module on this engine.

use serverless_wasm::interp::{
    Backend, CallError, Config, Engine, Exception, Extern, ExternRef, ExternType, Global,
    InstantiateError, Linker, Memory, Misuse, Module, Ref, Store, Table, Tag, Translation,
    TrapKind, V128, Val,
};
use serverless_wasm::wasm::{AbsHeapType, FuncType, HeapType, RefType, ValType};

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
    let thrown = FuncType { params: [ValType::I32, ValType::F64].into(), results: [].into() };
    let tag = Tag::new(&mut *store, thrown)?;
    for (from, name, ty) in module.imports() {
        match ty {
            ExternType::Func(ty) => {
                let results = ty.results.clone();
                let throws = name == "f";
                linker.func_new(from, name, ty, move |mut caller, args, places| {
                    let trace = caller.data_mut();
                    trace.push(args.iter().map(to_value).collect());
                    for (place, ty) in places.iter_mut().zip(&results) {
                        let value = answer(kind(*ty), trace.len() as u64);
                        *place = to_val(&value.unwrap_or(Value::Null), *ty);
                    }
                    match args {
                        [Val::I32(number)] if throws && number % 2 != 0 => {
                            let values = [Val::I32(*number), Val::F64(7)];
                            Err(Exception::new(&caller, tag, &values)?.into())
                        }
                        _ => Ok(()),
                    }
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
            ExternType::Tag(_) => {
                linker.define(from, name, tag)?;
            }
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
            TrapKind::NullFunctionReference
            | TrapKind::NullReference
            | TrapKind::NullExceptionReference
            | TrapKind::NullStructureReference
            | TrapKind::NullArrayReference
            | TrapKind::NullI31Reference => End::Trap("null"),
            TrapKind::ArrayOutOfBounds { .. } => End::Trap("array"),
            TrapKind::CastFailure => End::Trap("cast"),
            TrapKind::IntegerDivideByZero => End::Trap("divide by zero"),
            TrapKind::IntegerOverflow => End::Trap("overflow"),
            TrapKind::InvalidConversionToInteger => End::Trap("conversion"),
            _ => End::Limit,
        },
        Err(CallError::Exception(exception)) => {
            End::Exception(exception.values().iter().map(to_value).collect())
        }
        Err(_) => End::Limit,
    }
}

pub(crate) fn kind(ty: ValType) -> Ty {
    use AbsHeapType::{Any, Eq, I31};
    match ty {
        ValType::I32 => Ty::I32,
        ValType::I64 => Ty::I64,
        ValType::F32 => Ty::F32,
        ValType::F64 => Ty::F64,
        ValType::V128 => Ty::V128,
        ValType::FUNCREF => Ty::Func,
        ValType::EXTERNREF => Ty::Extern,
        ValType::Ref(RefType { nullable: true, heap: HeapType::Abstract(Any | Eq | I31) }) => {
            Ty::I31
        }
        ValType::Ref(_) => Ty::Other,
    }
}

fn bottom(ty: RefType) -> AbsHeapType {
    use AbsHeapType::{Any, Eq, Extern, I31, NoExtern, NoFunc};
    match ty.heap {
        HeapType::Abstract(Extern) => NoExtern,
        HeapType::Abstract(Any | Eq | I31) => AbsHeapType::None,
        HeapType::Abstract(_) | HeapType::Concrete(_) => NoFunc,
    }
}

fn to_val(value: &Value, ty: ValType) -> Val {
    match (value, ty) {
        (Value::I32(value), _) => Val::I32(*value),
        (Value::I64(value), _) => Val::I64(*value),
        (Value::F32(bits), _) => Val::F32(*bits),
        (Value::F64(bits), _) => Val::F64(*bits),
        (Value::V128(bits), _) => Val::V128(V128(bits.to_le_bytes())),
        (Value::Extern(number), _) => Val::Ref(Ref::Extern(ExternRef(*number))),
        (Value::I31(value), _) => Val::Ref(Ref::I31(*value)),
        (_, ValType::Ref(ty)) => Val::Ref(Ref::Null(bottom(ty))),
        (other, ty) => panic!("no {ty}: {other:?}"),
    }
}

fn to_value(value: &Val) -> Value {
    match *value {
        Val::I32(value) => Value::I32(value),
        Val::I64(value) => Value::I64(value),
        Val::F32(bits) => Value::f32(bits),
        Val::F64(bits) => Value::f64(bits),
        Val::V128(value) => Value::V128(u128::from_le_bytes(value.0)),
        Val::Ref(Ref::Null(_)) => Value::Null,
        Val::Ref(Ref::Func(_)) => Value::Func,
        Val::Ref(Ref::Extern(ExternRef(number))) => Value::Extern(number),
        Val::Ref(Ref::I31(value)) => Value::I31(value),
        Val::Ref(Ref::Struct(_)) => Value::Struct,
        Val::Ref(Ref::Array(_)) => Value::Array,
        Val::Ref(Ref::Exception(_)) => Value::Exception,
    }
}
