//! The open connections: which of them only wait for a next request, so that they can make room for
//! others and don't hold up a stop.

use std::collections::BTreeMap;
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// All open connections.
#[derive(Debug, Default)]
pub(super) struct Clients {
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    next: u64,
    entries: BTreeMap<u64, Entry>,
}

#[derive(Debug)]
struct Entry {
    stream: Arc<TcpStream>,
    state: State,
}

/// What a connection is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// It has not sent anything yet.
    Fresh,
    /// It waits between two requests, since the moment that the table counted so.
    Idle,
    /// A request is in progress.
    Busy,
}

/// A connection's entry, which leaves the table with it.
#[derive(Debug)]
pub(super) struct Client {
    clients: Arc<Clients>,
    id: u64,
}

impl Clients {
    /// Adds a connection.
    pub(super) fn enter(self: &Arc<Self>, stream: Arc<TcpStream>) -> Client {
        let mut table = self.table();
        let id = table.next;
        table.next += 1;
        table.entries.insert(id, Entry { stream, state: State::Fresh });
        drop(table);
        Client { clients: Arc::clone(self), id }
    }

    /// Ends one connection between two requests, the one that has been open longest. A request that
    /// has just arrived on it is still read and answered.
    pub(super) fn end_one_idle(&self) {
        let mut table = self.table();
        if let Some(entry) = table.entries.values_mut().find(|entry| entry.state == State::Idle) {
            entry.end_input();
        }
    }

    /// Ends all connections that have no request in progress, likewise.
    pub(super) fn end_all_waiting(&self) {
        for entry in self.table().entries.values_mut() {
            match entry.state {
                State::Fresh | State::Idle => entry.end_input(),
                State::Busy => {}
            }
        }
    }

    /// Cuts all connections, whatever they do.
    pub(super) fn cut_all(&self) {
        for entry in self.table().entries.values() {
            // It fails where the client was faster.
            let _gone = entry.stream.shutdown(Shutdown::Both);
        }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    fn end_input(&mut self) {
        self.state = State::Busy;
        let _gone = self.stream.shutdown(Shutdown::Read);
    }
}

impl Client {
    /// Notes what the connection does now.
    pub(super) fn set(&self, state: State) {
        if let Some(entry) = self.clients.table().entries.get_mut(&self.id) {
            entry.state = state;
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.clients.table().entries.remove(&self.id);
    }
}
