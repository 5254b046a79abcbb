//! The HTTP server: sockets in front, handlers behind.
//!
//! ```text
//! listener ──► Poller ◄──► Threads ──► Connection ──► Router ──► Handler
//!                                         ▲   │
//!                                         └───┴── http: bytes ⇄ requests, responses
//! ```
//!
//! A request in progress has a thread; a connection that waits for its client, between requests or
//! in the middle of a head, has none. When all threads are taken, requests wait for one in the
//! order in which they came.
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
//!     fn answer(&self, exchange: Exchange<'_>) -> Answer {
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

mod acceptor;
mod application;
mod body;
mod call;
mod connection;
mod descriptors;
mod driver;
mod exchange;
pub mod http;
mod load;
mod log;
mod poller;
mod router;
mod shutdown;
mod site;
mod threads;
mod timer;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, poll};
use thiserror::Error;

pub use call::Called;
pub use router::{Params, Route, RouteError, Router};
pub use shutdown::{Signals, Stop};
pub use site::{Answer, Body, BodyError, Exchange, Handler, Site, Watcher};

use acceptor::Acceptor;
use connection::Step;
use poller::Poller;
use shutdown::Ear;
use threads::Threads;

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
    poller: Arc<Poller>,
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
        let poller = Arc::new(Poller::new(bell.clone())?);
        let shared = Shared { site, poller, stop: Stop::new(bell) };
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
        let settings = &shared.site.settings;
        let room = descriptors::room_for(settings.max_connections);
        let threads = Threads::start(Arc::clone(&shared.poller), settings.threads)?;
        let mut acceptor = Acceptor::new(listener, room);
        while !shared.stop.is_requested() {
            let has_client = match acceptor.source() {
                Ok(listener) => shared.tend(&ear, Some(listener), None)?,
                Err(end_of_rest) => shared.tend(&ear, None, Some(end_of_rest))?,
            };
            if has_client {
                acceptor.accept(&shared);
            }
        }
        drop(acceptor);
        shared.finish(&ear, &threads)
    }
}

impl Shared {
    /// Waits for a bell, a connection, or the end of some connection's patience, which is seen to
    /// here; says whether there is a connection to accept.
    fn tend(
        &self,
        ear: &Ear,
        listener: Option<&TcpListener>,
        until: Option<Instant>,
    ) -> io::Result<bool> {
        let mut sources = vec![PollFd::new(ear.stream(), PollFlags::IN)];
        sources.extend(listener.map(|listener| PollFd::new(listener, PollFlags::IN)));
        let moment = [self.poller.next_look(), until].into_iter().flatten().min();
        match poll(&mut sources, moment.map(timer::until).as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let has_client = sources.get(1).is_some_and(|source| !source.revents().is_empty());
        ear.clear();
        let now = Instant::now();
        while let Some((token, mut connection)) = self.poller.expired(now) {
            match connection.expire() {
                Step::Wait => self.poller.park(token, connection),
                Step::End => self.poller.forget(token),
            }
        }
        Ok(has_client)
    }

    /// Lets running requests end as long as there is time, then ends them.
    fn finish(&self, ear: &Ear, threads: &Threads) -> Result<(), ServeError> {
        tracing::info!("stopping");
        self.poller.end_idle();
        let end = timer::after(Instant::now(), self.site.settings.shutdown_timeout);
        while self.poller.len() > 0 && Instant::now() < end {
            self.tend(ear, None, Some(end))?;
        }
        if self.poller.len() > 0 {
            tracing::warn!("requests that run for too long are cut off");
            self.stop.set_overdue();
            self.poller.cut_all();
        }
        self.poller.end();
        if !threads.finish(CUT_TIME) {
            tracing::warn!("some requests did not end");
        }
        Ok(())
    }
}
