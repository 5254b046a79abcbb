//! What an application's entry says, as its guests and their clients meet it.

use std::net::TcpListener;

use crate::client::{Reply, Running};
use crate::guests::load_text;

const GUESTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/server/guests.wat");
const PARAMS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/server/params.wat");
const WIDE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/server/wide.wat");

/// An entry with these lines at its end.
fn entry(file: &str, method: &str, path: &str, lines: &str) -> String {
    format!(
        "[[applications]]\nfile_path = {file:?}\nmethod = {method:?}\nurl_path = {path:?}\n\
         {lines}\n"
    )
}

fn start(text: &str) -> Running {
    Running::start(load_text(text).unwrap())
}

fn request(server: &Running, method: &str, path: &str) -> Reply {
    let mut client = server.connect();
    client.send(&format!("{method} {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"));
    client.reply()
}

#[test]
fn a_guest_is_told_what_its_route_names() {
    let entries = [
        entry(PARAMS, "GET", "/users/{id}", ""),
        entry(PARAMS, "GET", "/users/me", ""),
        entry(PARAMS, "PUT", "/users/{name}", ""),
        entry(PARAMS, "POST", "/{kind}/{id}/x", ""),
        entry(PARAMS, "GET", "/files/{*id}", ""),
    ];
    let server = start(&entries.concat());
    let check = |method: &str, path: &str, body: &str| {
        let reply = request(&server, method, path);
        assert_eq!((reply.status, reply.body.as_str()), (200, body), "{method} {path}");
    };
    check("GET", "/users/7?id=8", "7");
    check("GET", "/users/a%2Fb%20c", "a/b c");
    check("GET", "/users/me", "none");
    check("PUT", "/users/7", "none");
    check("POST", "/users/7/x", "7");
    check("GET", "/files/a/b%2Fc//d", "a/b/c//d");
    check("GET", "/files/", "");
    for path in ["/users/", "/users", "/files", "/users/7/"] {
        assert_eq!(request(&server, "GET", path).status, 404, "{path}");
    }
}

#[test]
fn a_path_with_other_methods_allows_those_of_all_its_patterns() {
    let entries = [
        entry(PARAMS, "GET", "/users/me", ""),
        entry(PARAMS, "PUT", "/users/{name}", ""),
        entry(PARAMS, "DELETE", "/{*rest}", ""),
    ];
    let server = start(&entries.concat());
    let reply = request(&server, "POST", "/users/me");
    let allowed = reply.header("Allow");
    assert_eq!((reply.status, allowed), (405, Some("GET, PUT, DELETE, HEAD")));
    assert_eq!(request(&server, "PUT", "/users/me").status, 200);
    assert_eq!(request(&server, "DELETE", "/users/me").status, 200);
}

#[test]
fn an_application_has_limits_of_its_own() {
    let entries = [
        entry(GUESTS, "GET", "/spin", "function = \"spin\"\nlimits = { time = \"50ms\" }"),
        entry(GUESTS, "GET", "/fuel", "function = \"hello\"\nlimits = { fuel = 3 }"),
        entry(GUESTS, "GET", "/all", "function = \"hello\"\nlimits = { fuel = 0 }"),
    ];
    let server = start(&format!("[limits]\nfuel = 1_000_000_000_000\n{}", entries.concat()));
    assert_eq!(server.get("/spin").status, 504);
    assert_eq!(server.get("/fuel").status, 500);
    assert_eq!(server.get("/all").status, 203);
}

#[test]
fn an_application_connects_where_it_is_allowed_to() {
    // Connections wait in the queue of a listener that nobody looks at.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let get = |lines: &str| {
        let env = format!("env = {{ backend = \"127.0.0.1:{port}\" }}\nfunction = \"backend\"\n");
        // A guest that is let through waits for an answer, in vain.
        let limits = "limits = { tcp_timeout = \"50ms\" }\n";
        start(&entry(GUESTS, "GET", "/", &[&env, limits, lines].concat())).get("/").body
    };
    let (timed_out, not_permitted) = ("d", "c");
    assert_eq!(get(""), timed_out);
    assert_eq!(get("allow_tcp = []"), not_permitted);
    assert_eq!(get("allow_tcp = [\"127.0.0.1:1\", \"localhost:*\"]"), not_permitted);
    assert_eq!(get("allow_tcp = [\"127.0.0.1:*\"]"), timed_out);
    assert_eq!(get(&format!("allow_tcp = [\"a:1\", \"127.0.0.1:{port}\"]")), timed_out);
}

#[test]
fn an_application_turns_on_proposals_for_itself() {
    let wide = entry(WIDE, "GET", "/wide", "features = [\"wide-arithmetic\"]");
    let server = start(&[wide.as_str(), &entry(PARAMS, "GET", "/{id}", "")].concat());
    assert_eq!(server.get("/wide").body, "a");
    assert_eq!(server.get("/other").body, "other");
    let errors = load_text(&[wide, entry(WIDE, "GET", "/off", "")].concat()).err().unwrap();
    let errors: Vec<_> = errors.iter().collect();
    assert_eq!(errors.len(), 1);
    assert!(errors[0].to_string().contains("features = [\"wide-arithmetic\"]"), "{}", errors[0]);
    assert_eq!(errors[0].line(), 7);
}
