//! `serve`: configurations that are wrong, and the log.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use crate::{Folder, text};

#[test]
fn a_wrong_configuration_is_drawn_and_does_not_start() {
    let config = "[server]\nthread = 4\n[limits]\ntime = 10\n";
    let folder = Folder::new("config", &[("config.toml", config.as_bytes())]);
    for command in [&["serve", "config.toml"][..], &["config.toml"]] {
        let output = folder.output(command);
        let stderr = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{stderr}");
        assert!(stderr.starts_with("error: unknown key `thread` in [server]\n"), "{stderr}");
        assert!(stderr.contains("--> config.toml:2:1"), "{stderr}");
        assert!(stderr.contains("error: `time` takes a duration"), "{stderr}");
    }
    let output = folder.output(&["gone.toml"]);
    let stderr = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr.contains("can't read the configuration: No such file"), "{stderr}");
}

#[test]
fn what_loading_finds_is_drawn_at_the_key_that_asked_for_it() {
    let config = "[[applications]]\nfile_path = \"x.wat\"\nmethod = \"GET\"\nurl_path = \"/\"\n";
    let wat = r#"(module (import "env" "log" (func (param i32 i32))))"#;
    let folder = Folder::new("load", &[("c.toml", config.as_bytes()), ("x.wat", wat.as_bytes())]);
    let output = folder.output(&["c.toml"]);
    let expected = "error: incompatible import type: `env` `log`, wanted func [i32 i32] -> [], \
                    found func [i32 i64] -> []\n --> c.toml:2:13\n";
    let stderr = text(&output.stderr);
    assert!(stderr.starts_with(expected), "{stderr}");
    assert_eq!(output.status.code(), Some(1));
}

/// A server that runs, ended with the test.
const BINARY: &str = env!("CARGO_BIN_EXE_serverless-wasm");

struct Server {
    process: Child,
    address: String,
    log: Receiver<String>,
}

impl Server {
    fn start(folder: &Path, args: &[&str]) -> Self {
        Self::run(Command::new(BINARY).current_dir(folder).args(args))
    }

    /// Starts a command that becomes the server.
    fn run(command: &mut Command) -> Self {
        let mut process = command.stderr(Stdio::piped()).spawn().expect("it runs");
        let stderr = process.stderr.take().expect("it is piped");
        let mut lines = BufReader::new(stderr).lines().map_while(Result::ok);
        let address = lines
            .find_map(|line| Some(line.split_once("listening on http://")?.1.to_owned()))
            .expect("it says where it listens");
        let address = address.split('"').next().unwrap_or_default().to_owned();
        let (sender, log) = mpsc::channel();
        // A full pipe would hold the server up.
        thread::spawn(move || lines.for_each(|line| drop(sender.send(line))));
        Self { process, address, log }
    }

    /// The lines of the log up to the one of an answer.
    fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        while !lines.last().is_some_and(|line: &String| line.contains("answered")) {
            lines.push(self.log.recv().expect("it logs an answer"));
        }
        lines
    }

    /// The head and the body of the answer.
    fn answer(&self, path: &str) -> (String, String) {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        write!(stream, "GET {path} HTTP/1.0\r\n\r\n").expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        (head.to_owned(), body.to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// A guest that logs a line which could look like two, and traps in a function.
const LOGS: &str = r#"(module
  (import "env" "log" (func $log (param i32 i64)))
  (memory (export "memory") 3)
  (data (i32.const 0) "one\nERROR two")
  (func $fail unreachable)
  (func (export "handle")
    (call $log (i32.const 0) (i64.const 13))
    (call $fail)))"#;

const LOGS_CONFIG: &str = r#"
listen_address = "127.0.0.1:1"
[[applications]]
file_path = "logs.wat"
method = "GET"
url_path = "/logs"
"#;

fn logs(test: &str, args: &[&str]) -> (Folder, Server) {
    let files = [("c.toml", LOGS_CONFIG.as_bytes()), ("logs.wat", LOGS.as_bytes())];
    let folder = Folder::new(test, &files);
    let listen = ["--listen", "127.0.0.1:0"];
    let server = Server::start(&folder.0, &[args, &listen, &["c.toml"]].concat());
    (folder, server)
}

/// The number that the answer's header has.
fn id_of(head: &str) -> &str {
    let id = head.lines().find_map(|line| line.strip_prefix("X-Request-Id: "));
    id.expect("every answer has a number")
}

#[test]
fn every_line_about_a_request_has_its_number() {
    let (_folder, server) = logs("log-text", &["serve"]);
    let (head, body) = server.answer("/logs?a='%20b");
    let id = id_of(&head);
    assert_eq!(body, format!("internal error; request id {id}\n"));
    let lines = server.lines();
    let numbered: Vec<_> = lines.iter().filter(|line| line.contains(id)).collect();
    assert_eq!(numbered.len(), 3, "{lines:#?}");
    let span = format!(
        r#"request{{id={id} application="logs.wat handle" route="GET /logs" method="GET" "#
    );
    assert!(numbered.iter().all(|line| line.contains(&span)), "{lines:#?}");
    assert!(numbered[0].ends_with(r"}: one\nERROR two"), "{lines:#?}");
    assert!(numbered[1].contains("ERROR") && numbered[1].contains("}: unreachable"), "{lines:#?}");
    assert!(lines[2].starts_with("  at 1 `fail` + 0x"), "{lines:#?}");
    let answered = numbered[2];
    for part in [
        r#" target="/logs?a='%20b" peer=127.0.0.1:"#,
        "}: answered status=500 bytes=",
        " time_ms=",
        " fuel=",
        " memory=196608 ",
        r#" failure="unreachable""#,
    ] {
        assert!(answered.contains(part), "{part}: {answered}");
    }
    let (head, _) = server.answer("/elsewhere");
    let answered = server.lines().pop().expect("a line");
    assert!(answered.contains(id_of(&head)) && answered.contains("status=404"), "{answered}");
}

#[test]
fn the_log_is_json_on_demand() {
    // Without a command, the options are those of `serve`.
    let (_folder, server) = logs("log-json", &["--log-format", "json"]);
    let (head, _) = server.answer("/logs");
    let lines = server.lines();
    let lines: Vec<serde_json::Value> =
        lines.iter().map(|line| serde_json::from_str(line).expect("an object a line")).collect();
    assert_eq!(lines.len(), 3, "{lines:#?}");
    assert!(lines.iter().all(|line| line["span"]["id"] == id_of(&head)), "{lines:#?}");
    assert_eq!(lines[0]["message"], r"one\nERROR two");
    let report = lines[1]["message"].as_str().expect("a text");
    assert!(report.starts_with("unreachable\n  at 1 `fail` + 0x"), "{report}");
    let answered = &lines[2];
    assert_eq!(answered["span"]["application"], "logs.wat handle");
    assert_eq!(answered["span"]["route"], "GET /logs");
    assert_eq!((&answered["status"], &answered["memory"]), (&500.into(), &196_608.into()));
    assert_eq!(answered["failure"], "unreachable");
    assert!(answered["fuel"].is_u64() && answered["time_ms"].is_f64(), "{answered}");
}

#[test]
fn the_log_has_as_much_as_was_asked_for() {
    // The line about the address is information, so the test waits for the port otherwise.
    let files = [("c.toml", LOGS_CONFIG.as_bytes()), ("logs.wat", LOGS.as_bytes())];
    let folder = Folder::new("log-level", &files);
    for (level, expected) in [("error", 1), ("off", 0)] {
        let reserved = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = reserved.local_addr().expect("an address").to_string();
        drop(reserved);
        let mut command = Command::new(BINARY);
        command.current_dir(&folder.0).args(["serve", "--log", level, "--listen", &address]);
        let mut process = command.arg("c.toml").stderr(Stdio::piped()).spawn().expect("it runs");
        let mut stream = loop {
            if let Ok(stream) = TcpStream::connect(&address) {
                break stream;
            }
            thread::sleep(Duration::from_millis(10));
        };
        write!(stream, "GET /logs HTTP/1.0\r\n\r\n").expect("it reads");
        stream.read_to_string(&mut String::new()).expect("it answers");
        process.kill().expect("it runs");
        let output = process.wait_with_output().expect("it ended");
        let log = text(&output.stderr);
        let lines = log.lines().filter(|line| line.contains("request{id=")).count();
        assert_eq!(lines, expected, "{log}");
    }
}

#[test]
fn a_lack_of_open_files_passes() {
    let files = [("c.toml", LOGS_CONFIG.as_bytes()), ("logs.wat", LOGS.as_bytes())];
    let folder = Folder::new("open-files", &files);
    let limited = r#"ulimit -n 24 && exec "$0" serve --listen 127.0.0.1:0 c.toml"#;
    let server =
        Server::run(Command::new("sh").current_dir(&folder.0).args(["-c", limited, BINARY]));
    let connect = || TcpStream::connect(&server.address).expect("it listens");
    let clients: Vec<_> = (0..40).map(|_| connect()).collect();
    assert!(server.log.iter().any(|line| line.contains("cannot accept connections for now")));
    drop(clients);
    let (head, _) = server.answer("/logs");
    assert!(head.starts_with("HTTP/1.1 500 "), "{head}");
}
