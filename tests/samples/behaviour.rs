//! What the samples do, the same in every language: what their README shows, and more.

use std::fs;
use std::path::Path;

use crate::backend::Backend;
use crate::client::{Reply, Request};
use crate::document::{blocks, chapter, check_console};
use crate::folder::Folder;
use crate::languages::Language;
use crate::root;
use crate::server::Server;

/// Asks the samples of one language, all being in a folder.
pub(crate) fn check(samples: &Path, language: &Language) {
    let mut backend = Backend::start();
    let configuration = Folder::new();
    let server = serve(&configuration, samples, &backend);
    let below = format!("/{}", language.folder);
    check_echo(&server, &below);
    check_words(&server, &below);
    check_params(&server, &below);
    check_backend(&server, &backend, &below);
    check_readme(&server, &mut backend, language);
}

/// A server of the samples in a folder, by their configuration with another address of a backend.
pub(crate) fn serve(configuration: &Folder, samples: &Path, backend: &Backend) -> Server {
    let text = fs::read_to_string(samples.join("config.toml")).expect("the samples' configuration");
    let file = configuration.path().join("config.toml");
    fs::write(&file, text.replace("127.0.0.1:8181", &backend.address)).expect("a file");
    Server::start(&file, samples)
}

/// What is shown of Rust, for any language. The last request finds no backend any more.
fn check_readme(server: &Server, backend: &mut Backend, language: &Language) {
    let readme = fs::read_to_string(root().join("samples/README.md")).expect("it is there");
    let chapter = chapter(&readme, "## In Rust, C, Zig and AssemblyScript");
    let mut consoles = blocks(chapter);
    consoles.retain(|block| block.language == "console");
    let (last, others) = consoles.split_last().expect("the chapter shows requests");
    let check = |console: &str| {
        let console = console.replace("/rust/", &format!("/{}/", language.folder));
        check_console(server, &console)
    };
    backend.answer_with(b"hi\n");
    let requests: usize = others.iter().map(|block| check(&block.text)).sum();
    assert_eq!(requests, 4, "a request a sample");
    backend.end();
    assert_eq!(check(&last.text), 1);
}

#[track_caller]
fn assert_text(reply: &Reply, status: u16, text: &str) {
    assert_eq!((reply.status(), reply.text().as_str()), (status, text));
    assert_eq!(reply.header("Content-Type"), Some("text/plain; charset=utf-8"));
}

fn check_echo(server: &Server, below: &str) {
    let path = format!("{below}/echo");
    let ask = |method: &str| server.ask(&Request::new(method, &path));
    assert_text(&ask("GET"), 200, &format!("GET {path}\nHost: a\n\n"));
    assert_text(&ask("DELETE"), 200, &format!("DELETE {path}\nHost: a\n\n"));

    let head = server.ask(&Request::new("HEAD", &path));
    let length = format!("HEAD {path}\nHost: a\n\n").len().to_string();
    assert_eq!((head.status(), head.header("Content-Length")), (200, Some(&*length)));

    let reply = server.ask(&Request::new("GET", &format!("{path}?")));
    assert_text(&reply, 200, &format!("GET {path}\nquery: \nHost: a\n\n"));

    // Neither a header's value nor a body need be text.
    let reply = server.ask(&Request::new("GET", &path).header("X-Name", b"caf\xe9"));
    let head = format!("GET {path}\nHost: a\nX-Name: ");
    assert_eq!(reply.body, [head.as_bytes(), b"caf\xe9\n\n"].concat());
    let body: Vec<u8> = (0..100_000_u32).map(|n| (n.wrapping_mul(n) >> 3) as u8).collect();
    let reply = server.ask(&Request::new("PUT", &path).body(&body));
    let head = format!("PUT {path}\nHost: a\nContent-Length: 100000\n\n");
    assert!(reply.body == [head.as_bytes(), &body].concat(), "a large body comes back");
    let reply = server.ask(&Request::new("POST", &path).chunked(&body, 7_000));
    let head = format!("POST {path}\nHost: a\nTransfer-Encoding: chunked\n\n");
    assert!(reply.body == [head.as_bytes(), &body].concat(), "a chunked body comes back");
}

fn check_words(server: &Server, below: &str) {
    let check = |text: &str, expected: &str| {
        let request = Request::new("POST", &format!("{below}/words")).body(text);
        assert_text(&server.ask(&request), 200, &format!("{expected}\n"));
    };
    check("", "0 lines, 0 words, 0 bytes");
    check(" \t\n", "1 lines, 0 words, 3 bytes");
    check("one", "0 lines, 1 words, 3 bytes");
    check("one\ttwo\r\n\x0cthree \u{e9}t\u{e9}\n", "2 lines, 4 words, 22 bytes");
    // Words across the borders of what is read at once.
    check(&"seven77 ".repeat(10_000), "0 lines, 10000 words, 80000 bytes");
    check(&"x".repeat(10_000), "0 lines, 1 words, 10000 bytes");
    let get = server.ask(&Request::new("GET", &format!("{below}/words")));
    assert_eq!((get.status(), get.header("Allow")), (405, Some("POST")));
}

fn check_params(server: &Server, below: &str) {
    let get = |path: &str| server.ask(&Request::new("GET", &format!("{below}/users/{path}")));
    assert_text(&get("ann/posts/7"), 200, "user: ann\npost: 7\n");
    assert_text(&get("a%20b/posts/%C3%A9%2F"), 200, "user: a b\npost: \u{e9}/\n");
    let long = "x".repeat(5_000);
    assert_text(&get(&format!("{long}/posts/1")), 200, &format!("user: {long}\npost: 1\n"));
    assert_eq!(get("ann/posts").status(), 404);
}

fn check_backend(server: &Server, backend: &Backend, below: &str) {
    let check = |answer: &str| {
        backend.answer_with(answer.as_bytes());
        let reply = server.ask(&Request::new("GET", &format!("{below}/backend")));
        assert_text(&reply, 200, &format!("answer from the backend:\n{answer}"));
        assert_eq!(backend.question(), "hello from the guest\n");
    };
    check("hi\n");
    check("");
    check(&"a long story\n".repeat(5_000));
}
