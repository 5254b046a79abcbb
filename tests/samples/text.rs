//! The samples in the text format answer as their README says.

use crate::backend::Backend;
use crate::behaviour;
use crate::client::Request;
use crate::folder::Folder;
use crate::root;

pub(crate) fn answer() {
    let mut backend = Backend::start();
    let folder = Folder::new();
    let server = behaviour::serve(&folder, &root().join("samples"), &backend);
    let check = |path: &str, status: u16, body: &str| {
        let reply = server.ask(&Request::new("GET", path));
        assert_eq!((reply.status(), reply.text().as_str()), (status, body), "{path}");
    };
    check("/hello", 200, "Hello world from wasm!\n");
    check("/bonjour", 200, "Bonjour tout le monde depuis le monde merveilleux de WASM !\n");
    backend.answer_with(b"hi\n");
    check("/backend", 200, "answer from the backend:\nhi\n");
    assert_eq!(backend.question(), "hello from the guest\n");
    backend.end();
    check("/backend", 502, "could not connect to the backend\n");
}
