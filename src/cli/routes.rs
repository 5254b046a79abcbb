//! `routes`: the table of routes, or which of them takes a request, and why.

use std::path::PathBuf;

use crate::config::{Application, Settings};
use crate::printable;
use crate::server::http::{Incoming, Limits, Request, Target};
use crate::server::{Params, Route, Router};

use super::{Failure, print, request, site, table};

/// Print the routes of a configuration, or which one takes a request
///
/// Modules are not loaded: `check` does that.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The configuration, in TOML
    config: PathBuf,
    /// The method of a request
    #[arg(requires = "path")]
    method: Option<String>,
    /// Its path
    path: Option<String>,
}

const EXAMPLES: &str = "\
Examples:
  serverless-wasm routes samples/config.toml
  serverless-wasm routes samples/config.toml HEAD /hello

Exit status: 1 when no route takes the request.";

/// Prints the table, or the route.
pub(super) fn routes(arguments: &Arguments) -> Result<(), Failure> {
    let settings = site::settings(&arguments.config)?;
    match (&arguments.method, &arguments.path) {
        (Some(method), Some(path)) => print(find(&settings, method, path)?),
        (Some(_), None) | (None, Some(_)) | (None, None) => {
            print(table(settings.applications.iter().map(row)))
        }
    }
}

fn row(application: &Application) -> [String; 4] {
    let Application { method, url_path, file_path, function, .. } = application;
    let file = file_path.get_ref().display().to_string();
    let [method, function] = [method, function].map(|part| part.get_ref().clone());
    [method, url_path.get_ref().to_string(), file, function]
}

fn find(settings: &Settings, method: &str, path: &str) -> Result<String, Failure> {
    let mut router = Router::default();
    for application in &settings.applications {
        let (method, path) = (application.method.get_ref(), application.url_path.get_ref());
        router
            .insert(method, path, application)
            .expect("the configuration was read: no route has a second");
    }
    let request = read(settings, method, path)?;
    match router.route(&request) {
        Route::Found(application, params) => {
            let why = why(application, &request, &params);
            Ok(table([row(application)].into_iter()) + &why)
        }
        Route::Server => Ok("the server itself answers OPTIONS * with 204\n".to_owned()),
        Route::NotAllowed(allow) => Err(Failure::failed(format!(
            "405 Method Not Allowed: routes have the path, for other methods: {allow}"
        ))),
        Route::NotFound => Err(Failure::failed(format!(
            "404 Not Found: no route has the path{}",
            near(settings, &request)
        ))),
    }
}

/// Reads the request as the server would.
fn read(settings: &Settings, method: &str, path: &str) -> Result<Request, Failure> {
    let server = &settings.server;
    let mut incoming = Incoming::new(Limits {
        max_headers: server.max_headers,
        max_target_size: server.max_target_size,
        max_header_size: server.max_header_size,
        max_body_size: server.max_body_size as u64,
    });
    incoming.receive(&request::bytes(method, path, &[], None)?);
    let refused = |refusal: String| Failure::failed(format!("no request at all: {refusal}"));
    let request = incoming.next_request().map_err(|refusal| refused(refusal.to_string()))?;
    request.ok_or_else(|| refused("it has no end".to_owned()))
}

/// Why a route takes a request, and what its names are there.
fn why(application: &Application, request: &Request, params: &Params) -> String {
    let (route, path) = (application.method.get_ref(), application.url_path.get_ref());
    let mut why = match request.target() {
        Target::Path(same, _) if same == path.as_str() => "the path is the same".to_owned(),
        Target::Path(..) | Target::Server if params.is_empty() => {
            "the decoded segments of the path match".to_owned()
        }
        Target::Path(..) | Target::Server => {
            let shown = |(name, value): &(String, Vec<u8>)| {
                format!("`{name}` is \"{}\"", printable::escape(value))
            };
            let names: Vec<_> = params.iter().map(shown).collect();
            format!("the path matches: {}", names.join(", "))
        }
    };
    why += match (route.as_str(), request.method()) {
        ("*", _) => "; the route takes any method that no other route of the path takes",
        (route, method) if route == method => "; so is the method",
        _ => "; a GET route answers HEAD, without the body",
    };
    why + "\n"
}

/// The path that was perhaps meant.
fn near(settings: &Settings, request: &Request) -> String {
    const NEAR: f64 = 0.8;
    let Target::Path(path, _) = request.target() else { return String::new() };
    let paths =
        settings.applications.iter().map(|application| application.url_path.get_ref().as_str());
    let similar = paths.map(|known| (strsim::jaro_winkler(path, known), known));
    let nearest = similar.max_by(|a, b| a.0.total_cmp(&b.0));
    match nearest.filter(|(similarity, _)| *similarity > NEAR) {
        Some((_, known)) => format!("; there is `{known}`"),
        None => String::new(),
    }
}
