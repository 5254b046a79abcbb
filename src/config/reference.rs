//! `${NAME}` in strings: values from the environment, put in after the file has been parsed, so
//! that no value can change what the file means.

use std::env::VarError;

use toml::de::{DeTable, DeValue};

use super::error::Kind;
use super::tree::Errors;

/// Where values come from: [`std::env::var`], or what a test has instead.
pub(super) type Environment<'e> = &'e dyn Fn(&str) -> Result<String, VarError>;

/// Why a reference has no value.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Wrong {
    /// A dollar that begins nothing.
    Dollar,
    /// No closing brace.
    Open,
    /// What is in the braces is no name.
    Name(String),
    /// A reference in a default.
    Nested(String),
    /// The environment does not have it.
    Unset(String),
    /// What the environment has is no text.
    NotText(String),
}

impl From<Wrong> for Kind {
    fn from(wrong: Wrong) -> Self {
        const FORMS: &str = "write `${NAME}` or `${NAME:-default}`; a dollar is `$$`";
        let (problem, remedy) = match wrong {
            Wrong::Dollar => ("a `$` that begins nothing".to_owned(), FORMS),
            Wrong::Open => ("a `${` without its `}`".to_owned(), FORMS),
            Wrong::Name(name) => (
                format!("{name:?} is no name of the environment"),
                "names have letters, digits and `_`, and don't begin with a digit",
            ),
            Wrong::Nested(name) => {
                (format!("the default of `{name}` holds another `$`"), "a default is plain text")
            }
            Wrong::Unset(name) => (
                format!("`{name}` is not set in the environment"),
                "set it, or give it a default: `${NAME:-default}`",
            ),
            Wrong::NotText(name) => {
                (format!("`{name}` of the environment is not UTF-8"), "set it to text")
            }
        };
        Self::Reference { problem, remedy }
    }
}

/// Puts values in place of all references in the strings of a table and of what it holds. The
/// parser bounds how deep that is.
pub(super) fn resolve(
    table: &mut DeTable<'_>,
    environment: Environment<'_>,
    errors: &mut Errors<'_>,
) {
    for (key, value) in table.iter_mut() {
        let span = value.span();
        resolve_value(key.get_ref(), value.get_mut(), span, environment, errors);
    }
}

fn resolve_value(
    key: &str,
    value: &mut DeValue<'_>,
    span: std::ops::Range<usize>,
    environment: Environment<'_>,
    errors: &mut Errors<'_>,
) {
    match value {
        DeValue::String(text) if text.contains('$') => match resolved(text, environment) {
            Ok(resolved) => *text = resolved.into(),
            Err(wrong) => errors.incomplete(key, span, wrong.into()),
        },
        DeValue::Array(elements) => {
            for element in elements.iter_mut() {
                let span = element.span();
                resolve_value(key, element.get_mut(), span, environment, errors);
            }
        }
        DeValue::Table(table) => resolve(table, environment, errors),
        DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_) => {}
    }
}

/// The text with values in place of its references.
fn resolved(text: &str, environment: Environment<'_>) -> Result<String, Wrong> {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        result += before;
        if let Some(after) = after.strip_prefix('$') {
            result.push('$');
            rest = after;
            continue;
        }
        let after = after.strip_prefix('{').ok_or(Wrong::Dollar)?;
        let (reference, after) = after.split_once('}').ok_or(Wrong::Open)?;
        result += &value(reference, environment)?;
        rest = after;
    }
    Ok(result + rest)
}

/// The value of `NAME` or `NAME:-default`. As in a shell, the default stands for an empty value,
/// too.
fn value(reference: &str, environment: Environment<'_>) -> Result<String, Wrong> {
    let (name, default) = match reference.split_once(":-") {
        Some((name, default)) => (name, Some(default)),
        None => (reference, None),
    };
    let letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !name.chars().all(letter) || name.chars().next().is_none_or(|c| c.is_ascii_digit()) {
        return Err(Wrong::Name(name.to_owned()));
    }
    if default.is_some_and(|default| default.contains('$')) {
        return Err(Wrong::Nested(name.to_owned()));
    }
    match (environment(name), default) {
        (Ok(value), None) => Ok(value),
        (Ok(value), Some(_)) if !value.is_empty() => Ok(value),
        (Ok(_) | Err(VarError::NotPresent), Some(default)) => Ok(default.to_owned()),
        (Err(VarError::NotPresent), None) => Err(Wrong::Unset(name.to_owned())),
        (Err(VarError::NotUnicode(_)), _) => Err(Wrong::NotText(name.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<&str, &Wrong>) {
        let environment = |name: &str| match name {
            "PORT" => Ok("8080".to_owned()),
            "EMPTY" => Ok(String::new()),
            "MONEY" => Ok("$$ ${PORT}".to_owned()),
            "BYTES" => Err(VarError::NotUnicode("?".into())),
            _ => Err(VarError::NotPresent),
        };
        let found = resolved(text, &environment);
        assert_eq!(found.as_deref(), expected, "{text}");
    }

    #[test]
    fn references_are_replaced_by_values() {
        check("no references", Ok("no references"));
        check("${PORT}", Ok("8080"));
        check("a ${PORT}-${PORT} b", Ok("a 8080-8080 b"));
        check("${EMPTY}", Ok(""));
        check("$$", Ok("$"));
        check("$${PORT}", Ok("${PORT}"));
        check("$$$$${PORT}", Ok("$$8080"));
    }

    #[test]
    fn what_a_value_holds_is_not_looked_at() {
        check("${MONEY}", Ok("$$ ${PORT}"));
    }

    #[test]
    fn a_default_stands_for_what_is_unset_or_empty() {
        check("${PORT:-1}", Ok("8080"));
        check("${GONE:-1}", Ok("1"));
        check("${EMPTY:-1}", Ok("1"));
        check("${GONE:-}", Ok(""));
        check("${GONE:-a:-b {c}", Ok("a:-b {c"));
    }

    #[test]
    fn what_is_no_reference_is_an_error() {
        for text in ["$", "a$b", "$PORT", "${PORT} $", "$ {PORT}"] {
            check(text, Err(&Wrong::Dollar));
        }
        check("${PORT", Err(&Wrong::Open));
        for name in ["", "1A", "A-B", "A B", "é", "A=", "A:", "A:=b"] {
            check(&format!("${{{name}}}"), Err(&Wrong::Name(name.to_owned())));
        }
        check("${PORT:-${A}}", Err(&Wrong::Nested("PORT".to_owned())));
        check("${GONE}", Err(&Wrong::Unset("GONE".to_owned())));
        check("${BYTES}", Err(&Wrong::NotText("BYTES".to_owned())));
        check("${BYTES:-1}", Err(&Wrong::NotText("BYTES".to_owned())));
    }
}
