//! The stepped backend: a loop calls one handler after the other.
//!
//! The same handlers as the threaded backend's, for builds whose calls in tail position are not
//! jumps, for a memory checker, and to compare.
#![expect(unsafe_code, reason = "calls through code words")]

use super::{Flow, Handler, Leave, Regs, watch};

/// A handler of this backend: 0 to go on at `ip`, else the word of a `Leave`.
pub(crate) type Stepped = unsafe fn(&mut Regs) -> u64;

/// Runs `H` once.
///
/// # Safety
///
/// `ip` points to an op of `H` (I1–I3), the registers are the running execution's.
pub(super) unsafe fn stepped<H: Handler>(r: &mut Regs) -> u64 {
    match H::run(r) {
        Flow::Next | Flow::Taken => 0,
        Flow::Leave(why) => why.bits(),
        Flow::SliceOver => Leave::SLICE_OVER.bits(),
    }
}

/// Runs from `r.ip` until the machine is left; the registers are then in `Saved`. Whoever watches
/// the store sees the registers before each op.
pub(super) fn run(r: Regs) -> u64 {
    let mut is_watched = false;
    r.watched(|watch, _| is_watched = watch.has_eyes());
    if is_watched { steps(r, watch::before) } else { steps(r, |_| ()) }
}

/// The loop; `look` sees the registers before each op.
fn steps(mut r: Regs, look: impl Fn(&Regs)) -> u64 {
    loop {
        look(&r);
        // SAFETY: I1, I3: a code word of this backend holds a handler's address.
        let handler = unsafe { *r.ip.cast::<Stepped>() };
        // SAFETY: I1–I3 hold for the code at `ip`.
        let word = unsafe { handler(&mut r) };
        if word != 0 {
            r.save();
            return word;
        }
    }
}
