//! The command line as a person meets it: what it prints where, and its exit status.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;

/// A folder for the files of one test, gone when it ends.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str, files: &[(&str, &[u8])]) -> Self {
        let path = std::env::temp_dir().join(format!("sw-cli-{}-{test}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder");
        for (name, contents) in files {
            fs::write(path.join(name), contents).expect("a file");
        }
        Self(path)
    }

    fn output(&self, args: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_serverless-wasm"));
        command.current_dir(&self.0).args(args).output().expect("it runs")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text")
}

/// Runs in a folder with `x.wat`; all of stdout, the beginning of stderr, and the exit status.
fn check(test: &str, wat: &str, args: &[&str], expected: (&str, &str, i32)) {
    let folder = Folder::new(test, &[("x.wat", wat.as_bytes())]);
    let output = folder.output(args);
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    let is_expected = stdout == expected.0
        && (stderr == expected.1 || !expected.1.is_empty() && stderr.starts_with(expected.1))
        && output.status.code() == Some(expected.2);
    assert!(is_expected, "{args:?}: {:?}\n{stdout}\n{stderr}", output.status);
}

const FAC: &str = r#"(module
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

#[test]
fn every_help_ends_with_examples() {
    let folder = Folder::new("help", &[]);
    let commands = ["serve", "run", "validate", "disasm"].map(|command| vec![command, "--help"]);
    for command in commands.into_iter().chain([vec!["--help"]]) {
        let output = folder.output(&command);
        assert_eq!(output.status.code(), Some(0));
        assert!(text(&output.stdout).contains("\nExamples:\n  serverless-wasm "), "{command:?}");
    }
    let output = folder.output(&[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("Usage: serverless-wasm"));
}

#[test]
fn a_wrong_configuration_is_drawn_and_does_not_start() {
    let config = "[server]\nthread = 4\n[limits]\ntime = 10\n";
    let folder = Folder::new("config", &[("config.toml", config.as_bytes())]);
    for command in [&["serve", "config.toml"][..], &["config.toml"]] {
        let output = folder.output(command);
        let stderr = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{stderr}");
        assert!(stderr.starts_with("error: unknown key `thread` in [server]\n"), "{stderr}");
        assert!(stderr.contains("--> config.toml:2:1"), "{stderr}");
        assert!(stderr.contains("error: `time` takes a duration"), "{stderr}");
    }
    let output = folder.output(&["gone.toml"]);
    let stderr = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr.contains("can't read the configuration: No such file"), "{stderr}");
}

#[test]
fn what_loading_finds_is_drawn_at_the_key_that_asked_for_it() {
    let config = "[[applications]]\nfile_path = \"x.wat\"\nmethod = \"GET\"\nurl_path = \"/\"\n";
    let wat = r#"(module (import "env" "log" (func (param i32 i32))))"#;
    let folder = Folder::new("load", &[("c.toml", config.as_bytes()), ("x.wat", wat.as_bytes())]);
    let output = folder.output(&["c.toml"]);
    let expected = "error: incompatible import type: `env` `log`, wanted func [i32 i32] -> [], \
                    found func [i32 i64] -> []\n --> c.toml:2:13\n";
    let stderr = text(&output.stderr);
    assert!(stderr.starts_with(expected), "{stderr}");
    assert_eq!(output.status.code(), Some(1));
}

/// A server that runs, ended with the test.
struct Server {
    process: Child,
    address: String,
}

impl Server {
    fn start(folder: &Path, config: &str) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_serverless-wasm"));
        let mut process = command
            .current_dir(folder)
            .args(["serve", config])
            .stderr(Stdio::piped())
            .spawn()
            .expect("it runs");
        let stderr = process.stderr.take().expect("it is piped");
        let mut lines = BufReader::new(stderr).lines().map_while(Result::ok);
        let address = lines
            .find_map(|line| Some(line.split_once("listening on http://")?.1.to_owned()))
            .expect("it says where it listens");
        // A full pipe would hold the server up.
        thread::spawn(move || lines.for_each(drop));
        Self { process, address }
    }

    /// The status line and the body of the answer.
    fn get(&self, path: &str) -> (String, String) {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        write!(stream, "GET {path} HTTP/1.0\r\n\r\n").expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        (head.lines().next().unwrap_or_default().to_owned(), body.to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

#[test]
fn the_samples_are_served() {
    let backend = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = backend.local_addr().expect("it listens").to_string();
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let config = fs::read_to_string(samples.join("config.toml")).expect("the configuration");
    let config = config.replace("127.0.0.1:8080", "127.0.0.1:0");
    let config = config.replace("127.0.0.1:8181", &address);
    let folder = Folder::new("samples", &[("config.toml", config.as_bytes())]);
    for module in ["hello.wat", "backend.wat"] {
        fs::copy(samples.join(module), folder.0.join(module)).expect("a copy");
    }
    let server = Server::start(&folder.0, "config.toml");
    let check = |path: &str, status: &str, body: &str| {
        assert_eq!(server.get(path), (status.to_owned(), body.to_owned()), "{path}");
    };
    check("/hello", "HTTP/1.1 200 OK", "Hello world from wasm!\n");
    let french = "Bonjour tout le monde depuis le monde merveilleux de WASM !\n";
    check("/bonjour", "HTTP/1.1 200 OK", french);

    let answering = thread::spawn(move || {
        let (mut stream, _) = backend.accept().expect("a guest");
        let mut question = String::new();
        BufReader::new(&stream).read_line(&mut question).expect("a line");
        stream.write_all(b"hi\n").expect("it reads");
        question
    });
    check("/backend", "HTTP/1.1 200 OK", "answer from the backend:\nhi\n");
    assert_eq!(answering.join().expect("it answered"), "hello from the guest\n");
    // Now nobody listens there.
    check("/backend", "HTTP/1.1 502 Bad Gateway", "could not connect to the backend\n");
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
