//! Stopping: what runs may end, what waits is let go, what takes too long is cut.

use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use serverless_wasm::server::http::Response;
use serverless_wasm::server::{Router, Signals, Site};
use signal_hook::consts::SIGTERM;
use signal_hook::low_level::raise;

use crate::client::{Running, route, settings};

/// A server whose only handler says when it runs, and ends after `time` or when it must.
fn start(lines: &str, time: Duration) -> (Running, mpsc::Receiver<()>) {
    let (sender, begun) = mpsc::sync_channel(8);
    let mut router = Router::default();
    route(&mut router, "GET", "/wait", move |exchange| {
        sender.send(()).unwrap();
        let start = Instant::now();
        while start.elapsed() < time && !exchange.stop.is_overdue() {
            thread::sleep(Duration::from_millis(10));
        }
        Response::with_text(200, "done")
    });
    (Running::start(Site { router, settings: settings(lines) }), begun)
}

const GET: &str = "GET /wait HTTP/1.1\r\nHost: a\r\n\r\n";

#[test]
fn a_request_that_runs_is_answered_and_those_who_wait_are_let_go() {
    let (mut server, begun) = start("", Duration::from_millis(300));
    let mut fresh = server.connect();
    let mut running = server.connect();
    running.send(&GET.repeat(2));
    begun.recv().unwrap();
    server.stop.request();
    assert_eq!(fresh.rest(), "");
    let reply = running.reply();
    assert_eq!((reply.status, reply.header("Connection")), (200, Some("close")));
    assert_eq!(running.rest(), "");
    server.join();
    assert!(std::net::TcpStream::connect(server.address).is_err());
}

#[test]
fn a_request_that_does_not_end_is_cut() {
    let (mut server, begun) = start("shutdown_timeout = \"200ms\"", Duration::from_secs(60));
    let mut client = server.connect();
    client.send(GET);
    begun.recv().unwrap();
    server.stop.request();
    server.join();
    assert_eq!(client.rest(), "");
}

#[test]
fn many_who_wait_are_let_go_and_nothing_is_kept() {
    let mut router = Router::default();
    let kept = Arc::new(());
    let held = Arc::clone(&kept);
    route(&mut router, "GET", "/wait", move |_| {
        let _held = &held;
        Response::empty(200)
    });
    let settings = settings("threads = 2\nshutdown_timeout = \"300ms\"");
    let mut server = Running::start(Site { router, settings });
    let mut idle: Vec<_> = (0..50)
        .map(|_| {
            let mut client = server.connect();
            client.send(GET);
            assert_eq!(client.head().status, 200);
            client
        })
        .collect();
    let unfinished = &mut idle[7];
    unfinished.send("GET /wait HTTP/1.1\r\n");
    server.stop.request();
    server.join();
    for client in &mut idle {
        assert_eq!(client.rest(), "");
    }
    assert_eq!(Arc::strong_count(&kept), 1);
}

#[test]
fn a_stop_wakes_a_server_that_nobody_calls() {
    let (mut server, _begun) = start("", Duration::ZERO);
    thread::sleep(Duration::from_millis(50));
    server.stop.request();
    server.join();
}

#[test]
fn a_signal_asks_for_a_stop() {
    let (mut server, begun) = start("", Duration::from_millis(200));
    let signals = Signals::request(&server.stop).unwrap();
    let mut client = server.connect();
    client.send(GET);
    begun.recv().unwrap();
    raise(SIGTERM).unwrap();
    assert_eq!(client.reply().status, 200);
    server.join();
    drop(signals);
}
