//! The decoder from outside: what it accepts, what it refuses with which phrase and where.

mod limits;
mod properties;
mod table;

use serverless_wasm::decoder::{Malformed, MalformedKind, Section, body, decode};
use serverless_wasm::wasm::module::{DataMode, ElemItems, ElemMode};
use serverless_wasm::wasm::{
    AddrType, BlockType, Catch, CompositeType, Features, FuncIdx, Instr, LabelIdx, Limits, MemArg,
    MemIdx, Module, Op, RefType, TableIdx, TagIdx, TypeIdx, ValType,
};

/// The bytes of a module in the text format.
fn wat(text: &str) -> Vec<u8> {
    wat::parse_str(text).expect("the text is a module")
}

fn decoded(bytes: &[u8]) -> Result<Module, Malformed> {
    decode(bytes, &Limits::default(), Features::default())
}

/// The instructions of all bodies.
fn instrs(module: &Module) -> Result<Vec<Instr>, Malformed> {
    let mut found = Vec::new();
    for body in &module.bodies {
        for instr in body::locals(module, body, 0).instrs()? {
            found.push(instr?.1);
        }
    }
    Ok(found)
}

/// Decodes everything, bodies included.
fn decoded_whole(bytes: &[u8]) -> Result<Vec<Instr>, Malformed> {
    instrs(&decoded(bytes)?)
}

/// The preamble and sections: `(number, contents)`.
fn sections(sections: &[(u8, &[u8])]) -> Vec<u8> {
    let mut bytes = b"\0asm\x01\0\0\0".to_vec();
    for (id, contents) in sections {
        bytes.push(*id);
        bytes.push(u8::try_from(contents.len()).expect("a section of the tests is short"));
        bytes.extend_from_slice(contents);
    }
    bytes
}

/// A module of one function `[] -> []` whose body (with its locals) has these bytes.
fn function(body: &[u8]) -> Vec<u8> {
    let size = u8::try_from(body.len()).expect("a body of the tests is short");
    let code = [&[1, size], body].concat();
    sections(&[(1, &[1, 0x60, 0, 0]), (3, &[1, 0]), (10, &code)])
}

/// Appends a number as the binary format writes it.
fn leb128(mut value: usize, bytes: &mut Vec<u8>) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// Decodes to the error and compares its text, which says where.
#[track_caller]
fn malformed(bytes: &[u8], text: &str) {
    let error = decoded_whole(bytes).expect_err(text);
    assert_eq!(error.to_string(), text);
    assert!(error.offset() <= bytes.len());
}

#[test]
fn the_preamble_is_checked() {
    malformed(b"", "unexpected end: at offset 0x0");
    malformed(b"\0as", "unexpected end: at offset 0x3");
    malformed(b"(module)", "magic header not detected: at offset 0x0");
    malformed(b"\0asm\x01\0\0", "unexpected end: at offset 0x7");
    malformed(b"\0asm\x02\0\0\0", "unknown binary version: 0x2: at offset 0x4");
    let component = decoded_whole(b"\0asm\x0D\0\x01\0").expect_err("no core module").to_string();
    assert!(component.starts_with("unknown binary version: 0x1000d: a component, and only core"));
}

#[test]
fn sections_have_an_order_and_a_size() {
    malformed(&sections(&[(14, &[0])]), "malformed section id: 0x0e: at offset 0x8");
    let error = decoded(&sections(&[(3, &[0]), (2, &[0])])).expect_err("out of order");
    assert_eq!(*error.kind(), MalformedKind::SectionOrder(Section::Import));
    assert_eq!((error.offset(), error.section()), (0xB, Some(Section::Import)));
    malformed(
        &sections(&[(1, &[0]), (1, &[0])]),
        "unexpected content after last section: type section: at offset 0xb in the type section",
    );
    malformed(
        &sections(&[(6, &[0]), (13, &[0])]),
        "unexpected content after last section: tag section: at offset 0xb in the tag section",
    );
    malformed(
        &sections(&[(1, &[1, 0x60, 0, 0, 0])]),
        "section size mismatch: at offset 0xe in the type section",
    );
    malformed(
        &sections(&[(4, &[1])]),
        "unexpected end of section or function: at offset 0xb in the table section",
    );
    malformed(
        b"\0asm\x01\0\0\0\x01\x07\x02\x60",
        "length out of bounds: 7 bytes of 3: at offset 0x9 in the type section",
    );
    assert!(decoded(&sections(&[(5, &[0]), (13, &[0]), (6, &[0])])).is_ok());
    assert!(decoded(&sections(&[(9, &[0]), (12, &[0]), (10, &[0]), (11, &[0])])).is_ok());
}

#[test]
fn custom_sections_may_stand_anywhere() {
    let bytes = sections(&[(0, b"\x01a!"), (1, &[0]), (0, b"\x01b"), (0, b"\x01c??")]);
    let module = decoded(&bytes).expect("custom sections are free");
    let customs: Vec<_> =
        module.customs.iter().map(|custom| (&*custom.name, &bytes[custom.bytes.clone()])).collect();
    assert_eq!(customs, [("a", &b"!"[..]), ("b", b""), ("c", b"??")]);
    malformed(
        &sections(&[(0, &[])]),
        "unexpected end of section or function: at offset 0xa in the custom section",
    );
    malformed(
        &sections(&[(0, &[1, 0xFF])]),
        "malformed UTF-8 encoding: at offset 0xb in the custom section",
    );
}

#[test]
fn what_has_no_meaning_is_named() {
    let check = |id, contents: &[u8], phrase: &str| {
        let error = decoded(&sections(&[(id, contents)])).expect_err(phrase);
        assert!(error.to_string().starts_with(&format!("{phrase}: ")), "{error}");
    };
    check(1, &[1, 0x61], "malformed definition type: 0x61");
    check(1, &[1, 0x60, 1, 0x40, 0], "malformed value type: 0x40");
    check(1, &[1, 0x5E, 0x7F, 2], "malformed mutability: 0x02");
    check(1, &[1, 0xE0, 0x7F, 0], "integer representation too long");
    check(1, &[1, 0x60, 1, 0x63, 0x7F, 0], "malformed heap type: 0x7f");
    check(2, &[1, 0, 0, 5], "malformed import kind: 0x05");
    check(4, &[1, 0x7F, 0, 0], "malformed reference type: 0x7f");
    check(4, &[1, 0x40, 1], "zero byte expected: 0x01");
    check(5, &[1, 16], "malformed limits flags: 0x10");
    check(4, &[1, 0x70, 2, 0, 0], "malformed limits flags: 0x02");
    check(6, &[1, 0x7F, 2], "malformed mutability: 0x02");
    check(7, &[1, 0, 5, 0], "malformed export kind: 0x05");
    check(9, &[1, 8], "malformed elements segment kind: 0x08");
    check(9, &[1, 1, 1, 0], "malformed element kind: 0x01");
    check(11, &[1, 3], "malformed data segment kind: 0x03");
    check(13, &[1, 1, 0], "malformed tag attribute: 0x01");
}

#[test]
fn sections_agree_on_numbers() {
    let types: (u8, &[u8]) = (1, &[1, 0x60, 0, 0]);
    malformed(
        &sections(&[types, (3, &[2, 0, 0]), (10, &[1, 2, 0, 0x0B])]),
        "function and code section have inconsistent lengths: 2 and 1: at offset 0x19",
    );
    malformed(
        &sections(&[types, (3, &[1, 0])]),
        "function and code section have inconsistent lengths: 1 and 0: at offset 0x12",
    );
    malformed(
        &sections(&[(12, &[2]), (11, &[1, 1, 0])]),
        "data count and data section have inconsistent lengths: 2 and 1: at offset 0x10",
    );
}

#[test]
fn bodies_are_walked_apart_and_end_with_end() {
    let illegal = function(&[0, 0x27, 0x0B]);
    assert!(decoded(&illegal).is_ok());
    malformed(&illegal, "illegal opcode 27: at offset 0x17 in the code section");
    for legacy in [0x06, 0x07, 0x09, 0x18, 0x19] {
        malformed(
            &function(&[0, legacy, 0x0B]),
            &format!(
                "illegal opcode {legacy:02x}: an exception instruction of before WebAssembly 3.0; \
                 compile with `-mllvm -wasm-use-legacy-eh=false`, or translate the module with \
                 `wasm-opt --emit-exnref`: at offset 0x17 in the code section"
            ),
        );
    }
    malformed(
        &function(&[0, 0xFC, 0x12, 0x0B]),
        "illegal opcode fc 12: at offset 0x18 in the code section",
    );
    malformed(
        &function(&[0, 0x01]),
        "unexpected end of section or function: at offset 0x18 in the code section",
    );
    malformed(
        &function(&[0, 0x0B, 0x01]),
        "section size mismatch: at offset 0x18 in the code section",
    );
    malformed(
        &function(&[0, 0x02, 0x40, 0x0B]),
        "unexpected end of section or function: at offset 0x1a in the code section",
    );
    malformed(
        &function(&[0, 0xFC, 0x09, 0x00, 0x0B]),
        "data count section required: at offset 0x19 in the code section",
    );
    malformed(
        &function(&[0, 0x28, 0x80, 0x01, 0x00, 0x0B]),
        "malformed memop flags: 0x80: at offset 0x19 in the code section",
    );
}

#[test]
fn nothing_follows_an_error() {
    let module = decoded(&function(&[0, 0x06, 0x0B])).expect("bodies are walked later");
    let mut walk = body::locals(&module, &module.bodies[0], 0).instrs().expect("no locals");
    assert!(walk.next().expect("an error").is_err());
    assert!(walk.next().is_none());
}

#[test]
fn a_body_longer_than_its_size_is_named_before_what_it_derails() {
    let code = [1, 5, 0, 0x41, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00];
    let bytes = sections(&[(1, &[1, 0x60, 0, 0]), (3, &[1, 0]), (10, &code[..7]), (0, &[])]);
    malformed(
        &[&bytes[..bytes.len() - 2], &code[7..]].concat(),
        "integer representation too long: at offset 0x1c in the code section",
    );
}

#[test]
fn locals_are_declared_in_groups() {
    let bytes = function(&[2, 3, 0x7F, 0x81, 0x00, 0x63, 0x70, 0x0B]);
    let module = decoded(&bytes).expect("well-formed");
    let mut locals = body::locals(&module, &module.bodies[0], 2);
    assert_eq!(locals.next(), Some(Ok((3, ValType::I32))));
    assert_eq!(locals.next(), Some(Ok((1, ValType::FUNCREF))));
    assert_eq!(locals.next(), None);
    let rest: Vec<_> = locals.instrs().expect("all are read").collect();
    assert_eq!(rest, [Ok((0x1D, Instr::End))]);
}

#[test]
fn parameters_count_as_locals() {
    let module = decoded(&function(&[1, 0xCF, 0x86, 0x03, 0x7F, 0x0B])).expect("well-formed");
    let walk = |params| body::locals(&module, &module.bodies[0], params).instrs().map(drop);
    assert_eq!(walk(1), Ok(()));
    let error = walk(2).expect_err("49,999 and 2");
    let text = "too many locals: 50001, limit 50000: at offset 0x17 in the code section";
    assert_eq!(error.to_string(), text);
}

#[test]
fn the_sum_of_locals_does_not_wrap() {
    malformed(
        &function(&[2, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0x7F, 2, 0x7E, 0x0B]),
        "too many locals: 4294967295, limit 50000: at offset 0x17 in the code section",
    );
}

#[test]
fn five_byte_indices_of_compilers_are_legal() {
    let body = [0, 0x11, 0x80, 0x80, 0x80, 0x80, 0x00, 0x83, 0x80, 0x80, 0x80, 0x00, 0x0B];
    assert_eq!(
        decoded_whole(&function(&body)),
        Ok(vec![Instr::CallIndirect { ty: TypeIdx(0), table: TableIdx(3) }, Instr::End])
    );
}

#[test]
fn memory_arguments_name_a_memory_by_bit_6() {
    let body = [0, 0x28, 0x42, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0x1F, 0x0B];
    let at = MemArg { align: 2, memory: MemIdx(1), offset: 0x1_FFFF_FFFF };
    assert_eq!(decoded_whole(&function(&body)), Ok(vec![Instr::I32Load { at }, Instr::End]));
}

#[test]
fn lists_are_iterated_from_the_binary() {
    let text = "(module (tag) (func
        (block (block (br_table 0 1 1 2 (i32.const 0))))
        (block (result exnref)
            (try_table (catch 0 1) (catch_all_ref 0) (catch_all 1))
            (unreachable))
        (select (result i64) (i64.const 1) (i64.const 2) (i32.const 3))
        (unreachable)))";
    let module = decoded(&wat(text)).expect("well-formed");
    let mut seen = 0;
    for instr in instrs(&module).expect("well-formed") {
        if let Instr::BrTable { labels } = instr {
            let found: Vec<_> = body::labels(&module, labels).collect();
            assert_eq!(found, [LabelIdx(0), LabelIdx(1), LabelIdx(1)]);
            assert_eq!(labels.default, LabelIdx(2));
            seen += 1;
        } else if let Instr::TryTable { ty, catches } = instr {
            assert_eq!(ty, BlockType::Empty);
            let found: Vec<_> = body::catches(&module, catches).collect();
            let one = Catch::One { tag: TagIdx(0), label: LabelIdx(1) };
            let all_ref = Catch::AllRef { label: LabelIdx(0) };
            assert_eq!(found, [one, all_ref, Catch::All { label: LabelIdx(1) }]);
            seen += 1;
        } else if let Instr::SelectTyped { types } = instr {
            assert_eq!(body::types(&module, types).collect::<Vec<_>>(), [ValType::I64]);
            seen += 1;
        }
    }
    assert_eq!(seen, 3);
}

#[test]
fn element_segments_have_eight_forms() {
    let text = r#"(module (table 1 funcref) (table 1 externref) (func $f)
        (elem (i32.const 0) func $f)
        (elem func $f)
        (elem (table 0) (i32.const 0) func $f)
        (elem declare func $f)
        (elem (i32.const 0) funcref (ref.func $f))
        (elem externref (ref.null extern))
        (elem (table 1) (i32.const 0) externref (ref.null extern) (ref.null extern))
        (elem declare funcref (ref.func $f)))"#;
    let module = decoded(&wat(text)).expect("well-formed");
    let shape = |elem: &serverless_wasm::wasm::module::Elem| {
        let mode = match &elem.mode {
            ElemMode::Passive => "passive".into(),
            ElemMode::Declarative => "declarative".into(),
            ElemMode::Active { table, offset } => {
                format!("table {table}, {} bytes", offset.range.len())
            }
        };
        let items = match &elem.items {
            ElemItems::Funcs(funcs) => format!("{} funcs", funcs.len()),
            ElemItems::Exprs(exprs) => format!("{} exprs", exprs.len()),
        };
        format!("{} {items} {mode}", elem.ty)
    };
    let found: Vec<_> = module.elems.iter().map(shape).collect();
    assert_eq!(
        found,
        [
            "(ref func) 1 funcs table 0, 3 bytes",
            "(ref func) 1 funcs passive",
            "(ref func) 1 funcs table 0, 3 bytes",
            "(ref func) 1 funcs declarative",
            "funcref 1 exprs table 0, 3 bytes",
            "externref 1 exprs passive",
            "externref 2 exprs table 1, 3 bytes",
            "funcref 1 exprs declarative",
        ]
    );
}

#[test]
fn a_module_of_everything_keeps_its_parts() {
    let text = r#"(module $everything
        (rec (type $list (sub (struct (field i8) (field (mut (ref null $list))))))
             (type $more (sub final $list (struct (field i8) (field (mut (ref null $list)))))))
        (type $array (array (mut i16)))
        (type $func (func (param i32 (ref null $list)) (result v128)))
        (import "env" "log" (func $log (param i32)))
        (import "env" "memory" (memory i64 1 5))
        (table $filled 2 (ref null func) (ref.null func))
        (table i64 3 externref)
        (memory 1)
        (tag $tag (param i32))
        (global $g (mut i64) (i64.add (i64.const 1) (i64.const 2)))
        (export "go" (func $go))
        (start $go)
        (data $passive "abc")
        (data (memory 1) (i32.const 8) "de")
        (func $go (local i32 i32 f64)
            (memory.init 1 $passive (i32.const 0) (i32.const 0) (i32.const 0))))"#;
    let bytes = wat(text);
    let module = decoded(&bytes).expect("well-formed");
    assert_eq!(module.rec_groups[0], 0..2);
    assert_eq!(module.rec_groups.len(), module.types.len() - 1);
    let more = &module.types[TypeIdx(1)];
    assert!(more.is_final);
    assert_eq!(*more.supertypes, [TypeIdx(0)]);
    assert!(matches!(&more.composite, CompositeType::Struct(fields) if fields.len() == 2));
    assert_eq!(module.imported_funcs(), 1);
    assert_eq!(module.memories[MemIdx(0)].addr, AddrType::I64);
    assert_eq!(module.memories[MemIdx(0)].limits.max, Some(5));
    assert_eq!(module.tables[TableIdx(0)].ty.element, RefType::FUNCREF);
    assert!(module.tables[TableIdx(0)].init.is_some());
    assert_eq!(module.tables[TableIdx(1)].ty.addr, AddrType::I64);
    assert_eq!(module.tags.len(), 1);
    assert_eq!(module.start.map(|start| start.func), Some(FuncIdx(1)));
    assert_eq!(module.data_count, Some(2));
    let data: Vec<_> = module.datas.iter().map(|data| &bytes[data.bytes.clone()]).collect();
    assert_eq!(data, [&b"abc"[..], b"de"]);
    let modes: Vec<_> =
        module.datas.iter().map(|data| matches!(data.mode, DataMode::Passive)).collect();
    assert_eq!(modes, [true, false]);
    let global = module.globals.as_slice()[0].init.as_ref().expect("has a value");
    let ops: Vec<_> =
        body::expr(&module, global).map(|instr| instr.expect("constant").1.op()).collect();
    assert_eq!(ops, [Op::I64Const, Op::I64Const, Op::I64Add, Op::End]);
    assert_eq!(module.names.module.as_deref(), Some("everything"));
    assert_eq!(module.func_name(FuncIdx(0)), Some("log"));
    assert_eq!(module.func_name(FuncIdx(1)), Some("go"));
    assert_eq!(module.func_name(FuncIdx(2)), None);
}

#[test]
fn a_broken_name_section_is_no_error() {
    let names = |contents: &[u8]| decoded(&sections(&[(0, &[b"\x04name", contents].concat())]));
    let module = names(b"\x00\x02\x01m\x01\x07\x02\x00\x01f\x01\x01\xFF").expect("names are free");
    assert_eq!(module.names.module.as_deref(), Some("m"));
    assert_eq!(module.func_name(FuncIdx(0)), Some("f"));
    assert_eq!(module.func_name(FuncIdx(1)), None);
    let module = names(b"\x01\xFF\xFF\xFF\xFF\x0F\x00").expect("names are free");
    assert!(module.names.funcs.is_empty());
    // Indices must ascend; what stands before is kept.
    let module = names(b"\x01\x07\x02\x05\x01f\x03\x01g").expect("names are free");
    assert_eq!(module.func_name(FuncIdx(5)), Some("f"));
    assert_eq!(module.func_name(FuncIdx(3)), None);
}
