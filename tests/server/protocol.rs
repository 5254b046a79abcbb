//! What every client may rely on, whatever the handler does.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serverless_wasm::server::http::Response;
use serverless_wasm::server::{Router, Site};

use crate::client::{Client, Running, route, settings};

const GET: &str = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";

fn start(lines: &str) -> Running {
    let mut router = Router::default();
    route(&mut router, "GET", "/hello", |_| Response::with_text(200, "hello"));
    route(&mut router, "POST", "/hello", |exchange| {
        loop {
            match exchange.body.read(&mut [0; 64], exchange.deadline) {
                Ok(0) => break Response::with_text(201, "posted"),
                Ok(_) => {}
                Err(error) => break Response::plain(error.status()),
            }
        }
    });
    route(&mut router, "GET", "/none", |_| Response::empty(204));
    route(&mut router, "GET", "/panic", |_| panic!("as it should"));
    route(&mut router, "GET", "/large", |_| Response::with_text(200, &"x".repeat(8_000_000)));
    route(&mut router, "GET", "/slow", |_| {
        thread::sleep(Duration::from_millis(300));
        Response::with_text(200, "slow")
    });
    Running::start(Site { router, settings: settings(lines) })
}

/// Sends bytes, expects one answer with that status, and the connection's end.
fn check_refused(server: &Running, bytes: &str, status: u16) {
    let mut client = server.connect();
    client.send(bytes);
    let reply = client.reply();
    assert_eq!(reply.status, status, "{bytes:?}");
    assert_eq!(reply.header("Connection"), Some("close"), "{bytes:?}");
    assert_eq!(client.rest(), "", "{bytes:?}");
}

fn check_ended(mut client: Client) {
    assert_eq!(client.rest(), "");
}

#[test]
fn a_request_is_answered_and_the_connection_goes_on() {
    let server = start("");
    let mut client = server.connect();
    for _ in 0..3 {
        client.send(GET);
        let reply = client.reply();
        assert_eq!((reply.status, reply.body.as_str()), (200, "hello\n"));
        assert!(reply.header("Date").unwrap().ends_with(" GMT"));
        assert_eq!(reply.header("Connection"), None);
    }
}

#[test]
fn requests_that_come_together_are_answered_in_order() {
    let server = start("");
    let mut client = server.connect();
    client.send(&format!(
        "{GET}POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbodyHEAD /hello \
         HTTP/1.1\r\nHost: a\r\n\r\nGET /none HTTP/1.1\r\nHost: a\r\n\r\n\
         GET /x HTTP/1.0\r\n\r\n{GET}"
    ));
    assert_eq!(client.reply().body, "hello\n");
    assert_eq!(client.reply().body, "posted\n");
    let reply = client.head();
    assert_eq!((reply.status, reply.header("Content-Length")), (200, Some("6")));
    let reply = client.head();
    assert_eq!((reply.status, reply.header("Content-Length")), (204, None));
    let reply = client.reply();
    assert_eq!((reply.status, reply.header("Connection")), (404, Some("close")));
    check_ended(client);
}

#[test]
fn what_nobody_serves_is_said_so() {
    let server = start("");
    assert_eq!(server.get("/nowhere").status, 404);
    let mut client = server.connect();
    client.send("PUT /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    let reply = client.reply();
    assert_eq!((reply.status, reply.header("Allow")), (405, Some("GET, POST, HEAD")));
    client.send("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(client.head().status, 204);
    client.send("GET http://other/hello?x HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(client.reply().status, 200);
}

#[test]
fn bad_requests_are_refused_and_the_connection_ends() {
    let server = start("max_body_size = \"1KiB\"\nmax_target_size = \"1KiB\"\nmax_headers = 4");
    check_refused(&server, "nonsense\r\n", 400);
    check_refused(&server, "GET /hello HTTP/1.1\r\n\r\n", 400);
    check_refused(&server, &format!("GET /hello HTTP/1.1\r\nHost: a\r\n b\r\n\r\n{GET}"), 400);
    check_refused(&server, "GET /hello HTTP/3.0\r\n", 505);
    check_refused(&server, &format!("GET /{} HTTP/1.1\r\n", "a".repeat(1024)), 414);
    check_refused(&server, &format!("GET / HTTP/1.1\r\n{}", "A: b\r\n".repeat(5)), 431);
    let framing =
        |lines: &str| format!("POST /hello HTTP/1.1\r\nHost: a\r\n{lines}\r\n0\r\n\r\n{GET}");
    check_refused(&server, &framing("Transfer-Encoding: gzip, chunked\r\n"), 501);
    check_refused(&server, &framing("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"), 400);
    check_refused(&server, &framing("Content-Length: 5\r\nContent-Length: 6\r\n"), 400);
    check_refused(&server, &framing("Content-Length: 1025\r\n"), 413);
    check_refused(&server, &framing("Expect: magic\r\n"), 417);
}

#[test]
fn a_refusal_reaches_a_client_that_still_sends() {
    let server = start("max_body_size = \"1KiB\"");
    let mut client = server.connect();
    client.send("POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n");
    client.send(&"x".repeat(500_000));
    assert_eq!(client.reply().status, 413);
    check_ended(client);
}

#[test]
fn a_body_that_is_held_back_is_asked_for_when_somebody_wants_it() {
    let server = start("");
    let mut client = server.connect();
    let head = "HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n";
    client.send(&format!("POST /hello {head}"));
    assert_eq!(client.head().status, 100);
    client.send("body");
    assert_eq!(client.reply().status, 201);
    client.send(&format!("POST /nowhere {head}"));
    let reply = client.reply();
    assert_eq!((reply.status, reply.header("Connection")), (404, Some("close")));
    check_ended(client);
}

#[test]
fn an_unread_body_does_not_become_a_request() {
    let server = start("");
    let mut client = server.connect();
    let body = GET.repeat(100);
    client.send(&format!("PUT /x HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n", body.len()));
    client.send(&body);
    assert_eq!(client.reply().status, 404);
    client.send("GET /none HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(client.head().status, 204);
}

#[test]
fn slow_clients_are_told_or_left() {
    let server = start("header_timeout = \"1s\"\nbody_timeout = \"1s\"\nidle_timeout = \"1s\"");
    let mut silent = server.connect();
    let mut half_a_head = server.connect();
    half_a_head.send("GET /hello HTTP/1.1\r\nHo");
    let mut half_a_body = server.connect();
    half_a_body.send("POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf");
    let mut half_a_dropped_body = server.connect();
    half_a_dropped_body.send("PUT /x HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf");
    let mut idle = server.connect();
    idle.send(GET);
    assert_eq!(silent.rest(), "");
    assert_eq!(half_a_head.reply().status, 408);
    assert_eq!(half_a_body.reply().status, 408);
    assert_eq!(half_a_dropped_body.reply().status, 404);
    assert_eq!(idle.reply().status, 200);
    for client in [half_a_head, half_a_body, half_a_dropped_body, idle] {
        check_ended(client);
    }
}

#[test]
fn single_bytes_do_not_extend_the_time_for_a_head() {
    let server = start("header_timeout = \"300ms\"");
    let mut client = server.connect();
    let mut sender = client.stream.try_clone().unwrap();
    let sending = thread::spawn(move || {
        let sends = std::iter::repeat_with(|| {
            thread::sleep(Duration::from_millis(50));
            sender.write_all(b"G").is_ok()
        });
        sends.take(20).take_while(|sent| *sent).count()
    });
    assert_eq!(client.reply().status, 408);
    check_ended(client);
    assert!(sending.join().unwrap() >= 1);
}

#[test]
fn a_client_that_reads_nothing_is_left() {
    let server = start("threads = 1\nwrite_timeout = \"200ms\"");
    let mut deaf = server.connect();
    deaf.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(server.get("/hello").status, 200);
}

#[test]
fn a_client_that_stops_sending_gets_its_answer() {
    let server = start("");
    let mut client = server.connect();
    client.send(GET);
    client.finish();
    assert_eq!(client.reply().status, 200);
    check_ended(client);
}

#[test]
fn a_handler_that_panics_is_a_500_and_harms_nobody() {
    let server = start("threads = 1");
    for _ in 0..3 {
        assert_eq!(server.get("/panic").status, 500);
    }
    assert_eq!(server.get("/hello").status, 200);
}

#[test]
fn a_connection_has_as_many_requests_as_it_may() {
    let server = start("max_requests_per_connection = 2");
    let mut client = server.connect();
    client.send(&GET.repeat(3));
    assert_eq!(client.reply().header("Connection"), None);
    assert_eq!(client.reply().header("Connection"), Some("close"));
    check_ended(client);
}

#[test]
fn more_clients_than_threads_are_all_answered() {
    let server = Arc::new(start("threads = 3"));
    let answered = Arc::new(AtomicUsize::new(0));
    let clients: Vec<_> = (0..12)
        .map(|_| {
            let (server, answered) = (Arc::clone(&server), Arc::clone(&answered));
            thread::spawn(move || {
                for path in ["/hello", "/slow", "/hello"] {
                    assert_eq!(server.get(path).status, 200);
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    for client in clients {
        client.join().unwrap();
    }
    assert_eq!(answered.load(Ordering::Relaxed), 36);
}

/// A cheap source of numbers that is the same in every run.
fn numbers(mut seed: u64) -> impl FnMut(usize) -> usize {
    move |below| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    }
}

#[test]
fn damaged_requests_get_a_status_or_an_end_and_harm_nobody() {
    let server = start("header_timeout = \"2s\"\nbody_timeout = \"2s\"\nthreads = 4");
    let mut number = numbers(7);
    let good = format!("POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody{GET}");
    for _ in 0..300 {
        let mut bytes = good.clone().into_bytes();
        for _ in 0..=number(3) {
            let at = number(bytes.len());
            match number(3) {
                0 => bytes[at] = number(256) as u8,
                1 => bytes.insert(at, b"\r\n :,0\0\xff"[number(8)]),
                _ => drop(bytes.remove(at)),
            }
        }
        let mut client = server.connect();
        client.stream.write_all(&bytes).unwrap();
        client.finish();
        let replies = client.rest();
        let statuses = replies.matches("HTTP/1.1 ").count();
        assert!(statuses <= 2, "{} got {replies}", bytes.escape_ascii());
        assert_eq!(replies.is_empty(), statuses == 0);
    }
    assert_eq!(server.get("/hello").status, 200);
}
