//! One client: bytes in, request, answer, again while the connection persists. A connection that
//! waits for its client waits in the [`Poller`](super::poller::Poller), without a thread.

use std::io;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::event::PollFlags;
use rustix::event::epoll::EventFlags;

use super::Shared;
use super::exchange::{self, Next};
use super::http::{Incoming, Response};
use super::log;
use super::timer;

/// Whole requests that came together are answered for so long; then it is others' turn.
const TURN: Duration = Duration::from_millis(5);

/// A connection that ends while its client may still be sending is read on for so long and so far:
/// closing it with unread input would take the answer from the client.
/// Spec: RFC 9112 section 9.6.
const LINGER_TIME: Duration = Duration::from_secs(1);
const LINGER_SIZE: usize = 1024 * 1024;

/// One client's connection.
pub(super) struct Connection {
    pub(super) stream: Arc<TcpStream>,
    pub(super) peer: SocketAddr,
    pub(super) shared: Arc<Shared>,
    pub(super) incoming: Incoming,
    /// Requests so far.
    pub(super) requests: usize,
    waits: Waits,
}

/// What a connection waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waits {
    /// For the first byte of a request, as long as that.
    Request(Instant),
    /// For the rest of a head, as long as that.
    Head(Instant),
    /// For its turn to be answered what has come behind the last request, and, as long as that, for
    /// the client to take what it has been sent before.
    Turn(Instant),
    /// For the client to close it, which has had its last answer; so much has been dropped.
    Close(Instant, usize),
}

/// What becomes of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// It waits for its client.
    Wait,
    /// It ends.
    End,
}

impl Connection {
    /// A connection that has just been accepted. Its first head has its time from now on.
    pub(super) fn new(stream: TcpStream, peer: SocketAddr, shared: Arc<Shared>) -> Self {
        let incoming = Incoming::new(shared.site.http_limits());
        let patience = shared.site.settings.header_timeout;
        let waits = Waits::Request(timer::after(Instant::now(), patience));
        Self { stream: Arc::new(stream), peer, shared, incoming, requests: 0, waits }
    }

    /// Until when it waits.
    pub(super) fn deadline(&self) -> Instant {
        match self.waits {
            Waits::Request(deadline)
            | Waits::Head(deadline)
            | Waits::Turn(deadline)
            | Waits::Close(deadline, _) => deadline,
        }
    }

    /// What ends its wait.
    pub(super) fn events(&self) -> EventFlags {
        match self.waits {
            Waits::Request(_) | Waits::Head(_) | Waits::Close(..) => {
                EventFlags::IN | EventFlags::RDHUP
            }
            Waits::Turn(_) => EventFlags::OUT,
        }
    }

    /// Whether the client has done its part, and only a thread is missing: then its time is not
    /// counted.
    pub(super) fn is_ready(&self) -> bool {
        match self.waits {
            Waits::Request(_) | Waits::Head(_) => timer::is_ready(&self.stream, PollFlags::IN),
            Waits::Turn(_) => timer::is_ready(&self.stream, PollFlags::OUT),
            Waits::Close(..) => false,
        }
    }

    /// Whether nothing of a request has come.
    pub(super) fn is_idle(&self) -> bool {
        matches!(self.waits, Waits::Request(_))
    }

    /// Whether it has had its last answer.
    pub(super) fn is_closing(&self) -> bool {
        matches!(self.waits, Waits::Close(..))
    }

    /// Reads what has come and answers the whole requests in it. What is at most waited for is a
    /// body, a handler, and that the client takes its answers. `room` is where bytes may be put.
    pub(super) fn advance(&mut self, room: &mut [u8]) -> Step {
        step(self.try_advance(room))
    }

    /// Ends the wait of a connection whose deadline has passed, without waiting for anything.
    pub(super) fn expire(&mut self) -> Step {
        match self.waits {
            Waits::Request(_) | Waits::Turn(_) | Waits::Close(..) => Step::End,
            Waits::Head(_) => self.refuse_now(Response::plain(408)),
        }
    }

    /// Says why the client gets no other answer, without waiting for anything.
    pub(super) fn refuse_now(&mut self, response: Response) -> Step {
        // A socket that takes not even this has a client that reads nothing.
        step(self.refuse(response, Duration::ZERO))
    }

    fn try_advance(&mut self, room: &mut [u8]) -> Result<(), End> {
        if let Waits::Turn(_) = self.waits {
            let patience = self.shared.site.settings.idle_timeout;
            self.waits = Waits::Request(timer::after(Instant::now(), patience));
        } else if !self.receive(room)? {
            return Ok(());
        }
        self.answer_all()
    }

    /// Reads what has come; says whether it may be a request.
    fn receive(&mut self, room: &mut [u8]) -> Result<bool, End> {
        let Some(count) = timer::try_read(&self.stream, room)? else { return Ok(false) };
        if count == 0 {
            return Err(End);
        }
        if let Waits::Close(deadline, dropped) = self.waits {
            let dropped = dropped + count;
            self.waits = Waits::Close(deadline, dropped);
            return if dropped > LINGER_SIZE { Err(End) } else { Ok(false) };
        }
        self.incoming.receive(&room[..count]);
        Ok(true)
    }

    /// Answers the requests whose heads have come, as many as it is its turn for.
    fn answer_all(&mut self) -> Result<(), End> {
        let shared = Arc::clone(&self.shared);
        let settings = &shared.site.settings;
        let end_of_turn = timer::after(Instant::now(), TURN);
        loop {
            let request = match self.incoming.next_request() {
                Ok(Some(request)) => request,
                Ok(None) => break,
                Err(refusal) => {
                    let response = Response::with_text(refusal.status(), &refusal.to_string());
                    return self.refuse(response, settings.write_timeout);
                }
            };
            match self.exchange(&request)? {
                Next::Request => {}
                Next::Close => return self.linger(),
            }
            let now = Instant::now();
            if !self.incoming.is_empty() && now >= end_of_turn {
                self.waits = Waits::Turn(timer::after(now, settings.write_timeout));
                return Ok(());
            }
            self.waits = Waits::Request(timer::after(now, settings.idle_timeout));
        }
        match self.waits {
            Waits::Request(deadline) if self.incoming.has_begun() => {
                let from_now = timer::after(Instant::now(), settings.header_timeout);
                // The first head has its time from the connection's start.
                self.waits = Waits::Head(if self.requests == 0 { deadline } else { from_now });
            }
            Waits::Request(_) => self.incoming.shrink(),
            Waits::Head(_) | Waits::Turn(_) | Waits::Close(..) => {}
        }
        Ok(())
    }

    /// Answers what could not be read as a request, and ends.
    fn refuse(&mut self, response: Response, patience: Duration) -> Result<(), End> {
        let id = log::next_id();
        let _span = log::span_of_refused(id, self.peer).entered();
        log::refused(&response);
        let delivery = exchange::refused(id, self.incoming.content_of_refused());
        exchange::send(&self.stream, response, delivery, patience)?;
        self.linger()
    }

    /// Ends the connection without taking the last answer from a client that is still sending.
    fn linger(&mut self) -> Result<(), End> {
        self.stream.shutdown(Shutdown::Write)?;
        self.waits = Waits::Close(timer::after(Instant::now(), LINGER_TIME), 0);
        Ok(())
    }
}

/// There is nobody to tell, or nothing to say.
#[derive(Clone, Copy)]
struct End;

fn step(outcome: Result<(), End>) -> Step {
    match outcome {
        Ok(()) => Step::Wait,
        Err(End) => Step::End,
    }
}

impl From<io::Error> for End {
    fn from(error: io::Error) -> Self {
        tracing::debug!("connection lost: {error}");
        Self
    }
}
