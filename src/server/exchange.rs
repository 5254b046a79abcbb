//! One request from its complete head to its sent answer.

use std::io;
use std::net::TcpStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use super::body::ClientBody;
use super::call;
use super::connection::Connection;
use super::http::{Content, Delivery, Persistence, Request, RequestId, Response, Version};
use super::log;
use super::site::{Answer, Exchange, Handler};
use super::timer;

/// How an exchange ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Another request may follow.
    Request,
    /// This was the last, though the client may be sending another.
    Close,
}

impl Connection {
    /// Answers a request whose head has just come.
    ///
    /// # Errors
    /// When the answer does not reach the client, or nobody knows where its next request begins.
    pub(super) fn exchange(&mut self, request: &Request) -> io::Result<Next> {
        let begun = Instant::now();
        self.requests += 1;
        let shared = Arc::clone(&self.shared);
        let settings = &shared.site.settings;
        let route = shared.site.router.route(request);
        let (handler, params) = route.found();
        let handler = handler.map(AsRef::as_ref);
        let id = log::next_id();
        let _span = log::span(id, handler, request, self.peer).entered();

        let deadline = timer::after(begun, settings.body_timeout);
        let (incoming, stream) = (&mut self.incoming, Some(&*self.stream));
        let mut body = ClientBody::new(incoming, stream, request, deadline);
        let answer = match handler {
            None => call::of_no_handler(&route).into(),
            Some(handler) => {
                let exchange = Exchange {
                    id,
                    request,
                    params,
                    peer: self.peer,
                    deadline: timer::after(begun, handler.time()),
                    stop: &shared.stop,
                    watcher: None,
                    body: &mut body,
                };
                run(handler, exchange)
            }
        };
        let is_last =
            settings.max_requests_per_connection.is_some_and(|most| self.requests >= most)
                || shared.stop.is_requested()
                || !body.has_end();
        let persistence = if is_last { Persistence::Close } else { request.persistence() };
        let delivery = Delivery {
            version: request.version(),
            content: Content::of(request),
            persistence,
            date: SystemTime::now(),
            id: RequestId(id),
        };
        let outcome = log::Outcome::of(&answer);
        let sent = send(&self.stream, answer.response, delivery, settings.write_timeout);
        outcome.log(*sent.as_ref().unwrap_or(&0), begun.elapsed());
        sent?;
        match persistence {
            // What is unread now was not worth an answer of its own.
            Persistence::KeepAlive => match body.finish() {
                Ok(()) => Ok(Next::Request),
                Err(error) => Err(io::Error::other(error)),
            },
            Persistence::Close => Ok(Next::Close),
        }
    }
}

/// Runs a handler; one that panics has answered with 500.
fn run(handler: &dyn Handler, exchange: Exchange<'_>) -> Answer {
    let id = exchange.id;
    catch_unwind(AssertUnwindSafe(|| handler.answer(exchange))).unwrap_or_else(|_panic| {
        tracing::error!("the handler panicked");
        let failure = Some("the handler panicked".to_owned());
        Answer { failure, ..log::internal_error(id).into() }
    })
}

/// How the answer to what could not be read as a request travels.
pub(super) fn refused(id: u64, content: Content) -> Delivery {
    Delivery {
        version: Version::Http11,
        content,
        persistence: Persistence::Close,
        date: SystemTime::now(),
        id: RequestId(id),
    }
}

/// Sends an answer to a client that takes some of it at least every `patience`; gives its size.
pub(super) fn send(
    stream: &TcpStream,
    response: Response,
    delivery: Delivery,
    patience: Duration,
) -> io::Result<usize> {
    let bytes = response.into_bytes(delivery, log::dropped);
    let mut rest = bytes.as_slice();
    while !rest.is_empty() {
        match timer::write(stream, rest, timer::after(Instant::now(), patience))? {
            Some(count) => rest = &rest[count..],
            None => return Err(io::ErrorKind::TimedOut.into()),
        }
    }
    Ok(bytes.len())
}
