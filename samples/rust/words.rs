//! Counts the lines, words and bytes of a posted text.
//!
//! cargo build --release --target wasm32-unknown-unknown --example words &&
//!     cp target/wasm32-unknown-unknown/release/examples/words.wasm .

use std::io::{self, Read};

use serverless_wasm_guest::{handler, Request};

handler!(count);

fn count(request: Request) -> io::Result<String> {
    let (mut lines, mut words, mut bytes) = (0_u64, 0_u64, 0_u64);
    let mut in_word = false;
    let mut chunk = [0; 4096];
    loop {
        let size = request.body().read(&mut chunk)?;
        if size == 0 {
            return Ok(format!("{} lines, {} words, {} bytes\n", lines, words, bytes));
        }
        bytes += size as u64;
        for byte in &chunk[..size] {
            lines += u64::from(*byte == b'\n');
            let is_space = byte.is_ascii_whitespace();
            words += u64::from(!is_space && !in_word);
            in_word = !is_space;
        }
    }
}
