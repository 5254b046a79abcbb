//! One function: each instruction against the two stacks.
//!
//! Instructions with a fixed signature are checked by their row of the table; the special ones
//! have a method each, in the file of their family. Spec: valid/instructions

use super::Error;
use super::aggregate::Reading;
use super::context::{Context, FuncSignature};
use super::invalid::{Invalid, InvalidKind, Result};
use super::operand::OperandType;
use super::stacks::{BlockSignature, FrameKind, Results, Stacks};
use super::variable::Locals;
use crate::decoder::body::{self, Take};
use crate::decoder::{Malformed, MalformedKind};
use crate::wasm::module::Body;
use crate::wasm::{FuncIdx, Instr, RefType, Signature};

/// Validates functions, one after another; the buffers are used again.
#[derive(Debug)]
pub(super) struct FuncValidator<'m> {
    pub(super) module: &'m Context<'m>,
    pub(super) stacks: Stacks<'m>,
    pub(super) locals: Locals<'m>,
    refs: References<'m>,
}

/// What `ref.func` means to the functions it names.
#[derive(Debug)]
pub(super) enum References<'m> {
    /// Outside of bodies it declares them.
    Declare(FuncSet),
    /// In bodies they must have been declared.
    Declared(&'m FuncSet),
}

/// A set of functions: one bit each.
#[derive(Default, Debug)]
pub(super) struct FuncSet(Vec<u64>);

impl FuncSet {
    /// Adds a function of the module.
    pub(super) fn insert(&mut self, FuncIdx(func): FuncIdx) {
        let word = func as usize / 64;
        if word >= self.0.len() {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (func % 64);
    }

    fn contains(&self, FuncIdx(func): FuncIdx) -> bool {
        self.0.get(func as usize / 64).is_some_and(|word| word & (1 << (func % 64)) != 0)
    }
}

impl<'m> FuncValidator<'m> {
    pub(super) fn new(module: &'m Context<'m>, refs: References<'m>) -> Self {
        let stacks = Stacks::new(module.types, module.module.limits.operands);
        Self { module, stacks, locals: Locals::default(), refs }
    }

    /// Validates a function. Spec: valid/modules#functions
    pub(super) fn function(&mut self, func: FuncIdx, body: &Body) -> Result<(), Error> {
        self.body(func, body).map_err(|error| match error {
            Error::Invalid(invalid) => {
                Error::Invalid(invalid.in_function(func, self.module.module.func_name(func)))
            }
            malformed @ Error::Malformed(_) => malformed,
        })
    }

    fn body(&mut self, func: FuncIdx, body: &Body) -> Result<(), Error> {
        let FuncSignature { params, results } = self.module.func_type(self.module.func(func)?)?;
        let mut locals = body::locals(self.module.module, body, params.len());
        self.locals.reset(params);
        for group in &mut locals {
            let (count, ty) = group?;
            self.module.check_val_type(ty).map_err(|error| error.at(body.range.start))?;
            self.locals.declare(count, OperandType::new(ty));
        }
        let signature = BlockSignature { params: &[], results: Results::Many(results) };
        self.stacks.clear();
        self.stacks.push_control(FrameKind::Function, signature, 0)?;
        locals.instrs()?.walk(self)
    }

    /// Takes the set of functions that constant expressions have declared.
    pub(super) fn into_declared(self) -> FuncSet {
        match self.refs {
            References::Declare(declared) => declared,
            References::Declared(_) => FuncSet::default(),
        }
    }

    /// `ref.func` names the function.
    pub(super) fn refer(&mut self, func: FuncIdx) -> Result<()> {
        match &mut self.refs {
            References::Declare(declared) => declared.insert(func),
            References::Declared(declared) if declared.contains(func) => {}
            References::Declared(_) => {
                return Err(Invalid::new(InvalidKind::Undeclared { func }));
            }
        }
        Ok(())
    }

    /// An instruction whose row says what it takes and gives.
    #[inline(always)]
    pub(super) fn fixed(&mut self, instr: &Instr) -> Result<()> {
        let row = instr.op().row();
        let Signature::Fixed { takes, gives } = row.signature else {
            unreachable!("{} is special and needs a method", row.name);
        };
        let addr = match row.touches {
            0 => OperandType::I32,
            _ => {
                let at = instr.mem_arg().expect("what touches memory has a memory argument");
                self.access(at, row)?
            }
        };
        self.stacks.apply(takes, gives, addr)
    }
}

/// Bodies are validated while they are decoded.
impl Take for FuncValidator<'_> {
    type Error = Error;

    #[inline(always)]
    fn take(&mut self, offset: usize, instr: Instr) -> Result<(), Error> {
        if matches!(instr, Instr::Else) && self.stacks.innermost().kind != FrameKind::If {
            return Err(Malformed::new(offset, MalformedKind::EndExpected).into());
        }
        self.step(&instr).map_err(|error| error.in_instruction(instr.op(), offset).into())
    }
}

impl FuncValidator<'_> {
    /// An instruction that is no constant where it is checked: out of line.
    #[inline(never)]
    pub(super) fn any_step(&mut self, instr: &Instr) -> Result<()> {
        self.step(instr)
    }

    /// Checks an instruction and does to the stacks what it does. It is copied to where the
    /// instruction is known, and all but an arm falls away.
    #[inline(always)]
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the last arm serves the table's fixed rows"
    )]
    pub(super) fn step(&mut self, instr: &Instr) -> Result<()> {
        match *instr {
            // Control.
            Instr::Unreachable => self.unreachable(),
            Instr::Block { ty } => self.block(FrameKind::Block, ty),
            Instr::Loop { ty } => self.block(FrameKind::Loop, ty),
            Instr::If { ty } => self.if_(ty),
            Instr::Else => self.else_(),
            Instr::End => self.end(),
            Instr::Br { label } => self.br(label),
            Instr::BrIf { label } => self.br_if(label),
            Instr::BrTable { labels } => self.br_table(labels),
            Instr::Return => self.return_(),
            Instr::Drop => self.drop_(),
            Instr::Select => self.select(),
            Instr::SelectTyped { types } => self.select_typed(types),
            // Calls.
            Instr::Call { func } => self.call(func),
            Instr::CallIndirect { ty, table } => self.call_indirect(ty, table),
            Instr::CallRef { ty } => self.call_ref(ty),
            Instr::ReturnCall { func } => self.return_call(func),
            Instr::ReturnCallIndirect { ty, table } => self.return_call_indirect(ty, table),
            Instr::ReturnCallRef { ty } => self.return_call_ref(ty),
            // Exceptions.
            Instr::Throw { tag } => self.throw(tag),
            Instr::ThrowRef => self.throw_ref(),
            Instr::TryTable { ty, catches } => self.try_table(ty, catches),
            // Variables.
            Instr::LocalGet { local } => self.local_get(local),
            Instr::LocalSet { local } => self.local_set(local),
            Instr::LocalTee { local } => self.local_tee(local),
            Instr::GlobalGet { global } => self.global_get(global),
            Instr::GlobalSet { global } => self.global_set(global),
            // Tables.
            Instr::TableGet { table } => self.table_get(table),
            Instr::TableSet { table } => self.table_set(table),
            Instr::TableSize { table } => self.table_size(table),
            Instr::TableGrow { table } => self.table_grow(table),
            Instr::TableFill { table } => self.table_fill(table),
            Instr::TableCopy { to, from } => self.table_copy(to, from),
            Instr::TableInit { elem, table } => self.table_init(elem, table),
            Instr::ElemDrop { elem } => self.elem_drop(elem),
            // Memories.
            Instr::MemorySize { memory } => self.memory_size(memory),
            Instr::MemoryGrow { memory } => self.memory_grow(memory),
            Instr::MemoryFill { memory } => self.memory_fill(memory),
            Instr::MemoryCopy { to, from } => self.memory_copy(to, from),
            Instr::MemoryInit { data, memory } => self.memory_init(data, memory),
            Instr::DataDrop { data } => self.data_drop(data),
            // References.
            Instr::RefNull { heap } => self.ref_null(heap),
            Instr::RefIsNull => self.ref_is_null(),
            Instr::RefFunc { func } => self.ref_func(func),
            Instr::RefAsNonNull => self.ref_as_non_null(),
            Instr::RefEq => self.ref_eq(),
            Instr::RefTest { heap } | Instr::RefTestNull { heap } => self.ref_test(heap),
            Instr::RefCast { heap } => self.ref_cast(RefType::non_null(heap)),
            Instr::RefCastNull { heap } => self.ref_cast(RefType::nullable(heap)),
            Instr::BrOnNull { label } => self.br_on_null(label),
            Instr::BrOnNonNull { label } => self.br_on_non_null(label),
            Instr::BrOnCast { nulls, label, from, to } => {
                self.br_on_cast(label, nulls.from_type(from), nulls.to_type(to))
            }
            Instr::BrOnCastFail { nulls, label, from, to } => {
                self.br_on_cast_fail(label, nulls.from_type(from), nulls.to_type(to))
            }
            Instr::AnyConvertExtern => self.any_convert_extern(),
            Instr::ExternConvertAny => self.extern_convert_any(),
            // Aggregates.
            Instr::StructNew { ty } => self.struct_new(ty),
            Instr::StructNewDefault { ty } => self.struct_new_default(ty),
            Instr::StructGet { ty, field } => self.struct_get(ty, field, Reading::Plain),
            Instr::StructGetS { ty, field } | Instr::StructGetU { ty, field } => {
                self.struct_get(ty, field, Reading::Extended)
            }
            Instr::StructSet { ty, field } => self.struct_set(ty, field),
            Instr::ArrayNew { ty } => self.array_new(ty),
            Instr::ArrayNewDefault { ty } => self.array_new_default(ty),
            Instr::ArrayNewFixed { ty, count } => self.array_new_fixed(ty, count),
            Instr::ArrayNewData { ty, data } => self.array_new_data(ty, data),
            Instr::ArrayNewElem { ty, elem } => self.array_new_elem(ty, elem),
            Instr::ArrayGet { ty } => self.array_get(ty, Reading::Plain),
            Instr::ArrayGetS { ty } | Instr::ArrayGetU { ty } => {
                self.array_get(ty, Reading::Extended)
            }
            Instr::ArraySet { ty } => self.array_set(ty),
            Instr::ArrayLen => self.array_len(),
            Instr::ArrayFill { ty } => self.array_fill(ty),
            Instr::ArrayCopy { to, from } => self.array_copy(to, from),
            Instr::ArrayInitData { ty, data } => self.array_init_data(ty, data),
            Instr::ArrayInitElem { ty, elem } => self.array_init_elem(ty, elem),
            Instr::RefI31 => self.ref_i31(),
            Instr::I31GetS | Instr::I31GetU => self.i31_get(),
            // Lanes.
            Instr::I8x16Shuffle { lanes } => self.shuffle(instr, lanes),
            Instr::I8x16ExtractLaneS { lane }
            | Instr::I8x16ExtractLaneU { lane }
            | Instr::I8x16ReplaceLane { lane }
            | Instr::V128Load8Lane { lane, .. }
            | Instr::V128Store8Lane { lane, .. } => self.with_lane(instr, lane, 16),
            Instr::I16x8ExtractLaneS { lane }
            | Instr::I16x8ExtractLaneU { lane }
            | Instr::I16x8ReplaceLane { lane }
            | Instr::V128Load16Lane { lane, .. }
            | Instr::V128Store16Lane { lane, .. } => self.with_lane(instr, lane, 8),
            Instr::I32x4ExtractLane { lane }
            | Instr::I32x4ReplaceLane { lane }
            | Instr::F32x4ExtractLane { lane }
            | Instr::F32x4ReplaceLane { lane }
            | Instr::V128Load32Lane { lane, .. }
            | Instr::V128Store32Lane { lane, .. } => self.with_lane(instr, lane, 4),
            Instr::I64x2ExtractLane { lane }
            | Instr::I64x2ReplaceLane { lane }
            | Instr::F64x2ExtractLane { lane }
            | Instr::F64x2ReplaceLane { lane }
            | Instr::V128Load64Lane { lane, .. }
            | Instr::V128Store64Lane { lane, .. } => self.with_lane(instr, lane, 2),
            // Everything else is a row with a fixed signature.
            _ => self.fixed(instr),
        }
    }
}
