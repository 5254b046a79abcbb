//! `[[applications]]`: which module and function answers which requests.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::DeValue;

use super::error::Kind;
use super::tree::{Errors, Key, Value, Wrong};
use super::units::{string, text};

/// One `[[applications]]` entry. What has a place in the file keeps it, for errors that only
/// loading finds.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Application {
    /// The module, `.wasm` or `.wat`: a file that exists.
    pub file_path: Spanned<PathBuf>,
    /// In which folder the module was found.
    pub found: Found,
    /// A method, or `*` for any.
    pub method: Spanned<String>,
    /// The path that it answers, exactly.
    pub url_path: Spanned<String>,
    /// The exported function that answers.
    pub function: Spanned<String>,
    /// What `db_get` finds. Values that are `host:port` are addresses it may connect to.
    pub env: BTreeMap<String, String>,
}

/// Which folder a relative path was found in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Found {
    /// The path is absolute.
    Absolute,
    /// The folder of the configuration file.
    BesideConfiguration,
    /// The working directory.
    WorkingDirectory,
}

impl Application {
    /// The keys of an entry.
    const KEYS: &'static [&'static str] = &["file_path", "method", "url_path", "function", "env"];
    /// The function that answers when the entry does not say.
    const FUNCTION: &'static str = "handle";
}

/// How messages call the table.
const TABLE: &str = "[[applications]]";

/// Reads the array of entries; those with errors are left out.
pub(super) fn read_all(
    key: &Key<'_>,
    value: &Value<'_>,
    errors: &mut Errors<'_>,
) -> Vec<Application> {
    let Some(entries) = value.get_ref().as_array() else {
        let wrong = Wrong::value("an array of tables").near(format!("`{TABLE}`"));
        errors.wrong(key.get_ref(), value, wrong);
        return Vec::new();
    };
    entries.iter().filter_map(|entry| read(key, entry, errors)).collect()
}

fn read(key: &Key<'_>, entry: &Value<'_>, errors: &mut Errors<'_>) -> Option<Application> {
    let table = errors.table(key, entry)?;
    let (mut file_path, mut method, mut url_path) = (Given::No, Given::No, Given::No);
    let mut function = Given::No;
    let mut env = BTreeMap::new();
    for (key, value) in table {
        match key.get_ref().as_ref() {
            "file_path" => file_path = existing_file(key, value, errors).into(),
            "method" => method = errors.leaf(key, value, method_token).into(),
            "url_path" => url_path = errors.leaf(key, value, exact_path).into(),
            "function" => function = errors.leaf(key, value, text).into(),
            "env" => env = strings(key, value, errors),
            _ => errors.unknown_key(TABLE, key, Application::KEYS),
        }
    }
    // All that is missing is reported, so each is asked before one ends the entry.
    let file_path = file_path.required("file_path", entry.span(), errors);
    let method = method.required("method", entry.span(), errors);
    let url_path = url_path.required("url_path", entry.span(), errors);
    let function = match function {
        Given::No => Spanned::new(entry.span(), Application::FUNCTION.to_owned()),
        Given::Wrong => return None,
        Given::Yes(function) => function,
    };
    let (file_path, found) = file_path?;
    Some(Application { file_path, found, method: method?, url_path: url_path?, function, env })
}

/// What became of a key.
enum Given<T> {
    No,
    /// It was there, and an error has been noted.
    Wrong,
    Yes(T),
}

impl<T> From<Option<T>> for Given<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Wrong, Self::Yes)
    }
}

impl<T> Given<T> {
    fn required(self, key: &str, entry: Range<usize>, errors: &mut Errors<'_>) -> Option<T> {
        match self {
            Self::No => {
                errors.missing(TABLE, key, entry);
                None
            }
            Self::Wrong => None,
            Self::Yes(value) => Some(value),
        }
    }
}

/// Tries a relative path against the configuration's folder, then the working directory.
fn existing_file(
    key: &Key<'_>,
    value: &Value<'_>,
    errors: &mut Errors<'_>,
) -> Option<(Spanned<PathBuf>, Found)> {
    let path = errors.leaf(key, value, text)?;
    let written = Path::new(path.get_ref());
    let beside = errors.folder().join(written);
    let candidates = [beside, written.to_path_buf()];
    if let Some(at) = candidates.iter().position(|candidate| candidate.is_file()) {
        let found = match at {
            _ if written.is_absolute() => Found::Absolute,
            0 => Found::BesideConfiguration,
            _ => Found::WorkingDirectory,
        };
        return Some((Spanned::new(path.span(), candidates[at].clone()), found));
    }
    let mut tried: Vec<String> = candidates.iter().map(|path| path.display().to_string()).collect();
    tried.dedup();
    errors.push(key.get_ref(), value.span(), Kind::MissingFile { tried });
    None
}

/// A method as RFC 9110 spells it: a token, case-sensitive. `*` is any.
fn method_token(value: &DeValue<'_>) -> Result<String, Wrong> {
    const COMMON: [&str; 9] =
        ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"];
    let wrong = || Wrong::value("a method such as \"GET\", or \"*\"");
    let method = string(value).map_err(|_| wrong())?;
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if method.is_empty() || !method.bytes().all(is_token) {
        return Err(wrong());
    }
    let upper = method.to_ascii_uppercase();
    if method != upper && COMMON.contains(&upper.as_str()) {
        return Err(wrong().near(format!("\"{upper}\"")));
    }
    Ok(method)
}

/// The path of a request, without query.
fn exact_path(value: &DeValue<'_>) -> Result<String, Wrong> {
    let wrong = || Wrong::value("an exact path such as \"/hello\"");
    let path = string(value).map_err(|_| wrong())?;
    if !path.starts_with('/') {
        return Err(wrong().near(format!("{:?}", format!("/{path}"))));
    }
    let never_matches = |c: char| c.is_control() || matches!(c, ' ' | '?' | '#' | '{' | '}');
    if path.contains(never_matches) {
        return Err(wrong());
    }
    Ok(path)
}

/// A table of strings.
fn strings(key: &Key<'_>, value: &Value<'_>, errors: &mut Errors<'_>) -> BTreeMap<String, String> {
    let mut strings = BTreeMap::new();
    for (key, value) in errors.table(key, value).into_iter().flatten() {
        if let Some(text) = errors.leaf(key, value, string) {
            strings.insert(key.get_ref().to_string(), text.into_inner());
        }
    }
    strings
}

/// Two entries for the same method and path: the second is an error.
pub(super) fn refuse_duplicates(applications: &[Application], errors: &mut Errors<'_>) {
    let mut first = BTreeMap::new();
    for application in applications {
        let route = (application.method.get_ref(), application.url_path.get_ref());
        let span = application.url_path.span();
        if let Some(first) = first.get(&route) {
            let (method, path) = (route.0.clone(), route.1.clone());
            let kind = Kind::DuplicateRoute { method, path, first: errors.line(first) };
            errors.push("url_path", span, kind);
        } else {
            first.insert(route, span);
        }
    }
}
