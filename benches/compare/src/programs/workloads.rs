//! The programs that the folder of `WORKLOADS` may hold: other people's, so they are known by name
//! and not kept here. A file that is missing is an error: half a table misleads.

use std::fs;
use std::path::Path;

use super::{Checks, Entry, Module, Origin, Program};
use crate::engines::Result;
use crate::value::Value;

/// A row a program: file, how it is called, what it must give.
const PROGRAMS: [(&str, Kind); 21] = [
    ("coremark.wasm", Kind::Run(None, None)),
    ("argon2.wasm", case(3000, &[("output", Some(Value::I64(0x7631_8FB4_8BBA_1258)))])),
    ("compression.wasm", Kind::Input("alice29.txt", &[("len_compressed", known(97_649))])),
    ("json-parse.wasm", Kind::Input("citm_catalog.json", &[("node_count", known(37_778))])),
    ("mandelbrot.wasm", case(150, &[("output", known(5_595_328))])),
    ("matrix-mul.wasm", case(400, &[("output", None)])),
    ("nbody.wasm", case(400, &[("result", None)])),
    (
        "prime-sieve.wasm",
        Kind::Case(
            Some(Value::I64(10_000_000)),
            &[("len_primes", known(664_579)), ("largest_prime", None)],
        ),
    ),
    ("regex-redux.wasm", Kind::Input("dna.txt", &[("output", Some(Value::I32(2)))])),
    ("reverse-complement.wasm", Kind::Input("dna.txt", &[])),
    ("sort.wasm", case(1_000_000, &[])),
    ("sort-dyn.wasm", case(400_000, &[])),
    // 1.2742241159529095.
    ("spectralnorm.wasm", case(500, &[("output", Some(Value::F64(0x3FF4_6338_D39C_AD17)))])),
    ("tiny-keccak.wasm", Kind::Case(None, &[])),
    (
        "word-count.wasm",
        Kind::Input(
            "alice29.txt",
            &[("len_unique_words", known(2213)), ("len_special_chars", None)],
        ),
    ),
    ("fibonacci-rec.wat", Kind::Run(known(30), known(832_040))),
    ("fibonacci-iter.wat", Kind::Run(known(2_000_000), None)),
    ("fibonacci-tail.wat", Kind::Run(known(1_000_000), None)),
    ("counter-local.wat", Kind::Run(Some(Value::I32(5_000_000)), Some(Value::I32(0)))),
    ("counter-global.wat", Kind::Run(Some(Value::I32(2_000_000)), Some(Value::I32(0)))),
    ("bulk-ops.wat", Kind::Run(known(5000), known(0))),
];

/// Modules that need a host which is not here: they are only loaded.
const TO_LOAD: [&str; 4] = ["erc20", "bz2", "pulldown-cmark", "spidermonkey"];

/// How a file's program is called; see [`Entry`].
enum Kind {
    Run(Option<Value>, Option<Value>),
    Case(Option<Value>, Checks),
    /// A case whose size is the length of this input.
    Input(&'static str, Checks),
}

const fn case(size: i32, checks: Checks) -> Kind {
    Kind::Case(Some(Value::I32(size)), checks)
}

const fn known(value: i64) -> Option<Value> {
    Some(Value::I64(value))
}

pub(super) fn all(folder: &Path, wanted: impl Fn(&str) -> bool) -> Result<Vec<Program>> {
    let mut programs = Vec::new();
    for (file, kind) in &PROGRAMS {
        let name = Path::new(file).file_stem().unwrap_or_default().to_string_lossy();
        if !wanted(&name) {
            continue;
        }
        let entry = match kind {
            Kind::Run(argument, result) => Entry::Run { argument: *argument, result: *result },
            Kind::Case(size, checks) => Entry::Case { size: *size, input: None, checks },
            Kind::Input(input, checks) => {
                let input = read(folder, input)?;
                let size = Some(Value::I32(input.len().try_into()?));
                Entry::Case { size, input: Some(input), checks }
            }
        };
        let wasm = wat::parse_bytes(&read(folder, file)?)?.into_owned();
        programs.push(Program { name: name.into(), wasm, entry, origin: Origin::Workloads });
    }
    Ok(programs)
}

pub(super) fn to_load(folder: &Path, wanted: impl Fn(&str) -> bool) -> Result<Vec<Module>> {
    let names = TO_LOAD.iter().filter(|name| wanted(name));
    let load = |name: &&str| {
        let wasm = read(folder, &format!("{name}.wasm"))?;
        Ok(Module { name: (*name).to_owned(), wasm })
    };
    names.map(load).collect()
}

fn read(folder: &Path, file: &str) -> Result<Vec<u8>> {
    let path = folder.join(file);
    Ok(fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?)
}
