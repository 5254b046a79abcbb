//! What a configuration that is right says: every key, and every default.

use std::path::Path;
use std::time::Duration;

use serverless_wasm::config::{RequestLimits, Settings};
use serverless_wasm::wasm::{Feature, Features};

use crate::Folder;

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
        .map(|app| (app.method.as_ref(), app.url_path.as_ref(), app.function.as_ref()))
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
    assert_eq!((server.threads, server.max_connections), (256, 10_000));
    assert_eq!(server.max_requests_per_connection, None);
    assert_eq!((server.max_headers, server.max_target_size), (100, 8 << 10));
    assert_eq!((server.max_header_size, server.max_body_size), (64 << 10, 1 << 20));
    let timeouts = [server.header_timeout, server.body_timeout, server.write_timeout];
    assert_eq!(timeouts.map(|timeout| timeout.as_secs()), [10, 30, 30]);
    assert_eq!(server.idle_timeout, Duration::from_secs(60));
    assert_eq!(server.shutdown_timeout, Duration::from_secs(10));
    assert!(!server.debug);
    let limits = &settings.limits;
    assert_eq!((limits.memory, limits.heap), (64 << 20, 16 << 20));
    assert_eq!((limits.stack, limits.fuel), (1 << 20, None));
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
max_connections = 4
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
heap = "1MiB"
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
url_path = "/{*rest}"
allow_tcp = ["127.0.0.1:81", "db:*"]
features = ["wide-arithmetic"]
limits = { time = "2s" }
[applications.env]
name = ""
"#,
        )
        .unwrap();
    let server = &settings.server;
    assert_eq!((server.threads, server.max_connections), (3, 4));
    assert_eq!(server.max_requests_per_connection, Some(5));
    assert_eq!((server.max_headers, server.max_target_size), (7, 1 << 10));
    assert_eq!((server.max_header_size, server.max_body_size), (2 << 10, 0));
    let timeouts = [server.header_timeout, server.body_timeout, server.write_timeout];
    assert_eq!(timeouts.map(|timeout| timeout.as_millis()), [1, 2, 3]);
    let timeouts = [server.idle_timeout, server.shutdown_timeout];
    assert_eq!(timeouts.map(|timeout| timeout.as_millis()), [4, 5]);
    assert!(server.debug);
    let limits = &settings.limits;
    assert_eq!((limits.memory, limits.heap), (16 << 20, 1 << 20));
    assert_eq!((limits.stack, limits.fuel), (64 << 10, Some(1_000)));
    assert_eq!((limits.time.as_millis(), limits.tcp_timeout.as_millis()), (1_000, 500));
    assert_eq!((limits.table_elements, limits.response_size), (0, 1 << 30));
    assert_eq!((limits.log_size, limits.connections), (1, 1));
    let app = &settings.applications[0];
    assert_eq!((app.method.as_ref().as_str(), app.function.as_ref().as_str()), ("*", "handle"));
    assert_eq!((app.url_path.as_ref().as_str(), app.env["name"].as_str()), ("/{*rest}", ""));
    let allowed = app.allow_tcp.as_ref().unwrap().iter().map(ToString::to_string);
    assert_eq!(allowed.collect::<Vec<_>>(), ["127.0.0.1:81", "db:*"]);
    assert_eq!(app.features, Features::default().with(Feature::WideArithmetic));
    assert_eq!(app.limits.time, Duration::from_secs(2));
    assert_eq!(app.limits.heap, limits.heap);
}

#[test]
fn an_application_has_the_limits_of_all_but_where_it_says_otherwise() {
    let folder = Folder::new("limits");
    let app = "[[applications]]\nfile_path = \"app.wasm\"\nmethod = \"GET\"\n";
    let own = r#"limits = { memory = "1MiB", heap = "2MiB", stack = "4KiB", time = "5s",
        tcp_timeout = "6s", fuel = 7, table_elements = 8, response_size = "9B", log_size = "10B",
        connections = 11 }"#;
    let text = format!(
        "{app}url_path = \"/\"\n{own}\n{app}url_path = \"/a\"\n\
         {app}url_path = \"/b\"\n[applications.limits]\nfuel = 0\n\
         [limits]\nfuel = 12\ntime = \"13s\"\n"
    );
    let settings = folder.parse(&text).unwrap();
    let limits: Vec<&RequestLimits> = settings.applications.iter().map(|app| &app.limits).collect();
    let [own, same, fuel] = limits[..] else { panic!("three applications") };
    assert_eq!((own.memory, own.heap, own.stack), (1 << 20, 2 << 20, 4 << 10));
    assert_eq!((own.time.as_secs(), own.tcp_timeout.as_secs()), (5, 6));
    assert_eq!((own.fuel, own.table_elements), (Some(7), 8));
    assert_eq!((own.response_size, own.log_size, own.connections), (9, 10, 11));
    assert_eq!((same, same.fuel), (&settings.limits, Some(12)));
    assert_eq!((fuel.fuel, fuel.time), (None, Duration::from_secs(13)));
}

#[test]
fn an_application_without_allow_tcp_is_not_one_that_may_connect_nowhere() {
    let folder = Folder::new("allow");
    let app = "[[applications]]\nfile_path = \"app.wasm\"\nmethod = \"GET\"\n";
    let text = format!("{app}url_path = \"/\"\n{app}url_path = \"/a\"\nallow_tcp = []\n");
    let settings = folder.parse(&text).unwrap();
    let allowed: Vec<_> = settings.applications.iter().map(|app| &app.allow_tcp).collect();
    assert_eq!(allowed, [&None, &Some(Vec::new())]);
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
    let readme = include_str!("../../README.md");
    let (_, block) = readme.split_once("```toml\n").expect("README.md has a configuration");
    let (shown, _) = block.split_once("[[applications]]").expect("it has an application");
    let defaults = Settings::parse(Path::new("config.toml"), "").unwrap();
    let settings = Settings::parse(Path::new("README.md"), shown).unwrap();
    assert_eq!(settings.listen_address.get_ref(), defaults.listen_address.get_ref());
    assert_eq!((settings.server, settings.limits), (defaults.server, defaults.limits));
    let keys = shown.lines().filter(|line| line.contains(" = ")).count();
    assert_eq!(keys, 1 + 13 + 10, "each key is shown once");
}

#[test]
fn the_readme_shows_every_key_of_an_application() {
    let readme = include_str!("../../README.md");
    let (_, block) = readme.split_once("```toml\n").expect("README.md has a configuration");
    let (shown, _) = block.split_once("```").expect("it ends");
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/config.toml");
    let settings = Settings::parse(&samples, shown).unwrap();
    assert_eq!((settings.applications.len(), settings.applications[0].env.len()), (1, 1));
    let (_, application) = shown.split_once("[[applications]]").expect("it has an application");
    let keys = application.lines().filter_map(|line| line.split_once(" = ")).map(|(key, _)| key);
    let every =
        ["file_path", "method", "url_path", "function", "env", "allow_tcp", "features", "limits"];
    assert_eq!(keys.collect::<Vec<_>>(), every);
}
