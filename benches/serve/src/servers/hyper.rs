//! A bare server with hyper, as its guide shows it: a task a connection, a thread a core.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::runtime::Builder;

use super::BODY;
use crate::Result;

pub(super) fn serve(tell: impl FnOnce(SocketAddr)) -> Result<()> {
    let runtime = Builder::new_multi_thread().enable_io().build().map_err(|e| e.to_string())?;
    runtime.block_on(accept(tell)).map_err(|error| error.to_string())
}

async fn accept(tell: impl FnOnce(SocketAddr)) -> std::io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    tell(listener.local_addr()?);
    loop {
        let (stream, _peer) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(async move {
            let connection = http1::Builder::new();
            // A client that leaves is no error of the server's.
            let _gone = connection.serve_connection(TokioIo::new(stream), service_fn(hello)).await;
        });
    }
}

async fn hello(
    _request: Request<Incoming>,
) -> std::result::Result<Response<Full<Bytes>>, Infallible> {
    let mut response = Response::new(Full::new(Bytes::from_static(BODY.as_bytes())));
    let text = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, text);
    Ok(response)
}
