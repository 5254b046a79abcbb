//! Lines of the server's log.

use crate::host;

/// Writes a line to the server's log, with the request's id beside it.
pub fn log(line: &str) {
    host::log(line.as_bytes());
}

/// Writes a line to the server's log, as [`format!`] would write it.
///
/// ```
/// # use serverless_wasm_guest::{log, testing::Call, Request};
/// # let reply = Call::new("GET", "/").run(|request: Request| {
/// log!("{} asks", request.peer());
/// # ""
/// # });
/// # assert_eq!(reply.log, ["127.0.0.1:50000 asks"]);
/// ```
#[macro_export]
macro_rules! log {
    ($($argument:tt)*) => {
        $crate::log(&format!($($argument)*))
    };
}
