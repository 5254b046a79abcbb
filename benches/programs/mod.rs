//! The programs of `benches/wat`: each exports `run`, from i64 to i64.
#![allow(dead_code, reason = "each bench takes its part")]

/// A program and what it should answer.
pub(crate) struct Program {
    /// The second half of a bench's name.
    pub(crate) name: &'static str,
    /// The module in the binary format.
    pub(crate) wasm: Vec<u8>,
    /// What `run` is called with: an amount of work between microseconds and milliseconds.
    pub(crate) argument: i64,
    /// What `run` then gives.
    pub(crate) result: i64,
}

/// Every program, assembled.
pub(crate) fn all() -> impl Iterator<Item = Program> {
    SOURCES.iter().map(|&(name, text, argument, result)| {
        let wasm = wat::parse_str(text).unwrap_or_else(|error| panic!("{name}.wat: {error}"));
        Program { name, wasm, argument, result }
    })
}

/// Name, text, argument, result.
const SOURCES: [(&str, &str, i64, i64); 9] = [
    ("fib-rec", include_str!("../wat/fib-rec.wat"), 20, 6765),
    ("fac", include_str!("../wat/fac.wat"), 20, 2_432_902_008_176_640_000),
    ("mem-sum", include_str!("../wat/mem-sum.wat"), 16_384, 35_178_345_521_152),
    ("fnv", include_str!("../wat/fnv.wat"), 65_536, 2_216_012_086_724_862_757),
    ("sieve", include_str!("../wat/sieve.wat"), 65_536, 6542),
    ("matrix", include_str!("../wat/matrix.wat"), 32, 2_793_472),
    ("nbody", include_str!("../wat/nbody.wat"), 500, 0x3FA9_90A3_EC76_42FE),
    ("state-machine", include_str!("../wat/state-machine.wat"), 50_000, 2_640_695),
    ("dispatch", include_str!("../wat/dispatch.wat"), 50_000, -6_109_066_895_528_015_463),
];
