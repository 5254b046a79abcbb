//! What the targets do with the bytes they get. Each answers whether the bytes told something, or
//! says what is wrong.

mod differential;
mod http;
mod modules;
mod ours;
mod outcome;
pub mod plain;
mod theirs;

use serverless_wasm::decoder::{body, decode as decode_module};
use serverless_wasm::interp::{Backend, Engine, LoadError, Module};
use serverless_wasm::wasm::{Features, Limits};

pub use differential::differential;
pub use http::http;

/// Whether the bytes told something: they were a module, and its outcome is one to compare.
pub type Tried = Result<bool, String>;

/// Whatever the bytes are: no panic, and an error lies inside.
pub fn decode(bytes: &[u8]) -> Tried {
    let framed = [b"\0asm\x01\0\0\0", bytes].concat();
    let mut is_module = false;
    for bytes in [bytes, &framed] {
        let module = match decode_module(bytes, &Limits::default(), Features::default()) {
            Ok(module) => module,
            Err(error) if error.offset() > bytes.len() => return Err(format!("outside: {error}")),
            Err(_) => continue,
        };
        is_module = true;
        for body in &module.bodies {
            let Ok(instrs) = body::locals(&module, body, 0).instrs() else { continue };
            for instr in instrs {
                match instr {
                    Ok((offset, _)) if body.range.contains(&offset) => {}
                    Err(error) if error.offset() <= bytes.len() => {}
                    other => return Err(format!("outside: {other:?}")),
                }
            }
        }
    }
    Ok(is_module)
}

/// A valid module of any proposal is accepted; a damaged one does not panic.
pub fn validate(bytes: &[u8]) -> Tried {
    let Some(mut module) = modules::of_every_proposal(bytes) else { return Ok(false) };
    load(&module)?;
    for damage in bytes.chunks_exact(3).take(8) {
        let place = usize::from(u16::from_le_bytes([damage[0], damage[1]])) % module.len();
        module[place] = damage[2];
        // Refusing it is right, and so is accepting it.
        drop(Module::new(&Engine::default(), &module));
    }
    Ok(true)
}

/// A valid module runs to its end, to a trap or to the end of its fuel, on both backends.
pub fn run(bytes: &[u8]) -> Tried {
    let Some(module) = modules::of_every_proposal(bytes) else { return Ok(false) };
    load(&module)?;
    for backend in [Backend::Threaded, Backend::Stepped] {
        let way = ours::Way { backend, ..ours::Way::USUAL };
        drop(ours::outcome(way, &module));
    }
    Ok(true)
}

fn load(module: &[u8]) -> Result<(), String> {
    match Module::new(&Engine::default(), module) {
        Ok(_) | Err(LoadError::Io(_)) => Ok(()),
        Err(error) => Err(format!("a valid module is refused: {error}")),
    }
}
