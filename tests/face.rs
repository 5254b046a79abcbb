//! The library face from outside: instantiation, calls, host functions, waits, traps, limits.

use serverless_wasm::interp::{
    Backend, CallError, Caller, Config, Engine, Extern, Func, Global, Instance, InstancePre,
    InstantiateError, Linker, Memory, Misuse, Module, Slice, State, Store, StoreLimits, Trap,
    TrapKind, Val, Wait,
};
use serverless_wasm::wasm::{AddrType, FuncType, GlobalType, MemoryType, Ref, SizeLimits, ValType};

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The same check on both backends: a linker with nothing in it, a store of `data`.
fn on_both<T: Clone + 'static>(data: &T, check: impl Fn(Linker<T>, Store<T>) -> Result) {
    for backend in [Backend::Threaded, Backend::Stepped] {
        let engine = Engine::new(Config::new().backend(backend));
        let store = Store::new(&engine, data.clone());
        if let Err(error) = check(Linker::new(&engine), store) {
            panic!("{backend:?}: {error}");
        }
    }
}

fn module(engine: &Engine, text: &str) -> Result<Module> {
    Ok(Module::new(engine, &wat::parse_str(text)?)?)
}

fn instantiate<T>(linker: &Linker<T>, store: &mut Store<T>, text: &str) -> Result<Instance> {
    Ok(linker.instantiate(store, &module(linker.engine(), text)?)?)
}

fn trap_of(error: &CallError) -> Option<TrapKind> {
    error.trap().map(Trap::kind)
}

#[test]
fn a_call_takes_and_gives_values_of_every_kind() {
    on_both(&(), |linker, mut store| {
        let text = r#"(module
            (func (export "swap") (param i32 i64 f32 f64 externref funcref)
                (result funcref externref f64 f32 i64 i32)
              local.get 5 local.get 4 local.get 3 local.get 2 local.get 1 local.get 0))"#;
        let swap = instantiate(&linker, &mut store, text)?.get_func(&mut store, "swap")?;
        let mut values = vec![
            Val::I32(-1),
            Val::I64(i64::MIN),
            Val::F32(0x7FA0_0001),
            Val::F64((-0.0_f64).to_bits()),
            Val::Ref(Ref::Extern(serverless_wasm::interp::ExternRef(0))),
            Val::Ref(Ref::Func(swap)),
        ];
        let results = swap.call(&mut store, &values)?;
        values.reverse();
        assert_eq!(results, values);
        Ok(())
    });
}

#[test]
fn wrong_arguments_are_refused_before_anything_runs() {
    on_both(&(), |linker, mut store| {
        let text = r#"(module (func (export "f") (param i32)))"#;
        let f = instantiate(&linker, &mut store, text)?.get_func(&mut store, "f")?;
        for args in [&[][..], &[Val::I64(1)], &[Val::I32(1), Val::I32(2)]] {
            let error = f.call(&mut store, args).expect_err("the arguments don't fit");
            assert!(matches!(error, CallError::Misuse(Misuse::Values { .. })), "{error}");
        }
        let typed = f.typed::<i64, ()>(&store).expect_err("the parameter is an i32");
        assert!(matches!(typed, Misuse::Signature { .. }));
        let mut other = Store::new(store.engine(), ());
        let error = f.call(&mut other, &[Val::I32(1)]).expect_err("another store");
        assert!(matches!(error, CallError::Misuse(Misuse::ForeignHandle)));
        Ok(())
    });
}

#[test]
fn a_typed_call_takes_a_tuple_and_gives_one() {
    on_both(&(), |linker, mut store| {
        let text = r#"(module (func (export "f") (param f64 i32) (result i32 f64)
            local.get 1 local.get 0))"#;
        let instance = instantiate(&linker, &mut store, text)?;
        let f = instance.get_typed_func::<(f64, i32), (i32, f64)>(&mut store, "f")?;
        assert_eq!(f.call(&mut store, (0.5, -7))?, (-7, 0.5));
        Ok(())
    });
}

#[test]
fn a_typed_call_gives_results_from_registers_and_slots() {
    on_both(&(), |mut linker, mut store| {
        linker.func_wrap("host", "twice", |x: f32| x * 2.0)?;
        linker.func_wrap("host", "pair", |x: i32, y: f64| (y, x))?;
        let text = r#"(module
            (import "host" "twice" (func $twice (param f32) (result f32)))
            (import "host" "pair" (func $pair (param i32 f64) (result f64 i32)))
            (export "twice" (func $twice))
            (func (export "single") (param f32) (result f32) local.get 0 call $twice)
            (func (export "pair") (param i32 f64) (result f64 i32)
              local.get 0 local.get 1 call $pair)
            (func (export "null") (param funcref) (result i32) local.get 0 ref.is_null))"#;
        let instance = instantiate(&linker, &mut store, text)?;
        for name in ["single", "twice"] {
            let func = instance.get_typed_func::<f32, f32>(&mut store, name)?;
            assert_eq!(func.call(&mut store, 1.25)?, 2.5);
        }
        let pair = instance.get_typed_func::<(i32, f64), (f64, i32)>(&mut store, "pair")?;
        assert_eq!(pair.call(&mut store, (-3, 0.5))?, (0.5, -3));

        let null = instance.get_typed_func::<Option<Func>, i32>(&mut store, "null")?;
        let mut other = Store::new(store.engine(), ());
        let foreign = Func::wrap(&mut other, || ())?;
        let error = null.call(&mut store, Some(foreign)).expect_err("it is another store's");
        assert!(matches!(error, CallError::Misuse(Misuse::ForeignHandle)));
        assert_eq!(null.call(&mut store, Some(pair.func()))?, 0);
        assert_eq!(null.call(&mut store, None)?, 1);
        Ok(())
    });
}

#[test]
fn host_functions_read_the_memory_of_their_caller() {
    on_both(&String::new(), |mut linker, mut store| {
        linker.func_wrap("env", "log", |mut caller: Caller<'_, String>, ptr: u32, len: u32| {
            let memory = caller.memory().expect("the guest has one");
            let (bytes, log) = memory.data_and_store_mut(&mut caller)?;
            let text = bytes.get(ptr as usize..).and_then(|bytes| bytes.get(..len as usize));
            let text =
                text.ok_or(TrapKind::MemoryOutOfBounds { addr: ptr.into(), len: len.into() })?;
            log.push_str(&String::from_utf8_lossy(text));
            Ok::<(), CallError>(())
        })?;
        let text = r#"(module
            (import "env" "log" (func $log (param i32 i32)))
            (memory (export "memory") 1) (data (i32.const 8) "hello")
            (func (export "run") (param i32) i32.const 8 local.get 0 call $log))"#;
        let instance = instantiate(&linker, &mut store, text)?;
        let run = instance.get_typed_func::<u32, ()>(&mut store, "run")?;
        run.call(&mut store, 5)?;
        assert_eq!(store.data(), "hello");
        let error = run.call(&mut store, 70_000).expect_err("outside the memory");
        assert!(matches!(trap_of(&error), Some(TrapKind::MemoryOutOfBounds { .. })));
        Ok(())
    });
}

#[test]
fn the_error_of_a_host_function_comes_out_of_the_call() {
    on_both(&(), |mut linker, mut store| {
        linker.func_wrap("env", "fail", || -> std::result::Result<i32, CallError> {
            Err(CallError::host("no such luck"))
        })?;
        let text = r#"(module (import "env" "fail" (func $fail (result i32)))
            (func (export "run") (result i32) call $fail))"#;
        let run = instantiate(&linker, &mut store, text)?.get_func(&mut store, "run")?;
        let error = run.call(&mut store, &[]).expect_err("the host function fails");
        assert_eq!(error.to_string(), "no such luck");
        assert!(matches!(error, CallError::Host(_)));
        Ok(())
    });
}

#[test]
fn a_panic_of_a_host_function_passes_through_and_the_store_goes_on() {
    on_both(&(), |mut linker, mut store| {
        linker.func_wrap("env", "check", |n: i32| assert!(n < 3, "three is too much"))?;
        let text = r#"(module (import "env" "check" (func $check (param i32)))
            (func (export "run") (param i32) local.get 0 call $check))"#;
        let instance = instantiate(&linker, &mut store, text)?;
        let run = instance.get_typed_func::<i32, ()>(&mut store, "run")?;
        let call = std::panic::AssertUnwindSafe(|| run.call(&mut store, 3));
        let payload = std::panic::catch_unwind(call).expect_err("it panics");
        assert_eq!(payload.downcast_ref(), Some(&"three is too much"));
        run.call(&mut store, 2)?;
        Ok(())
    });
}

#[test]
fn functions_of_dynamic_type_get_and_set_values() {
    on_both(&(), |mut linker, mut store| {
        let ty = FuncType::new([ValType::I64, ValType::F32], [ValType::F32, ValType::I64]);
        linker.func_new(
            "env",
            "swap",
            ty,
            |_: Caller<'_, ()>, args: &[Val], results: &mut [Val]| {
                results.copy_from_slice(&[args[1], args[0]]);
                Ok(())
            },
        )?;
        let text = r#"(module (import "env" "swap" (func $swap (param i64 f32) (result f32 i64)))
            (export "swap" (func $swap))
            (func (export "run") (result f32 i64) i64.const 5 f32.const 1.5 call $swap))"#;
        let instance = instantiate(&linker, &mut store, text)?;
        let wanted = [Val::F32(1.5_f32.to_bits()), Val::I64(5)];
        let run = instance.get_func(&mut store, "run")?;
        assert_eq!(run.call(&mut store, &[])?, wanted);
        // The host calls its own function, through the guest's export.
        let swap = instance.get_func(&mut store, "swap")?;
        assert_eq!(swap.call(&mut store, &[wanted[1], wanted[0]])?, wanted);
        Ok(())
    });
}

const WAITER: &str = r#"(module
    (import "env" "read" (func $read (param i32) (result i64)))
    (func (export "run") (param i32) (result i64)
      local.get 0 call $read
      local.get 0 i32.const 1 i32.add call $read
      i64.mul))"#;

/// `env.read` leaves its argument in the store's data and waits.
fn waiting(linker: &mut Linker<Vec<i32>>) -> Result {
    linker.func_wait("env", "read", |mut caller: Caller<'_, Vec<i32>>, fd: i32| {
        caller.data_mut().push(fd);
        Ok::<Wait<i64>, CallError>(Wait::Pending)
    })?;
    Ok(())
}

#[test]
fn an_activation_waits_and_goes_on_with_the_results() {
    on_both(&Vec::new(), |mut linker, mut store| {
        waiting(&mut linker)?;
        let instance = instantiate(&linker, &mut store, WAITER)?;
        let run = instance.get_func(&mut store, "run")?;
        // Two at once, resumed in another order than they began.
        let first = run.start(&mut store, &[Val::I32(10)])?;
        let second = run.start(&mut store, &[Val::I32(20)])?;
        assert_eq!(first.state(&store)?, State::Ready);
        assert!(matches!(first.resume(&mut store, &[])?, State::Waiting(_)));
        assert!(matches!(second.resume(&mut store, &[])?, State::Waiting(_)));
        assert!(matches!(second.resume(&mut store, &[Val::I64(2)])?, State::Waiting(_)));
        let wrong = first.resume(&mut store, &[Val::I32(0)]).expect_err("it gives an i64");
        assert!(matches!(wrong, CallError::Misuse(Misuse::Values { .. })));
        assert!(matches!(first.resume(&mut store, &[Val::I64(5)])?, State::Waiting(_)));
        assert_eq!(first.resume(&mut store, &[Val::I64(7)])?, State::Done(vec![Val::I64(35)]));
        assert_eq!(second.resume(&mut store, &[Val::I64(3)])?, State::Done(vec![Val::I64(6)]));
        assert_eq!(*store.data(), [10, 20, 21, 11]);
        assert_eq!(first.state(&store), Err(Misuse::NotResumable));
        Ok(())
    });
}

#[test]
fn a_cancelled_activation_is_stale_and_its_place_is_used_again() {
    on_both(&Vec::new(), |mut linker, mut store| {
        waiting(&mut linker)?;
        let instance = instantiate(&linker, &mut store, WAITER)?;
        let run = instance.get_func(&mut store, "run")?;
        let cancelled = run.start(&mut store, &[Val::I32(1)])?;
        cancelled.resume(&mut store, &[])?;
        cancelled.cancel(&mut store)?;
        let next = run.start(&mut store, &[Val::I32(2)])?;
        let error = cancelled.resume(&mut store, &[Val::I64(0)]).expect_err("cancelled");
        assert!(matches!(error, CallError::Misuse(Misuse::NotResumable)));
        assert_eq!(cancelled.cancel(&mut store), Err(Misuse::NotResumable));
        assert!(matches!(next.resume(&mut store, &[])?, State::Waiting(_)));
        let mut other = Store::new(store.engine(), Vec::<i32>::new());
        assert_eq!(next.cancel(&mut other), Err(Misuse::ForeignHandle));
        Ok(())
    });
}

#[test]
fn a_plain_call_that_would_wait_traps() {
    on_both(&Vec::new(), |mut linker, mut store| {
        waiting(&mut linker)?;
        let instance = instantiate(&linker, &mut store, WAITER)?;
        let run = instance.get_func(&mut store, "run")?;
        let error = run.call(&mut store, &[Val::I32(1)]).expect_err("nobody can resume it");
        assert_eq!(trap_of(&error), Some(TrapKind::CannotWait));
        Ok(())
    });
}

#[test]
fn an_instance_may_wait_while_it_starts() {
    on_both(&Vec::new(), |mut linker, mut store| {
        waiting(&mut linker)?;
        let text = r#"(module
            (import "env" "read" (func $read (param i32) (result i64)))
            (global $sum (export "sum") (mut i64) (i64.const 0))
            (func $add (param i32)
              local.get 0 call $read global.get $sum i64.add global.set $sum)
            (func $start i32.const 1 call $add)
            (func (export "_initialize") i32.const 2 call $add)
            (start $start))"#;
        let pre = linker.instantiate_pre(&module(linker.engine(), text)?)?;
        let starting = pre.start(&mut store)?;
        assert!(matches!(starting.resume(&mut store, &[])?, State::Waiting(_)));
        assert!(matches!(starting.resume(&mut store, &[Val::I64(5)])?, State::Waiting(_)));
        assert_eq!(starting.resume(&mut store, &[Val::I64(6)])?, State::Done(vec![]));
        assert_eq!(*store.data(), [1, 2]);
        let instance = starting.instance().expect("it makes one");
        let sum = instance.get_global(&mut store, "sum")?;
        assert_eq!(sum.get(&store)?, Val::I64(11));
        let error = pre.instantiate(&mut store).expect_err("it would wait");
        assert!(error.to_string().starts_with("cannot wait"), "{error}");
        Ok(())
    });
}

#[test]
fn calls_back_into_the_guest_are_limited() {
    on_both(&None::<Func>, |mut linker, mut store| {
        linker.func_wrap("env", "again", |mut caller: Caller<'_, Option<Func>>, n: i32| {
            let run = caller.data().expect("set below");
            match run.call(&mut caller, &[Val::I32(n)])?[..] {
                [Val::I32(depth)] => Ok::<i32, CallError>(depth),
                _ => Ok(-1),
            }
        })?;
        let text = r#"(module (import "env" "again" (func $again (param i32) (result i32)))
            (func (export "run") (param i32) (result i32)
              local.get 0 i32.eqz if (result i32) i32.const 0
              else local.get 0 i32.const 1 i32.sub call $again i32.const 1 i32.add end))"#;
        let run = instantiate(&linker, &mut store, text)?.get_func(&mut store, "run")?;
        *store.data_mut() = Some(run);
        assert_eq!(run.call(&mut store, &[Val::I32(64)])?, [Val::I32(64)]);
        let error = run.call(&mut store, &[Val::I32(65)]).expect_err("too deep");
        assert_eq!(trap_of(&error), Some(TrapKind::NestingTooDeep { limit: 64 }));
        assert_eq!(run.call(&mut store, &[Val::I32(3)])?, [Val::I32(3)]);
        Ok(())
    });
}

#[test]
fn recursion_ends_with_a_trap_and_its_backtrace() {
    on_both(&(), |linker, mut store| {
        let text = r#"(module (func $deep (export "deep") (result i32)
            call $deep i32.const 1 i32.add))"#;
        let deep = instantiate(&linker, &mut store, text)?.get_func(&mut store, "deep")?;
        let error = deep.call(&mut store, &[]).expect_err("it never ends");
        assert_eq!(trap_of(&error), Some(TrapKind::CallStackExhausted));
        let backtrace = error.trap().expect("a trap").backtrace();
        assert_eq!(backtrace.frames[0].name.as_deref(), Some("deep"));
        assert!(backtrace.omitted > 1_000);
        Ok(())
    });
}

const SPIN: &str = r#"(module (func (export "spin") (loop br 0)))"#;

#[test]
fn fuel_ends_an_endless_loop_and_is_counted() {
    on_both(&(), |linker, mut store| {
        let spin = instantiate(&linker, &mut store, SPIN)?.get_func(&mut store, "spin")?;
        store.set_fuel(Some(1_000_000));
        let error = spin.call(&mut store, &[]).expect_err("the fuel is spent");
        assert_eq!(trap_of(&error), Some(TrapKind::OutOfFuel));
        assert_eq!(store.fuel(), Some(0));
        assert!((1_000_000..1_000_010).contains(&store.consumed()), "{}", store.consumed());
        Ok(())
    });
}

#[test]
fn a_slice_hook_makes_an_activation_yield_and_ends_it() {
    on_both(&(), |linker, mut store| {
        let spin = instantiate(&linker, &mut store, SPIN)?.get_func(&mut store, "spin")?;
        let mut slices = 0;
        store.set_slice(1_000);
        store.on_slice(move |spent| {
            assert!(spent.slice >= 1_000);
            slices += 1;
            if slices < 4 { Slice::Yield } else { Slice::Trap(TrapKind::DeadlineExceeded) }
        });
        let spinning = spin.start(&mut store, &[])?;
        for _ in 0..3 {
            assert_eq!(spinning.resume(&mut store, &[])?, State::Ready);
        }
        let error = spinning.resume(&mut store, &[]).expect_err("the hook ends it");
        assert_eq!(trap_of(&error), Some(TrapKind::DeadlineExceeded));
        assert_eq!(spinning.state(&store), Err(Misuse::NotResumable));
        Ok(())
    });
}

#[test]
fn growing_past_the_limit_answers_minus_one() {
    let engine = Engine::default();
    let linker = Linker::new(&engine);
    let limits = StoreLimits::default().memory(4 * 65_536).table_elements(10);
    let mut store = Store::with_limits(&engine, (), limits);
    let text = r#"(module
        (memory 1) (memory $second 1) (table $t 4 funcref)
        (func (export "grow") (param i32) (result i32)
          local.get 0 memory.grow $second)
        (func (export "table") (param i32) (result i32)
          ref.null func local.get 0 table.grow $t))"#;
    let instance = instantiate(&linker, &mut store, text).expect("within the limits");
    let grow = instance.get_typed_func::<i32, i32>(&mut store, "grow").expect("exported");
    let table = instance.get_typed_func::<i32, i32>(&mut store, "table").expect("exported");
    let results = [3, 2, 1, 0].map(|pages| grow.call(&mut store, pages).expect("no trap"));
    assert_eq!(results, [-1, 1, -1, 3]);
    assert_eq!(store.memory_size(), 4 * 65_536);
    let results = [7, 6, 1].map(|delta| table.call(&mut store, delta).expect("no trap"));
    assert_eq!(results, [-1, 4, -1]);
}

#[test]
fn a_declared_minimum_above_the_limit_is_refused_with_the_sizes() {
    let engine = Engine::default();
    let limits = StoreLimits::default().memory(65_536);
    let text = "(module (memory 1) (memory 1))";
    let pre: InstancePre<()> = Linker::new(&engine)
        .instantiate_pre(&module(&engine, text).expect("valid"))
        .expect("no imports");
    let error = pre.check_limits(&limits).expect_err("one page too many");
    let wanted = "too much memory: 131072 bytes at the start, the limit leaves 65536";
    assert_eq!(error.to_string(), wanted);
    let mut store = Store::with_limits(&engine, (), limits);
    let error = pre.instantiate(&mut store).expect_err("one page too many");
    assert_eq!(error.to_string(), wanted);
    assert_eq!(store.memory_size(), 0, "nothing was made");
}

#[test]
fn imports_must_exist_and_fit() {
    let engine = Engine::default();
    let mut linker = Linker::new(&engine);
    let mut store = Store::new(&engine, ());
    let limits = SizeLimits { min: 1, max: None };
    let memory = Memory::new(&mut store, MemoryType::new(AddrType::I32, limits));
    linker.define("env", "memory", memory.expect("room for a page")).expect("defined once");
    linker.func_wrap("env", "f", |_: i32| 0_i64).expect("defined once");
    let mut check = |import: &str, wanted: &str| {
        let text = format!("(module (import {import}))");
        let error = instantiate(&linker, &mut store, &text).expect_err("it doesn't fit");
        assert_eq!(error.to_string(), wanted);
    };
    check(r#""env" "g" (func)"#, "unknown import: `env` `g`, wanted func [] -> []");
    check(
        r#""env" "f" (func (param i64))"#,
        "incompatible import type: `env` `f`, wanted func [i64] -> [], found func [i32] -> [i64]",
    );
    check(
        r#""env" "memory" (memory 2)"#,
        "incompatible import type: `env` `memory`, wanted memory 2, found memory 1",
    );
    check(
        r#""env" "memory" (global i32)"#,
        "incompatible import type: `env` `memory`, wanted global i32, found memory 1",
    );
    let again = linker.func_wrap("env", "f", || ()).expect_err("defined twice");
    assert!(matches!(again, Misuse::Duplicate { .. }));
    assert!(linker.allow_shadowing(true).func_wrap("env", "f", || ()).is_ok());
}

#[test]
fn an_active_segment_that_traps_leaves_what_earlier_ones_wrote() {
    on_both(&(), |mut linker, mut store| {
        let owner = r#"(module (table (export "t") 4 funcref) (memory (export "m") 1)
            (func (export "call") (param i32) (result i32)
              local.get 0 call_indirect (result i32)))"#;
        let owner = instantiate(&linker, &mut store, owner)?;
        linker.instance(&mut store, "owner", owner)?;
        let text = r#"(module (import "owner" "t" (table 4 funcref))
            (import "owner" "m" (memory 1))
            (func $seven (result i32) i32.const 7)
            (elem (i32.const 2) $seven) (elem (i32.const 4) $seven)
            (data (i32.const 0) "never"))"#;
        let wasm = module(linker.engine(), text)?;
        let error = linker.instantiate(&mut store, &wasm).expect_err("outside the table");
        assert!(error.to_string().starts_with("out of bounds table access"), "{error}");
        assert!(matches!(error, InstantiateError::Call(CallError::Trap(_))));
        let call = owner.get_typed_func::<i32, i32>(&mut store, "call")?;
        assert_eq!(call.call(&mut store, 2)?, 7);
        let memory = owner.get_memory(&mut store, "m")?;
        assert_eq!(memory.data(&store)?[0], 0);
        Ok(())
    });
}

#[test]
fn globals_are_shared_between_host_and_instances() {
    on_both(&(), |mut linker, mut store| {
        let ty = GlobalType { mutable: true, content: ValType::I64 };
        let global = Global::new(&mut store, ty, Val::I64(5))?;
        linker.define("env", "g", global)?;
        let text = r#"(module (import "env" "g" (global $g (mut i64)))
            (import "env" "base" (global $base i32))
            (global $own (export "own") i32 (i32.add (global.get $base) (i32.const 2)))
            (export "g" (global $g))
            (func (export "double") global.get $g i64.const 2 i64.mul global.set $g))"#;
        let ty = GlobalType { mutable: false, content: ValType::I32 };
        let base = Global::new(&mut store, ty, Val::I32(40))?;
        linker.define("env", "base", base)?;
        let instance = instantiate(&linker, &mut store, text)?;
        instance.get_func(&mut store, "double")?.call(&mut store, &[])?;
        assert_eq!(global.get(&store)?, Val::I64(10));
        let same = instance.get_global(&mut store, "g")?;
        same.set(&mut store, Val::I64(-3))?;
        assert_eq!(global.get(&store)?, Val::I64(-3));
        let own = instance.get_global(&mut store, "own")?;
        assert_eq!(own.get(&store)?, Val::I32(42));
        assert_eq!(own.set(&mut store, Val::I32(0)), Err(Misuse::ImmutableGlobal));
        Ok(())
    });
}

#[test]
fn a_memory_on_demand_is_as_the_import_asks() {
    let engine = Engine::default();
    let mut linker = Linker::new(&engine);
    linker.memory_on_demand("env", "memory").expect("defined once");
    let text = r#"(module (import "env" "memory" (memory i64 2 3)) (data (i64.const 1) "x"))"#;
    let pre = linker.instantiate_pre(&module(&engine, text).expect("valid")).expect("it fits");
    assert!(pre.check_limits(&StoreLimits::default().memory(65_536)).is_err());
    let mut store = Store::new(&engine, ());
    let [first, second] = [(); 2].map(|()| pre.instantiate(&mut store).expect("there is room"));
    let [first, second] = [first, second].map(|instance| instance.memory(&store).expect("one"));
    assert_ne!(first, second);
    assert_eq!(first.size(&store), Ok(2));
    assert_eq!(first.ty(&store).expect("own").addr, AddrType::I64);
    assert_eq!(second.data(&store).expect("own")[..2], *b"\0x");
}

#[test]
fn a_constant_that_finds_no_room_fails_plainly() {
    let engine = Engine::default();
    let text = "(module (type $a (array i64))
      (global (ref $a) (array.new_default $a (i32.const 0x1000_0000))))";
    let wasm = module(&engine, text).expect("valid");
    let error = Linker::new(&engine).instantiate(&mut Store::new(&engine, ()), &wasm);
    let error = error.expect_err("2 GiB are more than the limit");
    let expected = "heap exhausted: no room for 2147483656 bytes, limit 16777216";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn exports_come_in_order_with_their_types() {
    let engine = Engine::default();
    let text = r#"(module (memory (export "m") 1 2) (table (export "t") 3 externref)
        (tag (export "e") (param i32)) (global (export "g") (mut f64) (f64.const 1))
        (func (export "f") (param i32) (result v128) unreachable))"#;
    let wasm = module(&engine, text).expect("valid");
    let mut store = Store::new(&engine, ());
    let instance = Linker::new(&engine).instantiate(&mut store, &wasm).expect("no imports");
    let exports = instance.exports(&mut store).expect("own");
    let types = exports
        .iter()
        .map(|(name, export): &(_, Extern)| format!("{name}: {}", export.ty(&store).expect("own")));
    let wanted = [
        "m: memory 1 2",
        "t: table 3 externref",
        "e: tag [i32] -> []",
        "g: global (mut f64)",
        "f: func [i32] -> [v128]",
    ];
    assert_eq!(types.collect::<Vec<_>>(), wanted);
    let declared = wasm.exports().map(|(name, ty)| format!("{name}: {ty}"));
    assert_eq!(declared.collect::<Vec<_>>(), wanted);
}

#[test]
fn what_threads_share_can_be_shared() {
    fn check<S: Send + Sync>() {}
    check::<Engine>();
    check::<Module>();
    check::<Linker<std::cell::Cell<u8>>>();
    check::<InstancePre<std::cell::Cell<u8>>>();
    check::<CallError>();
}
