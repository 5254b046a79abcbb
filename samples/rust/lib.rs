//! The samples stand beside this file, each a module of its own; see `Cargo.toml`.
