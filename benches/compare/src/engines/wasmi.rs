//! wasmi.

use std::time::{Duration, Instant};

use wasmi::{
    Caller, CompilationMode, Config, F32, F64, Func, Instance, Linker, Module, Store, Val,
};

use super::{Engine, Loaded, Result, Running};
use crate::value::{Clock, Value};

pub(crate) struct Wasmi {
    engine: wasmi::Engine,
}

impl Wasmi {
    pub(crate) fn new(mode: CompilationMode) -> Self {
        let mut config = Config::default();
        config.compilation_mode(mode);
        Self { engine: wasmi::Engine::new(&config) }
    }
}

impl Engine for Wasmi {
    fn load(&self, wasm: &[u8]) -> Result<Box<dyn Loaded>> {
        Ok(Box::new(WasmiModule { module: Module::new(&self.engine, wasm)? }))
    }
}

struct WasmiModule {
    module: Module,
}

impl Loaded for WasmiModule {
    fn instantiate(&self) -> Result<Box<dyn Running>> {
        let engine = self.module.engine();
        let mut store = Store::new(engine, Clock::default());
        let mut linker = Linker::new(engine);
        linker.func_wrap("env", "clock_ms", |mut caller: Caller<'_, Clock>| {
            caller.data_mut().read()
        })?;
        linker.func_wrap("env", "pass", |value: i64| value)?;
        let instance = linker.instantiate_and_start(&mut store, &self.module)?;
        Ok(Box::new(WasmiInstance { store, instance, funcs: Vec::new() }))
    }

    fn instances(&self, count: u32) -> Result<Duration> {
        let engine = self.module.engine();
        let linker = Linker::<()>::new(engine);
        let start = Instant::now();
        for _ in 0..count {
            linker.instantiate_and_start(Store::new(engine, ()), &self.module)?;
        }
        Ok(start.elapsed())
    }
}

struct WasmiInstance {
    store: Store<Clock>,
    instance: Instance,
    /// With how many results each gives.
    funcs: Vec<(Func, usize)>,
}

impl Running for WasmiInstance {
    fn func(&mut self, name: &str) -> Result<usize> {
        let func = self.instance.get_func(&self.store, name).ok_or("no such export")?;
        let results = func.ty(&self.store).results().len();
        self.funcs.push((func, results));
        Ok(self.funcs.len() - 1)
    }

    fn call(&mut self, func: usize, arguments: &[Value]) -> Result<Option<Value>> {
        let arguments: Vec<Val> = arguments.iter().copied().map(to_val).collect();
        let (func, count) = self.funcs[func];
        let mut results = vec![Val::I32(0); count];
        func.call(&mut self.store, &arguments, &mut results)?;
        results.first().map(from_val).transpose()
    }

    fn value_calls(&mut self, name: &str, count: u32) -> Result<Duration> {
        let func = self.instance.get_func(&self.store, name).ok_or("no such export")?;
        let mut results = [Val::I64(0)];
        let start = Instant::now();
        for round in 0..count {
            func.call(&mut self.store, &[Val::I64(round.into())], &mut results)?;
        }
        Ok(start.elapsed())
    }

    fn typed_calls(&mut self, name: &str, count: u32) -> Result<Option<Duration>> {
        let func = self.instance.get_typed_func::<i64, i64>(&self.store, name)?;
        let start = Instant::now();
        for round in 0..count {
            func.call(&mut self.store, round.into())?;
        }
        Ok(Some(start.elapsed()))
    }

    fn write(&mut self, address: usize, bytes: &[u8]) -> Result<()> {
        let memory = self.instance.get_memory(&self.store, "memory").ok_or("no memory")?;
        Ok(memory.write(&mut self.store, address, bytes)?)
    }

    fn memory(&mut self) -> Result<Vec<u8>> {
        let memory = self.instance.get_memory(&self.store, "memory");
        Ok(memory.map(|memory| memory.data(&self.store).to_vec()).unwrap_or_default())
    }
}

fn to_val(value: Value) -> Val {
    match value {
        Value::I32(value) => Val::I32(value),
        Value::I64(value) => Val::I64(value),
        Value::F32(bits) => Val::F32(F32::from_bits(bits)),
        Value::F64(bits) => Val::F64(F64::from_bits(bits)),
    }
}

fn from_val(value: &Val) -> Result<Value> {
    match value {
        Val::I32(value) => Ok(Value::I32(*value)),
        Val::I64(value) => Ok(Value::I64(*value)),
        Val::F32(value) => Ok(Value::F32(value.to_bits())),
        Val::F64(value) => Ok(Value::F64(value.to_bits())),
        other => Err(format!("a result that no program has: {other:?}").into()),
    }
}
