//! What a person reads who has broken a configuration: the whole report of `check`. The reports are
//! in `reports`, a file a test; `UPDATE_EXPECT=1` writes them anew.

use std::fs;
use std::process::Command;

use expect_test::expect_file;

use crate::Folder;

/// A guest with functions for all tests.
const GUEST: &str = r#"(module
  (memory (export "memory") 20)
  (func (export "handle"))
  (func (export "add") (param i32 i32) (result i32) (i32.const 0)))"#;

/// An application that nothing is wrong with, but for what is replaced.
const APP: &str = "\
[[applications]]
file_path = \"guest.wat\"
method = \"GET\"
url_path = \"/hello\"
";

/// `check` in a folder with `c.toml`, `guest.wat` and these files: all that it says is in the
/// file of the test.
fn check(test: &str, config: &str, files: &[(&str, &[u8])]) {
    let folder = Folder::new(&format!("report-{test}"));
    let usual = [("c.toml", config.as_bytes()), ("guest.wat", GUEST.as_bytes())];
    for (name, contents) in usual.iter().chain(files) {
        fs::write(folder.0.join(name), contents).expect("a file");
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_serverless-wasm"));
    let command = command.current_dir(&folder.0).args(["check", "c.toml"]);
    let output = command.env_remove("SERVERLESS_WASM_UNSET").output().expect("it runs");
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(1), &b""[..]));
    let report = String::from_utf8(output.stderr).expect("text");
    expect_file![format!("reports/{test}.txt")].assert_eq(&report);
}

/// `check` of an application of this guest.
fn check_guest(test: &str, wat: &str) {
    check(test, &APP.replace("guest.wat", "other.wat"), &[("other.wat", wat.as_bytes())]);
}

#[test]
fn a_misspelt_key() {
    check("key", "[server]\ndebug = true\nthread = 4\n", &[]);
}

#[test]
fn a_value_of_another_type_or_unit() {
    let config = "[server]\nidle_timeout = 60\n\n[limits]\nmemory = \"64MB\"\n";
    check("unit", config, &[]);
}

#[test]
fn text_that_is_not_toml() {
    check("syntax", "listen_address = 127.0.0.1:8080\n", &[]);
}

#[test]
fn an_application_without_what_it_needs() {
    check("missing", "[[applications]]\nfunction = \"handle\"\n", &[]);
}

#[test]
fn a_file_that_is_not_there() {
    check("file", &APP.replace("guest.wat", "gest.wat"), &[]);
}

#[test]
fn two_applications_for_one_route() {
    let other = APP.replace("/hello", "/users/{id}");
    let config = [&other, APP, &other.replace("id", "name")].concat();
    check("duplicate", &config, &[]);
}

#[test]
fn a_path_that_is_no_pattern() {
    check("pattern", &APP.replace("/hello", "/users/{id}.json"), &[]);
}

#[test]
fn a_method_in_lower_case() {
    check("method", &APP.replace("GET", "post"), &[]);
}

#[test]
fn a_name_that_the_environment_does_not_have() {
    let config = "listen_address = \"127.0.0.1:${SERVERLESS_WASM_UNSET}\"\n";
    check("unset", config, &[]);
}

#[test]
fn an_address_that_is_a_url() {
    let config = format!("{APP}allow_tcp = [\"db:5432\", \"http://api.internal:80/v1\"]\n");
    check("address", &config, &[]);
}

#[test]
fn a_proposal_that_does_not_exist_and_one_that_is_off() {
    let wide =
        "(module (func (export \"handle\") i64.const 0 i64.const 0 i64.mul_wide_s drop drop))";
    let other = APP.replace("guest.wat", "wide.wat").replace("/hello", "/wide");
    let config = format!("{APP}features = [\"thread\"]\n{other}");
    check("feature", &config, &[("wide.wat", wide.as_bytes())]);
}

#[test]
fn limits_that_the_module_does_not_fit_into() {
    check("limits", &format!("{APP}limits = {{ memory = \"1MiB\" }}\n"), &[]);
}

#[test]
fn a_function_that_is_not_exported() {
    let app = |function: &str, path: &str| {
        format!("{}function = {function:?}\n", APP.replace("/hello", path))
    };
    let config = [app("handel", "/a"), app("index", "/b"), app("add", "/c")].concat();
    check("function", &config, &[]);
    check_guest("none", "(module (memory 1))");
}

#[test]
fn a_component() {
    check_guest("component", "(component)");
}

#[test]
fn exceptions_of_before_the_standard() {
    // A function whose body is `try … end`.
    let legacy =
        b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x0a\x07\x01\x05\0\x06\x40\x0b\x0b";
    let config = APP.replace("guest.wat", "legacy.wasm");
    check("legacy", &config, &[("legacy.wasm", legacy)]);
}

#[test]
fn a_guest_that_counts_on_wasi() {
    let wat = r#"(module
      (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
      (import "wasi_snapshot_preview1" "environ_get" (func (param i32 i32) (result i32)))
      (import "wasi_snapshot_preview1" "environ_sizes_get" (func (param i32 i32) (result i32)))
      (import "wasi_snapshot_preview1" "proc_exit" (func (param i32)))
      (func (export "handle")))"#;
    check_guest("wasi", wat);
}

#[test]
fn a_guest_that_counts_on_javascript() {
    let wat = r#"(module
      (import "wbg" "__wbindgen_throw" (func (param i32 i32)))
      (import "env" "emscripten_notify_memory_growth" (func (param i32)))
      (import "env" "seed" (func (result f64)))
      (func (export "handle")))"#;
    check_guest("javascript", wat);
}

#[test]
fn a_host_function_of_another_type_or_name() {
    let wat = r#"(module
      (import "env" "log" (func (param i32 i32)))
      (import "env" "tcp_conect" (func (param i32 i64) (result i32)))
      (import "host" "db_get" (func (param i32 i64 i32 i64) (result i64)))
      (import "env" "malloc" (func (param i32) (result i32)))
      (func (export "handle")))"#;
    check_guest("imports", wat);
}

#[test]
fn a_module_that_is_invalid_or_none() {
    let other = APP.replace("guest.wat", "page.wasm").replace("/hello", "/page");
    let config = APP.replace("guest.wat", "other.wat") + &other;
    let invalid = "(module (func (export \"handle\") (i32.add (i32.const 1) (i64.const 2)) drop))";
    let files: [(&str, &[u8]); 2] = [("other.wat", invalid.as_bytes()), ("page.wasm", b"<html>")];
    check("invalid", &config, &files);
}

#[test]
fn everything_at_once_and_in_order() {
    let config = format!(
        "listen = \"127.0.0.1:80\"\n\n[limits]\ntime = \"1 s\"\n\n{}\n\
         {}limits = {{ fuel = \"x\" }}\n",
        APP.replace("guest.wat", "gone.wat"),
        APP.replace("/hello", "/other") + "function = \"haendle\"\n",
    );
    check("all", &config, &[]);
}
