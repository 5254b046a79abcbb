//! HTTP/1.1 and 1.0 as a protocol without I/O: bytes go in, requests come out, and answers become
//! bytes. Sockets, clocks and timeouts are `connection`'s; what a path means is `router`'s.
//!
//! Spec: RFC 9110 (semantics), RFC 9112 (the syntax of HTTP/1.1). `httparse` reads the lines; how
//! long a message is, what is refused and when a connection persists is decided here.
//!
//! ```text
//! bytes ──► Incoming ──► Request { method, target, headers, framing }
//!              ▲ └─► the body's bytes
//!              └── head.rs finds where the head ends, byte by byte, and refuses what can't be one
//! Response + Delivery ──► bytes
//! ```

mod body;
mod chunked;
mod head;
mod limits;
mod refusal;
mod request;
mod response;
mod target;

pub use body::{Body, Framing, Incoming};
pub use limits::Limits;
pub use refusal::Refusal;
pub use request::{Headers, Persistence, Request, Version};
pub use response::{CONTINUE, Content, Delivery, RequestId, Response};
pub use target::Target;
