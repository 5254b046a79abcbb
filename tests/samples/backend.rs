//! A server for guests to ask: takes a line, gives an answer, ends the connection.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

pub(crate) struct Backend {
    pub(crate) address: String,
    exchange: Arc<Mutex<Exchange>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Exchange {
    /// The line of the last guest.
    question: String,
    /// What the next one gets.
    answer: Vec<u8>,
    is_over: bool,
}

impl Backend {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("it listens").to_string();
        let exchange = Arc::<Mutex<Exchange>>::default();
        let theirs = Arc::clone(&exchange);
        let thread = thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.expect("a connection");
                let mut question = String::new();
                let heard = BufReader::new(&stream).read_line(&mut question);
                let mut exchange = theirs.lock().expect("nobody panics holding it");
                if exchange.is_over {
                    return;
                }
                exchange.question = question;
                // A guest that does not listen fails its own test.
                drop(heard.and_then(|_| stream.write_all(&exchange.answer)));
            }
        });
        Self { address, exchange, thread: Some(thread) }
    }

    /// What the next guests get.
    pub(crate) fn answer_with(&self, answer: &[u8]) {
        answer.clone_into(&mut self.exchange.lock().expect("nobody panics holding it").answer);
    }

    /// What the last guest sent.
    pub(crate) fn question(&self) -> String {
        self.exchange.lock().expect("nobody panics holding it").question.clone()
    }

    /// From now on nobody listens at the address.
    pub(crate) fn end(&mut self) {
        self.exchange.lock().expect("nobody panics holding it").is_over = true;
        drop(TcpStream::connect(&self.address));
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the backend's thread does not panic");
        }
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        if self.thread.is_some() && !thread::panicking() {
            self.end();
        }
    }
}
