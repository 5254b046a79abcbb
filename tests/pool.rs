//! An instance whose memory another one had before can't be told from a first one: whatever the
//! other did, and however it ended.

use proptest::prelude::*;
use serverless_wasm::interp::{
    Backend, Config, Engine, Instance, InstancePre, Linker, Memory, Module, State, Store,
    StoreLimits, Wait, WasmParams, WasmResults,
};

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

const PAGE: u64 = 65_536;
/// Pages at the start, and at most.
const MIN: u64 = 3;
const MAX: u64 = 12;

const GUEST: &str = r#"(module
    (import "host" "wait" (func $wait))
    (memory (export "memory") 3 12)
    (data (i32.const 70000) "second")
    (data (i32.const 4090) "first, across two pages")
    (data $passive "passive")
    (data (i32.const 196604) "last")
    (func (export "set") (param i32 i32) local.get 0 local.get 1 i32.store8)
    (func (export "fill") (param i32 i32 i32)
      local.get 0 local.get 1 local.get 2 memory.fill)
    (func (export "copy") (param i32 i32 i32)
      local.get 0 local.get 1 local.get 2 memory.copy)
    (func (export "init") (param i32) local.get 0 i32.const 0 i32.const 7 memory.init $passive
      data.drop $passive)
    (func (export "grow") (param i32) (result i32) local.get 0 memory.grow)
    (func (export "wait") call $wait)
    (func (export "descend") (param i64 i64 i64 i64) (result i64)
      local.get 0 local.get 1 local.get 2 local.get 3 call 7))"#;

/// What a guest does with its memory.
#[derive(Clone, Debug)]
enum Act {
    Set(u32, u8),
    Fill(u32, u8, u32),
    Copy(u32, u32, u32),
    Init(u32),
    Grow(u32),
    /// The host writes.
    Write(u32, Vec<u8>),
    /// Recursion fills the value stack.
    Descend,
    /// It is dropped while it waits for the host.
    Wait,
}

fn act() -> impl Strategy<Value = Act> {
    let at = || 0..(MAX * PAGE) as u32 + 10;
    let len = || prop_oneof![0..100_u32, 0..300_000_u32];
    prop_oneof![
        8 => (at(), any::<u8>()).prop_map(|(at, value)| Act::Set(at, value)),
        2 => (at(), any::<u8>(), len()).prop_map(|(at, value, len)| Act::Fill(at, value, len)),
        1 => (at(), at(), len()).prop_map(|(to, from, len)| Act::Copy(to, from, len)),
        1 => at().prop_map(Act::Init),
        2 => (0..4_u32).prop_map(Act::Grow),
        1 => (at(), prop::collection::vec(any::<u8>(), 0..50))
            .prop_map(|(at, bytes)| Act::Write(at, bytes)),
        1 => Just(Act::Descend),
        1 => Just(Act::Wait),
    ]
}

/// Calls an export; whether it traps is all the same here.
fn call<P: WasmParams, R: WasmResults>(
    store: &mut Store<()>,
    instance: Instance,
    name: &str,
    params: P,
) {
    let func = instance.get_typed_func::<P, R>(&mut *store, name).expect("it exports it");
    let _end = func.call(store, params);
}

fn perform(store: &mut Store<()>, instance: Instance, act: &Act) -> Result {
    match *act {
        Act::Set(at, value) => call::<_, ()>(store, instance, "set", (at, u32::from(value))),
        Act::Fill(at, value, len) => {
            call::<_, ()>(store, instance, "fill", (at, u32::from(value), len));
        }
        Act::Copy(to, from, len) => call::<_, ()>(store, instance, "copy", (to, from, len)),
        Act::Init(at) => call::<_, ()>(store, instance, "init", at),
        Act::Grow(pages) => call::<_, i32>(store, instance, "grow", pages),
        Act::Write(at, ref bytes) => {
            let _inside = instance.memory(&*store)?.write(store, at.into(), bytes);
        }
        Act::Descend => call::<_, u64>(store, instance, "descend", (u64::MAX, 1_u64, 2_u64, 3_u64)),
        Act::Wait => {
            let wait = instance.get_func(&mut *store, "wait")?.start(&mut *store, &[])?;
            assert!(matches!(wait.resume(store, &[])?, State::Waiting(_)));
        }
    }
    Ok(())
}

/// What the memory holds at the start.
fn fresh() -> Vec<u8> {
    let mut bytes = vec![0; (MIN * PAGE) as usize];
    for (at, data) in
        [(70_000, &b"second"[..]), (4090, b"first, across two pages"), (196_604, b"last")]
    {
        bytes[at..][..data.len()].copy_from_slice(data);
    }
    bytes
}

/// The memory is as at the start, and grows into zeros.
fn check(store: &mut Store<()>, instance: Instance) -> Result {
    let memory: Memory = instance.memory(&*store)?;
    assert!(memory.data(&*store)? == fresh(), "something was left, or is missing");
    assert_eq!(memory.grow(&mut *store, MAX - MIN)?, MIN);
    assert!(memory.grow(&mut *store, 1).is_err());
    assert!(memory.data(&*store)?[(MIN * PAGE) as usize..].iter().all(|&byte| byte == 0));
    let init = instance.get_typed_func::<u32, ()>(&mut *store, "init")?;
    init.call(&mut *store, 5)?;
    assert_eq!(memory.data(&*store)?[5..12], *b"passive");
    Ok(())
}

fn guest(backend: Backend, pool: usize) -> Result<InstancePre<()>> {
    let engine = Engine::new(Config::new().backend(backend).pool(pool));
    let module = Module::new(&engine, &wat::parse_str(GUEST)?)?;
    let mut linker = Linker::new(&engine);
    linker.func_wait("host", "wait", |_, (): ()| {
        Ok::<Wait<()>, serverless_wasm::interp::CallError>(Wait::Pending)
    })?;
    Ok(linker.instantiate_pre(&module)?)
}

/// Some lives of guests, one after another, then one that looks.
fn live_and_look(pre: &InstancePre<()>, lives: &[Vec<Act>]) -> Result {
    for acts in lives {
        let mut store = Store::new(pre.module().engine(), ());
        let instance = pre.instantiate(&mut store)?;
        assert!(instance.memory(&store)?.data(&store)? == fresh());
        for act in acts {
            perform(&mut store, instance, act)?;
        }
    }
    // One memory after another, of those that are kept.
    let mut stores = Vec::new();
    for _ in 0..3 {
        let mut store = Store::new(pre.module().engine(), ());
        let instance = pre.instantiate(&mut store)?;
        check(&mut store, instance)?;
        stores.push(store);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn an_instance_can_not_tell_that_its_memory_was_used(
        lives in prop::collection::vec(prop::collection::vec(act(), 0..20), 1..4),
    ) {
        for backend in [Backend::Threaded, Backend::Stepped] {
            let pre = guest(backend, 2).expect("a valid guest");
            live_and_look(&pre, &lives).expect("it lives");
        }
    }
}

#[test]
fn many_written_pages_leave_nothing_either() -> Result {
    let pre = guest(Backend::Threaded, 4)?;
    let all = Act::Fill(0, 0xFF, (MAX * PAGE) as u32);
    let scattered = (0..MAX as u32 * 16).map(|page| Act::Set(page * 4096 + 7, 1)).collect();
    let alternate = (0..MAX as u32 * 8).map(|pair| Act::Set(pair * 8192 + 7, 1)).collect();
    let grown = |mut acts: Vec<Act>| {
        acts.insert(0, Act::Grow((MAX - MIN) as u32));
        acts
    };
    live_and_look(&pre, &[grown(vec![all]), grown(scattered), grown(alternate)])
}

#[test]
fn a_memory_that_may_grow_less_is_not_given_to_a_store_with_more_room() -> Result {
    let pre = guest(Backend::Threaded, 4)?;
    let engine = pre.module().engine();
    for pages in [MIN, MAX, MIN, MIN + 1] {
        let limits = StoreLimits::default().memory(pages * PAGE);
        let mut store = Store::with_limits(engine, (), limits);
        let instance = pre.instantiate(&mut store)?;
        let memory = instance.memory(&store)?;
        assert!(memory.grow(&mut store, pages - MIN + 1).is_err());
        assert_eq!(memory.grow(&mut store, pages - MIN)?, MIN);
        assert_eq!(memory.size(&store)?, pages);
    }
    Ok(())
}

#[test]
fn instances_that_live_at_once_have_memories_of_their_own() -> Result {
    let pre = guest(Backend::Threaded, 4)?;
    let mut stores = Vec::new();
    for round in 0..3_u8 {
        let mut lives = Vec::new();
        for life in 0..6_u8 {
            let mut store = Store::new(pre.module().engine(), ());
            let memory = pre.instantiate(&mut store)?.memory(&store)?;
            memory.write(&mut store, 9, &[round, life])?;
            lives.push((store, memory));
        }
        for (life, (store, memory)) in lives.iter().enumerate() {
            assert_eq!(memory.data(store)?[9..11], [round, life as u8]);
        }
        stores.extend(lives.into_iter().skip(usize::from(round)));
    }
    Ok(())
}

#[test]
fn threads_share_a_pool() -> Result {
    let pre = guest(Backend::Threaded, 3)?;
    std::thread::scope(|scope| {
        for thread in 0..4_u8 {
            let pre = &pre;
            scope.spawn(move || {
                for round in 0..200_u32 {
                    let mut store = Store::new(pre.module().engine(), ());
                    let instance = pre.instantiate(&mut store).expect("there is room");
                    let memory = instance.memory(&store).expect("it has one");
                    assert!(memory.data(&store).expect("its own") == fresh());
                    let at = u64::from(round * 997 % 196_000);
                    memory.write(&mut store, at, &[thread, 1]).expect("inside");
                }
            });
        }
    });
    Ok(())
}

#[test]
fn the_data_is_not_there_when_a_segment_before_it_traps() -> Result {
    // The first element segment gives the host's table a function that reads the memory, the
    // second one traps: then no data is written. Spec: exec/modules#instantiation
    let engine = Engine::default();
    let text = r#"(module
        (import "host" "table" (table 1 funcref))
        (memory 1) (data (i32.const 0) "data")
        (elem (i32.const 0) $read)
        (elem (i32.const 1) $read)
        (func $read (result i32) i32.const 0 i32.load))"#;
    let module = Module::new(&engine, &wat::parse_str(text)?)?;
    for _ in 0..2 {
        let mut store = Store::new(&engine, ());
        let host = r#"(module (table (export "table") 1 funcref)
            (func (export "run") (result i32) i32.const 0 call_indirect (result i32)))"#;
        let host = Module::new(&engine, &wat::parse_str(host)?)?;
        let host = Linker::new(&engine).instantiate(&mut store, &host)?;
        let table = host.get_table(&mut store, "table")?;
        let mut linker = Linker::new(&engine);
        linker.define("host", "table", table)?;
        linker.instantiate(&mut store, &module).expect_err("the second segment is outside");
        let run = host.get_typed_func::<(), i32>(&mut store, "run")?;
        assert_eq!(run.call(&mut store, ())?, 0);
    }
    Ok(())
}
