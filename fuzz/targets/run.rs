//! Modules of every proposal of 3.0 run to their end or to a trap, and never harm the host.
//!
//! With cargo-fuzz a target of libfuzzer; else a command that tries random bytes for a while.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Err(why) = fuzz::run(bytes) {
        panic!("{why}");
    }
});

#[cfg(not(fuzzing))]
fn main() -> std::process::ExitCode {
    fuzz::plain::run(fuzz::run)
}
