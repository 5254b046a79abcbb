//! What the server serves: which handler answers which request, and what bounds a connection.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use thiserror::Error;

use crate::config::ServerSettings;
use crate::interp::TraceLine;

use super::http::{self, Refusal, Request, Response};
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
    fn answer(&self, exchange: Exchange<'_>) -> Answer;
}

/// The body of a request, which may still be on its way. What nobody reads is dropped.
pub trait Body {
    /// Its whole length in bytes. When the client doesn't say it, this waits for the end.
    ///
    /// # Errors
    /// When the end does not come, or not by the deadline.
    fn size(&mut self, deadline: Instant) -> Result<u64, BodyError>;

    /// The next bytes, as many as have come and `into` has room for; waits for the first. None at
    /// the end. This is what asks a client for its body that [holds it back](
    /// Request::awaits_continue).
    ///
    /// # Errors
    /// When they do not come, or not by the deadline; then each later call fails likewise.
    fn read(&mut self, into: &mut [u8], deadline: Instant) -> Result<usize, BodyError>;
}

/// Why the rest of a body can't be had. The connection ends with the answer.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum BodyError {
    /// It is no body, or too large.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The client took more than `body_timeout`.
    #[error("the body took too long")]
    Late,
    /// Whoever read it ran out of time.
    #[error("the time was over before the body came")]
    Deadline,
    /// The connection ended.
    #[error("the client left before the end of its body")]
    Gone,
}

impl BodyError {
    /// The status that says so.
    pub fn status(self) -> u16 {
        match self {
            Self::Refused(refusal) => refusal.status(),
            Self::Late => 408,
            Self::Deadline => 504,
            Self::Gone => 400,
        }
    }
}

/// One request in progress, as its handler sees it.
pub struct Exchange<'a> {
    /// The request's number in the log.
    pub id: u64,
    /// The request.
    pub request: &'a Request,
    /// The named parts of the route's path: names, and what the request has there,
    /// percent-decoded.
    pub params: &'a [(String, Vec<u8>)],
    /// Who asks.
    pub peer: SocketAddr,
    /// When the handler's time is over.
    pub deadline: Instant,
    /// When the server stops.
    pub stop: &'a Stop,
    /// Who is told of the guest's calls, when anybody is.
    pub watcher: Option<&'a Watcher>,
    /// The body.
    pub body: &'a mut dyn Body,
}

impl fmt::Debug for Exchange<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, request, params, peer, deadline, .. } = self;
        f.debug_struct("Exchange")
            .field("id", id)
            .field("request", request)
            .field("params", params)
            .field("peer", peer)
            .field("deadline", deadline)
            .finish_non_exhaustive()
    }
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
