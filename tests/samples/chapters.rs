//! A guest in each language with nothing but its chapter of README.md and an empty folder: its
//! files are written, its commands run, its requests made.

use std::fs;
use std::path::Path;

use crate::document::{blocks, chapter, check_console};
use crate::folder::Folder;
use crate::languages::{Language, shell};
use crate::root;
use crate::server::Server;

/// The last command of a chapter; what stands before it is done by then.
const SERVE: &str = "serverless-wasm config.toml";

pub(crate) fn check(language: &Language) {
    let readme = fs::read_to_string(root().join("README.md")).expect("it is there");
    let chapter = chapter(&readme, &format!("### {}", language.name));
    let folder = Folder::new();
    let mut server = None;
    let mut requests = 0;
    // The first block gets the compiler, which is here.
    for block in blocks(chapter).into_iter().skip(1) {
        match (block.language, file(block.before)) {
            ("sh", _) => server = run(folder.path(), &block.text).or(server),
            ("console", _) => {
                let server = server.as_ref().expect("the server is started before it is asked");
                requests += check_console(server, &block.text);
            }
            (_, Some(name)) => {
                let path = folder.path().join(name);
                let parent = path.parent().expect("it is in the folder");
                fs::create_dir_all(parent).expect("a folder");
                fs::write(path, block.text).expect("a file");
            }
            (other, None) => panic!("what is to be done with {other} after {:?}?", block.before),
        }
    }
    assert!(requests > 0, "the chapter ends with a request");
}

/// The name of the file that a block is, from the line before it: "… `src/lib.rs`:".
fn file(before: &str) -> Option<&str> {
    Some(before.strip_suffix("`:")?.rsplit_once('`')?.1)
}

/// Runs commands; gives the server that the last one starts.
fn run(folder: &Path, commands: &str) -> Option<Server> {
    let (commands, starts) = match commands.trim_end().strip_suffix(SERVE) {
        Some(before) => (before, true),
        None => (commands, false),
    };
    let output = shell(commands).current_dir(folder).env("REPO", root()).output();
    let output = output.expect("there is a shell");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{commands}\n{said}");
    starts.then(|| Server::start(&folder.join("config.toml"), folder))
}
