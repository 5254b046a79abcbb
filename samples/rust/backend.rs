//! Asks a server whose address it finds in the environment table, and answers with what came back.
//!
//! cargo build --release --target wasm32-unknown-unknown --example backend &&
//!     cp target/wasm32-unknown-unknown/release/examples/backend.wasm .

use std::io::{self, Read, Write};

use serverless_wasm_guest::{env, handler, log, Response, TcpStream};

handler!(|_| answer().map_err(failed));

fn answer() -> Result<Response, &'static str> {
    let address = env("/env/backend").ok_or("the environment has no address at /env/backend\n")?;
    let mut backend =
        TcpStream::connect(&address).map_err(|_| "could not connect to the backend\n")?;
    let mut answer = b"answer from the backend:\n".to_vec();
    talk(&mut backend, &mut answer).map_err(|_| "the backend took or gave nothing\n")?;
    let response = Response::new(200).header("Content-Type", "text/plain; charset=utf-8");
    Ok(response.body(answer))
}

fn talk(backend: &mut TcpStream, answer: &mut Vec<u8>) -> io::Result<usize> {
    backend.write_all(b"hello from the guest\n")?;
    backend.read_to_end(answer)
}

fn failed(why: &'static str) -> Response {
    log(why.trim_end());
    Response::text(502, why)
}
