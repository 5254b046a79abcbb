//! The languages that samples are written in, and whether their compilers are here.

use std::process::{Command, Stdio};

use crate::imports::Imports;

pub(crate) struct Language {
    /// As the README's chapter is called.
    pub(crate) name: &'static str,
    /// Below `samples`, and in the paths of requests.
    pub(crate) folder: &'static str,
    /// Of a source.
    pub(crate) extension: &'static str,
    /// Where everything that the server offers is declared.
    pub(crate) imports: Imports,
    /// Tools, each by a command that fails where the tool is not.
    tools: &'static [(&'static str, &'static str)],
}

pub(crate) static LANGUAGES: [Language; 4] = [
    Language {
        name: "Rust",
        folder: "rust",
        extension: "rs",
        imports: Imports { file: "guest/src/host.rs", mark: "pub(super) fn ", before: "fn NAME(" },
        tools: &[
            ("cargo", "cargo --version"),
            (
                "rustc's target wasm32-unknown-unknown",
                "test -d \"$(rustc --print target-libdir --target wasm32-unknown-unknown)\"",
            ),
        ],
    },
    Language {
        name: "C",
        folder: "c",
        extension: "c",
        imports: Imports {
            file: "samples/c/serverless_wasm.h",
            mark: "SERVERLESS_WASM_IMPORT(\"",
            before: "IMPORT(\"NAME\")",
        },
        tools: &[
            ("clang for wasm32", "clang --print-targets | grep -q wasm32"),
            ("wasm-ld", "wasm-ld --version"),
        ],
    },
    Language {
        name: "Zig",
        folder: "zig",
        extension: "zig",
        imports: Imports {
            file: "samples/zig/serverless_wasm.zig",
            mark: "extern \"env\" fn ",
            before: "extern \"env\" fn NAME(",
        },
        tools: &[("zig", "zig version")],
    },
    Language {
        name: "AssemblyScript",
        folder: "assemblyscript",
        extension: "ts",
        imports: Imports {
            file: "samples/assemblyscript/serverless_wasm.ts",
            mark: "@external(",
            before: "@external(\"env\", \"NAME\")",
        },
        tools: &[("asc", "asc --version")],
    },
];

impl Language {
    /// The first tool that is not here.
    pub(crate) fn missing(&self) -> Option<String> {
        let mut tools = self.tools.iter();
        let missing = tools.find(|(_, command)| {
            let silent = shell(command).stdout(Stdio::null()).stderr(Stdio::null()).status();
            !silent.is_ok_and(|status| status.success())
        });
        missing.map(|(tool, _)| format!("no {tool} here"))
    }
}

/// A command of a shell, which knows Zig under its name where it came from Python's index, too.
/// What this run of cargo was told about its own output is not meant for it.
pub(crate) fn shell(command: &str) -> Command {
    let zig = "command -v zig >/dev/null || zig() { python3 -m ziglang \"$@\"; }";
    let mut shell = Command::new("sh");
    shell.args(["-ec", &format!("{zig}\n{command}")]);
    shell.env_remove("CARGO_TARGET_DIR").env_remove("CARGO_BUILD_TARGET");
    shell
}
