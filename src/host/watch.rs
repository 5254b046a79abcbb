//! The clock of host functions. The machine counts instructions and asks for the time after so many
//! of them; copying memory is no instruction, so what the host does for a guest is counted here.

use std::fmt;

use crate::interp::TrapKind;

/// Bytes of work between two questions: a fraction of a millisecond.
const SLICE: usize = 1024 * 1024;

/// Who is asked whether a guest has to end.
type Hook = Box<dyn FnMut() -> Option<TrapKind> + Send>;

/// Counts what host functions do.
#[derive(Default)]
pub(super) struct Watch {
    hook: Option<Hook>,
    /// Bytes of work since the hook was asked.
    done: usize,
}

impl Watch {
    pub(super) fn new(hook: impl FnMut() -> Option<TrapKind> + Send + 'static) -> Self {
        Self { hook: Some(Box::new(hook)), done: 0 }
    }

    /// Counts `bytes` of work that is about to be done.
    pub(super) fn work(&mut self, bytes: usize) -> Result<(), TrapKind> {
        self.done = self.done.saturating_add(bytes);
        if self.done < SLICE {
            return Ok(());
        }
        self.done = 0;
        self.hook.as_mut().and_then(|hook| hook()).map_or(Ok(()), Err)
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").field("done", &self.done).finish_non_exhaustive()
    }
}
