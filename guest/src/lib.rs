//! What a guest of serverless-wasm needs, in Rust: a thin, safe face of the functions that the
//! server offers in the import module `env`.
//!
//! A handler is a function from a [`Request`] to an [`Answer`]; [`handler!`] exports it under the
//! name that the server calls. Every request has an instance of its own: what a handler leaves in
//! statics is gone with it, and memory needs no freeing.
//!
//! ```
//! use serverless_wasm_guest::{handler, Request, Response};
//!
//! handler!(hello);
//!
//! fn hello(request: Request) -> Response {
//!     let agent = request.header("User-Agent").unwrap_or_else(|| "somebody".into());
//!     Response::text(200, format!("Hello {}!\n", agent))
//! }
//! # use serverless_wasm_guest::testing::Call;
//! # let reply = Call::new("GET", "/").header("User-Agent", "curl/8").run(hello);
//! # assert_eq!((reply.status, reply.text()), (200, "Hello curl/8!\n".into()));
//! ```
//!
//! Built for `wasm32-unknown-unknown`, the functions are the server's. Built for any other target
//! they are those of `testing`, a host in memory: documentation and unit tests need no server.
//!
//! # Failure
//!
//! What the server does not permit (a status outside 200 to 999, a header that HTTP does not
//! allow, a response beyond its limit) ends the guest: the client gets a 500 and the server's log
//! says which call and which argument. A panic does the same, and its message is in the log. What
//! may fail in good order (TCP) is an [`std::io::Error`].

#![deny(missing_docs, unsafe_code)]
#![warn(unreachable_pub)]

mod answer;
mod env;
#[cfg(target_arch = "wasm32")]
mod host;
mod log;
mod request;
mod response;
mod tcp;
#[cfg(not(target_arch = "wasm32"))]
pub mod testing;

#[cfg(not(target_arch = "wasm32"))]
use testing as host;

pub use answer::{answer, Answer};
pub use env::{env, fill_random, now};
pub use log::log;
pub use request::{Body, Request};
pub use response::{BodyWriter, Response};
pub use tcp::TcpStream;

/// The README's examples are compiled and run as this crate's.
#[cfg(all(doctest, not(target_arch = "wasm32")))]
#[doc = include_str!("../README.md")]
struct Readme;

/// A value that the host copies into a buffer, giving its whole length or a negative number when
/// there is none: asked once more with more room where the first buffer was too small.
fn fetch(get: impl Fn(&mut [u8]) -> i64) -> Option<Vec<u8>> {
    let mut value = vec![0; 256];
    loop {
        let size = usize::try_from(get(&mut value)).ok()?;
        let is_whole = size <= value.len();
        value.resize(size, 0);
        if is_whole {
            return Some(value);
        }
    }
}

/// A value as text; what is not UTF-8 in it is replaced by U+FFFD.
fn text(value: Vec<u8>) -> String {
    match String::from_utf8(value) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(whole: &[u8]) {
        let calls = std::cell::Cell::new(0);
        let get = |into: &mut [u8]| {
            calls.set(calls.get() + 1);
            let count = whole.len().min(into.len());
            into[..count].copy_from_slice(&whole[..count]);
            whole.len() as i64
        };
        assert_eq!(fetch(get).as_deref(), Some(whole));
        assert_eq!(calls.get(), 1 + usize::from(whole.len() > 256));
    }

    #[test]
    fn values_of_any_length_are_fetched_whole() {
        for length in [0, 1, 256, 257, 100_000] {
            check(&vec![b'x'; length]);
        }
    }

    #[test]
    fn what_is_absent_is_none() {
        assert_eq!(fetch(|_| -1), None);
    }

    #[test]
    fn text_that_is_not_utf_8_is_replaced() {
        assert_eq!(text(b"a\xffb".to_vec()), "a\u{fffd}b");
    }
}
