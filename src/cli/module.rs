//! Reads modules: binaries, and texts as whatever `wat` makes of them.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use crate::interp::{Engine, LoadError, Module};
use crate::validator::Invalid;

/// What every binary module begins with. Spec: binary/modules#binary-module
const MAGIC: &[u8] = b"\0asm";

/// Reads, decodes and validates a module. The error is a message with the place.
pub(super) fn load(engine: &Engine, path: &Path) -> Result<Module, String> {
    let binary = read(path, engine.limits().module_size)?;
    Module::new(engine, &binary).map_err(|error| describe(path, &error))
}

/// The binary of a module.
fn read(path: &Path, limit: usize) -> Result<Vec<u8>, String> {
    let bytes = read_file(path, limit)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let is_text = path.extension().is_some_and(|extension| extension == "wat")
        || wat::Detect::from_bytes(&bytes) == wat::Detect::WasmText;
    if bytes.starts_with(MAGIC) || !is_text {
        return Ok(bytes);
    }
    // Errors of the text format bring their place and an excerpt.
    let binary = wat::Parser::new().parse_bytes(Some(path), &bytes);
    Ok(binary.map_err(|error| error.to_string().trim().to_owned())?.into_owned())
}

/// Reads no more than a module may have and one byte.
fn read_file(path: &Path, limit: usize) -> io::Result<Vec<u8>> {
    if fs::metadata(path)?.is_dir() {
        return Err(io::Error::other("it is a directory"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(limit as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The message, then the place: `  in hello.wasm, function 12 `handle`, offset 0x1f3`.
fn describe(path: &Path, error: &LoadError) -> String {
    let file = path.display();
    match error {
        LoadError::Malformed(malformed) => {
            let kind = malformed.kind();
            let section = malformed.section();
            let section = section.map(|section| format!("{section} section, "));
            let offset = malformed.offset();
            format!("{kind}\n  in {file}, {}offset {offset:#x}", section.unwrap_or_default())
        }
        LoadError::Invalid(invalid) => format!("{invalid}\n  in {file}{}", place(invalid)),
        LoadError::Io(_) => format!("{error}\n  in {file}"),
    }
}

fn place(invalid: &Invalid) -> String {
    let function = match invalid.function() {
        Some((func, Some(name))) => format!(", function {func} `{name}`"),
        Some((func, None)) => format!(", function {func}"),
        None => String::new(),
    };
    let offset = invalid.offset().map(|offset| format!(", offset {offset:#x}"));
    function + &offset.unwrap_or_default()
}
