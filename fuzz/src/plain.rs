//! A target as a plain command, on any toolchain: random bytes by seed, for a while.
//!
//! `--seconds N` (60), `--seed N` (1) the first seed, `--count N` how many at most. What fails is
//! reported with its seed: `--seed N --count 1` runs it again, and `SAVE=FILE` keeps its module.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::Tried;

/// Bytes for a module at most.
const MOST_BYTES: u64 = 6_000;
/// After so many failures the rest is not worth the time.
const MOST_FAILURES: u64 = 10;

/// Native stack for modules that nest deeply.
const STACK: usize = 256 << 20;

/// Tries a target on random bytes.
pub fn run(target: fn(&[u8]) -> Tried) -> ExitCode {
    let tries = std::thread::Builder::new().stack_size(STACK).spawn(move || tries(target));
    match tries.expect("a thread").join() {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) | Err(_) => ExitCode::FAILURE,
    }
}

fn tries(target: fn(&[u8]) -> Tried) -> u64 {
    let first = option("--seed").unwrap_or(1);
    let limit = option("--count").unwrap_or(u64::MAX);
    let time = Duration::from_secs(option("--seconds").unwrap_or(60));
    let begin = Instant::now();
    let (mut done, mut meant, mut failures) = (0, 0, 0);
    while done < limit && begin.elapsed() < time && failures < MOST_FAILURES {
        let seed = first + done;
        done += 1;
        let bytes = bytes_of(seed);
        let tried = catch_unwind(AssertUnwindSafe(|| target(&bytes)));
        match tried.unwrap_or_else(|_| Err(String::from("it panics"))) {
            Ok(means) => meant += u64::from(means),
            Err(why) => {
                failures += 1;
                println!("seed {seed}: {why}");
            }
        }
    }
    let seconds = begin.elapsed().as_secs();
    println!("{done} inputs, {meant} of them told something, {failures} failures, {seconds} s");
    failures
}

/// The number after a word of the command line.
fn option(name: &str) -> Option<u64> {
    let mut words = std::env::args().skip_while(|word| word != name);
    words.nth(1)?.parse().ok()
}

/// Bytes that follow from a seed: xorshift, started from a mixed seed.
fn bytes_of(seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    // The first ones still look like the seed.
    (0..3).for_each(|_| _ = next());
    let len = next() % MOST_BYTES;
    (0..len).map(|_| (next() >> 24) as u8).collect()
}
