//! Calls: direct, of imports, through tables, through references; tail versions; of the host.
//!
//! The arguments already lie where the callee expects them, below its header. A call saves both
//! pins in the caller's frame and the return loads both, always: tracking which are needed costs
//! more than it saves. A callee of another instance returns to `CrossReturn`, which finds in the
//! caller's frame where to go on and in which context.
#![expect(unsafe_code, reason = "follows function addresses and calls the host")]

use std::marker::PhantomData;
use std::ptr::NonNull;
use std::slice;

use super::control::{Toll, leave_frame};
use super::operand::Source;
use super::regs::apart;
use super::{Flow, Handler, Kind, Leave, Regs, Shape, TrapCode, WORD, whole};
use crate::interp::code::HEADER;
use crate::interp::store::context::Context;
use crate::interp::store::func::{FuncInst, HostExit};

/// Moves into the frame at `frame`, which returns to `back`; the code there is `code`.
#[inline(always)]
fn enter<T: Toll>(
    r: &mut Regs,
    cost: usize,
    frame: *mut u64,
    back: *const u8,
    code: *const u8,
) -> Flow {
    if frame > r.stack_end() {
        return Flow::Leave(Leave::trap(TrapCode::CallStackExhausted));
    }
    let (l0, l1) = (r.l0, r.l1);
    r.set_own(0, l0);
    r.set_own(1, l1);
    let caller = r.fp;
    r.set_header(frame, caller, back);
    let goes_on = T::pay(r, cost);
    r.fp = frame;
    r.ip = code;
    if goes_on { Flow::Next } else { Flow::SliceOver }
}

/// Calls `func`, in the frame `delta` slots up; the next op is at `back`.
#[inline(always)]
fn enter_func<T: Toll>(
    r: &mut Regs,
    cost: usize,
    delta: usize,
    mut back: *const u8,
    func: NonNull<FuncInst>,
) -> Flow {
    let (code, context) = code_and_context(func);
    let frame = r.frame(delta);
    if !context.is_null() && context != r.context() {
        if frame > r.stack_end() {
            return Flow::Leave(Leave::trap(TrapCode::CallStackExhausted));
        }
        let caller = r.fp;
        r.set_crossing(caller, back);
        back = r.cross_return();
        let goes_on = enter::<T>(r, cost, frame, back, code);
        r.switch_to(context);
        return goes_on;
    }
    enter::<T>(r, cost, frame, back, code)
}

/// The code of a function, and the context it runs in.
#[inline(always)]
fn code_and_context(func: NonNull<FuncInst>) -> (*const u8, *mut Context) {
    // SAFETY: functions live as long as the store; the entry word as long as the function.
    unsafe {
        let func = func.as_ref();
        (func.entry.cast::<*const u8>().read_volatile(), func.context)
    }
}

/// call entry, in the frame D slots up
pub(crate) struct Call<const D: usize, T>(PhantomData<T>);

impl<const D: usize, T: Toll> Handler for Call<D, T> {
    const SHAPE: Shape = Shape::Op { name: "call", operands: &[Kind::Entry, Kind::Cost] };

    #[inline(always)]
    fn run(r: &mut Regs) -> Flow {
        let code = r.published(WORD);
        let back = r.after(2 * WORD + whole(T::SIZE));
        let frame = r.frame(D);
        enter::<T>(r, 2 * WORD, frame, back, code)
    }
}

/// call entry, in the frame n slots up
pub(crate) struct CallFar<T>(PhantomData<T>);

impl<T: Toll> Handler for CallFar<T> {
    const SHAPE: Shape =
        Shape::Op { name: "call far", operands: &[Kind::Entry, Kind::Index, Kind::Cost] };

    #[inline(always)]
    fn run(r: &mut Regs) -> Flow {
        let code = r.published(WORD);
        let delta = r.operand::<u32>(2 * WORD) as usize;
        let cost = 2 * WORD + Kind::Index.size();
        let back = r.after(2 * WORD + whole(Kind::Index.size() + T::SIZE));
        let frame = r.frame(delta);
        enter::<T>(r, cost, frame, back, code)
    }
}

/// The operands that calls through a `FuncInst` share: the frame's distance, then what is paid.
struct Through<T>(PhantomData<T>);

impl<T: Toll> Through<T> {
    const SIZE: usize = Kind::Index.size() + T::SIZE;

    #[inline(always)]
    fn enter(r: &mut Regs, size: usize, func: NonNull<FuncInst>) -> Flow {
        let delta = r.operand::<u32>(WORD) as usize;
        let back = r.after(WORD + whole(size));
        enter_func::<T>(r, WORD + Kind::Index.size(), delta, back, func)
    }
}

/// call import n
pub(crate) struct CallImport<T>(PhantomData<T>);

impl<T: Toll> Handler for CallImport<T> {
    const SHAPE: Shape =
        Shape::Op { name: "call import", operands: &[Kind::Index, Kind::Cost, Kind::Index] };

    #[inline(always)]
    fn run(r: &mut Regs) -> Flow {
        let import = r.operand::<u32>(WORD + Through::<T>::SIZE);
        let func = r.import(import);
        Through::<T>::enter(r, Through::<T>::SIZE + Kind::Index.size(), func)
    }
}

/// call table n [x], of type m
pub(crate) struct CallIndirect<X, T>(PhantomData<(X, T)>);

impl<X: Source, T: Toll> Handler for CallIndirect<X, T> {
    const SHAPE: Shape = Shape::Op {
        name: "call indirect",
        operands: &[Kind::Index, Kind::Cost, Kind::Index, Kind::Index, X::KIND],
    };

    #[inline(always)]
    fn run(r: &mut Regs) -> Flow {
        let at = WORD + Through::<T>::SIZE;
        match indirect::<X>(r, at) {
            Ok(func) => {
                let size = Through::<T>::SIZE + 2 * Kind::Index.size() + X::SIZE;
                Through::<T>::enter(r, size, func)
            }
            Err(why) => Flow::Leave(why),
        }
    }
}

/// The function that a table holds, when it has the type: operands are table, type and index.
#[inline(always)]
fn indirect<X: Source>(r: &mut Regs, at: usize) -> Result<NonNull<FuncInst>, Leave> {
    let index = X::read(r, at + 2 * Kind::Index.size());
    let table = r.operand::<u32>(at);
    let Some(element) = r.element(table, index) else {
        return Err(r.trap_with(TrapCode::UndefinedElement, index, u64::from(table)));
    };
    let Some(func) = NonNull::new(element as *mut FuncInst) else {
        return Err(r.trap_with(TrapCode::UninitializedElement, index, 0));
    };
    let wanted = r.operand::<u32>(at + Kind::Index.size());
    if !has_type(func, wanted) {
        return Err(Leave::trap(TrapCode::IndirectCallTypeMismatch));
    }
    Ok(func)
}

/// Whether a function's type is the canonical type `wanted`, or declared as a subtype of it.
#[inline(always)]
fn has_type(func: NonNull<FuncInst>, wanted: u32) -> bool {
    // SAFETY: functions live as long as the store.
    let func = unsafe { func.as_ref() };
    func.type_id == wanted || func.supertypes.contains(&wanted)
}

/// A function's canonical type, and those above it, the nearest first.
#[inline(always)]
pub(super) fn type_of<'f>(func: NonNull<FuncInst>) -> (u32, &'f [u32]) {
    // SAFETY: functions live as long as the store.
    let func = unsafe { func.as_ref() };
    (func.type_id, &func.supertypes)
}

/// call x
pub(crate) struct CallRef<X, T>(PhantomData<(X, T)>);

impl<X: Source, T: Toll> Handler for CallRef<X, T> {
    const SHAPE: Shape =
        Shape::Op { name: "call ref", operands: &[Kind::Index, Kind::Cost, X::KIND] };

    #[inline(always)]
    fn run(r: &mut Regs) -> Flow {
        let Some(func) = NonNull::new(X::read(r, WORD + Through::<T>::SIZE) as *mut FuncInst)
        else {
            return Flow::Leave(Leave::trap(TrapCode::NullFunctionReference));
        };
        Through::<T>::enter(r, Through::<T>::SIZE + X::SIZE, func)
    }
}

/// The operands that tail calls share: what is paid, the slot of the first argument, how many
/// there are, the slots between this frame's first parameter and its own slots, and the callee's.
struct Tail<T>(PhantomData<T>);

impl<T: Toll> Tail<T> {
    const SIZE: usize = T::SIZE + 4 * Kind::Index.size();
    const KINDS: [Kind; 5] = [Kind::Cost, Kind::FarSlot, Kind::Index, Kind::Index, Kind::Index];

    /// Replaces this frame by one of the code at `code`, in `context` (null: this one).
    #[inline(always)]
    fn enter(r: &mut Regs, at: usize, code: *const u8, context: *mut Context) -> Flow {
        let mut operand = at + T::SIZE;
        let mut next = |r: &Regs| {
            let value = r.operand::<i32>(operand);
            operand += Kind::Index.size();
            value
        };
        let (from, count, mine, theirs) = (next(r), next(r), next(r), next(r));
        let frame = r.fp.wrapping_offset((theirs - mine) as isize);
        if frame > r.stack_end() {
            return Flow::Leave(Leave::trap(TrapCode::CallStackExhausted));
        }
        let (caller, mut back) = (r.caller(), r.return_address());
        let crosses = !context.is_null() && context != r.context();
        if crosses && back != r.cross_return() {
            r.set_crossing(caller, back);
            back = r.cross_return();
        }
        let goes_on = T::pay(r, at);
        for argument in 0..count {
            let value = r.own(from + argument);
            r.set_own(argument - mine, value);
            apart();
        }
        r.set_header(frame, caller, back);
        r.fp = frame;
        r.ip = code;
        if crosses {
            r.switch_to(context);
        }
        if goes_on { Flow::Next } else { Flow::SliceOver }
    }
}

/// return call entry
pub(crate) struct ReturnCall<T>(PhantomData<T>);

impl<T: Toll> Handler for ReturnCall<T> {
    const SHAPE: Shape = Shape::Pair(
        &Shape::Op { name: "return call", operands: &[Kind::Entry] },
        &Shape::Op { name: "", operands: &Tail::<T>::KINDS },
    );

    #[inline(always)]
    fn run(r: &mut Regs) -> Flow {
        let code = r.published(WORD);
        Tail::<T>::enter(r, 2 * WORD, code, std::ptr::null_mut())
    }
}

/// return call import n
pub(crate) struct ReturnCallImport<T>(PhantomData<T>);

impl<T: Toll> Handler for ReturnCallImport<T> {
    const SHAPE: Shape = Shape::Pair(
        &Shape::Op { name: "return call import", operands: &Tail::<T>::KINDS },
        &Shape::Op { name: "", operands: &[Kind::Index] },
    );

    #[inline(always)]
    fn run(r: &mut Regs) -> Flow {
        let import = r.operand::<u32>(WORD + Tail::<T>::SIZE);
        let (code, context) = code_and_context(r.import(import));
        Tail::<T>::enter(r, WORD, code, context)
    }
}

/// return call table n [x], of type m
pub(crate) struct ReturnCallIndirect<X, T>(PhantomData<(X, T)>);

impl<X: Source, T: Toll> Handler for ReturnCallIndirect<X, T> {
    const SHAPE: Shape = Shape::Pair(
        &Shape::Op { name: "return call indirect", operands: &Tail::<T>::KINDS },
        &Shape::Op { name: "", operands: &[Kind::Index, Kind::Index, X::KIND] },
    );

    #[inline(always)]
    fn run(r: &mut Regs) -> Flow {
        match indirect::<X>(r, WORD + Tail::<T>::SIZE) {
            Ok(func) => {
                let (code, context) = code_and_context(func);
                Tail::<T>::enter(r, WORD, code, context)
            }
            Err(why) => Flow::Leave(why),
        }
    }
}

/// return call x
pub(crate) struct ReturnCallRef<X, T>(PhantomData<(X, T)>);

impl<X: Source, T: Toll> Handler for ReturnCallRef<X, T> {
    const SHAPE: Shape = Shape::Pair(
        &Shape::Op { name: "return call ref", operands: &Tail::<T>::KINDS },
        &Shape::Op { name: "", operands: &[X::KIND] },
    );

    #[inline(always)]
    fn run(r: &mut Regs) -> Flow {
        let Some(func) = NonNull::new(X::read(r, WORD + Tail::<T>::SIZE) as *mut FuncInst) else {
            return Flow::Leave(Leave::trap(TrapCode::NullFunctionReference));
        };
        let (code, context) = code_and_context(func);
        Tail::<T>::enter(r, WORD, code, context)
    }
}

/// A callee of another instance returned: back to the caller's context and code.
pub(crate) struct CrossReturn;

impl Handler for CrossReturn {
    const SHAPE: Shape = Shape::Op { name: "cross return", operands: &[] };

    #[inline(always)]
    fn run(r: &mut Regs) -> Flow {
        let (back, context) = r.crossing();
        r.switch_to(context.to_bits() as *mut Context);
        r.ip = back;
        Flow::Next
    }
}

/// The body of a host function: calls it with the parameters' slots, then returns. The words:
/// handler, address of the `FuncInst`.
pub(crate) struct Host;

impl Handler for Host {
    const SHAPE: Shape = Shape::Op { name: "host", operands: &[Kind::Entry] };

    #[inline(always)]
    fn run(r: &mut Regs) -> Flow {
        r.save();
        let func = r.operand::<NonNull<FuncInst>>(WORD);
        let exit = call_host(func, r.context(), r.fp);
        // They were saved anyway: to read them again is cheaper than to keep them for so long.
        *r = r.saved().regs;
        match exit {
            HostExit::Return => {
                leave_frame(r);
                Flow::Next
            }
            HostExit::Wait => Flow::Leave(Leave::WAIT),
            HostExit::Fail => Flow::Leave(Leave::FAIL),
            HostExit::Throw => Flow::Leave(Leave::THROW_REF),
        }
    }
}

/// Calls out, with heap pointers only: the handler's frame must not escape. A single result goes
/// to the saved accumulators.
#[inline(never)]
fn call_host(func: NonNull<FuncInst>, caller: *mut Context, fp: *mut u64) -> HostExit {
    let Some(caller) = NonNull::new(caller) else { return HostExit::Fail };
    // SAFETY: the function lives as long as the store; the context is the running instance's.
    let (func, context) = unsafe { (func.as_ref(), caller.as_ref()) };
    let (Some(host), Some(mut store)) = (&func.host, NonNull::new(context.store)) else {
        return HostExit::Fail;
    };
    let area = func.shape.area() as usize;
    let first = fp.wrapping_sub(HEADER + area);
    // SAFETY: I2: the parameters' slots are this frame's; nobody else writes them meanwhile.
    let slots = unsafe { slice::from_raw_parts_mut(first, area) };
    // SAFETY: I7: this handler alone runs, and touches the store only through this pointer.
    let inner = unsafe { store.as_mut() };
    let (outer, scope) = (inner.running.replace(caller), inner.roots.get_mut().mark());
    let exit = host.call.call(store, caller, slots);
    // SAFETY: as before.
    let store = unsafe { store.as_mut() };
    store.running = outer;
    // An error may carry handles out.
    if exit != HostExit::Fail {
        store.roots.get_mut().leave(scope);
    }
    let result = if exit == HostExit::Throw { Some(&store.thrown) } else { slots.first() };
    if let Some(value) = result {
        // SAFETY: the execution's own registers, while no handler runs.
        let regs = unsafe { &mut (*(*caller.as_ptr()).saved).regs };
        regs.acc = *value;
        regs.facc = f64::from_bits(*value);
    }
    exit
}
