//! A module on wasmtime.

use std::sync::OnceLock;

use wasmtime::{
    AnyRef, AsContextMut, Config, Engine, ExnRef, ExnRefPre, ExnType, Extern, ExternRef,
    ExternType, Func, FuncType, Global, HeapType, I31, Instance, Memory, Module, OptLevel, Ref,
    Rooted, Store, Table, Tag, TagType, ThrownException, Trap, Val, ValType,
};

use crate::outcome::{End, Outcome, State, Ty, Value, answer, arguments};

/// Somewhat more than this engine gets, which counts otherwise.
const FUEL: u64 = 3_000_000;

type Trace = Vec<Vec<Value>>;
type Error = wasmtime::Error;

fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| {
        let mut config = Config::new();
        config.consume_fuel(true);
        config.cranelift_opt_level(OptLevel::None);
        config.cranelift_nan_canonicalization(true);
        config.wasm_tail_call(true).wasm_multi_memory(true).wasm_memory64(true);
        config.wasm_simd(true).wasm_relaxed_simd(true).relaxed_simd_deterministic(true);
        config.wasm_exceptions(true);
        config.wasm_function_references(true).wasm_gc(true).wasm_extended_const(true);
        Engine::new(&config).expect("this machine is among cranelift's")
    })
}

/// What the module did.
pub(crate) fn outcome(bytes: &[u8]) -> Result<Outcome, Error> {
    let module = Module::new(engine(), bytes)?;
    let mut store = Store::new(engine(), Trace::new());
    store.set_fuel(FUEL)?;
    let thrown = FuncType::new(engine(), [ValType::I32, ValType::F64], []);
    let tag = Tag::new(&mut store, &TagType::new(thrown))?;
    let imports: Vec<Extern> = module
        .imports()
        .map(|import| import_of(&mut store, tag, import.name() == "f", import.ty()))
        .collect::<Result<_, Error>>()?;
    let instance = match Instance::new(&mut store, &module, &imports) {
        Ok(instance) => instance,
        Err(error) => return Ok(Outcome::unstarted(failure(&mut store, &error))),
    };
    let mut outcome = Outcome::unstarted(End::Values(Vec::new()));
    for export in module.exports() {
        let ExternType::Func(ty) = export.ty() else { continue };
        let types: Vec<Ty> = ty.params().map(|ty| kind(&ty)).collect();
        let Some(args) = arguments(&types, outcome.calls.len()) else { continue };
        let args = args.iter().zip(ty.params()).map(|(arg, ty)| to_val(&mut store, arg, &ty));
        let args = args.collect::<Result<Vec<Val>, Error>>()?;
        let func = instance.get_func(&mut store, export.name()).expect("an export");
        let mut results = vec![Val::I32(0); ty.results().len()];
        let ended = match func.call(&mut store, &args, &mut results) {
            Ok(()) => End::Values(values(&mut store, &results)),
            Err(error) => failure(&mut store, &error),
        };
        let is_over = ended == End::Limit;
        outcome.calls.push((export.name().to_owned(), ended));
        if is_over {
            break;
        }
    }
    let exports: Vec<(String, Extern)> = instance
        .exports(&mut store)
        .map(|export| (export.name().to_owned(), export.into_extern()))
        .collect();
    for (name, export) in exports {
        outcome.state.extend(state(&mut store, export).map(|state| (name, state)));
    }
    outcome.trace = store.into_data();
    Ok(outcome)
}

fn import_of(
    store: &mut Store<Trace>,
    tag: Tag,
    throws: bool,
    ty: ExternType,
) -> Result<Extern, Error> {
    Ok(match ty {
        ExternType::Func(ty) => {
            let results: Vec<ValType> = ty.results().collect();
            let func = Func::new(&mut *store, ty, move |mut caller, args, places| {
                let seen = values(&mut caller, args);
                caller.data_mut().push(seen);
                for (place, ty) in places.iter_mut().zip(&results) {
                    let value = answer(kind(ty), caller.data().len() as u64);
                    *place = to_val(&mut caller, &value.unwrap_or(Value::Null), ty)?;
                }
                match args {
                    [Val::I32(number)] if throws && number % 2 != 0 => {
                        let ty = ExnType::from_tag_type(&tag.ty(&caller))?;
                        let pre = ExnRefPre::new(&mut caller, ty);
                        let values = [Val::I32(*number), Val::F64(7)];
                        let exception = ExnRef::new(&mut caller, &pre, &tag, &values)?;
                        Err(caller.as_context_mut().throw::<()>(exception).unwrap_err().into())
                    }
                    _ => Ok(()),
                }
            });
            func.into()
        }
        ExternType::Memory(ty) => Memory::new(store, ty)?.into(),
        ExternType::Table(ty) => {
            let null = Ref::null(ty.element().heap_type());
            Table::new(store, ty, null)?.into()
        }
        ExternType::Global(ty) => {
            let value = answer(kind(ty.content()), 5).unwrap_or(Value::Null);
            let value = to_val(&mut *store, &value, ty.content())?;
            Global::new(store, ty, value)?.into()
        }
        ExternType::Tag(_) => tag.into(),
    })
}

fn state(store: &mut Store<Trace>, export: Extern) -> Option<State> {
    Some(match export {
        Extern::Global(global) => {
            let value = global.get(&mut *store);
            State::Global(to_value(store, &value))
        }
        Extern::Memory(memory) => State::Memory(memory.data(&*store).to_vec()),
        Extern::Table(table) => {
            let mut values = Vec::new();
            for index in 0..table.size(&*store) {
                let element = table.get(&mut *store, index)?;
                values.push(to_value(&mut *store, &element.into()));
            }
            State::Table(values)
        }
        _ => return None,
    })
}

/// How a call ended that did not return.
fn failure(store: &mut Store<Trace>, error: &Error) -> End {
    if error.is::<ThrownException>() {
        let exception = store.take_pending_exception().expect("it was thrown");
        let fields = exception.fields(&mut *store).map(Iterator::collect::<Vec<Val>>);
        return End::Exception(values(store, &fields.expect("it lives")));
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::UnreachableCodeReached) => End::Trap("unreachable"),
        Some(Trap::MemoryOutOfBounds) => End::Trap("memory"),
        Some(Trap::TableOutOfBounds) => End::Trap("table"),
        Some(Trap::IndirectCallToNull) => End::Trap("uninitialized"),
        Some(Trap::BadSignature) => End::Trap("signature"),
        Some(Trap::NullReference) => End::Trap("null"),
        Some(Trap::ArrayOutOfBounds) => End::Trap("array"),
        Some(Trap::CastFailure) => End::Trap("cast"),
        Some(Trap::IntegerDivisionByZero) => End::Trap("divide by zero"),
        Some(Trap::IntegerOverflow) => End::Trap("overflow"),
        Some(Trap::BadConversionToInteger) => End::Trap("conversion"),
        _ => End::Limit,
    }
}

fn kind(ty: &ValType) -> Ty {
    match ty {
        ValType::I32 => Ty::I32,
        ValType::I64 => Ty::I64,
        ValType::F32 => Ty::F32,
        ValType::F64 => Ty::F64,
        ValType::Ref(ty) => match (ty.is_nullable(), ty.heap_type()) {
            (true, HeapType::Func) => Ty::Func,
            (true, HeapType::Extern) => Ty::Extern,
            (true, HeapType::Any | HeapType::Eq | HeapType::I31) => Ty::I31,
            _ => Ty::Other,
        },
        ValType::V128 => Ty::V128,
    }
}

fn to_val(
    mut store: impl wasmtime::AsContextMut,
    value: &Value,
    ty: &ValType,
) -> Result<Val, Error> {
    Ok(match (value, ty) {
        (Value::I32(value), _) => Val::I32(*value),
        (Value::I64(value), _) => Val::I64(*value),
        (Value::F32(bits), _) => Val::F32(*bits),
        (Value::F64(bits), _) => Val::F64(*bits),
        (Value::V128(bits), _) => Val::V128((*bits).into()),
        (Value::I31(value), _) => {
            Val::AnyRef(Some(AnyRef::from_i31(&mut store, I31::wrapping_i32(*value))))
        }
        (Value::Extern(number), _) => Val::ExternRef(Some(ExternRef::new(&mut store, *number)?)),
        (_, ValType::Ref(ty)) => Val::null_ref(ty.heap_type()),
        (other, ty) => panic!("no {ty}: {other:?}"),
    })
}

fn values(mut store: impl AsContextMut, values: &[Val]) -> Vec<Value> {
    values.iter().map(|value| to_value(&mut store, value)).collect()
}

fn to_value(mut store: impl AsContextMut, value: &Val) -> Value {
    match value {
        Val::I32(value) => Value::I32(*value),
        Val::I64(value) => Value::I64(*value),
        Val::F32(bits) => Value::f32(*bits),
        Val::F64(bits) => Value::f64(*bits),
        Val::V128(value) => Value::V128(value.as_u128()),
        Val::FuncRef(None) | Val::ExternRef(None) | Val::AnyRef(None) | Val::ExnRef(None) => {
            Value::Null
        }
        Val::FuncRef(Some(_)) => Value::Func,
        Val::ExternRef(Some(reference)) => {
            let inner = AnyRef::convert_extern(&mut store, *reference).expect("it lives");
            of_any(store, inner)
        }
        Val::AnyRef(Some(reference)) => of_any(store, *reference),
        Val::ExnRef(Some(_)) => Value::Exception,
        Val::ContRef(_) => panic!("no continuations"),
    }
}

/// An internal reference, which may hold one of the host's.
fn of_any(mut store: impl AsContextMut, reference: Rooted<AnyRef>) -> Value {
    let alive = "it lives";
    if let Some(value) = reference.as_i31(&store).expect(alive) {
        return Value::I31(value.get_i32());
    }
    if reference.is_struct(&store).expect(alive) {
        return Value::Struct;
    }
    if reference.is_array(&store).expect(alive) {
        return Value::Array;
    }
    let outer = ExternRef::convert_any(&mut store, reference).expect(alive);
    let data = outer.data(store.as_context()).expect(alive);
    let number = data.and_then(|data| data.downcast_ref::<u32>());
    Value::Extern(*number.expect("the host makes numbers only"))
}
