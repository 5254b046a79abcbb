//! What is valid and what is not: the modules `tests/wat/{valid,invalid}-*.wat`, whose first line
//! says what must happen, and hostile modules that must be dealt with in reasonable time.

use std::fs;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::RwLock;

use serverless_wasm::decoder::decode;
use serverless_wasm::parallel::Threads;
use serverless_wasm::validator::{self, Error, InvalidKind};
use serverless_wasm::wasm::{Features, Limits, TypeRegistry};

#[test]
fn each_module_is_judged_as_its_first_line_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wat");
    let mut judged = 0;
    let mut wrong = Vec::new();
    for entry in fs::read_dir(folder).expect("tests/wat is a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().and_then(|name| name.to_str()).expect("a name in Unicode");
        if !name.starts_with("valid-") && !name.starts_with("invalid-") {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a text");
        let line = text.lines().next().and_then(|line| line.strip_prefix(";; ")).expect(name);
        let module = wat::parse_str(&text).expect(name);
        let verdict = match validate(module) {
            Ok(()) => "valid".to_owned(),
            Err(Error::Invalid(error)) => format!("invalid: {error:#}"),
            Err(Error::Malformed(error)) => format!("malformed: {error}"),
        };
        judged += 1;
        if !verdict.starts_with(line) {
            wrong.push(format!("{name}: {verdict}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(judged > 40, "only {judged} modules were judged");
}

#[test]
fn an_error_says_where_it_is() {
    let text = "(module (func) (func $handle (drop)))";
    let Err(Error::Invalid(error)) = validate(wat::parse_str(text).expect("a text")) else {
        panic!("nothing is there to drop");
    };
    let (func, name) = error.function().expect("a function");
    assert_eq!((func.0, name), (1, Some("handle")));
    assert!(matches!(error.kind(), InvalidKind::Operands { .. }));
    assert_eq!(error.instruction().map(|op| op.name()), Some("drop"));
    assert!(error.offset().is_some());
}

#[test]
fn an_else_without_if_is_malformed() {
    let error = validate(function(&[], &[0x02, 0x40, 0x05, 0x0B, 0x0B]));
    let Err(Error::Malformed(error)) = error else { panic!("{error:?}") };
    assert!(error.to_string().starts_with("END opcode expected"), "{error}");
}

#[test]
fn the_first_invalid_function_is_reported_on_any_number_of_threads() {
    // Enough code for several threads; a third of the way in, every second function is invalid.
    let (valid, invalid) = ([&[0x01; 400][..], &[0x0B]].concat(), [0x1A, 0x0B]);
    let wrong = |position| position >= 1_000 && position % 2 == 1;
    let body = |position| (&[0][..], if wrong(position) { &invalid[..] } else { &valid[..] });
    let bytes = module(&[&[0x60, 0, 0]], &(0..3_000).map(body).collect::<Vec<_>>());
    for threads in (1..=4).filter_map(NonZeroUsize::new) {
        let module = decode(&*bytes, &Limits::default(), Features::default()).expect("well-formed");
        assert!(Threads::at_most(threads).for_code(module.code_size()) == threads);
        let types = RwLock::new(TypeRegistry::new());
        let result = validator::validate_on(Threads::at_most(threads), module, &types);
        let Err(Error::Invalid(error)) = result else { panic!("functions are invalid") };
        assert_eq!(error.function().map(|(func, _)| func.0), Some(1_001), "{threads} threads");
    }
}

#[test]
fn functions_of_a_thousand_parameters_are_not_laid_out() {
    let ty = [&[0x60][..], &leb(1_000), &[0x7F; 1_000], &[0]].concat();
    let code = [&[0x20][..], &leb(999), &[0x1A, 0x0B]].concat();
    validate(module(&[&ty], &vec![(&[0][..], &code[..]); 300_000])).expect("valid");
}

#[test]
fn a_million_nested_blocks_are_valid() {
    let code = [[0x02, 0x40].repeat(1_000_000), vec![0x0B; 1_000_001]].concat();
    validate(function(&[], &code)).expect("valid");
}

#[test]
fn a_br_table_of_millions_of_labels_with_a_thousand_operands_is_valid() {
    // Two blocks of equal but distinct types with a thousand results, and labels that alternate.
    let ty = [&[0x60, 0x00][..], &leb(1_000), &[0x7F; 1_000]].concat();
    let mut code = vec![0x02, 0x01, 0x02, 0x02];
    code.extend([0x41, 0x00].repeat(1_001));
    code.push(0x0E);
    code.extend(leb(2_000_000));
    code.extend([0, 1].repeat(1_000_000));
    code.push(0x00);
    code.extend([0x0B, 0x0B]);
    code.extend([0x1A].repeat(1_000));
    code.push(0x0B);
    validate(module(&[&[0x60, 0, 0], &ty, &ty], &[(&[0], &code)])).expect("valid");
}

#[test]
fn very_many_declared_locals_are_not_laid_out() {
    // Each of many functions declares fifty thousand locals in a few bytes and reads the last.
    let locals = [&[1][..], &leb(50_000), &[0x7F]].concat();
    let code = [&[0x20][..], &leb(49_999), &[0x1A, 0x0B]].concat();
    let bodies = vec![(&locals[..], &code[..]); 100_000];
    validate(module(&[&[0x60, 0, 0]], &bodies)).expect("valid");
}

#[test]
fn structures_of_very_many_fields_take_no_time_in_dead_code() {
    let ty = [&[0x5F][..], &leb(10_000), &[0x7F, 0x00].repeat(10_000)].concat();
    let new = [0xFB, 0x00, 0x01, 0x1A, 0xFB, 0x01, 0x01, 0x1A].repeat(500_000);
    let code = [&[0x00][..], &new, &[0x0B]].concat();
    validate(module(&[&[0x60, 0, 0], &ty], &[(&[0], &code)])).expect("valid");
}

#[test]
fn a_group_of_very_many_types_is_valid() {
    // Each type of the group refers to the last one.
    let count = 200_000;
    let ty = [&[0x5F, 0x01, 0x63][..], &leb(count), &[0x00]].concat();
    let group = [&[0x4E][..], &leb(count + 1), &[0x60, 0, 0], &ty.repeat(count)].concat();
    validate(module(&[&group], &[])).expect("valid");
}

#[test]
fn a_chain_of_supertypes_has_an_end() {
    let chain = |length: usize| {
        let ty = |sup: usize| [&[0x50, 0x01][..], &leb(sup), &[0x5F, 0x00]].concat();
        let types: Vec<_> =
            [vec![0x50, 0x00, 0x5F, 0x00]].into_iter().chain((0..length).map(ty)).collect();
        validate(module(&types.iter().map(|ty| &ty[..]).collect::<Vec<_>>(), &[]))
    };
    chain(63).expect("63 supertypes are allowed");
    let error = chain(64).expect_err("64 are not");
    assert_eq!(error.to_string(), "too many supertypes in a chain: 64, limit 63");
}

fn validate(module: Vec<u8>) -> Result<(), Error> {
    let module = decode(module, &Limits::default(), Features::default())?;
    validator::validate(module, &RwLock::new(TypeRegistry::new())).map(drop)
}

/// A module of one function `[] -> []`.
fn function(locals: &[u8], code: &[u8]) -> Vec<u8> {
    let locals = if locals.is_empty() { &[0] } else { locals };
    module(&[&[0x60, 0, 0]], &[(locals, code)])
}

/// A module of these types and functions of type 0: their locals and instructions.
fn module(types: &[&[u8]], bodies: &[(&[u8], &[u8])]) -> Vec<u8> {
    let section = |id: u8, entries: Vec<u8>, count: usize| {
        let content = [leb(count), entries].concat();
        [vec![id], leb(content.len()), content].concat()
    };
    let code = bodies
        .iter()
        .flat_map(|(locals, code)| [&leb(locals.len() + code.len())[..], locals, code].concat());
    [
        b"\0asm\x01\0\0\0".to_vec(),
        section(1, types.concat(), types.len()),
        section(3, vec![0; bodies.len()], bodies.len()),
        section(10, code.collect(), bodies.len()),
    ]
    .concat()
}

/// A number below 2^34 in LEB128, signed or not.
fn leb(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x40 {
        bytes.push((number & 0x7F) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}
