//! Answers with what it was asked: method, path, query, headers and body.
//!
//! cargo build --release --target wasm32-unknown-unknown --example echo &&
//!     cp target/wasm32-unknown-unknown/release/examples/echo.wasm .

use std::io::{self, Write};

use serverless_wasm_guest::{handler, BodyWriter, Request, Response};

handler!(echo);

fn echo(request: Request) -> io::Result<BodyWriter> {
    let mut answer = Response::text(200, "").start();
    writeln!(answer, "{} {}", request.method(), request.path())?;
    if let Some(query) = request.query() {
        writeln!(answer, "query: {}", query)?;
    }
    for name in request.header_names() {
        // A header's value need not be UTF-8.
        let value = request.header_bytes(&name).unwrap_or_default();
        answer.write_all(&[name.as_bytes(), b": ", &value, b"\n"].concat())?;
    }
    writeln!(answer)?;
    io::copy(&mut request.body(), &mut answer)?;
    Ok(answer)
}
