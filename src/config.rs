//! The configuration: TOML to `Settings`.
