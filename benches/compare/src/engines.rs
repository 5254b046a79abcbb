//! Who runs it. An engine more is an [`Engine`] and a [`Running`] more, and a place in `main`.

mod ours;
mod wasmi;

use std::error::Error;

use crate::programs::{Program, Value};

pub(crate) use ours::Ours;
pub(crate) use wasmi::Wasmi;

/// A way to run modules.
pub(crate) trait Engine {
    /// What the table calls it.
    fn name(&self) -> &'static str;
    /// An instance, ready to be called.
    fn load(&self, program: &Program) -> Result<Box<dyn Running>, Box<dyn Error>>;
}

/// An instance of a program on an engine.
pub(crate) trait Running {
    /// Calls the program's export with its arguments; it gives one result.
    fn call(&mut self, program: &Program) -> Result<Value, Box<dyn Error>>;
}
