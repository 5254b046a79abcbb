//! sf-nano-core's interpreter: handlers in assembly, generated when it is built.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use sf_nano_core::{Config, Func, Import, Instance, Module};

use super::{Engine, Loaded, Result, Running};
use crate::value::{Clock, Value};

pub(crate) struct SfNano {
    engine: sf_nano_core::Engine,
}

impl SfNano {
    pub(crate) fn new() -> Result<Self> {
        // Its error is no `Error`.
        let engine = sf_nano_core::Engine::new(Config::new()).map_err(|error| error.to_string())?;
        Ok(Self { engine })
    }
}

impl Engine for SfNano {
    fn load(&self, wasm: &[u8]) -> Result<Box<dyn Loaded>> {
        // An instance consumes its module: validating here says whether there can be one.
        Module::new("main", wasm)?;
        Ok(Box::new(SfNanoModule { engine: self.engine, wasm: wasm.to_vec() }))
    }
}

struct SfNanoModule {
    engine: sf_nano_core::Engine,
    wasm: Vec<u8>,
}

impl Loaded for SfNanoModule {
    fn instantiate(&self) -> Result<Box<dyn Running>> {
        let instance = Instance::new(&self.engine, &self.wasm, &[clock(), pass()])?;
        Ok(Box::new(SfNanoInstance { instance, funcs: Vec::new() }))
    }

    fn instances(&self, count: u32) -> Result<Duration> {
        let mut sum = Duration::ZERO;
        for _ in 0..count {
            let module = Module::new("main", &self.wasm)?;
            let start = Instant::now();
            Instance::from_module(&self.engine, module, &[])?;
            sum += start.elapsed();
        }
        Ok(sum)
    }
}

fn clock() -> Import {
    let clock = RefCell::new(Clock::default());
    Import::func("env", "clock_ms", move |_, _, results| {
        results[0] = sf_nano_core::Value::I32(clock.borrow_mut().read());
        Ok(())
    })
}

fn pass() -> Import {
    Import::func("env", "pass", |_, arguments, results| {
        results[0] = arguments[0];
        Ok(())
    })
}

struct SfNanoInstance {
    instance: Instance,
    funcs: Vec<Func>,
}

impl Running for SfNanoInstance {
    fn func(&mut self, name: &str) -> Result<usize> {
        self.funcs.push(self.instance.get_func(name).ok_or("no such export")?);
        Ok(self.funcs.len() - 1)
    }

    fn call(&mut self, func: usize, arguments: &[Value]) -> Result<Option<Value>> {
        let arguments: Vec<_> = arguments.iter().copied().map(to_value).collect();
        let func = &self.funcs[func];
        let mut results = vec![sf_nano_core::Value::Unknown; func.arity().1];
        self.instance.call(func, &arguments, &mut results)?;
        results.first().map(from_value).transpose()
    }

    fn value_calls(&mut self, name: &str, count: u32) -> Result<Duration> {
        let func = self.instance.get_func(name).ok_or("no such export")?;
        let mut results = [sf_nano_core::Value::I64(0)];
        let start = Instant::now();
        for round in 0..count {
            let arguments = [sf_nano_core::Value::I64(round.into())];
            self.instance.call(&func, &arguments, &mut results)?;
        }
        Ok(start.elapsed())
    }

    fn typed_calls(&mut self, _: &str, _: u32) -> Result<Option<Duration>> {
        Ok(None)
    }

    fn write(&mut self, address: usize, bytes: &[u8]) -> Result<()> {
        let mut memory = self.instance.memory_mut()?;
        let place = memory.get_mut(address..address + bytes.len()).ok_or("no such address")?;
        place.copy_from_slice(bytes);
        Ok(())
    }

    fn memory(&mut self) -> Result<Vec<u8>> {
        if self.instance.memory_pages("memory").is_none() {
            return Ok(Vec::new());
        }
        Ok(self.instance.memory()?.to_vec())
    }
}

const fn to_value(value: Value) -> sf_nano_core::Value {
    match value {
        Value::I32(value) => sf_nano_core::Value::I32(value),
        Value::I64(value) => sf_nano_core::Value::I64(value),
        Value::F32(bits) => sf_nano_core::Value::F32(f32::from_bits(bits)),
        Value::F64(bits) => sf_nano_core::Value::F64(f64::from_bits(bits)),
    }
}

fn from_value(value: &sf_nano_core::Value) -> Result<Value> {
    match value {
        sf_nano_core::Value::I32(value) => Ok(Value::I32(*value)),
        sf_nano_core::Value::I64(value) => Ok(Value::I64(*value)),
        sf_nano_core::Value::F32(value) => Ok(Value::F32(value.to_bits())),
        sf_nano_core::Value::F64(value) => Ok(Value::F64(value.to_bits())),
        other => Err(format!("a result that no program has: {other:?}").into()),
    }
}
