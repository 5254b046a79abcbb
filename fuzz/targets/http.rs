//! Streams of requests, good and bad: they say the same however they are cut.
//!
//! With cargo-fuzz a target of libfuzzer; else a command that tries random bytes for a while.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Err(why) = fuzz::http(bytes) {
        panic!("{why}");
    }
});

#[cfg(not(fuzzing))]
fn main() -> std::process::ExitCode {
    fuzz::plain::run(fuzz::http)
}
