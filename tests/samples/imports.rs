//! What each language's file of imports declares is what the server offers, with the same types.

use std::fs;

use serverless_wasm::host::{FUNCTIONS, HostFunction};

use crate::languages::Language;
use crate::root;

/// How a file declares an import.
pub(crate) struct Imports {
    /// Below the repository.
    pub(crate) file: &'static str,
    /// What stands once in each declaration.
    pub(crate) mark: &'static str,
    /// What stands before a declaration's types, `NAME` for the function's.
    pub(crate) before: &'static str,
}

pub(crate) fn check(language: &Language) {
    let Imports { file, mark, before } = language.imports;
    let text = fs::read_to_string(root().join(file)).expect("it is there");
    // AssemblyScript's compiler imports this one by itself, and others have no use for it.
    let offered: Vec<_> = FUNCTIONS.iter().filter(|function| function.name != "abort").collect();
    for function in &offered {
        let before = before.replace("NAME", function.name);
        let Some((_, declaration)) = text.split_once(&before) else {
            panic!("{file} does not import {function}");
        };
        let declaration = declaration.split(';').next().unwrap_or_default();
        assert_eq!(types(declaration), expected(function), "{file}: {before}{declaration}");
    }
    assert_eq!(text.matches(mark).count(), offered.len(), "{file}: imports that are not offered");
}

/// The types of the parameters, and of the result.
type Types = (Vec<&'static str>, Option<&'static str>);

fn expected(function: &HostFunction) -> Types {
    (function.params.iter().map(|(_, ty)| *ty).collect(), function.result)
}

/// Numbers say how wide they are, in every language; pointers are 32 bits.
fn types(declaration: &str) -> Types {
    let (rest, after) = declaration.rsplit_once(')').expect("a declaration has parentheses");
    // In C the result comes first.
    let (result, params) = rest.split_once('(').unwrap_or((after, rest));
    let result = if result.contains("64") || result.contains("32") { result } else { after };
    let params = params.split(',').map(str::trim).filter(|param| !["", "void"].contains(param));
    let params = params.map(|param| if param.contains("64") { "i64" } else { "i32" }).collect();
    let result = ["i64", "i32"].into_iter().find(|ty| result.contains(&ty[1..]));
    (params, result)
}
