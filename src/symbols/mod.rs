//! What a place in a module is called in its source: demangled names, and files with lines where
//! the module carries DWARF. Read only when somebody asks, which is when a guest has failed.
//!
//! See [DWARF for WebAssembly](https://yurydelendik.github.io/webassembly-dwarf/).

mod budget;
mod dwarf;
mod lines;
mod names;
mod scopes;

use std::fmt::Write;

use crate::interp::trap::{Backtrace, Frame};
use crate::printable::escape;
use crate::wasm::Module;

use dwarf::{Dwarf, Source};

/// A backtrace as text: a line a frame, and below it where it stands in the source, functions that
/// were inlined there first:
///
/// ```text
///   at 3 `parse::header` + 0x2b1
///        src/parse.rs:12:20 in `parse::digit`, inlined
///        src/parse.rs:40:9
///   at 12 `handle` + 0xf4
/// ```
///
/// Names are demangled; the number after `+` is the instruction's offset in the binary. Sources
/// are known when the module has the custom sections `.debug_info`, `.debug_line` and their kin,
/// which `-g` asks of compilers. A module can't make this panic, run on or take much memory,
/// whatever its sections say: beyond a bound, there are no more lines.
///
/// ```
/// use serverless_wasm::interp::{CallError, Engine, Linker, Module, Store};
/// use serverless_wasm::symbols;
///
/// let engine = Engine::default();
/// let text = r#"(module (func $_ZN3app4stopEv (export "f") unreachable))"#;
/// let module = Module::new(&engine, &wat::parse_str(text)?)?;
/// let mut store = Store::new(&engine, ());
/// let instance = Linker::new(&engine).instantiate(&mut store, &module)?;
/// let f = instance.get_func(&mut store, "f")?;
/// let Err(CallError::Trap(trap)) = f.call(&mut store, &[]) else {
///     panic!("it traps")
/// };
/// let report = symbols::report(module.wasm(), trap.backtrace());
/// assert_eq!(report, "  at 0 `app::stop()` + 0x1e\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn report(module: &Module, backtrace: &Backtrace) -> String {
    let sources = sources(module, backtrace);
    let mut text = String::new();
    for (frame, sources) in backtrace.frames.iter().zip(&sources) {
        // Writing to a string can't fail.
        let _ = write_frame(&mut text, frame, sources);
    }
    if backtrace.omitted > 0 {
        let _ = writeln!(text, "  and {} frames further out", backtrace.omitted);
    }
    text
}

/// Where each frame stands in the source, innermost function first; nothing where that's unknown.
fn sources(module: &Module, backtrace: &Backtrace) -> Vec<Vec<Source>> {
    let Some(dwarf) = Dwarf::of(module) else { return vec![Vec::new(); backtrace.frames.len()] };
    // A frame's offset counts from the module's first byte.
    let address = |frame: &Frame| frame.offset.checked_sub(module.code_start);
    let addresses = backtrace.frames.iter().map(|frame| address(frame).unwrap_or(0) as u64);
    dwarf.sources(&addresses.collect::<Vec<_>>())
}

fn write_frame(text: &mut String, frame: &Frame, sources: &[Source]) -> std::fmt::Result {
    write!(text, "  at {}", frame.func)?;
    let outermost = sources.last().and_then(|source| source.function.as_deref());
    if let Some(name) = frame.name.as_deref().or(outermost) {
        write!(text, " `{}`", names::demangle(name))?;
    }
    writeln!(text, " + {:#x}", frame.offset)?;
    for (at, source) in sources.iter().enumerate() {
        let Some(place) = &source.place else { continue };
        write!(text, "       {}", escape(place.as_bytes()))?;
        if at + 1 < sources.len() {
            let name = source.function.as_deref().map(names::demangle);
            write!(text, " in `{}`, inlined", name.as_deref().unwrap_or("?"))?;
        }
        text.push('\n');
    }
    Ok(())
}
