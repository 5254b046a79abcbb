//! Reads modules: binaries, and texts as whatever `wat` makes of them.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use crate::decoder::{self, Malformed, MalformedKind};
use crate::disasm;
use crate::interp::{Engine, LoadError, Module};
use crate::validator::Invalid;

/// What every binary module begins with. Spec: binary/modules#binary-module
const MAGIC: &[u8] = b"\0asm";

/// Reads, decodes and validates a module. The error is a message with the place.
pub(super) fn load(engine: &Engine, path: &Path) -> Result<Module, String> {
    let binary = read(path, engine.limits().module_size)?;
    Module::new(engine, &binary).map_err(|error| describe(engine, path, &binary, &error))
}

/// The binary of a module.
pub(super) fn read(path: &Path, limit: usize) -> Result<Vec<u8>, String> {
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
fn describe(engine: &Engine, path: &Path, binary: &[u8], error: &LoadError) -> String {
    let file = path.display();
    match error {
        LoadError::Malformed(error) => malformed(path, error),
        LoadError::Invalid(invalid) => {
            let excerpt = excerpt(engine, binary, invalid).unwrap_or_default();
            format!("{invalid}\n  in {file}{}{excerpt}", place(invalid))
        }
        LoadError::Io(_) => format!("{error}\n  in {file}"),
    }
}

/// The message, then the place: `  in hello.wasm, code section, offset 0x1f3`.
pub(super) fn malformed(path: &Path, error: &Malformed) -> String {
    let (kind, file, offset) = (error.kind(), path.display(), error.offset());
    let is_another = *kind == MalformedKind::Magic;
    let hint = if is_another { ": neither a binary module nor WebAssembly text" } else { "" };
    let section = error.section().map(|section| format!("{section} section, "));
    format!("{kind}{hint}\n  in {file}, {}offset {offset:#x}", section.unwrap_or_default())
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

/// Instructions that are shown before the one that is wrong.
const BEFORE: usize = 4;

/// The instructions up to the one that is wrong, which is marked; none when no instruction is.
fn excerpt(engine: &Engine, binary: &[u8], invalid: &Invalid) -> Option<String> {
    let (func, _) = invalid.function()?;
    let offset = invalid.offset()?;
    let module = decoder::decode(binary, engine.limits(), engine.features()).ok()?;
    let body = module.body(func)?.range.clone();
    let mut shown = VecDeque::new();
    for line in disasm::function(&module, func) {
        let is_last = line.offset == Some(offset);
        // The head of the function stands where its body begins.
        if line.offset.is_some_and(|at| at > body.start) {
            shown.push_back(line);
        }
        if shown.len() > BEFORE + 1 {
            shown.pop_front();
        }
        if is_last {
            break;
        }
    }
    shown.back().filter(|line| line.offset == Some(offset))?;
    let indent = |text: &str| text.len() - text.trim_start().len();
    let margin = shown.iter().map(|line| indent(&line.text)).min()?;
    let lines = shown.iter().map(|line| {
        let mark = if line.offset == Some(offset) { '>' } else { ' ' };
        let at = line.offset.unwrap_or_default();
        format!("\n  {mark}  {at:#x}  {}", &line.text[margin..])
    });
    Some(lines.collect())
}
