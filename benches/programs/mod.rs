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
const SOURCES: [(&str, &str, i64, i64); 32] = [
    ("fib-rec", include_str!("../wat/fib-rec.wat"), 20, 6765),
    ("fac", include_str!("../wat/fac.wat"), 2000, -7_087_189_828_566_414_234),
    ("tak", include_str!("../wat/tak.wat"), 18, 7),
    ("queens", include_str!("../wat/queens.wat"), 8, 92),
    ("tail", include_str!("../wat/tail.wat"), 20_000, 7_817_958_505_927_132_694),
    ("dispatch", include_str!("../wat/dispatch.wat"), 50_000, -6_109_066_895_528_015_463),
    ("collatz", include_str!("../wat/collatz.wat"), 1000, 59_542),
    ("globals", include_str!("../wat/globals.wat"), 20_000, 1_983_947_257_067_001_840),
    ("bits", include_str!("../wat/bits.wat"), 10_000, 477_359_693_299_044_775),
    ("modpow", include_str!("../wat/modpow.wat"), 2000, 4_264_960_662_843),
    ("mem-sum", include_str!("../wat/mem-sum.wat"), 16_384, 35_178_345_521_152),
    ("list", include_str!("../wat/list.wat"), 10, -678_434_772_690_128_221),
    ("cells", include_str!("../wat/cells.wat"), 10_000, 650_182_657),
    ("trees", include_str!("../wat/trees.wat"), 20, 42_987),
    ("bulk", include_str!("../wat/bulk.wat"), 1000, 2_056_192_830_413),
    ("sieve", include_str!("../wat/sieve.wat"), 65_536, 6542),
    ("quicksort", include_str!("../wat/quicksort.wat"), 2000, 5_704_439_999_519_305),
    ("edit-distance", include_str!("../wat/edit-distance.wat"), 150, 84),
    ("fnv", include_str!("../wat/fnv.wat"), 65_536, 2_216_012_086_724_862_757),
    ("crc32", include_str!("../wat/crc32.wat"), 20_000, 4_024_292_205),
    ("search", include_str!("../wat/search.wat"), 20_000, 95),
    ("parse", include_str!("../wat/parse.wat"), 100, 6_819_214_100),
    ("state-machine", include_str!("../wat/state-machine.wat"), 50_000, 2_640_695),
    ("bytecode", include_str!("../wat/bytecode.wat"), 5000, -6_959_370_140_062_994_729),
    ("matrix", include_str!("../wat/matrix.wat"), 32, 2_793_472),
    ("saxpy", include_str!("../wat/saxpy.wat"), 20, 1_224_720_386),
    ("nbody", include_str!("../wat/nbody.wat"), 500, 0x3FA9_90A3_EC76_42FE),
    ("mandelbrot", include_str!("../wat/mandelbrot.wat"), 64, 50_956),
    ("mandelbrot-vector", include_str!("../wat/mandelbrot-vector.wat"), 64, 50_956),
    ("matrix-vector", include_str!("../wat/matrix-vector.wat"), 32, 196_097),
    ("chacha-vector", include_str!("../wat/chacha-vector.wat"), 1000, -2_757_675_311_180_105_655),
    ("utf8-vector", include_str!("../wat/utf8-vector.wat"), 65_536, 10_923),
];
