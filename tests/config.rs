//! Configuration files: what a good one says, and what each broken one is told, to the column.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serverless_wasm::config::{ConfigErrors, Kind, Look, Settings};

/// A folder with a module that exists, gone when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let path = std::env::temp_dir().join(format!("sw-config-{}-{test}", std::process::id()));
        fs::create_dir_all(path.join("samples")).expect("a folder");
        for module in ["app.wasm", "samples/testfunc.wasm", "samples/testbackend.wasm"] {
            fs::write(path.join(module), "\0asm\x01\0\0\0").expect("a file");
        }
        Self(path)
    }

    fn parse(&self, text: &str) -> Result<Settings, ConfigErrors> {
        Settings::parse(&self.0.join("config.toml"), text)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

/// Every error must be in `expected` as `line:column: message`, in this order.
fn check(test: &str, text: &str, expected: &[&str]) {
    let folder = Folder::new(test);
    let errors = folder.parse(text).expect_err("the text is broken");
    let prefix = format!("{}:", folder.0.join("config.toml").display());
    let folder_name = format!("{}/", folder.0.display());
    let found: Vec<String> = errors
        .iter()
        .map(|error| error.to_string().replacen(&prefix, "", 1).replace(&folder_name, ""))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn the_first_versions_file_loads_unchanged() {
    let folder = Folder::new("first");
    let settings = folder
        .parse(
            r#"listen_address = "127.0.0.1:8080"

[[applications]]
file_path = "./samples/testfunc.wasm"
method = "GET"
url_path = "/hello"
function = "hello"

[[applications]]
file_path = "./samples/testfunc.wasm"
method = "GET"
url_path = "/bonjour"
function = "bonjour"

[[applications]]
file_path = "./samples/testbackend.wasm"
method = "GET"
url_path = "/backend"
function = "handle"
env = { "/env/backend"= "127.0.0.1:8181"}
"#,
        )
        .unwrap();
    assert_eq!(settings.listen_address.get_ref(), "127.0.0.1:8080");
    let routes: Vec<_> = settings
        .applications
        .iter()
        .map(|app| (app.method.as_ref().as_str(), app.url_path.as_ref(), app.function.as_ref()))
        .map(|(method, path, function)| format!("{method} {path} {function}"))
        .collect();
    assert_eq!(routes, ["GET /hello hello", "GET /bonjour bonjour", "GET /backend handle"]);
    let backend = &settings.applications[2];
    assert_eq!(backend.file_path.get_ref(), &folder.0.join("./samples/testbackend.wasm"));
    assert_eq!(backend.env["/env/backend"], "127.0.0.1:8181");
}

#[test]
fn an_empty_file_gives_the_documented_defaults() {
    let folder = Folder::new("empty");
    let settings = folder.parse("").unwrap();
    assert_eq!(settings.listen_address.get_ref(), "127.0.0.1:8080");
    assert!(settings.applications.is_empty());
    let server = &settings.server;
    assert_eq!((server.threads, server.max_requests_per_connection), (256, None));
    assert_eq!((server.max_headers, server.max_target_size), (100, 8 << 10));
    assert_eq!((server.max_header_size, server.max_body_size), (64 << 10, 1 << 20));
    let timeouts = [server.header_timeout, server.body_timeout, server.write_timeout];
    assert_eq!(timeouts.map(|timeout| timeout.as_secs()), [10, 30, 30]);
    assert_eq!(server.idle_timeout, Duration::from_secs(60));
    assert_eq!(server.shutdown_timeout, Duration::from_secs(10));
    assert!(!server.debug);
    let limits = &settings.limits;
    assert_eq!((limits.memory, limits.stack, limits.fuel), (64 << 20, 1 << 20, None));
    assert_eq!((limits.time.as_secs(), limits.tcp_timeout.as_secs()), (10, 5));
    assert_eq!((limits.table_elements, limits.response_size), (1_000_000, 16 << 20));
    assert_eq!((limits.log_size, limits.connections), (64 << 10, 16));
}

#[test]
fn every_key_is_read() {
    let folder = Folder::new("every");
    let settings = folder
        .parse(
            r#"
listen_address = "[::1]:0"
[server]
threads = 3
max_requests_per_connection = 5
max_headers = 7
max_target_size = "1KiB"
max_header_size = "2KiB"
max_body_size = "0B"
header_timeout = "1ms"
body_timeout = "2ms"
write_timeout = "3ms"
idle_timeout = "4ms"
shutdown_timeout = "5ms"
debug = true
[limits]
memory = "16MiB"
stack = "64KiB"
time = "1s"
tcp_timeout = "500ms"
fuel = 1_000
table_elements = 0
response_size = "1GiB"
log_size = "1B"
connections = 1
[[applications]]
file_path = "app.wasm"
method = "*"
url_path = "/"
[applications.env]
name = ""
"#,
        )
        .unwrap();
    let server = &settings.server;
    assert_eq!((server.threads, server.max_requests_per_connection), (3, Some(5)));
    assert_eq!((server.max_headers, server.max_target_size), (7, 1 << 10));
    assert_eq!((server.max_header_size, server.max_body_size), (2 << 10, 0));
    let timeouts = [server.header_timeout, server.body_timeout, server.write_timeout];
    assert_eq!(timeouts.map(|timeout| timeout.as_millis()), [1, 2, 3]);
    let timeouts = [server.idle_timeout, server.shutdown_timeout];
    assert_eq!(timeouts.map(|timeout| timeout.as_millis()), [4, 5]);
    assert!(server.debug);
    let limits = &settings.limits;
    assert_eq!((limits.memory, limits.stack, limits.fuel), (16 << 20, 64 << 10, Some(1_000)));
    assert_eq!((limits.time.as_millis(), limits.tcp_timeout.as_millis()), (1_000, 500));
    assert_eq!((limits.table_elements, limits.response_size), (0, 1 << 30));
    assert_eq!((limits.log_size, limits.connections), (1, 1));
    let app = &settings.applications[0];
    assert_eq!((app.method.as_ref().as_str(), app.function.as_ref().as_str()), ("*", "handle"));
    assert_eq!(app.env["name"], "");
}

#[test]
fn an_unknown_key_suggests_the_one_that_is_near() {
    check(
        "unknown",
        "listen_adress = \"127.0.0.1:80\"\n[server]\n  thread = 4\n[limits]\nfiles = 3\n",
        &[
            "1:1: unknown key `listen_adress` in the top level: did you mean `listen_address`?",
            "3:3: unknown key `thread` in [server]: did you mean `threads`?",
            "5:1: unknown key `files` in [limits]: there are: memory, heap, stack, time, \
             tcp_timeout, fuel, table_elements, response_size, log_size, connections",
        ],
    );
}

#[test]
fn a_key_of_a_later_version_is_refused() {
    check(
        "later",
        "[[applications]]\nfile_path = \"app.wasm\"\nmethod = \"GET\"\nurl_path = \"/\"\n\
         limits = { time = \"1s\" }\nallow_tcp = []\n",
        &[
            "5:1: unknown key `limits` in [[applications]]: there are: file_path, method, \
             url_path, function, env",
            "6:1: unknown key `allow_tcp` in [[applications]]: there are: file_path, method, \
             url_path, function, env",
        ],
    );
}

#[test]
fn wrong_types_say_what_was_expected_and_found() {
    check(
        "types",
        "listen_address = 8080\nserver = 1\napplications = \"app.wasm\"\n\
         [limits]\ntime = 10\nmemory = \"64MB\"\nfuel = -1\n",
        &[
            "1:18: `listen_address` takes an address such as \"127.0.0.1:8080\", found 8080",
            "2:10: `server` takes a table, found 1",
            "3:16: `applications` takes an array of tables, found \"app.wasm\": \
             did you mean `[[applications]]`?",
            "5:8: `time` takes a duration such as \"500ms\" or \"2s\", found 10: did you mean \
             \"10ns\", \"10us\", \"10ms\", \"10s\", \"10m\", \"10h\"?",
            "6:10: `memory` takes a size such as \"64KiB\", found \"64MB\": did you mean \
             \"64MiB\"?",
            "7:8: `fuel` takes a whole number; 0 is no limit, found -1",
        ],
    );
}

#[test]
fn values_out_of_range_are_refused() {
    check(
        "range",
        "[server]\nthreads = 0\nidle_timeout = \"0s\"\nmax_body_size = \"2GiB\"\n\
         debug = \"yes\"\nmax_headers = 99999999999999999999\n",
        &[
            "2:11: `threads` takes a whole number from 1 to 16384, found 0",
            "3:16: `idle_timeout` takes a duration longer than \"0s\", at most a year, \
             found \"0s\"",
            "4:17: `max_body_size` takes a size from \"0B\" to \"1GiB\", found \"2GiB\"",
            "5:9: `debug` takes `true` or `false`, found \"yes\"",
            "6:15: `max_headers` takes a whole number from 1 to 4096, \
             found 99999999999999999999",
        ],
    );
}

#[test]
fn an_application_says_all_that_it_lacks() {
    check(
        "missing",
        "[[applications]]\nfunction = \"handle\"\n",
        &[
            "1:1: missing key `file_path` in [[applications]]",
            "1:1: missing key `method` in [[applications]]",
            "1:1: missing key `url_path` in [[applications]]",
        ],
    );
}

#[test]
fn a_file_that_does_not_exist_tells_where_it_was_looked_for() {
    check(
        "absent",
        "[[applications]]\nfile_path = \"gone.wasm\"\nmethod = \"GET\"\nurl_path = \"/\"\n",
        &["2:13: `file_path` names a file that does not exist: tried gone.wasm and gone.wasm"],
    );
}

#[test]
fn methods_and_paths_are_those_that_a_request_can_have() {
    check(
        "routes",
        "[[applications]]\nfile_path = \"app.wasm\"\nmethod = \"get\"\nurl_path = \"hello\"\n\
         [[applications]]\nfile_path = \"app.wasm\"\nmethod = \"G T\"\nurl_path = \"/{id}\"\n\
         function = \"\"\n",
        &[
            "3:10: `method` takes a method such as \"GET\", or \"*\", found \"get\": did you \
             mean \"GET\"?",
            "4:12: `url_path` takes an exact path such as \"/hello\", found \"hello\": did you \
             mean \"/hello\"?",
            "7:10: `method` takes a method such as \"GET\", or \"*\", found \"G T\"",
            "8:12: `url_path` takes an exact path such as \"/hello\", found \"/{id}\"",
            "9:12: `function` takes a string that is not empty, found \"\"",
        ],
    );
}

#[test]
fn a_second_application_for_a_route_is_refused() {
    let app = "[[applications]]\nfile_path = \"app.wasm\"\nmethod = \"GET\"\nurl_path = \"/a\"\n";
    let other = app.replace("GET", "POST");
    check(
        "duplicate",
        &format!("{app}{other}{app}"),
        &["12:12: duplicate route GET /a: line 4 has it already"],
    );
}

#[test]
fn the_environment_is_a_table_of_strings() {
    check(
        "env",
        "[[applications]]\nfile_path = \"app.wasm\"\nmethod = \"GET\"\nurl_path = \"/\"\n\
         env = { port = 80, ok = \"x\" }\n",
        &["5:16: `port` takes a string, found 80"],
    );
}

#[test]
fn a_syntax_error_does_not_hide_the_others() {
    check(
        "syntax",
        "listen_address = \n[server]\nthreds = 1\n[server]\nthreads = 2\n",
        &[
            "1:18: string values must be quoted, expected literal string",
            "3:1: unknown key `threds` in [server]: did you mean `threads`?",
            "4:2: duplicate key",
        ],
    );
}

#[test]
fn columns_count_characters() {
    check(
        "unicode",
        "server = { \"größe\" = 1, threads = \"é\", debug = 3 }\n",
        &[
            "1:12: unknown key `größe` in [server]: there are: threads, \
             max_requests_per_connection, max_headers, max_target_size, max_header_size, \
             max_body_size, header_timeout, body_timeout, write_timeout, debug, idle_timeout, \
             shutdown_timeout",
            "1:35: `threads` takes a whole number from 1 to 16384, found \"é\"",
            "1:48: `debug` takes `true` or `false`, found 3",
        ],
    );
}

#[test]
fn an_error_is_drawn_with_its_line_and_a_caret() {
    let folder = Folder::new("drawn");
    let errors =
        folder.parse("[server]\ndebug = true\nthread = 4\n").expect_err("the text is broken");
    let drawn = errors.render(Look::Plain).replace(&format!("{}/", folder.0.display()), "");
    let expected = "\
error: unknown key `thread` in [server]
 --> config.toml:3:1
  |
3 | thread = 4
  | ^^^^^^ unknown key
  |
  = help: did you mean `threads`?";
    assert_eq!(drawn, expected);
}

#[test]
fn a_file_that_can_not_be_read_is_one_error() {
    let errors = Settings::load(Path::new("/nowhere/config.toml")).expect_err("the text is broken");
    let errors: Vec<_> = errors.iter().collect();
    assert_eq!(errors.len(), 1);
    assert!(matches!(errors[0].kind(), Kind::Unreadable { .. }));
    assert_eq!(
        errors[0].to_string(),
        "/nowhere/config.toml: can't read the configuration: No such file or directory \
         (os error 2)"
    );
}

#[test]
fn what_loading_finds_is_reported_at_its_key() {
    let folder = Folder::new("loading");
    let settings = folder
        .parse("[[applications]]\nfile_path = \"app.wasm\"\nmethod = \"GET\"\nurl_path = \"/\"\n")
        .unwrap();
    let span = settings.applications[0].file_path.span();
    let error = settings.error("file_path", span, "unexpected end".to_owned());
    assert_eq!((error.line(), error.column(), error.key()), (2, 13, Some("file_path")));
    assert!(settings.errors(vec![error]).render(Look::Plain).contains("\"app.wasm\"\n"));
}

#[test]
fn the_samples_load() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/config.toml");
    let settings = Settings::load(&file).unwrap();
    let paths = settings.applications.iter().map(|app| app.url_path.get_ref().as_str());
    assert_eq!(paths.take(4).collect::<Vec<_>>(), ["/hello", "/bonjour", "/backend", "/rust/echo"]);
}

#[test]
fn the_readme_shows_every_default() {
    let readme = include_str!("../README.md");
    let (_, block) = readme.split_once("```toml\n").expect("README.md has a configuration");
    let (shown, _) = block.split_once("[[applications]]").expect("it has an application");
    let defaults = Settings::parse(Path::new("config.toml"), "").unwrap();
    let settings = Settings::parse(Path::new("README.md"), shown).unwrap();
    assert_eq!(settings.listen_address.get_ref(), defaults.listen_address.get_ref());
    assert_eq!((settings.server, settings.limits), (defaults.server, defaults.limits));
    let keys = shown.lines().filter(|line| line.contains(" = ")).count();
    assert_eq!(keys, 1 + 12 + 10, "each key is shown once");
}
