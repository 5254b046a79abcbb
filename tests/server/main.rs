//! The server as its clients see it: real sockets on a port that the system chooses.
#![expect(clippy::unwrap_used, reason = "in a test it is the assertion")]

mod client;
mod configured;
mod guests;
mod guests_bodies;
mod protocol;
mod stop;
mod waiting;
mod wire;
