//! `call`: one request without a socket.

use std::fs;
use std::path::PathBuf;

use crate::interp::{Backend, Config, Engine};
use crate::server::Watcher;

use super::{Failure, log, print, request, site, tell};

/// Answer one request as `serve` would, without a socket, and print the answer
///
/// The request is read, routed, answered and logged as one from a client. The answer is printed as
/// it would be sent: status line, header lines, an empty line, body.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The configuration, in TOML
    config: PathBuf,
    /// The method, such as `GET`
    method: String,
    /// The path, with its query when there is one
    path: String,
    /// A header line; may be repeated
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE")]
    headers: Vec<String>,
    /// The body; `@FILE` is what the file holds
    #[arg(short, long, value_name = "DATA|@FILE")]
    data: Option<String>,
    /// Tell on stderr which functions are called, the host's included; slower
    #[arg(long)]
    trace: bool,
    #[command(flatten)]
    log: log::Arguments,
}

const EXAMPLES: &str = "\
Examples:
  serverless-wasm call samples/config.toml GET /hello
  serverless-wasm call samples/config.toml POST /rust/words -d 'to be or not to be'
  serverless-wasm call --trace --log off samples/config.toml GET '/hello?a=1'

Exit status: 0 when it was answered, whatever the answer's status is; 134 when the guest failed.";

/// Prints the answer.
pub(super) fn call(arguments: &Arguments) -> Result<(), Failure> {
    let Arguments { config, method, path, headers, data, trace, .. } = arguments;
    let body = data.as_deref().map(contents).transpose()?;
    let bytes = request::bytes(method, path, headers, body.as_deref())?;
    let backend = if *trace { Config::new().backend(Backend::Stepped) } else { Config::new() };
    let (_, site) = site::load(config, &Engine::new(backend))?;
    arguments.log.begin();
    let watcher = Watcher::new(tell);
    let called = site.call(&bytes, trace.then_some(&watcher)).map_err(Failure::failed)?;
    print(called.bytes)?;
    match called.failure {
        Some(reason) => Err(Failure::Guest(reason)),
        None => Ok(()),
    }
}

/// The body that `-d` asks for.
fn contents(data: &str) -> Result<Vec<u8>, Failure> {
    match data.strip_prefix('@') {
        Some(file) => fs::read(file).map_err(|error| Failure::failed(format!("{file}: {error}"))),
        None => Ok(data.as_bytes().to_vec()),
    }
}
