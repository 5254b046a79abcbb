//! serverless-wasm: a WebAssembly interpreter, and an HTTP server that runs a function a request.
#![deny(unsafe_code)]

pub mod wasm;

pub mod decoder;
pub mod disasm;

pub mod parallel;
pub mod validator;

pub mod interp;
pub mod symbols;

mod near;
mod printable;

pub mod host;

pub mod config;
pub mod server;

pub mod cli;
pub mod wast;
