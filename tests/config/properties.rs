//! No text makes reading panic, whatever it holds.

use std::env::VarError;
use std::path::Path;

use proptest::prelude::*;
use serverless_wasm::config::{Look, Settings};

/// Reads a text and draws what is wrong with it; every place is one of the text.
fn check(text: &str) -> Result<(), TestCaseError> {
    let environment = |name: &str| match name.len() {
        1 => Ok(name.to_owned()),
        _ => Err(VarError::NotPresent),
    };
    let Err(errors) = Settings::parse_with(Path::new("c.toml"), text, environment) else {
        return Ok(());
    };
    prop_assert!(errors.iter().next().is_some());
    for error in &errors {
        let lines = text.split('\n').count();
        prop_assert!((1..=lines).contains(&error.line()), "{error}");
        let line = text.split('\n').nth(error.line() - 1).unwrap_or_default();
        prop_assert!((1..=line.chars().count() + 1).contains(&error.column()), "{error}");
    }
    prop_assert!(errors.render(Look::Plain).contains("c.toml"));
    prop_assert!(!errors.render(Look::Coloured).is_empty());
    Ok(())
}

/// Pieces that a configuration is made of, in no order.
fn piece() -> impl Strategy<Value = String> {
    let words = [
        "listen_address",
        "server",
        "limits",
        "applications",
        "threads",
        "debug",
        "memory",
        "time",
        "fuel",
        "file_path",
        "method",
        "url_path",
        "function",
        "env",
        "allow_tcp",
        "features",
        "[",
        "]",
        "[[",
        "]]",
        "{",
        "}",
        "=",
        ".",
        ",",
        "\n",
        "\r\n",
        "#",
        "'",
        "\"",
        "'''",
        "\"\"\"",
        "true",
        "1",
        "-1",
        "1.5",
        "1979-05-27",
        "\"64KiB\"",
        "\"10s\"",
        "\"/a/{b}/{*c}\"",
        "\"GET\"",
        "\"${A}\"",
        "\"${A:-b}\"",
        "\"$$\"",
        "\"$\"",
        "\"Cargo.toml\"",
        "[[applications]]\n",
        "[server]\n",
        "[limits]\n",
        "é",
        "\u{feff}",
        "\0",
        "\\",
        "\\u0000",
        " ",
    ];
    prop_oneof![
        8 => proptest::sample::select(words.to_vec()).prop_map(str::to_owned),
        1 => ".{0,3}",
    ]
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "(?s).{0,200}") {
        check(&text)?;
    }

    #[test]
    fn any_pieces_are_read_or_refused(pieces in prop::collection::vec(piece(), 0..40)) {
        check(&pieces.concat())?;
    }

    #[test]
    fn any_value_of_any_key_is_read_or_refused(
        key in proptest::sample::select(vec![
            "file_path", "method", "url_path", "function", "env", "allow_tcp", "features", "limits",
        ]),
        value in prop_oneof![
            "\\PC{0,20}".prop_map(|text| format!("{text:?}")),
            "[0-9a-zA-Z/{}*$:.%~-]{0,20}".prop_map(|text| format!("'{text}'")),
            "[0-9a-z:*.\\[\\]]{0,12}".prop_map(|text| format!("['{text}']")),
            "[a-z]{0,6}".prop_map(|text| format!("{{ {text}x = '1s' }}")),
        ],
    ) {
        check(&format!("[[applications]]\n{key} = {value}\n"))?;
    }
}
