//! The command line: one file a command. Results go to stdout, messages to stderr.

mod call;
mod check;
mod completions;
mod disasm;
mod explain;
mod features;
mod log;
mod module;
mod request;
mod routes;
mod run;
mod serve;
mod site;
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

use crate::interp::TraceLine;
use crate::printable;

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
    Check(check::Arguments),
    Call(call::Arguments),
    Routes(routes::Arguments),
    Run(run::Arguments),
    Validate(validate::Arguments),
    Disasm(disasm::Arguments),
    Explain(explain::Arguments),
    Wast(wast::Arguments),
    Completions(completions::Completions),
    Man(completions::Manual),
}

const EXAMPLES: &str = "\
Examples:
  serverless-wasm samples/config.toml
  serverless-wasm check samples/config.toml
  serverless-wasm call samples/config.toml GET /hello
  serverless-wasm routes samples/config.toml
  serverless-wasm run --invoke fac fac.wat 20
  serverless-wasm validate module.wasm
  serverless-wasm disasm --code module.wasm
  serverless-wasm explain i32.add
  serverless-wasm wast spec/test/core

Exit status: 0 done; 1 something failed; 2 wrong usage; 134 the guest failed.";

/// Why a command did not succeed. Each has its message, on stderr, and its exit status.
#[derive(Debug)]
enum Failure {
    /// Wrong usage: 2.
    Usage(String),
    /// Something failed: 1.
    Failed(String),
    /// The same, and the message says so itself.
    Reported(String),
    /// A guest that was to answer failed, and the log has the story: 134.
    Guest(String),
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
            Self::Guest(reason) => (format!("error: the guest failed: {reason}"), 134),
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
        (Some(Command::Check(arguments)), _) => check::check(&arguments),
        (Some(Command::Call(arguments)), _) => call::call(&arguments),
        (Some(Command::Routes(arguments)), _) => routes::routes(&arguments),
        (Some(Command::Completions(arguments)), _) => completions::completions(&arguments),
        (Some(Command::Man(arguments)), _) => completions::man(&arguments),
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
fn print(text: impl AsRef<[u8]>) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_ref()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure::failed(format!("stdout: {error}"))),
        Ok(()) => Ok(()),
    }
}

/// Writes a line of a trace to stderr; names in it are the module's.
fn tell(line: &TraceLine) {
    let line = printable::escape(line.to_string().as_bytes());
    // Nobody is left to tell when stderr can't be written.
    drop(writeln!(io::stderr(), "{line}"));
}

/// Rows with their columns aligned, each on a line.
fn table<const COLUMNS: usize>(rows: impl Iterator<Item = [String; COLUMNS]>) -> String {
    let rows: Vec<_> = rows.collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths: [usize; COLUMNS] = std::array::from_fn(|column| width(column).unwrap_or(0));
    let mut text = String::new();
    for row in &rows {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        text += cells.collect::<Vec<_>>().join("  ").trim_end();
        text.push('\n');
    }
    text
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
