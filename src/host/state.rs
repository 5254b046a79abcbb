//! What a request has and gathers while its guest runs: the store's data.

use std::sync::Arc;

use super::env::Environment;
use super::log::LogBudget;
use super::request::Request;
use super::response::{Draft, Response};
use super::tcp::Descriptors;
use super::wait::Wait;
use super::watch::Watch;
use crate::interp::TrapKind;

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

/// The data of a request's store.
#[derive(Debug)]
pub struct State {
    pub(super) request: Arc<Request>,
    pub(super) environment: Arc<Environment>,
    pub(super) response: Draft,
    pub(super) log: LogBudget,
    pub(super) descriptors: Descriptors,
    pub(super) wait: Option<Wait>,
    pub(super) watch: Watch,
}

impl State {
    /// The state of a request that has just come.
    #[must_use]
    pub fn new(request: Request, environment: Arc<Environment>, limits: HostLimits) -> Self {
        Self {
            request: Arc::new(request),
            environment,
            response: Draft::new(limits.response_size),
            log: LogBudget::new(limits.log_size),
            descriptors: Descriptors::new(limits.connections),
            wait: None,
            watch: Watch::default(),
        }
    }

    /// The request.
    #[must_use]
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// Asks `hook` every now and then while host functions work, and ends the guest with the trap
    /// that it gives: the instructions between two slices may call the host so often that a
    /// deadline would pass long before.
    pub fn watch(&mut self, hook: impl FnMut() -> Option<TrapKind> + Send + 'static) {
        self.watch = Watch::new(hook);
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
