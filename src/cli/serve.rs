//! `serve`: answers HTTP requests as a configuration says.

use std::path::PathBuf;

use crate::interp::Engine;
use crate::server::{Server, Signals};

use super::{Failure, log, site};

/// Answer HTTP requests as a configuration says
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The configuration, in TOML
    #[arg(value_name = "CONFIG")]
    pub(super) config: PathBuf,
    #[command(flatten)]
    pub(super) options: Options,
}

/// What may stand beside a configuration, with `serve` or without.
#[derive(Clone, Debug, clap::Args)]
#[group(id = "serve-options")]
pub(super) struct Options {
    /// Where to listen, in place of the configuration's `listen_address`
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    #[command(flatten)]
    log: log::Arguments,
}

const EXAMPLES: &str = "\
Examples:
  serverless-wasm serve samples/config.toml
  serverless-wasm samples/config.toml       the same
  serverless-wasm serve --listen 127.0.0.1:0 --log-format json samples/config.toml

SIGTERM and SIGINT stop it when the running requests have been answered.";

/// Serves until a signal stops it.
pub(super) fn serve(arguments: &Arguments) -> Result<(), Failure> {
    let (settings, site) = site::load(&arguments.config, &Engine::default())?;
    arguments.options.log.begin();
    let address = arguments.options.listen.as_deref().unwrap_or(settings.listen_address.get_ref());
    let server = Server::bind(address, site).map_err(Failure::failed)?;
    let address = server.address().map_err(Failure::failed)?;
    let stop = server.stop();
    let _signals = Signals::request(&stop).map_err(Failure::failed)?;
    tracing::info!("listening on http://{address}");
    server.run().map_err(Failure::failed)
}
