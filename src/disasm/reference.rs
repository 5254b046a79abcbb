//! The reference of instructions, all of it from the table.

use std::fmt::Write;

use crate::wasm::instruction::{Code, Operand, Signature};
use crate::wasm::{Feature, Op};

/// A family: the name that its files share, and what it is.
struct Family {
    /// The file's name in the validator, the translator and the machine.
    file: &'static str,
    /// Its title.
    title: &'static str,
    /// The heading of the specification's chapter on execution; none when it is a proposal's own.
    anchor: &'static str,
}

/// What is known of an instruction: what `explain` prints.
#[must_use]
pub fn entry(op: Op) -> String {
    let row = op.row();
    let mut text = format!("{}\n", row.name);
    let mut line = |title: &str, value: &str| {
        let _ = writeln!(text, "  {title:<14} {value}");
    };
    line("code", &code(row.code));
    line("immediates", &immediates(op));
    line("type", &signature(op));
    if row.touches > 0 {
        line("memory", &format!("{} bytes", row.touches));
    }
    line("proposal", row.feature.name());
    line("validated in", &validated_in(op));
    line("run in", &run_in(op));
    line("specification", &specification(op));
    text
}

const SPECIFICATION: &str = "https://webassembly.github.io/spec/core/exec/instructions.html#";

/// Where it is specified: past the standard, by its proposal.
fn specification(op: Op) -> String {
    let feature = op.row().feature;
    if feature.is_standard() {
        return format!("{SPECIFICATION}{}", family(op).anchor);
    }
    format!("https://github.com/WebAssembly/{}", feature.name())
}

/// The whole reference, in Markdown: a table a family.
#[must_use]
pub fn document() -> String {
    let mut text = String::from(HEAD);
    for family in FAMILIES {
        let ops = || Op::ALL.iter().copied().filter(|op| self::family(*op).file == family.file);
        let _ = write!(text, "\n## {}\n\n{}", family.title, TABLE_HEAD);
        for op in ops() {
            let row = op.row();
            let _ = writeln!(
                text,
                "| `{}` | `{}` | {} | {} | {} |",
                row.name,
                code(row.code),
                immediates(op),
                signature(op).replace('|', "\\|"),
                row.feature.name(),
            );
        }
        let special = ops().find(|op| op.row().signature == Signature::Special);
        if let Some(op) = special {
            let _ = writeln!(text, "\nSpecial ones are validated in `{}`.", validated_in(op));
        }
        let _ = writeln!(text, "\nRun in `src/interp/machine/{}.rs`.", family.file);
    }
    text
}

const HEAD: &str = "\
# Instructions

Every instruction that the decoder knows, from the table in `src/wasm/instruction.rs`; `explain`
prints one. A type in brackets is what the instruction takes and gives, the topmost operand last;
*special* ones depend on immediates, the module or the stack, and the validator has a function for
each. Those with a fixed type are validated straight from the row, in
`src/validator/instruction.rs`.
";

const TABLE_HEAD: &str = "| name | code | immediates | type | proposal |\n|---|---|---|---|---|\n";

const FAMILIES: [Family; 12] = [
    Family { file: "control", title: "Control", anchor: "control-instructions" },
    Family { file: "call", title: "Calls", anchor: "control-instructions" },
    Family { file: "variable", title: "Variables", anchor: "variable-instructions" },
    Family { file: "numeric", title: "Numbers", anchor: "numeric-instructions" },
    Family { file: "reference", title: "References", anchor: "reference-instructions" },
    Family { file: "table", title: "Tables", anchor: "table-instructions" },
    Family { file: "memory", title: "Memories", anchor: "memory-instructions" },
    Family { file: "aggregate", title: "Structures and arrays", anchor: "aggregate-instructions" },
    Family { file: "exception", title: "Exceptions", anchor: "control-instructions" },
    Family { file: "simd", title: "Vectors", anchor: "vector-instructions" },
    Family { file: "atomic", title: "Atomic accesses", anchor: "" },
    Family { file: "wide", title: "Integers of 128 bits", anchor: "" },
];

/// Beginnings of names, the first that fits, and the family's place in [`FAMILIES`].
const BEGINNINGS: [(&str, usize); 19] = [
    ("call", 1),
    ("return_call", 1),
    ("local.", 2),
    ("global.", 2),
    ("table.", 5),
    ("elem.", 5),
    ("memory.", 6),
    ("data.", 6),
    ("struct.", 7),
    ("array.", 7),
    ("i31.", 7),
    ("ref.i31", 7),
    ("any.", 4),
    ("extern.", 4),
    ("ref.", 4),
    ("throw", 8),
    ("try_table", 8),
    ("br_on_", 4),
    ("v128.", 9),
];

/// The family of an instruction.
fn family(op: Op) -> &'static Family {
    let row = op.row();
    let name = row.name;
    if row.feature == Feature::Threads {
        return &FAMILIES[10];
    }
    if row.feature == Feature::WideArithmetic {
        return &FAMILIES[11];
    }
    if let Some((_, place)) = BEGINNINGS.iter().find(|(beginning, _)| name.starts_with(beginning)) {
        return &FAMILIES[*place];
    }
    // Lanes: `i8x16.add`.
    let shape = name.split('.').next().unwrap_or(name);
    let place = match row.signature {
        _ if shape.contains('x') && name.contains('.') => 9,
        _ if row.touches > 0 => 6,
        Signature::Fixed { .. } if name.contains('.') => 3,
        Signature::Fixed { .. } | Signature::Special => 0,
    };
    &FAMILIES[place]
}

fn code(code: Code) -> String {
    match code {
        Code::Byte(byte) => format!("0x{byte:02X}"),
        Code::Prefixed(prefix, number) => format!("0x{prefix:02X} 0x{number:02X}"),
    }
}

fn immediates(op: Op) -> String {
    let names = op.row().immediates;
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

fn signature(op: Op) -> String {
    match op.row().signature {
        Signature::Fixed { takes, gives } => format!("{} -> {}", types(takes), types(gives)),
        Signature::Special => "special".to_owned(),
    }
}

fn types(types: &[Operand]) -> String {
    let names = types.iter().map(|ty| match ty {
        Operand::I32 => "i32",
        Operand::I64 => "i64",
        Operand::F32 => "f32",
        Operand::F64 => "f64",
        Operand::V128 => "v128",
        Operand::Addr => "addr",
    });
    format!("[{}]", names.collect::<Vec<_>>().join(" "))
}

fn validated_in(op: Op) -> String {
    match op.row().signature {
        Signature::Fixed { .. } => "src/validator/instruction.rs".to_owned(),
        Signature::Special => format!("src/validator/{}.rs", family(op).file),
    }
}

fn run_in(op: Op) -> String {
    format!("src/interp/machine/{}.rs", family(op).file)
}
