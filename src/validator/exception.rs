//! Throwing and catching.
//!
//! Spec: valid/instructions#valid-throw, <https://github.com/WebAssembly/exception-handling>;
//! not the older `try`, `catch` and `rethrow`.

use super::instruction::FuncValidator;
use super::invalid::{Invalid, InvalidKind, Result};
use super::operand::OperandType;
use super::reference::null_or;
use super::stacks::FrameKind;
use crate::decoder::body;
use crate::wasm::{AbsHeapType, BlockType, Catch, CatchList, LabelIdx, TagIdx};

const EXNREF: OperandType = null_or(AbsHeapType::Exn);

impl FuncValidator<'_> {
    /// Spec: valid/instructions#valid-throw
    pub(super) fn throw(&mut self, tag: TagIdx) -> Result<()> {
        self.stacks.pop_operands(self.module.tag(tag)?)?;
        self.stacks.set_unreachable();
        Ok(())
    }

    /// Spec: valid/instructions#valid-throw-ref
    pub(super) fn throw_ref(&mut self) -> Result<()> {
        self.stacks.pop_operand(EXNREF)?;
        self.stacks.set_unreachable();
        Ok(())
    }

    /// The labels of the clauses are those outside of the block.
    /// Spec: valid/instructions#valid-try-table
    pub(super) fn try_table(&mut self, ty: BlockType, catches: CatchList) -> Result<()> {
        body::catches(self.module.module, catches).try_for_each(|catch| self.catch(catch))?;
        self.block(FrameKind::TryTable, ty)
    }

    /// Spec: valid/instructions#valid-catch
    fn catch(&self, catch: Catch) -> Result<()> {
        match catch {
            Catch::One { tag, label } => self.catch_with(self.module.tag(tag)?, None, label),
            Catch::OneRef { tag, label } => {
                self.catch_with(self.module.tag(tag)?, Some(EXNREF.non_null()), label)
            }
            Catch::All { label } => self.catch_with(&[], None, label),
            Catch::AllRef { label } => self.catch_with(&[], Some(EXNREF.non_null()), label),
        }
    }

    /// The label must take the values of the exception and, perhaps, the exception itself.
    fn catch_with(
        &self,
        values: &[OperandType],
        exception: Option<OperandType>,
        label: LabelIdx,
    ) -> Result<()> {
        let types = self.label_types(label)?;
        let types = types.as_slice();
        let matches = match (exception, types.split_last()) {
            (Some(exception), Some((&last, rest))) => {
                self.stacks.matches(exception, last) && self.match_all(values, rest)
            }
            (Some(_), None) => false,
            (None, _) => self.match_all(values, types),
        };
        if matches {
            return Ok(());
        }
        let gives = values.iter().copied().chain(exception).collect();
        Err(Invalid::new(InvalidKind::Transfer { gives, takes: types.into() }))
    }
}
