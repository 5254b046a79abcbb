//! The modules that stand beside their sources: small, stripped, and silent about the machine that
//! they were built on.

use std::fs;

use crate::languages::Language;
use crate::{SAMPLES, root};

/// Bytes that no sample reaches.
const SIZE: usize = 64 * 1024;

/// Where compilers say that their own libraries' sources are, whatever the machine.
const LIBRARIES: [&str; 3] = ["/rustc/", "/rust/deps/", "~lib/"];

/// Endings of sources, which a panic or an assertion would name.
const SOURCES: [&str; 5] = [".c", ".h", ".rs", ".ts", ".zig"];

pub(crate) fn check(language: &Language) {
    for sample in SAMPLES {
        let file = root().join(format!("samples/{}/{sample}.wasm", language.folder));
        let bytes = fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        assert!(bytes.len() < SIZE, "{}: {} bytes", file.display(), bytes.len());
        assert_eq!(custom_sections(&bytes), 0, "{}: is not stripped", file.display());
        assert_eq!(paths(&bytes), [""; 0], "{}", file.display());
    }
}

/// How many sections there are of names, debugging information, and whatever else runs nothing.
fn custom_sections(module: &[u8]) -> usize {
    let mut rest = module.strip_prefix(b"\0asm\x01\0\0\0").expect("a module");
    let mut count = 0;
    while let [id, after @ ..] = rest {
        count += usize::from(*id == 0);
        // The size, as LEB128.
        let length = after.iter().position(|byte| byte & 0x80 == 0).expect("a size ends") + 1;
        let digits = after[..length].iter().rev();
        let size = digits.fold(0, |size, byte| size << 7 | usize::from(byte & 0x7F));
        rest = &after[length + size..];
    }
    count
}

/// Paths of sources, but for those of the compilers' own libraries.
fn paths(module: &[u8]) -> Vec<String> {
    let text: String = module.iter().map(|byte| char::from(*byte)).collect();
    let is_of_path = |c: char| c.is_ascii_alphanumeric() || "/\\:._-+~".contains(c);
    let mut paths = Vec::new();
    for mut word in text.split(|c| !is_of_path(c)) {
        // Texts follow each other without a space, so a word may have several paths.
        while let Some((path, rest)) = split_behind_source(word) {
            let is_library = LIBRARIES.iter().any(|library| path.contains(library));
            if path.contains(['/', '\\']) && !is_library {
                paths.push(path.to_owned());
            }
            word = rest;
        }
    }
    paths
}

/// Splits behind the first ending of a source.
fn split_behind_source(word: &str) -> Option<(&str, &str)> {
    let end = |ending: &&str| Some(word.find(*ending)? + ending.len());
    SOURCES.iter().filter_map(end).min().map(|end| word.split_at(end))
}
