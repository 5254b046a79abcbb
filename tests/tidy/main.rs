//! The style sheet and the table of dependencies, enforced: reads every source file once and says
//! what is wrong, as `file:line: what`. Each check is itself tested on a small bad snippet below.

mod reading;
mod rooms;

use std::fs;
use std::path::Path;

use reading::{blank_comments_and_literals, blank_tests, function, is_table, is_word, words};

/// Lines of a file, but for the files of `LONG_FILES`.
const FILE_LINES: usize = 600;
const FUNCTION_LINES: usize = 70;
const LINE_CHARS: usize = 100;

/// Files that are lists of rows: (path or folder, lines).
const LONG_FILES: &[(&str, usize)] =
    &[("src/wasm/instruction.rs", 1_100), ("src/interp/numeric/", 1_100)];

/// Files that may say `unsafe`, with `#![expect(unsafe_code, reason = …)]` at their top.
const UNSAFE_FILES: &[&str] = &[
    "src/interp/caller.rs",
    "src/interp/code/table.rs",
    "src/interp/heap/object.rs",
    "src/interp/machine/call.rs",
    "src/interp/machine/execution.rs",
    "src/interp/machine/regs.rs",
    "src/interp/machine/shared.rs",
    "src/interp/machine/stepped.rs",
    "src/interp/machine/threaded.rs",
    "src/interp/numeric/carrier_x86_64.rs",
    "src/interp/numeric/cell.rs",
    "src/interp/numeric/simd/fma.rs",
    "src/interp/numeric/simd/ssse3.rs",
    "src/interp/numeric/simd/unit_x86_64.rs",
    "src/interp/numeric/simd/vector_x86_64.rs",
    "src/interp/store/context.rs",
    "src/interp/store/object.rs",
    "src/interp/store/pages.rs",
    "src/interp/store/pages_linux.rs",
    "src/interp/store/pages_portable.rs",
    "src/interp/store/pages_unix.rs",
    "src/interp/store/shared.rs",
];

/// Where printing and unwrapping is allowed: the command, and nothing else of the library.
const MAY_PRINT: &[&str] = &["src/cli/", "src/main.rs"];

const BANNED: &[(&str, &str)] = &[
    ("println!", "log with tracing, or return the text"),
    ("print!", "log with tracing, or return the text"),
    ("dbg!", "remove it"),
    ("todo!", "build it or leave it out"),
    ("unimplemented!", "build it or leave it out"),
    (".unwrap()", "`expect` the invariant, or return an error"),
];

/// `interp::machine` has never heard of these words.
const FORBIDDEN_WORDS: &[(&str, &str)] =
    &[("src/interp/machine/", "Instr"), ("src/interp/store/", "Instr")];

struct Source {
    /// From the repository's root, with slashes.
    path: String,
    text: String,
    /// The text with comments and literals blanked, line for line.
    code: String,
    /// `code` with its `#[cfg(test)]` items blanked; nothing of a file of tests.
    shipped: String,
}

impl Source {
    fn new(path: &str, text: &str) -> Self {
        let code = blank_comments_and_literals(text);
        let is_test = path.ends_with("/tests.rs") || path.contains("/tests/");
        let shipped = if is_test { String::new() } else { blank_tests(&code) };
        Self { path: path.to_owned(), text: text.to_owned(), code, shipped }
    }

    fn is_library(&self) -> bool {
        self.path.starts_with("src/")
    }

    fn at(&self, position: usize, what: &str) -> String {
        let line = self.code[..position].matches('\n').count() + 1;
        format!("{}:{line}: {what}", self.path)
    }
}

#[test]
fn the_repository_is_tidy() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = Vec::new();
    for folder in ["src", "tests", "benches", "fuzz", "guest"] {
        collect(root, &root.join(folder), &mut sources);
    }
    assert!(sources.iter().any(|source| source.path == "src/lib.rs"), "no sources found");
    let mut report = Vec::new();
    for source in &sources {
        report.extend(check(source));
    }
    report.extend(unreferenced_files(&sources));
    report.extend(stale_entries(&sources));
    let architecture = fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap_or_default();
    report.extend(unnamed_folders(&sources, &architecture));
    report.extend(vanished_folders(&sources, &architecture));
    assert!(report.is_empty(), "\n{}\n{} findings", report.join("\n"), report.len());
}

fn collect(root: &Path, folder: &Path, sources: &mut Vec<Source>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("readable folder").path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
            collect(root, &path, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("readable source");
            let name = path.strip_prefix(root).expect("below the root").to_string_lossy();
            sources.push(Source::new(&name.replace('\\', "/"), &text));
        }
    }
}

/// Every check that looks at one file.
fn check(source: &Source) -> Vec<String> {
    let checks = [
        lines,
        header,
        file_length,
        function_length,
        unsafe_places,
        banned_calls,
        leftovers,
        rooms::dependencies,
        forbidden_words,
    ];
    checks.iter().flat_map(|check| check(source)).collect()
}

fn lines(source: &Source) -> Vec<String> {
    let mut report = Vec::new();
    for (index, line) in source.text.lines().enumerate() {
        let place = format!("{}:{}", source.path, index + 1);
        if line.chars().count() > LINE_CHARS {
            report.push(format!("{place}: line of {} characters", line.chars().count()));
        }
        if line.ends_with([' ', '\t', '\r']) {
            report.push(format!("{place}: space at the end of a line"));
        }
    }
    report
}

fn header(source: &Source) -> Vec<String> {
    if source.text.starts_with("//! ") {
        return Vec::new();
    }
    vec![format!("{}:1: does not begin with `//!` saying what it does", source.path)]
}

fn file_length(source: &Source) -> Vec<String> {
    let exception = LONG_FILES.iter().find(|(path, _)| source.path.starts_with(path));
    let limit = exception.map_or(FILE_LINES, |(_, limit)| *limit);
    let count = source.text.lines().count();
    if count <= limit {
        return Vec::new();
    }
    vec![format!("{}: {count} lines, limit {limit}", source.path)]
}

fn function_length(source: &Source) -> Vec<String> {
    let mut report = Vec::new();
    for start in words(&source.code, "fn") {
        let Some((name, body)) = function(&source.code, start) else { continue };
        let count = source.code[start..body.1].matches('\n').count() + 1;
        if count > FUNCTION_LINES && !is_table(&source.code[body.0 + 1..body.1 - 1]) {
            report.push(source.at(start, &format!("`{name}` has {count} lines")));
        }
    }
    report
}

fn unsafe_places(source: &Source) -> Vec<String> {
    if !source.is_library() {
        return Vec::new();
    }
    if UNSAFE_FILES.contains(&source.path.as_str()) {
        let says_why = source.code.contains("#![expect(unsafe_code, reason =");
        let missing = format!("{}:1: no `#![expect(unsafe_code, reason = …)]`", source.path);
        return if says_why { Vec::new() } else { vec![missing] };
    }
    let places = words(&source.code, "unsafe");
    places.into_iter().map(|at| source.at(at, "`unsafe` outside the listed files")).collect()
}

fn banned_calls(source: &Source) -> Vec<String> {
    let mut report = Vec::new();
    if !source.is_library() || MAY_PRINT.iter().any(|path| source.path.starts_with(path)) {
        return report;
    }
    for (call, instead) in BANNED {
        for (at, _) in source.shipped.match_indices(call) {
            let before = source.shipped[..at].chars().next_back().unwrap_or(' ');
            if call.starts_with('.') || !is_word(before) {
                report.push(source.at(at, &format!("`{call}`: {instead}")));
            }
        }
    }
    report
}

fn leftovers(source: &Source) -> Vec<String> {
    let mut report = Vec::new();
    for (index, line) in source.text.lines().enumerate() {
        for mark in [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("X", "XX")] {
            let found = words(line, mark).into_iter().next();
            let numbered = found.is_some_and(|at| {
                let rest = &line[at + mark.len()..];
                rest.strip_prefix("(#").is_some_and(|rest| rest.starts_with(char::is_numeric))
            });
            if found.is_some() && !numbered {
                let place = format!("{}:{}", source.path, index + 1);
                report.push(format!("{place}: {mark} without an issue's number"));
            }
        }
    }
    report
}

fn forbidden_words(source: &Source) -> Vec<String> {
    let mut report = Vec::new();
    for (folder, word) in FORBIDDEN_WORDS {
        if source.path.starts_with(folder) {
            let places = words(&source.shipped, word);
            report
                .extend(places.into_iter().map(|at| source.at(at, &format!("knows of `{word}`"))));
        }
    }
    report
}

fn unreferenced_files(sources: &[Source]) -> Vec<String> {
    let mut report = Vec::new();
    for source in sources {
        let path = source.path.trim_end_matches(".rs").trim_end_matches("/mod");
        let Some((folder, name)) = path.rsplit_once('/') else { continue };
        let root = ["lib", "main"].contains(&name);
        let target = ["tests", "benches", "fuzz/targets"].contains(&folder);
        if root || target {
            continue;
        }
        let parents = [
            format!("{folder}/mod.rs"),
            format!("{folder}/main.rs"),
            format!("{folder}/lib.rs"),
            format!("{folder}.rs"),
        ];
        let mut around = sources.iter().filter(|other| parents.contains(&other.path));
        let refers = |other: &Source| {
            let by_path = format!("#[path = \"{name}.rs\"]");
            other.code.contains(&format!("mod {name};")) || other.text.contains(&by_path)
        };
        if !around.any(refers) {
            report.push(format!("{}: no `mod {name};` refers to this file", source.path));
        }
    }
    report
}

/// A list that names what is gone says something untrue.
fn stale_entries(sources: &[Source]) -> Vec<String> {
    let exists = |path: &str| sources.iter().any(|source| source.path.starts_with(path));
    let listed =
        UNSAFE_FILES.iter().chain(MAY_PRINT).chain(LONG_FILES.iter().map(|(path, _)| path));
    listed.filter(|path| !exists(path)).map(|path| format!("tidy.rs names {path}")).collect()
}

fn unnamed_folders(sources: &[Source], architecture: &str) -> Vec<String> {
    let library = sources.iter().filter(|source| source.is_library());
    let mut folders: Vec<_> =
        library.filter_map(|source| Some(source.path.rsplit_once('/')?.0)).collect();
    folders.retain(|folder| *folder != "src" && !folder.ends_with("/tests"));
    folders.dedup();
    let unnamed = folders.iter().filter(|folder| !architecture.contains(&format!("`{folder}`")));
    unnamed.map(|folder| format!("ARCHITECTURE.md does not name `{folder}`")).collect()
}

/// The map must not promise rooms that do not exist.
fn vanished_folders(sources: &[Source], architecture: &str) -> Vec<String> {
    let exists = |path: &str| sources.iter().any(|source| source.path.starts_with(path));
    let named = architecture.split('`').filter(|text| text.starts_with("src/"));
    let vanished = named.filter(|path| !exists(path));
    vanished.map(|path| format!("ARCHITECTURE.md names `{path}`")).collect()
}

// Each check against a small bad snippet, and against what must pass.

/// What the checks say about a snippet at a path, without the place.
fn findings(path: &str, text: &str) -> Vec<String> {
    let report = check(&Source::new(path, text));
    report
        .iter()
        .map(|line| line.split_once(": ").map_or(&**line, |(_, rest)| rest).to_owned())
        .collect()
}

#[test]
fn long_lines_and_trailing_spaces_are_found() {
    let long = format!("//! x\n// {}\n", "é".repeat(98));
    assert_eq!(findings("src/a.rs", &long), ["line of 101 characters"]);
    assert_eq!(findings("src/a.rs", "//! x\nfn f() {} \n"), ["space at the end of a line"]);
    assert_eq!(findings("src/a.rs", "//! x\nfn f() {}\n"), [""; 0]);
}

#[test]
fn a_file_opens_with_what_it_does() {
    assert_eq!(findings("src/a.rs", "fn f() {}\n").len(), 1);
}

#[test]
fn long_files_are_found_but_for_the_lists_of_rows() {
    let text = format!("//! x\n{}", "//\n".repeat(700));
    assert_eq!(findings("src/a.rs", &text), ["701 lines, limit 600"]);
    assert_eq!(findings("src/wasm/instruction.rs", &text), [""; 0]);
}

#[test]
fn long_functions_are_found_but_for_pure_tables() {
    let statements = format!("//! x\nfn f() {{\n{}}}\n", "    g();\n".repeat(70));
    assert_eq!(findings("src/a.rs", &statements), ["`f` has 72 lines"]);
    let arms =
        "        A { x: [u8; 2], .. } if y => { g(x, 1) }\n        B | C => \"{\",\n".repeat(40);
    let table = format!("//! x\nfn f() {{\n    Ok(match self {{\n{arms}    }})\n}}\n");
    assert_eq!(findings("src/a.rs", &table), [""; 0]);
    let busy = table.replace("g(x, 1)", "g(x); h()");
    assert_eq!(findings("src/a.rs", &busy), ["`f` has 84 lines"]);
    let wide = table.replace(" g(x, 1) ", "\n\n\n\n\n\n");
    assert_eq!(findings("src/a.rs", &wide).len(), 1);
    let more = table.replace("    })\n", "    });\n    g()\n");
    assert_eq!(findings("src/a.rs", &more).len(), 1);
}

#[test]
fn unsafe_is_found_outside_its_files() {
    let text = "//! x, unsafe\nfn f() {\n    unsafe { g() }\n}\n";
    assert_eq!(findings("src/a.rs", text), ["`unsafe` outside the listed files"]);
    assert_eq!(findings("src/interp/machine/regs.rs", text).len(), 1, "it must say why");
    let reason = "//! x\n#![expect(unsafe_code, reason = \"raw\")]\nunsafe fn f() {}\n";
    assert_eq!(findings("src/interp/machine/regs.rs", reason), [""; 0]);
}

#[test]
fn banned_calls_are_found_outside_tests_and_the_command() {
    let text = "//! x\nfn f() {\n    println!(\"{}\", g().unwrap());\n}\n";
    assert_eq!(findings("src/a.rs", text).len(), 2);
    assert_eq!(findings("src/cli/a.rs", text), [""; 0]);
    assert_eq!(findings("tests/a.rs", text), [""; 0]);
    assert_eq!(findings("src/a/tests.rs", text), [""; 0]);
    let tests = "//! x\n#[cfg(test)]\nmod tests {\n    fn f() {\n        g().unwrap();\n    }\n}\n";
    assert_eq!(findings("src/a.rs", tests), [""; 0]);
    let shown =
        "//! x\n/// `x.unwrap()`\nconst A: &str = \"dbg!(1)\";\nconst B: &str = r#\"dbg!()\"#;\n";
    assert_eq!(findings("src/a.rs", shown), [""; 0]);
}

#[test]
fn leftovers_need_an_issue() {
    let text = concat!("//! x\n// TO", "DO later\n");
    assert_eq!(findings("src/a.rs", text).len(), 1);
    let text = concat!("//! x\n// TO", "DO(#12): later\n");
    assert_eq!(findings("src/a.rs", text), [""; 0]);
}

#[test]
fn the_machine_has_never_heard_of_instr() {
    let text = "//! x\nfn f(instr: Instr) {}\n";
    assert_eq!(findings("src/interp/machine/control.rs", text), ["knows of `Instr`"]);
    assert_eq!(findings("src/interp/translate/call.rs", text), [""; 0]);
}

#[test]
fn files_without_a_mod_line_are_found() {
    let a = "// mod b;\n#[path = \"c.rs\"] mod d;";
    let files = [("src/lib.rs", "mod a;"), ("src/a.rs", a), ("src/a/b.rs", ""), ("src/a/c.rs", "")];
    let sources = files.map(|(path, text)| Source::new(path, text));
    assert_eq!(unreferenced_files(&sources), ["src/a/b.rs: no `mod b;` refers to this file"]);
}

#[test]
fn folders_missing_from_the_architecture_are_found() {
    let sources = [Source::new("src/a/b.rs", ""), Source::new("src/c/d.rs", "")];
    let report = unnamed_folders(&sources, "`src/a` holds b");
    assert_eq!(report, ["ARCHITECTURE.md does not name `src/c`"]);
    let sources = [Source::new("src/a/b.rs", "")];
    assert_eq!(
        vanished_folders(&sources, "`src/a`, `src/c/d`"),
        ["ARCHITECTURE.md names `src/c/d`"]
    );
}

#[test]
fn lists_that_name_missing_files_are_found() {
    let count = stale_entries(&[]).len();
    assert_eq!(count, UNSAFE_FILES.len() + MAY_PRINT.len() + LONG_FILES.len());
    assert_eq!(stale_entries(&[Source::new("src/main.rs", "")]).len(), count - 1);
}
