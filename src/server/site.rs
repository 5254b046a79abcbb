//! What the server serves: which handler answers which request, and what bounds a connection.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::config::ServerSettings;
use crate::interp::TraceLine;

use super::http::{self, Request, Response};
use super::router::Router;
use super::shutdown::Stop;

/// What answers the requests of a route.
pub trait Handler: Send + Sync {
    /// What the log calls it.
    fn name(&self) -> &str;

    /// What the log calls its route, such as `GET /users/{id}`.
    fn route(&self) -> &str {
        ""
    }

    /// How long it may take from the complete head to its end, the body's way included.
    fn time(&self) -> Duration;

    /// Answers one request.
    fn answer(&self, exchange: &Exchange<'_>) -> Answer;
}

/// One request in progress, as its handler sees it.
#[derive(Clone, Copy, Debug)]
pub struct Exchange<'a> {
    /// The request's number in the log.
    pub id: u64,
    /// The request.
    pub request: &'a Request,
    /// Who asks.
    pub peer: SocketAddr,
    /// When the handler's time is over.
    pub deadline: Instant,
    /// When the server stops.
    pub stop: &'a Stop,
    /// Who is told of the guest's calls, when anybody is.
    pub watcher: Option<&'a Watcher>,
}

/// Is told what a guest calls while it runs. Only an engine with the stepped backend tells.
#[derive(Clone)]
pub struct Watcher(Arc<dyn Fn(&TraceLine) + Send + Sync>);

impl Watcher {
    /// Whoever is told by `tell`.
    pub fn new(tell: impl Fn(&TraceLine) + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }

    /// Tells.
    pub(super) fn tell(&self, line: &TraceLine) {
        (self.0)(line);
    }
}

impl fmt::Debug for Watcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watcher").finish_non_exhaustive()
    }
}

/// What a handler gives back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What the client gets.
    pub response: Response,
    /// Instructions that were executed, for the log.
    pub fuel: Option<u64>,
    /// Bytes of linear memory at the most, for the log.
    pub memory: Option<u64>,
    /// Why it failed, in a line, for the log.
    pub failure: Option<String>,
}

impl From<Response> for Answer {
    /// An answer of which there is nothing else to tell.
    fn from(response: Response) -> Self {
        Self { response, fuel: None, memory: None, failure: None }
    }
}

/// The routes with their handlers, and the settings of `[server]`.
pub struct Site {
    /// The routes.
    pub router: Router<Box<dyn Handler>>,
    /// What bounds connections.
    pub settings: ServerSettings,
}

impl Site {
    /// The sizes that a request may have.
    pub(super) fn http_limits(&self) -> http::Limits {
        http::Limits {
            max_headers: self.settings.max_headers,
            max_target_size: self.settings.max_target_size,
            max_header_size: self.settings.max_header_size,
            max_body_size: self.settings.max_body_size as u64,
        }
    }
}
