//! One line a request, and the number that ties it to all others about the request: those of its
//! guest, the report of a trap, the answer's header and the body of a 500.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::net::SocketAddr;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tracing::Span;

use super::http::{Request, RequestId, Response};
use super::site::{Answer, Handler};

/// A number that no other request of this process has, and hardly one of another process: 32
/// random bits of the process above a counter.
pub(super) fn next_id() -> u64 {
    // What the standard library seeds its maps with is random enough to tell processes apart.
    static PROCESS: LazyLock<u64> =
        LazyLock::new(|| RandomState::new().hash_one(()) & 0xffff_ffff_0000_0000);
    static NEXT: AtomicU64 = AtomicU64::new(1);
    PROCESS.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The span of a request: its number, application and route belong to every line in it, whatever
/// that line's level is.
pub(super) fn span(
    id: u64,
    handler: Option<&dyn Handler>,
    request: &Request,
    peer: SocketAddr,
) -> Span {
    let (application, route) = (handler.map(Handler::name), handler.map(Handler::route));
    // As a string, the target is quoted, so that it can't look like another field.
    let (id, method, target) = (RequestId(id), request.method(), request.target().to_string());
    tracing::error_span!("request", %id, application, route, method, target, %peer)
}

/// The span of what came instead of a request.
pub(super) fn span_of_refused(id: u64, peer: SocketAddr) -> Span {
    tracing::error_span!("request", id = %RequestId(id), %peer)
}

/// What a client is told of a failure that is none of its business.
pub(super) fn internal_error(id: u64) -> Response {
    Response::with_text(500, &format!("internal error; request id {}", RequestId(id)))
}

/// What is told of an answer before its body is given away.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    status: u16,
    fuel: Option<u64>,
    memory: Option<u64>,
    failure: Option<String>,
}

impl Outcome {
    pub(super) fn of(answer: &Answer) -> Self {
        Self {
            status: answer.response.status,
            fuel: answer.fuel,
            memory: answer.memory,
            failure: answer.failure.clone(),
        }
    }

    /// The line of an answered request: `bytes` were sent after `time`.
    pub(super) fn log(&self, bytes: usize, time: Duration) {
        let Self { status, fuel, memory, failure } = self;
        let time_ms = milliseconds(time);
        tracing::info!(status, bytes, time_ms, fuel, memory, failure, "answered");
    }
}

/// The line of what was refused before it was a request.
pub(super) fn refused(response: &Response) {
    let text = String::from_utf8_lossy(&response.body);
    tracing::info!(status = response.status, failure = text.trim_end(), "refused");
}

/// A header line of a guest's that no client gets.
pub(super) fn dropped(name: &[u8]) {
    tracing::debug!("header line dropped: {}", name.escape_ascii());
}

/// To the microsecond.
fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_differ_below_the_bits_of_the_process() {
        let (first, second) = (next_id(), next_id());
        assert_ne!(first, second);
        assert_eq!(first >> 32, second >> 32);
        assert_eq!(RequestId(0x1234).to_string(), "0000000000001234");
    }

    #[test]
    fn times_are_milliseconds_to_the_microsecond() {
        assert_eq!(milliseconds(Duration::from_nanos(1_234_567)), 1.235);
    }
}
