//! Blocks, branches, `drop` and `select`.
//!
//! Spec: valid/instructions#control-instructions, appendix/algorithm

use super::instruction::FuncValidator;
use super::invalid::{Invalid, InvalidKind, Result, Space};
use super::operand::OperandType;
use super::stacks::{BlockSignature, Frame, FrameKind, Results};
use crate::decoder::body;
use crate::wasm::{BlockType, Index, LabelIdx, LabelList, TypeList};

impl<'m> FuncValidator<'m> {
    /// Spec: valid/instructions#valid-unreachable
    pub(super) fn unreachable(&mut self) -> Result<()> {
        self.stacks.set_unreachable();
        Ok(())
    }

    /// Spec: valid/instructions#valid-block
    pub(super) fn block(&mut self, kind: FrameKind, ty: BlockType) -> Result<()> {
        let signature = self.module.block_type(ty)?;
        self.open(kind, signature)
    }

    /// Spec: valid/instructions#valid-if
    pub(super) fn if_(&mut self, ty: BlockType) -> Result<()> {
        let signature = self.module.block_type(ty)?;
        self.stacks.pop_operand(OperandType::I32)?;
        self.open(FrameKind::If, signature)
    }

    fn open(&mut self, kind: FrameKind, signature: BlockSignature<'m>) -> Result<()> {
        self.stacks.pop_operands(signature.params)?;
        self.stacks.push_control(kind, signature, self.locals.writes())
    }

    /// Ends the first branch of an `if`. That there is one is the decoder's to check.
    pub(super) fn else_(&mut self) -> Result<()> {
        let frame = self.stacks.pop_control()?;
        self.locals.forget_writes(frame.initialised);
        self.stacks.push_control(FrameKind::Else, frame.signature, frame.initialised)
    }

    /// Spec: valid/instructions#valid-block
    pub(super) fn end(&mut self) -> Result<()> {
        let frame = self.stacks.pop_control()?;
        if frame.kind == FrameKind::If {
            self.check_missing_else(&frame)?;
        }
        self.locals.forget_writes(frame.initialised);
        self.stacks.push_operands(frame.signature.results.as_slice())
    }

    /// Without `else`, the operands of an `if` are its results.
    fn check_missing_else(&self, frame: &Frame<'m>) -> Result<()> {
        let (params, results) = (frame.signature.params, frame.signature.results.as_slice());
        if self.match_all(params, results) {
            return Ok(());
        }
        let (params, results) = (params.into(), results.into());
        Err(Invalid::new(InvalidKind::IfWithoutElse { params, results }))
    }

    /// The frame that a label names.
    #[inline]
    pub(super) fn label(&self, label: LabelIdx) -> Result<&Frame<'m>> {
        let frames = self.stacks.frames();
        let position = frames.len().checked_sub(label.to_usize() + 1);
        position
            .and_then(|position| frames.get(position))
            .ok_or_else(|| Invalid::new(InvalidKind::unknown(Space::Label, label, frames.len())))
    }

    /// What a branch to the label takes.
    #[inline]
    pub(super) fn label_types(&self, label: LabelIdx) -> Result<Results<'m>> {
        Ok(self.label(label)?.label_types())
    }

    /// Spec: valid/instructions#valid-br
    pub(super) fn br(&mut self, label: LabelIdx) -> Result<()> {
        let types = self.label_types(label)?;
        self.stacks.pop_operands(types.as_slice())?;
        self.stacks.set_unreachable();
        Ok(())
    }

    /// Spec: valid/instructions#valid-br-if
    pub(super) fn br_if(&mut self, label: LabelIdx) -> Result<()> {
        self.stacks.pop_operand(OperandType::I32)?;
        let types = self.label_types(label)?;
        self.stacks.retype_operands(types.as_slice())
    }

    /// Spec: valid/instructions#valid-br-table
    ///
    /// A label that takes the very slice the last one took is checked already, so a long list of
    /// labels with many operands costs no more than its length.
    pub(super) fn br_table(&mut self, labels: LabelList) -> Result<()> {
        let LabelList { default, .. } = labels;
        self.stacks.pop_operand(OperandType::I32)?;
        let default_types = self.label_types(default)?;
        let arity = default_types.as_slice().len();
        let mut checked = default_types;
        self.stacks.check_operands(default_types.as_slice())?;
        for label in body::labels(self.module.module, labels) {
            let types = self.label_types(label)?;
            if types.is_same(&checked) {
                continue;
            }
            if types.as_slice().len() != arity {
                let (arity, default) = (types.as_slice().len(), arity);
                return Err(Invalid::new(InvalidKind::LabelArity { label, arity, default }));
            }
            self.stacks.check_operands(types.as_slice())?;
            checked = types;
        }
        self.stacks.pop_operands(default_types.as_slice())?;
        self.stacks.set_unreachable();
        Ok(())
    }

    /// Spec: valid/instructions#valid-return
    pub(super) fn return_(&mut self) -> Result<()> {
        let types = self.results();
        self.stacks.pop_operands(types.as_slice())?;
        self.stacks.set_unreachable();
        Ok(())
    }

    /// What the function gives.
    pub(super) fn results(&self) -> Results<'m> {
        self.stacks.frames()[0].signature.results
    }

    /// Spec: valid/instructions#valid-drop
    pub(super) fn drop_(&mut self) -> Result<()> {
        self.stacks.pop_any().map(drop)
    }

    /// Spec: valid/instructions#valid-select
    pub(super) fn select(&mut self) -> Result<()> {
        self.stacks.pop_operand(OperandType::I32)?;
        let second = self.stacks.pop_any()?;
        let first = self.stacks.pop_any()?;
        let ty = if first == OperandType::BOTTOM { second } else { first };
        let equal = second == ty || second == OperandType::BOTTOM;
        if !equal || ty.is_reference() {
            return Err(Invalid::new(InvalidKind::Select { first, second }));
        }
        self.stacks.push_operand(ty);
        Ok(())
    }

    /// `select` with its type. Spec: valid/instructions#valid-select
    pub(super) fn select_typed(&mut self, types: TypeList) -> Result<()> {
        let TypeList { count, .. } = types;
        let ty = match body::types(self.module.module, types).next() {
            Some(ty) if count == 1 => ty,
            Some(_) | None => return Err(Invalid::new(InvalidKind::SelectArity { count })),
        };
        self.module.check_val_type(ty)?;
        let ty = OperandType::new(ty);
        self.stacks.pop_operands(&[ty, ty, OperandType::I32])?;
        self.stacks.push_operand(ty);
        Ok(())
    }

    /// Whether operands of these types serve where those are taken.
    pub(super) fn match_all(&self, given: &[OperandType], taken: &[OperandType]) -> bool {
        given.len() == taken.len()
            && given.iter().zip(taken).all(|(&given, &taken)| self.stacks.matches(given, taken))
    }
}
