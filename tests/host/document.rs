//! What `docs/host-abi.md` shows is so.

use serverless_wasm::host::Request;

use crate::guest::Surroundings;

const DOCUMENT: &str = include_str!("../../docs/host-abi.md");

#[test]
fn the_guest_of_the_document_answers() {
    let (_, block) = DOCUMENT.split_once("```wat\n").expect("it has one");
    let (text, _) = block.split_once("```").expect("it ends");
    let request = Request { path: "/a/b".to_owned(), ..Request::default() };
    let ended = Surroundings { request, ..Surroundings::default() }.run_module(text, "handle");
    assert_eq!(ended.response.expect("a response").body, b"/a/b");
}

#[test]
fn the_traps_of_the_document_are_what_guests_get() {
    let mut count = 0;
    let mut check = |code: &str| {
        let trap = Surroundings::default().run("a\\00", "", code).result.expect_err("it traps");
        assert!(DOCUMENT.contains(&format!("`{trap}")), "{trap}");
        count += 1;
    };
    let status = |status: i32, size: i64| {
        format!(
            "(call $response_set_status_line (i32.const {status}) (i32.const 0) (i64.const {size}))"
        )
    };
    check("(call $log (i32.const 0xfffc) (i64.const 8))");
    check("(call $log (i32.const 0) (i64.const -1))");
    check(&status(101, 1));
    check(&status(200, 2));
    let header = "(call $response_set_header (i32.const 0) (i64.const";
    check(&format!("{header} 2) (i32.const 0) (i64.const 1))"));
    check(&format!("{header} 1) (i32.const 0) (i64.const 2))"));
    check("(call $response_set_body (i32.const 0) (i64.const 1001))");
    check("(call $abort (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))");
    let (_, rows) = DOCUMENT.split_once("| the log says | because |").expect("it has the table");
    assert_eq!(rows.matches("env.").count(), count);
}
