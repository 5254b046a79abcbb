//! What bounds a request: the sizes that `[server]` names, and the few that nobody needs to change.

/// The sizes that a request may have, named as in the configuration's `[server]`.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Header lines; more are 431.
    pub max_headers: usize,
    /// Bytes of the request's target; more are 414.
    pub max_target_size: usize,
    /// Bytes of all header lines; more are 431.
    pub max_header_size: usize,
    /// Bytes of a body; more are 413.
    pub max_body_size: u64,
}

/// The longest registered method, `UPDATEREDIRECTREF`, has 17 letters; one beyond this is 501.
pub(super) const METHOD_SIZE: usize = 32;

/// `HTTP/1.1` and a line end; anything longer in its place is no version.
pub(super) const VERSION_SIZE: usize = 10;

/// Digits of a chunk's size, leading zeros included: 64 bits.
pub(super) const CHUNK_SIZE_DIGITS: usize = 16;

/// Bytes between a chunk's size and the end of its line: nobody has defined an extension, and a
/// client that sends much of them only makes work. Spec: RFC 9112 section 7.1.1.
pub(super) const CHUNK_EXTENSION_SIZE: usize = 256;

/// Bytes of all extensions of a body beyond as many as the body itself has: else a client could
/// send hundreds of bytes for each that counts.
pub(super) const ALL_EXTENSIONS_SIZE: u64 = 16 * 1024;

/// Empty lines that may precede a request: old clients send one after a body.
/// Spec: RFC 9112 section 2.2.
pub(super) const LEADING_LINES: usize = 4;
