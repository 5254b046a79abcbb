//! The threaded backend: a handler's last act is a jump to the next op's handler.
//!
//! Stable Rust promises no tail calls, but LLVM makes a jump of a call that is a function's last
//! act, has the same signature, and leaves nothing of the frame behind. So nothing with a
//! destructor may be alive here, and no pointer into a handler's own frame may have escaped: `run`
//! is inlined, and a handler that calls out passes values or heap pointers. `tail_calls_work` finds
//! out at run time whether this build has them; a test reads the binary.
#![expect(unsafe_code, reason = "calls through code words")]

use std::hint::black_box;
use std::ptr;

use super::counter::Counter;
use super::{Flow, Handler, Leave, Regs};
use crate::interp::numeric::simd::Vector;

/// Declares a handler's function with the calling convention that has the most argument
/// registers: on x86-64 the System V one, six for integers and eight for vectors.
#[cfg(target_arch = "x86_64")]
macro_rules! abi {
    ($(#[$attribute:meta])* $visible:vis fn $($rest:tt)*) => {
        $(#[$attribute])* $visible unsafe extern "sysv64" fn $($rest)*
    };
}
/// On other processors the platform's own convention.
#[cfg(not(target_arch = "x86_64"))]
macro_rules! abi {
    ($(#[$attribute:meta])* $visible:vis fn $($rest:tt)*) => {
        $(#[$attribute])* $visible unsafe extern "C" fn $($rest)*
    };
}

/// A handler of this backend: the registers in, and in the end the word of a [`Leave`].
#[cfg(target_arch = "x86_64")]
#[allow(improper_ctypes_definitions, reason = "a vector register is an argument register")]
pub(crate) type Threaded = unsafe extern "sysv64" fn(
    *const u8,
    *mut u64,
    *mut u8,
    u64,
    u64,
    u64,
    f64,
    f64,
    f64,
    Vector,
    f64,
    Counter,
) -> u64;
/// On other processors the platform's own convention.
#[cfg(not(target_arch = "x86_64"))]
pub(crate) type Threaded = unsafe extern "C" fn(
    *const u8,
    *mut u64,
    *mut u8,
    u64,
    u64,
    u64,
    f64,
    f64,
    f64,
    Vector,
    f64,
    Counter,
) -> u64;

/// Calls `$next` with the registers, in tail position.
macro_rules! jump {
    ($next:expr, $r:ident) => {
        // SAFETY: I1, I3: `ip` points to an op, whose handler `$next` is, or `$next` is `leave`,
        // which takes any registers; the registers are the running execution's.
        return unsafe {
            $next(
                $r.ip, $r.fp, $r.mem, $r.acc, $r.l0, $r.l1, $r.facc, $r.f0, $r.f1, $r.vacc,
                $r.context, $r.counter,
            )
        }
    };
}

/// Keeps LLVM from merging what stands before with what stands elsewhere.
macro_rules! apart {
    () => {
        // SAFETY: no instruction, nothing touched.
        unsafe { std::arch::asm!("", options(nomem, nostack, preserves_flags)) }
    };
}

abi! {
    /// The one function that knows how registers travel: it makes `Regs` of its arguments, runs
    /// `H`, and jumps on.
    ///
    /// # Safety
    ///
    /// `ip` points to an op of `H` (I1–I3), the other registers are the running execution's.
    #[allow(improper_ctypes_definitions, reason = "a vector register is an argument register")]
    pub(super) fn threaded<H: Handler>(
        ip: *const u8, fp: *mut u64, mem: *mut u8, acc: u64, l0: u64, l1: u64,
        facc: f64, f0: f64, f1: f64, vacc: Vector, context: f64, counter: Counter,
    ) -> u64 {
        let mut r = Regs { ip, fp, mem, acc, l0, l1, facc, f0, f1, vacc, context, counter };
        match H::run(&mut r) {
            // SAFETY: I3: `ip` points to an op.
            Flow::Next => jump!(next(&r), r),
            Flow::Taken => {
                apart!();
                // SAFETY: I3: `ip` points to an op.
                jump!(next(&r), r)
            }
            Flow::Leave(why) => {
                // Entering again reloads `mem`, so its register can carry the word.
                r.mem = ptr::without_provenance_mut(why.bits() as usize);
                // SAFETY: `leave` takes any registers.
                jump!(leave, r)
            }
            Flow::SliceOver => {
                apart!();
                r.mem = ptr::without_provenance_mut(Leave::SLICE_OVER.bits() as usize);
                // SAFETY: `leave` takes any registers.
                jump!(leave, r)
            }
        }
    }
}

/// The handler of the op at `ip`.
#[inline(always)]
fn next(r: &Regs) -> Threaded {
    // SAFETY: I1, I3: a code word of this backend holds a handler's address.
    unsafe { *r.ip.cast::<Threaded>() }
}

abi! {
    /// Puts the registers where the driver finds them, and returns `mem`, the word of a `Leave`.
    ///
    /// # Safety
    ///
    /// The registers are the running execution's.
    #[cold]
    #[inline(never)]
    #[allow(improper_ctypes_definitions, reason = "a vector register is an argument register")]
    fn leave(
        ip: *const u8, fp: *mut u64, mem: *mut u8, acc: u64, l0: u64, l1: u64,
        facc: f64, f0: f64, f1: f64, vacc: Vector, context: f64, counter: Counter,
    ) -> u64 {
        Regs { ip, fp, mem, acc, l0, l1, facc, f0, f1, vacc, context, counter }.save();
        let mut word = mem.addr() as u64;
        // A result that LLVM can see through (always the argument, or never 0) would let it call
        // this and make up the result itself, instead of jumping.
        // SAFETY: no instruction, nothing touched.
        unsafe { std::arch::asm!("/* {0} */", inout(reg) word, options(nostack, preserves_flags)) };
        word
    }
}

/// Runs from `r.ip` until the machine is left; the registers are then in `Saved`. (Inlined: as an
/// argument `Regs` would be copied through memory first.)
#[inline(always)]
pub(super) fn run(r: Regs) -> u64 {
    let first = next(&r);
    // SAFETY: I1–I3 hold for the code at `ip`, the registers are the execution's.
    unsafe {
        first(
            r.ip, r.fp, r.mem, r.acc, r.l0, r.l1, r.facc, r.f0, r.f1, r.vacc, r.context, r.counter,
        )
    }
}

/// Whether calls in tail position are jumps in this build: a thousand handlers in a row must leave
/// the native stack where it was. (A build without optimisation has none.)
pub(crate) fn tail_calls_work() -> bool {
    abi! {
        /// # Safety
        ///
        /// None needed: it touches nothing.
        #[inline(never)]
        #[allow(improper_ctypes_definitions, reason = "a vector register is an argument register")]
        fn depth(
            _ip: *const u8, _fp: *mut u64, _mem: *mut u8, _acc: u64, _l0: u64, _l1: u64,
            _facc: f64, _f0: f64, _f1: f64, _vacc: Vector, _context: f64,
            _counter: Counter,
        ) -> u64 {
            let here = 0_u8;
            black_box(&raw const here) as u64
        }
    }
    /// Counts down, then jumps to the code word behind its own.
    struct Down;
    impl Handler for Down {
        const SHAPE: super::Shape = super::Shape::Op { name: "down", operands: &[] };
        #[inline(always)]
        fn run(r: &mut Regs) -> Flow {
            if r.acc == 0 {
                r.advance(super::WORD);
            } else {
                r.acc -= 1;
            }
            Flow::Next
        }
    }
    let code: [Threaded; 2] = [threaded::<Down>, depth];
    let at = |count: u64| {
        let mut r = Regs::idle();
        r.ip = black_box(code.as_ptr()).cast();
        r.acc = count;
        run(r)
    };
    const ROUNDS: u64 = 1_000;
    const SLACK: u64 = 1_024;
    at(0).abs_diff(at(ROUNDS)) < SLACK
}
