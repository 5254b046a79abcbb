//! One module on several engines.

use crate::ours::Way;
use serverless_wasm::decoder::{body, decode};
use serverless_wasm::wasm::{Features, Limits, Op};

use crate::outcome::Outcome;
use crate::{Tried, modules, ours, theirs};

/// This engine's ways agree on everything, and with wasmtime on all but counts and limits.
pub fn differential(bytes: &[u8]) -> Tried {
    let Some(module) = modules::of_every_proposal(bytes) else { return Ok(false) };
    let refused = |error| format!("a valid module is refused: {error}");
    let (expected, spent) = ours::outcome(Way::USUAL, &module).map_err(refused)?;
    for way in Way::OTHERS {
        let (found, also_spent) = ours::outcome(way, &module).map_err(refused)?;
        match compare(&expected, &found) {
            Ok(()) => {}
            Err(_) if leaves_nans_open(&module) => return Ok(false),
            Err(what) => return Err(format!("{way:?}: {what}")),
        }
        if also_spent != spent {
            return Err(format!("{way:?}: {also_spent} instructions instead of {spent}"));
        }
    }
    let theirs = theirs::outcome(&module).map_err(|error| format!("wasmtime: {error:#}"))?;
    if expected.is_limited() || theirs.is_limited() {
        return Ok(false);
    }
    match compare(&theirs, &expected) {
        Ok(()) => Ok(true),
        Err(_) if leaves_nans_open(&module) => Ok(false),
        Err(what) => Err(format!("unlike wasmtime: {what}")),
    }
}

/// Whether the module changes the width of floats or has relaxed operations on them: what becomes
/// of the payload of a NaN is open, and wasm-smith makes it the same after other instructions only.
fn leaves_nans_open(bytes: &[u8]) -> bool {
    let Ok(module) = decode(bytes, &Limits::default(), Features::default()) else { return false };
    let instrs = |body| body::locals(&module, body, 0).instrs();
    let all = module.bodies.iter().filter_map(|body| instrs(body).ok()).flatten().flatten();
    all.map(|(_, instr)| instr.op()).any(|op| {
        matches!(op, Op::F32DemoteF64 | Op::F64PromoteF32)
            || matches!(op, Op::F32x4DemoteF64x2Zero | Op::F64x2PromoteLowF32x4)
            || matches!(op, Op::F32x4RelaxedMin | Op::F32x4RelaxedMax)
            || matches!(op, Op::F64x2RelaxedMin | Op::F64x2RelaxedMax)
            || matches!(op, Op::F32x4RelaxedMadd | Op::F32x4RelaxedNmadd)
            || matches!(op, Op::F64x2RelaxedMadd | Op::F64x2RelaxedNmadd)
    })
}

/// What differs first.
fn compare(expected: &Outcome, found: &Outcome) -> Result<(), String> {
    if expected.start != found.start {
        return Err(format!("start: {:?} instead of {:?}", found.start, expected.start));
    }
    if let Some((a, b)) = expected.calls.iter().zip(&found.calls).find(|(a, b)| a != b) {
        return Err(format!("call {:?} instead of {:?}", b, a));
    }
    if expected.trace != found.trace {
        return Err(format!("host: {:?} instead of {:?}", found.trace, expected.trace));
    }
    for ((name, a), (_, b)) in expected.state.iter().zip(&found.state) {
        if a != b {
            let (a, b) = (format!("{a:?}"), format!("{b:?}"));
            let at = a.bytes().zip(b.bytes()).position(|(a, b)| a != b).unwrap_or(0);
            let near = |text: &str| text.chars().skip(at.saturating_sub(40)).take(80).collect();
            let (a, b): (String, String) = (near(&a), near(&b));
            return Err(format!("export {name:?}: {b} instead of {a}"));
        }
    }
    if expected.state.len() != found.state.len() || expected.calls.len() != found.calls.len() {
        return Err(String::from("not the same exports"));
    }
    Ok(())
}
