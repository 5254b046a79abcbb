//! The ways to run a program: the reference evaluator, and the engine in each of its settings. All
//! get the same imports, make the same calls, and give the same kind of outcome.

use serverless_wasm::decoder::decode;
use serverless_wasm::interp::{
    Backend, CallError, Config, Engine, Extern, ExternRef, ExternType, Global, InstantiateError,
    Linker, Memory, Module, Ref, Store, Translation, TrapKind, Val,
};
use serverless_wasm::wasm::module::ExportDesc;
use serverless_wasm::wasm::{AbsHeapType, Features, Limits, RefType, ValType};

use crate::reference::{Address, Host, Instance, Trap, Value};

/// What a program did.
#[derive(PartialEq, Debug)]
pub(crate) struct Outcome {
    /// What each call gave.
    pub(crate) calls: Vec<Result<Vec<Value>, Trap>>,
    /// What the host was called with.
    pub(crate) trace: Vec<(u32, Vec<Value>)>,
    pub(crate) globals: Vec<Value>,
    /// Size and contents.
    pub(crate) memories: Vec<Vec<u8>>,
    pub(crate) tables: Vec<Vec<Value>>,
    /// Instructions executed.
    pub(crate) spent: u64,
}

/// A call of an export.
pub(crate) type Call = (String, Vec<Value>);

/// What the host answers: numbers that follow from the arguments and from how often it was asked.
#[derive(Default)]
pub(crate) struct Recorder {
    pub(crate) trace: Vec<(u32, Vec<Value>)>,
}

impl Host for Recorder {
    fn call(&mut self, func: u32, args: &[Value], results: &[ValType]) -> Vec<Value> {
        let args: Vec<Value> = args.iter().copied().map(plain).collect();
        let mut sum = self.trace.len() as u64;
        for arg in &args {
            sum = sum.wrapping_mul(31).wrapping_add(match *arg {
                Value::I32(bits) | Value::F32(bits) => bits.into(),
                Value::I64(bits) | Value::F64(bits) => bits,
                Value::Ref(reference) => reference.is_some().into(),
            });
        }
        self.trace.push((func, args));
        results.iter().map(|ty| answer(*ty, sum)).collect()
    }

    fn global(&self, ty: ValType) -> Value {
        answer(ty, 7)
    }
}

fn answer(ty: ValType, sum: u64) -> Value {
    match ty {
        ValType::I32 => Value::I32(sum as u32),
        ValType::I64 => Value::I64(sum),
        ValType::F32 => Value::F32(((sum % 1_000) as f32 - 0.5).to_bits()),
        ValType::F64 => Value::F64(((sum % 1_000) as f64 / 4.0).to_bits()),
        ValType::Ref(RefType::EXTERNREF) => Value::Ref(Some(Address::Extern(sum as u32 % 5))),
        other => Value::default(other),
    }
}

/// The value with what may differ taken away: which NaN it is, which function a reference means.
fn plain(value: Value) -> Value {
    match value {
        Value::F32(_) if value.is_nan() => Value::F32(f32::NAN.to_bits()),
        Value::F64(_) if value.is_nan() => Value::F64(f64::NAN.to_bits()),
        Value::Ref(Some(Address::Func(_))) => Value::Ref(Some(Address::Func(0))),
        other => other,
    }
}

fn plain_all(values: &[Value]) -> Vec<Value> {
    values.iter().copied().map(plain).collect()
}

/// What the reference evaluator says; none when it gave up, or when bits were looked at that the
/// specification leaves open.
pub(crate) fn reference(binary: &[u8], calls: &[Call]) -> Option<Outcome> {
    let module = decode(binary, &Limits::default(), Features::default()).expect("a module");
    let mut instance = Instance::new(&module, Recorder::default()).expect("segments fit");
    let run = |(name, args): &Call| instance.call(name, args).map(|values| plain_all(&values));
    let calls: Vec<_> = calls.iter().map(run).collect();
    if instance.nan_seen || calls.contains(&Err(Trap::TooLong)) {
        return None;
    }
    let mut outcome = Outcome {
        calls,
        trace: instance.host.trace.clone(),
        globals: Vec::new(),
        memories: Vec::new(),
        tables: Vec::new(),
        spent: instance.spent,
    };
    for export in &module.exports {
        match export.desc {
            ExportDesc::Func(_) | ExportDesc::Tag(_) => {}
            ExportDesc::Global(idx) => {
                outcome.globals.push(plain(instance.globals[idx.0 as usize]));
            }
            ExportDesc::Memory(idx) => {
                outcome.memories.push(instance.memories[idx.0 as usize].clone());
            }
            ExportDesc::Table(idx) => {
                outcome.tables.push(plain_all(&instance.tables[idx.0 as usize]));
            }
        }
    }
    Some(outcome)
}

/// The settings of an engine.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Way {
    pub(crate) backend: Backend,
    pub(crate) fusion: bool,
    pub(crate) translation: Translation,
    pub(crate) metering: bool,
}

impl Way {
    /// Both backends, and each setting changed once. Without metering nothing is counted.
    pub(crate) const ALL: [Self; 6] = {
        let usual = Self {
            backend: Backend::Threaded,
            fusion: true,
            translation: Translation::Lazy,
            metering: true,
        };
        let stepped = Self { backend: Backend::Stepped, ..usual };
        [
            usual,
            stepped,
            Self { fusion: false, ..usual },
            Self { fusion: false, ..stepped },
            Self { translation: Translation::Eager, ..usual },
            Self { metering: false, ..usual },
        ]
    };
}

/// What the engine does.
pub(crate) fn engine(way: Way, binary: &[u8], calls: &[Call]) -> Outcome {
    let Way { backend, fusion, translation, metering } = way;
    let config = Config::new().backend(backend).fusion(fusion).translation(translation);
    let engine = Engine::new(config.metering(metering));
    let module = Module::new(&engine, binary).expect("valid");
    let mut store = Store::new(&engine, Recorder::default());
    let linker = linker(&engine, &module, &mut store).expect("imports of known types");
    let instance = linker.instantiate(&mut store, &module).expect("segments fit");
    let before = store.consumed();
    let mut results = Vec::new();
    for (name, args) in calls {
        let func = instance.get_func(&mut store, name).expect("an export");
        let ty = func.ty(&store).expect("its own store");
        let args = args.iter().zip(&ty.params).map(|(arg, ty)| to_val_like(*arg, null(*ty)));
        let args: Vec<Val> = args.collect();
        results.push(match func.call(&mut store, &args) {
            Ok(values) => Ok(values.iter().map(|value| plain(to_value(*value))).collect()),
            Err(CallError::Trap(trap)) => Err(to_trap(trap.kind())),
            Err(error) => panic!("{way:?}, {name}: {error}"),
        });
    }
    let mut outcome = Outcome {
        calls: results,
        trace: Vec::new(),
        globals: Vec::new(),
        memories: Vec::new(),
        tables: Vec::new(),
        spent: store.consumed() - before,
    };
    for (_, export) in instance.exports(&mut store).expect("its own store") {
        state(&mut outcome, &store, export).expect("its own store");
    }
    outcome.trace = store.into_data().trace;
    outcome
}

/// Adds what an export holds.
fn state(
    outcome: &mut Outcome,
    store: &Store<Recorder>,
    export: Extern,
) -> Result<(), Box<dyn std::error::Error>> {
    match export {
        Extern::Global(global) => outcome.globals.push(plain(to_value(global.get(store)?))),
        Extern::Memory(memory) => outcome.memories.push(memory.data(store)?.to_vec()),
        Extern::Table(table) => {
            let elements = (0..table.size(store)?).map(|index| table.get(store, index));
            let elements = elements.map(|element| Ok(plain(to_value(Val::Ref(element?)))));
            outcome.tables.push(elements.collect::<Result<_, serverless_wasm::interp::Misuse>>()?);
        }
        Extern::Func(_) | Extern::Tag(_) => {}
    }
    Ok(())
}

fn linker(
    engine: &Engine,
    module: &Module,
    store: &mut Store<Recorder>,
) -> Result<Linker<Recorder>, InstantiateError> {
    let mut linker = Linker::<Recorder>::new(engine);
    let mut funcs = 0;
    for (from, name, ty) in module.imports() {
        match ty {
            ExternType::Func(ty) => {
                let (func, results) = (funcs, ty.results.clone());
                funcs += 1;
                linker.func_new(from, name, ty, move |mut caller, args, places| {
                    let args: Vec<Value> = args.iter().map(|arg| to_value(*arg)).collect();
                    let answers = caller.data_mut().call(func, &args, &results);
                    for (place, answer) in places.iter_mut().zip(answers) {
                        *place = to_val_like(answer, *place);
                    }
                    Ok(())
                })?;
            }
            ExternType::Memory(ty) => {
                let memory = Memory::new(&mut *store, ty)?;
                linker.define(from, name, memory)?;
            }
            ExternType::Global(ty) => {
                let value = to_val_like(store.data().global(ty.content), null(ty.content));
                let global = Global::new(&mut *store, ty, value)?;
                linker.define(from, name, global)?;
            }
            ExternType::Table(_) | ExternType::Tag(_) => panic!("not among the programs' imports"),
        }
    }
    Ok(linker)
}

/// The null of a type; of any number type that of functions, which nobody looks at.
fn null(ty: ValType) -> Val {
    Val::Ref(Ref::Null(match ty {
        ValType::Ref(RefType::EXTERNREF) => AbsHeapType::NoExtern,
        _ => AbsHeapType::NoFunc,
    }))
}

/// The engine's value; a null is that of the place.
fn to_val_like(value: Value, place: Val) -> Val {
    match value {
        Value::I32(bits) => Val::I32(bits.cast_signed()),
        Value::I64(bits) => Val::I64(bits.cast_signed()),
        Value::F32(bits) => Val::F32(bits),
        Value::F64(bits) => Val::F64(bits),
        Value::Ref(None) => place,
        Value::Ref(Some(Address::Extern(number))) => Val::Ref(Ref::Extern(ExternRef(number))),
        Value::Ref(Some(Address::Func(func))) => panic!("no function of the host's: {func}"),
    }
}

fn to_value(value: Val) -> Value {
    match value {
        Val::I32(value) => Value::I32(value.cast_unsigned()),
        Val::I64(value) => Value::I64(value.cast_unsigned()),
        Val::F32(bits) => Value::F32(bits),
        Val::F64(bits) => Value::F64(bits),
        Val::Ref(Ref::Null(_)) => Value::Ref(None),
        Val::Ref(Ref::Func(_)) => Value::Ref(Some(Address::Func(0))),
        Val::Ref(Ref::Extern(ExternRef(number))) => Value::Ref(Some(Address::Extern(number))),
        Val::Ref(Ref::I31(_) | Ref::Struct(_) | Ref::Array(_) | Ref::Exception(_)) => {
            panic!("no objects here")
        }
        Val::V128(_) => panic!("no vectors here"),
    }
}

fn to_trap(kind: TrapKind) -> Trap {
    match kind {
        TrapKind::Unreachable => Trap::Unreachable,
        TrapKind::MemoryOutOfBounds { .. } => Trap::MemoryOutOfBounds,
        TrapKind::TableOutOfBounds { .. } => Trap::TableOutOfBounds,
        TrapKind::UndefinedElement { .. } => Trap::UndefinedElement,
        TrapKind::UninitializedElement { .. } => Trap::UninitializedElement,
        TrapKind::IndirectCallTypeMismatch => Trap::IndirectCallTypeMismatch,
        TrapKind::NullFunctionReference => Trap::NullFunctionReference,
        TrapKind::IntegerDivideByZero => Trap::IntegerDivideByZero,
        TrapKind::IntegerOverflow => Trap::IntegerOverflow,
        TrapKind::InvalidConversionToInteger => Trap::InvalidConversionToInteger,
        other => panic!("no program traps so: {other}"),
    }
}
