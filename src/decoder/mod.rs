//! Bytes to a module, or `Malformed`.
