//! Who drives a guest: performs what it waits for, and owns the clock that ends it. This one blocks
//! its thread; another would return to an event loop where this one waits.

mod blocking;
mod clock;
mod resolver;
mod tcp;

pub(super) use blocking::{Driver, End};
pub(super) use clock::Clock;
