//! The log on stderr: its format and how much of it there is.

use std::io;

use tracing::level_filters::LevelFilter;

use super::stderr_is_coloured;

/// What of the log is written, and how.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
#[group(id = "log-arguments")]
pub(super) struct Arguments {
    /// How lines of the log look: text for people, or an object of JSON a line
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    log_format: Format,
    /// The least serious lines that the log has
    ///
    /// Failures are `error`; a line a request and what guests log are `info`; connections that end
    /// and header lines that are dropped are `debug`.
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t)]
    log: Level,
}

#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
enum Format {
    #[default]
    Text,
    Json,
}

#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
enum Level {
    Off,
    Error,
    Warn,
    #[default]
    Info,
    Debug,
    Trace,
}

impl From<Level> for LevelFilter {
    fn from(level: Level) -> Self {
        match level {
            Level::Off => Self::OFF,
            Level::Error => Self::ERROR,
            Level::Warn => Self::WARN,
            Level::Info => Self::INFO,
            Level::Debug => Self::DEBUG,
            Level::Trace => Self::TRACE,
        }
    }
}

impl Arguments {
    /// Sends what the library and its guests log to stderr.
    pub(super) fn begin(self) {
        let log = tracing_subscriber::fmt().with_writer(io::stderr).with_target(false);
        let log = log.with_max_level(LevelFilter::from(self.log));
        // Another one may be set already, by whoever embeds the command line.
        drop(match self.log_format {
            Format::Text => log.with_ansi(stderr_is_coloured()).try_init(),
            // A request's fields are in `span`; there are no spans within it.
            Format::Json => {
                log.json().flatten_event(true).with_span_list(false).with_ansi(false).try_init()
            }
        });
    }
}
