//! Requests that guests look at: heads and bodies as they come, and bodies that don't.

use crate::client::{Client, Reply, Running};
use crate::guests::{load_text, route};

/// The guests' module.
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/server/bodies.wat");

/// A configuration that routes `POST /name` to the guest of that name, with these lines before.
fn configuration(lines: &str) -> String {
    let guests = ["echo", "measure", "ignore", "first"];
    let routes: String = guests.map(|guest| route(FILE, "POST", guest, "")).concat();
    format!("{lines}\n{routes}{}", route(FILE, "GET", "describe", ""))
}

fn start(lines: &str) -> Running {
    Running::start(load_text(&configuration(lines)).unwrap())
}

fn post(guest: &str, lines: &str, body: &str) -> String {
    format!("POST /{guest} HTTP/1.1\r\nHost: a\r\n{lines}\r\n{body}")
}

fn with_length(guest: &str, body: &str) -> String {
    post(guest, &format!("Content-Length: {}\r\n", body.len()), body)
}

fn in_chunks(guest: &str, body: &str) -> String {
    post(guest, "Transfer-Encoding: chunked\r\n", body)
}

fn ask(server: &Running, request: &str) -> (Client, Reply) {
    let mut client = server.connect();
    client.send(request);
    let reply = client.reply();
    (client, reply)
}

fn check(server: &Running, request: &str, status: u16, body: &str) -> Client {
    let (client, reply) = ask(server, request);
    assert_eq!((reply.status, reply.body.as_str()), (status, body));
    client
}

/// The answer, and then the end of the connection.
fn check_last(server: &Running, request: &str, status: u16, body: &str) {
    let mut client = check(server, request, status, body);
    assert_eq!(client.rest(), "");
}

#[test]
fn a_guest_sees_its_request() {
    let server = start("");
    let mut client = server.connect();
    let peer = client.stream.local_addr().unwrap();
    let mut check = |target: &str, lines: &str, expected: &str| {
        client.send(&format!("GET {target} HTTP/1.1\r\nHost: a\r\n{lines}\r\n"));
        assert_eq!(client.reply().body, format!("{expected}\n{peer}\n"));
    };
    check("/describe", "", "GET\n/describe\n-\n-\nHost");
    check("/describe?", "X-Test:\r\n", "GET\n/describe\n\n\nHost\nX-Test");
    check(
        "/%64escribe?a=%20b&c",
        "x-test: 1 \r\nAccept: b\r\nX-TEST: 2\r\n",
        "GET\n/%64escribe\na=%20b&c\n1, 2\nHost\nx-test\nAccept",
    );
}

#[test]
fn a_guest_is_told_of_head() {
    let server = start("");
    let mut client = server.connect();
    client.send("GET /describe HTTP/1.1\r\nHost: a\r\n\r\n");
    let length: usize = client.reply().header("Content-Length").unwrap().parse().unwrap();
    client.send("HEAD /describe HTTP/1.1\r\nHost: a\r\n\r\n");
    client.finish();
    // One letter more than GET.
    let expected = (length + 1).to_string();
    assert_eq!(client.head().header("Content-Length"), Some(expected.as_str()));
    assert_eq!(client.rest(), "");
}

#[test]
fn a_body_of_known_length_is_read() {
    let server = start("");
    check(&server, &with_length("echo", "hello"), 200, "hello");
    check(&server, &with_length("echo", ""), 200, "");
    check(&server, &post("echo", "", ""), 200, "");
    check(&server, &with_length("measure", "hello"), 200, "5\nhello");
    check(&server, &post("measure", "", ""), 200, "0\n");
}

#[test]
fn a_large_body_is_read_in_pieces() {
    let server = start("");
    let large = "0123456789abcdef".repeat(60_000);
    check(&server, &with_length("echo", &large), 200, &large);
    let expected = format!("{}\n{large}", large.len());
    check(&server, &with_length("measure", &large), 200, &expected);
}

#[test]
fn a_body_in_chunks_is_read_without_its_framing() {
    let server = start("");
    check(
        &server,
        &in_chunks("echo", "5\r\nhello\r\n1;a=b\r\n!\r\n0\r\nA: b\r\n\r\n"),
        200,
        "hello!",
    );
    check(&server, &in_chunks("echo", "0\r\n\r\n"), 200, "");
    check(
        &server,
        &in_chunks("measure", "3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n"),
        200,
        "13\nabc0123456789",
    );
    let large = "x".repeat(300_000);
    let body = format!("{:x}\r\n{large}\r\n0\r\n\r\n", large.len());
    check(&server, &in_chunks("measure", &body), 200, &format!("300000\n{large}"));
}

#[test]
fn bodies_that_come_in_drops_are_waited_for() {
    let server = start("");
    let mut client = server.connect();
    for guest in ["echo", "measure"] {
        let request = in_chunks(guest, "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n");
        for at in 0..request.len() {
            client.send(&request[at..=at]);
        }
        let reply = client.reply();
        let size = if guest == "measure" { "3\n" } else { "" };
        assert_eq!(reply.body, format!("{size}abc"));
    }
}

#[test]
fn what_a_guest_does_not_read_is_no_part_of_the_next_request() {
    let server = start("");
    let mut client = server.connect();
    client.send(&with_length("ignore", "GET / HTTP/1.1\r\n\r\n"));
    client.send(&with_length("first", "GET / HTTP/1.1\r\n\r\n"));
    client.send(&in_chunks("first", "8\r\nabcdefgh\r\n0\r\n\r\n"));
    client.send(&with_length("echo", "end"));
    for expected in ["-", "G", "a", "end"] {
        let reply = client.reply();
        assert_eq!((reply.status, reply.body.as_str()), (200, expected));
    }
}

#[test]
fn a_body_that_is_too_large_ends_its_guest() {
    let server = start("server.max_body_size = \"10B\"");
    check(&server, &with_length("echo", "0123456789"), 200, "0123456789");
    check(&server, &in_chunks("measure", "a\r\n0123456789\r\n0\r\n\r\n"), 200, "10\n0123456789");
    let too_large = "body too large: 11 bytes, limit 10\n";
    check_last(&server, &with_length("echo", "0123456789a"), 413, too_large);
    for guest in ["echo", "measure"] {
        let request = in_chunks(guest, "6\r\n012345\r\n5\r\n6789a\r\n0\r\n\r\n");
        check_last(&server, &request, 413, too_large);
    }
}

#[test]
fn a_malformed_body_ends_its_guest() {
    let server = start("");
    for body in ["x\r\n", "5\r\nhello!\r\n", "-1\r\n", "\r\n"] {
        check_last(&server, &in_chunks("echo", body), 400, "malformed chunk\n");
    }
}

#[test]
fn a_body_that_stops_coming_is_408() {
    let server = start("server.body_timeout = \"200ms\"");
    check_last(&server, &post("echo", "Content-Length: 9\r\n", "half"), 408, "Request Timeout\n");
    check_last(&server, &in_chunks("measure", "9\r\nhalf"), 408, "Request Timeout\n");
}

#[test]
fn waiting_for_a_body_counts_as_time() {
    let server = start("limits.time = \"200ms\"");
    check_last(&server, &post("echo", "Content-Length: 9\r\n", "half"), 504, "Gateway Timeout\n");
    check_last(&server, &in_chunks("measure", "9\r\nhalf"), 504, "Gateway Timeout\n");
}

#[test]
fn a_client_that_leaves_in_its_body_harms_no_other() {
    let server = start("");
    let mut client = server.connect();
    client.send(&post("echo", "Content-Length: 9\r\n", "half"));
    client.finish();
    assert_eq!(client.head().status, 400);
    drop(client);
    check(&server, &with_length("echo", "hello"), 200, "hello");
}

const EXPECT: &str = "Expect: 100-continue\r\nContent-Length: 5\r\n";

#[test]
fn reading_asks_for_a_body_that_is_held_back() {
    let server = start("");
    for (guest, expected) in [("echo", "hello"), ("measure", "5\nhello")] {
        let mut client = server.connect();
        client.send(&post(guest, EXPECT, ""));
        assert_eq!(client.head().head, "HTTP/1.1 100 Continue\r\n\r\n");
        client.send("hello");
        assert_eq!(client.reply().body, expected);
    }
    // One that is not held back is not asked for.
    check(&server, &post("echo", EXPECT, "hello"), 200, "hello");
}

#[test]
fn a_guest_that_does_not_read_asks_for_no_body() {
    let server = start("");
    check_last(&server, &post("ignore", EXPECT, ""), 200, "-");
}

#[test]
fn a_request_without_a_socket_has_its_body() {
    let site = load_text(&configuration("server.max_body_size = \"10B\"")).unwrap();
    let check = |request: &str, expected: &str| {
        let answer = String::from_utf8(site.call(request.as_bytes(), None).unwrap().bytes).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert_eq!(format!("{} {body}", &head[9..12]), expected);
    };
    check(&with_length("echo", "hello"), "200 hello");
    check(&in_chunks("measure", "5\r\nhello\r\n0\r\n\r\n"), "200 5\nhello");
    check(&post("measure", EXPECT, "hello"), "200 5\nhello");
    let too_large = "b\r\n0123456789a\r\n0\r\n\r\n";
    check(&in_chunks("echo", too_large), "413 body too large: 11 bytes, limit 10\n");
    check(&post("echo", "Content-Length: 9\r\n", "half"), "400 Bad Request\n");
}

/// A module that reads the body before its handler is called.
fn early(reads_when: &str) -> String {
    format!(
        r#"(module
             (import "env" "request_read_body" (func $read (param i32 i64) (result i64)))
             (import "env" "response_set_body" (func $body (param i32 i64)))
             (import "env" "memory" (memory 1 2))
             (global $size (mut i64) (i64.const 0))
             (func $early (global.set $size (call $read (i32.const 0) (i64.const 100))))
             ({reads_when})
             (func (export "handle") (call $body (i32.const 0) (global.get $size))))"#
    )
}

#[test]
fn initialisation_may_wait() {
    for (name, reads_when) in
        [("start", "start $early"), ("initialize", "export \"_initialize\" (func $early)")]
    {
        let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.wat"));
        std::fs::write(&file, early(reads_when)).unwrap();
        let text = format!(
            "[[applications]]\nfile_path = {file:?}\nmethod = \"POST\"\nurl_path = \"/\"\n"
        );
        let server = Running::start(load_text(&text).unwrap());
        let mut client = server.connect();
        client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n");
        client.send("Content-Length: 5\r\n\r\n");
        assert_eq!(client.head().status, 100);
        client.send("hello");
        assert_eq!(client.reply().body, "hello");
    }
}
