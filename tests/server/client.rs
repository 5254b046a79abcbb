//! A running server, and a client that reads its answers byte by byte.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::path::Path;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serverless_wasm::config::{ServerSettings, Settings};
use serverless_wasm::server::http::Response;
use serverless_wasm::server::{Answer, Exchange, Handler, Router, Server, Site, Stop};

/// How long a client waits before the test fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server that is stopped when it goes.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) stop: Stop,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    pub(crate) fn start(site: Site) -> Self {
        let server = Server::bind("127.0.0.1:0", site).unwrap();
        let (address, stop) = (server.address().unwrap(), server.stop());
        let thread = thread::spawn(move || server.run().unwrap());
        Self { address, stop, thread: Some(thread) }
    }

    pub(crate) fn connect(&self) -> Client {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Client { stream, received: Vec::new() }
    }

    /// One request on a connection of its own.
    pub(crate) fn get(&self, path: &str) -> Reply {
        let mut client = self.connect();
        client.send(&format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n"));
        client.reply()
    }

    /// Waits until the server has ended by itself.
    pub(crate) fn join(&mut self) {
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.request();
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(ended.is_ok() || thread::panicking());
        }
    }
}

/// `[server]` with these lines.
pub(crate) fn settings(lines: &str) -> ServerSettings {
    let text = format!("[server]\n{lines}");
    Settings::parse(Path::new("test.toml"), &text).unwrap().server
}

/// A handler made of a function.
struct Function<F>(F);

impl<F: Fn(Exchange<'_>) -> Response + Send + Sync> Handler for Function<F> {
    fn name(&self) -> &str {
        "test"
    }

    fn time(&self) -> Duration {
        Duration::from_secs(10)
    }

    fn answer(&self, exchange: Exchange<'_>) -> Answer {
        (self.0)(exchange).into()
    }
}

pub(crate) fn route(
    router: &mut Router<Box<dyn Handler>>,
    method: &str,
    path: &str,
    answer: impl Fn(Exchange<'_>) -> Response + Send + Sync + 'static,
) {
    assert!(router.add(method, path, Box::new(Function(answer))).is_ok());
}

/// A client's connection.
pub(crate) struct Client {
    pub(crate) stream: TcpStream,
    received: Vec<u8>,
}

/// An answer as it was read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let prefix = format!("{name}: ");
        self.head.lines().find_map(|line| line.strip_prefix(&prefix))
    }
}

impl Client {
    pub(crate) fn send(&mut self, bytes: &str) {
        self.stream.write_all(bytes.as_bytes()).unwrap();
    }

    /// Sends as much as the server takes: one that has said its last word may take no more.
    pub(crate) fn send_bytes(&mut self, bytes: &[u8]) {
        let _gone = self.stream.write_all(bytes);
    }

    /// What has been received and not been read as an answer.
    pub(crate) fn received(&self) -> &[u8] {
        &self.received
    }

    /// Reads an answer whose body is as long as it says.
    pub(crate) fn reply(&mut self) -> Reply {
        let mut reply = self.head();
        let length = reply.header("Content-Length").map_or(0, |length| length.parse().unwrap());
        while self.received.len() < length {
            assert!(self.receive(), "the connection ended in a body");
        }
        let body = self.received.drain(..length).collect();
        reply.body = String::from_utf8(body).unwrap();
        reply
    }

    /// Reads an answer that has no body.
    pub(crate) fn head(&mut self) -> Reply {
        let end = loop {
            if let Some(at) = self.received.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                break at + 4;
            }
            assert!(self.receive(), "the connection ended in a head: {:?}", self.received);
        };
        let head = String::from_utf8(self.received.drain(..end).collect()).unwrap();
        let status = head.strip_prefix("HTTP/1.1 ").unwrap()[..3].parse().unwrap();
        Reply { status, head, body: String::new() }
    }

    /// Everything until the server ends the connection.
    pub(crate) fn rest(&mut self) -> String {
        while self.receive() {}
        String::from_utf8(std::mem::take(&mut self.received)).unwrap()
    }

    /// Says that nothing more will be sent.
    pub(crate) fn finish(&self) {
        self.stream.shutdown(Shutdown::Write).unwrap();
    }

    /// Waits for more; false at the end.
    pub(crate) fn receive(&mut self) -> bool {
        let mut chunk = [0; 4096];
        let count = match self.stream.read(&mut chunk) {
            // An end as well; what had come before it has been read.
            Err(error) if error.kind() == ErrorKind::ConnectionReset => 0,
            read => read.expect("the server answers in time"),
        };
        self.received.extend_from_slice(&chunk[..count]);
        count > 0
    }
}
