//! The HTTP server: sockets in front, handlers behind.
//!
//! ```text
//! listener ──► Threads ──► Connection ──► Router ──► Handler
//!                             ▲   │
//!                             └───┴── http: bytes ⇄ requests, responses
//! ```
//!
//! Each connection in progress has a thread. When all threads are taken, connections that wait for
//! a next request make room, and new ones wait in the listener's backlog.
//!
//! A site is usually loaded from a configuration ([`Site::load`]), but anything may answer:
//!
//! ```
//! use std::io::{Read, Write};
//! use std::net::TcpStream;
//! use std::time::Duration;
//!
//! use serverless_wasm::config::ServerSettings;
//! use serverless_wasm::server::http::Response;
//! use serverless_wasm::server::{Answer, Exchange, Handler, Router, Server, Site};
//!
//! struct Hello;
//!
//! impl Handler for Hello {
//!     fn name(&self) -> &str {
//!         "hello"
//!     }
//!
//!     fn time(&self) -> Duration {
//!         Duration::from_secs(1)
//!     }
//!
//!     fn answer(&self, exchange: &Exchange<'_>) -> Answer {
//!         let text = format!("hello {}", exchange.request.target());
//!         Response::with_text(200, &text).into()
//!     }
//! }
//!
//! let mut router = Router::default();
//! assert!(router.add("GET", "/world", Box::new(Hello) as Box<dyn Handler>).is_ok());
//! let server = Server::bind("127.0.0.1:0", Site { router, settings: ServerSettings::default() })?;
//! let (address, stop) = (server.address()?, server.stop());
//! let running = std::thread::spawn(move || server.run());
//!
//! let mut client = TcpStream::connect(address)?;
//! client.write_all(b"GET /world HTTP/1.0\r\n\r\n")?;
//! let mut answer = String::new();
//! client.read_to_string(&mut answer)?;
//! assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"));
//! assert!(answer.ends_with("\r\n\r\nhello /world\n"));
//!
//! stop.request();
//! running.join().expect("it does not panic")?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod application;
mod call;
mod clients;
mod connection;
mod driver;
pub mod http;
mod load;
mod log;
mod router;
mod shutdown;
mod site;
mod threads;
mod timer;

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use thiserror::Error;

pub use call::Called;
pub use router::{Route, Router};
pub use shutdown::{Signals, Stop};
pub use site::{Answer, Exchange, Handler, Site, Watcher};

use clients::Clients;
use connection::Connection;
use shutdown::Ear;
use threads::Threads;

/// Rest after a failed accept, so that a lack of descriptors isn't made worse by asking.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// What threads get to end when their guests are stopped and their connections cut.
const CUT_TIME: Duration = Duration::from_secs(1);

/// Why the server doesn't serve.
#[derive(Debug, Error)]
pub enum ServeError {
    /// The address can't be listened on.
    #[error("cannot listen on {address}: {source}")]
    Bind {
        /// As configured.
        address: String,
        /// What the system says.
        source: io::Error,
    },
    /// The system refused something else that the server can't do without.
    #[error("cannot serve: {0}")]
    System(#[from] io::Error),
}

/// A server that listens and has not begun to answer.
pub struct Server {
    listener: TcpListener,
    ear: Ear,
    shared: Arc<Shared>,
}

/// What all connections share.
struct Shared {
    site: Site,
    clients: Arc<Clients>,
    threads: Threads,
    stop: Stop,
}

impl Server {
    /// Listens on `host:port`.
    pub fn bind(address: &str, site: Site) -> Result<Self, ServeError> {
        let listener = TcpListener::bind(address)
            .map_err(|source| ServeError::Bind { address: address.into(), source })?;
        // A client that leaves between poll and accept would make accept wait for the next.
        listener.set_nonblocking(true)?;
        let (bell, ear) = shutdown::bell()?;
        let threads = Threads::new(site.settings.threads, bell.clone());
        let clients = Arc::new(Clients::default());
        let shared = Shared { site, clients, threads, stop: Stop::new(bell) };
        Ok(Self { listener, ear, shared: Arc::new(shared) })
    }

    /// Where it listens.
    pub fn address(&self) -> Result<SocketAddr, ServeError> {
        Ok(self.listener.local_addr()?)
    }

    /// How to stop it.
    pub fn stop(&self) -> Stop {
        self.shared.stop.clone()
    }

    /// Answers requests until somebody asks it to stop.
    pub fn run(self) -> Result<(), ServeError> {
        let Self { listener, ear, shared } = self;
        let mut is_full = false;
        while !shared.stop.is_requested() {
            let mut sources = vec![PollFd::new(ear.stream(), PollFlags::IN)];
            if !is_full {
                sources.push(PollFd::new(&listener, PollFlags::IN));
            }
            match poll(&mut sources, None) {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(io::Error::from(error).into()),
            }
            let has_client = sources.get(1).is_some_and(|source| !source.revents().is_empty());
            drop(sources);
            ear.clear();
            if !has_client {
                is_full = false;
            } else if shared.threads.has_room() {
                accept(&listener, &shared);
            } else {
                is_full = true;
                shared.clients.end_one_idle();
            }
        }
        drop(listener);
        shared.finish();
        Ok(())
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    match listener.accept() {
        Ok((stream, peer)) => start(stream, peer, shared),
        Err(error) if is_passing(&error) => {}
        Err(error) => {
            tracing::error!("cannot accept a connection: {error}");
            shared.clients.end_one_idle();
            thread::sleep(ACCEPT_PAUSE);
        }
    }
}

/// Whether the client has left, or there was none.
fn is_passing(error: &io::Error) -> bool {
    use ErrorKind::{ConnectionAborted, Interrupted, WouldBlock};
    matches!(error.kind(), ConnectionAborted | Interrupted | WouldBlock)
}

fn start(stream: TcpStream, peer: SocketAddr, shared: &Arc<Shared>) {
    let connection = Connection::new(stream, peer, Arc::clone(shared));
    shared.threads.run(move || connection.serve());
}

impl Shared {
    /// Lets running requests end as long as there is time, then ends them.
    fn finish(&self) {
        tracing::info!("stopping");
        self.clients.end_all_waiting();
        if self.threads.finish(self.site.settings.shutdown_timeout) {
            return;
        }
        tracing::warn!("requests that run for too long are cut off");
        self.stop.set_overdue();
        self.clients.cut_all();
        if !self.threads.finish(CUT_TIME) {
            tracing::warn!("some requests did not end");
        }
    }
}
