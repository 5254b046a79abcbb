//! Connections that wait for their clients: they hold no thread, and there may be many.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serverless_wasm::server::http::Response;
use serverless_wasm::server::{Router, Site};

use crate::client::{Client, Running, route, settings};

const GET: &str = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";

fn router() -> Router<Box<dyn serverless_wasm::server::Handler>> {
    let mut router = Router::default();
    route(&mut router, "GET", "/hello", |_| Response::with_text(200, "hello"));
    router
}

fn start(lines: &str) -> Running {
    Running::start(Site { router: router(), settings: settings(lines) })
}

/// A client that has had an answer: its connection is one of the server's.
fn accepted(server: &Running) -> Client {
    let mut client = server.connect();
    check_answered(&mut client);
    client
}

fn check_answered(client: &mut Client) {
    client.send(GET);
    assert_eq!(client.reply().status, 200);
}

/// How many of the wanted connections this process can have both ends of.
fn connections_that_fit(wanted: usize) -> usize {
    /// What the other tests of this process use meanwhile.
    const OTHERS: u64 = 300;
    let limit = getrlimit(Resource::Nofile);
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }) {
        eprintln!("the limit of open files stays: {error}");
    }
    let Some(files) = getrlimit(Resource::Nofile).current else { return wanted };
    let room = usize::try_from(files.saturating_sub(OTHERS) / 2).unwrap_or(wanted);
    if room < wanted {
        eprintln!("{room} of {wanted} connections: the limit of open files is {files}");
    }
    room.min(wanted)
}

#[test]
fn dripping_and_idle_connections_hold_no_thread() {
    let server = start("threads = 2\nheader_timeout = \"60s\"\nidle_timeout = \"60s\"");
    let fit = connections_that_fit(800);
    let dripping = fit * 3 / 8;
    let mut idle: Vec<_> = (dripping..fit).map(|_| accepted(&server)).collect();
    let mut drips: Vec<_> = (0..dripping).map(|_| server.connect()).collect();
    for drip in &mut drips {
        drip.send("GET /hello HTTP/1.1\r\nHost: a\r\nDrip: ");
    }
    for _round in 0..5 {
        for drip in &mut drips {
            drip.send(".");
        }
        assert_eq!(server.get("/hello").status, 200);
    }
    // All of them are still there.
    for drip in &mut drips {
        drip.send("\r\n\r\n");
        assert_eq!(drip.reply().status, 200);
    }
    idle.iter_mut().for_each(check_answered);
}

#[test]
fn who_comes_when_there_is_no_room_is_told() {
    let server = start("max_connections = 3");
    let mut clients: Vec<_> = (0..3).map(|_| accepted(&server)).collect();
    for bytes in ["", GET] {
        let mut refused = server.connect();
        refused.send(bytes);
        let reply = refused.reply();
        assert_eq!((reply.status, reply.header("Connection")), (503, Some("close")));
        assert_eq!(refused.rest(), "");
    }
    clients.iter_mut().for_each(check_answered);
    // The server hears only by and by that one has gone.
    clients.pop();
    let enters = (0..500).any(|_| {
        thread::sleep(Duration::from_millis(10));
        server.get("/hello").status == 200
    });
    assert!(enters, "there is no room after a client has left");
}

#[test]
fn the_wait_for_a_thread_is_not_the_clients() {
    let mut router = router();
    let (sender, begun) = mpsc::sync_channel(1);
    route(&mut router, "GET", "/long", move |_| {
        sender.send(()).unwrap();
        thread::sleep(Duration::from_millis(600));
        Response::with_text(200, "long")
    });
    let lines = "threads = 1\nheader_timeout = \"100ms\"\nidle_timeout = \"100ms\"";
    let server = Running::start(Site { router, settings: settings(lines) });
    let mut first = server.connect();
    first.send("GET /long HTTP/1.1\r\nHost: a\r\n\r\n");
    begun.recv().unwrap();
    let mut second = server.connect();
    second.send(GET);
    assert_eq!(first.reply().status, 200);
    assert_eq!(second.reply().status, 200);
}

#[test]
fn requests_that_came_together_let_others_have_their_turn() {
    let mut router = Router::default();
    let (other_has_sent, order) = (Arc::new(AtomicBool::new(false)), Arc::default());
    let (waits, served) = (Arc::clone(&other_has_sent), Arc::<Mutex<Vec<_>>>::clone(&order));
    route(&mut router, "GET", "/order", move |exchange| {
        let target = exchange.request.target().to_string();
        served.lock().unwrap().push(target.clone());
        while target == "/order?many" && !waits.load(Ordering::SeqCst) {
            thread::sleep(Duration::from_millis(1));
        }
        // As long as a turn and longer.
        thread::sleep(Duration::from_millis(10));
        Response::empty(200)
    });
    let server = Running::start(Site { router, settings: settings("threads = 1") });
    let (mut many, mut other) = (server.connect(), server.connect());
    let get = |target: &str| format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n");
    other.send(&get("/order?first"));
    assert_eq!(other.head().status, 200);
    many.send(&get("/order?many").repeat(4));
    other.send(&get("/order?other"));
    other_has_sent.store(true, Ordering::SeqCst);
    for _ in 0..4 {
        assert_eq!(many.head().status, 200);
    }
    assert_eq!(other.head().status, 200);
    let order = order.lock().unwrap();
    assert_eq!(
        *order,
        ["first", "many", "other", "many", "many", "many"].map(|who| format!("/order?{who}"))
    );
}

#[test]
fn many_requests_that_come_together_are_all_answered() {
    let server = start("threads = 2");
    let mut client = server.connect();
    let mut sender = client.stream.try_clone().unwrap();
    let sending = thread::spawn(move || {
        use std::io::Write;
        sender.write_all(GET.repeat(2_000).as_bytes()).unwrap();
    });
    for _ in 0..2_000 {
        assert_eq!(client.reply().status, 200);
    }
    sending.join().unwrap();
}

#[test]
fn the_first_head_has_its_time_from_the_connections_start() {
    let server = start("header_timeout = \"400ms\"");
    let mut client = server.connect();
    thread::sleep(Duration::from_millis(200));
    client.send("GET /hello HTTP/1.1\r\n");
    assert_eq!(client.reply().status, 408);
    assert_eq!(client.rest(), "");
}
