//! What the system gives to every guest alike: the time and randomness.

use std::time::{SystemTime, UNIX_EPOCH};

use super::abi::HostCall;
use crate::interp::trap::Trap;

/// `clock_time_get`: nanoseconds since the Unix epoch, as the system's clock has them.
pub(super) fn clock_time_get(_call: &mut HostCall<'_>) -> Result<i64, Trap> {
    Ok(nanoseconds(SystemTime::now()))
}

/// A time before 1970 is negative; one that 64 bits don't hold is the last that they do.
fn nanoseconds(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |n| -n),
    }
}

/// `random_get`: fills a buffer with bytes that nobody can foretell, from the system's generator.
pub(super) fn random_get(call: &mut HostCall<'_>, ptr: i32, size: i64) -> Result<(), Trap> {
    let into = call.bytes(("ptr", ptr), ("size", size))?;
    let filled = getrandom::fill(call.place(&into));
    filled.map_err(|error| {
        tracing::error!("the system gives no random bytes: {error}");
        call.end("the system gives no random bytes")
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::host::tests::state;

    #[test]
    fn times_count_from_the_epoch_in_both_directions() {
        let second = Duration::from_secs(1);
        assert_eq!(nanoseconds(UNIX_EPOCH + second), 1_000_000_000);
        assert_eq!(nanoseconds(UNIX_EPOCH - second), -1_000_000_000);
        let far = Duration::from_secs(1 << 40);
        assert_eq!(nanoseconds(UNIX_EPOCH + far), i64::MAX);
        assert_eq!(nanoseconds(UNIX_EPOCH - far), i64::MIN);
    }

    #[test]
    fn random_bytes_fill_the_buffer_and_nothing_else() {
        let mut state = state(&[]);
        let mut memory = [0; 64];
        let mut call = HostCall::new("env.random_get", &mut state, &mut memory);
        random_get(&mut call, 16, 32).unwrap();
        random_get(&mut call, 64, 0).unwrap();
        assert!(random_get(&mut call, 33, 32).is_err());
        let (before, rest) = memory.split_at(16);
        assert!(before.iter().chain(&rest[32..]).all(|byte| *byte == 0));
        // One chance in 2^256 to be wrong.
        assert!(rest[..32].iter().any(|byte| *byte != 0));
    }
}
