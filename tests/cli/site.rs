//! `check`, `call` and `routes`: a configuration without a server; `completions` and `man`.

use std::fs;

use crate::{Folder, text};

/// Answers with 201, its headers and a body that has no line end; another function traps.
const GUEST: &str = r#"(module
  (import "env" "response_set_status_line" (func $status (param i32 i32 i64)))
  (import "env" "response_set_header" (func $header (param i32 i64 i32 i64)))
  (import "env" "response_set_body" (func $body (param i32 i64)))
  (memory (export "memory") 1)
  (data (i32.const 0) "X-Request-Id made up\ff\00")
  (func $answer
    (call $status (i32.const 201) (i32.const 0) (i64.const 0))
    (call $header (i32.const 0) (i64.const 3) (i32.const 13) (i64.const 7))
    (call $header (i32.const 0) (i64.const 1) (i32.const 13) (i64.const 4))
    (call $body (i32.const 20) (i64.const 2)))
  (func (export "handle") (call $answer))
  (func $fail unreachable)
  (func (export "trap") (call $fail))
  (func (export "nothing")))"#;

const CONFIG: &str = r#"
[server]
max_body_size = "8B"
[[applications]]
file_path = "guest.wat"
method = "GET"
url_path = "/made"
[[applications]]
file_path = "guest.wat"
method = "*"
url_path = "/trap"
function = "trap"
[[applications]]
file_path = "guest.wat"
method = "POST"
url_path = "/a%20b"
function = "nothing"
"#;

fn folder(test: &str) -> Folder {
    let files = [("c.toml", CONFIG.as_bytes()), ("guest.wat", GUEST.as_bytes())];
    Folder::new(test, &files)
}

/// Stdout, stderr and the exit status.
fn output(folder: &Folder, args: &[&str]) -> (String, String, i32) {
    let output = folder.output(args);
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    (stdout, text(&output.stderr), output.status.code().expect("it ended"))
}

#[test]
fn check_says_where_modules_were_found() {
    let folder = folder("check");
    let rows = "\
        GET   /made   guest.wat  found in the configuration's folder\n\
        *     /trap   guest.wat  found in the configuration's folder\n\
        POST  /a%20b  guest.wat  found in the configuration's folder\n";
    let expected = format!("c.toml: 3 applications\n{rows}");
    assert_eq!(output(&folder, &["check", "c.toml"]), (expected, String::new(), 0));

    fs::create_dir(folder.0.join("etc")).expect("a folder");
    let absolute = folder.0.join("guest.wat").display().to_string();
    let config = CONFIG.replacen("guest.wat", &absolute, 1);
    fs::write(folder.0.join("etc/c.toml"), config).expect("a file");
    let (out, _, _) = output(&folder, &["check", "etc/c.toml"]);
    assert!(out.contains(&format!("/made   {absolute}  an absolute path\n")), "{out}");
    assert!(out.contains("found in the working directory\n"), "{out}");
}

#[test]
fn check_tells_of_everything_at_once() {
    let folder = folder("check-wrong");
    let config = CONFIG.replace("[server]\n", "[server]\nthread = 1\n");
    let config = config.replace("function = \"trap\"", "function = \"trip\"");
    let config = config.replacen("\"guest.wat\"", "\"gone.wat\"", 1);
    let config = format!(
        "{config}[[applications]]\nfile_path = \"guest.wat\"\nmethod = \"POST\"\n\
         url_path = \"/a%20b\"\n"
    );
    fs::write(folder.0.join("c.toml"), config).expect("a file");
    for command in ["check", "serve"] {
        let (out, err, status) = output(&folder, &[command, "c.toml"]);
        assert_eq!((out.as_str(), status), ("", 1), "{err}");
        let errors: Vec<_> = err.lines().filter(|line| line.starts_with("error: ")).collect();
        let expected = [
            "error: unknown key `thread` in [server]",
            "error: `file_path` names a file that does not exist",
            "error: the module has no export `trip`",
            "error: duplicate route POST /a%20b: line 17 has it already",
        ];
        assert_eq!(errors, expected, "{err}");
    }
}

#[test]
fn routes_are_a_table() {
    let expected = "\
        GET   /made   guest.wat  handle\n\
        *     /trap   guest.wat  trap\n\
        POST  /a%20b  guest.wat  nothing\n";
    let found = output(&folder("routes"), &["routes", "c.toml"]);
    assert_eq!(found, (expected.to_owned(), String::new(), 0));
}

#[test]
fn routes_say_which_takes_a_request_and_why() {
    let folder = folder("route");
    let check = |method: &str, path: &str, route: &str, why: &str| {
        let expected = (format!("{route}\n{why}\n"), String::new(), 0);
        assert_eq!(output(&folder, &["routes", "c.toml", method, path]), expected);
    };
    let made = "GET  /made  guest.wat  handle";
    check("GET", "/made?a=1", made, "the path is the same; so is the method");
    let why = "the path is the same; a GET route answers HEAD, without the body";
    check("HEAD", "/made", made, why);
    let why = "the decoded segments of the path match; so is the method";
    check("POST", "/%61%20b", "POST  /a%20b  guest.wat  nothing", why);
    let why = "the path is the same; \
               the route takes any method that no other route of the path takes";
    check("PUT", "/trap", "*  /trap  guest.wat  trap", why);

    let config = CONFIG.replace("/made", "/{kind}/{*rest}").replace("/trap", "/a/{id}");
    fs::write(folder.0.join("p.toml"), config).expect("a file");
    let expected = "GET  /{kind}/{*rest}  guest.wat  handle\n\
                    the path matches: `kind` is \"a\", `rest` is \"\\u{0}/c\"; so is the method\n";
    let found = output(&folder, &["routes", "p.toml", "GET", "/a/%00/c"]);
    assert_eq!(found, (expected.to_owned(), String::new(), 0));

    let refused = |args: &[&str], message: &str, status: i32| {
        let expected = (String::new(), format!("error: {message}\n"), status);
        assert_eq!(output(&folder, &[&["routes", "c.toml"], args].concat()), expected);
    };
    refused(&["GET", "/maid"], "404 Not Found: no route has the path; there is `/made`", 1);
    refused(&["GET", "/"], "404 Not Found: no route has the path", 1);
    let message = "405 Method Not Allowed: routes have the path, for other methods: GET, HEAD";
    refused(&["PUT", "/made"], message, 1);
    refused(&["GET", "made"], "no request at all: malformed request target", 1);
    let message = "PATH is one word, found \"/a b\"; write %20 for a space";
    refused(&["GET", "/a b"], message, 2);
    let (_, err, status) = output(&folder, &["routes", "c.toml", "GET"]);
    assert_eq!(status, 2, "{err}");
}

/// The answer's lines but `Date` and the number, which are never the same.
fn lasting(answer: &str) -> Vec<&str> {
    let lines = answer.split("\r\n");
    lines.filter(|line| !line.starts_with("Date: ")).collect()
}

#[test]
fn call_prints_the_answer_as_it_would_be_sent() {
    let folder = folder("call");
    let (out, err, status) = output(&folder, &["call", "c.toml", "GET", "/made", "-H", "A: b"]);
    let id = out.lines().find_map(|line| line.strip_prefix("X-Request-Id: ")).expect("a number");
    let number = format!("X-Request-Id: {id}");
    let head = ["HTTP/1.1 201 Created", "X-R: made up", "X: made", &number, "Content-Length: 2"];
    // The body is two bytes that are no text.
    let expected = [&head[..], &["", "\u{fffd}\0"]].concat();
    assert_eq!((lasting(&out), status), (expected, 0), "{err}");
    assert!(err.contains(&format!("request{{id={id} application=\"guest.wat handle\"")), "{err}");
    assert!(err.contains("answered status=201"), "{err}");

    let (out, _, _) = output(&folder, &["call", "c.toml", "HEAD", "/made", "--log", "off"]);
    assert!(out.ends_with("Content-Length: 2\r\n\r\n"), "{out}");
}

#[test]
fn call_answers_what_no_guest_does() {
    let folder = folder("call-server");
    let check = |args: &[&str], line: &str| {
        let (out, err, status) = output(&folder, &[&["call", "c.toml"], args].concat());
        assert_eq!((out.lines().next(), status), (Some(line), 0), "{err}");
        assert_eq!(err.lines().count(), 1, "{err}");
    };
    check(&["GET", "/"], "HTTP/1.1 404 Not Found");
    check(&["PUT", "/made"], "HTTP/1.1 405 Method Not Allowed");
    check(&["OPTIONS", "*"], "HTTP/1.1 204 No Content");
    check(&["GET", "made"], "HTTP/1.1 400 Bad Request");
    check(&["GET", "/made", "-H", "Host: a", "-H", "Host: b"], "HTTP/1.1 400 Bad Request");
}

#[test]
fn call_sends_the_data_or_a_file() {
    let folder = folder("call-data");
    fs::write(folder.0.join("large"), [b'a'; 9]).expect("a file");
    let call = |data: &str| output(&folder, &["call", "c.toml", "POST", "/made", "-d", data]);
    assert!(call("12345678").0.starts_with("HTTP/1.1 405 "));
    assert!(call("123456789").0.starts_with("HTTP/1.1 413 "));
    assert!(call("@large").0.starts_with("HTTP/1.1 413 "));
    let (out, err, status) = call("@gone");
    assert_eq!((out.as_str(), status), ("", 1));
    assert!(err.starts_with("error: gone: No such file"), "{err}");
}

#[test]
fn a_guest_that_fails_is_told_of_and_the_exit_status_says_so() {
    let folder = folder("call-trap");
    let (out, err, status) = output(&folder, &["call", "c.toml", "GET", "/trap"]);
    assert_eq!(status, 134, "{err}");
    assert!(out.starts_with("HTTP/1.1 500 Internal Server Error\r\n"), "{out}");
    assert!(err.contains("unreachable\n  at 5 `fail` + 0x"), "{err}");
    assert!(err.ends_with("\nerror: the guest failed: unreachable\n"), "{err}");
    let (_, err, status) = output(&folder, &["call", "c.toml", "POST", "/a%20b", "--log", "off"]);
    let expected = "error: the guest failed: the guest ended without a response\n";
    assert_eq!((err.as_str(), status), (expected, 134));
}

#[test]
fn call_traces_functions_and_the_hosts() {
    let args = ["call", "--trace", "--log=off", "c.toml", "GET", "/made"];
    let (out, err, status) = output(&folder("call-trace"), &args);
    assert_eq!((out.starts_with("HTTP/1.1 201 "), status), (true, 0), "{err}");
    let expected = "\
> func 4()
  > answer()
    > env.response_set_status_line(201, 0, 0)
    < env.response_set_status_line
    > env.response_set_header(0, 3, 13, 7)
    < env.response_set_header
    > env.response_set_header(0, 1, 13, 4)
    < env.response_set_header
    > env.response_set_body(20, 2)
    < env.response_set_body
  < answer
< func 4
";
    assert_eq!(err, expected);
}

#[test]
fn shells_and_man_learn_the_commands() {
    let folder = Folder::new("completions", &[]);
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let (out, err, status) = output(&folder, &["completions", shell]);
        assert_eq!((err.as_str(), status), ("", 0));
        assert!(out.contains("log-format") && out.contains("routes"), "{shell}: {out}");
    }
    let (out, _, _) = output(&folder, &["man"]);
    assert!(out.contains(".TH serverless-wasm 1") && out.contains("Exit status"), "{out}");
    let (out, _, _) = output(&folder, &["man", "call"]);
    assert!(out.contains(".TH serverless-wasm-call 1"), "{out}");
    let (out, err, status) = output(&folder, &["man", "what"]);
    assert_eq!((&*out, &*err, status), ("", "error: no command `what`\n", 2));
}
