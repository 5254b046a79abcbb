//! One line a request. What a handler has to tell about a failure it logs itself, in the request's
//! span.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tracing::Span;

use super::http::Request;

/// A number that no other request of this process has.
pub(super) fn next_id() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// The span of a request: its number, application and route belong to every line in it.
pub(super) fn span(id: u64, application: &str, request: &Request, peer: SocketAddr) -> Span {
    let (method, target) = (request.method(), request.target());
    tracing::info_span!("request", id, application, method, %target, %peer)
}

/// The line of an answered request.
pub(super) fn answered(status: u16, bytes: usize, time: Duration, fuel: Option<u64>) {
    tracing::info!(status, bytes, ?time, fuel, "answered");
}
