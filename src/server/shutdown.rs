//! Stopping: who asks for it, who is woken by it, and how far it has gone.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::{SigId, flag, low_level};

/// How the server is told to stop, and how its parts see that it was told. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Stop {
    /// No new requests; those that run may end.
    requested: Arc<AtomicBool>,
    /// The time for that is over.
    overdue: Arc<AtomicBool>,
    bell: Bell,
}

impl Stop {
    /// A stop that `bell` announces.
    pub(super) fn new(bell: Bell) -> Self {
        let flag = || Arc::new(AtomicBool::new(false));
        Self { requested: flag(), overdue: flag(), bell }
    }

    /// Asks the server to stop: it finishes what runs, as long as `shutdown_timeout` allows.
    pub fn request(&self) {
        self.requested.store(true, Ordering::SeqCst);
        self.bell.ring();
    }

    /// Whether somebody asked.
    pub fn is_requested(&self) -> bool {
        self.requested.load(Ordering::SeqCst)
    }

    /// Ends the time that running requests had.
    pub(super) fn set_overdue(&self) {
        self.overdue.store(true, Ordering::SeqCst);
    }

    /// Whether running requests have to end now.
    pub fn is_overdue(&self) -> bool {
        self.overdue.load(Ordering::SeqCst)
    }
}

/// SIGINT and SIGTERM request a stop as long as this lives; a second one ends the process at once.
#[derive(Debug)]
pub struct Signals {
    actions: Vec<SigId>,
}

impl Signals {
    /// Begins to listen.
    pub fn request(stop: &Stop) -> io::Result<Self> {
        let mut signals = Self { actions: Vec::new() };
        for signal in [SIGINT, SIGTERM] {
            // In this order: the first signal finds the flag unset, and who is woken finds it set.
            let status = 128 + signal;
            let requested = || Arc::clone(&stop.requested);
            let second = flag::register_conditional_shutdown(signal, status, requested())?;
            signals.actions.push(second);
            signals.actions.push(flag::register(signal, requested())?);
            signals.actions.push(low_level::pipe::register(signal, stop.bell.button()?)?);
        }
        Ok(signals)
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        for action in self.actions.drain(..) {
            low_level::unregister(action);
        }
    }
}

/// Wakes whoever polls the other end; a signal handler may ring it.
#[derive(Clone, Debug)]
pub(super) struct Bell {
    button: Arc<UnixStream>,
}

/// The end of a bell that is polled.
#[derive(Debug)]
pub(super) struct Ear {
    stream: UnixStream,
}

/// A bell and the end that hears it.
pub(super) fn bell() -> io::Result<(Bell, Ear)> {
    let (button, stream) = UnixStream::pair()?;
    button.set_nonblocking(true)?;
    stream.set_nonblocking(true)?;
    Ok((Bell { button: Arc::new(button) }, Ear { stream }))
}

impl Bell {
    pub(super) fn ring(&self) {
        // A full pipe is a bell that rings already.
        let _already_ringing = (&*self.button).write(&[1]);
    }

    fn button(&self) -> io::Result<UnixStream> {
        self.button.try_clone()
    }
}

impl Ear {
    pub(super) fn stream(&self) -> &UnixStream {
        &self.stream
    }

    /// Forgets the rings so far. Look at what they announced afterwards, not before.
    pub(super) fn clear(&self) {
        let mut rings = [0; 64];
        while matches!((&self.stream).read(&mut rings), Ok(count) if count > 0) {}
    }
}
