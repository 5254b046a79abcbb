//! The response that a guest builds.

use serverless_wasm::host::{Header, HostLimits, Response};

use crate::guest::{Surroundings, refused};

/// The memory of these guests: `text` has its place at 64.
fn run(text: &str, code: &str) -> Result<Option<Response>, String> {
    let data = format!("{:<64}{text}", "OK  Content-Type  text/plain");
    let ended = Surroundings::default().run(&data, "", code);
    ended.result.map(|_| ended.response)
}

fn answered(text: &str, code: &str) -> Response {
    run(text, code).expect("no trap").expect("a response")
}

#[test]
fn nothing_said_is_no_response() {
    assert_eq!(run("", ""), Ok(None));
}

#[test]
fn response_set_status_line_with_and_without_reason() {
    let set = |status: i32, size: i64| {
        format!(
            "(call $response_set_status_line (i32.const {status}) (i32.const 0) (i64.const {size}))"
        )
    };
    for status in [200, 404, 999] {
        let response = answered("", &set(status, 2));
        assert_eq!((i32::from(response.status), response.reason), (status, b"OK".to_vec()));
    }
    let twice = answered("", &(set(500, 2) + &set(201, 0)));
    assert_eq!((twice.status, twice.reason), (201, vec![]));
    for status in [i32::MIN, -1, 0, 100, 101, 199, 1_000, 65_736, i32::MAX] {
        let expected = refused("response_set_status_line", "status", "not in 200..=999");
        assert_eq!(run("", &set(status, 2)), expected);
    }
}

#[test]
fn response_set_status_line_takes_one_line_of_text() {
    let code = "(call $response_set_status_line (i32.const 200) (i32.const 64) (i64.const 5))";
    assert_eq!(answered("a\\e9\\tb!", code).reason, b"a\xe9\tb!");
    for bad in ["a\\r\\nbc", "a\\00bcd", "a\\1b[0m", "a\\7fbcd"] {
        let problem = "a control character in the reason";
        assert_eq!(run(bad, code), refused("response_set_status_line", "ptr", problem));
    }
}

/// Sets a header whose name and value stand one behind the other.
fn set_header(name_size: usize, value_size: usize) -> String {
    let value = 64 + name_size;
    format!(
        "(call $response_set_header (i32.const 64) (i64.const {name_size})
           (i32.const {value}) (i64.const {value_size}))"
    )
}

#[test]
fn response_set_header_adds_lines_in_order() {
    let header = |name: &str, value: &[u8]| Header { name: name.into(), value: value.into() };
    let code = set_header(3, 4) + &set_header(3, 0) + &set_header(1, 1);
    let headers = answered("X-A b\\ff ", &code).headers;
    assert_eq!(headers, [header("X-A", b"b\xff"), header("X-A", b""), header("X", b"-")]);
}

#[test]
fn response_set_header_takes_tokens_as_names() {
    let expected = || refused("response_set_header", "name_ptr", "not a header name");
    for bad in ["a b:", "a:bc", "a\\r\\nb", "a\\00bc", "\\c3\\a9bc", "(ab)", "a\\tbc"] {
        assert_eq!(run(bad, &set_header(4, 0)), expected(), "{bad}");
    }
    assert_eq!(run("", &set_header(0, 0)), expected());
}

#[test]
fn response_set_header_takes_one_line_of_text_as_value() {
    for bad in
        ["nx\\r\\nY: z", "nx\\nY: zz", "nx\\rY: zz", "nx\\00yyyy", "nx\\1b[31m", "nx\\7fyyyy"]
    {
        let expected =
            refused("response_set_header", "value_ptr", "a control character in the value");
        assert_eq!(run(bad, &set_header(1, 6)), expected, "{bad}");
    }
}

#[test]
fn response_set_header_leaves_framing_to_the_server() {
    for name in [
        "Content-Length",
        "transfer-encoding",
        "CONNECTION",
        "Keep-Alive",
        "Upgrade",
        "Trailer",
        "TE",
        "Date",
        "X-Request-Id",
    ] {
        let response = answered(&format!("{name}5"), &set_header(name.len(), 1));
        assert_eq!((response.status, response.headers), (200, vec![]), "{name}");
    }
    assert_eq!(answered("Dates5", &set_header(5, 1)).headers.len(), 1);
}

#[test]
fn response_set_body_replaces_and_response_write_body_appends() {
    let body =
        |function: &str, size: i64| format!("(call ${function} (i32.const 64) (i64.const {size}))");
    let (set, write) = ("response_set_body", "response_write_body");
    let check = |code: String, expected: &str| {
        let response = answered("abcdef", &code);
        assert_eq!((response.status, response.body), (200, expected.as_bytes().to_vec()));
    };
    check(body(set, 3), "abc");
    check(body(set, 3) + &body(set, 1), "a");
    check(body(write, 2) + &body(write, 0) + &body(write, 3), "ababc");
    check(body(write, 2) + &body(set, 1) + &body(write, 2), "aab");
    check(body(set, 2) + &body(set, 0), "");
}

#[test]
fn the_response_has_one_limit() {
    let limits = HostLimits { response_size: 100, log_size: 0, connections: 0 };
    let run = |code: &str| {
        let surroundings = Surroundings { limits, ..Surroundings::default() };
        surroundings.run(&"a".repeat(200), "", code).result.map(|_| ())
    };
    let call =
        |function: &str, size: i64| format!("(call ${function} (i32.const 0) (i64.const {size}))");
    let header = set_header(8, 10);
    let reason =
        "(call $response_set_status_line (i32.const 200) (i32.const 0) (i64.const 10))".to_owned();
    let too_large = |function: &str, argument: &str| {
        refused(function, argument, "the response is larger than `response_size`")
    };
    // 32 bytes, and those of name and value.
    let full = header.clone() + &reason + &call("response_set_body", 40);
    assert_eq!(run(&full), Ok(()));
    assert_eq!(run(&(full.clone() + &reason)), Ok(()));
    assert_eq!(run(&(full.clone() + &call("response_set_body", 40))), Ok(()));
    let more = |code: &str| run(&(full.clone() + code));
    assert_eq!(more(&call("response_set_body", 41)), too_large("response_set_body", "size"));
    assert_eq!(more(&call("response_write_body", 1)), too_large("response_write_body", "size"));
    assert_eq!(more(&set_header(1, 0)), too_large("response_set_header", "value_size"));
    let longer = "(call $response_set_status_line (i32.const 200) (i32.const 0) (i64.const 11))";
    assert_eq!(more(longer), too_large("response_set_status_line", "size"));
}
