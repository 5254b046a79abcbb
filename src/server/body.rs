//! The body of a request that is being answered: from the bytes that came with its head, then from
//! its socket.

use std::net::TcpStream;
use std::time::Instant;

use super::http::{self, CONTINUE, Incoming, Request};
use super::site::{Body, BodyError};
use super::timer;

/// How much is read from the socket at once.
const READ_SIZE: usize = 16 * 1024;

/// How much is dropped at once.
const DROP_SIZE: usize = 4 * 1024;

/// A body, and the connection that it comes from.
#[derive(Debug)]
pub(super) struct ClientBody<'c> {
    incoming: &'c mut Incoming,
    /// Where more comes from; nowhere when all that there will be has been received.
    stream: Option<&'c TcpStream>,
    rest: http::Body,
    /// What was read to know the size, and how much of it has been given.
    ahead: Vec<u8>,
    given: usize,
    /// The client waits until it is asked.
    is_held_back: bool,
    /// When the client's time is over.
    deadline: Instant,
    failed: Option<BodyError>,
}

impl<'c> ClientBody<'c> {
    /// The body of a request that was just taken from `incoming`; all of it must have come by the
    /// deadline.
    pub(super) fn new(
        incoming: &'c mut Incoming,
        stream: Option<&'c TcpStream>,
        request: &Request,
        deadline: Instant,
    ) -> Self {
        let rest = incoming.body_of(request);
        let is_held_back = request.awaits_continue();
        let (ahead, given) = (Vec::new(), 0);
        Self { incoming, stream, rest, ahead, given, is_held_back, deadline, failed: None }
    }

    /// Whether another request can follow: the body's end can be found.
    pub(super) fn has_end(&self) -> bool {
        // Whether a body still comes that was not asked for, only the client knows.
        self.rest.is_over() || (self.failed.is_none() && !self.is_held_back)
    }

    /// Drops what is left.
    pub(super) fn finish(&mut self) -> Result<(), BodyError> {
        let mut room = [0; DROP_SIZE];
        while !self.rest.is_over() {
            self.next(&mut room, self.deadline)?;
        }
        Ok(())
    }

    /// The next bytes from the client; none at the end.
    fn next(&mut self, into: &mut [u8], deadline: Instant) -> Result<usize, BodyError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        self.try_next(into, deadline).inspect_err(|error| self.failed = Some(*error))
    }

    fn try_next(&mut self, into: &mut [u8], deadline: Instant) -> Result<usize, BodyError> {
        loop {
            let count = self.incoming.take_body(&mut self.rest, into)?;
            if count > 0 {
                // It was sent without being asked for.
                self.is_held_back = false;
            }
            if count > 0 || self.rest.is_over() {
                return Ok(count);
            }
            self.receive(deadline)?;
        }
    }

    fn receive(&mut self, deadline: Instant) -> Result<(), BodyError> {
        let stream = self.stream.ok_or(BodyError::Gone)?;
        let (deadline, late) = if deadline < self.deadline {
            (deadline, BodyError::Deadline)
        } else {
            (self.deadline, BodyError::Late)
        };
        if std::mem::take(&mut self.is_held_back) {
            let mut rest = CONTINUE;
            while !rest.is_empty() {
                match timer::write(stream, rest, deadline) {
                    Ok(Some(count)) => rest = &rest[count..],
                    Ok(None) => return Err(late),
                    Err(_) => return Err(BodyError::Gone),
                }
            }
        }
        let mut room = [0; READ_SIZE];
        match timer::read(stream, &mut room, deadline) {
            Ok(Some(0)) | Err(_) => Err(BodyError::Gone),
            Ok(Some(count)) => {
                self.incoming.receive(&room[..count]);
                Ok(())
            }
            Ok(None) => Err(late),
        }
    }
}

impl Body for ClientBody<'_> {
    fn size(&mut self, deadline: Instant) -> Result<u64, BodyError> {
        loop {
            if let Some(size) = self.rest.size() {
                return Ok(size);
            }
            let mut room = [0; DROP_SIZE];
            let count = self.next(&mut room, deadline)?;
            self.ahead.extend_from_slice(&room[..count]);
        }
    }

    fn read(&mut self, into: &mut [u8], deadline: Instant) -> Result<usize, BodyError> {
        if into.is_empty() {
            return Ok(0);
        }
        let ahead = &self.ahead[self.given..];
        if ahead.is_empty() {
            return self.next(into, deadline);
        }
        let count = ahead.len().min(into.len());
        into[..count].copy_from_slice(&ahead[..count]);
        self.given += count;
        Ok(count)
    }
}
