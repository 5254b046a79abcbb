//! Guest executions: the call that runs to its end, and the [`Activation`] that can pause. What a
//! guest has on its stack is in an `Execution` of the store's, never on the native stack across a
//! host call.

use std::mem;
use std::panic;
use std::ptr::NonNull;
use std::sync::Arc;

use super::caller::{AsContext, AsContextMut, StoreMut};
use super::error::{CallError, Failure, Misuse};
use super::handles::Instance;
use super::machine::{Execution, Stop};
use super::store::StoreInner;
use super::store::func::FuncInst;
use super::store::object;
use super::trap::TrapKind;
use crate::wasm::{Func, FuncType, Val};

/// A call that can pause: a handle, with which the store that executes it goes on.
///
/// It pauses where a host function waits and where a slice's hook yields; both times
/// [`resume`](Self::resume) goes on. When it has ended, with results or an error, or was
/// cancelled, its handle can't be used any more.
///
/// ```
/// use serverless_wasm::interp::{CallError, Caller, Engine, Linker, Module, State, Store, Val};
/// use serverless_wasm::interp::Wait;
///
/// let engine = Engine::default();
/// let module = Module::new(&engine, &wat::parse_str(r#"
///     (module
///       (import "host" "read" (func $read (param i32) (result i32)))
///       (func (export "run") (result i32) i32.const 5 call $read i32.const 1 i32.add))
/// "#)?)?;
/// let mut linker = Linker::new(&engine);
/// // The request is put where the embedder finds it; the results come later.
/// linker.func_wait("host", "read", |mut caller: Caller<'_, i32>, fd: i32| {
///     *caller.data_mut() = fd;
///     Ok::<Wait<i32>, CallError>(Wait::Pending)
/// })?;
/// let mut store = Store::new(&engine, 0);
/// let instance = linker.instantiate(&mut store, &module)?;
/// let run = instance.get_func(&mut store, "run")?.start(&mut store, &[])?;
/// assert!(matches!(run.resume(&mut store, &[])?, State::Waiting(_)));
/// let answer = Val::I32(*store.data() * 8);
/// assert_eq!(run.resume(&mut store, &[answer])?, State::Done(vec![Val::I32(41)]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Activation {
    store: u32,
    index: u32,
    generation: u32,
    instance: Option<Instance>,
}

/// Where an [`Activation`] stands. (One that trapped says so by the error of its last `resume`.)
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum State {
    /// It can run: it has not begun, or its slice's hook made it yield.
    Ready,
    /// It runs: it is a host function below it that asks.
    Running,
    /// This host function waits. To go on, give its results.
    Waiting(Func),
    /// It ended with these results.
    Done(Vec<Val>),
}

impl Activation {
    /// Runs it until it ends or pauses. Where a host function waited, `results` are its results;
    /// otherwise there are none.
    ///
    /// # Errors
    /// When the guest traps or a host function fails: the activation has ended then. A [`Misuse`]
    /// leaves it as it was.
    ///
    /// # Panics
    /// When a host function panics: with its panic.
    pub fn resume(self, mut store: impl AsContextMut, results: &[Val]) -> Result<State, CallError> {
        let mut store = store.as_context_mut();
        let mut store = store.erase();
        let core = store.core();
        let types = match &self.entry(core)?.progress {
            Progress::Waiting { func, .. } => Arc::clone(&object::resolve(core, *func).ty),
            Progress::Ready(_) => Arc::default(),
            Progress::Free | Progress::Running => return Err(Misuse::NotResumable.into()),
        };
        let results = core.slots_of_vals(results, &types.results)?;
        let entry = &mut store.core_mut().activations.entries[self.index as usize];
        let execution = match mem::replace(&mut entry.progress, Progress::Running) {
            Progress::Waiting { mut execution, .. } => {
                execution.resume(&results);
                Some(execution)
            }
            Progress::Ready(execution) => execution,
            Progress::Free | Progress::Running => None,
        };
        self.go_on(&mut store, execution)
    }

    /// Where it stands.
    ///
    /// # Errors
    /// When it has ended, was cancelled, or belongs to another store.
    pub fn state(self, store: impl AsContext) -> Result<State, Misuse> {
        let store = store.as_context();
        let core = store.core();
        match &self.entry(core)?.progress {
            Progress::Ready(_) => Ok(State::Ready),
            Progress::Running => Ok(State::Running),
            Progress::Waiting { func, .. } => {
                Ok(State::Waiting(Func { store: core.id, addr: object::resolve(core, *func).addr }))
            }
            Progress::Free => Err(Misuse::NotResumable),
        }
    }

    /// Ends it where it stands. The guest notices nothing.
    ///
    /// # Errors
    /// When it has ended, was cancelled, runs, or belongs to another store.
    pub fn cancel(self, mut store: impl AsContextMut) -> Result<(), Misuse> {
        let mut store = store.as_context_mut();
        let execution = match &mut self.entry_mut(store.core_mut())?.progress {
            Progress::Free | Progress::Running => return Err(Misuse::NotResumable),
            progress @ (Progress::Ready(_) | Progress::Waiting { .. }) => {
                match mem::replace(progress, Progress::Running) {
                    Progress::Ready(execution) => execution,
                    Progress::Waiting { execution, .. } => Some(execution),
                    Progress::Free | Progress::Running => None,
                }
            }
        };
        let execution = execution.map(|mut execution| {
            execution.wake();
            execution
        });
        store.core_mut().activations.end(self.index, execution);
        Ok(())
    }

    /// The instance that it makes, when it is one of `InstancePre::start`. It is complete when the
    /// activation is done.
    #[must_use]
    pub const fn instance(self) -> Option<Instance> {
        self.instance
    }

    /// A call, its arguments in slots.
    pub(super) fn of_call(
        core: &mut StoreInner,
        func: NonNull<FuncInst>,
        args: &[u64],
    ) -> Result<Self, CallError> {
        let execution = core.start(func, args)?;
        let ty = Arc::clone(&object::resolve(core, func).ty);
        Ok(Self::new(core, Entry { ty, ..Entry::new(Some(execution)) }))
    }

    /// What is left to do for an instance: functions without parameters and results.
    pub(super) fn of_instance(
        core: &mut StoreInner,
        instance: Instance,
        funcs: [Option<NonNull<FuncInst>>; 2],
    ) -> Self {
        let activation = Self::new(core, Entry { then: funcs, ..Entry::new(None) });
        Self { instance: Some(instance), ..activation }
    }

    fn new(core: &mut StoreInner, entry: Entry) -> Self {
        let (index, generation) = core.activations.add(entry);
        Self { store: core.id, index, generation, instance: None }
    }

    fn entry(self, core: &StoreInner) -> Result<&Entry, Misuse> {
        if self.store != core.id {
            return Err(Misuse::ForeignHandle);
        }
        let entry = core.activations.entries.get(self.index as usize);
        entry.filter(|entry| entry.generation == self.generation).ok_or(Misuse::NotResumable)
    }

    fn entry_mut(self, core: &mut StoreInner) -> Result<&mut Entry, Misuse> {
        self.entry(core)?;
        Ok(&mut core.activations.entries[self.index as usize])
    }

    /// Runs the execution, then the functions that follow it.
    fn go_on(
        self,
        store: &mut StoreMut<'_>,
        mut current: Option<Box<Execution>>,
    ) -> Result<State, CallError> {
        loop {
            let mut execution = match current.take() {
                Some(execution) => execution,
                None => match self.next(store.core_mut()) {
                    Ok(Some(execution)) => execution,
                    Ok(None) => return Ok(self.done(store.core_mut(), None)),
                    Err(error) => {
                        store.core_mut().activations.end(self.index, None);
                        return Err(error);
                    }
                },
            };
            let stop = run(store, &mut execution, Pausing::Allowed);
            let core = store.core_mut();
            let entry = &mut core.activations.entries[self.index as usize];
            match stop {
                Stop::Done if entry.then.iter().any(Option::is_some) => {
                    core.activations.rest(execution);
                }
                Stop::Done => return Ok(self.done(core, Some(execution))),
                Stop::Yield => {
                    entry.progress = Progress::Ready(Some(execution));
                    return Ok(State::Ready);
                }
                Stop::Wait => {
                    let func = execution.waiting().expect("waiting: a host function was called");
                    entry.progress = Progress::Waiting { execution, func };
                    let addr = object::resolve(core, func).addr;
                    return Ok(State::Waiting(Func { store: core.id, addr }));
                }
                Stop::Trap(trap) => {
                    core.activations.end(self.index, Some(execution));
                    return Err(trap.into());
                }
                Stop::Exception(exception) => {
                    core.activations.end(self.index, Some(execution));
                    return Err(exception.into());
                }
                Stop::Failed => {
                    core.activations.end(self.index, Some(execution));
                    return Err(core.raise());
                }
            }
        }
    }

    /// The function that comes next, started.
    fn next(self, core: &mut StoreInner) -> Result<Option<Box<Execution>>, CallError> {
        let then = &mut core.activations.entries[self.index as usize].then;
        let Some(func) = then.iter_mut().find_map(Option::take) else { return Ok(None) };
        core.start(func, &[]).map(Some)
    }

    fn done(self, core: &mut StoreInner, execution: Option<Box<Execution>>) -> State {
        let ty = Arc::clone(&core.activations.entries[self.index as usize].ty);
        let results = execution.as_deref().map_or(&[][..], Execution::results);
        let results = core.vals_of_slots(results, &ty.results);
        core.activations.end(self.index, execution);
        State::Done(results)
    }
}

/// The executions of a store.
#[derive(Default)]
pub(crate) struct Activations {
    entries: Vec<Entry>,
    free: Vec<u32>,
    /// Executions that ended: a new call takes one, so that it costs no mapping.
    #[expect(clippy::vec_box, reason = "executions move to entries and back: a word, not a copy")]
    idle: Vec<Box<Execution>>,
    /// Whether the machine runs.
    running: bool,
}

struct Entry {
    /// Tells the handles of the entry's successive activations apart.
    generation: u32,
    progress: Progress,
    /// What is called next: without parameters and results.
    then: [Option<NonNull<FuncInst>>; 2],
    /// The type of what was called.
    ty: Arc<FuncType>,
}

enum Progress {
    /// Nothing: the entry has no activation.
    Free,
    /// Not begun (no execution: `then` says with what), or it yielded.
    Ready(Option<Box<Execution>>),
    /// The machine has the execution.
    Running,
    /// The host function waits.
    Waiting { execution: Box<Execution>, func: NonNull<FuncInst> },
}

impl Entry {
    fn new(execution: Option<Box<Execution>>) -> Self {
        let progress = Progress::Ready(execution);
        Self { generation: 0, progress, then: [None; 2], ty: Arc::default() }
    }
}

impl Activations {
    /// Value stacks that are kept. Calls beyond so many inside one another map their own.
    const IDLE: usize = 16;

    /// Index and generation of the new entry.
    fn add(&mut self, entry: Entry) -> (u32, u32) {
        let index = self.free.pop().unwrap_or_else(|| {
            self.entries.push(Entry { progress: Progress::Free, ..Entry::new(None) });
            u32::try_from(self.entries.len() - 1).expect("an activation has a stack: memory ends")
        });
        let place = &mut self.entries[index as usize];
        *place = Entry { generation: place.generation, ..entry };
        (index, place.generation)
    }

    /// The executions that ended, when nobody will call any more.
    pub(crate) fn idle(&mut self) -> impl Iterator<Item = Box<Execution>> {
        self.idle.drain(..)
    }

    /// The executions that have begun or wait, and don't run.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = &Execution> {
        self.entries.iter().filter_map(|entry| match &entry.progress {
            Progress::Ready(execution) => execution.as_deref(),
            Progress::Waiting { execution, .. } => Some(&**execution),
            Progress::Free | Progress::Running => None,
        })
    }

    /// The activation has ended.
    fn end(&mut self, index: u32, execution: Option<Box<Execution>>) {
        let generation = self.entries[index as usize].generation.wrapping_add(1);
        let free = Entry { progress: Progress::Free, ..Entry::new(None) };
        self.entries[index as usize] = Entry { generation, ..free };
        self.free.push(index);
        if let Some(execution) = execution {
            self.rest(execution);
        }
    }

    /// The most that was used of the stack of an execution that ended, in bytes.
    pub(crate) fn stack_used(&self) -> usize {
        self.idle.iter().map(|execution| execution.used()).max().unwrap_or(0)
    }

    /// The execution has ended; another call may take its stack.
    #[inline]
    fn rest(&mut self, execution: Box<Execution>) {
        if self.idle.len() < Self::IDLE {
            self.idle.push(execution);
        }
    }
}

/// Whether a pause can be resumed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pausing {
    Allowed,
    Forbidden,
}

/// Calls a function: writes its arguments, runs it to its end, reads its results.
#[inline]
pub(super) fn call<R>(
    store: &mut StoreMut<'_>,
    func: NonNull<FuncInst>,
    write: impl FnOnce(&mut [u64], &StoreInner) -> Result<(), Misuse>,
    read: impl FnOnce(&[u64], &StoreInner) -> R,
) -> Result<R, CallError> {
    let core = store.core_mut();
    let mut execution = match core.activations.idle.pop() {
        Some(idle) => idle,
        None => core.new_execution()?,
    };
    let idle = core.idle.as_ptr();
    if let Err(misuse) = write(execution.start(func, idle), core) {
        core.activations.rest(execution);
        return Err(misuse.into());
    }
    let stop = finish(store, &mut execution);
    let core = store.core_mut();
    if let Stop::Done = stop {
        let results = read(execution.results(), core);
        core.activations.rest(execution);
        return Ok(results);
    }
    core.activations.rest(execution);
    Err(core.failed(stop))
}

/// Runs an execution to its end, where nothing can pause.
fn finish(store: &mut StoreMut<'_>, execution: &mut Execution) -> Stop {
    loop {
        let stop = run(store, execution, Pausing::Forbidden);
        // The machine yields only where pausing is allowed; a hook that asks for it goes on.
        if !matches!(stop, Stop::Yield) {
            return stop;
        }
    }
}

/// Runs an execution until it stops. Below a host function nothing can pause: the host function's
/// native frames would have to wait too.
fn run(store: &mut StoreMut<'_>, execution: &mut Execution, pausing: Pausing) -> Stop {
    let core = store.core_mut();
    let outer = (core.activations.running, core.native_depth);
    if core.activations.running || pausing == Pausing::Forbidden {
        let limit = core.limits.nesting;
        if core.native_depth > limit {
            return Stop::Trap(TrapKind::NestingTooDeep { limit }.into());
        }
        core.native_depth += 1;
    }
    core.activations.running = true;
    let stop = execution.run(store.as_ptr());
    let core = store.core_mut();
    (core.activations.running, core.native_depth) = outer;
    stop
}

impl StoreInner {
    /// An execution that this store hasn't had yet.
    #[cold]
    fn new_execution(&self) -> Result<Box<Execution>, CallError> {
        let slots = usize::try_from(self.limits.stack).unwrap_or(usize::MAX) / size_of::<u64>();
        if let Some(kept) = self.engine.stacks().take(slots) {
            return Ok(kept);
        }
        Execution::new(self.engine.backend(), slots).map(Box::new).map_err(CallError::host)
    }

    /// An execution that will call this function.
    fn start(
        &mut self,
        func: NonNull<FuncInst>,
        args: &[u64],
    ) -> Result<Box<Execution>, CallError> {
        let mut execution = match self.activations.idle.pop() {
            Some(idle) => idle,
            None => self.new_execution()?,
        };
        execution.start(func, self.idle.as_ptr()).copy_from_slice(args);
        Ok(execution)
    }

    /// The error of a call that stopped before its end.
    #[cold]
    fn failed(&mut self, stop: Stop) -> CallError {
        match stop {
            Stop::Trap(trap) => trap.into(),
            Stop::Exception(exception) => exception.into(),
            Stop::Failed => self.raise(),
            Stop::Wait | Stop::Yield | Stop::Done => TrapKind::CannotWait.into(),
        }
    }

    /// The error of the host function that made the machine come back, or its panic.
    fn raise(&mut self) -> CallError {
        match self.failure.take().expect("failed: the host function left its error") {
            Failure::Error(error) => error,
            Failure::Panic(payload) => panic::resume_unwind(payload),
        }
    }
}
