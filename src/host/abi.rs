//! Typed arguments: what a guest passes is checked here once and trusted afterwards.

use std::ops::Range;

use super::State;
use super::wait::{Buffer, Wait};
use crate::interp::trap::{ArgumentProblem, Trap, TrapKind};
use crate::interp::{self, CallError, Caller, Memory};

/// One call of a host function: who is called, by which request, with which memory.
pub(super) struct HostCall<'c> {
    /// `module.name`, for messages.
    function: &'static str,
    /// What the request has and gathers.
    pub(super) state: &'c mut State,
    memory: &'c mut [u8],
    /// The memory's handle; none when the guest has no memory.
    handle: Option<Memory>,
}

/// What calling the host at all counts as work, in bytes that could be copied meanwhile.
const CALL: usize = 256;

/// Runs a host function with the memory of the instance that called it.
pub(super) fn enter<R>(
    function: &'static str,
    caller: &mut Caller<'_, State>,
    run: impl FnOnce(&mut HostCall<'_>) -> Result<R, Trap>,
) -> Result<R, CallError> {
    caller.data_mut().watch.work(CALL)?;
    let Some(memory) = caller.memory() else {
        let state = caller.data_mut();
        return Ok(run(&mut HostCall { function, state, memory: &mut [], handle: None })?);
    };
    let handle = Some(memory);
    let (memory, state) = memory.data_and_store_mut(caller)?;
    Ok(run(&mut HostCall { function, state, memory, handle })?)
}

/// Bytes that lie in the guest's memory.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct GuestBytes {
    range: Range<usize>,
}

impl GuestBytes {
    pub(super) fn len(&self) -> usize {
        self.range.len()
    }

    pub(super) fn addr(&self) -> usize {
        self.range.start
    }
}

impl<'c> HostCall<'c> {
    /// The trap of an argument that is refused.
    #[cold]
    pub(super) fn refuse(&self, argument: &'static str, reason: &'static str) -> Trap {
        self.trap(argument, ArgumentProblem::Refused { reason })
    }

    /// The trap of a call that ends the guest whatever its arguments.
    #[cold]
    pub(super) fn end(&self, reason: &'static str) -> Trap {
        Trap::new(TrapKind::Host { function: self.function, reason })
    }

    fn trap(&self, argument: &'static str, problem: ArgumentProblem) -> Trap {
        Trap::new(TrapKind::HostArgument { function: self.function, argument, problem })
    }

    /// The bytes at `ptr`; `size` must not be negative and all of them must lie in the memory.
    /// No bytes are fine at any pointer.
    pub(super) fn bytes(
        &mut self,
        (argument, ptr): (&'static str, i32),
        (size_argument, size): (&'static str, i64),
    ) -> Result<GuestBytes, Trap> {
        // Addresses are unsigned; the ABI writes them as the type that wasm has.
        let addr = u64::from(ptr.cast_unsigned());
        let Ok(len) = u64::try_from(size) else {
            return Err(self.refuse(size_argument, "negative size"));
        };
        if len == 0 {
            return Ok(GuestBytes { range: 0..0 });
        }
        let memory = self.memory.len() as u64;
        match addr.checked_add(len).filter(|end| *end <= memory) {
            Some(end) => {
                // Both are at most the length of a slice.
                let range = addr as usize..end as usize;
                self.work(range.len())?;
                Ok(GuestBytes { range })
            }
            None => {
                Err(self.trap(argument, ArgumentProblem::OutOfBounds { addr, len, size: memory }))
            }
        }
    }

    /// What checked bytes hold.
    pub(super) fn read(&self, bytes: &GuestBytes) -> &[u8] {
        // A memory never shrinks, so what was checked stays inside.
        self.memory.get(bytes.range.clone()).unwrap_or_default()
    }

    /// What checked bytes hold, and what the request gathers.
    pub(super) fn read_for(&mut self, bytes: &GuestBytes) -> (&[u8], &mut State) {
        (self.memory.get(bytes.range.clone()).unwrap_or_default(), self.state)
    }

    /// The place of checked bytes, to write into.
    pub(super) fn place(&mut self, bytes: &GuestBytes) -> &mut [u8] {
        self.memory.get_mut(bytes.range.clone()).unwrap_or_default()
    }

    /// The rule of all functions that get something: copies as much of `value` as `into` takes,
    /// gives its whole length, or -1 when there is none.
    pub(super) fn give(&mut self, into: &GuestBytes, value: Option<&[u8]>) -> Result<i64, Trap> {
        let Some(value) = value else { return Ok(ABSENT) };
        // It was put together whole, however little of it fits.
        self.work(value.len())?;
        let target = self.place(into);
        let len = value.len().min(target.len());
        target[..len].copy_from_slice(&value[..len]);
        Ok(value.len() as i64)
    }

    /// Counts work that is no instruction, and ends the guest whose time it used up.
    pub(super) fn work(&mut self, bytes: usize) -> Result<(), Trap> {
        Ok(self.state.watch.work(bytes)?)
    }
}

/// What a function that gets something gives when there is nothing.
const ABSENT: i64 = -1;

impl HostCall<'_> {
    /// The buffer for a wait; none when there is nothing to wait for.
    pub(super) fn buffer(&self, bytes: GuestBytes) -> Option<Buffer> {
        let memory = self.handle.filter(|_| bytes.len() > 0)?;
        Some(Buffer::new(memory, bytes))
    }

    /// Leaves `wait` to whoever drives the guest.
    pub(super) fn wait<R>(&mut self, wait: Wait) -> interp::Wait<R> {
        self.state.wait = Some(wait);
        interp::Wait::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::tests::state;

    impl<'c> HostCall<'c> {
        /// A call with a memory that belongs to no store.
        pub(in crate::host) fn new(
            function: &'static str,
            state: &'c mut State,
            memory: &'c mut [u8],
        ) -> Self {
            Self { function, state, memory, handle: None }
        }
    }

    /// The range or the trap's text, in a memory of 16 bytes.
    fn check(ptr: i32, size: i64, expected: Result<Range<usize>, &str>) {
        let mut state = state(&[]);
        let mut memory = [0; 16];
        let mut call = HostCall::new("env.log", &mut state, &mut memory);
        let found = call.bytes(("ptr", ptr), ("size", size));
        let found = found.map(|bytes| bytes.range).map_err(|trap| trap.to_string());
        assert_eq!(found, expected.map_err(str::to_owned));
    }

    #[test]
    fn bytes_inside_the_memory_are_taken() {
        check(0, 16, Ok(0..16));
        check(15, 1, Ok(15..16));
    }

    #[test]
    fn no_bytes_are_fine_anywhere() {
        check(-1, 0, Ok(0..0));
        check(16, 0, Ok(0..0));
    }

    #[test]
    fn bytes_outside_name_the_function_and_the_argument() {
        check(16, 1, Err("env.log: argument `ptr`: 1 bytes at 0x10, memory has 0x10"));
        check(-1, 1, Err("env.log: argument `ptr`: 1 bytes at 0xffffffff, memory has 0x10"));
        check(
            1,
            i64::MAX,
            Err("env.log: argument `ptr`: 9223372036854775807 bytes at 0x1, memory has 0x10"),
        );
        check(0, -1, Err("env.log: argument `size`: negative size"));
        check(0, i64::MIN, Err("env.log: argument `size`: negative size"));
    }

    #[test]
    fn what_is_given_is_cut_to_the_buffer_but_counted_whole() {
        let mut state = state(&[]);
        let mut memory = *b"................";
        let mut call = HostCall::new("env.db_get", &mut state, &mut memory);
        let into = call.bytes(("value_ptr", 2), ("value_size", 3)).unwrap();
        assert_eq!(call.give(&into, Some(b"hello")), Ok(5));
        assert_eq!(call.give(&into, Some(b"H")), Ok(1));
        assert_eq!(call.give(&into, None), Ok(-1));
        let none = call.bytes(("value_ptr", 0), ("value_size", 0)).unwrap();
        assert_eq!(call.give(&none, Some(b"hello")), Ok(5));
        assert_eq!(&memory, b"..Hel...........");
    }

    #[test]
    fn work_between_two_looks_at_the_clock_is_bounded() {
        let mut state = state(&[]);
        let mut looks = 0;
        state.watch(move || {
            looks += 1;
            (looks == 3).then_some(TrapKind::DeadlineExceeded)
        });
        let mut memory = vec![0; 1 << 20];
        let mut call = HostCall::new("env.log", &mut state, &mut memory);
        let mut copies = 0;
        let end = loop {
            match call.bytes(("ptr", 0), ("size", 1 << 19)) {
                Ok(_) => copies += 1,
                Err(trap) => break trap,
            }
        };
        assert_eq!((end.kind(), copies), (TrapKind::DeadlineExceeded, 5));
    }
}
