//! What a guest may call.
//!
//! Everything a guest passes is checked in `abi` before it is used; what it may say about the
//! response is `response`'s, whom it may talk to `address`'s. Sockets of clients and the syntax of
//! HTTP are the server's.

mod abi;
mod address;
mod env;
mod log;
mod response;
mod state;
mod tcp;

pub use address::Address;
pub use env::Environment;
pub use response::{Header, Response};
pub use state::{HostLimits, Request, State};
pub use tcp::{Buffer, Connect, Descriptor, Failure, Outcome, Wait};

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    /// The state of a request with small limits and this environment table.
    pub(super) fn state(env: &[(&str, &str)]) -> State {
        let env = env.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        let limits = HostLimits { response_size: 100, log_size: 100, connections: 2 };
        let request = Request {
            id: 1,
            method: "GET".to_owned(),
            path: "/".to_owned(),
            query: None,
            headers: Vec::new(),
            peer: None,
            body: Vec::new(),
        };
        State::new(request, Arc::new(Environment::new(env.collect())), limits)
    }
}
