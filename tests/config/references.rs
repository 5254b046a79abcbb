//! `${NAME}` in strings: what comes from the environment.

use std::env::VarError;
use std::path::Path;

use serverless_wasm::config::{ConfigErrors, Settings};

use crate::Folder;

fn environment(name: &str) -> Result<String, VarError> {
    match name {
        "PORT" => Ok("9000".to_owned()),
        "HOST" => Ok("db.internal".to_owned()),
        "FOLDER" => Ok("samples".to_owned()),
        "QUOTED" => Ok("\"\n[server]\ndebug = true\n#".to_owned()),
        _ => Err(VarError::NotPresent),
    }
}

fn parse(folder: &Folder, text: &str) -> Result<Settings, ConfigErrors> {
    Settings::parse_with(&folder.0.join("config.toml"), text, environment)
}

#[test]
fn every_string_may_refer_to_the_environment() {
    let folder = Folder::new("references");
    let text = r#"
listen_address = "127.0.0.1:${PORT}"
[server]
idle_timeout = "${IDLE:-5s}"
[limits]
memory = "${MEMORY:-1MiB}"
[[applications]]
file_path = "${FOLDER}/testfunc.wasm"
method = "${METHOD:-GET}"
url_path = "/${FOLDER}/{id}"
function = "${FUNCTION:-run}"
env = { db = "${HOST}:${PORT}", price = "$$5", quoted = "${QUOTED}" }
allow_tcp = ["${HOST}:*"]
features = ["${FEATURE:-threads}"]
limits = { time = "${TIME:-2s}" }
"#;
    let settings = parse(&folder, text).unwrap();
    assert_eq!(settings.listen_address.get_ref(), "127.0.0.1:9000");
    assert_eq!((settings.server.idle_timeout.as_secs(), settings.limits.memory), (5, 1 << 20));
    let app = &settings.applications[0];
    assert_eq!(app.file_path.get_ref(), &folder.0.join("samples/testfunc.wasm"));
    assert_eq!((app.method.get_ref().as_str(), app.function.get_ref().as_str()), ("GET", "run"));
    assert_eq!(app.url_path.get_ref().as_str(), "/samples/{id}");
    assert_eq!((app.env["db"].as_str(), app.env["price"].as_str()), ("db.internal:9000", "$5"));
    assert_eq!(app.allow_tcp.as_ref().unwrap()[0].to_string(), "db.internal:*");
    assert_eq!(app.limits.time.as_secs(), 2);
    // What comes from outside is a value, whatever it looks like.
    assert_eq!(app.env["quoted"], "\"\n[server]\ndebug = true\n#");
    assert!(!settings.server.debug);
}

#[test]
fn keys_and_what_is_no_string_are_left_alone() {
    let text = "[[applications]]\nfile_path = \"app.wasm\"\nmethod = \"GET\"\nurl_path = \"/\"\n\
                env = { \"${PORT}\" = \"x\" } # ${GONE}\n";
    let folder = Folder::new("reference-keys");
    let settings = parse(&folder, text).unwrap();
    assert_eq!(settings.applications[0].env["${PORT}"], "x");
}

#[test]
fn a_value_that_is_wrong_is_told_of_as_if_it_were_written() {
    let folder = Folder::new("reference-values");
    let errors = parse(&folder, "listen_address = \"${HOST}\"\n").expect_err("no port");
    let error = errors.iter().next().unwrap();
    let message = "`listen_address` takes an address such as \"127.0.0.1:8080\", found \
                   \"db.internal\": did you mean \"db.internal:8080\"?";
    assert!(error.to_string().ends_with(message), "{error}");
    assert_eq!((error.line(), error.column()), (1, 18));
}

#[test]
fn a_reference_without_a_value_is_one_error() {
    let folder = Folder::new("reference-errors");
    let text = r#"
listen_address = "127.0.0.1:${GONE}"
[[applications]]
file_path = "${GONE}.wasm"
method = "GET"
url_path = "/a$b"
env = { a = "${A", b = ["${1}"], c = "${A:-${B}}" }
"#;
    let errors = parse(&folder, text).expect_err("the text is broken");
    let prefix = format!("{}:", folder.0.join("config.toml").display());
    let found: Vec<_> =
        errors.iter().map(|error| error.to_string().replacen(&prefix, "", 1)).collect();
    let expected = [
        "2:18: `GONE` is not set in the environment: set it, or give it a default: \
         `${NAME:-default}`",
        "4:13: `GONE` is not set in the environment: set it, or give it a default: \
         `${NAME:-default}`",
        "6:12: a `$` that begins nothing: write `${NAME}` or `${NAME:-default}`; a dollar is `$$`",
        "7:13: a `${` without its `}`: write `${NAME}` or `${NAME:-default}`; a dollar is `$$`",
        "7:24: `b` takes a string, found an array",
        "7:25: \"1\" is no name of the environment: names have letters, digits and `_`, and don't \
         begin with a digit",
        "7:38: the default of `A` holds another `$`: a default is plain text",
    ];
    assert_eq!(found, expected);
}

#[test]
fn the_process_has_an_environment() {
    let manifest = "${CARGO_MANIFEST_DIR:-nowhere}";
    let text = format!("listen_address = \"127.0.0.1:80\" # {manifest}\n[limits]\nfuel = 1\n");
    assert!(Settings::parse(Path::new("config.toml"), &text).is_ok());
    let name = "SERVERLESS_WASM_TEST_THAT_NOBODY_SETS";
    let text = format!("listen_address = \"127.0.0.1:${{{name}:-81}}\"\n");
    let settings = Settings::parse(Path::new("config.toml"), &text).unwrap();
    assert_eq!(settings.listen_address.get_ref(), "127.0.0.1:81");
}
