//! `validate`, `disasm`, `explain` and `wast`.

use std::fs;

use crate::run::FAC;
use crate::{Folder, check, text};

#[test]
fn what_is_no_module_gets_a_clear_message() {
    let whole = wat::parse_str("(module (func))").expect("text");
    let truncated = &whole[..whole.len() - 2];
    let files: &[(&str, &[u8])] = &[
        ("cut.wasm", truncated),
        ("three.wasm", b"\0as"),
        ("empty.wasm", b""),
        ("notes.txt", b"this is not a module"),
        ("broken.wat", b"(module (func (i32.what)))"),
        ("invalid.wat", b"(module (func $f (result i32) i64.const 0))"),
    ];
    let folder = Folder::new("nomodule", files);
    let check = |path: &str, expected: &str| {
        let output = folder.output(&["run", "--invoke", "f", path]);
        let stderr = text(&output.stderr);
        assert!(stderr.starts_with(expected), "{path}: {stderr}");
        assert!(stderr.contains(path), "{path}: {stderr}");
        assert_eq!((output.status.code(), text(&output.stdout)), (Some(1), String::new()));
        let validated = folder.output(&["validate", path]);
        assert_eq!((validated.status.code(), text(&validated.stderr)), (Some(1), stderr));
    };
    check("gone.wasm", "error: cannot read gone.wasm: No such file");
    check(".", "error: cannot read .: it is a directory\n");
    check("cut.wasm", "error: length out of bounds: ");
    check("three.wasm", "error: unexpected end");
    check("empty.wasm", "error: unexpected end");
    check("notes.txt", "error: magic header not detected");
    check("broken.wat", "error: unknown operator or unexpected token\n");
    check("invalid.wat", "error: type mismatch");
}

#[test]
fn validate_says_nothing_when_all_is_well_and_everything_that_is_not() {
    let good = wat::parse_str(FAC).expect("text");
    let files: &[(&str, &[u8])] = &[
        ("good.wasm", &good),
        ("bad.wat", b"(module (func (result i32)))"),
        ("worse.wat", b"(module (func br 1))"),
    ];
    let folder = Folder::new("validate", files);
    let output = folder.output(&["validate", "good.wasm"]);
    assert_eq!((output.status.code(), output.stdout, output.stderr), (Some(0), vec![], vec![]));
    let output = folder.output(&["validate", "bad.wat", "good.wasm", "worse.wat"]);
    let stderr = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains("\n  in bad.wat, function 0, offset 0x"), "{stderr}");
    assert!(stderr.contains("\nerror: unknown label"), "{stderr}");
    assert!(stderr.contains("\n  in worse.wat, function 0, offset 0x"), "{stderr}");
}

#[test]
fn a_proposal_past_3_0_is_refused_until_features_name_it() {
    let wide = b"(module (func (export \"f\") (param i64 i64) (result i64 i64)
        local.get 0 local.get 1 i64.mul_wide_u))";
    let folder = Folder::new("features", &[("wide.wat", wide)]);
    let output = folder.output(&["validate", "wide.wat"]);
    let stderr = text(&output.stderr);
    let refusal = "error: illegal opcode fc 16: i64.mul_wide_u is of the proposal wide-arithmetic: \
                   turn it on with features = [\"wide-arithmetic\"]\n";
    assert!(stderr.starts_with(refusal), "{stderr}");
    let on = "--features=threads,wide-arithmetic";
    let output = folder.output(&["validate", on, "wide.wat"]);
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()));
    let output = folder.output(&["run", on, "--invoke", "f", "wide.wat", "-1", "-1"]);
    assert_eq!(text(&output.stdout), "1\n-2\n");
    let output = folder.output(&["validate", "--features", "fast", "wide.wat"]);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
}

#[test]
fn an_invalid_instruction_is_shown_with_those_before_it() {
    let wat = "(module (func $f (param f64 i32) (result i32)
      nop nop nop nop (block local.get 0 i32.const 1 i32.add drop) local.get 1))";
    let message = "error: type mismatch: instruction requires [i32 i32] but stack has [f64 i32]: \
                   in i32.add\n  in x.wat, function 0 `f`, offset 0x24\n     \
                   0x1d  nop\n     0x1e  block\n     0x20    local.get 0\n     \
                   0x22    i32.const 1\n  >  0x24    i32.add\n";
    check("excerpt", wat, &["validate", "x.wat"], ("", message, 1));
    // What is wrong with a module outside of instructions has no excerpt.
    let wat = r#"(module (func (export "f")) (func (export "f")))"#;
    let folder = Folder::new("noexcerpt", &[("x.wat", wat.as_bytes())]);
    let stderr = text(&folder.output(&["validate", "x.wat"]).stderr);
    assert!(stderr.starts_with("error: duplicate export name"), "{stderr}");
    assert_eq!(stderr.lines().count(), 2, "{stderr}");
}

#[test]
fn disasm_prints_text_that_is_the_module_again() {
    let folder = Folder::new("disasm", &[("x.wat", FAC.as_bytes())]);
    let output = folder.output(&["disasm", "x.wat"]);
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert_eq!((output.status.code(), &*stderr), (Some(0), ""));
    fs::write(folder.0.join("again.wat"), &stdout).expect("a file");
    let again = folder.output(&["run", "--invoke", "fac", "again.wat", "5"]);
    assert_eq!(text(&again.stdout), "120\n", "{}", text(&again.stderr));
}

#[test]
fn disasm_finds_one_function_by_index_export_and_name() {
    let folder = Folder::new("func", &[("x.wat", FAC.as_bytes())]);
    let function = |name: &str| {
        let output = folder.output(&["disasm", "--func", name, "x.wat"]);
        (text(&output.stdout), text(&output.stderr), output.status.code())
    };
    let (fac, ..) = function("0");
    assert!(fac.contains("(func (;0 fac;) (type 0) (param i64) (result i64)\n"), "{fac}");
    assert_eq!(function("fac"), (fac, String::new(), Some(0)));
    let (nothing, ..) = function("nothing");
    assert_eq!(nothing.lines().count(), 2, "{nothing}");
    let message = "error: no function is exported as or named `fax`\n".to_owned();
    assert_eq!(function("fax"), (String::new(), message, Some(1)));
    let message = "error: no function 4: the module has 4\n".to_owned();
    assert_eq!(function("4"), (String::new(), message, Some(1)));
}

#[test]
fn disasm_shows_the_internal_code_beside_the_text() {
    let folder = Folder::new("code", &[("x.wat", FAC.as_bytes())]);
    let output = folder.output(&["disasm", "--code", "--func", "fac", "x.wat"]);
    let stdout = text(&output.stdout);
    let line = |what: &str| {
        let found = stdout.lines().find(|line| line.contains(what));
        found.unwrap_or_else(|| panic!("{what}: {stdout}"))
    };
    assert!(line("(func (;0 fac;)").ends_with(";;      l0 is local 0"), "{stdout}");
    let (call, code) = line(" call 0").split_once(";;").expect("the op is beside the call");
    assert!(call.starts_with("(;0x") && code.contains(" call "), "{stdout}");
}

#[test]
fn disasm_shows_what_is_not_valid_but_no_code_of_it() {
    let wat = "(module (func (result i32) i64.const 7))";
    let folder = Folder::new("invalid", &[("x.wat", wat.as_bytes())]);
    let output = folder.output(&["disasm", "x.wat"]);
    assert!(text(&output.stdout).contains("i64.const 7\n"));
    assert_eq!(output.status.code(), Some(0));
    let output = folder.output(&["disasm", "--code", "x.wat"]);
    assert!(text(&output.stderr).starts_with("error: type mismatch"));
    assert_eq!((output.status.code(), output.stdout), (Some(1), vec![]));
}

const SCRIPT: &[u8] = b"(module (func (export \"two\") (result i32) i32.const 2))
(assert_return (invoke \"two\") (i32.const 2))
(assert_return (invoke \"two\") (i32.const 3))
(assert_malformed (module quote \"(fun)\") \"unexpected token\")
";

#[test]
fn scripts_are_run_and_each_failure_is_a_line() {
    let folder =
        Folder::new("wast", &[("a.wast", SCRIPT), ("b.wast", b"(module)"), ("c.txt", b"")]);
    let output = folder.output(&["wast", "."]);
    let out = text(&output.stdout);
    assert!(out.starts_with("./a.wast:3: assert_return: "), "{out}");
    assert!(out.contains("\n./a.wast: 2 passed, 1 failed, 1 not applicable\n"), "{out}");
    assert!(out.contains("\n./b.wast: 1 passed, 0 failed, 0 not applicable\n"), "{out}");
    assert!(out.ends_with("\n3 passed, 1 failed, 1 not applicable\n"), "{out}");
    assert_eq!(text(&output.stderr), "error: 1 of 2 scripts failed\n");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(folder.output(&["wast", "b.wast", "--eager"]).status.code(), Some(0));
    let none = folder.output(&["wast", "none"]);
    assert_eq!(none.status.code(), Some(1));
    assert!(text(&none.stderr).starts_with("error: none: "));
}

#[test]
fn what_is_no_script_is_said_and_the_others_run() {
    let files: [(&str, &[u8]); 2] = [("a.wast", b"(module)\n(modul)"), ("b.wast", b"(module)")];
    let output = Folder::new("no-script", &files).output(&["wast", "a.wast", "b.wast"]);
    let out = text(&output.stdout);
    assert!(out.starts_with("a.wast:2: not a script: "), "{out}");
    assert!(out.contains("\nb.wast: 1 passed"), "{out}");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn scripts_are_reported_for_machines() {
    let folder = Folder::new("wast-report", &[("a.wast", SCRIPT)]);
    let json = folder.output(&["wast", "--json", "a.wast"]);
    let report: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!((&report["passed"], &report["failed"]), (&2.into(), &1.into()));
    let failure = &report["scripts"][0]["failures"][0];
    assert_eq!((&failure["line"], &failure["directive"]), (&3.into(), &"assert_return".into()));
    let xml = text(&folder.output(&["wast", "--junit", "a.wast"]).stdout);
    let suite = r#"<testsuite name="a.wast" tests="4" failures="1" errors="0" skipped="1">"#;
    assert!(xml.contains(suite), "{xml}");
    assert!(xml.contains(r#"<testcase classname="a.wast" name="line 2 assert_return"/>"#), "{xml}");
    assert!(xml.contains(r#"<skipped message="malformed text">"#), "{xml}");
}

#[test]
fn an_instruction_is_explained() {
    let folder = Folder::new("explain", &[]);
    let out = text(&folder.output(&["explain", "i32.add"]).stdout);
    assert!(out.starts_with("i32.add\n  code           0x6A\n"), "{out}");
    assert!(out.contains("[i32 i32] -> [i32]"), "{out}");
    let output = folder.output(&["explain", "i32.ad"]);
    assert_eq!(output.status.code(), Some(2));
    let message = "error: no instruction `i32.ad`: there is `i32.add`, `i32.and`, `i32.load`\n";
    assert_eq!(text(&output.stderr), message);
}
