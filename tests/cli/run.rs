//! `run`: results, arguments, limits, and what looks on.

use crate::{Folder, check, text};

/// Functions to call.
pub(crate) const FAC: &str = r#"(module
  (func $fac (export "fac") (param i64) (result i64)
    (if (result i64) (i64.eqz (local.get 0))
      (then (i64.const 1))
      (else (i64.mul (local.get 0) (call $fac (i64.sub (local.get 0) (i64.const 1)))))))
  (func (export "each") (param i32 i64 f32 f64) (result i32 i64 f32 f64)
    local.get 0 local.get 1 local.get 2 local.get 3)
  (func (export "nothing"))
  (func (export "vector") (param v128))
  (memory (export "memory") 1))"#;

#[test]
fn run_prints_the_result() {
    check("fac", FAC, &["run", "--invoke", "fac", "x.wat", "20"], ("2432902008176640000\n", "", 0));
    check("nothing", FAC, &["run", "--invoke", "nothing", "x.wat"], ("", "", 0));
}

#[test]
fn arguments_are_read_by_the_functions_type_and_results_printed_one_a_line() {
    let each = ["run", "--invoke", "each", "x.wat"];
    let with = |args: &[&'static str]| [&each[..], args].concat();
    let numbers = with(&["-1", "0xff", "1.5", "-0x1p-1"]);
    check("numbers", FAC, &numbers, ("-1\n255\n1.5\n-0.5\n", "", 0));
    let others = with(&["4294967295", "-9223372036854775808", "nan", "-inf"]);
    check("others", FAC, &others, ("-1\n-9223372036854775808\nnan\n-inf\n", "", 0));
}

#[test]
fn wrong_arguments_are_wrong_usage() {
    let fac = ["run", "--invoke", "fac", "x.wat"];
    let with = |args: &[&'static str]| [&fac[..], args].concat();
    let message = "error: wrong number of arguments: the function takes 1 [i64], found 0\n";
    check("few", FAC, &fac, ("", message, 2));
    let message = "error: wrong number of arguments: the function takes 1 [i64], found 2\n";
    check("many", FAC, &with(&["1", "2"]), ("", message, 2));
    let message = "error: argument 1: `one` is not a i64\n";
    check("kind", FAC, &with(&["one"]), ("", message, 2));
    // All that follows the module is an argument, whatever it looks like.
    let message = "error: argument 1: `--fuel` is not a i64\n";
    check("flag", FAC, &with(&["--fuel"]), ("", message, 2));
    let message = "error: argument 1: `0` is not a v128: there is no way to write one here\n";
    check("v128", FAC, &["run", "--invoke", "vector", "x.wat", "0"], ("", message, 2));
}

#[test]
fn wrong_flags_are_wrong_usage() {
    check("fuel", FAC, &["run", "--fuel", "x", "x.wat"], ("", "error: invalid value 'x'", 2));
    check("time", FAC, &["run", "--timeout", "1", "x.wat"], ("", "error: invalid value '1'", 2));
    check("what", FAC, &["run", "--what", "x.wat"], ("", "error: unexpected argument '--what'", 2));
    check("none", FAC, &["run"], ("", "error: the following required arguments", 2));
}

#[test]
fn a_missing_export_says_which_there_are() {
    let choice = "`fac`, `each`, `nothing`, `vector`";
    let message = format!("error: no export `fax` in x.wat: its functions are {choice}\n");
    check("export", FAC, &["run", "--invoke", "fax", "x.wat"], ("", &message, 1));
    let message =
        format!("error: no export `_start` in x.wat: choose one with --invoke: {choice}\n");
    check("start", FAC, &["run", "x.wat"], ("", &message, 1));
    let message = "error: the export `memory` is not a function: it is a memory 1\n";
    check("memory", FAC, &["run", "--invoke", "memory", "x.wat"], ("", message, 1));
}

#[test]
fn start_is_what_runs_by_default() {
    let wat = r#"(module (func (export "_start") unreachable))"#;
    check("default", wat, &["run", "x.wat"], ("", "trap: unreachable\n", 134));
    let wat = r#"(tag $t (param i32)) (func (export "_start") (throw $t (i32.const 7)))"#;
    let expected = "uncaught exception of tag 0: [7]\n";
    check("throws", wat, &["run", "x.wat"], ("", expected, 134));
}

#[test]
fn a_trap_prints_the_suites_text_and_a_backtrace() {
    let wat = r#"(module
      (func $divide (param i32 i32) (result i32) local.get 0 local.get 1 i32.div_s)
      (func $outer (export "f") (param i32) (result i32)
        i32.const 7 local.get 0 call $divide i32.const 1 i32.add))"#;
    let args = ["run", "--invoke", "f", "x.wat", "0"];
    let expected = "trap: integer divide by zero\n  at 0 `divide` + 0x";
    check("divide", wat, &args, ("", expected, 134));
    let folder = Folder::new("divide2", &[("x.wat", wat.as_bytes())]);
    assert!(text(&folder.output(&args).stderr).contains("\n  at 1 `outer` + 0x"));
}

const LOOPS: &str = r#"(module
  (func (export "loop") (loop br 0))
  (func $f (export "recurse") call $f)
  (memory 1)
  (func (export "grow") (param i32) (result i32) local.get 0 memory.grow))"#;

#[test]
fn spent_fuel_and_a_passed_deadline_end_the_guest() {
    let fuel = ["run", "--fuel", "1000", "--invoke", "loop", "x.wat"];
    check("outfuel", LOOPS, &fuel, ("", "trap: out of fuel\n", 134));
    let time = ["run", "--timeout", "50ms", "--invoke", "loop", "x.wat"];
    check("outtime", LOOPS, &time, ("", "trap: deadline exceeded\n", 134));
    let stack = ["run", "--invoke", "recurse", "x.wat"];
    check("recurse", LOOPS, &stack, ("", "trap: call stack exhausted\n", 134));
}

#[test]
fn memory_is_limited() {
    let grow = ["run", "--max-memory", "128KiB", "--invoke", "grow", "x.wat"];
    check("grow", LOOPS, &[&grow[..], &["1"]].concat(), ("1\n", "", 0));
    check("grow2", LOOPS, &[&grow[..], &["2"]].concat(), ("-1\n", "", 0));
    let small = ["run", "--max-memory", "1KiB", "--invoke", "grow", "x.wat", "0"];
    check("small", LOOPS, &small, ("", "error: too much memory", 1));
}

#[test]
fn objects_are_limited() {
    let wat = r#"(module
      (type $bytes (array i8))
      (func (export "keep") (param i32) (result i32)
        (array.len (array.new_default $bytes (local.get 0)))))"#;
    let keep = ["run", "--max-heap", "64KiB", "--invoke", "keep", "x.wat"];
    check("keep", wat, &[&keep[..], &["60000"]].concat(), ("60000\n", "", 0));
    check(
        "keep2",
        wat,
        &[&keep[..], &["70000"]].concat(),
        ("", "trap: heap exhausted: no room for 70008 bytes, limit 65536\n", 134),
    );
}

#[test]
fn profile_prints_a_table_beside_the_results() {
    let folder = Folder::new("profile", &[("x.wat", FAC.as_bytes())]);
    let output = folder.output(&["run", "--profile", "--invoke", "fac", "x.wat", "5"]);
    let stderr = text(&output.stderr);
    assert_eq!((text(&output.stdout), output.status.code()), ("120\n".to_owned(), Some(0)));
    assert!(stderr.starts_with("49 instructions in "), "{stderr}");
    for title in ["ops", "pairs in a block", "triples in a block", "ops by their first instruction"]
    {
        assert!(
            stderr.contains(&format!("  share    in all         count  {title}\n")),
            "{stderr}"
        );
    }
    assert!(stderr.contains("  i64.mul"), "{stderr}");
}

#[test]
fn trace_tells_of_calls_beside_the_results() {
    let folder = Folder::new("trace", &[("x.wat", FAC.as_bytes())]);
    let run = |flag: &str| {
        let output = folder.output(&["run", flag, "--invoke", "fac", "x.wat", "1"]);
        assert_eq!((text(&output.stdout), output.status.code()), ("1\n".to_owned(), Some(0)));
        text(&output.stderr)
    };
    let calls = "> fac(1)\n  > fac(0)\n  < fac = 1\n< fac = 1\n";
    assert_eq!(run("--trace"), calls);
    assert_eq!(run("--trace=calls"), calls);
    let ops = run("--trace=ops");
    assert!(ops.lines().any(|line| line.starts_with("  0x") && line.contains("i64.mul")), "{ops}");
    assert_eq!(ops.lines().last(), Some("< fac = 1"));
}

#[test]
fn stats_print_a_table_beside_the_results() {
    let folder = Folder::new("stats", &[("x.wat", FAC.as_bytes())]);
    let output = folder.output(&["run", "--stats", "--invoke", "fac", "x.wat", "5"]);
    let stderr = text(&output.stderr);
    assert_eq!((text(&output.stdout), output.status.code()), ("120\n".to_owned(), Some(0)));
    let rows: Vec<_> = stderr.lines().filter_map(|line| line.split_once(' ')).collect();
    let names: Vec<_> = rows.iter().map(|(name, _)| *name).collect();
    let steps = ["load", "translate", "instantiate", "run"];
    assert_eq!(names, [&steps[..], &["instructions", "memory", "stack"]].concat());
    assert_eq!(rows[4].1.trim(), "49");
    assert_eq!(rows[5].1.trim(), "65536 bytes");
    let (used, limit) = rows[6].1.trim().split_once(" of ").expect("both");
    assert_eq!(limit, "1048576 bytes");
    assert!((100..1_000).contains(&used.parse().expect("a number")), "{used}");
}

#[test]
fn an_import_that_is_not_there_is_an_error() {
    let wat = r#"(module (import "a" "b" (func (param i32))) (func (export "f")))"#;
    let message = "error: unknown import: `a` `b`, wanted func [i32] -> []\n";
    check("unknown", wat, &["run", "--invoke", "f", "x.wat"], ("", message, 1));
    let wat = r#"(module (import "env" "log" (func (param i32 i32))) (func (export "f")))"#;
    let message = "error: incompatible import type: `env` `log`, wanted func [i32 i32] -> [], \
                   found func [i32 i64] -> []\n";
    check("type", wat, &["run", "--invoke", "f", "x.wat"], ("", message, 1));
}
