//! Answers with the named parts of its path.
//!
//! cargo build --release --target wasm32-unknown-unknown --example params &&
//!     cp target/wasm32-unknown-unknown/release/examples/params.wasm .

use serverless_wasm_guest::{handler, Request, Response};

handler!(show);

fn show(request: Request) -> Response {
    match (request.param("user"), request.param("post")) {
        (Some(user), Some(post)) => {
            Response::text(200, format!("user: {}\npost: {}\n", user, post))
        }
        _ => Response::text(500, "the route has no {user} and {post}\n"),
    }
}
