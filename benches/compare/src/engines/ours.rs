//! This repository's engine, as its defaults have it.

use std::error::Error;

use serverless_wasm::interp::{Caller, Func, Linker, Module, Store};
use serverless_wasm::wasm::Val;

use super::{Engine, Running};
use crate::programs::{Clock, Program, Value};

pub(crate) struct Ours {
    engine: serverless_wasm::interp::Engine,
}

impl Ours {
    pub(crate) fn new() -> Self {
        Self { engine: serverless_wasm::interp::Engine::default() }
    }
}

struct Loaded {
    store: Store<Clock>,
    func: Func,
}

impl Engine for Ours {
    fn name(&self) -> &'static str {
        "serverless-wasm"
    }

    fn load(&self, program: &Program) -> Result<Box<dyn Running>, Box<dyn Error>> {
        let module = Module::new(&self.engine, &program.wasm)?;
        let mut store = Store::new(&self.engine, Clock::default());
        let mut linker = Linker::new(&self.engine);
        linker.func_wrap("env", "clock_ms", |mut caller: Caller<'_, Clock>| {
            caller.data_mut().read()
        })?;
        let instance = linker.instantiate(&mut store, &module)?;
        let func = instance.get_func(&mut store, program.export)?;
        Ok(Box::new(Loaded { store, func }))
    }
}

impl Running for Loaded {
    fn call(&mut self, program: &Program) -> Result<Value, Box<dyn Error>> {
        let arguments: Vec<Val> = program.arguments.iter().copied().map(to_val).collect();
        let results = self.func.call(&mut self.store, &arguments)?;
        match results[..] {
            [Val::I64(value)] => Ok(Value::I64(value)),
            [Val::F32(bits)] => Ok(Value::F32(bits)),
            _ => Err(format!("results of types that no program has: {results:?}").into()),
        }
    }
}

const fn to_val(value: Value) -> Val {
    match value {
        Value::I64(value) => Val::I64(value),
        Value::F32(bits) => Val::F32(bits),
    }
}
