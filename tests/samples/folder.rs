//! A folder for the files of one trial, gone when it ends.

use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Trials run at the same time, some on the same sample.
static FOLDERS: AtomicUsize = AtomicUsize::new(0);

pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        let number = FOLDERS.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("sw-samples-{}-{number}", process::id()));
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Copies a folder into this one under a name, without what compilers left there.
    pub(crate) fn copy(&self, from: &Path, name: &str) {
        copy(from, &self.0.join(name));
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder to copy") {
        let from = entry.expect("an entry").path();
        let name = from.file_name().expect("entries have names");
        let to = to.join(name);
        if from.is_file() {
            fs::copy(&from, to).expect("a copy");
        } else if name != "target" && name != "node_modules" {
            copy(&from, &to);
        }
    }
}
