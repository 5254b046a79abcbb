//! This repository's server, with every setting's default. Nobody listens to its log.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use serverless_wasm::config::{ServerSettings, Settings};
use serverless_wasm::interp::{Engine, Module};
use serverless_wasm::server::http::Response;
use serverless_wasm::server::{Answer, Exchange, Handler, Router, Server, Site};

use super::{BODY, PATH};
use crate::Result;

/// The application that answers.
const CONFIGURATION: &str = r#"
[[applications]]
file_path = "hello.wat"
method = "GET"
url_path = "/hello"
function = "hello"
"#;

pub(super) fn serve_guest(tell: impl FnOnce(SocketAddr)) -> Result<()> {
    // Paths in it are relative to it.
    let file = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../samples/config.toml"));
    let settings = Settings::parse(file, CONFIGURATION).map_err(|errors| errors.to_string())?;
    let engine = Engine::default();
    let site = Site::load(&settings, &engine, |engine, path| {
        let bytes = wat::parse_file(path).map_err(|error| error.to_string())?;
        Module::new(engine, &bytes).map_err(|error| error.to_string())
    });
    serve(site.map_err(|errors| errors.to_string())?, tell)
}

pub(super) fn serve_native(tell: impl FnOnce(SocketAddr)) -> Result<()> {
    let mut router = Router::default();
    let hello = Box::new(Hello) as Box<dyn Handler>;
    router.add("GET", PATH, hello).map_err(|error| error.to_string())?;
    serve(Site { router, settings: ServerSettings::default() }, tell)
}

fn serve(site: Site, tell: impl FnOnce(SocketAddr)) -> Result<()> {
    let server = Server::bind("127.0.0.1:0", site).map_err(|error| error.to_string())?;
    tell(server.address().map_err(|error| error.to_string())?);
    server.run().map_err(|error| error.to_string())
}

struct Hello;

impl Handler for Hello {
    fn name(&self) -> &str {
        "hello"
    }

    fn time(&self) -> Duration {
        Duration::from_secs(10)
    }

    fn answer(&self, _exchange: Exchange<'_>) -> Answer {
        let text = BODY.trim_end();
        Response::with_text(200, text).into()
    }
}
