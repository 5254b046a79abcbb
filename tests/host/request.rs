//! What a guest learns of its request.

use serverless_wasm::host::{Outcome, Request};
use serverless_wasm::wasm::Val;

use crate::guest::{Surroundings, i64, refused};

fn request() -> Request {
    let header = |name: &str, value: &[u8]| (name.to_owned(), value.to_vec());
    Request {
        id: 1,
        method: "POST".to_owned(),
        path: "/users/a%20b".to_owned(),
        query: Some("page=2".to_owned()),
        headers: vec![
            header("Host", b"localhost"),
            header("Accept", b"text/html"),
            header("X-Empty", b""),
            header("ACCEPT", b"text/*"),
        ],
        params: vec![header("id", b"a b")],
        peer: Some("127.0.0.1:4711".parse().expect("an address")),
    }
}

/// The guest calls `function` of one buffer: with room for all, for two bytes, and for none.
fn check(function: &str, request: &Request, expected: Option<&str>) {
    let length = expected.map_or(-1, |text| text.len() as i64);
    for room in [64, 2, 0] {
        let surroundings = Surroundings { request: request.clone(), ..Surroundings::default() };
        let code = format!("(call ${function} (i32.const 8) (i64.const {room}))");
        let ended = surroundings.run("", "(result i64)", &code);
        assert_eq!(ended.result, i64(length), "{function}");
        let mut memory = expected.unwrap_or("").as_bytes().to_vec();
        memory.truncate(room);
        memory.resize(64, 0);
        assert_eq!(&ended.memory[8..72], memory, "{function}, room for {room}");
    }
}

/// The same for a function of a name and a buffer.
fn check_named(function: &str, name: &str, expected: Option<&str>) {
    let surroundings = Surroundings { request: request(), ..Surroundings::default() };
    let size = name.replace("\\ff", "?").len();
    let code = format!(
        "(call ${function} (i32.const 0) (i64.const {size}) (i32.const 16) (i64.const 48))"
    );
    let ended = surroundings.run(name, "(result i64)", &code);
    assert_eq!(ended.result, i64(expected.map_or(-1, |text| text.len() as i64)), "{name}");
    let mut memory = expected.unwrap_or("").as_bytes().to_vec();
    memory.resize(48, 0);
    assert_eq!(&ended.memory[16..64], memory, "{name}");
}

#[test]
fn request_get_method() {
    check("request_get_method", &request(), Some("POST"));
}

#[test]
fn request_get_path_as_it_was_sent() {
    check("request_get_path", &request(), Some("/users/a%20b"));
}

#[test]
fn request_get_query_that_is_empty_or_absent() {
    check("request_get_query", &request(), Some("page=2"));
    check("request_get_query", &Request { query: Some(String::new()), ..request() }, Some(""));
    check("request_get_query", &Request { query: None, ..request() }, None);
}

#[test]
fn request_get_peer_of_both_kinds() {
    check("request_get_peer", &request(), Some("127.0.0.1:4711"));
    let peer = Some("[::1]:80".parse().expect("an address"));
    check("request_get_peer", &Request { peer, ..request() }, Some("[::1]:80"));
    check("request_get_peer", &Request { peer: None, ..request() }, None);
}

#[test]
fn request_get_header_names_each_once() {
    check("request_get_header_names", &request(), Some("Host\nAccept\nX-Empty"));
    check("request_get_header_names", &Request { headers: vec![], ..request() }, Some(""));
}

#[test]
fn request_get_header_in_any_case() {
    check_named("request_get_header", "hOST", Some("localhost"));
    check_named("request_get_header", "accept", Some("text/html, text/*"));
    check_named("request_get_header", "x-empty", Some(""));
    for absent in ["", "hos", "hosts", "\\ff"] {
        check_named("request_get_header", absent, None);
    }
}

#[test]
fn request_get_param_by_its_exact_name() {
    check_named("request_get_param", "id", Some("a b"));
    for absent in ["", "ID", "i", "\\ff"] {
        check_named("request_get_param", absent, None);
    }
}

#[test]
fn request_get_body_size_waits_for_it() {
    for size in [0, 5, u64::from(u32::MAX) + 1] {
        let outcomes = vec![Outcome::BodySize(size)];
        let ended = Surroundings { outcomes, ..Surroundings::default() }.run(
            "",
            "(result i64)",
            "call $request_get_body_size",
        );
        assert_eq!(ended.result, i64(size as i64));
        assert_eq!(ended.waits, ["body size"]);
    }
}

const READ_TWICE: &str = "
    (call $request_read_body (i32.const 8) (i64.const 4))
    (call $request_read_body (i32.const 16) (i64.const 4))";

#[test]
fn request_read_body_gives_what_comes_and_0_at_the_end() {
    let outcomes = vec![Outcome::Read(b"abc".to_vec()), Outcome::Read(vec![])];
    let surroundings = Surroundings { outcomes, ..Surroundings::default() };
    let ended = surroundings.run("", "(result i64 i64)", READ_TWICE);
    assert_eq!(ended.result, Ok(vec![Val::I64(3), Val::I64(0)]));
    assert_eq!(&ended.memory[8..16], b"abc\0\0\0\0\0");
    assert_eq!(ended.waits, ["read body 4", "read body 4"]);
}

#[test]
fn request_read_body_never_writes_beyond_its_buffer() {
    let outcomes = vec![Outcome::Read(b"abcdefgh".to_vec()), Outcome::Read(b"e".to_vec())];
    let surroundings = Surroundings { outcomes, ..Surroundings::default() };
    let ended = surroundings.run("", "(result i64 i64)", READ_TWICE);
    assert_eq!(ended.result, Ok(vec![Val::I64(4), Val::I64(1)]));
    assert_eq!(&ended.memory[8..20], b"abcd\0\0\0\0e\0\0\0");
}

#[test]
fn request_read_body_into_nothing_waits_for_nothing() {
    let code = "(call $request_read_body (i32.const -1) (i64.const 0))";
    let ended = Surroundings::default().run("", "(result i64)", code);
    assert_eq!((ended.result, ended.waits), (i64(0), vec![]));
}

#[test]
fn request_read_body_checks_its_buffer_before_it_waits() {
    let code = "(call $request_read_body (i32.const 65535) (i64.const 2))";
    let ended = Surroundings::default().run("", "(result i64)", code);
    let problem = "2 bytes at 0xffff, memory has 0x10000";
    assert_eq!(ended.result, refused("request_read_body", "ptr", problem));
    assert_eq!(ended.waits, Vec::<String>::new());
}
