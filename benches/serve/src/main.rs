//! How many requests a second a server answers, ours beside a bare one with hyper: `wrk` asks each
//! in turn, for several rounds. Only ratios of one run mean something; `benches/README.md` says
//! how to use it.

mod options;
mod round;
mod servers;
mod table;

use std::env;
use std::process::ExitCode;

use options::Options;
use round::Round;
use servers::{Child, Server};
use table::Table;

/// What went wrong, for the one who started this.
type Result<T> = std::result::Result<T, String>;

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1).peekable();
    let done = match arguments.next_if(|argument| argument == servers::CHILD) {
        Some(_) => servers::child(&arguments.next().unwrap_or_default()),
        None => Options::parse(arguments).and_then(|options| compare(&options)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Measures all servers and prints the table. All run the whole time, so that none finds a machine
/// that another does not; only the one that is asked has anything to do.
fn compare(options: &Options) -> Result<()> {
    round::find_wrk()?;
    let children = Server::ALL.map(Child::start).into_iter().collect::<Result<Vec<_>>>()?;
    for child in &children {
        child.check_answer()?;
    }
    let mut rounds = vec![Vec::new(); children.len()];
    for number in 1..=options.rounds {
        for (child, rounds) in children.iter().zip(&mut rounds) {
            let round = Round::measure(child, options)?;
            eprintln!("round {number}: {:16} {round}", child.server().name());
            rounds.push(round);
        }
    }
    let table = Table::new(options, children.iter().map(Child::server).zip(&rounds));
    print!("{table}");
    match table.errors() {
        0 => Ok(()),
        errors => Err(format!("{errors} requests were not answered with 200")),
    }
}
