//! Scripts in the file system.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The `.wast` files below a folder, sorted; of a file, the file itself.
///
/// # Errors
/// When a folder can't be read, or there is no such path.
pub fn find(path: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    if fs::metadata(path)?.is_dir() {
        collect(path, &mut paths)?;
        paths.sort();
    } else {
        paths.push(path.to_owned());
    }
    Ok(paths)
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, paths)?;
        } else if path.extension().is_some_and(|extension| extension == "wast") {
            paths.push(path);
        }
    }
    Ok(())
}
