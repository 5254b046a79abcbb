//! The servers, each in a process of its own: this program, started again as a child.

mod hyper;
mod ours;

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{self, ChildStdin, Command, Stdio};
use std::time::Duration;
use std::{env, fs};

use crate::Result;

/// The argument before a server's name that makes this program that server.
pub(crate) const CHILD: &str = "--child";

/// What is asked for.
pub(crate) const PATH: &str = "/hello";

/// What everybody answers: what `samples/hello.wat` says.
const BODY: &str = "Hello world from wasm!\n";

/// The unit of times in `/proc`: `USER_HZ` is 100 on every processor that Rust knows.
const TICK: Duration = Duration::from_millis(10);

/// Who answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Server {
    /// hyper with nothing behind it: the yardstick.
    Hyper,
    /// Ours with a handler in Rust: what the server itself costs.
    Native,
    /// Ours with the guest `samples/hello.wat`, a fresh instance a request.
    Guest,
}

impl Server {
    pub(crate) const ALL: [Self; 3] = [Self::Hyper, Self::Native, Self::Guest];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Hyper => "hyper",
            Self::Native => "ours, no guest",
            Self::Guest => "ours, hello.wat",
        }
    }

    /// Serves until the process ends; `tell` is told where.
    fn serve(self, tell: impl FnOnce(SocketAddr)) -> Result<()> {
        match self {
            Self::Hyper => hyper::serve(tell),
            Self::Native => ours::serve_native(tell),
            Self::Guest => ours::serve_guest(tell),
        }
    }
}

/// What a child does: it serves, says where on its standard output, and ends with its standard
/// input, so that it never outlives its parent.
pub(crate) fn child(name: &str) -> Result<()> {
    let server = Server::ALL.into_iter().find(|server| server.name() == name);
    let server = server.ok_or_else(|| format!("no server is called {name:?}"))?;
    std::thread::spawn(|| {
        let _ended = io::stdin().read_to_end(&mut Vec::new());
        process::exit(0);
    });
    server.serve(|address| println!("{address}"))
}

/// A server that runs.
pub(crate) struct Child {
    server: Server,
    address: SocketAddr,
    process: process::Child,
    /// Closing it ends the child.
    input: Option<ChildStdin>,
}

impl Child {
    pub(crate) fn start(server: Server) -> Result<Self> {
        let name = server.name();
        let failed = |error: io::Error| format!("cannot start {name}: {error}");
        let mut process = Command::new(env::current_exe().map_err(failed)?)
            .args([CHILD, name])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let input = process.stdin.take();
        let mut line = String::new();
        if let Some(output) = process.stdout.take() {
            BufReader::new(output).read_line(&mut line).map_err(failed)?;
        }
        let address = line.trim().parse().map_err(|_| format!("{name} did not start"))?;
        Ok(Self { server, address, process, input })
    }

    pub(crate) fn server(&self) -> Server {
        self.server
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The time that processors have spent on it so far; none where there is no `/proc`.
    pub(crate) fn spent(&self) -> Option<Duration> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.process.id())).ok()?;
        // The program's name stands in parentheses and may hold anything.
        let after_name = stat.rsplit_once(") ")?.1;
        // User and system time are the fields 14 and 15; the first after the name is 3.
        let ticks = after_name.split(' ').skip(11).take(2).map(|ticks| ticks.parse::<u64>().ok());
        Some(TICK * u32::try_from(ticks.sum::<Option<u64>>()?).ok()?)
    }

    /// Sees to it that all are asked for the same.
    pub(crate) fn check_answer(&self) -> Result<()> {
        let name = self.server.name();
        let answer = self.ask().map_err(|error| format!("{name} does not answer: {error}"))?;
        let is_right = answer.starts_with("HTTP/1.1 200 OK\r\n")
            && answer.to_ascii_lowercase().contains("\r\ncontent-type: text/plain; charset=utf-8")
            && answer.ends_with(&format!("\r\n\r\n{BODY}"));
        if is_right { Ok(()) } else { Err(format!("{name} answers {answer:?}")) }
    }

    fn ask(&self) -> io::Result<String> {
        let mut stream = TcpStream::connect(self.address)?;
        write!(stream, "GET {PATH} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ended = self.process.wait();
    }
}
