//! A configuration and all that it names, loaded with every error at once.

use std::path::Path;

use crate::config::{ConfigError, ConfigErrors, Look, Settings};
use crate::interp::Engine;
use crate::server::Site;

use super::{Failure, module, stderr_is_coloured};

/// Reads the configuration and loads its applications. Those whose entries are right are loaded
/// even if others are wrong, so that one report has all errors.
pub(super) fn load(config: &Path, engine: &Engine) -> Result<(Settings, Site), Failure> {
    let (settings, wrong) = Settings::examine(config);
    let site = Site::load(&settings, engine, module::load);
    match (site, wrong) {
        (Ok(site), None) => Ok((settings, site)),
        (Ok(_), Some(errors)) | (Err(errors), None) => Err(refused(&errors)),
        (Err(later), Some(errors)) => {
            let mut all: Vec<ConfigError> = errors.iter().cloned().collect();
            // What both have found, such as a second route of its kind, is told once.
            let place = |error: &ConfigError| (error.line(), error.column());
            let is_new = |error: &&ConfigError| all.iter().all(|old| place(old) != place(error));
            let new: Vec<_> = later.iter().filter(is_new).cloned().collect();
            all.extend(new);
            Err(refused(&settings.errors(all)))
        }
    }
}

/// Reads the configuration alone.
pub(super) fn settings(config: &Path) -> Result<Settings, Failure> {
    Settings::load(config).map_err(|errors| refused(&errors))
}

fn refused(errors: &ConfigErrors) -> Failure {
    let look = if stderr_is_coloured() { Look::Coloured } else { Look::Plain };
    Failure::Reported(errors.render(look))
}
