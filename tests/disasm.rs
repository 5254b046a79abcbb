//! The disassembler: what its lines say, and where they are cut.

use serverless_wasm::decoder::decode;
use serverless_wasm::disasm;
use serverless_wasm::wasm::{Features, FuncIdx, Limits, Module};

fn decoded(binary: &[u8]) -> Module {
    decode(binary, &Limits::default(), Features::default()).expect("it is well formed")
}

fn text(module: &Module) -> String {
    disasm::module(module).map(|line| format!("{line}\n")).collect()
}

#[test]
fn lines_are_indented_by_block_and_name_what_is_called() {
    let wat = r#"(module $m
      (import "a" "b;)" (func $from_outside (param i32)))
      (func $f (export "f") (param i32 i64) (result i32) (local f32 f32 i32)
        (block (loop (br_if 1 (local.get 0)) (br_table 0 1 0 (i32.const 7))))
        (if (result i32) (local.get 0)
          (then (call $from_outside (i32.const 1)) (i32.const 2))
          (else (i32.const -3))))
      (memory 1) (data (i32.const 8) "a\00\"\\"))"#;
    let module = decoded(&wat::parse_str(wat).expect("a module"));
    let expected = r#"(module (;m;)
  (type (;0;) (func (param i32)))
  (type (;1;) (func (param i32 i64) (result i32)))
  (import "a" "b;)" (func (;0 from_outside;) (type 0)))
  (memory (;0;) 1)
  (export "f" (func 1))
  (func (;1 f;) (type 1) (param i32 i64) (result i32)
    (local f32 f32)
    (local i32)
    block
      loop
        local.get 0
        br_if 1
        i32.const 7
        br_table 0 1 0
      end
    end
    local.get 0
    if (result i32)
      i32.const 1
      call 0 (;from_outside;)
      i32.const 2
    else
      i32.const -3
    end
  )
  (data (;0;) (offset i32.const 8) "a\00\"\\")
)
"#;
    let lines: String = disasm::module(&module).map(|line| line.text + "\n").collect();
    assert_eq!(lines, expected);
}

#[test]
fn what_is_too_long_to_read_is_cut() {
    let wat = format!(
        r#"(module (memory 1) (table 20 funcref) (func) (data "{}") (elem func {}))"#,
        "x".repeat(100),
        "0 ".repeat(20)
    );
    let text = text(&decoded(&wat::parse_str(wat).expect("a module")));
    assert!(text.contains(&format!("\"{}\" (;and 36 more;))", "x".repeat(64))), "{text}");
    assert!(text.contains(" func 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 (;and 4 more;))"), "{text}");
}

#[test]
fn a_body_is_shown_up_to_where_it_breaks() {
    let mut binary = wat::parse_str("(func nop nop nop)").expect("a module");
    let last = binary.len() - 2;
    binary[last] = 0x06;
    let module = decoded(&binary);
    let lines: Vec<_> = disasm::function(&module, FuncIdx(0)).collect();
    let texts: Vec<_> = lines.iter().map(|line| line.text.trim()).collect();
    assert_eq!(texts[1..3], ["nop", "nop"]);
    assert!(texts[3].starts_with(";; malformed: illegal opcode"), "{texts:?}");
    assert_eq!((texts.len(), lines[3].offset), (4, Some(last)));
}

#[test]
fn names_of_everything_and_hints_are_shown_up_to_where_their_sections_break() {
    let wat = r#"(module
      (type $t (func (param i32)))
      (memory $m 1) (table $s 1 funcref) (global $g i32 (i32.const 1)) (tag $e (type $t))
      (elem $some func) (data $bytes "a")
      (func (type $t) (param $n i32) (local $sum i64)
        local.get $n (@metadata.code.branch_hint "\00") if end
        block local.get $n (@metadata.code.branch_hint "\01") br_if 0 end))"#;
    let binary = wat::parse_str(wat).expect("a module");
    let lines = |binary: &[u8]| -> Vec<String> {
        disasm::module(&decoded(binary)).map(|line| line.text.trim().to_owned()).collect()
    };
    let whole = lines(&binary);
    for shown in [
        "(type (;0 t;) (func (param i32)))",
        "(memory (;0 m;) 1)",
        "(table (;0 s;) 1 funcref)",
        "(global (;0 g;) i32 i32.const 1)",
        "(tag (;0 e;) (type 0))",
        "(elem (;0 some;) func)",
        "(data (;0 bytes;) \"a\")",
        "(;local 0 n, 1 sum;)",
        r#"(@metadata.code.branch_hint "\00") if"#,
        r#"(@metadata.code.branch_hint "\01") br_if 0"#,
    ] {
        assert!(whole.iter().any(|line| line == shown), "{shown} in {whole:#?}");
    }
    // Both custom sections with each of their bytes broken: never an error, never another line of
    // code.
    let code = |lines: Vec<String>| lines.iter().filter(|line| line.ends_with("if")).count();
    let custom = |name: &[u8]| {
        let at = binary.windows(name.len()).position(|bytes| bytes == name).expect("it is there");
        at + name.len()
    };
    let (hints, names) = (custom(b"metadata.code.branch_hint"), custom(b"name"));
    for at in (hints..hints + 9).chain(names..binary.len()) {
        let mut broken = binary.clone();
        broken[at] = 0xFF;
        assert_eq!(code(lines(&broken)), code(whole.clone()), "byte {at}");
    }
}
