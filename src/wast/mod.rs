//! Runs the official test scripts.
