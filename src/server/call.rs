//! One request without a socket: read, routed, answered and logged as one from a client.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Instant, SystemTime};

use super::body::ClientBody;
use super::http::{
    Content, Delivery, Incoming, Persistence, Refusal, Request, RequestId, Response,
};
use super::router::Route;
use super::site::{Answer, Exchange, Site, Watcher};
use super::{log, shutdown, timer};

/// Who asks when nobody does.
const NOBODY: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// What came of a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Called {
    /// The answer as a client would get it.
    pub bytes: Vec<u8>,
    /// Why there is no better one, when the guest failed.
    pub failure: Option<String>,
}

impl Site {
    /// Reads a request from the bytes that a client would send.
    ///
    /// # Errors
    /// What a client would be told; also for a head that has no end.
    pub fn read(&self, bytes: &[u8]) -> Result<Request, Refusal> {
        self.receive(bytes).map(|(request, _)| request)
    }

    /// The request in bytes, and its body behind it.
    fn receive(&self, bytes: &[u8]) -> Result<(Request, Incoming), Refusal> {
        let mut incoming = Incoming::new(self.http_limits());
        incoming.receive(bytes);
        let request = incoming.next_request()?.ok_or(Refusal::RequestLine)?;
        Ok((request, incoming))
    }

    /// Answers the request in the bytes that a client would send. `watcher` is told what its guest
    /// calls; that needs an engine with the stepped backend.
    ///
    /// ```
    /// use std::path::Path;
    ///
    /// use serverless_wasm::config::Settings;
    /// use serverless_wasm::interp::Engine;
    /// use serverless_wasm::server::Site;
    ///
    /// let settings = Settings::parse(Path::new("config.toml"), "")?;
    /// let site = Site::load(&settings, &Engine::default(), |_, _| Err("no such module".into()))?;
    /// let called = site.call(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", None)?;
    /// assert!(called.bytes.starts_with(b"HTTP/1.1 404 Not Found\r\n"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When the system refuses what a server needs to be stopped.
    pub fn call(&self, bytes: &[u8], watcher: Option<&Watcher>) -> io::Result<Called> {
        let id = log::next_id();
        let (request, mut incoming) = match self.receive(bytes) {
            Ok(received) => received,
            Err(refusal) => {
                let _span = log::span_of_refused(id, NOBODY).entered();
                let response = Response::with_text(refusal.status(), &refusal.to_string());
                log::refused(&response);
                return Ok(sent(response.into(), Content::Sent, id));
            }
        };
        let route = self.router.route(&request);
        let (handler, params) = route.found();
        let handler = handler.map(AsRef::as_ref);
        let _span = log::span(id, handler, &request, NOBODY).entered();
        let begun = Instant::now();
        let (bell, _ear) = shutdown::bell()?;
        let answer = match handler {
            Some(handler) => {
                let deadline = timer::after(begun, handler.time());
                handler.answer(Exchange {
                    id,
                    request: &request,
                    params,
                    peer: NOBODY,
                    deadline,
                    stop: &shutdown::Stop::new(bell),
                    watcher,
                    body: &mut ClientBody::new(&mut incoming, None, &request, deadline),
                })
            }
            None => Answer::from(of_no_handler(&route)),
        };
        let outcome = log::Outcome::of(&answer);
        let called = sent(answer, Content::of(&request), id);
        outcome.log(called.bytes.len(), begun.elapsed());
        Ok(called)
    }
}

/// The server's own answer where no handler has one.
pub(super) fn of_no_handler<T>(route: &Route<'_, T>) -> Response {
    match route {
        Route::Found(..) => Response::empty(200),
        Route::Server => Response::empty(204),
        Route::NotFound => Response::plain(404),
        Route::NotAllowed(allow) => Response::plain(405).with_header("Allow", allow),
    }
}

/// The answer as it would go out to a client that wants no other.
fn sent(answer: Answer, content: Content, id: u64) -> Called {
    let delivery = Delivery {
        version: super::http::Version::Http11,
        content,
        persistence: Persistence::KeepAlive,
        date: SystemTime::now(),
        id: RequestId(id),
    };
    let bytes = answer.response.into_bytes(delivery, log::dropped);
    Called { bytes, failure: answer.failure }
}
