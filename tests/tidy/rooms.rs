//! Who may use whom: the table of rooms, and the reading of `use` and other paths against it.

use crate::Source;
use crate::reading::{closing, is_word, words};

type Room = (&'static str, &'static [&'static str], &'static [&'static str]);

/// Who may use whom: (room, rooms it may use, crates it may use). A module belongs to the longest
/// room that is a prefix of its path; using one's own room needs no entry.
const ROOMS: &[Room] = &[
    ("wasm", &[], &[]),
    ("decoder", &["wasm"], &[]),
    ("parallel", &[], &[]),
    ("validator", &["wasm", "decoder", "parallel"], &[]),
    ("interp", &["wasm", "decoder", "validator", "parallel", "interp"], &[]),
    ("interp::numeric", &["wasm", "interp::trap"], &[]),
    // How handlers are laid out in code, and the stub that unpublished functions begin with.
    (
        "interp::code",
        &[
            "wasm",
            "interp::engine::Backend",
            "interp::machine::Kind",
            "interp::machine::OpCode",
            "interp::machine::Shape",
            "interp::machine::WORD",
            "interp::machine::execution::stub",
            "interp::machine::whole",
            "interp::numeric",
            "interp::store::func::EntryWord",
            "interp::trap",
        ],
        &[],
    ),
    (
        "interp::store",
        // A store owns what the rest of interp puts into it.
        &[
            "wasm",
            "interp::activation",
            "interp::caller",
            "interp::code",
            "interp::engine",
            "interp::error",
            "interp::heap",
            "interp::limits",
            "interp::machine::Executing",
            "interp::machine::Execution",
            "interp::machine::Saved",
            "interp::machine::counts",
            "interp::machine::watch",
            "interp::machine::host_code",
            "interp::module",
            "interp::profile",
            "interp::trace",
            "interp::trap",
        ],
        &["rustix"],
    ),
    ("interp::heap", &["wasm", "interp::code::slots_of", "interp::store", "interp::trap"], &[]),
    (
        "interp::translate",
        &[
            "wasm",
            "decoder::body",
            "validator",
            "interp::code",
            "interp::heap::types",
            "interp::machine",
            "interp::module",
            "interp::numeric",
        ],
        &[],
    ),
    // The backend to run with, and the stub that translates a function at its first call.
    (
        "interp::machine",
        &[
            "wasm",
            "interp::code",
            "interp::store",
            "interp::numeric",
            "interp::trap",
            "interp::engine::Backend",
            "interp::exception::Exception",
            "interp::heap",
            "interp::translate::translate_function",
        ],
        &[],
    ),
    ("disasm", &["wasm", "decoder"], &[]),
    ("wast", &["wasm", "decoder", "validator", "interp"], &["wast"]),
    ("printable", &[], &[]),
    ("near", &[], &["strsim"]),
    (
        "symbols",
        &["interp::trap", "printable", "wasm"],
        &["gimli", "cpp_demangle", "rustc_demangle"],
    ),
    ("host", &["interp", "near", "printable", "wasm"], &["getrandom", "tracing"]),
    // Values are read into the types of those who use them, which know what is a value.
    (
        "config",
        &["host::AllowedAddress", "near", "wasm::Feature", "wasm::Features"],
        &["serde", "toml", "thiserror", "annotate_snippets", "percent_encoding"],
    ),
    (
        "server",
        &["host", "interp", "config", "near", "printable", "symbols", "wasm", "server::http"],
        &["tracing", "thiserror", "httpdate", "signal_hook", "percent_encoding", "rustix", "wat"],
    ),
    ("server::http", &[], &["httparse", "httpdate", "percent_encoding", "thiserror"]),
];

/// Reads `crate::`, `super::` and external paths against the table of rooms.
pub(crate) fn dependencies(source: &Source) -> Vec<String> {
    let mut report = Vec::new();
    let module = module_of(&source.path);
    let Some((room, may_use, crates)) = room_of(&module) else { return report };
    for (at, target) in paths(&source.shipped, &module) {
        let target_room = room_of(&target).map_or("", |(room, ..)| room);
        let allowed = target_room == room || may_use.iter().any(|may| is_prefix(may, &target));
        if !allowed {
            report.push(source.at(at, &format!("{room} may not use {}", target.join("::"))));
        }
    }
    for name in external_crates() {
        if crates.contains(&name.as_str()) {
            continue;
        }
        for at in words(&source.shipped, &name) {
            let rest = &source.shipped[at + name.len()..];
            let path = rest.starts_with("::") && !source.shipped[..at].ends_with("::");
            let import = source.shipped[..at].ends_with("use ") && !rest.starts_with("::");
            if path || import {
                report.push(source.at(at, &format!("{room} may not use the crate {name}")));
            }
        }
    }
    report
}

fn room_of(module: &[String]) -> Option<Room> {
    let rooms = ROOMS.iter().filter(|(room, ..)| is_prefix(room, module));
    rooms.max_by_key(|(room, ..)| room.len()).copied()
}

fn is_prefix(room: &str, path: &[String]) -> bool {
    room.split("::").enumerate().all(|(index, part)| path.get(index).is_some_and(|p| p == part))
}

/// `src/interp/machine/mod.rs` is the module interp::machine.
fn module_of(path: &str) -> Vec<String> {
    let path = path.strip_prefix("src/").unwrap_or("").trim_end_matches(".rs");
    let parts = path.split('/').filter(|part| !["mod", "lib", "main", ""].contains(part));
    parts.map(str::to_owned).collect()
}

/// All paths of the code that begin in this crate: (where, segments from the crate's root).
fn paths(code: &str, module: &[String]) -> Vec<(usize, Vec<String>)> {
    let mut found = Vec::new();
    for word in ["crate", "super"] {
        for at in words(code, word) {
            let before = &code[..at];
            let Some(mut rest) = code[at + word.len()..].strip_prefix("::") else { continue };
            // What `super` means in a macro, its place of use says.
            let in_macro = word == "super" && in_macro_rules(code, at);
            if in_macro || before.ends_with("in ") || before.ends_with("::") {
                continue;
            }
            let mut base = Vec::new();
            if word == "super" {
                base.extend(module.iter().cloned().chain(inline_modules(code, at)));
                base.pop();
            }
            while let Some(outer) = rest.strip_prefix("super::") {
                base.pop();
                rest = outer;
            }
            let mut tree = Vec::new();
            read_tree(rest, &base, &mut tree);
            found.extend(tree.into_iter().map(|path| (at, path)));
        }
    }
    found
}

fn in_macro_rules(code: &str, at: usize) -> bool {
    let starts = words(&code[..at], "macro_rules").into_iter();
    starts
        .filter_map(|start| code[start..].find('{').map(|open| start + open))
        .any(|open| open < at && closing(code, open) > at)
}

/// The names of the `mod name { … }` around a place.
fn inline_modules(code: &str, at: usize) -> impl Iterator<Item = String> {
    let before = words(&code[..at], "mod").into_iter();
    before.filter_map(move |start| {
        let (name, _) = code[start..].strip_prefix("mod ")?.split_once(" {")?;
        let inside = name.chars().all(is_word) && closing(code, start + name.len() + 5) > at;
        inside.then(|| name.to_owned())
    })
}

/// Reads `a::{b, c::d}` after a prefix; returns what follows it.
fn read_tree<'a>(mut rest: &'a str, prefix: &[String], found: &mut Vec<Vec<String>>) -> &'a str {
    let mut path = prefix.to_vec();
    loop {
        if let Some(mut inner) = rest.strip_prefix('{') {
            loop {
                inner = inner.trim_start_matches([',', ' ', '\n']);
                if let Some(after) = inner.strip_prefix('}') {
                    return after;
                }
                let after = read_tree(inner, &path, found);
                if after.len() == inner.len() {
                    return after;
                }
                inner = after;
            }
        }
        let end = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
        if end > 0 && &rest[..end] != "self" {
            path.push(rest[..end].to_owned());
        }
        let glob = rest.starts_with('*');
        rest = &rest[end + usize::from(glob)..];
        let Some(next) = rest.strip_prefix("::") else {
            found.push(path);
            // An alias is no part of the path.
            let alias = rest.strip_prefix(" as ").map(|name| name.trim_start_matches(is_word));
            return alias.unwrap_or(rest);
        };
        rest = next;
    }
}

/// The names of `[dependencies]` as code writes them.
fn external_crates() -> Vec<String> {
    let manifest = include_str!("../../Cargo.toml");
    let (_, section) = manifest.split_once("[dependencies]\n").expect("a dependencies section");
    let lines = section.lines().take_while(|line| !line.starts_with('['));
    lines.filter_map(|line| Some(line.split_once(" =")?.0.replace('-', "_"))).collect()
}

#[cfg(test)]
fn findings(path: &str, code: &str) -> Vec<String> {
    dependencies(&Source::new(path, code))
}

#[test]
fn a_path_into_a_forbidden_room_is_found() {
    let report = findings("src/wasm/types.rs", "\nuse crate::interp::numeric::divide;\n");
    assert_eq!(report, ["src/wasm/types.rs:2: wasm may not use interp::numeric::divide"]);
    let report = findings("src/decoder/body.rs", "fn f(x: crate::validator::Valid) {}");
    assert_eq!(report, ["src/decoder/body.rs:1: decoder may not use validator::Valid"]);
}

#[test]
fn trees_and_parents_are_followed() {
    let code = "use crate::{wasm::{Instr, types::*}, server as s, validator::{self, Invalid}};";
    let report = findings("src/decoder/body.rs", code);
    let found: Vec<&str> = report.iter().filter_map(|line| line.rsplit(' ').next()).collect();
    assert_eq!(found, ["server", "validator", "validator::Invalid"]);
    let report = findings("src/interp/machine/call.rs", "use super::super::link::Linker;");
    assert_eq!(report.len(), 1);
    assert_eq!(findings("src/interp/machine/call.rs", "use super::{Exit, regs::Regs};"), [""; 0]);
    let inline = "mod row { mod deep { use super::super::Exit; } use super::super::super::link; }";
    let report = findings("src/interp/machine/call.rs", inline);
    assert_eq!(report, ["src/interp/machine/call.rs:1: interp::machine may not use interp::link"]);
    let list = "macro_rules! list { () => { super::super::link } } fn f() { super::super::link }";
    assert_eq!(findings("src/interp/machine/call.rs", list).len(), 1);
    assert_eq!(findings("src/interp/machine/mod.rs", "pub(in crate::interp) fn f() {}"), [""; 0]);
}

#[test]
fn a_crate_outside_its_room_is_found() {
    let report = findings("src/decoder/mod.rs", "use tracing::info;");
    assert_eq!(report, ["src/decoder/mod.rs:1: decoder may not use the crate tracing"]);
    assert_eq!(findings("src/host/log.rs", "fn f() { tracing::info!() }"), [""; 0]);
}
