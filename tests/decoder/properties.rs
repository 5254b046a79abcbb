//! Bytes at random and modules with damage.

use proptest::prelude::*;
use serverless_wasm::decoder::{Section, body};

use super::{decoded, function, wat};

/// Whatever the bytes are: no panic, offsets and ranges in the binary.
fn survives(bytes: &[u8]) -> Result<(), TestCaseError> {
    let module = match decoded(bytes) {
        Ok(module) => module,
        Err(error) => {
            prop_assert!(error.offset() <= bytes.len());
            prop_assert!(!error.to_string().is_empty());
            return Ok(());
        }
    };
    prop_assert!(module.customs.iter().all(|custom| bytes.get(custom.bytes.clone()).is_some()));
    prop_assert!(module.datas.iter().all(|data| bytes.get(data.bytes.clone()).is_some()));
    for body in &module.bodies {
        prop_assert!(bytes.get(body.range.clone()).is_some());
        let Ok(walk) = body::locals(&module, body, 0).instrs() else { continue };
        for instr in walk {
            match instr {
                Ok((offset, instr)) => {
                    prop_assert!(body.range.contains(&offset));
                    prop_assert!(instr.to_string().starts_with(instr.op().name()));
                }
                Err(error) => {
                    prop_assert!(error.offset() <= bytes.len());
                    prop_assert_eq!(error.section(), Some(Section::Code));
                }
            }
        }
    }
    Ok(())
}

/// A module with a bit of everything, to be damaged.
fn sample() -> Vec<u8> {
    wat(r#"(module
        (type $s (sub (struct (field (mut i8)))))
        (import "a" "b" (func (param i64 f32)))
        (table 2 10 funcref) (memory 1) (memory i64 1 2) (tag)
        (global i32 (i32.const 5)) (export "x" (func 1))
        (elem (i32.const 0) func 1) (data (i32.const 1) "hello") (data "passive")
        (func (param i32) (result i32) (local i64 i64 v128)
            (block (block (br_table 0 1 1 (local.get 0))))
            (drop (f64.const 1.5)) (drop (i64.load offset=300 (i32.const -7)))
            (drop (struct.new $s (i32.const 2)))
            (try_table (catch_all 0) (throw 0))
            (drop (i8x16.swizzle (v128.const i64x2 1 2) (local.get 3)))
            (call_indirect (type $s) (i32.const 0))
            (i32.const 1)))"#)
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        survives(&bytes)?;
        survives(&[b"\0asm\x01\0\0\0", &bytes[..]].concat())?;
        let size = bytes.len().min(100);
        survives(&function(&[&[0], &bytes[..size]].concat()))?;
    }

    #[test]
    fn damaged_modules_never_panic(
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
        is_cut in any::<bool>(),
    ) {
        let mut bytes = sample();
        for (place, byte) in edits {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if is_cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        survives(&bytes)?;
    }
}
