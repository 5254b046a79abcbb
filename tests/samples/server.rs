//! The server, as its user starts it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;

use crate::client::{Reply, Request};

/// `serve` on a port that the system chooses, ended when it goes.
pub(crate) struct Server {
    process: Child,
    address: String,
}

impl Server {
    /// With a working folder, where modules are that are not beside the configuration.
    pub(crate) fn start(config: &Path, folder: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_serverless-wasm"));
        command.args(["serve", "--listen", "127.0.0.1:0"]).arg(config).current_dir(folder);
        let mut process = command.stderr(Stdio::piped()).spawn().expect("it runs");
        let stderr = process.stderr.take().expect("it is piped");
        let mut lines = BufReader::new(stderr).lines().map_while(Result::ok);
        let mut before = String::new();
        let address = lines.by_ref().find_map(|line| {
            let address = line.split_once("listening on http://").map(|(_, rest)| rest.to_owned());
            before.push_str(&format!("{line}\n"));
            address
        });
        let address = address.unwrap_or_else(|| panic!("it did not start:\n{before}"));
        // A full pipe would hold the server up.
        thread::spawn(move || lines.for_each(drop));
        Self { process, address }
    }

    pub(crate) fn ask(&self, request: &Request) -> Reply {
        request.send(&self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
