//! Connections to servers that the configuration permits.

use std::io::{self, ErrorKind, Read, Write};

use crate::host;

/// A TCP connection, closed when it is dropped.
///
/// The server lets a guest connect to the addresses of its `env` table (or of `allow_tcp`) and to
/// no others. The guest rests while it waits, each time for `tcp_timeout` at most.
///
/// ```
/// # use serverless_wasm_guest::{env, testing::Call, Request, Response, TcpStream};
/// use std::io::{self, Read, Write};
///
/// fn ask(_: Request) -> io::Result<Response> {
///     let address = env("backend").unwrap_or_default();
///     let mut backend = TcpStream::connect(&address)?;
///     backend.write_all(b"how are you?\n")?;
///     let mut answer = Vec::new();
///     backend.read_to_end(&mut answer)?;
///     Ok(Response::new(200).body(answer))
/// }
/// # assert_eq!(Call::new("GET", "/").run(ask).log, ["the address is not host:port"]);
/// ```
#[derive(Debug)]
pub struct TcpStream {
    descriptor: i32,
}

impl TcpStream {
    /// Connects to `host:port`.
    ///
    /// # Errors
    /// By [`ErrorKind`]: `ConnectionRefused` (or it failed otherwise), `PermissionDenied` (the
    /// configuration does not permit this address), `TimedOut`, `InvalidInput` (not `host:port`),
    /// `Other` (too many open connections).
    pub fn connect(address: &str) -> io::Result<Self> {
        match host::tcp_connect(address.as_bytes()) {
            -1 => Err(io::Error::new(ErrorKind::ConnectionRefused, "connecting failed")),
            descriptor if descriptor >= 0 => Ok(Self { descriptor }),
            code => Err(error(code.into())),
        }
    }
}

/// Waits for bytes; 0 is the end of the stream.
impl Read for TcpStream {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        count(host::tcp_read(self.descriptor, into))
    }
}

/// Writes all that it is given, unless the peer closed the connection.
impl Write for TcpStream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        count(host::tcp_write(self.descriptor, bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for TcpStream {
    fn drop(&mut self) {
        // The descriptor is ours and open, so there is nothing to report.
        host::tcp_close(self.descriptor);
    }
}

fn count(result: i64) -> io::Result<usize> {
    usize::try_from(result).map_err(|_| error(result))
}

/// The error with this code in the contract with the server.
fn error(code: i64) -> io::Error {
    let (kind, what) = match code {
        -1 => (ErrorKind::ConnectionReset, "the connection failed"),
        -2 => (ErrorKind::Other, "too many open connections"),
        -3 => (ErrorKind::PermissionDenied, "the configuration does not permit the address"),
        -4 => (ErrorKind::TimedOut, "it took longer than tcp_timeout"),
        -5 => (ErrorKind::NotConnected, "bad descriptor"),
        -6 => (ErrorKind::InvalidInput, "the address is not host:port"),
        _ => (ErrorKind::Other, "unknown error of the server"),
    };
    io::Error::new(kind, what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Call;
    use crate::{env, Request};
    use std::net::TcpListener;
    use std::thread;

    fn talk(_: Request) -> io::Result<String> {
        let mut stream = TcpStream::connect(&env("backend").unwrap())?;
        stream.write_all(b"ping")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }

    #[test]
    fn bytes_go_there_and_back() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let backend = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut bytes = [0; 4];
            stream.read_exact(&mut bytes).unwrap();
            stream.write_all(&[b"pong to ", &bytes[..]].concat()).unwrap();
        });
        assert_eq!(Call::new("GET", "/").env("backend", &address).run(talk).text(), "pong to ping");
        backend.join().unwrap();
    }

    #[test]
    fn failures_are_errors_with_a_kind() {
        let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let kind = |address: &str, env: &str| {
            let address = address.to_owned();
            let connect =
                move |_| format!("{:?}", TcpStream::connect(&address).unwrap_err().kind());
            Call::new("GET", "/").env("backend", env).run(connect).text()
        };
        assert_eq!(kind(&closed, &closed), "ConnectionRefused");
        assert_eq!(kind(&closed, "127.0.0.1:1"), "PermissionDenied");
        assert_eq!(kind("nowhere", "nowhere"), "InvalidInput");
    }
}
