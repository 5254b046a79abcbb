//! Constant expressions: the values of globals, tables, elements, and the places of segments.
//!
//! They are checked as bodies are, but for what may stand in them: instructions that compute
//! without a store, and globals that are known by then and never change.
//! Spec: valid/instructions#constant-expressions

use super::Error;
use super::context::Context;
use super::instruction::{FuncSet, FuncValidator, References};
use super::invalid::{Invalid, InvalidKind, Result, Space};
use super::operand::OperandType;
use super::stacks::{BlockSignature, FrameKind, Results};
use crate::decoder::body;
use crate::wasm::module::ConstExpr;
use crate::wasm::{FuncIdx, GlobalIdx, Index, Instr};

/// Validates constant expressions and collects the functions that they name.
pub(super) struct Constants<'m> {
    validator: FuncValidator<'m>,
    /// How many globals the expressions may read.
    globals: usize,
}

impl<'m> Constants<'m> {
    pub(super) fn new(module: &'m Context<'m>) -> Self {
        let refs = References::Declare(FuncSet::default());
        Self { validator: FuncValidator::new(module, refs), globals: 0 }
    }

    /// From now on the first `count` globals may be read.
    pub(super) fn show_globals(&mut self, count: usize) {
        self.globals = count;
    }

    /// A function is named without an expression.
    pub(super) fn declare(&mut self, func: FuncIdx) -> Result<()> {
        self.validator.refer(func)
    }

    /// The functions that have been named.
    pub(super) fn into_declared(self) -> FuncSet {
        self.validator.into_declared()
    }

    /// The expression must be constant and give one operand of this type.
    pub(super) fn check(&mut self, expr: &ConstExpr, ty: OperandType) -> Result<(), Error> {
        let signature = BlockSignature { params: &[], results: Results::One(ty) };
        self.validator.stacks.clear();
        self.validator
            .stacks
            .push_control(FrameKind::Function, signature, 0)
            .map_err(Error::Invalid)?;
        for instr in body::expr(self.validator.module.module, expr) {
            let (offset, instr) = instr?;
            self.check_constant(&instr)
                .and_then(|()| self.validator.any_step(&instr))
                .map_err(|error| error.in_instruction(instr.op(), offset))?;
        }
        Ok(())
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the few are named, all others refused")]
    fn check_constant(&self, instr: &Instr) -> Result<()> {
        match *instr {
            Instr::I32Const { .. }
            | Instr::I64Const { .. }
            | Instr::F32Const { .. }
            | Instr::F64Const { .. }
            | Instr::V128Const { .. }
            | Instr::I32Add
            | Instr::I32Sub
            | Instr::I32Mul
            | Instr::I64Add
            | Instr::I64Sub
            | Instr::I64Mul
            | Instr::RefNull { .. }
            | Instr::RefFunc { .. }
            | Instr::RefI31
            | Instr::StructNew { .. }
            | Instr::StructNewDefault { .. }
            | Instr::ArrayNew { .. }
            | Instr::ArrayNewDefault { .. }
            | Instr::ArrayNewFixed { .. }
            | Instr::AnyConvertExtern
            | Instr::ExternConvertAny
            | Instr::End => Ok(()),
            Instr::GlobalGet { global } => self.check_global(global),
            _ => Err(Invalid::new(InvalidKind::NotConstant)),
        }
    }

    fn check_global(&self, global: GlobalIdx) -> Result<()> {
        let found = self.validator.module.global(global)?;
        if global.to_usize() >= self.globals {
            return Err(Invalid::new(InvalidKind::unknown(Space::Global, global, self.globals)));
        }
        if found.ty.mutable { Err(Invalid::new(InvalidKind::NotConstant)) } else { Ok(()) }
    }
}
