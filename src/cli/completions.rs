//! `completions` and `man`: what shells and `man` know of the command line, from its own
//! definition.

use clap::CommandFactory;
use clap_complete::Shell;
use clap_mangen::Man;

use super::{Failure, print};

/// Print a script that makes a shell complete this command's arguments
#[derive(Debug, clap::Args)]
#[command(after_help = COMPLETIONS)]
pub(super) struct Completions {
    /// The shell
    shell: Shell,
}

const COMPLETIONS: &str = "\
Examples:
  serverless-wasm completions bash > ~/.local/share/bash-completion/completions/serverless-wasm
  serverless-wasm completions zsh > ~/.zfunc/_serverless-wasm
  serverless-wasm completions fish > ~/.config/fish/completions/serverless-wasm.fish";

/// Prints the script.
pub(super) fn completions(arguments: &Completions) -> Result<(), Failure> {
    let mut command = super::Arguments::command();
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, name, &mut script);
    print(script)
}

/// Print a manual page, of everything or of one command
#[derive(Debug, clap::Args)]
#[command(after_help = MAN)]
pub(super) struct Manual {
    /// The command
    command: Option<String>,
}

const MAN: &str = "\
Examples:
  serverless-wasm man > ~/.local/share/man/man1/serverless-wasm.1
  serverless-wasm man serve > ~/.local/share/man/man1/serverless-wasm-serve.1
  serverless-wasm man call | man -l -";

/// Prints the page.
pub(super) fn man(arguments: &Manual) -> Result<(), Failure> {
    let mut command = super::Arguments::command();
    command.build();
    let page = match &arguments.command {
        None => command,
        Some(name) => {
            let found = command.find_subcommand(name).cloned();
            found.ok_or_else(|| Failure::Usage(format!("no command `{name}`")))?
        }
    };
    let mut text = Vec::new();
    Man::new(page).render(&mut text).map_err(Failure::failed)?;
    print(text)
}
