//! From what a handler gives back to the calls that the server wants; and the export.

use std::error::Error;
use std::io;

use crate::{log, BodyWriter, Request, Response};

/// What a handler may give back.
///
/// A `Result` answers with whichever it holds. An error as such, as in `Result<Response,
/// io::Error>`, is logged, and the client gets a plain 500.
///
/// ```
/// use serverless_wasm_guest::{testing::Call, Request, Response};
/// use std::io::{self, Read};
///
/// fn shout(request: Request) -> io::Result<Response> {
///     let mut text = String::new();
///     request.body().read_to_string(&mut text)?;
///     Ok(Response::text(200, text.to_uppercase()))
/// }
///
/// assert_eq!(Call::new("POST", "/").body("hey").run(shout).text(), "HEY");
/// let reply = Call::new("POST", "/").body(b"\xff").run(shout);
/// assert_eq!(reply.status, 500);
/// assert_eq!(reply.log, ["stream did not contain valid UTF-8"]);
/// ```
pub trait Answer {
    /// Makes it the answer of the request in progress.
    fn send(self);
}

impl Answer for Response {
    fn send(self) {
        Response::send(self);
    }
}

/// All of it has been sent already.
impl Answer for BodyWriter {
    fn send(self) {}
}

/// Text, with status 200.
impl Answer for String {
    fn send(self) {
        Response::text(200, self).send();
    }
}

/// Text, with status 200.
impl Answer for &str {
    fn send(self) {
        Response::text(200, self).send();
    }
}

impl<T: Answer, E: Answer> Answer for Result<T, E> {
    fn send(self) {
        match self {
            Ok(answer) => answer.send(),
            Err(answer) => answer.send(),
        }
    }
}

impl Answer for io::Error {
    fn send(self) {
        failed(&self);
    }
}

impl Answer for Box<dyn Error> {
    fn send(self) {
        failed(&*self);
    }
}

fn failed(error: &dyn Error) {
    log(&error.to_string());
    Response::text(500, "Internal Server Error\n").send();
}

/// Exports a handler: a function or closure from a [`Request`] to an [`Answer`].
///
/// `handler!(function)` exports it as `handle`, which the server calls when its configuration
/// names no other. One module may have several:
///
/// ```
/// use serverless_wasm_guest::{handler, Request};
///
/// handler!("hello", |_: Request| "Hello!\n");
/// handler!("bye", bye);
///
/// fn bye(request: Request) -> String {
///     format!("Good bye, {}!\n", request.peer())
/// }
/// # use serverless_wasm_guest::testing::Call;
/// # assert_eq!(Call::new("GET", "/").run(bye).text(), "Good bye, 127.0.0.1:50000!\n");
/// ```
///
/// ```toml
/// [[applications]]
/// function = "bye"
/// # ...
/// ```
#[macro_export]
macro_rules! handler {
    ($function:expr) => {
        $crate::handler!("handle", $function);
    };
    ($export:literal, $function:expr) => {
        const _: () = {
            #[cfg_attr(target_arch = "wasm32", export_name = $export)]
            #[allow(dead_code)]
            pub extern "C" fn __serverless_wasm_handler() {
                $crate::answer($function);
            }
        };
    };
}

/// Answers the request in progress by a handler; what [`handler!`] exports.
pub fn answer<A: Answer>(handler: impl FnOnce(Request) -> A) {
    // Without a hook of ours a panic is a trap without a word.
    #[cfg(target_arch = "wasm32")]
    std::panic::set_hook(Box::new(|panic| log(&panic.to_string())));
    handler(Request::current()).send();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Call;

    #[test]
    fn texts_are_answers() {
        let reply = Call::new("GET", "/").run(|_| "a");
        assert_eq!((reply.status, reply.text()), (200, "a".into()));
        assert_eq!(reply.header("Content-Type"), Some("text/plain; charset=utf-8"));
        assert_eq!(Call::new("GET", "/").run(|_| String::from("b")).text(), "b");
    }

    #[test]
    fn either_side_of_a_result_answers() {
        let answer = |request: Request| match request.method().as_str() {
            "GET" => Ok("yes"),
            _ => Err(Response::new(405)),
        };
        assert_eq!(Call::new("GET", "/").run(answer).status, 200);
        assert_eq!(Call::new("POST", "/").run(answer).status, 405);
    }

    #[test]
    fn errors_are_logged_and_not_told() {
        let reply = Call::new("GET", "/")
            .run(|_| -> Result<Response, Box<dyn Error>> { Err("the cat sat on it".into()) });
        assert_eq!((reply.status, reply.text()), (500, "Internal Server Error\n".into()));
        assert_eq!(reply.log, ["the cat sat on it"]);
    }
}
