//! What the samples do, the same in every language: what their README shows, and more.

use std::fs;
use std::path::Path;

use crate::backend::Backend;
use crate::client::Request;
use crate::document::{blocks, check_console};
use crate::folder::Folder;
use crate::languages::Language;
use crate::root;
use crate::server::Server;

/// Serves the samples of a folder, of which only one language need be there, and asks them.
pub(crate) fn check_samples(samples: &Path, language: &Language) {
    let mut backend = Backend::start();
    let folder = Folder::new(&format!("served-{}", language.folder));
    let server = serve(&folder, samples, &backend);
    check_readme(&server, &mut backend, language);
    check_echo(&server, language);
    check_words(&server, language);
    check_params(&server, language);
}
