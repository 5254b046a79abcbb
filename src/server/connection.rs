//! One client: bytes in, request, handler, response, bytes out; again while the connection
//! persists. Timeouts are here; the protocol is `http`'s, and what a request does its handler's.

use std::io;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use super::Shared;
use super::call;
use super::clients::{Client, State};
use super::http::{CONTINUE, Content, Delivery, Framing, Incoming};
use super::http::{Persistence, Refusal, Request, RequestId, Response, Version};
use super::log;
use super::router::Route;
use super::site::{Answer, Exchange, Handler};
use super::timer;

/// How much is read at once.
const READ_SIZE: usize = 16 * 1024;

/// A connection that ends while its client may still be sending is read on for so long and so far:
/// closing it with unread input would take the answer from the client.
/// Spec: RFC 9112 section 9.6.
const LINGER_TIME: Duration = Duration::from_secs(1);
const LINGER_SIZE: usize = 1024 * 1024;

/// One client's connection.
pub(super) struct Connection {
    stream: Arc<TcpStream>,
    peer: SocketAddr,
    client: Client,
    shared: Arc<Shared>,
    incoming: Incoming,
    /// Bytes of the current request's body that nobody has read.
    unread: u64,
    /// Requests so far.
    requests: usize,
}

/// How an exchange went.
enum Next {
    /// Another request may follow.
    Request,
    /// The client wanted no other.
    Close,
    /// The server wants no other, but the client may be sending one.
    Linger,
}

/// Why a connection ends instead of an exchange.
enum End {
    /// There is nobody to tell, or nothing to say.
    Quiet,
    /// With a last answer.
    Saying(Response),
}

impl From<io::Error> for End {
    fn from(error: io::Error) -> Self {
        tracing::debug!("connection lost: {error}");
        Self::Quiet
    }
}

impl From<Refusal> for End {
    fn from(refusal: Refusal) -> Self {
        Self::Saying(Response::with_text(refusal.status(), &refusal.to_string()))
    }
}

/// What came of waiting for input.
enum Received {
    Bytes,
    End,
    Late,
}

/// When the current request's time is over.
#[derive(Clone, Copy)]
struct Deadlines {
    body: Instant,
    handler: Option<Instant>,
}

impl Connection {
    /// A connection that has just been accepted.
    pub(super) fn new(stream: TcpStream, peer: SocketAddr, shared: Arc<Shared>) -> Self {
        let stream = Arc::new(stream);
        let client = shared.clients.enter(Arc::clone(&stream));
        let incoming = Incoming::new(shared.site.http_limits());
        Self { stream, peer, client, shared, incoming, unread: 0, requests: 0 }
    }

    /// Serves the client until one of both has enough.
    pub(super) fn serve(mut self) {
        match self.exchanges() {
            Ok(Next::Request | Next::Close) | Err(End::Quiet) => {}
            Ok(Next::Linger) => self.linger(),
            Err(End::Saying(response)) => self.refuse(response),
        }
    }

    fn exchanges(&mut self) -> Result<Next, End> {
        self.stream.set_nonblocking(false)?;
        self.stream.set_nodelay(true)?;
        loop {
            match self.exchange()? {
                Next::Request => {}
                end @ (Next::Close | Next::Linger) => return Ok(end),
            }
        }
    }

    /// One request and its answer.
    fn exchange(&mut self) -> Result<Next, End> {
        let request = self.receive_head()?;
        let begun = Instant::now();
        self.requests += 1;
        let Framing::Length(length) = request.framing();
        self.unread = length;

        let shared = Arc::clone(&self.shared);
        let route = shared.site.router.route(&request);
        let handler = if let Route::Found(handler) = &route { Some(handler) } else { None };
        let deadlines = Deadlines {
            body: timer::after(begun, shared.site.settings.body_timeout),
            handler: handler.map(|handler| timer::after(begun, handler.time())),
        };
        let id = log::next_id();
        let named = handler.map(|handler| handler.as_ref());
        let _span = log::span(id, named, &request, self.peer).entered();

        let answer = self.answer(&route, id, &request, deadlines)?;
        let outcome = log::Outcome::of(&answer);
        let persistence = self.persistence(&request);
        let delivery = Delivery {
            version: request.version(),
            content: Content::of(&request),
            persistence,
            date: SystemTime::now(),
            id: RequestId(id),
        };
        let sent = self.send(answer.response, delivery);
        outcome.log(*sent.as_ref().unwrap_or(&0), begun.elapsed());
        sent?;
        match (persistence, request.persistence()) {
            (Persistence::KeepAlive, _) => {
                // What is unread now was not worth an answer of its own.
                match self.receive_body(&request, Deadlines { handler: None, ..deadlines }) {
                    Ok(()) => Ok(Next::Request),
                    Err(End::Quiet | End::Saying(_)) => Err(End::Quiet),
                }
            }
            (Persistence::Close, Persistence::Close) if self.unread == 0 => Ok(Next::Close),
            (Persistence::Close, _) => Ok(Next::Linger),
        }
    }

    fn answer(
        &mut self,
        route: &Route<'_, Box<dyn Handler>>,
        id: u64,
        request: &Request,
        deadlines: Deadlines,
    ) -> Result<Answer, End> {
        if let Route::Found(handler) = route {
            self.receive_body(request, deadlines)?;
            return Ok(self.run(handler.as_ref(), id, request, deadlines));
        }
        Ok(call::of_no_handler(route).into())
    }

    /// Runs a handler; one that panics has answered with 500.
    fn run(
        &self,
        handler: &dyn Handler,
        id: u64,
        request: &Request,
        deadlines: Deadlines,
    ) -> Answer {
        let exchange = Exchange {
            id,
            request,
            peer: self.peer,
            deadline: deadlines.handler.unwrap_or(deadlines.body),
            stop: &self.shared.stop,
            watcher: None,
        };
        catch_unwind(AssertUnwindSafe(|| handler.answer(&exchange))).unwrap_or_else(|_panic| {
            tracing::error!("the handler panicked");
            let failure = Some("the handler panicked".to_owned());
            Answer { failure, ..log::internal_error(id).into() }
        })
    }

    /// Whether another request may follow.
    fn persistence(&self, request: &Request) -> Persistence {
        let most = self.shared.site.settings.max_requests_per_connection;
        let is_last = most.is_some_and(|most| self.requests >= most)
            // Whether the body still comes, only the client knows.
            || (self.unread > 0 && request.awaits_continue())
            || self.is_unwanted();
        if is_last { Persistence::Close } else { request.persistence() }
    }

    /// Whether the connection should end with its request: the server stops, or others wait.
    fn is_unwanted(&self) -> bool {
        self.shared.stop.is_requested() || self.shared.threads.is_wanted()
    }

    /// Waits for a whole head.
    fn receive_head(&mut self) -> Result<Request, End> {
        let settings = &self.shared.site.settings;
        let (header_timeout, idle_timeout) = (settings.header_timeout, settings.idle_timeout);
        let (waiting, patience) = match self.requests {
            0 => (State::Fresh, header_timeout),
            _ => (State::Idle, idle_timeout),
        };
        let start = Instant::now();
        // A new connection's first head has its time from the start.
        let mut begun = (waiting == State::Fresh).then_some(start);
        loop {
            if let Some(request) = self.incoming.next_request()? {
                self.client.set(State::Busy);
                return Ok(request);
            }
            let deadline = if self.incoming.has_begun() {
                self.client.set(State::Busy);
                timer::after(*begun.get_or_insert_with(Instant::now), header_timeout)
            } else {
                self.client.set(waiting);
                // In this order: who ends waiting connections first says so, then looks for them.
                if self.is_unwanted() && (waiting == State::Idle || self.shared.stop.is_requested())
                {
                    return Err(End::Quiet);
                }
                timer::after(start, patience)
            };
            match self.receive(deadline)? {
                Received::Bytes => {}
                Received::Late if self.incoming.has_begun() => {
                    return Err(End::Saying(Response::plain(408)));
                }
                Received::Late | Received::End => return Err(End::Quiet),
            }
        }
    }

    /// Waits for what is unread of the body. No function of a guest reads it yet, so it is dropped.
    fn receive_body(&mut self, request: &Request, deadlines: Deadlines) -> Result<(), End> {
        self.unread = self.incoming.skip_body(self.unread);
        if self.unread > 0 && self.unread_is_held_back(request) {
            self.write(CONTINUE)?;
        }
        let deadline = deadlines.handler.map_or(deadlines.body, |other| other.min(deadlines.body));
        while self.unread > 0 {
            match self.receive(deadline)? {
                Received::Bytes => self.unread = self.incoming.skip_body(self.unread),
                Received::End => return Err(End::Quiet),
                Received::Late => {
                    let status = if deadline == deadlines.body { 408 } else { 504 };
                    return Err(End::Saying(Response::plain(status)));
                }
            }
        }
        Ok(())
    }

    /// Whether the client waits for `100 Continue`: not if it has begun to send all the same.
    fn unread_is_held_back(&self, request: &Request) -> bool {
        let Framing::Length(length) = request.framing();
        request.awaits_continue() && self.unread == length
    }

    fn receive(&mut self, deadline: Instant) -> io::Result<Received> {
        let mut chunk = [0; READ_SIZE];
        Ok(match timer::read(&self.stream, &mut chunk, deadline)? {
            Some(0) => Received::End,
            Some(count) => {
                self.incoming.receive(&chunk[..count]);
                Received::Bytes
            }
            None => Received::Late,
        })
    }

    fn send(&self, response: Response, delivery: Delivery) -> io::Result<usize> {
        let bytes = response.into_bytes(delivery, log::dropped);
        self.write(&bytes)?;
        Ok(bytes.len())
    }

    fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let deadline = timer::after(Instant::now(), self.shared.site.settings.write_timeout);
            match timer::write(&self.stream, rest, deadline)? {
                Some(count) => rest = &rest[count..],
                None => return Err(io::ErrorKind::TimedOut.into()),
            }
        }
        Ok(())
    }

    /// Answers what could not be read as a request, and ends.
    fn refuse(&self, response: Response) {
        let id = log::next_id();
        let _span = log::span_of_refused(id, self.peer).entered();
        let delivery = Delivery {
            version: Version::Http11,
            content: Content::Sent,
            persistence: Persistence::Close,
            date: SystemTime::now(),
            id: RequestId(id),
        };
        log::refused(&response);
        if self.send(response, delivery).is_ok() {
            self.linger();
        }
    }

    /// Ends the connection without taking the last answer from a client that is still sending.
    fn linger(&self) {
        let deadline = Instant::now() + LINGER_TIME;
        let mut chunk = [0; READ_SIZE];
        let mut read = 0;
        if self.stream.shutdown(Shutdown::Write).is_err() {
            return;
        }
        while let Ok(Some(count @ 1..)) = timer::read(&self.stream, &mut chunk, deadline) {
            read += count;
            if read > LINGER_SIZE {
                return;
            }
        }
    }
}
