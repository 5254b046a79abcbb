//! tinywasm, as its defaults have it, but for what `Cargo.toml` leaves out.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use tinywasm::types::WasmValue;
use tinywasm::{Function, HostFunction, Imports, ModuleInstance, Store};

use super::{Engine, Loaded, Result, Running};
use crate::value::{Clock, Value};

pub(crate) struct TinyWasm;

impl Engine for TinyWasm {
    fn load(&self, wasm: &[u8]) -> Result<Box<dyn Loaded>> {
        Ok(Box::new(TinyWasmModule { module: tinywasm::parse_bytes(wasm)? }))
    }
}

struct TinyWasmModule {
    module: tinywasm::Module,
}

impl Loaded for TinyWasmModule {
    fn instantiate(&self) -> Result<Box<dyn Running>> {
        let mut store = Store::default();
        let clock = RefCell::new(Clock::default());
        let read = HostFunction::from(&mut store, move |_, (): ()| Ok(clock.borrow_mut().read()));
        let pass = HostFunction::from(&mut store, |_, value: i64| Ok(value));
        let mut imports = Imports::new();
        imports.define("env", "clock_ms", read).define("env", "pass", pass);
        let instance = ModuleInstance::instantiate(&mut store, &self.module, Some(imports))?;
        Ok(Box::new(TinyWasmInstance { store, instance, funcs: Vec::new() }))
    }

    fn instances(&self, count: u32) -> Result<Duration> {
        let start = Instant::now();
        for _ in 0..count {
            ModuleInstance::instantiate(&mut Store::default(), &self.module, None)?;
        }
        Ok(start.elapsed())
    }
}

struct TinyWasmInstance {
    store: Store,
    instance: ModuleInstance,
    funcs: Vec<Function>,
}

impl Running for TinyWasmInstance {
    fn func(&mut self, name: &str) -> Result<usize> {
        self.funcs.push(self.instance.func_untyped(&self.store, name)?);
        Ok(self.funcs.len() - 1)
    }

    fn call(&mut self, func: usize, arguments: &[Value]) -> Result<Option<Value>> {
        let arguments: Vec<WasmValue> = arguments.iter().copied().map(to_value).collect();
        let results = self.funcs[func].call(&mut self.store, &arguments)?;
        results.first().map(from_value).transpose()
    }

    fn value_calls(&mut self, name: &str, count: u32) -> Result<Duration> {
        let func = self.instance.func_untyped(&self.store, name)?;
        let start = Instant::now();
        for round in 0..count {
            func.call(&mut self.store, &[WasmValue::I64(round.into())])?;
        }
        Ok(start.elapsed())
    }

    fn typed_calls(&mut self, name: &str, count: u32) -> Result<Option<Duration>> {
        let func = self.instance.func::<i64, i64>(&self.store, name)?;
        let start = Instant::now();
        for round in 0..count {
            func.call(&mut self.store, round.into())?;
        }
        Ok(Some(start.elapsed()))
    }

    fn write(&mut self, address: usize, bytes: &[u8]) -> Result<()> {
        let memory = self.instance.memory("memory")?;
        Ok(memory.copy_from_slice(&mut self.store, address, bytes)?)
    }

    fn memory(&mut self) -> Result<Vec<u8>> {
        let Ok(memory) = self.instance.memory("memory") else {
            return Ok(Vec::new());
        };
        let len = memory.len(&self.store)?;
        Ok(memory.read_vec(&self.store, 0, len)?)
    }
}

const fn to_value(value: Value) -> WasmValue {
    match value {
        Value::I32(value) => WasmValue::I32(value),
        Value::I64(value) => WasmValue::I64(value),
        Value::F32(bits) => WasmValue::F32(f32::from_bits(bits)),
        Value::F64(bits) => WasmValue::F64(f64::from_bits(bits)),
    }
}

fn from_value(value: &WasmValue) -> Result<Value> {
    match value {
        WasmValue::I32(value) => Ok(Value::I32(*value)),
        WasmValue::I64(value) => Ok(Value::I64(*value)),
        WasmValue::F32(value) => Ok(Value::F32(value.to_bits())),
        WasmValue::F64(value) => Ok(Value::F64(value.to_bits())),
        other => Err(format!("a result that no program has: {other:?}").into()),
    }
}
