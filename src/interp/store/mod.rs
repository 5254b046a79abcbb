//! The store: run-time objects, one kind a file.

pub(crate) mod context;
pub(crate) mod func;
pub(crate) mod meter;
pub(crate) mod object;
