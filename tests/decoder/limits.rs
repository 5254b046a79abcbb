//! What is refused because there is too much of it, or because a proposal is off.

use serverless_wasm::decoder::{MalformedKind, decode};
use serverless_wasm::wasm::{Feature, Features, Limits};

use super::{decoded, decoded_whole, function, instrs, leb128, sections, wat};

#[test]
fn a_count_that_the_bytes_cannot_back_is_refused_at_once() {
    let huge = [0xFF, 0xFF, 0xFF, 0xFF, 0x0F];
    for id in [1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 13] {
        let error = decoded(&sections(&[(id, &huge)])).expect_err("4,294,967,295 of nothing");
        assert!(matches!(error.kind(), MalformedKind::LengthOutOfBounds { .. }), "{error}");
    }
    let bodies: [&[u8]; 4] = [&[], &[0, 0x0E], &[0, 0x1C], &[0, 0x1F, 0x40]];
    for start in bodies {
        let error = decoded_whole(&function(&[start, &huge, &[0x0B]].concat()));
        let error = error.expect_err("4,294,967,295 of nothing");
        assert!(matches!(error.kind(), MalformedKind::LengthOutOfBounds { .. }), "{error}");
    }
}

#[test]
fn limits_refuse_by_name() {
    let check = |limits: Limits, text: &str, expected: &str| {
        let bytes = wat(text);
        assert!(decoded(&bytes).is_ok(), "the defaults allow {text}");
        let walked = decode(bytes, &limits, Features::default()).and_then(|m| instrs(&m));
        let error = walked.expect_err(expected).to_string();
        assert!(error.starts_with(&format!("{expected}: ")), "{error}");
    };
    type Case = (&'static str, fn(&mut Limits), &'static str);
    let cases: &[Case] = &[
        ("(type (func)) (type (array i8))", |l| l.types = 1, "types: 2"),
        ("(type (func)) (type (array i8))", |l| l.rec_groups = 1, "recursion groups: 2"),
        ("(rec (type (func)) (type (func)))", |l| l.rec_group_size = 1, "types in a group: 2"),
        ("(import \"\" \"\" (func)) (func)", |l| l.funcs = 1, "functions: 2"),
        ("(table 0 funcref) (table 0 funcref)", |l| l.tables = 1, "tables: 2"),
        ("(memory 0) (memory 0)", |l| l.memories = 1, "memories: 2"),
        ("(tag) (tag)", |l| l.tags = 1, "tags: 2"),
        ("(func (param i32 i32))", |l| l.params = 1, "parameters: 2"),
        ("(func (result i32 i32) unreachable)", |l| l.results = 1, "results: 2"),
        ("(type (struct (field i8 i8)))", |l| l.fields = 1, "fields: 2"),
        ("(func nop nop nop)", |l| l.body_size = 1, "bytes of a body: 5"),
        ("(func block block end end)", |l| l.block_depth = 1, "nested blocks: 2"),
        ("(func (local i32 i64))", |l| l.locals = 1, "locals: 2"),
        ("(func (br_table 0 0 0))", |l| l.br_table_labels = 1, "labels of br_table: 2"),
        ("(data \"\") (data \"\")", |l| l.datas = 1, "data segments: 2"),
        ("(elem func) (elem func)", |l| l.elems = 1, "element segments: 2"),
        ("(func) (elem func 0 0)", |l| l.elem_items = 1, "elements of a segment: 2"),
        ("(export \"ab\" (func 0)) (func)", |l| l.name_size = 1, "bytes of a name: 2"),
    ];
    for (text, set, expected) in cases {
        let mut limits = Limits::default();
        set(&mut limits);
        check(limits, &format!("(module {text})"), &format!("too many {expected}, limit 1"));
    }
}

#[test]
fn a_proposal_that_is_off_is_named() {
    let check = |feature: Feature, text: &str| {
        let bytes = wat(&format!("(module {text})"));
        let features = Features::default().without(feature);
        let walked = decode(bytes, &Limits::default(), features).and_then(|m| instrs(&m));
        let error = walked.expect_err(text);
        let MalformedKind::FeatureOff { feature: named, .. } = error.kind() else {
            panic!("{text}: {error}");
        };
        assert_eq!(*named, feature, "{text}");
        let remedy = format!("turn it on with features = [\"{}\"]", feature.name());
        assert!(error.to_string().contains(&remedy), "{text}: {error}");
    };
    check(Feature::Simd, "(global v128 (v128.const i64x2 0 0))");
    check(Feature::Simd, "(func (drop (i32x4.splat (i32.const 0))))");
    check(Feature::RelaxedSimd, "(func (f32x4.relaxed_min) (unreachable))");
    check(Feature::FunctionReferences, "(type (func (param (ref func))))");
    check(Feature::Gc, "(type (struct))");
    check(Feature::Gc, "(func (param anyref))");
    check(Feature::Exceptions, "(tag)");
    check(Feature::Exceptions, "(func (param exnref))");
    check(Feature::TailCall, "(func (return_call 0))");
    check(Feature::Memory64, "(memory i64 0)");
    check(Feature::WideArithmetic, "(func (param i64 i64) (i64.mul_wide_s) (unreachable))");
    check(Feature::CustomPageSizes, "(memory 1 (pagesize 1))");
    check(Feature::Threads, "(memory 1 1 shared)");
    check(Feature::Threads, "(func (atomic.fence))");
    check(Feature::MultiMemory, "(memory 0) (memory 0) (func (drop (i32.load 1 (i32.const 0))))");
}

#[test]
fn a_million_nested_blocks_are_a_loop() {
    let depth = 1_000_000;
    let mut body = vec![0];
    body.extend([0x02, 0x40].repeat(depth));
    body.extend(vec![0x0B; depth + 1]);
    let mut code = vec![1];
    leb128(body.len(), &mut code);
    code.extend(body);
    let mut bytes = sections(&[(1, &[1, 0x60, 0, 0]), (3, &[1, 0])]);
    bytes.push(10);
    leb128(code.len(), &mut bytes);
    bytes.extend(code);
    assert_eq!(decoded_whole(&bytes).map(|instrs| instrs.len()), Ok(2 * depth + 1));
}
