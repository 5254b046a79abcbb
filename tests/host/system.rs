//! The environment table, the time, and randomness.

use std::time::{SystemTime, UNIX_EPOCH};

use serverless_wasm::host::Environment;
use serverless_wasm::wasm::Val;

use crate::guest::{Surroundings, i64};

#[test]
fn db_get_copies_as_much_as_there_is_room_for() {
    let check = |key: &str, room: i64, expected: i64, memory: &[u8]| {
        let values = [("/env/name".to_owned(), "value".to_owned())];
        let environment = Environment::new(values.into());
        let size = key.replace("\\ff", "?").len();
        let code = format!(
            "(call $db_get (i32.const 0) (i64.const {size}) (i32.const 16) (i64.const {room}))"
        );
        let surroundings = Surroundings { environment, ..Surroundings::default() };
        let ended = surroundings.run(key, "(result i64)", &code);
        assert_eq!((ended.result, &ended.memory[16..24]), (i64(expected), memory), "{key}");
    };
    check("/env/name", 8, 5, b"value\0\0\0");
    check("/env/name", 5, 5, b"value\0\0\0");
    check("/env/name", 2, 5, b"va\0\0\0\0\0\0");
    check("/env/name", 0, 5, &[0; 8]);
    for absent in ["", "/env/Name", "/env/nam", "\\ff"] {
        check(absent, 8, -1, &[0; 8]);
    }
}

#[test]
fn clock_time_get_is_now_in_nanoseconds() {
    let now =
        || SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_nanos() as i64;
    let before = now();
    let result = Surroundings::default().run("", "(result i64)", "call $clock_time_get").result;
    match result.expect("no trap").as_slice() {
        [Val::I64(time)] => assert!((before..=now()).contains(time), "{time}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn random_get_fills_its_buffer_and_nothing_else() {
    let code = "(call $random_get (i32.const 16) (i64.const 32))";
    let memory = || Surroundings::default().run("", "", code).memory;
    let (first, second) = (memory(), memory());
    // One chance in 2^256 to be wrong.
    assert_ne!(first[16..48], second[16..48]);
    assert!(first[..16].iter().chain(&first[48..]).all(|byte| *byte == 0));
}
