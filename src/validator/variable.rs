//! Locals and globals.
//!
//! Locals come in runs of one type: a body of a few bytes may declare very many, so only the first,
//! parameters included, are laid out and the rest is searched. Locals without a default value must
//! be written before they are read; what a block has written counts until it ends.
//! Spec: valid/instructions#variable-instructions, appendix/algorithm

use super::instruction::FuncValidator;
use super::invalid::{Invalid, InvalidKind, Result, Space};
use super::operand::OperandType;
use crate::wasm::{GlobalIdx, LocalIdx};

impl FuncValidator<'_> {
    /// Spec: valid/instructions#valid-local-get
    #[inline]
    pub(super) fn local_get(&mut self, local: LocalIdx) -> Result<()> {
        let ty = self.locals.get(local)?;
        if !ty.is_defaultable() && !self.locals.is_initialised(local) {
            return Err(Invalid::new(InvalidKind::Uninitialised { local }));
        }
        self.stacks.push_operand(ty);
        Ok(())
    }

    /// Spec: valid/instructions#valid-local-set
    #[inline]
    pub(super) fn local_set(&mut self, local: LocalIdx) -> Result<()> {
        self.write(local).map(drop)
    }

    /// Spec: valid/instructions#valid-local-tee
    #[inline]
    pub(super) fn local_tee(&mut self, local: LocalIdx) -> Result<()> {
        let ty = self.write(local)?;
        self.stacks.push_operand(ty);
        Ok(())
    }

    /// Pops a local's new value; its type.
    #[inline]
    fn write(&mut self, local: LocalIdx) -> Result<OperandType> {
        let ty = self.locals.get(local)?;
        self.stacks.pop_operand(ty)?;
        if !ty.is_defaultable() {
            self.locals.initialise(local);
        }
        Ok(ty)
    }

    /// Spec: valid/instructions#valid-global-get
    pub(super) fn global_get(&mut self, global: GlobalIdx) -> Result<()> {
        let ty = self.module.global(global)?.ty;
        self.stacks.push_operand(OperandType::new(ty.content));
        Ok(())
    }

    /// Spec: valid/instructions#valid-global-set
    pub(super) fn global_set(&mut self, global: GlobalIdx) -> Result<()> {
        let ty = self.module.global(global)?.ty;
        if !ty.mutable {
            return Err(Invalid::new(InvalidKind::ImmutableGlobal));
        }
        self.stacks.pop_operand(OperandType::new(ty.content))
    }
}

/// How many locals are laid out; later ones are searched.
const LAID_OUT: usize = 128;

/// The locals of a function.
#[derive(Debug, Default)]
pub(super) struct Locals<'m> {
    params: &'m [OperandType],
    /// The types of the first locals, parameters included.
    first: Vec<OperandType>,
    /// The runs after the parameters: the number of locals up to each one's end, and their type.
    runs: Vec<(usize, OperandType)>,
    /// One bit a local, as far as any has been set; only for locals without a default value.
    initialised: Vec<u64>,
    /// The locals whose bits are set, in the order of writing.
    writes: Vec<LocalIdx>,
}

impl<'m> Locals<'m> {
    /// Starts with the parameters of the next function.
    pub(super) fn reset(&mut self, params: &'m [OperandType]) {
        self.params = params;
        self.first.clear();
        self.first.extend_from_slice(&params[..params.len().min(LAID_OUT)]);
        self.runs.clear();
        self.initialised.clear();
        self.writes.clear();
    }

    /// Adds a run of locals of one type. The decoder bounds their number.
    pub(super) fn declare(&mut self, count: u32, ty: OperandType) {
        let end = self.len() + count as usize;
        let room = LAID_OUT - self.first.len();
        self.first.extend(std::iter::repeat_n(ty, room.min(count as usize)));
        self.runs.push((end, ty));
    }

    /// How many there are.
    fn len(&self) -> usize {
        self.runs.last().map_or(self.params.len(), |&(end, _)| end)
    }

    /// The type of a local.
    #[inline]
    pub(super) fn get(&self, local: LocalIdx) -> Result<OperandType> {
        match self.first.get(local.0 as usize) {
            Some(&ty) => Ok(ty),
            None => self.search(local),
        }
    }

    #[cold]
    fn search(&self, local: LocalIdx) -> Result<OperandType> {
        let index = local.0 as usize;
        if let Some(&ty) = self.params.get(index) {
            return Ok(ty);
        }
        let run = self.runs.partition_point(|&(end, _)| end <= index);
        match self.runs.get(run) {
            Some(&(_, ty)) => Ok(ty),
            None => Err(Invalid::new(InvalidKind::unknown(Space::Local, local, self.len()))),
        }
    }

    fn is_initialised(&self, local: LocalIdx) -> bool {
        let index = local.0 as usize;
        let word = self.initialised.get(index / 64).copied().unwrap_or(0);
        index < self.params.len() || word & (1 << (index % 64)) != 0
    }

    fn initialise(&mut self, local: LocalIdx) {
        if self.is_initialised(local) {
            return;
        }
        let index = local.0 as usize;
        if index / 64 >= self.initialised.len() {
            self.initialised.resize(index / 64 + 1, 0);
        }
        self.initialised[index / 64] |= 1 << (index % 64);
        self.writes.push(local);
    }

    /// How many locals count as written.
    pub(super) fn writes(&self) -> usize {
        self.writes.len()
    }

    /// Forgets all writes but the first `kept`.
    #[inline]
    pub(super) fn forget_writes(&mut self, kept: usize) {
        while self.writes.len() > kept {
            let Some(LocalIdx(local)) = self.writes.pop() else { return };
            self.initialised[local as usize / 64] &= !(1 << (local % 64));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locals_of_many_runs_are_found() {
        let mut locals = Locals::default();
        locals.reset(&[OperandType::F32]);
        locals.declare(100, OperandType::I32);
        locals.declare(0, OperandType::V128);
        locals.declare(10_000, OperandType::I64);
        locals.declare(1, OperandType::F64);
        let check = |local, ty| assert_eq!(locals.get(LocalIdx(local)).ok(), ty, "{local}");
        check(0, Some(OperandType::F32));
        check(1, Some(OperandType::I32));
        check(100, Some(OperandType::I32));
        check(101, Some(OperandType::I64));
        check(10_100, Some(OperandType::I64));
        check(10_101, Some(OperandType::F64));
        check(10_102, None);
    }

    #[test]
    fn parameters_past_the_laid_out_locals_are_found() {
        let mut params = vec![OperandType::I32; LAID_OUT + 2];
        params[LAID_OUT] = OperandType::F64;
        let mut locals = Locals::default();
        locals.reset(&params);
        locals.declare(1, OperandType::I64);
        let check = |local, ty| assert_eq!(locals.get(LocalIdx(local)).ok(), ty, "{local}");
        check(127, Some(OperandType::I32));
        check(128, Some(OperandType::F64));
        check(129, Some(OperandType::I32));
        check(130, Some(OperandType::I64));
        check(131, None);
    }

    #[test]
    fn writes_are_forgotten_in_reverse() {
        let mut locals = Locals::default();
        locals.reset(&[]);
        locals.initialise(LocalIdx(70));
        let kept = locals.writes();
        locals.initialise(LocalIdx(3));
        locals.initialise(LocalIdx(70));
        locals.forget_writes(kept);
        assert!(locals.is_initialised(LocalIdx(70)));
        assert!(!locals.is_initialised(LocalIdx(3)));
    }
}
