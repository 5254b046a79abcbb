//! Walking the parsed tree: takes values out of it and collects every error on the way.

use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{ConfigError, ConfigErrors, Kind, Source};
use crate::near::nearest;

/// A key as the parser gives it.
pub(super) type Key<'i> = Spanned<Cow<'i, str>>;
/// A value as the parser gives it.
pub(super) type Value<'i> = Spanned<DeValue<'i>>;

/// A table whose keys are known and optional.
pub(super) trait Section {
    /// Its keys.
    const KEYS: &'static [&'static str];

    /// Reads the value of one key.
    fn set(&mut self, key: &str, value: &DeValue<'_>) -> Result<(), Wrong>;
}

/// Why a value was not taken.
pub(super) enum Wrong {
    /// No such key.
    Key,
    /// The key wants something else.
    Value {
        /// What the key takes.
        expected: Cow<'static, str>,
        /// What may have been meant.
        near: Option<String>,
    },
}

impl Wrong {
    pub(super) const fn key() -> Self {
        Self::Key
    }

    pub(super) fn value(expected: impl Into<Cow<'static, str>>) -> Self {
        Self::Value { expected: expected.into(), near: None }
    }

    pub(super) fn near(self, suggestion: String) -> Self {
        self.maybe_near(Some(suggestion))
    }

    pub(super) fn maybe_near(self, near: Option<String>) -> Self {
        match self {
            Self::Key => Self::Key,
            Self::Value { expected, .. } => Self::Value { expected, near },
        }
    }
}

/// All that is wrong with a file so far.
pub(super) struct Errors<'s> {
    source: &'s Arc<Source>,
    /// The lines of syntax errors: what the parser made of them is not worth an error of its own.
    broken: Vec<usize>,
    /// Where values begin that could not be completed: they have their error.
    incomplete: Vec<usize>,
    errors: Vec<ConfigError>,
}

impl<'s> Errors<'s> {
    /// Starts with what the parser found.
    pub(super) fn new(source: &'s Arc<Source>, syntax: &[toml::de::Error]) -> Self {
        let mut all =
            Self { source, broken: Vec::new(), incomplete: Vec::new(), errors: Vec::new() };
        for error in syntax {
            let span = error.span().unwrap_or(0..0);
            let line = source.line(span.start);
            // The parser reports what follows from the first error of a line, too.
            if !all.broken.contains(&line) {
                all.broken.push(line);
                let kind = Kind::Syntax { reason: error.message().to_owned() };
                all.errors.push(ConfigError::new(source, None, span, kind));
            }
        }
        all
    }

    /// The folder of the configuration file.
    pub(super) fn folder(&self) -> &Path {
        self.source.folder()
    }

    /// The line where something stands.
    pub(super) fn line(&self, span: &Range<usize>) -> usize {
        self.source.line(span.start)
    }

    /// The settings are good when nothing is wrong.
    pub(super) fn into_result(self) -> Result<(), ConfigErrors> {
        if self.errors.is_empty() {
            return Ok(());
        }
        Err(ConfigErrors::new(Arc::clone(self.source), self.errors))
    }

    /// Adds an error about `key` at `span`.
    pub(super) fn push(&mut self, key: &str, span: Range<usize>, kind: Kind) {
        let is_broken = self.broken.contains(&self.source.line(span.start));
        if !is_broken && !self.incomplete.contains(&span.start) {
            self.errors.push(ConfigError::new(self.source, Some(key), span, kind));
        }
    }

    /// Adds an error about the value at `span`, which then gets no other.
    pub(super) fn incomplete(&mut self, key: &str, span: Range<usize>, kind: Kind) {
        let start = span.start;
        self.push(key, span, kind);
        self.incomplete.push(start);
    }

    /// A key that the table `table` does not have.
    pub(super) fn unknown_key(&mut self, table: &'static str, key: &Key<'_>, known: &[&str]) {
        let name = key.get_ref().as_ref();
        let near = nearest(name, known.iter().copied()).map(str::to_owned);
        let known = known.join(", ");
        self.push(name, key.span(), Kind::UnknownKey { table, near, known });
    }

    /// A key that the table at `span` must have. What a syntax error hid is not missed.
    pub(super) fn missing(&mut self, table: &'static str, key: &str, span: Range<usize>) {
        if self.broken.is_empty() {
            self.push(key, span, Kind::MissingKey { table });
        }
    }

    /// A value of another type than `expected`.
    pub(super) fn wrong(&mut self, key: &str, value: &Value<'_>, wrong: Wrong) {
        if let Wrong::Value { expected, near } = wrong {
            let found = describe(value.get_ref());
            let expected = expected.into_owned();
            self.push(key, value.span(), Kind::WrongValue { expected, found, near });
        }
    }

    /// Reads one value with its place, or notes why not.
    pub(super) fn leaf<T>(
        &mut self,
        key: &Key<'_>,
        value: &Value<'_>,
        read: impl Fn(&DeValue<'_>) -> Result<T, Wrong>,
    ) -> Option<Spanned<T>> {
        match read(value.get_ref()) {
            Ok(result) => Some(Spanned::new(value.span(), result)),
            Err(wrong) => {
                self.wrong(key.get_ref(), value, wrong);
                None
            }
        }
    }

    /// The table that `value` should be.
    pub(super) fn table<'v, 'i>(
        &mut self,
        key: &Key<'_>,
        value: &'v Value<'i>,
    ) -> Option<&'v DeTable<'i>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.wrong(key.get_ref(), value, Wrong::value("a table"));
        }
        table
    }

    /// Reads the elements of an array one by one; none when some are wrong.
    pub(super) fn list<T>(
        &mut self,
        key: &Key<'_>,
        value: &Value<'_>,
        expected: &'static str,
        read: impl Fn(&DeValue<'_>) -> Result<T, Wrong>,
    ) -> Option<Vec<T>> {
        let Some(elements) = value.get_ref().as_array() else {
            self.wrong(key.get_ref(), value, Wrong::value(expected));
            return None;
        };
        let elements = elements.iter().map(|element| self.leaf(key, element, &read));
        // Each is read before one that is wrong ends the list.
        let elements: Vec<_> = elements.collect();
        elements.into_iter().map(|element| element.map(Spanned::into_inner)).collect()
    }

    /// Reads a table whose keys are all optional.
    pub(super) fn section(
        &mut self,
        name: &'static str,
        key: &Key<'_>,
        value: &Value<'_>,
        section: &mut impl Section,
    ) {
        for (key, value) in self.table(key, value).into_iter().flatten() {
            match section.set(key.get_ref(), value.get_ref()) {
                Ok(()) => {}
                Err(Wrong::Key) => self.unknown_key(name, key, keys_of(section)),
                Err(wrong @ Wrong::Value { .. }) => self.wrong(key.get_ref(), value, wrong),
            }
        }
    }
}

const fn keys_of<S: Section>(_: &S) -> &'static [&'static str] {
    S::KEYS
}

/// What stands in the file, as far as a message needs it.
fn describe(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("{text:?}"),
        DeValue::Integer(number) => number.to_string(),
        DeValue::Float(number) => number.to_string(),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Datetime(time) => time.to_string(),
        DeValue::Array(_) => "an array".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}
