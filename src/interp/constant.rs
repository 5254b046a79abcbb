//! The values of constant expressions: of globals, tables, elements, and where segments go. They
//! run before anything of the instance does, so they have a small stack of their own.
//!
//! Spec: valid/instructions#constant-expressions, exec/modules#instantiation

use std::iter;
use std::ptr::NonNull;

use super::heap::i31_slot;
use super::module::ModuleInner;
use super::numeric::int::{I32Add, I32Mul, I32Sub, I64Add, I64Mul, I64Sub};
use super::numeric::{IntBinary, IntValue};
use super::store::StoreInner;
use super::store::global;
use super::store::instance::InstanceInst;
use super::trap::TrapKind;
use super::values::slots_of_v128;
use crate::decoder::body;
use crate::wasm::module::ConstExpr;
use crate::wasm::{CompositeType, Index, Instr, TypeIdx};

/// The slots of the expression's value; the second is used by a v128 alone.
pub(super) fn evaluate(
    core: &mut StoreInner,
    module: &ModuleInner,
    instance: NonNull<InstanceInst>,
    expr: &ConstExpr,
) -> Result<[u64; 2], TrapKind> {
    let mut stack = Vec::with_capacity(1);
    for instr in body::expr(&module.wasm, expr) {
        let (_, instr) = instr.expect("validated: constant expressions are well-formed");
        step(core, module, instance, &instr, &mut stack)?;
    }
    Ok(stack.pop().expect("validated: a constant expression gives a value"))
}

/// The address that the expression is, when it is one literal.
#[expect(clippy::wildcard_enum_match_arm, reason = "the two that give an address are named")]
pub(super) fn literal(module: &ModuleInner, expr: &ConstExpr) -> Option<u64> {
    let mut instrs = body::expr(&module.wasm, expr).map(|instr| instr.ok().map(|(_, instr)| instr));
    let value = match instrs.next()?? {
        Instr::I32Const { value } => u64::from(value.cast_unsigned()),
        Instr::I64Const { value } => value.cast_unsigned(),
        _ => return None,
    };
    matches!(instrs.next()??, Instr::End).then_some(value)
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the few that are constant are named")]
fn step(
    core: &mut StoreInner,
    module: &ModuleInner,
    instance: NonNull<InstanceInst>,
    instr: &Instr,
    stack: &mut Vec<[u64; 2]>,
) -> Result<(), TrapKind> {
    let value = match *instr {
        Instr::End => return Ok(()),
        Instr::I32Const { value } => [u64::from(value.cast_unsigned()), 0],
        Instr::I64Const { value } => [value.cast_unsigned(), 0],
        Instr::F32Const { value } => [u64::from(value.0), 0],
        Instr::F64Const { value } => [value.0, 0],
        Instr::V128Const { value } => slots_of_v128(value),
        Instr::RefNull { .. } => [0, 0],
        Instr::RefFunc { func } => [core.func_slot(instance, func), 0],
        Instr::GlobalGet { global } => {
            let at = InstanceInst::global_at(core, instance, global);
            global::read(core, module.wasm.globals[global].ty, at)
        }
        Instr::I32Add => binary::<I32Add>(stack)?,
        Instr::I32Sub => binary::<I32Sub>(stack)?,
        Instr::I32Mul => binary::<I32Mul>(stack)?,
        Instr::I64Add => binary::<I64Add>(stack)?,
        Instr::I64Sub => binary::<I64Sub>(stack)?,
        Instr::I64Mul => binary::<I64Mul>(stack)?,
        Instr::AnyConvertExtern | Instr::ExternConvertAny => return Ok(()),
        _ => [object(core, module, instance, instr, stack)?, 0],
    };
    stack.push(value);
    Ok(())
}

/// A reference that an instruction makes.
#[expect(clippy::wildcard_enum_match_arm, reason = "the few that make objects are named")]
fn object(
    core: &mut StoreInner,
    module: &ModuleInner,
    instance: NonNull<InstanceInst>,
    instr: &Instr,
    stack: &mut Vec<[u64; 2]>,
) -> Result<u64, TrapKind> {
    let kind = |ty: TypeIdx| module.type_ids[ty.to_usize()].0;
    let mut pop = || stack.pop().expect("validated: an instruction finds its operands");
    match *instr {
        Instr::RefI31 => Ok(i31_slot(pop()[0] as i32)),
        Instr::StructNew { ty } => {
            let count = match &module.wasm.types[ty].composite {
                CompositeType::Struct(fields) => fields.len(),
                CompositeType::Func(_) | CompositeType::Array(_) => 0,
            };
            let values = stack.split_off(stack.len() - count);
            core.new_struct(kind(ty), &values)
        }
        Instr::StructNewDefault { ty } => core.new_struct(kind(ty), &[]),
        Instr::ArrayNew { ty } => {
            let ([len, _], value) = (pop(), pop());
            core.new_array_of(kind(ty), iter::repeat_n(value, len as u32 as usize))
        }
        Instr::ArrayNewDefault { ty } => core.new_array(kind(ty), pop()[0] as u32),
        Instr::ArrayNewFixed { ty, count } => {
            let values = stack.split_off(stack.len() - count as usize);
            core.new_array_of(kind(ty), values.into_iter())
        }
        Instr::ArrayNewData { ty, data } => {
            let ([len, _], [offset, _]) = (pop(), pop());
            core.new_array_of_data(instance, kind(ty), data, offset as u32, len as u32)
        }
        Instr::ArrayNewElem { ty, elem } => {
            let ([len, _], [offset, _]) = (pop(), pop());
            core.new_array_of_elem(instance, kind(ty), elem, offset as u32, len as u32)
        }
        _ => unreachable!("validated: no other instruction is constant"),
    }
}

fn binary<O: IntBinary>(stack: &mut Vec<[u64; 2]>) -> Result<[u64; 2], TrapKind> {
    let mut pop = || stack.pop().expect("validated: an operator finds its operands");
    let ([b, _], [a, _]) = (pop(), pop());
    let result = O::apply(O::In::from_slot(a), O::In::from_slot(b))?;
    Ok([result.to_slot(), 0])
}
