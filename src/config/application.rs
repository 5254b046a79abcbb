//! `[[applications]]`: which module and function answers which requests.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::DeValue;

use super::RequestLimits;
use super::error::Kind;
use super::pattern::{Pattern, PatternError, Segment};
use super::tree::{Errors, Key, Value, Wrong};
use super::units::{string, text};
use crate::host::AllowedAddress;
use crate::near::nearest;
use crate::wasm::{Feature, Features};

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
    /// The paths that it answers.
    pub url_path: Spanned<Pattern>,
    /// The exported function that answers.
    pub function: Spanned<String>,
    /// What `db_get` finds. Values that are `host:port` are addresses it may connect to, unless
    /// `allow_tcp` says otherwise.
    pub env: BTreeMap<String, String>,
    /// The addresses that it may connect to, and no others; none: those of `env`.
    pub allow_tcp: Option<Vec<AllowedAddress>>,
    /// WebAssembly 3.0, and the proposals past it that the entry names.
    pub features: Features,
    /// What one request may use: `[limits]`, but for what the entry says otherwise.
    pub limits: RequestLimits,
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
    const KEYS: &'static [&'static str] =
        &["file_path", "method", "url_path", "function", "env", "allow_tcp", "features", "limits"];
    /// The function that answers when the entry does not say.
    const FUNCTION: &'static str = "handle";
}

/// How messages call the table.
const TABLE: &str = "[[applications]]";

/// Reads the array of entries; those with errors are left out. `limits` are those of `[limits]`.
pub(super) fn read_all(
    key: &Key<'_>,
    value: &Value<'_>,
    limits: &RequestLimits,
    errors: &mut Errors<'_>,
) -> Vec<Application> {
    let Some(entries) = value.get_ref().as_array() else {
        let wrong = Wrong::value("an array of tables").near(format!("`{TABLE}`"));
        errors.wrong(key.get_ref(), value, wrong);
        return Vec::new();
    };
    let mut routes = BTreeMap::new();
    let read = |entry| read(key, entry, limits, &mut routes, errors);
    entries.iter().filter_map(read).collect()
}

/// The routes so far, and where each stands.
type Routes = BTreeMap<(String, Vec<Segment>), Range<usize>>;

fn read(
    key: &Key<'_>,
    entry: &Value<'_>,
    limits: &RequestLimits,
    routes: &mut Routes,
    errors: &mut Errors<'_>,
) -> Option<Application> {
    let table = errors.table(key, entry)?;
    let (mut file_path, mut method, mut url_path) = (Given::No, Given::No, Given::No);
    let (mut function, mut features, mut allow_tcp) = (Given::No, Given::No, Given::No);
    let (mut env, mut limits) = (BTreeMap::new(), limits.clone());
    for (key, value) in table {
        match key.get_ref().as_ref() {
            "file_path" => file_path = existing_file(key, value, errors).into(),
            "method" => method = errors.leaf(key, value, method_token).into(),
            "url_path" => url_path = errors.leaf(key, value, pattern).into(),
            "function" => function = errors.leaf(key, value, text).into(),
            "env" => env = strings(key, value, errors),
            "allow_tcp" => allow_tcp = errors.list(key, value, ADDRESSES, address).into(),
            "features" => features = errors.list(key, value, FEATURES, feature).into(),
            "limits" => errors.section(LIMITS, key, value, &mut limits),
            _ => errors.unknown_key(TABLE, key, Application::KEYS),
        }
    }
    // All that is missing is reported, so each is asked before one ends the entry.
    let file_path = file_path.required("file_path", entry.span(), errors);
    let method = method.required("method", entry.span(), errors);
    let url_path = url_path.required("url_path", entry.span(), errors);
    let (method, url_path) = (method?, url_path?);
    refuse_duplicate(&method, &url_path, routes, errors);
    let (file_path, found) = file_path?;
    let function = function.or(Spanned::new(entry.span(), Application::FUNCTION.to_owned()))?;
    let features = features.or(Vec::new())?.into_iter().fold(Features::default(), Features::with);
    let allow_tcp = match allow_tcp {
        Given::No => None,
        // What would be allowed in its place does not matter: the file has an error.
        Given::Wrong => Some(Vec::new()),
        Given::Yes(addresses) => Some(addresses),
    };
    let application = Application {
        file_path,
        found,
        method,
        url_path,
        function,
        env,
        allow_tcp,
        features,
        limits,
    };
    Some(application)
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
    /// The value, or what stands for it where there is none.
    fn or(self, default: T) -> Option<T> {
        match self {
            Self::No => Some(default),
            Self::Wrong => None,
            Self::Yes(value) => Some(value),
        }
    }

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
    let shown = |path: &PathBuf| {
        let note = if path.is_dir() { " (a folder)" } else { "" };
        format!("{}{note}", path.display())
    };
    let mut tried: Vec<String> = candidates.iter().map(shown).collect();
    tried.dedup();
    let near = candidates.iter().find_map(|path| neighbour(path)).map(|name| {
        let path = written.with_file_name(name);
        format!("{:?}", path.display().to_string())
    });
    errors.push(key.get_ref(), value.span(), Kind::MissingFile { tried, near });
    None
}

/// The name of the file in the same folder that was perhaps meant.
fn neighbour(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let entries = folder.unwrap_or(Path::new(".")).read_dir().ok()?;
    let files = entries.flatten().filter(|entry| entry.path().is_file());
    let names: Vec<String> =
        files.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    nearest(name, names.iter().map(String::as_str)).map(str::to_owned)
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

/// The paths of requests, as a pattern.
fn pattern(value: &DeValue<'_>) -> Result<Pattern, Wrong> {
    let path =
        string(value).map_err(|_| Wrong::value("a path such as \"/hello\" or \"/users/{id}\""))?;
    path.parse().map_err(|error: PatternError| {
        let wrong = Wrong::value(error.to_string());
        match error {
            PatternError::Slash => wrong.near(format!("{:?}", format!("/{path}"))),
            PatternError::Query => {
                let path = path.split('?').next().unwrap_or_default();
                wrong.near(format!("{path:?}"))
            }
            PatternError::Character(_)
            | PatternError::Brace
            | PatternError::Name
            | PatternError::Twice(_)
            | PatternError::NotLast(_) => wrong,
        }
    })
}

/// How messages call an application's own limits.
const LIMITS: &str = "`limits` of [[applications]]";

/// What `allow_tcp` takes.
const ADDRESSES: &str = "an array of addresses such as [\"127.0.0.1:8181\"]";

/// An address that an application may connect to.
fn address(value: &DeValue<'_>) -> Result<AllowedAddress, Wrong> {
    let wrong = || Wrong::value("`host:port`, or `host:*` for all ports");
    let text = string(value).map_err(|_| wrong())?;
    let parse = |text: &str| text.parse::<AllowedAddress>();
    parse(&text).map_err(|_| {
        let host = text.split_once("://").map_or(text.as_str(), |(_, rest)| rest);
        let host = host.split('/').next().unwrap_or_default();
        let forms = [host.to_owned(), format!("{host}:*"), format!("[{host}]:*")];
        let near = forms.iter().find(|form| parse(form).is_ok());
        wrong().maybe_near(near.map(|near| format!("\"{near}\"")))
    })
}

/// What `features` takes.
const FEATURES: &str = "an array of proposals past WebAssembly 3.0";

/// A proposal past WebAssembly 3.0.
fn feature(value: &DeValue<'_>) -> Result<Feature, Wrong> {
    let known: Vec<_> = Feature::past_standard().map(Feature::name).collect();
    let wrong = || Wrong::value(format!("a proposal past WebAssembly 3.0: {}", known.join(", ")));
    let name = string(value).map_err(|_| wrong())?;
    Feature::named(&name).map_err(|_| {
        let near = nearest(&name, known.iter().copied());
        wrong().maybe_near(near.map(|near| format!("\"{near}\"")))
    })
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

/// Two entries that take the same requests: the second is an error.
fn refuse_duplicate(
    method: &Spanned<String>,
    url_path: &Spanned<Pattern>,
    routes: &mut Routes,
    errors: &mut Errors<'_>,
) {
    let route = (method.get_ref().clone(), url_path.get_ref().shape());
    if let Some(first) = routes.get(&route) {
        let (method, path) = (route.0, url_path.get_ref().to_string());
        let kind =
            Kind::DuplicateRoute { method, path, line: errors.line(first), first: first.clone() };
        errors.push("url_path", url_path.span(), kind);
    } else {
        routes.insert(route, url_path.span());
    }
}
