//! An execution of a guest: its value stack, its registers while the machine is left, and the loop
//! that drives it: translate what is called for the first time, ask after each slice, stop.
//!
//! Nothing of the guest lies on the native stack here: an execution can wait, for a host call's
//! results or for its turn, and be dropped.
#![expect(unsafe_code, reason = "lays out the first frame, and reads frames and contexts")]

use std::ops::Range;
use std::ptr::NonNull;
use std::slice;

use super::call::{CrossReturn, Host};
use super::control::{Done, Translate};
use super::counter::Counter;
use super::{Handler, Leave, Reason, Regs, TrapCode, roots, stepped, threaded};
use crate::interp::code::{CallShape, HEADER, HOMES, ResultPlace, Word};
use crate::interp::engine::Backend;
use crate::interp::exception::Exception;
use crate::interp::store::StoreInner;
use crate::interp::store::context::Context;
use crate::interp::store::func::FuncInst;
use crate::interp::store::meter::Slice;
use crate::interp::store::pages::Reservation;
use crate::interp::store::parking::Waiter;
use crate::interp::translate::translate_function;
use crate::interp::trap::{Backtrace, Frame, Trap, TrapKind};
use crate::wasm::{FuncIdx, Index, TypeRegistry};

/// Slots behind the stack's end. A frame that is no larger needs no check of its own: its call has
/// compared its start with the stack's end (I4).
pub(crate) const RED_ZONE: usize = 1_024;

/// The machine's registers while it is left, and what handlers seldom need.
pub(crate) struct Saved {
    /// The registers.
    pub(super) regs: Regs,
    /// The code that a callee of another instance returns to.
    pub(super) cross_return: *const u8,
    /// Numbers of a trap from an outlined part of a handler.
    pub(super) numbers: [u64; 2],
    /// The value stack's addresses.
    stack: Range<usize>,
}

impl Saved {
    /// Whether a slot lies on the value stack.
    #[inline(always)]
    pub(super) fn holds(&self, slot: *mut u64) -> bool {
        self.stack.contains(&(slot as usize))
    }
}

/// Code that the machine itself needs, on one backend.
pub(super) struct Fixed {
    done: [Word; 1],
    cross_return: [Word; 1],
}

/// One for each backend.
fn fixed(backend: Backend) -> &'static Fixed {
    use std::sync::LazyLock;
    static THREADED: LazyLock<Fixed> = LazyLock::new(|| Fixed::new(Backend::Threaded));
    static STEPPED: LazyLock<Fixed> = LazyLock::new(|| Fixed::new(Backend::Stepped));
    match backend {
        Backend::Threaded => &THREADED,
        Backend::Stepped => &STEPPED,
    }
}

impl Fixed {
    fn new(backend: Backend) -> Self {
        Self {
            done: [<Done as Handler>::CODE.word(backend)],
            cross_return: [<CrossReturn as Handler>::CODE.word(backend)],
        }
    }
}

/// The code of a host function: the handler that calls it, and which one.
pub(crate) fn host_code(backend: Backend, func: NonNull<FuncInst>) -> [Word; 2] {
    [<Host as Handler>::CODE.word(backend), func.as_ptr() as Word]
}

/// The stub of a function that isn't translated: the handler, and which one.
pub(crate) fn stub(backend: Backend, defined: u32) -> [Word; 2] {
    [<Translate as Handler>::CODE.word(backend), Word::from(defined)]
}

/// Why an execution stopped.
pub(crate) enum Stop {
    /// The outermost function returned.
    Done,
    /// The guest is ended.
    Trap(Trap),
    /// A host function waits; `resume` gives its results.
    Wait,
    /// Another's turn.
    Yield,
    /// A host function failed: the error is in `StoreInner::failure`.
    Failed,
    /// An exception that nothing catches.
    Exception(Exception),
}

/// One execution of a guest.
pub(crate) struct Execution {
    stack: Reservation,
    slots: usize,
    pub(super) saved: Box<Saved>,
    backend: Backend,
    pub(super) fixed: &'static Fixed,
    shape: CallShape,
    /// What it waits for at an address, when it paused in between.
    pub(super) waiter: Option<Waiter>,
}

// SAFETY: the pointers are to the execution's own stack, to code, and to objects of the store that
// owns the execution; it is sent with its store.
unsafe impl Send for Execution {}

impl Execution {
    /// An execution whose frames may start in `slots` slots.
    pub(crate) fn new(backend: Backend, slots: usize) -> std::io::Result<Self> {
        let stack = Reservation::new((slots + RED_ZONE) * size_of::<u64>())?;
        let start = stack.base().as_ptr() as usize;
        let fixed = fixed(backend);
        let saved = Box::new(Saved {
            regs: Regs::idle(),
            cross_return: fixed.cross_return.as_ptr().cast(),
            numbers: [0, 0],
            stack: start..start + (slots + RED_ZONE) * size_of::<u64>(),
        });
        let shape = CallShape { params: 0, results: 0, place: ResultPlace::Nowhere };
        Ok(Self { stack, slots, saved, backend, fixed, shape, waiter: None })
    }

    /// The slots in which frames may start.
    pub(crate) const fn slots(&self) -> usize {
        self.slots
    }

    /// The stack's end: frames start below or here.
    fn stack_end(&self) -> *mut u64 {
        self.stack.base().as_ptr().cast::<u64>().wrapping_add(self.slots)
    }

    /// Lays out a call of `func` and gives the place of its arguments, to be written before it
    /// runs; `idle` is the context of a host function that the host calls.
    ///
    /// The accumulators and pins stay what they were: no code reads them before it sets them.
    #[inline]
    pub(crate) fn start(&mut self, func: NonNull<FuncInst>, idle: NonNull<Context>) -> &mut [u64] {
        // SAFETY: functions live as long as the store.
        let inst = unsafe { func.as_ref() };
        self.shape = inst.shape;
        let bottom = self.stack.base().as_ptr().cast::<u64>().wrapping_add(HEADER);
        let first = bottom.wrapping_add(HOMES);
        let context = if inst.context.is_null() { idle.as_ptr() } else { inst.context };
        let regs = &mut self.saved.regs;
        regs.fp = first.wrapping_add(inst.shape.area() as usize + HEADER);
        regs.context = f64::from_bits(context as u64);
        // SAFETY: a function's entry word lives as long as the function; the frame's header lies
        // behind the parameters.
        unsafe {
            regs.ip = inst.entry.cast::<*const u8>().read_volatile();
            *regs.fp.sub(HEADER).cast::<*mut u64>() = bottom;
            *regs.fp.sub(1).cast::<*const u8>() = self.fixed.done.as_ptr().cast();
        }
        // SAFETY: the red zone holds the largest parameters and results that `Limits` allows.
        unsafe { slice::from_raw_parts_mut(first, inst.shape.params as usize) }
    }

    /// Runs until it stops.
    pub(crate) fn run(&mut self, mut store: NonNull<StoreInner>) -> Stop {
        let executing = Executing { saved: NonNull::from(&mut *self.saved), fixed: self.fixed };
        // SAFETY: I7: no handler runs.
        let core = unsafe { store.as_mut() };
        core.executing.push(executing);
        let outer = core.running.is_some().then(|| Outer::suspend(store));
        let stop = self.watched_slices(store);
        if let Some(outer) = outer {
            outer.restore(store);
        }
        // SAFETY: I7: no handler runs.
        unsafe { store.as_mut() }.executing.pop();
        stop
    }

    /// Gives `visit` the slots of the references that it holds. It doesn't run.
    pub(crate) fn each_root(&self, types: &TypeRegistry, visit: &mut dyn FnMut(u64)) {
        roots::frames(Walk::new(self.saved.regs, self.fixed), types, visit);
    }

    /// Runs slice after slice; whoever watches hears of an end before the function's.
    fn watched_slices(&mut self, mut store: NonNull<StoreInner>) -> Stop {
        let stop = self.slices(store);
        if let Stop::Trap(_) | Stop::Failed | Stop::Exception(_) = stop {
            // SAFETY: I7: the machine is left: no handler runs.
            unsafe { store.as_mut() }.watch.end(&self.saved);
        }
        stop
    }

    /// Runs slice after slice.
    fn slices(&mut self, mut store: NonNull<StoreInner>) -> Stop {
        let mut fresh = true;
        loop {
            let stack_end = self.stack_end();
            let saved: *mut Saved = &raw mut *self.saved;
            // SAFETY: I7: no handler runs now; `saved` outlives the run.
            let word = unsafe {
                let regs = &mut (*saved).regs;
                let context = regs.context();
                if fresh {
                    regs.counter = Counter::new(store.as_mut().meter.grant());
                }
                (*context).stack_end = stack_end;
                (*context).saved = saved;
                regs.mem = (*context).memory0;
                match self.backend {
                    Backend::Threaded => threaded::run(*regs),
                    Backend::Stepped => stepped::run(*regs),
                }
            };
            // SAFETY: the machine is left: no handler runs.
            let store = unsafe { store.as_mut() };
            fresh = word != Leave::COLLECT.bits();
            if !fresh {
                // Nothing is booked: the op runs again, in the same slice.
                match self.make_room(store) {
                    Ok(()) => continue,
                    Err(stop) => return stop,
                }
            }
            let spent = store.meter.settle(self.saved.regs.counter.left());
            let enough = store.meter.pay(spent);
            match Leave::reason(word) {
                Reason::Done => return Stop::Done,
                Reason::Translate | Reason::Collect => self.translate(),
                Reason::Wait if store.native_depth > 0 => {
                    return Stop::Trap(self.trap(TrapKind::CannotWait));
                }
                Reason::Wait => return Stop::Wait,
                Reason::Fail => return Stop::Failed,
                Reason::Throw | Reason::ThrowRef => match self.unwind(store, word) {
                    // A clause may lead back, and no branch stands between that would notice.
                    Ok(enough) if self.saved.regs.counter.is_over() => {
                        if let Some(stop) = self.slice_over(store, enough, spent) {
                            return stop;
                        }
                    }
                    Ok(_) => fresh = false,
                    Err(stop) => return stop,
                },
                Reason::Trap(code, part) => return Stop::Trap(self.trapped(store, code, part)),
                Reason::Park => {
                    if let Some(stop) = self.park(store, enough) {
                        return stop;
                    }
                }
                Reason::SliceOver => {
                    if let Some(stop) = self.slice_over(store, enough, spent) {
                        return stop;
                    }
                }
            }
        }
    }

    /// After a slice: whether it stops here. `enough` says whether the budget had what was spent.
    pub(super) fn slice_over(
        &self,
        store: &mut StoreInner,
        enough: bool,
        spent: u64,
    ) -> Option<Stop> {
        if !enough {
            return Some(Stop::Trap(self.trap(TrapKind::OutOfFuel)));
        }
        match store.meter.decide(spent) {
            Slice::GoOn => None,
            Slice::Yield if store.native_depth > 0 => None,
            Slice::Yield => Some(Stop::Yield),
            Slice::Trap(kind) => Some(Stop::Trap(self.trap(kind))),
        }
    }

    /// Translates the function whose stub `ip` is at, and goes on in its code.
    fn translate(&mut self) {
        let regs = &mut self.saved.regs;
        let defined = regs.operand::<u64>(super::WORD) as usize;
        // SAFETY: the context is that of the function's instance, which is alive.
        let module = unsafe { &(*(*regs.context()).instance).module };
        translate_function(module, defined);
        regs.ip = module.code.entry_address(defined);
    }

    /// After a host function waited: its results, in slots.
    pub(crate) fn resume(&mut self, results: &[u64]) {
        let Some(func) = self.waiting() else { return };
        // SAFETY: functions live as long as the store.
        let area = unsafe { func.as_ref() }.shape.area() as usize;
        let regs = &mut self.saved.regs;
        let first = regs.fp.wrapping_sub(HEADER + area);
        let count = results.len().min(area);
        // SAFETY: I2: the host function's parameters and results lie there.
        unsafe { first.copy_from_nonoverlapping(results.as_ptr(), count) };
        if let [value, ..] = results {
            regs.acc = *value;
            regs.facc = f64::from_bits(*value);
        }
        // Another execution may have run in this instance since.
        let saved = &raw mut *self.saved;
        // SAFETY: I7: no handler runs; the context is that of the instance that called.
        unsafe { (*(*saved).regs.context()).saved = saved };
        super::control::leave_frame(&mut self.saved.regs);
    }

    /// The host function that the execution stopped in.
    pub(crate) fn waiting(&self) -> Option<NonNull<FuncInst>> {
        NonNull::new(self.saved.regs.operand::<*mut FuncInst>(super::WORD))
    }

    /// Bytes of the value stack up to the highest slot that isn't zero: what was used of it.
    pub(crate) fn used(&self) -> usize {
        let first = self.stack.base().as_ptr().cast::<u64>();
        // SAFETY: the stack has so many slots; no handler runs.
        let slots = unsafe { slice::from_raw_parts(first, self.slots + RED_ZONE) };
        let last = slots.iter().rposition(|slot| *slot != 0);
        last.map_or(0, |last| (last + 1) * size_of::<u64>())
    }

    /// The results' slots, when it is done.
    #[inline]
    pub(crate) fn results(&self) -> &[u64] {
        let regs = &self.saved.regs;
        match self.shape.place {
            ResultPlace::Nowhere => &[],
            ResultPlace::Acc => slice::from_ref(&regs.acc),
            // SAFETY: a float's bits are an integer of the same size and alignment.
            ResultPlace::FloatAcc => slice::from_ref(unsafe { &*(&raw const regs.facc).cast() }),
            ResultPlace::Slots => {
                let first = regs.fp.wrapping_add(HOMES);
                // SAFETY: `Done` has left the frame: `fp` is the bottom, and the results stand
                // where the parameters did.
                unsafe { slice::from_raw_parts(first, self.shape.results as usize) }
            }
        }
    }

    /// Makes room for the object that found none. The collector's work ends the slice earlier.
    fn make_room(&mut self, store: &mut StoreInner) -> Result<(), Stop> {
        let made = store.make_room(self.saved.numbers[0]);
        let counter = &mut self.saved.regs.counter;
        match made {
            Ok(work) => {
                *counter = Counter::new(store.meter.shorten(counter.left(), work));
                Ok(())
            }
            Err(kind) => {
                let spent = store.meter.settle(counter.left());
                store.meter.pay(spent);
                Err(Stop::Trap(self.trap_here(store, kind, 0)))
            }
        }
    }

    /// A trap that isn't an instruction's.
    pub(super) fn trap(&self, kind: TrapKind) -> Trap {
        Trap::with_backtrace(kind, self.backtrace(0).0)
    }

    /// A trap of the instruction at `ip`, in this part of a superinstruction; the instructions that
    /// were executed since the last charge are booked.
    fn trapped(&self, store: &mut StoreInner, code: TrapCode, part: u32) -> Trap {
        let regs = &self.saved.regs;
        let (first, second) = (regs.l0, regs.l1);
        let kind = match code {
            TrapCode::Unreachable => TrapKind::Unreachable,
            TrapCode::MemoryOutOfBounds => TrapKind::MemoryOutOfBounds { addr: first, len: second },
            TrapCode::UnalignedAtomic => TrapKind::UnalignedAtomic { addr: first, len: second },
            TrapCode::TableOutOfBounds => TrapKind::TableOutOfBounds { index: first, len: second },
            TrapCode::UndefinedElement => {
                let size = regs.elements(second as u32).1;
                TrapKind::UndefinedElement { index: first, size }
            }
            TrapCode::UninitializedElement => TrapKind::UninitializedElement { index: first },
            TrapCode::IndirectCallTypeMismatch => TrapKind::IndirectCallTypeMismatch,
            TrapCode::NullFunctionReference => TrapKind::NullFunctionReference,
            TrapCode::NullReference => TrapKind::NullReference,
            TrapCode::NullExceptionReference => TrapKind::NullExceptionReference,
            TrapCode::NullStructureReference => TrapKind::NullStructureReference,
            TrapCode::NullArrayReference => TrapKind::NullArrayReference,
            TrapCode::NullI31Reference => TrapKind::NullI31Reference,
            TrapCode::ArrayOutOfBounds => TrapKind::ArrayOutOfBounds { index: first, len: second },
            TrapCode::CastFailure => TrapKind::CastFailure,
            TrapCode::IntegerDivideByZero => TrapKind::IntegerDivideByZero,
            TrapCode::IntegerOverflow => TrapKind::IntegerOverflow,
            TrapCode::InvalidConversionToInteger => TrapKind::InvalidConversionToInteger,
            TrapCode::CallStackExhausted => TrapKind::CallStackExhausted,
        };
        self.trap_here(store, kind, part)
    }

    /// A trap of the instruction at `ip`, whose path books what it hasn't paid.
    pub(super) fn trap_here(&self, store: &mut StoreInner, kind: TrapKind, part: u32) -> Trap {
        let (backtrace, unpaid) = self.backtrace(part);
        store.meter.unpaid(u64::from(unpaid));
        Trap::with_backtrace(kind, backtrace)
    }

    /// The frames, innermost first, and what the innermost instruction's path hasn't paid.
    pub(crate) fn backtrace(&self, part: u32) -> (Backtrace, u32) {
        let mut backtrace = Backtrace::default();
        let mut walk = Walk::new(self.saved.regs, self.fixed);
        let mut unpaid = 0;
        loop {
            let Walk { r, innermost, .. } = &walk;
            // SAFETY: contexts of frames belong to live instances (a host function that the host
            // called has none).
            let instance = unsafe { (*r.context()).instance.as_ref() };
            let site = instance.and_then(|instance| {
                Some((instance, instance.module.code.site(r.ip, part, *innermost)?))
            });
            if let Some((instance, (defined, site))) = site {
                let wasm = &instance.module.wasm;
                let func = FuncIdx::from_usize(wasm.imported_funcs() + defined);
                if *innermost {
                    unpaid = site.unpaid;
                }
                if backtrace.frames.len() < Backtrace::MAX {
                    let name = wasm.func_name(func).map(Into::into);
                    backtrace.frames.push(Frame { func, name, offset: site.offset as usize });
                } else {
                    backtrace.omitted += 1;
                }
            }
            if !walk.step() {
                return (backtrace, unpaid);
            }
        }
    }
}

/// An execution that runs, or waits for one below a host function: where its registers are when the
/// machine is left.
pub(crate) struct Executing {
    saved: NonNull<Saved>,
    fixed: &'static Fixed,
}

impl Executing {
    /// Gives `visit` the slots of the references that it holds. The machine is left.
    pub(crate) fn each_root(&self, types: &TypeRegistry, visit: &mut dyn FnMut(u64)) {
        // SAFETY: the registers live as long as the execution runs; I7: no handler runs.
        let regs = unsafe { self.saved.as_ref() }.regs;
        roots::frames(Walk::new(regs, self.fixed), types, visit);
    }
}

/// A walk over the frames of an execution that isn't running, innermost first.
pub(super) struct Walk {
    /// The registers that a frame has: `ip`, behind its call when it isn't the innermost, `fp` and
    /// the context.
    pub(super) r: Regs,
    pub(super) innermost: bool,
    fixed: &'static Fixed,
}

impl Walk {
    pub(super) const fn new(r: Regs, fixed: &'static Fixed) -> Self {
        Self { r, innermost: true, fixed }
    }

    /// To the caller; false when there is none.
    pub(super) fn step(&mut self) -> bool {
        let r = &mut self.r;
        self.innermost = false;
        let back = r.return_address();
        if back == self.fixed.done.as_ptr().cast() {
            return false;
        }
        r.ip = back;
        r.fp = r.caller();
        if back == self.fixed.cross_return.as_ptr().cast() {
            let (back, context) = r.crossing();
            (r.ip, r.context) = (back, context);
        }
        true
    }
}

/// The run that called the host, which calls a guest again: its instance may be entered anew, so
/// what its context holds for it is put aside.
struct Outer {
    context: Option<NonNull<Context>>,
    stack_end: *mut u64,
    saved: *mut Saved,
}

impl Outer {
    /// Puts the outer run aside and books what it has executed.
    fn suspend(mut store: NonNull<StoreInner>) -> Self {
        // SAFETY: I7: no handler runs; the running context is alive.
        unsafe {
            let store = store.as_mut();
            let context = store.running.take();
            let Some(at) = context else {
                return Self {
                    context,
                    stack_end: std::ptr::null_mut(),
                    saved: std::ptr::null_mut(),
                };
            };
            let at = at.as_ref();
            let spent = store.meter.settle((*at.saved).regs.counter.left());
            store.meter.pay(spent);
            Self { context, stack_end: at.stack_end, saved: at.saved }
        }
    }

    /// Puts it back, with a slice of its own.
    fn restore(self, mut store: NonNull<StoreInner>) {
        let Some(mut context) = self.context else { return };
        // SAFETY: I7: no handler runs; the running context is alive.
        unsafe {
            let store = store.as_mut();
            let context = context.as_mut();
            (*self.saved).regs.counter = Counter::new(store.meter.grant());
            context.stack_end = self.stack_end;
            context.saved = self.saved;
            store.running = self.context;
        }
    }
}
