//! A module as text: one line an instruction, with its offset in the binary on the left.
//!
//! The offsets are comments, so that the whole is WebAssembly's text format again. What is too long
//! to read, such as the bytes of a data segment, is cut, and says so. It works on any module that
//! was decoded, valid or not; what can't be decoded is told where it stands. Spec: text
//!
//! ```
//! use serverless_wasm::decoder::decode;
//! use serverless_wasm::disasm;
//! use serverless_wasm::wasm::{Features, FuncIdx, Limits};
//!
//! let binary = wat::parse_str("(func (param i32) (result i32) local.get 0 i32.eqz)")?;
//! let module = decode(binary, &Limits::default(), Features::default())?;
//! let lines: Vec<_> = disasm::function(&module, FuncIdx(0)).collect();
//! assert_eq!(lines[1].to_string(), "(;0x000019;)     local.get 0");
//! assert_eq!(lines[2].text.trim(), "i32.eqz");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod field;
mod function;
mod instruction;
pub mod reference;

use std::fmt;

use crate::wasm::{FuncIdx, Index, Module};

pub use field::{after_code, before_code};
pub use function::function;

/// A line of text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// Where what it shows begins in the binary. A line that only closes something has none.
    pub offset: Option<usize>,
    /// The text, indented.
    pub text: String,
}

/// What a level of nesting moves a line to the right.
const INDENT: &str = "  ";

impl Line {
    fn new(offset: impl Into<Option<usize>>, depth: usize, text: impl fmt::Display) -> Self {
        Self { offset: offset.into(), text: format!("{}{text}", INDENT.repeat(depth)) }
    }
}

/// `(;0x0001f3;)   local.get 0`
impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.offset {
            Some(offset) => write!(f, "(;{offset:#08x};) {}", self.text),
            None => write!(f, "{:12} {}", "", self.text),
        }
    }
}

/// All of a module.
pub fn module(module: &Module) -> impl Iterator<Item = Line> {
    let imported = module.imported_funcs();
    let defined = (imported..module.funcs.len()).map(FuncIdx::from_usize);
    let functions = defined.flat_map(|func| function(module, func));
    before_code(module).into_iter().chain(functions).chain(after_code(module))
}

/// An index with its name as a comment: `(;3 parse_header;)`.
fn label(index: impl fmt::Display, name: Option<&str>) -> String {
    match name {
        Some(name) => format!("(;{index} {};)", readable(name)),
        None => format!("(;{index};)"),
    }
}

/// A name with what would end a comment, or doesn't belong into one, replaced.
fn readable(name: &str) -> String {
    name.replace(|c: char| c.is_control() || c == ';', "_")
}

/// A string of the text format. Spec: text/values#strings
fn quoted(bytes: &[u8]) -> String {
    let mut text = String::from("\"");
    for byte in bytes {
        match byte {
            b'"' => text.push_str("\\\""),
            b'\\' => text.push_str("\\\\"),
            b' '..=b'~' => text.push(char::from(*byte)),
            _ => text.push_str(&format!("\\{byte:02x}")),
        }
    }
    text + "\""
}
