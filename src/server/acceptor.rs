//! Lets clients in: from the listener to the poller, as many as there is room for.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::connection::{Connection, Step};
use super::http::Response;
use super::{Shared, timer};

/// Rest after a failed accept, so that a lack of descriptors isn't made worse by asking.
const PAUSE: Duration = Duration::from_millis(50);

/// As many clients are let in before somebody looks at the clock and at a stop.
const AT_ONCE: usize = 64;

/// Connections beyond `max_connections` that are told so; those beyond these are only closed.
const TOLD: usize = 64;

/// The listener, and whom it lets in.
pub(super) struct Acceptor {
    listener: TcpListener,
    /// How many clients there may be.
    room: usize,
    /// Nobody is let in before this.
    rests_until: Option<Instant>,
    /// The last accept failed, and that was reported.
    is_failing: bool,
}

impl Acceptor {
    pub(super) fn new(listener: TcpListener, room: usize) -> Self {
        Self { listener, room, rests_until: None, is_failing: false }
    }

    /// What to wait on for clients: the listener, or the end of a rest.
    pub(super) fn source(&self) -> Result<&TcpListener, Instant> {
        match self.rests_until {
            Some(end) if end > Instant::now() => Err(end),
            _ => Ok(&self.listener),
        }
    }

    /// Lets in who is waiting.
    pub(super) fn accept(&mut self, shared: &Arc<Shared>) {
        for _ in 0..AT_ONCE {
            match self.listener.accept() {
                Ok((stream, peer)) => {
                    self.is_failing = false;
                    enter(stream, peer, shared, self.room);
                }
                // The client has left.
                Err(error) if error.kind() == ErrorKind::ConnectionAborted => {}
                Err(error) if is_passing(&error) => return,
                Err(error) => {
                    self.rests_until = Some(timer::after(Instant::now(), PAUSE));
                    if !std::mem::replace(&mut self.is_failing, true) {
                        tracing::error!("cannot accept connections for now: {error}");
                    }
                    return;
                }
            }
        }
    }
}

/// Whether there is nobody, or somebody will ask again.
fn is_passing(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::WouldBlock)
}

/// Lets a client in if there is room, else says so if there is room for that.
fn enter(stream: TcpStream, peer: SocketAddr, shared: &Arc<Shared>, room: usize) {
    // An answer goes out whole; waiting for more of it would only delay it.
    let _gone = stream.set_nodelay(true);
    let mut connection = Connection::new(stream, peer, Arc::clone(shared));
    let (clients, told) = shared.poller.clients_and_others();
    if clients >= room {
        tracing::debug!(%peer, "connection refused: there are {clients}");
        if told >= TOLD || connection.refuse_now(Response::plain(503)) == Step::End {
            return;
        }
    }
    if let Err(error) = shared.poller.add(connection) {
        tracing::error!("cannot wait for a connection: {error}");
    }
}
