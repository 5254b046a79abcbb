//! Random programs that are valid, that end, and that do what a translator finds hard: locals that
//! are written while they wait on the stack, values that cross blocks, loops with parameters and
//! hot counters, addresses that are sums, branches that compare, merges that swap.
//!
//! A program is text. Its functions take a depth first; calls to later functions pass it on, other
//! calls pass one less and are made while it is above zero. Loops count. So all programs end.

mod blocks;
mod branches;
mod calls;
mod choices;
mod expression;
mod operators;
mod statement;

use std::fmt::{self, Write};

use choices::Choices;

/// Bytes of one page less the furthest that any access reaches past its masked address.
const MASK: u32 = 0xFF8;
/// Pages that a memory may grow to.
const PAGES: usize = 3;
/// Elements of a table at its start, and at most.
const ELEMENTS: usize = 7;
const MOST_ELEMENTS: usize = 9;

/// The type of a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ty {
    I32,
    I64,
    F32,
    F64,
    Func,
    Extern,
}

impl Ty {
    const NUMBERS: [Self; 4] = [Self::I32, Self::I64, Self::F32, Self::F64];
    /// In the shares in which programs have them.
    const ALL: [Self; 10] = [
        Self::I32,
        Self::I64,
        Self::F64,
        Self::F32,
        Self::I32,
        Self::I64,
        Self::F64,
        Self::I32,
        Self::Func,
        Self::Extern,
    ];
}

impl fmt::Display for Ty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::F32 => "f32",
            Self::F64 => "f64",
            Self::Func => "funcref",
            Self::Extern => "externref",
        })
    }
}

/// Parameters and results.
#[derive(Clone, PartialEq, Eq)]
struct Signature {
    params: Vec<Ty>,
    results: Vec<Ty>,
}

/// A global: whether it can be written.
struct Global {
    ty: Ty,
    is_mutable: bool,
}

/// What a module has, before its functions are written.
struct Shape {
    signatures: Vec<Signature>,
    /// The signature of each imported function.
    hosts: Vec<usize>,
    /// The signature of each function.
    funcs: Vec<usize>,
    globals: Vec<Global>,
    /// The address type of each memory.
    memories: Vec<Ty>,
    /// The index type of each table.
    tables: Vec<Ty>,
    /// Whether memories and the last global are imported.
    imports: bool,
}

impl Shape {
    fn choose(choices: &mut Choices<'_>) -> Self {
        let some = |choices: &mut Choices<'_>, most: usize| {
            let count = choices.below(most + 1);
            (0..count).map(|_| choices.pick(&Ty::ALL)).collect::<Vec<_>>()
        };
        let mut signatures = vec![
            Signature { params: vec![Ty::I32], results: vec![Ty::I32] },
            Signature { params: vec![Ty::I32, Ty::F64], results: vec![Ty::F64] },
        ];
        for _ in 0..choices.below(4) {
            let params = [vec![Ty::I32], some(choices, 4)].concat();
            signatures.push(Signature { params, results: some(choices, 3) });
        }
        let width = |choices: &mut Choices<'_>| if choices.chance(20) { Ty::I64 } else { Ty::I32 };
        let one_of_them = |choices: &mut Choices<'_>| choices.below(signatures.len());
        Self {
            hosts: (0..choices.below(3)).map(|_| one_of_them(choices)).collect(),
            funcs: (0..2 + choices.below(4)).map(|_| one_of_them(choices)).collect(),
            globals: (0..1 + choices.below(5))
                .map(|_| Global { ty: choices.pick(&Ty::ALL), is_mutable: !choices.chance(20) })
                .collect(),
            memories: (0..1 + choices.below(2)).map(|_| width(choices)).collect(),
            tables: (0..1 + choices.below(2)).map(|_| width(choices)).collect(),
            imports: choices.chance(30),
            signatures,
        }
    }
}

/// The program that these bytes mean. It exports `f0`, `f1` … and everything it has.
pub(crate) fn program(bytes: &[u8]) -> String {
    let mut choices = Choices::new(bytes);
    let shape = Shape::choose(&mut choices);
    let mut text = String::from("(module\n");
    write_types(&mut text, &shape);
    write_imports(&mut text, &shape);
    write_state(&mut text, &shape, &mut choices);
    for me in 0..shape.funcs.len() {
        // The budget of bytes is shared, so that no function takes all.
        let share = 1 + choices.bytes_left() / (shape.funcs.len() - me);
        text.push_str(&statement::function(&shape, &mut choices, me, share));
    }
    text.push(')');
    text
}

fn write_types(text: &mut String, shape: &Shape) {
    for (index, signature) in shape.signatures.iter().enumerate() {
        let list = |types: &[Ty]| types.iter().map(|ty| format!(" {ty}")).collect::<String>();
        let (params, results) = (list(&signature.params), list(&signature.results));
        writeln!(text, " (type $t{index} (func (param{params}) (result{results})))").unwrap();
    }
}

fn write_imports(text: &mut String, shape: &Shape) {
    for (index, ty) in shape.hosts.iter().enumerate() {
        writeln!(text, " (import \"host\" \"h{index}\" (func $h{index} (type $t{ty})))").unwrap();
    }
    if !shape.imports {
        return;
    }
    for (index, width) in shape.memories.iter().enumerate() {
        let name = format!("(import \"host\" \"m{index}\" (memory $m{index} {width} 1 {PAGES}))");
        writeln!(text, " {name}").unwrap();
    }
    let last = shape.globals.len() - 1;
    let ty = global_type(&shape.globals[last]);
    writeln!(text, " (import \"host\" \"g{last}\" (global $g{last} {ty}))").unwrap();
}

fn global_type(global: &Global) -> String {
    if global.is_mutable { format!("(mut {})", global.ty) } else { global.ty.to_string() }
}

/// Memories, tables, globals, segments, and the exports of all.
fn write_state(text: &mut String, shape: &Shape, choices: &mut Choices<'_>) {
    for (index, width) in shape.memories.iter().enumerate() {
        if !shape.imports {
            writeln!(text, " (memory $m{index} {width} 1 {PAGES})").unwrap();
        }
        writeln!(text, " (export \"m{index}\" (memory $m{index}))").unwrap();
    }
    for (index, width) in shape.tables.iter().enumerate() {
        let sizes = format!("{ELEMENTS} {MOST_ELEMENTS}");
        writeln!(text, " (table $b{index} (export \"b{index}\") {width} {sizes} funcref)").unwrap();
    }
    for (index, global) in shape.globals.iter().enumerate() {
        if !shape.imports || index + 1 < shape.globals.len() {
            let init = constant(choices, global.ty);
            writeln!(text, " (global $g{index} {} ({init}))", global_type(global)).unwrap();
        }
        writeln!(text, " (export \"g{index}\" (global $g{index}))").unwrap();
    }
    let names: String = (0..shape.funcs.len()).map(|func| format!(" $f{func}")).collect();
    let width = shape.tables[0];
    // One element stays null.
    writeln!(text, " (elem (table $b0) ({width}.const 1) func{names})").unwrap();
    writeln!(text, " (elem $e0 func{names})").unwrap();
    let bytes = (0..40).map(|byte: u32| format!("\\{:02x}", byte * 37 % 256)).collect::<String>();
    let width = shape.memories[0];
    writeln!(text, " (data (memory $m0) ({width}.const 16) \"{bytes}\")").unwrap();
    writeln!(text, " (data $d0 \"{bytes}\")").unwrap();
}

/// A constant of a type, without parentheses.
fn constant(choices: &mut Choices<'_>, ty: Ty) -> String {
    const FLOATS: [&str; 12] = [
        "0",
        "1",
        "-1",
        "0.5",
        "-2.25",
        "3.1",
        "1e10",
        "-0",
        "1e-40",
        "inf",
        "-1e30",
        "nan:0x600000",
    ];
    match ty {
        Ty::I32 => format!("i32.const {}", choices.number() as i32),
        Ty::I64 => format!("i64.const {}", choices.number() as i64),
        // The payload of the NaN is one that both widths can hold.
        Ty::F32 | Ty::F64 => format!("{ty}.const {}", choices.pick(&FLOATS)),
        Ty::Func => String::from("ref.null func"),
        Ty::Extern => String::from("ref.null extern"),
    }
}
