//! Who runs it. An engine more is a file in `engines/` that implements the three traits, and a row
//! of [`ENGINES`].

mod ours;
mod sf_nano;
mod tinywasm;
mod wasmi;
mod wasmtime;

use std::error::Error;

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
}

/// An instance, with a store of its own.
pub(crate) trait Running {
    /// Looks an exported function up once; [`call`](Self::call) takes its number.
    fn func(&mut self, name: &str) -> Result<usize>;
    /// Calls a function that gives at most one result.
    fn call(&mut self, func: usize, arguments: &[Value]) -> Result<Option<Value>>;
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
const ENGINES: [(&str, Maker); 6] = [
    ("ours", || Ok(Box::new(ours::Ours::new()))),
    ("wasmi", || Ok(Box::new(wasmi::Wasmi::new()))),
    ("sf-nano", || Ok(Box::new(sf_nano::SfNano::new()?))),
    ("tinywasm", || Ok(Box::new(tinywasm::TinyWasm))),
    ("pulley", || Ok(Box::new(wasmtime::Wasmtime::pulley()?))),
    ("cranelift", || Ok(Box::new(wasmtime::Wasmtime::cranelift()?))),
];

/// The engines of these names; all of them when there are none.
pub(crate) fn named(names: &[String]) -> Result<Vec<Named>> {
    if let Some(unknown) = names.iter().find(|name| ENGINES.iter().all(|row| row.0 != **name)) {
        let known = ENGINES.map(|row| row.0).join(", ");
        return Err(format!("unknown engine {unknown}: there are {known}").into());
    }
    ENGINES
        .iter()
        .filter(|row| names.is_empty() || names.iter().any(|name| name == row.0))
        .map(|&(name, make)| Ok(Named { name, engine: make()? }))
        .collect()
}
