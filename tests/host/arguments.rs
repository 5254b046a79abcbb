//! Pointers and sizes, of every function that takes some.

use serverless_wasm::host::{FUNCTIONS, HostFunction, Outcome};

use crate::guest::{Ended, MEMORY, Surroundings, refused};

/// The functions with a pointer and a size, and the index of the pointer.
fn buffers() -> impl Iterator<Item = (&'static HostFunction, usize)> {
    FUNCTIONS.iter().flat_map(|function| {
        let names = function.params.iter().map(|(name, _)| *name).enumerate();
        names.filter(|(_, name)| name.ends_with("ptr")).map(move |(index, _)| (function, index))
    })
}

/// Calls the function with this pointer and size, and with empty buffers, a fine status and
/// descriptor 0 otherwise.
fn call(function: &HostFunction, index: usize, ptr: u32, size: i64) -> Ended {
    let argument = |(at, (name, ty)): (usize, &(&str, &str))| {
        let value = match *name {
            _ if at == index => i64::from(ptr),
            _ if at == index + 1 => size,
            "status" => 200,
            _ => 0,
        };
        format!("({ty}.const {value}) ")
    };
    let arguments: String = function.params.iter().enumerate().map(argument).collect();
    let drop = if function.result.is_some() { "drop" } else { "" };
    let code = format!("(call ${} {arguments}) {drop}", function.name);
    // Whatever it waits for comes to nothing.
    Surroundings { outcomes: vec![Outcome::BodySize(0)], ..Surroundings::default() }
        .run("", "", &code)
}

#[test]
fn a_pointer_outside_the_memory_is_named() {
    let mut count = 0;
    for (function, index) in buffers() {
        let check = |ptr: u32, size: i64| {
            let problem = format!("{size} bytes at {ptr:#x}, memory has 0x10000");
            let found = call(function, index, ptr, size).result;
            assert_eq!(found, refused(function.name, function.params[index].0, &problem));
        };
        check(MEMORY as u32, 1);
        check(MEMORY as u32 - 1, 2);
        check(0, MEMORY as i64 + 1);
        check(u32::MAX, 1);
        check(1, i64::MAX);
        check(u32::MAX, i64::MAX);
        count += 1;
    }
    // Nothing else has 64 bits.
    let sizes =
        FUNCTIONS.iter().flat_map(|function| function.params).filter(|(_, ty)| *ty == "i64");
    assert_eq!(count, sizes.count());
}

#[test]
fn a_negative_size_is_named() {
    for (function, index) in buffers() {
        for size in [-1, i64::MIN] {
            let found = call(function, index, 0, size).result;
            assert_eq!(
                found,
                refused(function.name, function.params[index + 1].0, "negative size")
            );
        }
    }
}

#[test]
fn a_buffer_may_end_where_the_memory_ends_and_an_empty_one_be_anywhere() {
    for (function, index) in buffers() {
        for (ptr, size) in [(MEMORY as u32 - 1, 1), (MEMORY as u32, 0), (u32::MAX, 0)] {
            // What is there need not please the function, but it is found.
            let trap = call(function, index, ptr, size).result.err().unwrap_or_default();
            assert!(!trap.contains("bytes at") && !trap.contains("size"), "{function}: {trap}");
        }
    }
}

#[test]
fn pointers_point_into_a_memory_of_any_type_that_is_exported_or_imported() {
    check_memory("(memory i64 1)");
    check_memory(r#"(import "env" "memory" (memory 1))"#);
    check_memory(r#"(import "env" "memory" (memory 1 20))"#);
    check_memory(r#"(import "env" "memory" (memory i64 1))"#);
}

fn check_memory(memory: &str) {
    let text = |ptr: u32| {
        format!(
            r#"(module (import "env" "random_get" (func $random_get (param i32 i64)))
                 {memory} (export "memory" (memory 0))
                 (func (export "f") (call $random_get (i32.const {ptr}) (i64.const 16))))"#
        )
    };
    let ended = Surroundings::default().run_module(&text(65_520), "f");
    assert_eq!(ended.result, Ok(vec![]));
    assert!(ended.memory[65_520..].iter().any(|byte| *byte != 0));
    let ended = Surroundings::default().run_module(&text(65_521), "f");
    assert_eq!(
        ended.result,
        refused("random_get", "ptr", "16 bytes at 0xfff1, memory has 0x10000")
    );
}
