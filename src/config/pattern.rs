//! The paths that a route takes: `/hello`, `/users/{id}`, `/files/{*rest}`. Which of several routes
//! a request goes to is the router's.

use std::fmt;
use std::str::FromStr;

use percent_encoding::percent_decode_str;
use thiserror::Error;

/// A path whose segments are exact or have names.
///
/// ```
/// use serverless_wasm::config::{Pattern, Segment};
///
/// let pattern: Pattern = "/users/{id}".parse()?;
/// let id = Segment::Parameter("id".to_owned());
/// assert_eq!(pattern.segments(), [Segment::Exact(b"users".to_vec()), id]);
/// assert!("users".parse::<Pattern>().is_err());
/// # Ok::<(), serverless_wasm::config::PatternError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pattern {
    text: String,
    segments: Vec<Segment>,
}

/// What stands between two slashes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Segment {
    /// These bytes: what is written, percent-decoded. May be empty.
    Exact(Vec<u8>),
    /// `{name}`: any segment that is not empty.
    Parameter(String),
    /// `{*name}`: all that follows the slash, which may be nothing. Always the last.
    Rest(String),
}

impl Segment {
    /// The same without its name.
    fn shape(&self) -> Self {
        match self {
            Self::Exact(bytes) => Self::Exact(bytes.clone()),
            Self::Parameter(_) => Self::Parameter(String::new()),
            Self::Rest(_) => Self::Rest(String::new()),
        }
    }
}

/// Why a text is no [`Pattern`]; says what one is.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum PatternError {
    /// It begins with something else.
    #[error("a path that begins with `/`")]
    Slash,
    /// It has a `?`: what follows it is no part of a path.
    #[error("a path without a query")]
    Query,
    /// A character that the path of a request never has.
    #[error("a path without {0:?}, which no path has; percent-encode it")]
    Character(char),
    /// A brace that is not the first or the last of its segment.
    #[error("a path whose parameters are whole segments, as in \"/users/{{id}}\"")]
    Brace,
    /// A parameter without a name, or with one that is none.
    #[error("a path whose parameters have names of letters, digits, `_` and `-`")]
    Name,
    /// A second parameter of the same name.
    #[error("a path that names `{0}` once")]
    Twice(String),
    /// A `{*rest}` that something follows.
    #[error("a path where `{{*{0}}}` is the last segment")]
    NotLast(String),
}

impl Pattern {
    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What stands between the slashes; at least one segment, which is empty for `/`.
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The segments without their names: patterns of the same shape take the same paths.
    pub(super) fn shape(&self) -> Vec<Segment> {
        self.segments.iter().map(Segment::shape).collect()
    }
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let path = text.strip_prefix('/').ok_or(PatternError::Slash)?;
        if path.contains('?') {
            return Err(PatternError::Query);
        }
        let never = |c: &char| c.is_control() || matches!(c, ' ' | '#');
        if let Some(character) = path.chars().find(never) {
            return Err(PatternError::Character(character));
        }
        let mut segments: Vec<Segment> = Vec::new();
        let mut names: Vec<&str> = Vec::new();
        for part in path.split('/') {
            if let Some(Segment::Rest(name)) = segments.last() {
                return Err(PatternError::NotLast(name.clone()));
            }
            let (segment, name) = segment(part)?;
            if names.contains(&name) {
                return Err(PatternError::Twice(name.to_owned()));
            }
            names.extend(Some(name).filter(|name| !name.is_empty()));
            segments.push(segment);
        }
        Ok(Self { text: text.to_owned(), segments })
    }
}

/// One segment, and its name when it has one.
fn segment(text: &str) -> Result<(Segment, &str), PatternError> {
    let Some(inner) = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) else {
        if text.contains(['{', '}']) {
            return Err(PatternError::Brace);
        }
        return Ok((Segment::Exact(percent_decode_str(text).collect()), ""));
    };
    let name = inner.strip_prefix('*').unwrap_or(inner);
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if name.is_empty() || !name.chars().all(allowed) {
        return Err(PatternError::Name);
    }
    let segment = if name == inner { Segment::Parameter } else { Segment::Rest };
    Ok((segment(name.to_owned()), name))
}

/// As it was written.
impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `/a/{b}/{*c}` as the segments say it.
    fn check(text: &str, expected: Result<&[&str], PatternError>) {
        let shown = |segment: &Segment| match segment {
            Segment::Exact(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            Segment::Parameter(name) => format!("<{name}>"),
            Segment::Rest(name) => format!("<*{name}>"),
        };
        let found = text.parse::<Pattern>();
        let found = found.map(|pattern| pattern.segments.iter().map(shown).collect::<Vec<_>>());
        let expected =
            expected.map(|parts| parts.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>());
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn a_pattern_is_segments() {
        check("/", Ok(&[""]));
        check("/a", Ok(&["a"]));
        check("/a/", Ok(&["a", ""]));
        check("//a", Ok(&["", "a"]));
        check("/a%20b/%2F%7B", Ok(&["a b", "/{"]));
        check("/größe/..", Ok(&["größe", ".."]));
        check("/users/{id}", Ok(&["users", "<id>"]));
        check("/{a}/{b-2}/{*the_rest}", Ok(&["<a>", "<b-2>", "<*the_rest>"]));
    }

    #[test]
    fn what_is_no_pattern_says_why() {
        check("", Err(PatternError::Slash));
        check("a/b", Err(PatternError::Slash));
        check("/a?b=1", Err(PatternError::Query));
        check("/a b", Err(PatternError::Character(' ')));
        check("/a\u{7f}", Err(PatternError::Character('\u{7f}')));
        for text in ["/a{id}", "/{id}a", "/{id", "/id}", "/a{b}c", "/}{"] {
            check(text, Err(PatternError::Brace));
        }
        for text in ["/{}", "/{*}", "/{a.b}", "/{a}{b}", "/{**a}", "/{é}", "/{a*}"] {
            check(text, Err(PatternError::Name));
        }
        check("/{a}/b/{a}", Err(PatternError::Twice("a".to_owned())));
        check("/{a}/{*a}", Err(PatternError::Twice("a".to_owned())));
        check("/{*a}/b", Err(PatternError::NotLast("a".to_owned())));
        check("/{*a}/", Err(PatternError::NotLast("a".to_owned())));
    }

    #[test]
    fn patterns_that_take_the_same_paths_have_the_same_shape() {
        let is_same = |a: &str, b: &str| {
            let [a, b] = [a, b].map(|text| text.parse::<Pattern>().unwrap());
            a.shape() == b.shape()
        };
        assert!(is_same("/a/{id}", "/%61/{name}"));
        assert!(is_same("/{*a}", "/{*b}"));
        assert!(!is_same("/{a}", "/{*a}"));
        assert!(!is_same("/a", "/{a}"));
        assert!(!is_same("/a", "/a/"));
        assert!(!is_same("/a%2Fb", "/a/b"));
    }
}
