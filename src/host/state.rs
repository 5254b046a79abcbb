//! What a request has and gathers while its guest runs: the store's data.

use std::net::SocketAddr;
use std::sync::Arc;

use super::env::Environment;
use super::log::LogBudget;
use super::response::{Draft, Response};
use super::tcp::{Descriptors, Wait};

/// What bounds the host's side of a request. The defaults are the configuration's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HostLimits {
    /// Bytes of a response: body, reason and headers with what they cost.
    pub response_size: usize,
    /// Bytes of all log lines.
    pub log_size: usize,
    /// Open TCP descriptors.
    pub connections: usize,
}

/// The request that a guest answers.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Request {
    /// What tells it from others in the log.
    pub id: u64,
    /// The method.
    pub method: String,
    /// The path as sent, without the query.
    pub path: String,
    /// The query without `?`.
    pub query: Option<String>,
    /// The header lines in order.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The client.
    pub peer: Option<SocketAddr>,
    /// The body.
    pub body: Vec<u8>,
}

/// The data of a request's store.
#[derive(Debug)]
pub struct State {
    request: Request,
    pub(super) environment: Arc<Environment>,
    pub(super) response: Draft,
    pub(super) log: LogBudget,
    pub(super) descriptors: Descriptors,
    pub(super) wait: Option<Wait>,
}

impl State {
    /// The state of a request that has just come.
    #[must_use]
    pub fn new(request: Request, environment: Arc<Environment>, limits: HostLimits) -> Self {
        Self {
            request,
            environment,
            response: Draft::new(limits.response_size),
            log: LogBudget::new(limits.log_size),
            descriptors: Descriptors::new(limits.connections),
            wait: None,
        }
    }

    /// The request.
    #[must_use]
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// What the guest waits for, when it does: to be performed once.
    pub fn take_wait(&mut self) -> Option<Wait> {
        self.wait.take()
    }

    /// What the guest answered; none when it called no `response_*` function.
    #[must_use]
    pub fn into_response(self) -> Option<Response> {
        self.response.finish()
    }
}
