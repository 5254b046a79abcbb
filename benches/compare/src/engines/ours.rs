//! This repository's engine.

use std::time::{Duration, Instant};

use serverless_wasm::interp::{self, Caller, Config, Func, Instance, Linker, Module, Store, Val};

use super::{Engine, Loaded, Result, Running};
use crate::value::{Clock, Value};

pub(crate) struct Ours {
    engine: interp::Engine,
}

impl Ours {
    pub(crate) fn new(config: Config) -> Self {
        Self { engine: interp::Engine::new(config) }
    }
}

impl Engine for Ours {
    fn load(&self, wasm: &[u8]) -> Result<Box<dyn Loaded>> {
        Ok(Box::new(OurModule { module: Module::new(&self.engine, wasm)? }))
    }
}

struct OurModule {
    module: Module,
}

impl Loaded for OurModule {
    fn instantiate(&self) -> Result<Box<dyn Running>> {
        let engine = self.module.engine();
        let mut store = Store::new(engine, Clock::default());
        let mut linker = Linker::new(engine);
        linker.func_wrap("env", "clock_ms", |mut caller: Caller<'_, Clock>| {
            caller.data_mut().read()
        })?;
        linker.func_wrap("env", "pass", |value: i64| value)?;
        let instance = linker.instantiate(&mut store, &self.module)?;
        Ok(Box::new(OurInstance { store, instance, funcs: Vec::new() }))
    }

    fn instances(&self, count: u32) -> Result<Duration> {
        let engine = self.module.engine();
        let linked = Linker::new(engine).instantiate_pre(&self.module)?;
        let start = Instant::now();
        for _ in 0..count {
            linked.instantiate(&mut Store::new(engine, ()))?;
        }
        Ok(start.elapsed())
    }
}

struct OurInstance {
    store: Store<Clock>,
    instance: Instance,
    funcs: Vec<Func>,
}

impl Running for OurInstance {
    fn func(&mut self, name: &str) -> Result<usize> {
        self.funcs.push(self.instance.get_func(&mut self.store, name)?);
        Ok(self.funcs.len() - 1)
    }

    fn call(&mut self, func: usize, arguments: &[Value]) -> Result<Option<Value>> {
        let arguments: Vec<Val> = arguments.iter().copied().map(to_val).collect();
        let results = self.funcs[func].call(&mut self.store, &arguments)?;
        results.first().copied().map(from_val).transpose()
    }

    fn value_calls(&mut self, name: &str, count: u32) -> Result<Duration> {
        let func = self.instance.get_func(&mut self.store, name)?;
        let start = Instant::now();
        for round in 0..count {
            func.call(&mut self.store, &[Val::I64(round.into())])?;
        }
        Ok(start.elapsed())
    }

    fn typed_calls(&mut self, name: &str, count: u32) -> Result<Option<Duration>> {
        let func = self.instance.get_typed_func::<i64, i64>(&mut self.store, name)?;
        let start = Instant::now();
        for round in 0..count {
            func.call(&mut self.store, round.into())?;
        }
        Ok(Some(start.elapsed()))
    }

    fn write(&mut self, address: usize, bytes: &[u8]) -> Result<()> {
        let memory = self.instance.get_memory(&mut self.store, "memory")?;
        Ok(memory.write(&mut self.store, address as u64, bytes)?)
    }

    fn memory(&mut self) -> Result<Vec<u8>> {
        let Ok(memory) = self.instance.get_memory(&mut self.store, "memory") else {
            return Ok(Vec::new());
        };
        Ok(memory.data(&self.store)?.to_vec())
    }
}

const fn to_val(value: Value) -> Val {
    match value {
        Value::I32(value) => Val::I32(value),
        Value::I64(value) => Val::I64(value),
        Value::F32(bits) => Val::F32(bits),
        Value::F64(bits) => Val::F64(bits),
    }
}

fn from_val(value: Val) -> Result<Value> {
    match value {
        Val::I32(value) => Ok(Value::I32(value)),
        Val::I64(value) => Ok(Value::I64(value)),
        Val::F32(bits) => Ok(Value::F32(bits)),
        Val::F64(bits) => Ok(Value::F64(bits)),
        Val::V128(_) | Val::Ref(_) => Err(format!("a result that no program has: {value}").into()),
    }
}
