//! What stands on the command line.

use crate::Result;

const USAGE: &str = "usage: serve [--rounds N] [--seconds N] [--connections N] [--threads N]";

/// How to measure.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// How often each server is asked; the median counts.
    pub(crate) rounds: u32,
    /// Seconds of a round.
    pub(crate) seconds: u32,
    /// Connections at once.
    pub(crate) connections: u32,
    /// Threads of wrk.
    pub(crate) threads: u32,
}

impl Options {
    pub(crate) fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self> {
        let mut options = Self { rounds: 5, seconds: 5, connections: 64, threads: 1 };
        while let Some(argument) = arguments.next() {
            let place = match argument.as_str() {
                "--rounds" => &mut options.rounds,
                "--seconds" => &mut options.seconds,
                "--connections" => &mut options.connections,
                "--threads" => &mut options.threads,
                _ => return Err(format!("unknown option {argument}\n{USAGE}")),
            };
            let value = arguments.next().unwrap_or_default();
            *place = value
                .parse()
                .ok()
                .filter(|number| *number > 0)
                .ok_or_else(|| format!("{argument} takes a number above 0\n{USAGE}"))?;
        }
        Ok(options)
    }
}
