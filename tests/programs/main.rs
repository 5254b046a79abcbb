//! Random programs: the engine on both backends, fused and not, translated lazily and eagerly,
//! metered and not, does what a reference evaluator does that was written from the specification:
//! results, traps, memory, globals, tables, calls of the host, and the count of instructions.
//!
//! `PROGRAMS` sets how many programs, `SEED` which; `PROGRAM=FILE.wat` runs one from a file. What
//! fails is printed, as small as it could be made.
#![expect(clippy::unwrap_used, reason = "in a test it is the assertion")]
#![expect(clippy::wildcard_enum_match_arm, reason = "programs and evaluator know a part of all")]

mod generator;
mod reduce;
mod reference;
mod ways;

use std::cell::Cell;

use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestError, TestRunner};
use serverless_wasm::interp::{Engine, ExternType, Module, ValType};

use reference::Value;
use ways::{Call, Outcome, Way};

/// Enough to find a new mistake in a minute of everyday runs, few enough for each of them.
const PROGRAMS: u32 = 4_000;
/// Bytes of decisions at most: some hundred instructions in each of a few functions.
const MOST_BYTES: usize = 1_500;

/// What a program showed.
#[derive(PartialEq, Debug)]
enum Shown {
    /// Every way did what the reference evaluator did.
    Same,
    /// It has no defined outcome, or takes too long, or is no module.
    Nothing,
    /// A way that differs, and in what.
    Difference(String),
}

/// Runs a program in every way.
fn check(text: &str) -> Shown {
    let Ok(binary) = wat::parse_str(text) else { return Shown::Nothing };
    let Ok(module) = Module::new(&Engine::default(), &binary) else { return Shown::Nothing };
    let calls = calls(&module);
    let Some(expected) = ways::reference(&binary, &calls) else { return Shown::Nothing };
    for way in Way::ALL {
        let mut found = ways::engine(way, &binary, &calls);
        if !way.metering {
            found.spent = expected.spent;
        }
        if found != expected {
            return Shown::Difference(format!("{way:?}: {}", difference(&expected, &found)));
        }
    }
    Shown::Same
}

/// Each function, shallow and deep, with some arguments.
fn calls(module: &Module) -> Vec<Call> {
    let mut calls = Vec::new();
    for (name, ty) in module.exports() {
        let ExternType::Func(ty) = ty else { continue };
        for (round, depth) in [0, 2].into_iter().enumerate() {
            let arg = |(index, ty): (usize, &ValType)| match ty {
                ValType::I32 if index == 0 => Value::I32(depth),
                ValType::I32 => Value::I32([3, 0xFFFF_FFF0][round]),
                ValType::I64 => Value::I64([0x1_0000_0005, u64::MAX][round]),
                ValType::F32 => Value::F32([1.5_f32, -0.0][round].to_bits()),
                ValType::F64 => Value::F64([-2.5_f64, 1e12][round].to_bits()),
                ValType::V128 | ValType::Ref(_) => Value::default(*ty),
            };
            calls.push((name.to_owned(), ty.params.iter().enumerate().map(arg).collect()));
        }
    }
    calls
}

/// What differs first.
fn difference(expected: &Outcome, found: &Outcome) -> String {
    for (index, (a, b)) in expected.calls.iter().zip(&found.calls).enumerate() {
        if a != b {
            return format!("call {index}: {b:?}, expected {a:?}");
        }
    }
    if expected.trace != found.trace {
        return format!("host: {:?}, expected {:?}", found.trace, expected.trace);
    }
    if expected.globals != found.globals {
        return format!("globals: {:?}, expected {:?}", found.globals, expected.globals);
    }
    for (index, (a, b)) in expected.memories.iter().zip(&found.memories).enumerate() {
        if a.len() != b.len() {
            return format!("memory {index}: {} bytes, expected {}", b.len(), a.len());
        }
        if let Some(at) = (0..a.len()).find(|at| a[*at] != b[*at]) {
            return format!("memory {index} at {at}: {:#x}, expected {:#x}", b[at], a[at]);
        }
    }
    if expected.tables != found.tables {
        return format!("tables: {:?}, expected {:?}", found.tables, expected.tables);
    }
    format!("{} instructions, expected {}", found.spent, expected.spent)
}

/// Runs a program; what differs is reported with the smallest program that shows it.
fn tell(text: &str) -> Shown {
    let shown = check(text);
    if !matches!(shown, Shown::Difference(_)) {
        return shown;
    }
    let differs = |text: &str| matches!(check(text), Shown::Difference(_));
    let small = reduce::reduce(text, differs);
    let Shown::Difference(what) = check(&small) else { unreachable!("it differed before") };
    Shown::Difference(format!("{what}\n{small}"))
}

#[test]
fn random_programs_do_what_the_reference_evaluator_does() {
    if let Ok(path) = std::env::var("PROGRAM") {
        let text = std::fs::read_to_string(path).expect("a readable file");
        assert_eq!(check(&text), Shown::Same);
        return;
    }
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let cases = number("PROGRAMS").unwrap_or(PROGRAMS);
    // Shrinking is `reduce`'s, which knows what a line is.
    let mut config = ProptestConfig {
        cases,
        failure_persistence: None,
        max_shrink_iters: 0,
        ..Default::default()
    };
    if let Some(seed) = number("SEED") {
        config.rng_seed = RngSeed::Fixed(seed.into());
    }
    let (run, told) = (Cell::new(0_u32), Cell::new(0_u32));
    let bytes = proptest::collection::vec(any::<u8>(), 0..MOST_BYTES);
    let result = TestRunner::new(config).run(&bytes, |bytes| {
        let text = generator::program(&bytes);
        wat::parse_str(&text).expect("the generator writes valid text");
        run.set(run.get() + 1);
        match tell(&text) {
            Shown::Same => told.set(told.get() + 1),
            Shown::Nothing => {}
            Shown::Difference(what) => return Err(TestCaseError::fail(what)),
        }
        Ok(())
    });
    let (run, told) = (run.get(), told.get());
    if let Err(TestError::Fail(what, _)) = result {
        panic!("program {run}: {what}");
    }
    println!("{run} programs, {told} with a defined outcome");
    assert!(told > run / 2, "of {run} programs only {told} had a defined outcome");
}
