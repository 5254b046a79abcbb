//! `validate`: decodes and validates modules, and says what is wrong with them.

use std::path::PathBuf;

use super::{Failure, features, module};

/// Decode and validate modules; says nothing when they are valid
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    features: features::Arguments,
    /// Modules in the binary or the text format
    #[arg(required = true, value_name = "MODULE")]
    modules: Vec<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  serverless-wasm validate module.wasm
  serverless-wasm validate samples/*.wat";

/// Every module is looked at; each error is a message.
pub(super) fn validate(arguments: &Arguments) -> Result<(), Failure> {
    let engine = arguments.features.engine();
    let errors = arguments.modules.iter().map(|path| module::load(&engine, path));
    let messages: Vec<_> = errors.filter_map(Result::err).collect();
    if messages.is_empty() { Ok(()) } else { Err(Failure::Failed(messages.join("\nerror: "))) }
}
