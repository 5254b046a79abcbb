//! The server that the cases talk to: small limits, and handlers that tell what they got.

use serverless_wasm::server::http::Response;
use serverless_wasm::server::{BodyError, Exchange, Router, Site};

use crate::client::{Running, route, settings};

/// What is sent behind a case.
pub(crate) const PROBE: &str = "GET /probe HTTP/1.1\r\nHost: probe\r\nConnection: close\r\n\r\n";

/// What it is answered, without `Date` and `X-Request-Id`.
pub(crate) const PROBE_ANSWER: &str = "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";

/// Sizes that a case can pass in a line.
const LIMITS: &str = "\
    max_headers = 6\n\
    max_target_size = \"40B\"\n\
    max_header_size = \"200B\"\n\
    max_body_size = \"40B\"\n";

/// Where `echo` answers.
const ECHO: [&str; 6] = ["/", "/a", "//a", "/a%20b", "/a/../b", "/a%2Fb"];

pub(crate) fn start() -> Running {
    let mut router = Router::default();
    for path in ECHO {
        route(&mut router, "*", path, |exchange| told(exchange, echo));
    }
    route(&mut router, "*", "/size", |exchange| told(exchange, size));
    route(&mut router, "*", "/part", |exchange| told(exchange, part));
    route(&mut router, "*", "/unread", |_| Response::with_text(200, "not read"));
    route(&mut router, "GET", "/probe", |_| Response::empty(204));
    route(&mut router, "GET", "/get", |_| Response::with_text(200, "got"));
    for (path, status) in [("/204", 204), ("/205", 205), ("/304", 304), ("/299", 299)] {
        route(&mut router, "GET", path, move |_| Response::with_text(status, "text"));
    }
    route(&mut router, "GET", "/hostile", |_| hostile());
    Running::start(Site { router, settings: settings(LIMITS) })
}

fn told(exchange: Exchange<'_>, tell: fn(Exchange<'_>) -> Result<String, BodyError>) -> Response {
    match tell(exchange) {
        Ok(text) => Response::with_text(200, &text),
        Err(error) => Response::with_text(error.status(), &error.to_string()),
    }
}

/// Method, target, header lines, and, where there is one, the body.
fn echo(mut exchange: Exchange<'_>) -> Result<String, BodyError> {
    let request = exchange.request;
    let mut lines = vec![format!("{} {}", request.method(), request.target())];
    let body = read(&mut exchange, usize::MAX)?;
    for (name, value) in request.headers().iter() {
        lines.push(format!("{}: {}", name.escape_ascii(), value.escape_ascii()));
    }
    if !body.is_empty() {
        lines.extend([String::new(), body]);
    }
    Ok(lines.join("\n"))
}

/// The body's size, then the body.
fn size(mut exchange: Exchange<'_>) -> Result<String, BodyError> {
    let size = exchange.body.size(exchange.deadline)?;
    let body = read(&mut exchange, usize::MAX)?;
    Ok(format!("{size}: {body}"))
}

/// Two bytes of the body.
fn part(mut exchange: Exchange<'_>) -> Result<String, BodyError> {
    read(&mut exchange, 2)
}

fn read(exchange: &mut Exchange<'_>, most: usize) -> Result<String, BodyError> {
    let mut body = Vec::new();
    let mut room = [0; 7];
    while body.len() < most {
        let count = exchange.body.read(&mut room[..7.min(most)], exchange.deadline)?;
        if count == 0 {
            break;
        }
        body.extend_from_slice(&room[..count]);
    }
    body.truncate(most);
    Ok(body.escape_ascii().to_string())
}

/// An answer that tries to say what only the server may.
fn hostile() -> Response {
    let mut response = Response::with_text(200, "text")
        .with_header("Content-Length", "100")
        .with_header("Transfer-Encoding", "chunked")
        .with_header("Connection", "close")
        .with_header("Keep-Alive", "timeout=1000")
        .with_header("Trailer", "A")
        .with_header("Upgrade", "h2c")
        .with_header("Date", "now")
        .with_header("X-Request-Id", "mine")
        .with_header("A", "b\r\nC: d")
        .with_header("A: b\r\nC", "d")
        .with_header("E ", "f")
        .with_header("G", "\th\u{e9} ");
    response.reason = b"OK\r\nI: j".to_vec();
    response
}
