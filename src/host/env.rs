//! The environment table: what an application is told, and the addresses that follow from it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::abi::HostCall;
use super::allowed::{AllowedAddress, AllowedAddresses};
use crate::interp::trap::Trap;

/// An application's table of strings, made once and shared by its requests.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    values: BTreeMap<String, String>,
    allowed: Arc<AllowedAddresses>,
}

impl Environment {
    /// The table `values`. Those that are `host:port` are addresses that the application may
    /// connect to; it may connect to no others, unless [`allow`](Self::allow) says otherwise.
    #[must_use]
    pub fn new(values: BTreeMap<String, String>) -> Self {
        Self { allowed: Arc::new(AllowedAddresses::of_environment(values.values())), values }
    }

    /// Lets the application connect to these addresses and to no others, whatever the table says:
    /// the setting `allow_tcp`. Without entries it may connect nowhere.
    #[must_use]
    pub fn allow(self, entries: impl IntoIterator<Item = AllowedAddress>) -> Self {
        Self { allowed: Arc::new(AllowedAddresses::of_setting(entries)), ..self }
    }

    pub(super) fn allowed(&self) -> &Arc<AllowedAddresses> {
        &self.allowed
    }
}

/// `db_get`: copies a value of the table, gives its whole length.
pub(super) fn db_get(
    call: &mut HostCall<'_>,
    key_ptr: i32,
    key_size: i64,
    value_ptr: i32,
    value_size: i64,
) -> Result<i64, Trap> {
    let key = call.bytes(("key_ptr", key_ptr), ("key_size", key_size))?;
    let into = call.bytes(("value_ptr", value_ptr), ("value_size", value_size))?;
    let environment = Arc::clone(&call.state.environment);
    let key = str::from_utf8(call.read(&key)).ok();
    let value = key.and_then(|key| environment.values.get(key));
    call.give(&into, value.map(String::as_bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::tests::state;

    /// Looks `key` up, with a buffer of `size` bytes behind it: the result and the buffer.
    fn check(key: &[u8], size: usize, expected: (i64, &[u8])) {
        let mut state = state(&[("name", "value")]);
        let mut memory = [key, &vec![b'.'; size]].concat();
        let mut call = HostCall::new("env.db_get", &mut state, &mut memory);
        let (len, size) = (key.len(), size as i64);
        let found = db_get(&mut call, 0, len as i64, len as i32, size).unwrap();
        assert_eq!((found, &memory[len..]), expected);
    }

    #[test]
    fn a_value_is_copied_as_far_as_the_buffer_goes() {
        check(b"name", 8, (5, b"value..."));
        check(b"name", 2, (5, b"va"));
        check(b"name", 0, (5, b""));
    }

    #[test]
    fn an_unknown_key_is_absent() {
        check(b"Name", 2, (-1, b".."));
        check(b"", 0, (-1, b""));
        check(b"\xff", 0, (-1, b""));
    }

    #[test]
    fn the_buffer_is_checked_even_when_the_key_is_absent() {
        let mut state = state(&[]);
        let mut call = HostCall::new("env.db_get", &mut state, &mut []);
        let trap = db_get(&mut call, 0, 0, 0, 1).unwrap_err().to_string();
        assert_eq!(trap, "env.db_get: argument `value_ptr`: 1 bytes at 0x0, memory has 0x0");
    }
}
