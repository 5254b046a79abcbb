//! Where connections wait for their clients: all of them in one epoll instance, none with a thread.
//!
//! Threads take from here whichever has something to read, and give it back when it has to wait
//! again ("leader and followers": the thread that is told of an event is the one that works on it).
//! Nothing is told twice: a registration is armed for one event, and again when it is given back.

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::mem::MaybeUninit;
use std::net::{Shutdown, TcpStream};
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{EventfdFlags, Timespec, epoll, eventfd};
use rustix::io::{Errno, write};

use super::connection::Connection;
use super::shutdown::Bell;
use super::timer;

/// The waiting connections, and which connections there are.
pub(super) struct Poller {
    epoll: OwnedFd,
    /// Readable when everybody has to go.
    end: OwnedFd,
    table: Mutex<Table>,
    /// Rung when a deadline comes that nobody would wake for, and when the last connection ends
    /// that somebody waits for.
    bell: Bell,
}

/// A connection's name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) struct Token(u64);

/// A thread looks so often for a connection, and lets others run in between, before it sleeps. To
/// be woken costs it and its waker more than a look, and under load there is mostly something to
/// find.
const LOOKS: usize = 2;
const AT_ONCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 0 };

/// What stands for the end among the tokens.
const END: Token = Token(u64::MAX);

#[derive(Default)]
struct Table {
    slots: HashMap<Token, Slot>,
    /// When to look at whom. Looking early is harmless, so nothing is moved when a wait is longer
    /// than the one before: that is the way of most requests.
    looks: BTreeSet<(Instant, Token)>,
    next: u64,
    /// Until when whoever looks for deadlines sleeps; nothing while it is awake: then it will ask
    /// for the next before it sleeps.
    sleeps_until: Option<Instant>,
    /// How many of the slots count as clients.
    clients: usize,
    /// Connections that wait for a request to begin are not wanted any more.
    ends_idle: bool,
}

struct Slot {
    stream: Arc<TcpStream>,
    /// The connection while it waits; nothing while a thread has it.
    waiting: Option<Box<Connection>>,
    /// It is not only there to hear that there is no room for it.
    is_client: bool,
    /// Its entry in `looks`.
    look: Option<Instant>,
}

impl Poller {
    /// A poller without connections. `bell` wakes whoever calls [`Poller::expired`].
    pub(super) fn new(bell: Bell) -> io::Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let end = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        epoll::add(&epoll, &end, epoll::EventData::new_u64(END.0), epoll::EventFlags::IN)?;
        Ok(Self { epoll, end, table: Mutex::default(), bell })
    }

    /// How many connections there are, those that threads have included.
    pub(super) fn len(&self) -> usize {
        self.table().slots.len()
    }

    /// How many of the connections were let in, and how many only hear that there is no room.
    pub(super) fn clients_and_others(&self) -> (usize, usize) {
        let table = self.table();
        (table.clients, table.slots.len() - table.clients)
    }

    /// Adds a connection that waits for its client.
    pub(super) fn add(&self, connection: Connection) -> io::Result<()> {
        let mut table = self.table();
        let token = Token(table.next);
        table.next += 1;
        let stream = Arc::clone(&connection.stream);
        epoll::add(&self.epoll, &*stream, data(token), once(connection.events()))?;
        let (deadline, is_client) = (connection.deadline(), !connection.is_closing());
        let slot = Slot { stream, waiting: Some(Box::new(connection)), is_client, look: None };
        table.slots.insert(token, slot);
        table.clients += usize::from(is_client);
        self.look(&mut table, token, deadline);
        Ok(())
    }

    /// Waits for a connection whose client has done its part. None when there is nothing to do any
    /// more.
    pub(super) fn next(&self) -> Option<(Token, Box<Connection>)> {
        let mut looks = 0;
        loop {
            let patience = (looks < LOOKS).then_some(AT_ONCE);
            match self.wait(patience.as_ref()) {
                Ok(Some(END)) => return None,
                Ok(Some(token)) => {
                    // Somebody may have ended it meanwhile.
                    if let Some(connection) = self.table().take(token) {
                        return Some((token, connection));
                    }
                }
                Ok(None) => {
                    looks += 1;
                    thread::yield_now();
                }
                Err(error) => {
                    tracing::error!("cannot wait for connections: {error}");
                    return None;
                }
            }
        }
    }

    /// Waits for an event, but not longer than that.
    fn wait(&self, patience: Option<&Timespec>) -> io::Result<Option<Token>> {
        // One at a time: whoever took more would keep those behind the first from other threads.
        let mut room = [MaybeUninit::uninit()];
        match epoll::wait(&self.epoll, &mut room, patience) {
            Ok((events, _)) => Ok(events.first().map(|event| Token(event.data.u64()))),
            Err(Errno::INTR) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Gives a connection back, which waits for its client again.
    pub(super) fn park(&self, token: Token, connection: Box<Connection>) {
        let mut table = self.table();
        let ends_idle = table.ends_idle;
        let Some(slot) = table.slots.get_mut(&token) else { return };
        let deadline = connection.deadline();
        let events = once(connection.events());
        // Under the lock: who is told of the event finds the connection.
        match epoll::modify(&self.epoll, &*slot.stream, data(token), events) {
            Ok(()) => {
                if ends_idle && connection.is_idle() {
                    slot.end_input();
                }
                slot.waiting = Some(connection);
                self.look(&mut table, token, deadline);
            }
            Err(error) => {
                drop(table);
                tracing::error!("cannot wait for a connection: {error}");
                self.forget(token);
            }
        }
    }

    /// Ends a connection that a thread has.
    pub(super) fn forget(&self, token: Token) {
        let mut table = self.table();
        if let Some(slot) = table.slots.remove(&token) {
            table.clients -= usize::from(slot.is_client);
            if let Some(look) = slot.look {
                table.looks.remove(&(look, token));
            }
        }
        if table.ends_idle && table.slots.is_empty() {
            self.bell.ring();
        }
    }

    /// When somebody has to look for connections that wait too long. Who asks may sleep until then:
    /// the bell rings if it has to be earlier.
    pub(super) fn next_look(&self) -> Option<Instant> {
        let mut table = self.table();
        let next = table.looks.first().map(|(moment, _)| *moment);
        table.sleeps_until = next.or_else(|| Some(timer::after(Instant::now(), Duration::MAX)));
        next
    }

    /// Takes a connection that waits for too long. One whose client has done its part is left to
    /// the thread that will be told of it.
    pub(super) fn expired(&self, now: Instant) -> Option<(Token, Box<Connection>)> {
        let mut table = self.table();
        table.sleeps_until = None;
        loop {
            let (moment, token) = *table.looks.first()?;
            if moment > now {
                return None;
            }
            table.looks.pop_first();
            let Some(slot) = table.slots.get_mut(&token) else { continue };
            slot.look = None;
            // Whoever has it gives it back with a deadline.
            let Some(waiting) = &slot.waiting else { continue };
            let deadline = waiting.deadline();
            if deadline > now {
                slot.look = Some(deadline);
                table.looks.insert((deadline, token));
            } else if !waiting.is_ready() {
                return table.take(token).map(|connection| (token, connection));
            }
        }
    }

    /// Ends the input of connections that wait for a request to begin, now and later. What has
    /// come on them before is still read and answered.
    pub(super) fn end_idle(&self) {
        let mut table = self.table();
        table.ends_idle = true;
        for slot in table.slots.values() {
            if slot.waiting.as_ref().is_some_and(|connection| connection.is_idle()) {
                slot.end_input();
            }
        }
    }

    /// Cuts all connections, whatever they do.
    pub(super) fn cut_all(&self) {
        for slot in self.table().slots.values() {
            let _gone = slot.stream.shutdown(Shutdown::Both);
        }
    }

    /// Sends all threads away that wait here, now and later, and drops the connections that wait.
    pub(super) fn end(&self) {
        if let Err(error) = write(&self.end, &1_u64.to_ne_bytes()) {
            tracing::error!("cannot end the threads: {error}");
        }
        // Each holds what all share, and so this table: nobody else would ever drop them.
        let slots = std::mem::take(&mut *self.table()).slots;
        drop(slots);
    }

    /// Sees to it that somebody looks at a connection at its deadline.
    fn look(&self, table: &mut Table, token: Token, deadline: Instant) {
        let Some(slot) = table.slots.get_mut(&token) else { return };
        match slot.look {
            Some(look) if look <= deadline => return,
            Some(look) => drop(table.looks.remove(&(look, token))),
            None => {}
        }
        slot.look = Some(deadline);
        table.looks.insert((deadline, token));
        if table.sleeps_until.is_some_and(|end| deadline < end) {
            table.sleeps_until = Some(deadline);
            self.bell.ring();
        }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    fn end_input(&self) {
        // It fails where the client was faster.
        let _gone = self.stream.shutdown(Shutdown::Read);
    }
}

impl Table {
    fn take(&mut self, token: Token) -> Option<Box<Connection>> {
        self.slots.get_mut(&token)?.waiting.take()
    }
}

fn data(token: Token) -> epoll::EventData {
    epoll::EventData::new_u64(token.0)
}

/// A registration that tells one thread, once.
fn once(events: epoll::EventFlags) -> epoll::EventFlags {
    events | epoll::EventFlags::ONESHOT
}
