//! Shared memories: several stores on several threads, waiting and waking, and what ends a wait.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use serverless_wasm::interp::{
    Activation, Backend, CallError, Config, Engine, Instance, Linker, Memory, Misuse, Module,
    SharedMemory, Slice, State, Store, TrapKind,
};
use serverless_wasm::wasm::{AddrType, Features, MemoryType, SizeLimits, Val};

const BACKENDS: [Backend; 2] = [Backend::Threaded, Backend::Stepped];

fn engine(backend: Backend) -> Engine {
    let features = Features::from_names(["threads"]).expect("a proposal");
    Engine::new(Config::new().backend(backend).features(features))
}

fn module(engine: &Engine, text: &str) -> Module {
    Module::new(engine, &wat::parse_str(text).expect("text")).expect("a valid module")
}

/// A shared memory of one page, which may grow to four.
fn memory(engine: &Engine) -> SharedMemory {
    let limits = SizeLimits { min: 1, max: Some(4) };
    let ty = MemoryType { shared: true, ..MemoryType::new(AddrType::I32, limits) };
    let mut store = Store::new(engine, ());
    let memory = Memory::new(&mut store, ty).expect("room for four pages");
    memory.share(&mut store).expect("its type is shared")
}

/// A store with an instance of the module, which imports the memory.
fn instance(engine: &Engine, module: &Module, shared: &SharedMemory) -> (Store<()>, Instance) {
    let mut store = Store::new(engine, ());
    let memory = Memory::of_shared(&mut store, shared);
    let mut linker = Linker::new(engine);
    linker.define("env", "memory", memory).expect("defined once");
    let instance = linker.instantiate(&mut store, module).expect("all is there");
    (store, instance)
}

fn call(
    store: &mut Store<()>,
    instance: Instance,
    name: &str,
    arguments: &[Val],
) -> Result<Vec<Val>, CallError> {
    instance.get_func(&mut *store, name).expect("it exports it").call(store, arguments)
}

/// Calls the function in a store of its own on so many threads at once.
fn on_threads(engine: &Engine, module: &Module, shared: &SharedMemory, threads: i32, name: &str) {
    thread::scope(|scope| {
        for number in 0..threads {
            scope.spawn(move || {
                let (mut store, instance) = instance(engine, module, shared);
                call(&mut store, instance, name, &[Val::I32(number)]).expect("it doesn't trap");
            });
        }
    });
}

fn word(engine: &Engine, shared: &SharedMemory, at: u64) -> u32 {
    let mut store = Store::new(engine, ());
    let mut bytes = [0; 4];
    Memory::of_shared(&mut store, shared).read(&store, at, &mut bytes).expect("inside");
    u32::from_le_bytes(bytes)
}

/// A lock of two states with waiting and waking, and a counter that only it guards.
const LOCKED: &str = r#"
    (module
      (import "env" "memory" (memory 1 4 shared))
      (func $lock
        (block $mine
          (loop $again
            (br_if $mine
              (i32.eqz (i32.atomic.rmw.cmpxchg (i32.const 0) (i32.const 0) (i32.const 1))))
            (drop (memory.atomic.wait32 (i32.const 0) (i32.const 1) (i64.const -1)))
            (br $again))))
      (func $unlock
        (i32.atomic.store (i32.const 0) (i32.const 0))
        (drop (memory.atomic.notify (i32.const 0) (i32.const 1))))
      (func (export "count") (param i32) (local $left i32)
        (local.set $left (i32.const 200))
        (loop $next
          (call $lock)
          (i32.store (i32.const 8) (i32.add (i32.load (i32.const 8)) (i32.const 1)))
          (call $unlock)
          (drop (i64.atomic.rmw32.add_u (i32.const 16) (i64.const 1)))
          (local.set $left (i32.sub (local.get $left) (i32.const 1)))
          (br_if $next (local.get $left)))))"#;

#[test]
fn a_lock_made_of_waiting_and_waking_guards_what_plain_accesses_change() {
    for backend in BACKENDS {
        let engine = engine(backend);
        let (module, shared) = (module(&engine, LOCKED), memory(&engine));
        on_threads(&engine, &module, &shared, 4, "count");
        assert_eq!((word(&engine, &shared, 8), word(&engine, &shared, 16)), (800, 800));
    }
}

/// Each grows by a page while it can, and writes at the memory's new end.
const GROWING: &str = r#"
    (module
      (import "env" "memory" (memory 1 4 shared))
      (func (export "grow") (param i32) (local $old i32)
        (local.set $old (memory.grow (i32.const 1)))
        (if (i32.ne (local.get $old) (i32.const -1))
          (then
            (memory.fill
              (i32.shl (local.get $old) (i32.const 16)) (i32.const 7) (i32.const 65536))))
        (memory.copy (i32.const 100) (i32.sub
          (i32.shl (memory.size) (i32.const 16)) (i32.const 3)) (i32.const 3))))"#;

#[test]
fn a_memory_grows_in_place_for_all_who_share_it() {
    for backend in BACKENDS {
        let engine = engine(backend);
        let (module, shared) = (module(&engine, GROWING), memory(&engine));
        on_threads(&engine, &module, &shared, 6, "grow");
        assert_eq!(shared.ty().limits.min, 4);
        assert_eq!(word(&engine, &shared, 4 * 65_536 - 4), 0x0707_0707);
    }
}

/// What waits, and what it waits with.
const WAITING: &str = r#"
    (module
      (import "env" "memory" (memory 1 4 shared))
      (func (export "wait") (param i32 i64) (result i32)
        (memory.atomic.wait32 (i32.const 0) (local.get 0) (local.get 1)))
      (func (export "wait far") (result i32)
        (memory.atomic.wait64 offset=65536 (i32.const 0) (i64.const 0) (i64.const 0)))
      (func (export "wait odd") (result i32)
        (memory.atomic.wait32 (i32.const 2) (i32.const 0) (i64.const 0)))
      (func (export "notify") (result i32)
        (memory.atomic.notify (i32.const 0) (i32.const -1))))"#;

#[test]
fn a_wait_answers_why_it_ended() {
    for backend in BACKENDS {
        let engine = engine(backend);
        let (module, shared) = (module(&engine, WAITING), memory(&engine));
        let (mut store, instance) = instance(&engine, &module, &shared);
        let mut wait = |expected, timeout| {
            call(&mut store, instance, "wait", &[Val::I32(expected), Val::I64(timeout)])
        };
        assert_eq!(wait(1, -1).expect("no trap"), [Val::I32(1)], "another value");
        assert_eq!(wait(0, 0).expect("no trap"), [Val::I32(2)], "no time");
        assert_eq!(wait(0, 12_000_000).expect("no trap"), [Val::I32(2)], "12 ms");
        let mut trap = |name| match call(&mut store, instance, name, &[]) {
            Err(CallError::Trap(trap)) => trap.kind(),
            other => panic!("{name}: {other:?}"),
        };
        assert_eq!(trap("wait odd"), TrapKind::UnalignedAtomic { addr: 2, len: 4 });
        assert_eq!(trap("wait far"), TrapKind::MemoryOutOfBounds { addr: 65_536, len: 8 });
    }
}

#[test]
fn a_deadline_ends_a_wait_without_end_and_nobody_is_left_to_wake() {
    for backend in BACKENDS {
        let engine = engine(backend);
        let (module, shared) = (module(&engine, WAITING), memory(&engine));
        let (mut store, instance) = instance(&engine, &module, &shared);
        let deadline = Instant::now() + Duration::from_millis(30);
        store.on_slice(move |_| match Instant::now() < deadline {
            true => Slice::GoOn,
            false => Slice::Trap(TrapKind::DeadlineExceeded),
        });
        let ended = call(&mut store, instance, "wait", &[Val::I32(0), Val::I64(-1)]);
        let Err(CallError::Trap(trap)) = ended else { panic!("{ended:?}") };
        assert_eq!(trap.kind(), TrapKind::DeadlineExceeded);
        let woken = call(&mut store, instance, "notify", &[]);
        assert_eq!(woken.expect("no trap"), [Val::I32(0)]);
    }
}

#[test]
fn a_wait_that_pauses_keeps_its_place_and_a_cancelled_one_leaves_it() {
    for backend in BACKENDS {
        let engine = engine(backend);
        let (module, shared) = (module(&engine, WAITING), memory(&engine));
        let (mut store, instance) = instance(&engine, &module, &shared);
        store.on_slice(|_| Slice::Yield);
        let wait = instance.get_func(&mut store, "wait").expect("it exports it");
        let mut begin = || -> Activation {
            let begun = wait.start(&mut store, &[Val::I32(0), Val::I64(-1)]).expect("it fits");
            assert_eq!(begun.resume(&mut store, &[]).expect("no trap"), State::Ready);
            begun
        };
        let (first, second) = (begin(), begin());
        second.cancel(&mut store).expect("it stands still");
        let woken = call(&mut store, instance, "notify", &[]);
        assert_eq!(woken.expect("no trap"), [Val::I32(1)]);
        let state = first.resume(&mut store, &[]).expect("no trap");
        assert_eq!(state, State::Done(vec![Val::I32(0)]));
    }
}

#[test]
fn one_thread_wakes_another() {
    let engine = engine(Backend::Stepped);
    let (module, shared) = (module(&engine, WAITING), memory(&engine));
    let (sender, waits) = mpsc::channel();
    thread::scope(|scope| {
        scope.spawn(|| {
            let (mut store, instance) = instance(&engine, &module, &shared);
            // The first piece of sleep is over when somebody asks: so it waits.
            let told = Arc::new(AtomicBool::new(false));
            store.on_slice(move |_| {
                if !told.swap(true, Ordering::Relaxed) {
                    sender.send(()).expect("somebody listens");
                }
                Slice::GoOn
            });
            let woken = call(&mut store, instance, "wait", &[Val::I32(0), Val::I64(-1)]);
            assert_eq!(woken.expect("no trap"), [Val::I32(0)]);
        });
        waits.recv().expect("it says so");
        let (mut store, instance) = instance(&engine, &module, &shared);
        let woken = call(&mut store, instance, "notify", &[]);
        assert_eq!(woken.expect("no trap"), [Val::I32(1)]);
    });
}

#[test]
fn nobody_has_a_slice_of_what_others_can_write() {
    let engine = engine(Backend::Stepped);
    let mut store = Store::new(&engine, ());
    let limits = SizeLimits { min: 1, max: Some(1) };
    let ty = MemoryType { shared: true, ..MemoryType::new(AddrType::I32, limits) };
    let memory = Memory::new(&mut store, ty).expect("room for a page");
    memory.data_mut(&mut store).expect("it is alone")[3] = 9;
    let shared = memory.share(&mut store).expect("its type is shared");
    assert_eq!(memory.data(&store), Err(Misuse::SharedMemory));
    assert_eq!(memory.data_mut(&mut store), Err(Misuse::SharedMemory));
    assert_eq!(word(&engine, &shared, 0), 9 << 24);
    drop(shared);
    assert_eq!(memory.data(&store).expect("it is alone again")[3], 9);
    let own = Memory::new(&mut store, MemoryType::new(AddrType::I32, limits));
    let refused = own.expect("room for a page").share(&mut store);
    assert_eq!(refused.expect_err("its type is another"), Misuse::NotShared);
}

/// Every kind of plain access, at an address that is aligned and at one that is not.
const PLAIN: &str = r#"
    (module
      (memory 1 1 shared)
      (data (i32.const 1) "\80\81\82\83\84\85\86\87\88\89\8a\8b\8c\8d\8e\8f\90")
      (func (export "sum") (param $at i32) (result i64)
        (i64.store offset=64 (local.get $at) (i64.load offset=1 (local.get $at)))
        (i32.store16 offset=72 (local.get $at) (i32.load16_s offset=3 (local.get $at)))
        (f32.store offset=74 (local.get $at) (f32.load offset=5 (local.get $at)))
        (f64.store offset=78 (local.get $at) (f64.load offset=2 (local.get $at)))
        (v128.store offset=86 (local.get $at) (v128.load offset=1 (local.get $at)))
        (v128.store64_lane offset=102 1 (local.get $at)
          (v128.load8_lane offset=1 9 (local.get $at) (v128.const i64x2 -1 -1)))
        (i64.store8 offset=110 (local.get $at) (i64.load32_s offset=1 (local.get $at)))
        (i64.xor
          (i64.load offset=64 (local.get $at))
          (i64.rotl (i64.load offset=103 (local.get $at)) (i64.const 5)))))"#;

#[test]
fn plain_accesses_of_shared_memories_do_what_those_of_others_do() {
    for backend in BACKENDS {
        let engine = engine(backend);
        for at in [0, 3, 8] {
            let [shared, own] = [PLAIN.to_owned(), PLAIN.replace(" shared", "")].map(|text| {
                let module =
                    module(&engine, &text.replace("(memory 1", "(memory (export \"m\") 1"));
                let mut store = Store::new(&engine, ());
                let linker = Linker::new(&engine);
                let instance = linker.instantiate(&mut store, &module).expect("it imports nothing");
                let sum = call(&mut store, instance, "sum", &[Val::I32(at)]).expect("no trap");
                let memory = instance.get_memory(&mut store, "m").expect("it exports it");
                (sum, memory.data(&store).expect("it is alone").to_vec())
            });
            assert_eq!(shared.0, own.0);
            assert!(shared.1 == own.1, "the memories differ");
        }
    }
}
