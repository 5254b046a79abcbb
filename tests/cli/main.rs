//! The command line as a person meets it: what it prints where, and its exit status.

mod modules;
mod run;
mod serve;
mod site;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

/// A folder for the files of one test, gone when it ends.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str, files: &[(&str, &[u8])]) -> Self {
        let path = std::env::temp_dir().join(format!("sw-cli-{}-{test}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder");
        for (name, contents) in files {
            fs::write(path.join(name), contents).expect("a file");
        }
        Self(path)
    }

    fn output(&self, args: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_serverless-wasm"));
        command.current_dir(&self.0).args(args).output().expect("it runs")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text")
}

/// Runs in a folder with `x.wat`; all of stdout, the beginning of stderr, and the exit status.
fn check(test: &str, wat: &str, args: &[&str], expected: (&str, &str, i32)) {
    let folder = Folder::new(test, &[("x.wat", wat.as_bytes())]);
    let output = folder.output(args);
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    let is_expected = stdout == expected.0
        && (stderr == expected.1 || !expected.1.is_empty() && stderr.starts_with(expected.1))
        && output.status.code() == Some(expected.2);
    assert!(is_expected, "{args:?}: {:?}\n{stdout}\n{stderr}", output.status);
}

#[test]
fn every_help_ends_with_examples() {
    let folder = Folder::new("help", &[]);
    let help = text(&folder.output(&["--help"]).stdout);
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let listed = listed.take_while(|line| !line.is_empty());
    // A command's name stands two columns in, its text further.
    let names = listed.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    let names: Vec<_> = names.filter(|name| !["", "help"].contains(name)).collect();
    assert!(names.contains(&"serve") && names.contains(&"man"), "{help}");
    let commands = names.into_iter().map(|command| vec![command, "--help"]);
    for command in commands.chain([vec!["--help"]]) {
        let output = folder.output(&command);
        assert_eq!(output.status.code(), Some(0));
        assert!(text(&output.stdout).contains("\nExamples:\n  serverless-wasm "), "{command:?}");
    }
    let output = folder.output(&[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("Usage: serverless-wasm"));
}
