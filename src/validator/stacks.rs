//! The two stacks of validation: operands and control frames.
//!
//! This is the algorithm of the specification's appendix. After an unconditional branch the rest
//! of a block is unreachable: operands that are not there are of any type
//! ([`OperandType::BOTTOM`]). Nothing is allocated for an instruction or a block: block types are
//! slices of the module's. Spec: appendix/algorithm

use super::countable::Countable;
use super::invalid::{Invalid, InvalidKind, Result};
use super::operand::OperandType;
use crate::wasm::Operand;
use crate::wasm::subtyping::{Matching, ModuleTypes};

/// What a block gives: slices of the module's function types, or the one type of a short form.
#[derive(Clone, Copy, Debug)]
pub(super) enum Results<'m> {
    /// The results of a function type.
    Many(&'m [OperandType]),
    /// The one result of a block type without a function type.
    One(OperandType),
}

impl Results<'_> {
    /// Whether both are the very same slice, or one equal type. `false` says nothing.
    #[must_use]
    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Many(a), Self::Many(b)) => std::ptr::eq(*a, *b),
            (Self::One(a), Self::One(b)) => a == b,
            (Self::Many(_) | Self::One(_), Self::Many(_) | Self::One(_)) => false,
        }
    }

    /// The types in order.
    #[inline]
    #[must_use]
    pub(super) const fn as_slice(&self) -> &[OperandType] {
        match self {
            Self::Many(types) => types,
            Self::One(ty) => std::slice::from_ref(ty),
        }
    }
}

/// What a block takes and gives.
#[derive(Clone, Copy, Debug)]
pub(super) struct BlockSignature<'m> {
    /// What it takes.
    pub(super) params: &'m [OperandType],
    /// What it gives.
    pub(super) results: Results<'m>,
}

/// What opened a frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum FrameKind {
    /// The function itself, or a constant expression.
    Function,
    /// `block`.
    Block,
    /// `loop`.
    Loop,
    /// `if`, up to its `else`.
    If,
    /// `else`.
    Else,
    /// `try_table`.
    TryTable,
}

/// A block that is open.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame<'m> {
    /// What opened it.
    pub(super) kind: FrameKind,
    /// What it takes and gives.
    pub(super) signature: BlockSignature<'m>,
    /// How many operands lie below its own.
    pub(super) height: usize,
    /// Whether what follows can't be reached.
    pub(super) unreachable: bool,
    /// How many locals had been initialised when it was opened.
    pub(super) initialised: usize,
}

impl<'m> Frame<'m> {
    /// What a branch to the frame takes. Spec: appendix/algorithm (`label_types`)
    #[inline]
    #[must_use]
    pub(super) const fn label_types(&self) -> Results<'m> {
        match self.kind {
            FrameKind::Loop => Results::Many(self.signature.params),
            FrameKind::Function
            | FrameKind::Block
            | FrameKind::If
            | FrameKind::Else
            | FrameKind::TryTable => self.signature.results,
        }
    }
}

/// The operand stack and the control stack of a function.
#[derive(Debug)]
pub(super) struct Stacks<'m> {
    types: ModuleTypes<'m>,
    operands: Vec<OperandType>,
    frames: Vec<Frame<'m>>,
    /// The height of the innermost frame: what lies below is not its own.
    height: usize,
    /// How many operands there may be: `Limits::operands`.
    limit: usize,
}

impl<'m> Stacks<'m> {
    /// Empty stacks for code that uses these types.
    #[must_use]
    pub(super) const fn new(types: ModuleTypes<'m>, limit: usize) -> Self {
        Self { types, operands: Vec::new(), frames: Vec::new(), height: 0, limit }
    }

    /// Empties both stacks; what they have allocated stays.
    pub(super) fn clear(&mut self) {
        self.operands.clear();
        self.frames.clear();
        self.height = 0;
    }

    /// The open blocks, the innermost last.
    #[must_use]
    pub(super) fn frames(&self) -> &[Frame<'m>] {
        &self.frames
    }

    /// The innermost open block.
    ///
    /// The frames are never empty while instructions are validated: the decoder ends a body with
    /// the `end` that closes the function.
    #[must_use]
    pub(super) fn innermost(&self) -> &Frame<'m> {
        self.frames.last().expect("a body ends with its outermost block")
    }

    /// Pushes an operand.
    #[inline]
    pub(super) fn push_operand(&mut self, ty: OperandType) {
        self.operands.push(ty);
    }

    /// Pushes operands, the topmost last.
    #[inline]
    pub(super) fn push_operands(&mut self, types: &[OperandType]) -> Result<()> {
        match *types {
            [] => {}
            [ty] => self.operands.push(ty),
            _ => {
                self.check_height(types.len())?;
                self.operands.extend_from_slice(types);
            }
        }
        Ok(())
    }

    /// Checks that there may be so many operands more.
    #[inline]
    fn check_height(&self, more: usize) -> Result<()> {
        let count = self.operands.len() + more;
        if count <= self.limit {
            return Ok(());
        }
        let (what, limit) = (Countable::Operands, self.limit);
        Err(Invalid::new(InvalidKind::TooMany { what, count, limit }))
    }

    /// Pops an operand of whatever type; a bottom when unreachable code has none.
    pub(super) fn pop_any(&mut self) -> Result<OperandType> {
        if self.operands.len() > self.height {
            return Ok(self.operands.pop().expect("the stack is higher than the frame"));
        }
        if self.innermost().unreachable {
            return Ok(OperandType::BOTTOM);
        }
        Err(self.mismatch(&[OperandType::BOTTOM]))
    }

    /// Pops a reference of whatever type.
    pub(super) fn pop_reference(&mut self) -> Result<OperandType> {
        let found = self.pop_any()?;
        if found.is_reference() {
            Ok(found)
        } else if found == OperandType::BOTTOM {
            Ok(OperandType::REF_BOTTOM)
        } else {
            Err(Invalid::new(InvalidKind::NotReference { found }))
        }
    }

    /// Pops an operand that must match `ty`.
    #[inline]
    pub(super) fn pop_operand(&mut self, ty: OperandType) -> Result<()> {
        match self.operands.last() {
            Some(&top) if top == ty && self.operands.len() > self.height => {
                self.operands.pop();
                Ok(())
            }
            Some(_) | None => self.pop_unequal(&[ty]),
        }
    }

    /// Pops operands that must match `types`, the topmost last.
    #[inline]
    pub(super) fn pop_operands(&mut self, types: &[OperandType]) -> Result<()> {
        // Blocks and functions mostly take and give one operand or none.
        match *types {
            [] => return Ok(()),
            [ty] => return self.pop_operand(ty),
            _ => {}
        }
        let rest = self.operands.len().checked_sub(types.len()).filter(|&r| r >= self.height);
        match rest {
            Some(rest) if is_same(&self.operands[rest..], types) => {
                self.operands.truncate(rest);
                Ok(())
            }
            Some(_) | None => self.pop_unequal(types),
        }
    }

    /// Pops so many operands of one type. What unreachable code does not have takes no time.
    pub(super) fn pop_repeated(&mut self, ty: OperandType, count: usize) -> Result<()> {
        for _ in 0..count {
            if self.operands.len() == self.height && self.innermost().unreachable {
                return Ok(());
            }
            self.pop_operand(ty)?;
        }
        Ok(())
    }

    /// Pops what a row of the table takes and pushes what it gives; `addr` is the type of
    /// addresses. Copied to where the row is known: the lengths and types are constants there.
    #[inline(always)]
    pub(super) fn apply(
        &mut self,
        takes: &'static [Operand],
        gives: &'static [Operand],
        addr: OperandType,
    ) -> Result<()> {
        let of_row = |operand| OperandType::of_row(operand, addr);
        let own = &self.operands[self.height..];
        // Written out by length: a loop of one or two rounds costs more than what it compares.
        let fits = match (takes, own) {
            ([], _) => true,
            ([a], [.., x]) => of_row(*a) == *x,
            ([a, b], [.., x, y]) => of_row(*a) == *x && of_row(*b) == *y,
            ([a, b, c], [.., x, y, z]) => of_row(*a) == *x && of_row(*b) == *y && of_row(*c) == *z,
            _ => false,
        };
        if fits {
            self.operands.truncate(self.operands.len() - takes.len());
        } else {
            self.pop_row(takes, addr)?;
        }
        match *gives {
            [] => {}
            [ty] => self.operands.push(of_row(ty)),
            _ => self.operands.extend(gives.iter().map(|&ty| of_row(ty))),
        }
        Ok(())
    }

    #[cold]
    fn pop_row(&mut self, takes: &'static [Operand], addr: OperandType) -> Result<()> {
        let mut types = [OperandType::BOTTOM; 4];
        let types = &mut types[..takes.len()];
        for (ty, &operand) in types.iter_mut().zip(takes) {
            *ty = OperandType::of_row(operand, addr);
        }
        self.pop_unequal(types)
    }

    /// Checks that the topmost operands match `types` and leaves them there.
    #[inline]
    pub(super) fn check_operands(&self, types: &[OperandType]) -> Result<()> {
        let rest = self.operands.len().checked_sub(types.len()).filter(|&r| r >= self.height);
        match rest {
            Some(rest) if is_same(&self.operands[rest..], types) => Ok(()),
            Some(_) | None => self.check_unequal(types),
        }
    }

    /// Pops operands that must match `types` and pushes these: what a branch leaves that is not
    /// taken.
    #[inline]
    pub(super) fn retype_operands(&mut self, types: &[OperandType]) -> Result<()> {
        let rest = self.operands.len().checked_sub(types.len()).filter(|&r| r >= self.height);
        match rest {
            Some(rest) if is_same(&self.operands[rest..], types) => Ok(()),
            Some(_) | None => {
                self.pop_unequal(types)?;
                self.push_operands(types)
            }
        }
    }

    /// Opens a block; its operands have been popped.
    pub(super) fn push_control(
        &mut self,
        kind: FrameKind,
        signature: BlockSignature<'m>,
        initialised: usize,
    ) -> Result<()> {
        let height = self.operands.len();
        self.frames.push(Frame { kind, signature, height, unreachable: false, initialised });
        self.height = height;
        self.push_operands(signature.params)
    }

    /// Closes the innermost block: only its results may be left.
    pub(super) fn pop_control(&mut self) -> Result<Frame<'m>> {
        self.check_height(0)?;
        let frame = *self.innermost();
        let results = frame.signature.results;
        let results = results.as_slice();
        if self.check_operands(results).is_err()
            || self.operands.len() - self.height > results.len()
        {
            return Err(self.wrong_results(results));
        }
        self.operands.truncate(frame.height);
        self.frames.pop();
        self.height = self.frames.last().map_or(0, |frame| frame.height);
        Ok(frame)
    }

    /// What follows in the innermost block can't be reached.
    pub(super) fn set_unreachable(&mut self) {
        self.operands.truncate(self.height);
        if let Some(frame) = self.frames.last_mut() {
            frame.unreachable = true;
        }
    }

    /// Whether an operand of type `found` serves where `wanted` is required.
    #[must_use]
    pub(super) fn matches(&self, found: OperandType, wanted: OperandType) -> bool {
        if found == wanted || found == OperandType::BOTTOM {
            return true;
        }
        if found == OperandType::REF_BOTTOM {
            return wanted.is_reference();
        }
        match (found.ref_type(), wanted.ref_type()) {
            (Some(found), Some(wanted)) => self.types.ref_matches(found, wanted),
            (Some(_) | None, Some(_) | None) => false,
        }
    }

    #[cold]
    fn pop_unequal(&mut self, types: &[OperandType]) -> Result<()> {
        self.check_unequal(types)?;
        let present = types.len().min(self.operands.len() - self.height);
        self.operands.truncate(self.operands.len() - present);
        Ok(())
    }

    /// The types are not the very same: subtypes, bottoms, or wrong.
    #[cold]
    fn check_unequal(&self, types: &[OperandType]) -> Result<()> {
        let found = &self.operands[self.height..];
        if found.len() < types.len() && !self.innermost().unreachable {
            return Err(self.mismatch(types));
        }
        let mut pairs = found.iter().rev().zip(types.iter().rev());
        if pairs.all(|(&found, &wanted)| self.matches(found, wanted)) {
            Ok(())
        } else {
            Err(self.mismatch(types))
        }
    }

    #[cold]
    fn wrong_results(&self, requires: &[OperandType]) -> Invalid {
        /// How many operands past the results a message shows at most.
        const EXCESS: usize = 8;
        let found = &self.operands[self.height..];
        let found = &found[found.len().saturating_sub(requires.len() + EXCESS)..];
        Invalid::new(InvalidKind::BlockResults { requires: requires.into(), found: found.into() })
    }

    #[cold]
    fn mismatch(&self, requires: &[OperandType]) -> Invalid {
        let found = &self.operands[self.height..];
        let found = &found[found.len().saturating_sub(requires.len())..];
        Invalid::new(InvalidKind::Operands { requires: requires.into(), found: found.into() })
    }
}

/// Equality without an early exit, which the compiler turns into vector instructions: labels may
/// take a thousand operands, and each branch compares them all.
#[inline]
fn is_same(found: &[OperandType], wanted: &[OperandType]) -> bool {
    let differences = found.iter().zip(wanted).map(|(found, wanted)| found.difference(*wanted));
    found.len() == wanted.len() && differences.fold(0, |all, bits| all | bits) == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wasm::IndexSpace;

    const I32: OperandType = OperandType::I32;
    const I64: OperandType = OperandType::I64;
    const NOTHING: BlockSignature<'static> =
        BlockSignature { params: &[], results: Results::Many(&[]) };

    fn check(test: impl FnOnce(&mut Stacks<'_>)) {
        let types = IndexSpace::new();
        let mut stacks = Stacks::new(ModuleTypes { types: &types, ids: &[] }, 1_000);
        stacks.push_control(FrameKind::Function, NOTHING, 0).expect("it is the first");
        test(&mut stacks);
    }

    #[test]
    fn operands_below_a_block_are_out_of_its_reach() {
        check(|stacks| {
            stacks.push_operand(I32);
            stacks.push_control(FrameKind::Block, NOTHING, 0).expect("it takes nothing");
            let error = stacks.pop_operand(I32).expect_err("the operand is the outer block's");
            assert_eq!(
                error.to_string(),
                "type mismatch: instruction requires [i32] but stack has []"
            );
        });
    }

    #[test]
    fn unreachable_code_finds_what_it_wants_below_what_it_has() {
        check(|stacks| {
            stacks.set_unreachable();
            stacks.push_operand(I32);
            assert!(stacks.check_operands(&[I64, I32]).is_ok());
            assert!(stacks.check_operands(&[I32, I64]).is_err());
            assert!(stacks.pop_operands(&[I64, I32]).is_ok());
            assert_eq!(stacks.pop_any().ok(), Some(OperandType::BOTTOM));
        });
    }

    #[test]
    fn a_block_that_leaves_too_much_is_refused() {
        check(|stacks| {
            stacks.push_operand(I32);
            let error = stacks.pop_control().expect_err("the block gives nothing");
            assert_eq!(error.to_string(), "type mismatch: block requires [] but stack has [i32]");
        });
    }
}
