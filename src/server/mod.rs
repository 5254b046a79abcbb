//! The HTTP server: sockets in front, applications behind.

pub mod http;
