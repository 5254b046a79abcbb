//! The table of instructions against another encoder: that of the text format.

use serverless_wasm::decoder::{body, decode};
use serverless_wasm::wasm::{Code, Feature, Features, Limits, Op};

use super::{leb128, wat};

/// The immediates that the text format wants after a name, and a tail that closes blocks.
fn immediates(op: Op) -> (&'static str, &'static str) {
    let name = op.name();
    let plain = |text| (text, "");
    if op.row().touches > 0 {
        return plain(if name.ends_with("_lane") { "0" } else { "" });
    }
    match name {
        "block" | "loop" | "if" | "try_table" => ("", "end"),
        "select" if op == Op::SelectTyped => plain("(result i32)"),
        "i8x16.shuffle" => plain("0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15"),
        "v128.const" => plain("i64x2 1 2"),
        "ref.null" => plain("func"),
        "ref.test" | "ref.cast" => plain("(ref func)"),
        "ref.test null" | "ref.cast null" => plain("(ref null func)"),
        "br_on_cast" | "br_on_cast_fail" => plain("0 anyref i31ref"),
        "call_indirect" | "return_call_indirect" => plain("(type 0)"),
        _ if name.contains("ct_lane") || name.contains("ce_lane") => plain("0"),
        _ if name.ends_with(".const") => plain("1"),
        _ if ["br", "br_if", "br_table", "call", "call_ref", "throw"].contains(&name) => plain("0"),
        _ if ["return_call", "return_call_ref", "ref.func"].contains(&name) => plain("0"),
        _ if name.starts_with("br_on_") => plain("0"),
        "array.len" => plain(""),
        "array.copy" | "array.new_fixed" => plain("0 0"),
        _ if name.starts_with("array.new_") && name != "array.new_default" => plain("0 0"),
        _ if name.starts_with("array.init_") => plain("0 0"),
        "struct.new" | "struct.new_default" => plain("0"),
        _ if name.starts_with("struct.") => plain("0 0"),
        _ if name.starts_with("array.") => plain("0"),
        "memory.init" | "table.init" | "data.drop" | "elem.drop" => plain("0"),
        _ if ["local.", "global."].iter().any(|space| name.starts_with(space)) => plain("0"),
        _ => plain(""),
    }
}

#[test]
fn every_row_of_the_table_is_what_the_text_format_encodes() {
    let all = Feature::ALL.into_iter().fold(Features::default(), Features::with);
    for &op in Op::ALL {
        let (immediates, tail) = immediates(op);
        let name = op.name().trim_end_matches(" null");
        let text = match name {
            "end" => String::new(),
            "else" => "if else end".into(),
            _ => format!("{name} {immediates} {tail}"),
        };
        let bytes = wat(&format!("(module (type (func)) (data \"\") (func {text}))"));
        let module = decode(bytes.as_slice(), &Limits::default(), all).expect("well-formed");
        let mut walk = body::locals(&module, &module.bodies[0], 0).instrs().expect("no locals");
        let position = usize::from(op == Op::Else);
        let (offset, found) = walk.nth(position).expect(&text).expect(&text);
        assert_eq!(found.op(), op, "{text}");
        let code = match op.row().code {
            Code::Byte(byte) => vec![byte],
            Code::Prefixed(prefix, number) => {
                let mut code = vec![prefix];
                leb128(number as usize, &mut code);
                code
            }
        };
        assert!(bytes[offset..].starts_with(&code), "{text}");
    }
}
