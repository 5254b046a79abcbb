//! Configuration files: what a good one says, and what each broken one is told.

mod errors;
mod good;
mod properties;
mod references;
mod reports;

use std::fs;
use std::path::PathBuf;

use serverless_wasm::config::{ConfigErrors, Settings};

/// A folder with a module that exists, gone when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let path = std::env::temp_dir().join(format!("sw-config-{}-{test}", std::process::id()));
        fs::create_dir_all(path.join("samples")).expect("a folder");
        for module in ["app.wasm", "samples/testfunc.wasm", "samples/testbackend.wasm"] {
            fs::write(path.join(module), "\0asm\x01\0\0\0").expect("a file");
        }
        Self(path)
    }

    fn parse(&self, text: &str) -> Result<Settings, ConfigErrors> {
        Settings::parse(&self.0.join("config.toml"), text)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

/// Every error must be in `expected` as `line:column: message`, in this order.
fn check(test: &str, text: &str, expected: &[&str]) {
    let folder = Folder::new(test);
    let errors = folder.parse(text).expect_err("the text is broken");
    let prefix = format!("{}:", folder.0.join("config.toml").display());
    let folder_name = format!("{}/", folder.0.display());
    let found: Vec<String> = errors
        .iter()
        .map(|error| error.to_string().replacen(&prefix, "", 1).replace(&folder_name, ""))
        .collect();
    assert_eq!(found, expected);
}
