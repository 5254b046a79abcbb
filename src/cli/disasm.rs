//! `disasm`: a module as WebAssembly text, and our own code beside it.

use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::PathBuf;

use crate::decoder;
use crate::disasm::{self, Line};
use crate::interp::{CodeListing, Module};
use crate::wasm::module::ExportDesc;
use crate::wasm::{self, FuncIdx};

use super::{Failure, features, module};

/// Print a module as WebAssembly text, with offsets
///
/// The offsets in the binary are comments, so the text can be read as a module again, as long as
/// nothing is cut: a data segment shows its first bytes.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Print this function only: an index, the name of an export, or its name in the name section
    #[arg(long, value_name = "NAME|INDEX")]
    func: Option<String>,
    /// Show the internal code beside the text: each op where its first instruction stands
    ///
    /// `fp[n]` is a slot of the frame, `acc` the accumulator, `l0`, `l1`, `f0` and `f1` are pinned
    /// locals; the last place of an op is where its result goes; `->` names the word that a branch
    /// goes to.
    #[arg(long)]
    code: bool,
    #[command(flatten)]
    features: features::Arguments,
    /// A module in the binary or the text format; without --code it need not be valid
    #[arg(value_name = "MODULE")]
    module: PathBuf,
}

const EXAMPLES: &str = "\
Examples:
  serverless-wasm disasm module.wasm
  serverless-wasm disasm --func fac --code samples/fac.wat";

/// Prints the text.
pub(super) fn disasm(arguments: &Arguments) -> Result<(), Failure> {
    let engine = arguments.features.engine();
    let path = &arguments.module;
    let valid;
    let decoded;
    let (wasm, module): (&wasm::Module, _) = if arguments.code {
        valid = module::load(&engine, path).map_err(Failure::Failed)?;
        (valid.wasm(), Some(&valid))
    } else {
        let limits = engine.limits();
        let binary = module::read(path, limits.module_size).map_err(Failure::Failed)?;
        decoded = decoder::decode(binary, limits, engine.features())
            .map_err(|error| Failure::Failed(module::malformed(path, &error)))?;
        (&decoded, None)
    };
    let func = arguments.func.as_deref().map(|name| find(wasm, name)).transpose()?;
    match print(wasm, module, func) {
        // Whoever reads has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure::failed(format!("stdout: {error}"))),
        Ok(()) => Ok(()),
    }
}

/// The function of this index or name.
fn find(wasm: &wasm::Module, name: &str) -> Result<FuncIdx, Failure> {
    let count = wasm.funcs.len();
    if let Ok(index) = name.parse() {
        return match wasm.funcs.get(FuncIdx(index)) {
            Some(_) => Ok(FuncIdx(index)),
            None => Err(Failure::failed(format!("no function {index}: the module has {count}"))),
        };
    }
    let exported = wasm.exports.iter().find_map(|export| match export.desc {
        ExportDesc::Func(func) => (*export.name == *name).then_some(func),
        ExportDesc::Table(_)
        | ExportDesc::Memory(_)
        | ExportDesc::Global(_)
        | ExportDesc::Tag(_) => None,
    });
    let mut funcs = wasm.funcs.enumerate().map(|(func, _)| func);
    let named = || funcs.find(|func| wasm.func_name(*func) == Some(name));
    let found = exported.or_else(named);
    found.ok_or_else(|| Failure::failed(format!("no function is exported as or named `{name}`")))
}

fn print(wasm: &wasm::Module, module: Option<&Module>, func: Option<FuncIdx>) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    if let Some(func) = func {
        print_function(&mut out, wasm, module, func)?;
        return out.flush();
    }
    for line in disasm::before_code(wasm) {
        writeln!(out, "{line}")?;
    }
    for (func, _) in wasm.funcs.enumerate().skip(wasm.imported_funcs()) {
        print_function(&mut out, wasm, module, func)?;
    }
    for line in disasm::after_code(wasm) {
        writeln!(out, "{line}")?;
    }
    out.flush()
}

fn print_function(
    out: &mut impl Write,
    wasm: &wasm::Module,
    module: Option<&Module>,
    func: FuncIdx,
) -> io::Result<()> {
    let mut lines = disasm::function(wasm, func);
    match module.and_then(|module| module.code_listing(func)) {
        Some(code) => beside(out, lines, &code),
        None => lines.try_for_each(|line| writeln!(out, "{line}")),
    }
}

/// The column of the internal code.
const COLUMN: usize = 48;

/// The text with the ops on the right, in their order: each where its instruction is, or further
/// down when it was emitted later.
fn beside(
    out: &mut impl Write,
    lines: impl Iterator<Item = Line>,
    code: &CodeListing,
) -> io::Result<()> {
    let mut ops = code.ops.iter().peekable();
    let mut lines = lines.peekable();
    let mut is_head = true;
    while let Some(line) = lines.next() {
        let mut left = line.to_string();
        let mut right = |text: String| {
            let left = std::mem::take(&mut left);
            writeln!(out, "{left:COLUMN$} ;; {text}")
        };
        if is_head {
            for (register, local) in &code.pins {
                right(format!("     {register} is local {local}"))?;
            }
        }
        is_head = false;
        let end = lines.peek().map_or(Some(usize::MAX), |next| next.offset);
        while let Some(op) = ops.next_if(|op| end.is_some_and(|end| op.offset < end)) {
            right(op.to_string())?;
        }
        if !left.is_empty() {
            writeln!(out, "{left}")?;
        }
    }
    Ok(())
}
