//! `check`: everything that `serve` would refuse, in one report.

use std::path::PathBuf;

use crate::config::{Application, Found};
use crate::interp::Engine;

use super::{Failure, print, site, table};

/// Say what is wrong with a configuration and the modules that it names, without serving
///
/// Modules are decoded, validated and linked, and their functions looked up, as `serve` does.
/// Whether the address is free is not looked at: a server may be using it.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The configuration, in TOML
    config: PathBuf,
}

const EXAMPLES: &str = "\
Examples:
  serverless-wasm check samples/config.toml

Exit status: 0 when `serve` would serve; 1 when something is wrong.";

/// Prints the applications with where their modules were found, or all that is wrong.
pub(super) fn check(arguments: &Arguments) -> Result<(), Failure> {
    let (settings, _) = site::load(&arguments.config, &Engine::default())?;
    let count = settings.applications.len();
    let applications = if count == 1 { "application" } else { "applications" };
    let head = format!("{}: {count} {applications}\n", arguments.config.display());
    print(head + &table(settings.applications.iter().map(row)))
}

fn row(application: &Application) -> [String; 4] {
    let found = match application.found {
        Found::Absolute => "an absolute path",
        Found::BesideConfiguration => "found in the configuration's folder",
        Found::WorkingDirectory => "found in the working directory",
    };
    let Application { method, url_path, file_path, .. } = application;
    let [method, path] = [method.get_ref().clone(), url_path.get_ref().to_string()];
    [method, path, file_path.get_ref().display().to_string(), found.to_owned()]
}
