//! What guests and the host write to the log.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use serverless_wasm::host::{AllowedAddress, Environment, HostLimits};
use tracing_subscriber::fmt::MakeWriter;

use crate::guest::{Ended, Surroundings, refused};

/// Lines of a log, as `LEVEL text`.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nobody panicked").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// Runs a guest, and gives what the log says meanwhile.
fn logged(surroundings: Surroundings, data: &str, code: &str) -> (Ended, Vec<String>) {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(lines.clone())
        .with_max_level(tracing::Level::DEBUG)
        .with_ansi(false)
        .with_target(false)
        .without_time()
        .finish();
    let ended = tracing::subscriber::with_default(subscriber, || surroundings.run(data, "", code));
    let text = String::from_utf8(lines.0.lock().expect("nobody panicked").clone());
    let text = text.expect("the log is UTF-8");
    (ended, text.lines().map(|line| line.trim_start().to_owned()).collect())
}

fn log(size: i64) -> String {
    format!("(call $log (i32.const 0) (i64.const {size}))")
}

#[test]
fn log_writes_a_line_and_escapes_what_could_forge_one() {
    let check = |data: &str, size: i64, expected: &str| {
        let (ended, lines) = logged(Surroundings::default(), data, &log(size));
        assert_eq!(ended.result, Ok(vec![]));
        assert_eq!(lines, [format!("INFO {expected}").trim_end().to_owned()]);
    };
    check("hello", 5, "hello");
    check("hello\\0a", 6, "hello");
    check("a\\0aERROR b\\0d\\00\\1b[31m", 16, r"a\nERROR b\r\u{0}\u{1b}[31m");
    check("\\ff\\fe", 2, "\u{fffd}\u{fffd}");
}

#[test]
fn log_is_cut_at_its_limit_and_says_so_once() {
    let limits = HostLimits { response_size: 0, log_size: 8, connections: 0 };
    let surroundings = Surroundings { limits, ..Surroundings::default() };
    let (ended, lines) = logged(surroundings, "12345678", &[log(5), log(5), log(5)].concat());
    assert_eq!(ended.result, Ok(vec![]));
    let note = "WARN the guest logged more than log_size = 8 bytes: cut";
    assert_eq!(lines, ["INFO 12345", "INFO 123", note]);
}

/// AssemblyScript's strings: "bad\n" at 4 and "a.ts" at 20, each behind its size.
const STRINGS: &str =
    "\\08\\00\\00\\00b\\00a\\00d\\00\\0a\\00____\\08\\00\\00\\00a\\00.\\00t\\00s\\00";

fn abort(message: i32, file: i32) -> String {
    format!("(call $abort (i32.const {message}) (i32.const {file}) (i32.const 7) (i32.const -1))")
}

#[test]
fn abort_logs_its_message_and_its_place_and_traps() {
    let check = |message: i32, file: i32, expected: &str| {
        let (ended, lines) = logged(Surroundings::default(), STRINGS, &abort(message, file));
        assert_eq!(ended.result, Err("env.abort: called by the guest".to_owned()));
        assert_eq!(lines, [expected]);
    };
    check(4, 20, r"INFO abort: bad\n (a.ts:7:4294967295)");
    check(0, 0, "INFO abort:  (:7:4294967295)");
}

#[test]
fn abort_checks_its_strings() {
    let check = |message: i32, file: i32, argument: &str, problem: &str| {
        let (ended, lines) = logged(Surroundings::default(), STRINGS, &abort(message, file));
        assert_eq!(ended.result, refused("abort", argument, problem));
        assert_eq!(lines, Vec::<String>::new());
    };
    check(2, 0, "message", "4 bytes at 0xfffffffe, memory has 0x10000");
    check(4, 65_540, "file", "4 bytes at 0x10000, memory has 0x10000");
    check(4, 16, "file", "1600085855 bytes at 0x10, memory has 0x10000");
    check(-1, 0, "message", "4 bytes at 0xfffffffb, memory has 0x10000");
}

#[test]
fn tcp_connect_says_what_to_add_for_an_address_that_is_not_permitted() {
    let run = |environment: Environment| {
        let surroundings = Surroundings { environment, ..Surroundings::default() };
        let code = "(drop (call $tcp_connect (i32.const 0) (i64.const 5)))";
        logged(surroundings, "db:80", code).1
    };
    let entry: AllowedAddress = "db:81".parse().expect("an entry");
    let setting = run(Environment::default().allow([entry]));
    let expected = "WARN tcp_connect: db:80 is not permitted: to permit it, add \"db:80\" to the \
                    application's `allow_tcp`";
    assert_eq!(setting, [expected]);
    let table = run(Environment::new([("a".to_owned(), "c:1".to_owned())].into()));
    let expected = "WARN tcp_connect: db:80 is not permitted: to permit it, add `allow_tcp = \
                    [\"c:1\", \"db:80\"]` to the application";
    assert_eq!(table, [expected]);
}

#[test]
fn a_header_that_is_the_servers_is_dropped_at_level_debug() {
    let code = "(call $response_set_header
        (i32.const 0) (i64.const 4) (i32.const 4) (i64.const 1))";
    let (ended, lines) = logged(Surroundings::default(), "Date5", code);
    assert_eq!(ended.result, Ok(vec![]));
    assert_eq!(lines, ["DEBUG dropped the guest's header Date: it is the server's"]);
}
