//! Requests that wasm guests answer: what a good one may do, and that no bad one harms another.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use serverless_wasm::config::{ConfigErrors, Look, Settings};
use serverless_wasm::interp::{Engine, Module};
use serverless_wasm::server::Site;

use crate::client::{Reply, Running};

/// The guests' module.
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/server/guests.wat");

/// Routes `/name` to the guest of that name, with these lines before them.
fn load(lines: &str, env: &str, guests: &[&str]) -> Result<Site, ConfigErrors> {
    let mut text = format!("{lines}\n");
    for guest in guests {
        text.push_str(&route(FILE, "GET", guest, env));
    }
    load_text(&text)
}

/// An entry that routes `/name` to a file's function of that name.
pub(crate) fn route(file: &str, method: &str, name: &str, env: &str) -> String {
    format!(
        "[[applications]]\nfile_path = {file:?}\nmethod = {method:?}\nurl_path = \"/{name}\"\n\
         function = {name:?}\nenv = {{ {env} }}\n"
    )
}

pub(crate) fn load_text(text: &str) -> Result<Site, ConfigErrors> {
    let settings = Settings::parse(Path::new("test.toml"), text)?;
    Site::load(&settings, &Engine::default(), |engine, path| {
        let binary = wat::parse_file(path).map_err(|error| error.to_string())?;
        Module::new(engine, &binary).map_err(|error| error.to_string())
    })
}

fn start(lines: &str, guests: &[&str]) -> Running {
    Running::start(load(lines, "", guests).unwrap())
}

/// A server whose guests know this backend.
fn start_with_backend(lines: &str, backend: &str, guest: &str) -> Running {
    Running::start(load(lines, &format!("backend = {backend:?}"), &[guest]).unwrap())
}

fn check(reply: &Reply, status: u16, body: &str) {
    assert_eq!((reply.status, reply.body.as_str()), (status, body));
}

/// A 500 tells no more than the number to look for in the log.
fn check_internal_error(reply: &Reply) {
    let id = reply.header("X-Request-Id").unwrap();
    assert_eq!(id.len(), 16, "{id}");
    check(reply, 500, &format!("internal error; request id {id}\n"));
}

#[test]
fn a_guest_answers_with_status_headers_and_body() {
    let server = start("", &["hello", "body_only"]);
    let reply = server.get("/hello");
    check(&reply, 203, "hello from a guest");
    assert!(reply.head.starts_with("HTTP/1.1 203 Fine\r\n"));
    assert_eq!(reply.header("X-Guest"), Some("Fine"));
    assert_eq!(reply.head.matches("Content-Length").count(), 1);
    check(&server.get("/body_only"), 200, "hello");
}

#[test]
fn head_is_answered_by_the_guest_without_its_body() {
    let server = start("", &["hello"]);
    let mut client = server.connect();
    client.send("HEAD /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    let reply = client.head();
    assert_eq!((reply.status, reply.header("Content-Length")), (203, Some("18")));
    assert_eq!(client.rest(), "");
}

#[test]
fn no_content_has_no_content() {
    let server = start("", &["no_content", "hello"]);
    let mut client = server.connect();
    client
        .send("GET /no_content HTTP/1.1\r\nHost: a\r\n\r\nGET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    let reply = client.head();
    assert_eq!((reply.status, reply.header("Content-Length")), (204, None));
    check(&client.reply(), 203, "hello from a guest");
}

#[test]
fn each_request_has_a_fresh_instance() {
    let server = start("", &["count"]);
    let mut client = server.connect();
    for _ in 0..3 {
        client.send("GET /count HTTP/1.1\r\nHost: a\r\n\r\n");
        check(&client.reply(), 200, "1");
    }
}

#[test]
fn a_guest_that_fails_is_a_500_that_tells_nothing() {
    let guests = ["nothing", "trap", "trap_after_answer", "deep"];
    let server = start("", &guests);
    for guest in guests {
        check_internal_error(&server.get(&format!("/{guest}")));
    }
}

#[test]
fn what_no_guest_may_pass_ends_it() {
    let guests = [
        "bad_pointer",
        "bad_size",
        "huge_size",
        "bad_status",
        "bad_reason",
        "bad_name",
        "bad_value",
        "large",
    ];
    let server = start("limits.response_size = \"64KiB\"", &guests);
    for guest in guests {
        check_internal_error(&server.get(&format!("/{guest}")));
    }
}

#[test]
fn debug_tells_the_client_why() {
    let server = start("server.debug = true", &["trap"]);
    let reply = server.get("/trap");
    assert_eq!(reply.status, 500);
    assert!(reply.body.starts_with("unreachable"), "{}", reply.body);
    assert!(reply.body.contains("`trap` + 0x"), "{}", reply.body);
    let id = format!("\nrequest id {}\n", reply.header("X-Request-Id").unwrap());
    assert!(reply.body.ends_with(&id), "{}", reply.body);
}

#[test]
fn guests_that_do_not_end_are_ended_while_others_are_answered() {
    let guests = ["spin", "hog_for_ever", "hello"];
    let server = start("limits.time = \"2s\"\nlimits.memory = \"1MiB\"", &guests);
    thread::scope(|scope| {
        let endless = ["/spin", "/hog_for_ever"].map(|path| scope.spawn(|| server.get(path)));
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_millis(200) {
            check(&server.get("/hello"), 203, "hello from a guest");
        }
        for reply in endless {
            check(&reply.join().unwrap(), 504, "Gateway Timeout\n");
        }
    });
}

#[test]
fn a_guest_gets_no_more_memory_than_its_limit() {
    // One page at the start; sixteen more fit in twice, but not three times.
    let server = start("limits.memory = \"2560KiB\"", &["hog"]);
    check(&server.get("/hog"), 200, "2");
}

#[test]
fn spent_fuel_ends_a_guest() {
    let server = start("limits.fuel = 10000", &["spin", "hello"]);
    check_internal_error(&server.get("/spin"));
    check(&server.get("/hello"), 203, "hello from a guest");
}

/// A backend that answers each connection with `pong` after it has read four bytes.
fn backend() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, mut bytes) = (stream.unwrap(), [0; 4]);
            if stream.read_exact(&mut bytes).is_ok() && &bytes == b"ping" {
                let _gone = stream.write_all(b"pong");
            }
        }
    });
    address
}

#[test]
fn a_guest_talks_to_its_backend() {
    let server = start_with_backend("", &backend(), "backend");
    for _ in 0..3 {
        check(&server.get("/backend"), 200, "pong");
    }
    let named = backend().replace("127.0.0.1", "localhost");
    check(&start_with_backend("", &named, "backend").get("/backend"), 200, "pong");
}

#[test]
fn a_backend_that_fails_is_the_guests_to_handle() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    check(&start_with_backend("", &closed, "backend").get("/backend"), 502, "a");
    check(&start_with_backend("", "not an address", "backend").get("/backend"), 502, "f");
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let server = start_with_backend("limits.tcp_timeout = \"100ms\"", &address, "backend");
    check(&server.get("/backend"), 502, "d");
}

#[test]
fn a_guest_has_so_many_connections_at_once() {
    let server = start_with_backend("limits.connections = 1", &backend(), "reconnect");
    check(&server.get("/reconnect"), 200, "0.00");
    let server = start_with_backend("limits.connections = 2", &backend(), "reconnect");
    check(&server.get("/reconnect"), 200, "0100");
    let server = start_with_backend("limits.connections = 0", &backend(), "reconnect");
    assert_eq!(server.get("/reconnect").body, "..+.");
}

#[test]
fn a_guest_connects_to_nobody_but_those_it_was_told() {
    check(&start_with_backend("", &backend(), "elsewhere").get("/elsewhere"), 502, "c");
    // Nobody listens there, but that is another matter.
    check(&start_with_backend("", "127.0.0.1:9", "elsewhere").get("/elsewhere"), 502, "a");
}

#[test]
fn waiting_counts_as_time() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let lines = "limits.time = \"300ms\"\nlimits.tcp_timeout = \"50ms\"";
    let server = start_with_backend(lines, &address, "wait_for_ever");
    check(&server.get("/wait_for_ever"), 504, "Gateway Timeout\n");
    let server = start_with_backend("limits.time = \"300ms\"", &address, "wait_for_ever");
    check(&server.get("/wait_for_ever"), 504, "Gateway Timeout\n");
}

#[test]
fn a_stop_ends_guests_that_do_not_end() {
    let mut server = start("server.shutdown_timeout = \"100ms\"", &["spin"]);
    let mut client = server.connect();
    client.send("GET /spin HTTP/1.1\r\nHost: a\r\n\r\n");
    thread::sleep(Duration::from_millis(100));
    let asked = Instant::now();
    server.stop.request();
    server.join();
    assert!(asked.elapsed() < Duration::from_secs(5));
    assert_eq!(client.rest(), "");
}

/// Loading fails, and says all of this.
fn check_refused(site: Result<Site, ConfigErrors>, expected: &[&str]) {
    let Err(errors) = site else { panic!("it was loaded") };
    let text = errors.render(Look::Plain);
    for expected in expected {
        assert!(text.contains(expected), "{text}\nshould say {expected}");
    }
}

#[test]
fn what_cannot_answer_is_refused_when_it_is_loaded() {
    check_refused(
        load("", "", &["missing", "takes_one", "memory"]),
        &["no export `missing`", "`takes_one` is", "`memory` is"],
    );
    check_refused(load("limits.memory = \"1KiB\"", "", &["hello"]), &["memory"]);
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("imported-memory.wat");
    let text = r#"(module (import "env" "memory" (memory 18)) (func (export "f")))"#;
    std::fs::write(&file, text).unwrap();
    let entry = route(&file.to_string_lossy(), "GET", "f", "");
    check_refused(load_text(&format!("limits.memory = \"1MiB\"\n{entry}")), &["memory"]);
    let route = |path| {
        format!(
            "[[applications]]\nfile_path = {FILE:?}\nmethod = \"GET\"\nurl_path = {path:?}\n\
             function = \"hello\"\n"
        )
    };
    check_refused(load_text(&(route("/a") + &route("/%61"))), &["already"]);
}

#[test]
fn imports_that_the_host_does_not_have_are_refused_when_they_are_loaded() {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("imports.wat");
    let text = r#"(module
        (import "env" "log" (func (param i32 i32)))
        (import "env" "launch" (func))
        (func (export "handle")))"#;
    std::fs::write(&file, text).unwrap();
    let entry = "[[applications]]\nmethod = \"GET\"\nurl_path = \"/\"\n";
    check_refused(load_text(&format!("{entry}file_path = {file:?}")), &["log", "launch"]);
}
