//! Guests that call the host, without a server.

use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use super::*;
use crate::interp::{self, Activation, Engine, Instance, Linker, Module, Store};
use crate::wasm::Val;

/// The state of a request with small limits and this environment table.
pub(super) fn state(env: &[(&str, &str)]) -> State {
    state_of(Request { id: 1, method: "GET".into(), path: "/".into(), ..Request::default() }, env)
}

/// The state of this request.
pub(super) fn state_of(request: Request, env: &[(&str, &str)]) -> State {
    let env = env.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    let limits = HostLimits { response_size: 100, log_size: 100, connections: 2 };
    State::new(request, Arc::new(Environment::new(env.collect())), limits)
}

/// The guest `wat` in a store with this environment table.
fn guest(wat: &str, env: &[(&str, &str)]) -> Result<(Store<State>, Instance), String> {
    let engine = Engine::default();
    let binary = wat::parse_str(wat).expect("wasm text");
    let module = Module::new(&engine, &binary).expect("a valid module");
    let mut linker = Linker::new(&engine);
    link(&mut linker).expect("no name twice");
    let mut store = Store::new(&engine, state(env));
    let instance = linker.instantiate(&mut store, &module);
    instance.map(|instance| (store, instance)).map_err(|error| error.to_string())
}

/// Starts the guest's `f`.
fn start(store: &mut Store<State>, instance: Instance) -> Activation {
    let func = instance.get_func(&mut *store, "f").expect("it exports f");
    func.start(&mut *store, &[]).expect("it takes nothing")
}

/// What `f` of the guest `wat` ends with.
fn end(wat: &str) -> Result<Vec<Val>, String> {
    let (mut store, instance) = guest(wat, &[("key", "value")]).expect("it links");
    let func = instance.get_func(&mut store, "f").expect("it exports f");
    func.call(&mut store, &[]).map_err(|error| error.to_string())
}

#[test]
fn every_function_links_with_its_type() {
    let all = r#"(module
        (import "env" "log" (func (param i32 i64)))
        (import "env" "response_set_status_line" (func (param i32 i32 i64)))
        (import "env" "response_set_header" (func (param i32 i64 i32 i64)))
        (import "env" "response_set_body" (func (param i32 i64)))
        (import "env" "tcp_connect" (func (param i32 i64) (result i32)))
        (import "env" "tcp_read" (func (param i32 i32 i64) (result i64)))
        (import "env" "tcp_write" (func (param i32 i32 i64) (result i64)))
        (import "env" "db_get" (func (param i32 i64 i32 i64) (result i64)))
        (import "env" "abort" (func (param i32 i32 i32 i32)))
        (import "env" "memory" (memory 18)))"#;
    assert_eq!(guest(all, &[]).err(), None);
}

#[test]
fn another_type_or_name_does_not_link() {
    let check = |import: &str, expected: &str| {
        let error = guest(&format!("(module (import \"env\" {import}))"), &[]).err();
        assert_eq!(error.as_deref(), Some(expected));
    };
    check(
        "\"log\" (func (param i32 i32))",
        "incompatible import type: `env` `log`, wanted func [i32 i32] -> [], \
         found func [i32 i64] -> []",
    );
    check(
        "\"tcp_listen\" (func (param i32) (result i32))",
        "unknown import: `env` `tcp_listen`, wanted func [i32] -> [i32]",
    );
}

#[test]
fn buffers_are_in_the_memory_that_is_exported_or_imported() {
    let get = |memory: &str| {
        end(&format!(
            r#"(module
                (import "env" "db_get"
                    (func $get (param i32 i64 i32 i64) (result i64)))
                {memory}
                (data (i32.const 0) "key")
                (func (export "f") (result i64 i32)
                    (call $get (i32.const 0) (i64.const 3) (i32.const 8) (i64.const 1))
                    (i32.load8_u (i32.const 8))))"#
        ))
    };
    let found = Ok(vec![Val::I64(5), Val::I32(i32::from(b'v'))]);
    assert_eq!(get(r#"(memory (export "memory") 1)"#), found);
    assert_eq!(get(r#"(import "env" "memory" (memory 1 2))"#), found);
}

#[test]
fn a_bad_pointer_traps_the_guest() {
    let log = |memory: &str, ptr: u32, size: i64| {
        end(&format!(
            r#"(module (import "env" "log" (func $log (param i32 i64))) {memory}
                (func (export "f") (call $log (i32.const {ptr}) (i64.const {size}))))"#
        ))
    };
    let memory = r#"(memory (export "memory") 1)"#;
    assert_eq!(log(memory, 65_535, 1), Ok(vec![]));
    let text = "env.log: argument `ptr`: 2 bytes at 0xffff, memory has 0x10000";
    assert_eq!(log(memory, 65_535, 2), Err(text.to_owned()));
    assert_eq!(log("", u32::MAX, 0), Ok(vec![]));
    let text = "env.log: argument `ptr`: 1 bytes at 0x0, memory has 0x0";
    assert_eq!(log("", 0, 1), Err(text.to_owned()));
}

const CLIENT: &str = r#"(module
    (import "env" "tcp_connect" (func $connect (param i32 i64) (result i32)))
    (import "env" "tcp_read" (func $read (param i32 i32 i64) (result i64)))
    (import "env" "tcp_write" (func $write (param i32 i32 i64) (result i64)))
    (memory (export "memory") 1)
    (data (i32.const 0) "127.0.0.1:80")
    (func (export "f") (result i64 i64 i32)
        (local $fd i32)
        (local.set $fd (call $connect (i32.const 0) (i64.const 12)))
        (call $write (local.get $fd) (i32.const 0) (i64.const 3))
        (call $read (local.get $fd) (i32.const 64) (i64.const 2))
        (i32.load16_u (i32.const 64))))"#;

#[test]
fn a_guest_waits_and_goes_on_with_what_came() {
    let (mut store, instance) = guest(CLIENT, &[("a", "127.0.0.1:80")]).expect("it links");
    let activation = start(&mut store, instance);
    let mut outcomes = vec![
        Outcome::Read(b"hi, this is too much".to_vec()),
        Outcome::Written(3),
        Outcome::Connected(connection()),
    ];
    let mut results = Vec::new();
    let mut waits = Vec::new();
    loop {
        match activation.resume(&mut store, &results).expect("no trap") {
            interp::State::Waiting(_) => {}
            end @ (interp::State::Ready | interp::State::Running | interp::State::Done(_)) => {
                let hi = i32::from(u16::from_le_bytes(*b"hi"));
                let expected = vec![Val::I64(3), Val::I64(2), Val::I32(hi)];
                assert_eq!(end, interp::State::Done(expected));
                break;
            }
        }
        let wait = store.data_mut().take_wait().expect("it waits for something");
        waits.push(match &wait {
            Wait::Connect(connect) => format!("connect {:?}", connect.number()),
            Wait::Read(_, buffer) => format!("read {}", buffer.len()),
            Wait::Write(_, buffer) => format!("write {:?}", buffer.contents(&store)),
            other @ (Wait::BodySize | Wait::ReadBody(_)) => panic!("it has no body: {other:?}"),
        });
        let outcome = outcomes.pop().expect("it waits three times");
        results = vec![complete(&mut store, &wait, outcome).expect("its own store")];
    }
    assert_eq!(waits, ["connect Some(127.0.0.1:80)", "write Ok([49, 50, 55])", "read 2"]);
}

fn connection() -> TcpStream {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    TcpStream::connect(listener.local_addr().expect("an address")).expect("a connection")
}

#[test]
fn what_is_not_permitted_or_open_is_an_error_without_waiting() {
    let (mut store, instance) = guest(CLIENT, &[("a", "127.0.0.1:81")]).expect("it links");
    let end = start(&mut store, instance).resume(&mut store, &[]).expect("no trap");
    let expected = vec![Val::I64(-5), Val::I64(-5), Val::I32(0)];
    assert_eq!(end, interp::State::Done(expected));
}

#[test]
fn failures_are_small_negative_numbers() {
    let check = |failure, expected: i32| {
        let (mut store, instance) = guest(CLIENT, &[("a", "127.0.0.1:80")]).expect("it links");
        let waiting = start(&mut store, instance).resume(&mut store, &[]).expect("no trap");
        assert!(matches!(waiting, interp::State::Waiting(_)));
        let wait = store.data_mut().take_wait().expect("it waits");
        let result = complete(&mut store, &wait, Outcome::Failed(failure));
        assert_eq!(result, Ok(Val::I32(expected)));
    };
    check(Failure::Failed, -1);
    check(Failure::NotPermitted, -3);
    check(Failure::TimedOut, -4);
}

#[test]
fn a_name_leads_to_no_special_addresses() {
    let (mut store, instance) = guest(CLIENT, &[("a", "127.0.0.1:80")]).expect("it links");
    start(&mut store, instance).resume(&mut store, &[]).expect("no trap");
    let Some(Wait::Connect(connect)) = store.data_mut().take_wait() else {
        panic!("it waits for a connection")
    };
    let resolved = ["169.254.169.254:80", "10.0.0.1:80", "0.0.0.0:80", "[fe80::1]:80", "[::1]:80"];
    let resolved = resolved.map(|text| text.parse().expect("an address"));
    let permitted = store.data_mut().permitted(&connect, resolved.to_vec());
    assert_eq!(permitted, [resolved[1], resolved[4]]);
}
