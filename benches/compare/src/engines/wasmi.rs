//! wasmi, as its defaults have it.

use std::error::Error;

use wasmi::{Caller, F32, Func, Linker, Module, Store, Val};

use super::{Engine, Running};
use crate::programs::{Clock, Program, Value};

pub(crate) struct Wasmi {
    engine: wasmi::Engine,
}

impl Wasmi {
    pub(crate) fn new() -> Self {
        Self { engine: wasmi::Engine::default() }
    }
}

struct Loaded {
    store: Store<Clock>,
    func: Func,
}

impl Engine for Wasmi {
    fn name(&self) -> &'static str {
        "wasmi"
    }

    fn load(&self, program: &Program) -> Result<Box<dyn Running>, Box<dyn Error>> {
        let module = Module::new(&self.engine, &program.wasm)?;
        let mut store = Store::new(&self.engine, Clock::default());
        let mut linker = Linker::new(&self.engine);
        linker.func_wrap("env", "clock_ms", |mut caller: Caller<'_, Clock>| {
            caller.data_mut().read()
        })?;
        let instance = linker.instantiate_and_start(&mut store, &module)?;
        let func = instance.get_func(&store, program.export).ok_or("no such export")?;
        Ok(Box::new(Loaded { store, func }))
    }
}

impl Running for Loaded {
    fn call(&mut self, program: &Program) -> Result<Value, Box<dyn Error>> {
        let arguments: Vec<Val> = program.arguments.iter().copied().map(to_val).collect();
        let mut results = [Val::I32(0)];
        self.func.call(&mut self.store, &arguments, &mut results)?;
        match results {
            [Val::I64(value)] => Ok(Value::I64(value)),
            [Val::F32(value)] => Ok(Value::F32(value.to_bits())),
            [other] => Err(format!("a result of a type that no program has: {other:?}").into()),
        }
    }
}

fn to_val(value: Value) -> Val {
    match value {
        Value::I64(value) => Val::I64(value),
        Value::F32(bits) => Val::F32(F32::from_bits(bits)),
    }
}
