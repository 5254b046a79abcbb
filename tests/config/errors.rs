//! What each broken key is told, to the column.

use std::path::Path;

use serverless_wasm::config::{Kind, Settings};

use crate::check;

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
fn an_unknown_key_of_an_application_or_its_limits_is_refused() {
    check(
        "later",
        "[[applications]]\nfile_path = \"app.wasm\"\nmethod = \"GET\"\nurl_path = \"/\"\n\
         limits = { tine = \"1s\" }\nqueue = 64\n",
        &[
            "5:12: unknown key `tine` in `limits` of [[applications]]: did you mean `time`?",
            "6:1: unknown key `queue` in [[applications]]: there are: file_path, method, \
             url_path, function, env, allow_tcp, features, limits",
        ],
    );
}

#[test]
fn limits_of_an_application_are_checked_like_others() {
    check(
        "own-limits",
        "[[applications]]\nfile_path = \"app.wasm\"\nmethod = \"GET\"\nurl_path = \"/\"\n\
         limits = { time = 1, stack = \"1B\" }\n[[applications]]\nfile_path = \"app.wasm\"\n\
         method = \"GET\"\nurl_path = \"/a\"\nlimits = \"none\"\n",
        &[
            "5:19: `time` takes a duration such as \"500ms\" or \"2s\", found 1: did you mean \
             \"1ns\", \"1us\", \"1ms\", \"1s\", \"1m\", \"1h\"?",
            "5:30: `stack` takes a size from \"4KiB\" to \"1GiB\", found \"1B\"",
            "10:10: `limits` takes a table, found \"none\"",
        ],
    );
}

#[test]
fn addresses_that_may_be_connected_to_are_checked_one_by_one() {
    let app = |path: &str, allow: &str| {
        format!(
            "[[applications]]\nfile_path = \"app.wasm\"\nmethod = \"GET\"\n\
             url_path = {path:?}\nallow_tcp = {allow}\n"
        )
    };
    let list = r#"["db:5432", "db", "http://db:80/x", "::1", 80, "a b:1", "db:0"]"#;
    let wanted = "`host:port`, or `host:*` for all ports";
    check(
        "allow",
        &[app("/", list), app("/a", "\"db:80\"")].concat(),
        &[
            &format!("5:25: `allow_tcp` takes {wanted}, found \"db\": did you mean \"db:*\"?"),
            &format!(
                "5:31: `allow_tcp` takes {wanted}, found \"http://db:80/x\": did you mean \
                 \"db:80\"?"
            ),
            &format!("5:49: `allow_tcp` takes {wanted}, found \"::1\": did you mean \"[::1]:*\"?"),
            &format!("5:56: `allow_tcp` takes {wanted}, found 80"),
            &format!("5:60: `allow_tcp` takes {wanted}, found \"a b:1\""),
            &format!("5:69: `allow_tcp` takes {wanted}, found \"db:0\""),
            "10:13: `allow_tcp` takes an array of addresses such as [\"127.0.0.1:8181\"], found \
             \"db:80\"",
        ],
    );
}

#[test]
fn features_are_proposals_past_the_standard() {
    check(
        "features",
        "[[applications]]\nfile_path = \"app.wasm\"\nmethod = \"GET\"\nurl_path = \"/\"\n\
         features = [\"thread\", \"gc\", 1]\n[[applications]]\nfile_path = \"app.wasm\"\n\
         method = \"GET\"\nurl_path = \"/a\"\nfeatures = \"threads\"\n",
        &[
            "5:13: `features` takes a proposal past WebAssembly 3.0: wide-arithmetic, \
             custom-page-sizes, threads, found \"thread\": did you mean \"threads\"?",
            "5:23: `features` takes a proposal past WebAssembly 3.0: wide-arithmetic, \
             custom-page-sizes, threads, found \"gc\"",
            "5:29: `features` takes a proposal past WebAssembly 3.0: wide-arithmetic, \
             custom-page-sizes, threads, found 1",
            "10:12: `features` takes an array of proposals past WebAssembly 3.0, found \
             \"threads\"",
        ],
    );
}

#[test]
fn the_event_loops_keys_are_refused() {
    check(
        "event",
        "listen_address = [\"127.0.0.1:80\", \"[::1]:80\"]\nadmin_address = \"\"\n\
         [server]\nmode = \"event\"\nworkers = 0\n",
        &[
            "1:18: `listen_address` takes an address such as \"127.0.0.1:8080\", found an array",
            "2:1: unknown key `admin_address` in the top level: there are: listen_address, server, \
             limits, applications",
            "4:1: unknown key `mode` in [server]: there are: threads, max_connections, \
             max_requests_per_connection, max_headers, max_target_size, max_header_size, \
             max_body_size, header_timeout, body_timeout, write_timeout, debug, idle_timeout, \
             shutdown_timeout",
            "5:1: unknown key `workers` in [server]: there are: threads, max_connections, \
             max_requests_per_connection, max_headers, max_target_size, max_header_size, \
             max_body_size, header_timeout, body_timeout, write_timeout, debug, idle_timeout, \
             shutdown_timeout",
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
        "[[applications]]\nfile_path = \"gone.wasm\"\nmethod = \"GET\"\nurl_path = \"/\"\n\
         [[applications]]\nfile_path = \"samples\"\nmethod = \"GET\"\nurl_path = \"/a\"\n\
         [[applications]]\nfile_path = \"samples/testfun.wasm\"\nmethod = \"GET\"\n\
         url_path = \"/b\"\n",
        &[
            "2:13: `file_path` names a file that does not exist: tried gone.wasm and gone.wasm",
            "6:13: `file_path` names a file that does not exist: tried samples (a folder) and \
             samples (a folder)",
            "10:13: `file_path` names a file that does not exist: tried samples/testfun.wasm and \
             samples/testfun.wasm; did you mean \"samples/testfunc.wasm\"?",
        ],
    );
}

#[test]
fn methods_are_those_that_a_request_can_have() {
    let app = |method: &str, path: &str| {
        format!(
            "[[applications]]\nfile_path = \"app.wasm\"\nmethod = {method:?}\nurl_path = {path:?}\n"
        )
    };
    check(
        "methods",
        &[app("get", "/"), app("G T", "/a"), app("", "/b") + "function = \"\"\n"].concat(),
        &[
            "3:10: `method` takes a method such as \"GET\", or \"*\", found \"get\": did you \
             mean \"GET\"?",
            "7:10: `method` takes a method such as \"GET\", or \"*\", found \"G T\"",
            "11:10: `method` takes a method such as \"GET\", or \"*\", found \"\"",
            "13:12: `function` takes a string that is not empty, found \"\"",
        ],
    );
}

#[test]
fn paths_are_patterns() {
    let path = |path: &str, message: &str| {
        check(
            "paths",
            &format!(
                "[[applications]]\nfile_path = \"app.wasm\"\nmethod = \"GET\"\nurl_path = {path}\n"
            ),
            &[&format!("4:12: `url_path` takes {message}")],
        );
    };
    path("8", "a path such as \"/hello\" or \"/users/{id}\", found 8");
    path("'hello'", "a path that begins with `/`, found \"hello\": did you mean \"/hello\"?");
    path("'/a?b'", "a path without a query, found \"/a?b\": did you mean \"/a\"?");
    path("'/a b'", "a path without ' ', which no path has; percent-encode it, found \"/a b\"");
    path(
        "'/users/{id}.json'",
        "a path whose parameters are whole segments, as in \"/users/{id}\", \
         found \"/users/{id}.json\"",
    );
    path(
        "'/{}'",
        "a path whose parameters have names of letters, digits, `_` and `-`, found \"/{}\"",
    );
    path("'/{a}/{a}'", "a path that names `a` once, found \"/{a}/{a}\"");
    path("'/{*a}/b'", "a path where `{*a}` is the last segment, found \"/{*a}/b\"");
}

#[test]
fn a_second_application_for_a_route_is_refused() {
    let app = |method: &str, path: &str| {
        format!(
            "[[applications]]\nfile_path = \"app.wasm\"\nmethod = {method:?}\nurl_path = {path:?}\n"
        )
    };
    let apps = [
        app("GET", "/a"),
        app("POST", "/a"),
        app("GET", "/%61"),
        app("GET", "/a/{id}"),
        app("GET", "/a/{name}").replace("app.wasm", "gone"),
        app("POST", "/a/{name}"),
        app("GET", "/a/{*rest}"),
        app("*", "/a/{*rest}"),
        app("*", "/a/{*other}"),
    ];
    check(
        "duplicate",
        &apps.concat(),
        &[
            "12:12: duplicate route GET /%61: line 4 has it already",
            "18:13: `file_path` names a file that does not exist: tried gone and gone",
            "20:12: duplicate route GET /a/{name}: line 16 has it already",
            "36:12: duplicate route * /a/{*other}: line 32 has it already",
        ],
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
            "1:18: string values must be quoted, expected literal string: text, durations, sizes \
             and addresses stand in quotes",
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
            "1:12: unknown key `größe` in [server]: there are: threads, max_connections, \
             max_requests_per_connection, max_headers, max_target_size, max_header_size, \
             max_body_size, header_timeout, body_timeout, write_timeout, debug, idle_timeout, \
             shutdown_timeout",
            "1:35: `threads` takes a whole number from 1 to 16384, found \"é\"",
            "1:48: `debug` takes `true` or `false`, found 3",
        ],
    );
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
