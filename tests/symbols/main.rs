//! Trap reports: what a place in a module is called in its source, and that no module makes asking
//! dangerous.

use serverless_wasm::decoder;
use serverless_wasm::interp::{CallError, Engine, Linker, Module, Store, Trap};
use serverless_wasm::symbols;
use serverless_wasm::wasm;
use wasm::{Features, Limits};

const DWARF_4: &[u8] = include_bytes!("dwarf-4.wasm");
const DWARF_5: &[u8] = include_bytes!("dwarf-5.wasm");

/// The trap of `f(0)`.
fn trap(binary: &[u8]) -> (Module, Trap) {
    let engine = Engine::default();
    let module = Module::new(&engine, binary).expect("a valid module");
    let mut store = Store::new(&engine, ());
    let instance = Linker::new(&engine).instantiate(&mut store, &module).expect("it links");
    let f = instance.get_typed_func::<i32, i32>(&mut store, "f").expect("it exports f");
    match f.call(&mut store, 0) {
        Err(CallError::Trap(trap)) => (module, trap),
        other => panic!("it traps: {other:?}"),
    }
}

fn report(binary: &[u8]) -> String {
    let (module, trap) = trap(binary);
    symbols::report(module.wasm(), trap.backtrace())
}

/// The report without the offsets in the binary, which the compiler chooses.
fn without_offsets(report: &str) -> String {
    let lines = report.lines().map(|line| line.split(" + 0x").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

const EXPECTED: &str = "  \
  at 0 `maths::share(int, int)`
       /src/trap.cpp:10:21 in `maths::divide(int, int)`, inlined
       /src/trap.cpp:15:12 in `maths::percent(int, int)`, inlined
       /src/trap.cpp:19:12
  at 1 `f`
       /src/trap.cpp:25:12";

#[test]
fn frames_have_lines_and_what_was_inlined() {
    assert_eq!(without_offsets(&report(DWARF_4)), EXPECTED);
    assert_eq!(without_offsets(&report(DWARF_5)), EXPECTED);
}

/// A module without the custom sections whose names begin so.
fn without_sections(binary: &[u8], prefix: &str) -> Vec<u8> {
    let module = decode(binary);
    let mut rest = binary.to_vec();
    for custom in module.customs.iter().rev().filter(|custom| custom.name.starts_with(prefix)) {
        // The identifier, and a size of two bytes or one, stand before the name and its length.
        let name = custom.bytes.start - custom.name.len() - 1;
        let size = custom.bytes.end - name;
        let start = name - if size < 128 { 2 } else { 3 };
        rest.drain(start..custom.bytes.end);
    }
    rest
}

fn decode(binary: &[u8]) -> wasm::Module {
    decoder::decode(binary, &Limits::default(), Features::default()).expect("a module")
}

#[test]
fn without_lines_there_are_names_and_without_names_indices() {
    let names_only = without_sections(DWARF_4, ".debug_");
    let expected = "  at 0 `maths::share(int, int)`\n  at 1 `f`";
    assert_eq!(without_offsets(&report(&names_only)), expected);
    let bare = without_sections(&names_only, "name");
    assert_eq!(without_offsets(&report(&bare)), "  at 0\n  at 1");
    // DWARF has names too.
    let lines_only = without_sections(DWARF_4, "name");
    assert_eq!(without_offsets(&report(&lines_only)), EXPECTED);
    let no_line = without_sections(DWARF_4, ".debug_line");
    assert_eq!(without_offsets(&report(&no_line)), expected);
    let no_functions = without_sections(DWARF_4, ".debug_info");
    assert_eq!(without_offsets(&report(&no_functions)), expected);
}

/// A sequence of numbers that looks random and is the same each time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}

/// Bytes of LEB128 numbers and lengths that lead far away.
const EXTREMES: [u8; 8] = [0, 1, 0x7f, 0x80, 0xff, 0xfe, 0x40, 0x10];

#[test]
fn broken_sections_cost_lines_and_nothing_else() {
    for (binary, seed) in [(DWARF_4, 4), (DWARF_5, 5)] {
        let (module, trap) = trap(binary);
        let frames = report(binary).lines().filter(|line| line.starts_with("  at ")).count();
        let mut numbers = Numbers(seed);
        let customs = &module.wasm().customs;
        let debug: Vec<_> =
            customs.iter().filter(|custom| custom.name.starts_with(".debug_")).collect();
        let mut differ = 0;
        for _ in 0..5_000 {
            let mut broken = binary.to_vec();
            for _ in 0..=numbers.below(3) {
                let section = debug[numbers.below(debug.len())].bytes.clone();
                let at = section.start + numbers.below(section.len());
                broken[at] = match numbers.below(2) {
                    0 => EXTREMES[numbers.below(EXTREMES.len())],
                    _ => numbers.below(256) as u8,
                };
            }
            let text = symbols::report(&decode(&broken), trap.backtrace());
            let names = text.lines().filter(|line| line.starts_with("  at ")).count();
            assert_eq!(names, frames, "{text}");
            differ += usize::from(without_offsets(&text) != EXPECTED);
        }
        assert!(differ > 500, "only {differ} differ");
    }
}

/// A module with the code of `binary` and these custom sections besides.
fn with_sections(binary: &[u8], sections: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut module = without_sections(binary, ".debug_");
    for (name, contents) in sections {
        let size = 1 + name.len() + contents.len();
        module.push(0);
        // LEB128 of five bytes.
        for shift in [0, 7, 14, 21] {
            module.push((size >> shift) as u8 & 0x7f | 0x80);
        }
        module.push((size >> 28) as u8);
        module.push(name.len() as u8);
        module.extend_from_slice(name.as_bytes());
        module.extend_from_slice(contents);
    }
    module
}

/// A unit of DWARF 4: its header, then entries.
fn unit(abbreviations: u32, entries: &[u8]) -> Vec<u8> {
    let mut unit = Vec::new();
    unit.extend_from_slice(&(7 + entries.len() as u32).to_le_bytes());
    unit.extend_from_slice(&4_u16.to_le_bytes());
    unit.extend_from_slice(&abbreviations.to_le_bytes());
    unit.push(4);
    unit.extend_from_slice(entries);
    unit
}

const COMPILE_UNIT: u8 = 0x11;
const INLINED: u8 = 0x1d;
const LOW_PC: u8 = 0x11;
const HIGH_PC: u8 = 0x12;
const RANGES: u8 = 0x55;
const FORM_ADDR: u8 = 0x01;
const FORM_DATA4: u8 = 0x06;
const FORM_SEC_OFFSET: u8 = 0x17;

#[test]
fn entries_within_entries_are_no_recursion() {
    // 1: a unit of all addresses; 2: a function that is inlined at all of them, with children.
    let covering = [LOW_PC, FORM_ADDR, HIGH_PC, FORM_DATA4, 0, 0];
    let abbreviations =
        [&[1, COMPILE_UNIT, 1][..], &covering, &[2, INLINED, 1], &covering, &[0]].concat();
    let addresses = [1, 0, 0, 0, 0xff, 0xff, 0, 0];
    let mut entries = [&[1][..], &addresses].concat();
    for _ in 0..500_000 {
        entries.push(2);
        entries.extend_from_slice(&addresses);
    }
    let sections = [(".debug_info", unit(0, &entries)), (".debug_abbrev", abbreviations)];
    let report = report(&with_sections(DWARF_4, &sections));
    assert_eq!(report.lines().count(), 2, "{report}");
}

#[test]
fn what_many_units_share_is_not_read_for_each_without_end() {
    // Tables of abbreviations that overlap: each would be half a million entries long.
    let table = [&[1, COMPILE_UNIT, 0, RANGES, FORM_SEC_OFFSET, 0, 0][..], &[0]].concat();
    let units: Vec<u8> = (0..30_000).flat_map(|at| unit(at % 3, &[1, 0, 0, 0, 0])).collect();
    // A list of a million ranges that all units share, none of which is the address's.
    let ranges: Vec<u8> = (0..1_000_000).flat_map(|_| [1, 0, 0, 0, 2, 0, 0, 0]).collect();
    let sections = [(".debug_info", units), (".debug_abbrev", table), (".debug_ranges", ranges)];
    let report = report(&with_sections(DWARF_4, &sections));
    assert_eq!(report.lines().count(), 2, "{report}");
}
