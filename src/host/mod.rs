//! What a guest may call.
//!
//! `functions` has the table. Everything a guest passes is checked in `abi` before it is used; what
//! it may say about the response is `response`'s, whom it may talk to `allowed`'s. Sockets of
//! clients and the syntax of HTTP are the server's. `docs/host-abi.md` is the contract for those
//! who write guests.

mod abi;
mod abort;
mod address;
mod allowed;
mod env;
mod functions;
mod log;
mod remedy;
mod request;
mod response;
mod state;
mod system;
mod tcp;
mod wait;
mod watch;

#[cfg(test)]
mod tests;

pub use allowed::{AllowedAddress, NotAnAddress};
pub use env::Environment;
pub use functions::{FUNCTIONS, HostFunction, link};
pub use remedy::{LinkProblem, link_problems};
pub use request::Request;
pub use response::{Header, Response};
pub use state::{HostLimits, State};
pub use tcp::{Connect, Descriptor};
pub use wait::{Buffer, Failure, Outcome, Wait, complete};
