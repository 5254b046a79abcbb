//! Connections to other servers, but for the sockets.

use std::net::{TcpListener, TcpStream};

use serverless_wasm::host::{AllowedAddress, Environment, Failure, Outcome};
use serverless_wasm::wasm::Val;

use crate::guest::{Surroundings, i32};

/// What may be connected to here.
fn allowed(list: &[&str]) -> Environment {
    let entry = |text: &&str| text.parse::<AllowedAddress>().expect("an entry");
    Environment::default().allow(list.iter().map(entry))
}

fn surroundings(outcomes: Vec<Outcome>) -> Surroundings {
    Surroundings { environment: allowed(&["db:80"]), outcomes, ..Surroundings::default() }
}

fn connected() -> Outcome {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    Outcome::Connected(TcpStream::connect(address).expect("a connection"))
}

/// The guest connects to `address`.
fn connect(address: &str, list: &[&str], outcomes: Vec<Outcome>) -> (i32, Vec<String>) {
    let surroundings =
        Surroundings { environment: allowed(list), outcomes, ..Surroundings::default() };
    let size = address.replace("\\ff", "?").len();
    let code = format!("(call $tcp_connect (i32.const 0) (i64.const {size}))");
    let ended = surroundings.run(address, "(result i32)", &code);
    match ended.result.expect("no trap").as_slice() {
        [Val::I32(result)] => (*result, ended.waits),
        other => panic!("{other:?}"),
    }
}

#[test]
fn tcp_connect_gives_a_descriptor() {
    let check = |address: &str, entry: &str, waits: &str| {
        let found = connect(address, &[entry], vec![connected()]);
        assert_eq!(found, (0, vec![waits.to_owned()]));
    };
    check("127.0.0.1:80", "127.0.0.1:80", "connect 127.0.0.1 80");
    check("[::1]:65535", "[::1]:*", "connect ::1 65535");
    check("Db.Internal:5432", "db.internal:5432", "connect db.internal 5432");
}

#[test]
fn tcp_connect_to_what_is_no_address() {
    for address in ["", "db", "db:", ":80", "db:0", "db:65536", "db:8x", "::1:80", "\\ff:80"] {
        assert_eq!(connect(address, &["db:80"], vec![]), (-6, vec![]), "{address}");
    }
}

#[test]
fn tcp_connect_to_what_is_not_permitted_asks_nobody() {
    for address in ["db:81", "other:80", "10.0.0.1:80"] {
        assert_eq!(connect(address, &["db:80"], vec![]), (-3, vec![]), "{address}");
    }
    assert_eq!(connect("db:80", &[], vec![]), (-3, vec![]));
}

#[test]
fn tcp_connect_that_fails_says_how() {
    let check = |failure, expected| {
        let (result, _) = connect("db:80", &["db:80"], vec![Outcome::Failed(failure)]);
        assert_eq!(result, expected);
    };
    check(Failure::Failed, -1);
    check(Failure::NotPermitted, -3);
    check(Failure::TimedOut, -4);
}

#[test]
fn descriptors_are_the_smallest_free_numbers_up_to_the_limit() {
    let connect = "(call $tcp_connect (i32.const 0) (i64.const 5))";
    let close = "(call $tcp_close (i32.const 0))";
    let code = [connect, connect, connect, close, close, connect, connect].concat();
    let outcomes = (0..3).map(|_| connected()).collect();
    let ended = surroundings(outcomes).run("db:80", "(result i32 i32 i32 i32 i32 i32 i32)", &code);
    let expected = [0, 1, -2, 0, -5, 0, -2].map(Val::I32).to_vec();
    assert_eq!(ended.result, Ok(expected));
}

#[test]
fn descriptors_that_are_none_are_refused() {
    for fd in [i32::MIN, -1, 0, 1, i32::MAX] {
        let run = |ty: &str, code: String| surroundings(vec![]).run("", ty, &code).result;
        let transfer = |function: &str| {
            format!("(call ${function} (i32.const {fd}) (i32.const 0) (i64.const 1))")
        };
        let bad = Ok(vec![Val::I64(-5)]);
        assert_eq!(run("(result i64)", transfer("tcp_read")), bad);
        assert_eq!(run("(result i64)", transfer("tcp_write")), bad);
        assert_eq!(run("(result i32)", format!("(call $tcp_close (i32.const {fd}))")), i32(-5));
    }
}

/// Connects, then does `code`, which gives an i64.
fn exchange(code: &str, outcome: Option<Outcome>) -> (Result<Vec<Val>, String>, Vec<u8>, String) {
    let outcomes = [Some(connected()), outcome].into_iter().flatten().collect();
    let code = format!("(drop (call $tcp_connect (i32.const 0) (i64.const 5))) {code}");
    let ended = surroundings(outcomes).run("db:80", "(result i64)", &code);
    let last = ended.waits.last().cloned().unwrap_or_default();
    (ended.result, ended.memory[8..16].to_vec(), last)
}

#[test]
fn tcp_read_gives_what_comes() {
    let read = "(call $tcp_read (i32.const 0) (i32.const 8) (i64.const 4))";
    let check = |outcome, expected: i64, memory: &[u8]| {
        let found = exchange(read, Some(outcome));
        assert_eq!(found, (Ok(vec![Val::I64(expected)]), memory.to_vec(), "read 4".to_owned()));
    };
    check(Outcome::Read(b"ab".to_vec()), 2, b"ab\0\0\0\0\0\0");
    check(Outcome::Read(b"abcdef".to_vec()), 4, b"abcd\0\0\0\0");
    check(Outcome::Read(vec![]), 0, &[0; 8]);
    check(Outcome::Failed(Failure::Failed), -1, &[0; 8]);
    check(Outcome::Failed(Failure::TimedOut), -4, &[0; 8]);
}

#[test]
fn tcp_write_says_how_much_was_taken() {
    let write = "(call $tcp_write (i32.const 0) (i32.const 0) (i64.const 5))";
    let check = |outcome, expected: i64| {
        let (result, _, waits) = exchange(write, Some(outcome));
        assert_eq!((result, waits), (Ok(vec![Val::I64(expected)]), "write db:80".to_owned()));
    };
    check(Outcome::Written(5), 5);
    check(Outcome::Written(2), 2);
    check(Outcome::Failed(Failure::Failed), -1);
    check(Outcome::Failed(Failure::TimedOut), -4);
}

#[test]
fn empty_transfers_wait_for_nothing() {
    for function in ["tcp_read", "tcp_write"] {
        let code = format!("(call ${function} (i32.const 0) (i32.const -1) (i64.const 0))");
        let (result, _, last) = exchange(&code, None);
        assert_eq!((result, last), (Ok(vec![Val::I64(0)]), "connect db 80".to_owned()));
    }
}
