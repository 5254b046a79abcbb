//! Imports that the host does not have, and what helps: most of them come from a toolchain that
//! counts on another host, and all of those have one cause and one remedy.

use super::FUNCTIONS;
use crate::interp::{ExternType, Unlinkable};
use crate::near::nearest;
use crate::printable;

/// Why a module can't be linked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LinkProblem {
    /// What the module asks for, in a line.
    pub message: String,
    /// What its author may do, in a line.
    pub remedy: String,
}

/// Imports that are named in a message; there may be hundreds.
const NAMED: usize = 3;

/// One problem a cause, in the order of the imports.
///
/// ```
/// use serverless_wasm::host::{self, State};
/// use serverless_wasm::interp::{Engine, Linker, Module};
///
/// let engine = Engine::default();
/// let mut linker = Linker::<State>::new(&engine);
/// host::link(&mut linker)?;
/// let module = Module::new(&engine, &wat::parse_str(r#"(module (import "env" "lag" (func)))"#)?)?;
/// let problems = host::link_problems(&linker.unlinkable(&module));
/// assert_eq!(problems[0].message, "unknown import: `env` `lag`, wanted func [] -> []");
/// assert_eq!(problems[0].remedy, "did you mean `log`, `log(ptr i32, size i64)`?");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn link_problems(unlinkable: &[Unlinkable]) -> Vec<LinkProblem> {
    let mut problems = Vec::new();
    let mut told = Vec::new();
    for import in unlinkable {
        match Origin::of(import) {
            None => problems.push(LinkProblem {
                message: printable::escape(import.to_string().as_bytes()),
                remedy: remedy(import),
            }),
            Some(origin) if told.contains(&origin) => {}
            Some(origin) => {
                told.push(origin);
                let same = unlinkable.iter().filter(|other| Origin::of(other) == Some(origin));
                problems.push(LinkProblem {
                    message: unknown(&same.collect::<Vec<_>>()),
                    remedy: origin.remedy().to_owned(),
                });
            }
        }
    }
    problems
}

/// Begins with the official suite's phrase, as the message of each import does.
fn unknown(imports: &[&Unlinkable]) -> String {
    if let [import] = imports {
        return printable::escape(import.to_string().as_bytes());
    }
    let name = |import: &&Unlinkable| format!("`{}` `{}`", import.module(), import.name());
    let named: Vec<_> = imports.iter().take(NAMED).map(name).collect();
    let rest = match imports.len() - named.len() {
        0 => String::new(),
        rest => format!(" and {rest} more"),
    };
    printable::escape(format!("unknown imports: {}{rest}", named.join(", ")).as_bytes())
}

/// What helps against an import that no other host has either.
fn remedy(import: &Unlinkable) -> String {
    let row = |name: &str| {
        let mut rows = FUNCTIONS.iter().filter(|_| import.module() == "env");
        rows.find(|row| row.name == name)
    };
    match (import.found(), import.wanted()) {
        (Some(_), ExternType::Func(_)) => match row(import.name()) {
            Some(row) => format!(
                "declare it as `{row}`: pointers have 32 bits, sizes and counts 64, and what is in \
                 memory is bytes"
            ),
            None => "the host has something else of this name".to_owned(),
        },
        (Some(_), _) => "the host has something else of this name".to_owned(),
        (None, ExternType::Func(_)) => {
            let names = FUNCTIONS.iter().map(|row| row.name);
            match FUNCTIONS.iter().find(|row| row.name == import.name()) {
                Some(row) => format!("import it from `{}`: `{row}`", row.module),
                None => match nearest(import.name(), names.clone()).and_then(row) {
                    Some(row) => format!("did you mean `{}`, `{row}`?", row.name),
                    None => format!(
                        "the host has, in `env`: {}; a name that is none of these is perhaps a \
                         function that the linker did not find",
                        names.collect::<Vec<_>>().join(", ")
                    ),
                },
            }
        }
        (None, ExternType::Memory(_)) => {
            "a memory is imported as `env` `memory`, or exported as `memory`".to_owned()
        }
        (None, ExternType::Table(_) | ExternType::Global(_) | ExternType::Tag(_)) => {
            "the host has functions and a memory; link so that the module has its own".to_owned()
        }
    }
}

/// A toolchain's own host.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Origin {
    /// WASI, the first preview or before.
    Wasi,
    /// Interfaces of components, WASI's second preview among them.
    Component,
    /// wasm-bindgen's JavaScript.
    WasmBindgen,
    /// Emscripten's JavaScript.
    Emscripten,
    /// AssemblyScript's `Math.random`.
    Seed,
    /// AssemblyScript's clocks.
    Clock,
    /// AssemblyScript's `console` and `trace`.
    Console,
    /// The JavaScript of Go's own compiler.
    Go,
    /// A loader of dynamic libraries.
    Dynamic,
}

impl Origin {
    fn of(import: &Unlinkable) -> Option<Self> {
        if import.found().is_some() {
            return None;
        }
        let name = import.name();
        match import.module() {
            "wasi_snapshot_preview1" | "wasi_unstable" => Some(Self::Wasi),
            "wbg" => Some(Self::WasmBindgen),
            module if module.starts_with("__wbindgen_") => Some(Self::WasmBindgen),
            module if module.ends_with("_bg.js") => Some(Self::WasmBindgen),
            _ if name.starts_with("__wbindgen_") => Some(Self::WasmBindgen),
            "go" | "gojs" => Some(Self::Go),
            "GOT.mem" | "GOT.func" => Some(Self::Dynamic),
            "env" => Self::of_environment(name),
            // `namespace:package/interface@version`, or `cm32p2|…` of the same
            module if module.contains(':') || module.starts_with("cm32p2") => Some(Self::Component),
            _ => None,
        }
    }

    fn of_environment(name: &str) -> Option<Self> {
        const EMSCRIPTEN: [&str; 4] = ["emscripten_", "_emscripten_", "__syscall_", "invoke_"];
        match name {
            "seed" => Some(Self::Seed),
            "Date.now" | "performance.now" => Some(Self::Clock),
            "trace" => Some(Self::Console),
            _ if name.starts_with("console.") => Some(Self::Console),
            "__memory_base" | "__table_base" | "__indirect_function_table" => Some(Self::Dynamic),
            _ if EMSCRIPTEN.iter().any(|prefix| name.starts_with(prefix)) => Some(Self::Emscripten),
            _ if name.ends_with("_js") => Some(Self::Emscripten),
            _ => None,
        }
    }

    fn remedy(self) -> &'static str {
        match self {
            Self::Wasi => {
                "there is no WASI here, and the functions of `env` take its place; build without \
                 it: Rust for wasm32-unknown-unknown, C with `clang --target=wasm32 -nostdlib`, \
                 Zig for wasm32-freestanding, TinyGo with `-target wasm-unknown`, AssemblyScript \
                 without wasi-shim"
            }
            Self::Component => {
                "these are interfaces of components, and only core modules run here; build without \
                 them: Rust for wasm32-unknown-unknown instead of wasm32-wasip2, TinyGo with \
                 `-target wasm-unknown`"
            }
            Self::WasmBindgen => {
                "there is no JavaScript here; build with cargo alone, without wasm-bindgen and \
                 what needs it: `js-sys`, `web-sys`, features such as `wasm_js` of getrandom or \
                 `wasmbind` of chrono (`cargo tree -i wasm-bindgen` says who does)"
            }
            Self::Emscripten => {
                "there is no JavaScript here, and Emscripten's library needs its own; compile with \
                 `clang --target=wasm32 -nostdlib`, and call the functions of `env`"
            }
            Self::Seed => {
                "AssemblyScript's `Math.random` asks for it; fill a buffer with `random_get` \
                 instead"
            }
            Self::Clock => "AssemblyScript's clocks ask for it; call `clock_time_get` instead",
            Self::Console => {
                "AssemblyScript's `console` and `trace` ask for it; call the host's `log` instead"
            }
            Self::Go => {
                "Go's compiler counts on JavaScript here; build with TinyGo, `-target wasm-unknown`"
            }
            Self::Dynamic => {
                "this is a library that a loader would have to place; link it as a whole, without \
                 `-shared`, `-sSIDE_MODULE` or `--import-table`"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host;
    use crate::interp::{Engine, Linker, Module};

    /// The problems of a module with these imports, as `message` and the start of `remedy`.
    fn check(imports: &str, expected: &[(&str, &str)]) {
        let engine = Engine::default();
        let mut linker = Linker::new(&engine);
        host::link(&mut linker).unwrap();
        let binary = wat::parse_str(format!("(module {imports})")).unwrap();
        let module = Module::new(&engine, &binary).unwrap();
        let problems = link_problems(&linker.unlinkable(&module));
        assert_eq!(problems.len(), expected.len(), "{problems:?}");
        for (problem, (message, remedy)) in problems.iter().zip(expected) {
            assert_eq!(problem.message, *message);
            assert!(problem.remedy.starts_with(remedy), "{problem:?}");
        }
    }

    #[test]
    fn imports_of_one_cause_are_one_problem() {
        let wasi = |name: &str| format!("(import \"wasi_snapshot_preview1\" \"{name}\" (func))");
        let one = "unknown import: `wasi_snapshot_preview1` `proc_exit`, wanted func [] -> []";
        check(&wasi("proc_exit"), &[(one, "there is no WASI here")]);
        let names = ["a", "b", "c"].map(wasi).concat();
        let three = "unknown imports: `wasi_snapshot_preview1` `a`, `wasi_snapshot_preview1` `b`, \
                     `wasi_snapshot_preview1` `c`";
        check(&names, &[(three, "there is no WASI here")]);
        let other = "(import \"env\" \"seed\" (func (result f64)))";
        let five = format!("{three} and 2 more");
        let seed = "unknown import: `env` `seed`, wanted func [] -> [f64]";
        check(
            &[&names, other, &wasi("d"), &wasi("e")].concat(),
            &[(&five, "there is no WASI"), (seed, "AssemblyScript's `Math.random`")],
        );
    }

    #[test]
    fn each_toolchain_has_its_remedy() {
        let remedy = |module: &str, name: &str, remedy: &str| {
            let import = format!("(import \"{module}\" \"{name}\" (func))");
            let message = format!("unknown import: `{module}` `{name}`, wanted func [] -> []");
            check(&import, &[(&message, remedy)]);
        };
        remedy("wasi_unstable", "fd_write", "there is no WASI here");
        remedy("wasi:cli/stdout@0.2.0", "get-stdout", "these are interfaces of components");
        remedy("wbg", "__wbg_log_1", "there is no JavaScript here; build with cargo alone");
        remedy("__wbindgen_placeholder__", "x", "there is no JavaScript here; build with cargo");
        remedy("./app_bg.js", "__wbg_x", "there is no JavaScript here; build with cargo alone");
        remedy("env", "emscripten_notify_memory_growth", "there is no JavaScript here, and Em");
        remedy("env", "invoke_vii", "there is no JavaScript here, and Emscripten's");
        remedy("env", "_tzset_js", "there is no JavaScript here, and Emscripten's");
        remedy("env", "console.log", "AssemblyScript's `console` and `trace`");
        remedy("env", "Date.now", "AssemblyScript's clocks");
        remedy("gojs", "runtime.wasmExit", "Go's compiler");
    }

    #[test]
    fn names_and_modules_that_are_near_are_suggested() {
        let unknown = |module: &str, name: &str, remedy: &str| {
            let import = format!("(import \"{module}\" \"{name}\" (func))");
            let message = format!("unknown import: `{module}` `{name}`, wanted func [] -> []");
            check(&import, &[(&message, remedy)]);
        };
        unknown("env", "tcp_conect", "did you mean `tcp_connect`, `tcp_connect(ptr i32, ");
        unknown("host", "tcp_close", "import it from `env`: `tcp_close(fd i32) -> i32`");
        unknown("env", "malloc", "the host has, in `env`: log, response_set_status_line, ");
    }

    #[test]
    fn another_type_is_told_what_to_declare() {
        check(
            r#"(import "env" "log" (func (param i32 i32)))"#,
            &[(
                "incompatible import type: `env` `log`, wanted func [i32 i32] -> [], \
                 found func [i32 i64] -> []",
                "declare it as `log(ptr i32, size i64)`",
            )],
        );
        check(
            r#"(import "env" "memory" (func)) (import "env" "log" (memory 1))
               (import "js" "memory" (memory 1)) (import "env" "sp" (global i32))
               (import "env" "__indirect_function_table" (table 1 funcref))"#,
            &[
                (
                    "incompatible import type: `env` `memory`, wanted func [] -> [], \
                     found memory 0",
                    "the host has something else of this name",
                ),
                (
                    "incompatible import type: `env` `log`, wanted memory 1, \
                     found func [i32 i64] -> []",
                    "the host has something else of this name",
                ),
                ("unknown import: `js` `memory`, wanted memory 1", "a memory is imported as"),
                ("unknown import: `env` `sp`, wanted global i32", "the host has functions and"),
                (
                    "unknown import: `env` `__indirect_function_table`, wanted table 1 funcref",
                    "this is a library",
                ),
            ],
        );
    }

    #[test]
    fn names_can_not_forge_lines() {
        let message = r"unknown import: `env` `a\nerror: b\u{1b}`, wanted func [] -> []";
        check(r#"(import "env" "a\nerror: b\1b" (func))"#, &[(message, "the host has, in `env`")]);
    }
}
