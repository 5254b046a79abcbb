//! Who runs it. An engine more is a file in `engines/` that implements the three traits, and a row
//! of [`ENGINES`].

mod ours;
mod sf_nano;
mod tinywasm;
mod wasmi;
mod wasmtime;

use std::error::Error;
use std::time::Duration;

use ::wasmi::CompilationMode;
use serverless_wasm::interp::{Config, Translation};

use crate::value::Value;

pub(crate) type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// A way to run modules.
pub(crate) trait Engine {
    /// Decodes and validates a module.
    fn load(&self, wasm: &[u8]) -> Result<Box<dyn Loaded>>;
}

/// A module, on the way to its instances.
pub(crate) trait Loaded {
    fn instantiate(&self) -> Result<Box<dyn Running>>;
    /// Makes so many instances of a module without imports, each in a store of its own, and drops
    /// them; what can be prepared once for all of them isn't timed.
    fn instances(&self, count: u32) -> Result<Duration>;
}

/// An instance, with a store of its own.
pub(crate) trait Running {
    /// Looks an exported function up once; [`call`](Self::call) takes its number.
    fn func(&mut self, name: &str) -> Result<usize>;
    /// Calls a function that gives at most one result.
    fn call(&mut self, func: usize, arguments: &[Value]) -> Result<Option<Value>>;
    /// Calls a function from i64 to i64 so often, with arguments and results as values.
    fn value_calls(&mut self, name: &str, count: u32) -> Result<Duration>;
    /// Calls it by the way that knows types when the host is
    /// compiled; None when the engine has none.
    fn typed_calls(&mut self, name: &str, count: u32) -> Result<Option<Duration>>;
    /// Writes into the exported memory.
    fn write(&mut self, address: usize, bytes: &[u8]) -> Result<()>;
    /// What the exported memory holds; nothing when there is none.
    fn memory(&mut self) -> Result<Vec<u8>>;
}

/// An engine by the name that the tables use.
pub(crate) struct Named {
    pub(crate) name: &'static str,
    pub(crate) engine: Box<dyn Engine>,
}

type Maker = fn() -> Result<Box<dyn Engine>>;

/// All engines, in the order of the columns.
const ENGINES: [(&str, Maker); 9] = [
    ("unmetered", || Ok(Box::new(ours::Ours::new(Config::new().metering(false))))),
    ("ours", || Ok(Box::new(ours::Ours::new(Config::new())))),
    ("ours-eager", || Ok(Box::new(ours::Ours::new(Config::new().translation(Translation::Eager))))),
    ("wasmi", || Ok(Box::new(wasmi::Wasmi::new(CompilationMode::LazyTranslation)))),
    ("wasmi-eager", || Ok(Box::new(wasmi::Wasmi::new(CompilationMode::Eager)))),
    ("sf-nano", || Ok(Box::new(sf_nano::SfNano::new()?))),
    ("tinywasm", || Ok(Box::new(tinywasm::TinyWasm))),
    ("pulley", || Ok(Box::new(wasmtime::Wasmtime::pulley()?))),
    ("cranelift", || Ok(Box::new(wasmtime::Wasmtime::cranelift()?))),
];

/// The engines of these names.
pub(crate) fn named(names: &[impl AsRef<str>]) -> Result<Vec<Named>> {
    let is = |name: &str, row: &(&str, Maker)| row.0 == name;
    if let Some(unknown) =
        names.iter().find(|name| !ENGINES.iter().any(|row| is(name.as_ref(), row)))
    {
        let known = ENGINES.map(|row| row.0).join(", ");
        return Err(format!("unknown engine {}: there are {known}", unknown.as_ref()).into());
    }
    ENGINES
        .iter()
        .filter(|row| names.iter().any(|name| is(name.as_ref(), row)))
        .map(|&(name, make)| Ok(Named { name, engine: make()? }))
        .collect()
}
