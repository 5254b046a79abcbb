//! The configuration: TOML to [`Settings`]. Every key stands here once, with its default.
//!
//! Reading never stops at the first error: [`ConfigErrors`] holds all of them, each with its place.
//! Whether a module is valid and exports what it should is found by whoever loads it, who reports
//! it through [`Settings::error`] at the place that asked for it.
//!
//! `${NAME}` in a string is replaced by what the environment has, after parsing: see `reference`.

mod application;
mod error;
mod pattern;
mod reference;
mod tree;
mod units;

use std::env::{self, VarError};
use std::fs;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

pub use application::{Application, Found};
pub use error::{ConfigError, ConfigErrors, Kind, Look};
pub use pattern::{Pattern, PatternError, Segment};
pub use units::{parse_duration, parse_size};

use error::Source;
use reference::Environment;
use tree::{Errors, Section, Wrong};
use units::{GIB, KIB, MIB, count, count_or_none, duration, flag, host_and_port, seconds, size};

/// A section of the file: a row a key, with its type, its default and the reader of its value.
macro_rules! section {
    ($(#[$doc:meta])* $name:ident {
        $($(#[$key_doc:meta])* $key:ident: $ty:ty = $default:expr, $read:expr;)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Debug)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$key_doc])* pub $key: $ty,)*
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($key: $default,)* }
            }
        }

        impl Section for $name {
            const KEYS: &'static [&'static str] = &[$(stringify!($key)),*];

            fn set(&mut self, key: &str, value: &DeValue<'_>) -> Result<(), Wrong> {
                match key {
                    $(stringify!($key) => self.$key = $read(value)?,)*
                    _ => return Err(Wrong::key()),
                }
                Ok(())
            }
        }
    };
}

section! {
    /// `[server]`: what bounds connections. All of it is optional.
    ServerSettings {
        /// Requests in progress at once, each with a thread of its own.
        threads: usize = 256, count(1, 16_384);
        /// Open connections, idle ones included; beyond it 503. As many as the system's limit of
        /// open files leaves room for.
        max_connections: usize = 10_000, count(1, 1_000_000);
        /// Requests that one connection may make.
        max_requests_per_connection: Option<usize> = None, count_or_none;
        /// Header lines of a request; beyond it 431.
        max_headers: usize = 100, count(1, 4_096);
        /// Length of a request's target; beyond it 414.
        max_target_size: usize = 8 * KIB, size(1, MIB);
        /// Length of a request's head without its target; beyond it 431.
        max_header_size: usize = 64 * KIB, size(64, 16 * MIB);
        /// Length of a request's body; beyond it 413.
        max_body_size: usize = MIB, size(0, GIB);
        /// Time to send a whole head; beyond it 408.
        header_timeout: Duration = seconds(10), duration;
        /// Time to send a whole body; beyond it 408, or the connection is closed.
        body_timeout: Duration = seconds(30), duration;
        /// Time without the client taking a byte of a response; beyond it the connection is closed.
        write_timeout: Duration = seconds(30), duration;
        /// Whether the body of a 500 tells the trap's whole story.
        debug: bool = false, flag;
        /// Time between two requests of a connection; beyond it the connection is closed.
        idle_timeout: Duration = seconds(60), duration;
        /// Time that running requests have left when the server is told to stop.
        shutdown_timeout: Duration = seconds(10), duration;
    }
}

section! {
    /// `[limits]`: what one request may use. All of it is optional, and an application may say
    /// otherwise for itself.
    RequestLimits {
        /// Bytes of all linear memories of an instance together.
        memory: usize = 64 * MIB, size(0, 64 * GIB);
        /// Bytes of all garbage-collected objects of an instance together.
        heap: usize = 16 * MIB, size(0, 64 * GIB);
        /// Bytes of the guest's call stack.
        stack: usize = MIB, size(4 * KIB, GIB);
        /// Wall clock from the complete head to the guest's end; beyond it 504.
        time: Duration = seconds(10), duration;
        /// One connect, read or write; beyond it the guest gets -4.
        tcp_timeout: Duration = seconds(5), duration;
        /// Instructions that may be executed.
        fuel: Option<usize> = None, count_or_none;
        /// Elements of all tables of an instance together.
        table_elements: usize = 1_000_000, count(0, u32::MAX as usize);
        /// Bytes of a response: body, header lines and reason.
        response_size: usize = 16 * MIB, size(0, 4 * GIB);
        /// Bytes of all log lines of a request; the line that passes it is cut, the rest dropped.
        log_size: usize = 64 * KIB, size(0, GIB);
        /// Open TCP descriptors.
        connections: usize = 16, count(0, 4_096);
    }
}

/// What a configuration file says.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// Where the server listens: `host:port`. Port 0 lets the system choose.
    pub listen_address: Spanned<String>,
    /// `[server]`.
    pub server: ServerSettings,
    /// `[limits]`.
    pub limits: RequestLimits,
    /// `[[applications]]`, in the file's order.
    pub applications: Vec<Application>,
    source: Arc<Source>,
}

impl Settings {
    /// What the file's top level may hold.
    const KEYS: &'static [&'static str] = &["listen_address", "server", "limits", "applications"];
    /// Where the server listens when the file does not say.
    const LISTEN_ADDRESS: &'static str = "127.0.0.1:8080";

    /// Reads a configuration file. Relative paths in it are tried against its folder, then
    /// against the working directory.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn load(file: &Path) -> Result<Self, ConfigErrors> {
        good(Self::examine(file))
    }

    /// Reads the text of a configuration file that stands at `file`.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn parse(file: &Path, text: &str) -> Result<Self, ConfigErrors> {
        good(Self::examine_text(file, text, &|name| env::var(name)))
    }

    /// The same with another environment than the process's.
    ///
    /// ```
    /// use std::path::Path;
    ///
    /// use serverless_wasm::config::Settings;
    ///
    /// let text = "listen_address = \"127.0.0.1:${PORT}\"";
    /// let settings = Settings::parse_with(Path::new("config.toml"), text, |name| match name {
    ///     "PORT" => Ok("8081".to_owned()),
    ///     _ => Err(std::env::VarError::NotPresent),
    /// })?;
    /// assert_eq!(settings.listen_address.get_ref(), "127.0.0.1:8081");
    /// # Ok::<(), serverless_wasm::config::ConfigErrors>(())
    /// ```
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn parse_with(
        file: &Path,
        text: &str,
        environment: impl Fn(&str) -> Result<String, VarError>,
    ) -> Result<Self, ConfigErrors> {
        good(Self::examine_text(file, text, &environment))
    }

    /// Reads a configuration file and keeps what is right beside what is wrong, so that a report
    /// can tell of what only loading finds, too.
    #[must_use]
    pub fn examine(file: &Path) -> (Self, Option<ConfigErrors>) {
        match fs::read_to_string(file) {
            Ok(text) => Self::examine_text(file, &text, &|name| env::var(name)),
            Err(error) => {
                let source = Arc::new(Source::new(file, ""));
                let kind = Kind::Unreadable { reason: error.to_string() };
                let error = ConfigError::new(&source, None, 0..0, kind);
                let errors = ConfigErrors::new(Arc::clone(&source), vec![error]);
                (Self::defaults(source), Some(errors))
            }
        }
    }

    fn examine_text(
        file: &Path,
        text: &str,
        environment: Environment<'_>,
    ) -> (Self, Option<ConfigErrors>) {
        let source = Arc::new(Source::new(file, text));
        let (mut root, syntax) = DeTable::parse_recoverable(text);
        let mut errors = Errors::new(&source, &syntax);
        reference::resolve(root.get_mut(), environment, &mut errors);
        let mut settings = Self::defaults(Arc::clone(&source));
        settings.read(root.get_ref(), &mut errors);
        (settings, errors.into_result().err())
    }

    fn defaults(source: Arc<Source>) -> Self {
        Self {
            listen_address: Spanned::new(0..0, Self::LISTEN_ADDRESS.to_owned()),
            server: ServerSettings::default(),
            limits: RequestLimits::default(),
            applications: Vec::new(),
            source,
        }
    }

    fn read(&mut self, root: &DeTable<'_>, errors: &mut Errors<'_>) {
        for (key, value) in root {
            match key.get_ref().as_ref() {
                "listen_address" => {
                    if let Some(address) = errors.leaf(key, value, host_and_port) {
                        self.listen_address = address;
                    }
                }
                "server" => errors.section("[server]", key, value, &mut self.server),
                "limits" => errors.section("[limits]", key, value, &mut self.limits),
                // Their limits begin with those of `[limits]`, which may stand below them.
                "applications" => {}
                _ => errors.unknown_key("the top level", key, Self::KEYS),
            }
        }
        if let Some((key, value)) = root.get_key_value("applications") {
            self.applications = application::read_all(key, value, &self.limits, errors);
        }
    }

    /// An error at a place of the file that only loading could find: `key` is the key whose value
    /// stands at `span`, `problem` the whole message, `remedy` what helps, when that is known.
    #[must_use]
    pub fn error(
        &self,
        key: &str,
        span: Range<usize>,
        problem: String,
        remedy: Option<String>,
    ) -> ConfigError {
        ConfigError::new(&self.source, Some(key), span, Kind::Application { problem, remedy })
    }

    /// Puts errors of this file together, in the file's order.
    #[must_use]
    pub fn errors(&self, errors: Vec<ConfigError>) -> ConfigErrors {
        ConfigErrors::new(Arc::clone(&self.source), errors)
    }
}

fn good(examined: (Settings, Option<ConfigErrors>)) -> Result<Settings, ConfigErrors> {
    match examined {
        (settings, None) => Ok(settings),
        (_, Some(errors)) => Err(errors),
    }
}
