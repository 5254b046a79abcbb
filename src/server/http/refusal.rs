//! Why a request is refused before anyone has looked at what it asks for.

use thiserror::Error;

/// A request that is answered with an error and whose connection is closed: where the next request
/// would begin is unknown, or not to be trusted.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum Refusal {
    /// The first line is not `method target version`.
    #[error("malformed request line")]
    RequestLine,
    /// The request's target has none of the forms that its method may have.
    #[error("malformed request target")]
    Target,
    /// A header line that is not `name: value`.
    #[error("malformed header line")]
    HeaderLine,
    /// A control character, or a carriage return that ends no line.
    #[error("control character in the head")]
    ControlCharacter,
    /// No `Host`, several of them, or one that is not a host.
    #[error("missing, repeated or malformed Host")]
    Host,
    /// A `Content-Length` that is not a number, or several that differ.
    #[error("malformed or differing Content-Length")]
    ContentLength,
    /// Two headers that each claim to say where the body ends.
    #[error("both Transfer-Encoding and Content-Length")]
    TwoLengths,
    /// HTTP/1.0 has no transfer codings.
    #[error("Transfer-Encoding in HTTP/1.0")]
    OldTransferEncoding,
    /// Transfer codings that don't end in one `chunked`, so that nothing says where the body ends.
    #[error("chunked is not the last transfer coding")]
    NotChunked,
    /// A chunked body that isn't one.
    #[error("malformed chunk")]
    Chunk,
    /// Chunk extensions, which nobody reads, of more bytes than anybody needs.
    #[error("chunk extensions too large")]
    ChunkExtensions,
    /// The body is larger than `max_body_size`.
    #[error("body too large: {size} bytes, limit {limit}")]
    BodySize {
        /// What `Content-Length` says, or the chunks so far.
        size: u64,
        /// The configured limit.
        limit: u64,
    },
    /// The target is longer than `max_target_size`.
    #[error("request target too long: limit {limit} bytes")]
    TargetSize {
        /// The configured limit.
        limit: usize,
    },
    /// `Expect` asks for something that is not `100-continue`.
    #[error("unknown expectation")]
    Expectation,
    /// More header lines than `max_headers`.
    #[error("too many header lines: limit {limit}")]
    HeaderCount {
        /// The configured limit.
        limit: usize,
    },
    /// The header lines together are larger than `max_header_size`.
    #[error("header lines too large: limit {limit} bytes")]
    HeaderSize {
        /// The configured limit.
        limit: usize,
    },
    /// A method longer than any that exists.
    #[error("unknown method")]
    MethodSize,
    /// `CONNECT` asks for a tunnel, and this is no proxy.
    #[error("tunnels are not supported")]
    Tunnel,
    /// A transfer coding other than `chunked`.
    #[error("unknown transfer coding")]
    TransferCoding,
    /// Neither HTTP/1.1 nor HTTP/1.0.
    #[error("HTTP version not supported")]
    Version,
}

impl Refusal {
    /// The status that says so.
    pub fn status(self) -> u16 {
        match self {
            Self::RequestLine
            | Self::Target
            | Self::HeaderLine
            | Self::ControlCharacter
            | Self::Host
            | Self::ContentLength
            | Self::TwoLengths
            | Self::OldTransferEncoding
            | Self::NotChunked
            | Self::Chunk
            | Self::ChunkExtensions => 400,
            Self::BodySize { .. } => 413,
            Self::TargetSize { .. } => 414,
            Self::Expectation => 417,
            Self::HeaderCount { .. } | Self::HeaderSize { .. } => 431,
            Self::MethodSize | Self::Tunnel | Self::TransferCoding => 501,
            Self::Version => 505,
        }
    }
}
