//! The command line: one file a command. Results go to stdout, messages to stderr.

mod disasm;
mod explain;
mod log;
mod module;
mod run;
mod serve;
mod stats;
mod validate;
mod values;
mod wast;

use std::env;
use std::ffi::OsString;
use std::fmt;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

/// Runs functions of WebAssembly modules: one for each HTTP request, or one from here.
#[derive(Debug, Parser)]
#[command(name = "serverless-wasm", version, after_help = EXAMPLES)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(arg_required_else_help = true, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// A configuration: the same as `serve CONFIG`
    #[arg(required = true)]
    config: Option<PathBuf>,
    #[command(flatten)]
    options: serve::Options,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Arguments),
    Run(run::Arguments),
    Validate(validate::Arguments),
    Disasm(disasm::Arguments),
    Explain(explain::Arguments),
    Wast(wast::Arguments),
}

const EXAMPLES: &str = "\
Examples:
  serverless-wasm samples/config.toml
  serverless-wasm run --invoke fac fac.wat 20
  serverless-wasm validate module.wasm
  serverless-wasm disasm --code module.wasm
  serverless-wasm explain i32.add
  serverless-wasm wast spec/test/core

Exit status: 0 done; 1 something failed; 2 wrong usage; 134 the guest trapped.";

/// Why a command did not succeed. Each has its message, on stderr, and its exit status.
#[derive(Debug)]
enum Failure {
    /// Wrong usage: 2.
    Usage(String),
    /// Something failed: 1.
    Failed(String),
    /// The same, and the message says so itself.
    Reported(String),
    /// The guest was ended: 134, as a shell says of a process that aborted.
    Trapped(String),
    /// The guest ended with an exception that it doesn't catch: the same.
    Threw(String),
}

impl Failure {
    fn failed(message: impl fmt::Display) -> Self {
        Self::Failed(message.to_string())
    }

    fn report(&self) -> ExitCode {
        let (text, code) = match self {
            Self::Usage(message) => (format!("error: {message}"), 2),
            Self::Failed(message) => (format!("error: {message}"), 1),
            Self::Reported(message) => (message.clone(), 1),
            Self::Trapped(message) => (format!("trap: {message}"), 134),
            Self::Threw(message) => (message.clone(), 134),
        };
        eprintln!("{}", text.trim_end());
        ExitCode::from(code)
    }
}

/// Runs the command that `args` ask for.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(args) {
        Ok(arguments) => arguments,
        Err(error) => return refuse(&error),
    };
    let result = match (arguments.command, arguments.config) {
        (Some(Command::Serve(arguments)), _) => serve::serve(&arguments),
        (Some(Command::Run(arguments)), _) => run::run(&arguments),
        (Some(Command::Validate(arguments)), _) => validate::validate(&arguments),
        (Some(Command::Disasm(arguments)), _) => disasm::disasm(&arguments),
        (Some(Command::Explain(arguments)), _) => explain::explain(&arguments),
        (Some(Command::Wast(arguments)), _) => wast::wast(&arguments),
        (None, Some(config)) => {
            serve::serve(&serve::Arguments { config, options: arguments.options })
        }
        (None, None) => return refuse(&missing_command()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

/// Writes results to stdout. Whoever reads may have seen enough.
fn print(text: &str) -> Result<(), Failure> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure::failed(format!("stdout: {error}"))),
        Ok(()) => Ok(()),
    }
}

/// Help and version are asked for and go to stdout; wrong usage goes to stderr.
fn refuse(error: &clap::Error) -> ExitCode {
    // Nobody is left to tell when the message can't be written.
    drop(error.print());
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

fn missing_command() -> clap::Error {
    Arguments::command().error(clap::error::ErrorKind::MissingSubcommand, "no command given")
}

/// Whether messages on stderr may be coloured. See <https://no-color.org>.
fn stderr_is_coloured() -> bool {
    let refused = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    io::stderr().is_terminal() && !refused
}
