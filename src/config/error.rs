//! What is wrong with a configuration file, where, and what was meant.

use std::error::Error;
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

/// A file and its text.
#[derive(Debug)]
pub(super) struct Source {
    file: PathBuf,
    text: String,
}

impl Source {
    pub(super) fn new(file: &Path, text: &str) -> Self {
        Self { file: file.to_path_buf(), text: text.to_owned() }
    }

    /// The folder that the file stands in.
    pub(super) fn folder(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new(""))
    }

    /// The line of a byte, from 1.
    pub(super) fn line(&self, offset: usize) -> usize {
        self.before(offset).matches('\n').count() + 1
    }

    /// The column of a byte in characters, from 1.
    fn column(&self, offset: usize) -> usize {
        let line = self.before(offset).rsplit('\n').next().unwrap_or_default();
        line.chars().count() + 1
    }

    fn before(&self, offset: usize) -> &str {
        let offset = self.text.floor_char_boundary(offset.min(self.text.len()));
        self.text.get(..offset).unwrap_or_default()
    }
}

/// One thing that is wrong with a configuration file.
#[derive(Clone, Debug)]
pub struct ConfigError {
    inner: Box<Inner>,
}

#[derive(Clone, Debug)]
struct Inner {
    file: PathBuf,
    line: usize,
    column: usize,
    span: Range<usize>,
    key: Option<String>,
    kind: Kind,
}

/// What is wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Kind {
    /// The file can't be read.
    Unreadable {
        /// What the system says.
        reason: String,
    },
    /// It is not TOML.
    Syntax {
        /// What the parser says.
        reason: String,
    },
    /// A key that the table does not have.
    UnknownKey {
        /// The table.
        table: &'static str,
        /// The key that was meant, where one is near.
        near: Option<String>,
        /// The keys that there are.
        known: String,
    },
    /// A key that the table must have.
    MissingKey {
        /// The table.
        table: &'static str,
    },
    /// A value of another type, or one that the key does not take.
    WrongValue {
        /// What the key takes.
        expected: String,
        /// What the file has.
        found: String,
        /// What was meant, where something is near.
        near: Option<String>,
    },
    /// A second application for the same requests.
    DuplicateRoute {
        /// The method of both.
        method: String,
        /// The path of both.
        path: String,
        /// The line of the first.
        line: usize,
        /// The bytes of the file where the first has its path.
        first: Range<usize>,
    },
    /// A file that does not exist.
    MissingFile {
        /// The paths that were tried.
        tried: Vec<String>,
        /// What was meant, where a file is near.
        near: Option<String>,
    },
    /// A `${…}` that has no value.
    Reference {
        /// What is wrong with it.
        problem: String,
        /// What to write.
        remedy: &'static str,
    },
    /// Something that loading the application found.
    Application {
        /// The message.
        problem: String,
        /// What helps, when that is known.
        remedy: Option<String>,
    },
}

impl ConfigError {
    pub(super) fn new(source: &Source, key: Option<&str>, span: Range<usize>, kind: Kind) -> Self {
        let inner = Inner {
            file: source.file.clone(),
            line: source.line(span.start),
            column: source.column(span.start),
            span,
            key: key.map(str::to_owned),
            kind,
        };
        Self { inner: Box::new(inner) }
    }

    /// The configuration file.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.inner.file
    }

    /// The line, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.inner.line
    }

    /// The column in characters, from 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.inner.column
    }

    /// The key that it is about, when it is about one.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.inner.key.as_deref()
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> &Kind {
        &self.inner.kind
    }

    /// What may have been meant, or what there is to choose from.
    #[must_use]
    pub fn suggestion(&self) -> Option<String> {
        match &self.inner.kind {
            Kind::UnknownKey { near: Some(near), .. } => Some(format!("did you mean `{near}`?")),
            Kind::UnknownKey { near: None, known, .. } => Some(format!("there are: {known}")),
            Kind::WrongValue { near: Some(near), .. } => Some(format!("did you mean {near}?")),
            Kind::MissingFile { tried, near } => {
                let near = near.as_ref().map(|near| format!("; did you mean {near}?"));
                Some(format!("tried {}{}", tried.join(" and "), near.unwrap_or_default()))
            }
            Kind::Reference { remedy, .. } => Some((*remedy).to_owned()),
            // The parser takes what has no quotes for a number, or expects some.
            Kind::Syntax { reason }
                if reason.starts_with("invalid ") || reason.contains("quoted") =>
            {
                Some("text, durations, sizes and addresses stand in quotes".to_owned())
            }
            Kind::Application { remedy, .. } => remedy.clone(),
            Kind::WrongValue { near: None, .. }
            | Kind::Unreadable { .. }
            | Kind::Syntax { .. }
            | Kind::MissingKey { .. }
            | Kind::DuplicateRoute { .. } => None,
        }
    }

    /// The message without place and suggestion.
    fn message(&self) -> String {
        let key = self.key().unwrap_or_default();
        match &self.inner.kind {
            Kind::Unreadable { reason } => format!("can't read the configuration: {reason}"),
            Kind::Syntax { reason } => reason.clone(),
            Kind::UnknownKey { table, .. } => format!("unknown key `{key}` in {table}"),
            Kind::MissingKey { table } => format!("missing key `{key}` in {table}"),
            Kind::WrongValue { expected, found, .. } => {
                format!("`{key}` takes {expected}, found {found}")
            }
            Kind::DuplicateRoute { method, path, line, .. } => {
                format!("duplicate route {method} {path}: line {line} has it already")
            }
            Kind::MissingFile { .. } => format!("`{key}` names a file that does not exist"),
            Kind::Reference { problem, .. } | Kind::Application { problem, .. } => problem.clone(),
        }
    }

    /// What stands below the caret.
    fn label(&self) -> String {
        match &self.inner.kind {
            Kind::UnknownKey { .. } => "unknown key".to_owned(),
            Kind::MissingKey { .. } => format!("needs `{}`", self.key().unwrap_or_default()),
            Kind::WrongValue { expected, .. } => format!("expected {expected}"),
            Kind::DuplicateRoute { .. } => "second of its kind".to_owned(),
            Kind::MissingFile { .. } => "no such file".to_owned(),
            Kind::Reference { .. } => "no value".to_owned(),
            Kind::Unreadable { .. } | Kind::Syntax { .. } | Kind::Application { .. } => {
                String::new()
            }
        }
    }
}

/// `config.toml:3:1: unknown key `methd` in [[applications]]: did you mean `method`?`
impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { file, line, column, .. } = &*self.inner;
        write!(f, "{}", file.display())?;
        if !matches!(self.inner.kind, Kind::Unreadable { .. }) {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.message())?;
        self.suggestion().map_or(Ok(()), |suggestion| write!(f, ": {suggestion}"))
    }
}

impl Error for ConfigError {}

/// All that is wrong with a configuration file, in its order; never empty.
#[derive(Clone, Debug)]
pub struct ConfigErrors {
    source: Arc<Source>,
    errors: Vec<ConfigError>,
}

/// How excerpts are drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Look {
    /// For a file or a pipe.
    Plain,
    /// With a terminal's colours.
    Coloured,
}

impl ConfigErrors {
    pub(super) fn new(source: Arc<Source>, mut errors: Vec<ConfigError>) -> Self {
        errors.sort_by_key(|error| (error.inner.span.start, error.inner.span.end));
        Self { source, errors }
    }

    /// Each error.
    pub fn iter(&self) -> std::slice::Iter<'_, ConfigError> {
        self.errors.iter()
    }

    /// Every error with the lines of the file that it is about.
    #[must_use]
    pub fn render(&self, look: Look) -> String {
        let renderer = match look {
            Look::Plain => Renderer::plain(),
            Look::Coloured => Renderer::styled(),
        };
        let renderer = renderer.decor_style(DecorStyle::Ascii);
        let reports: Vec<String> =
            self.errors.iter().map(|error| renderer.render(&[self.group(error)])).collect();
        reports.join("\n\n")
    }

    fn group<'e>(&'e self, error: &ConfigError) -> Group<'e> {
        let title = Level::ERROR.primary_title(wrapped(&error.message()));
        let file = self.source.file.display().to_string();
        if matches!(error.inner.kind, Kind::Unreadable { .. }) {
            return title.element(Level::NOTE.message(file));
        }
        let caret = AnnotationKind::Primary.span(self.in_line(&error.inner.span));
        let excerpt = Snippet::source(&self.source.text).path(file);
        let excerpt = excerpt.annotation(caret.label(error.label()));
        let excerpt = match &error.inner.kind {
            Kind::DuplicateRoute { first, .. } => {
                let first = AnnotationKind::Context.span(self.in_line(first));
                excerpt.annotation(first.label("first of its kind"))
            }
            Kind::Unreadable { .. }
            | Kind::Syntax { .. }
            | Kind::UnknownKey { .. }
            | Kind::MissingKey { .. }
            | Kind::WrongValue { .. }
            | Kind::MissingFile { .. }
            | Kind::Reference { .. }
            | Kind::Application { .. } => excerpt,
        };
        let group = title.element(excerpt);
        match error.suggestion() {
            Some(suggestion) => group.element(Level::HELP.message(wrapped(&suggestion))),
            None => group,
        }
    }

    /// What of a span is in its first line: a table's span may be the whole rest of the file.
    fn in_line(&self, span: &Range<usize>) -> Range<usize> {
        let Range { start, end } = *span;
        let text = self.source.text.get(start..end);
        start..text.map_or(end, |text| start + text.find('\n').unwrap_or(text.len()))
    }
}

/// Characters of a line of a message, where it can be ended so early.
const WIDTH: usize = 100;

/// The text with line ends in place of spaces where lines would be too long.
fn wrapped(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut width = 0;
    for (position, word) in text.split(' ').enumerate() {
        let length = word.chars().count();
        if position > 0 && width > 0 && width + 1 + length > WIDTH {
            result.push('\n');
            width = 0;
        } else if position > 0 {
            result.push(' ');
            width += 1;
        }
        result += word;
        // A word is what stands between spaces: it may hold line ends.
        width = word.rsplit_once('\n').map_or(width + length, |(_, last)| last.chars().count());
    }
    result
}

impl<'e> IntoIterator for &'e ConfigErrors {
    type Item = &'e ConfigError;
    type IntoIter = std::slice::Iter<'e, ConfigError>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// One error a line.
impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, error) in self.errors.iter().enumerate() {
            if position > 0 {
                f.write_str("\n")?;
            }
            error.fmt(f)?;
        }
        Ok(())
    }
}

impl Error for ConfigErrors {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_messages_are_wrapped_between_words() {
        let long = "word ".repeat(40);
        for line in wrapped(long.trim_end()).lines() {
            assert!(line.len() <= WIDTH && line.starts_with("word") && line.ends_with("word"));
        }
        assert_eq!(wrapped(&long).replace('\n', " "), long);
        let endless = "x".repeat(200);
        assert_eq!(wrapped(&format!("a {endless} b")), format!("a\n{endless}\nb"));
        let lines = format!("{}\n  two words", "x".repeat(WIDTH - 5));
        assert_eq!(wrapped(&lines), lines);
    }
}
