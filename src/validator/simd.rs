//! Vectors: lanes must exist. What vector instructions take and give is in the table.
//!
//! Spec: valid/instructions#vector-instructions

use super::instruction::FuncValidator;
use super::invalid::{Invalid, InvalidKind, Result};
use crate::wasm::{Instr, LaneIdx, Lanes};

/// Lanes that `i8x16.shuffle` chooses from: those of both vectors.
const SHUFFLED: u8 = 32;

impl FuncValidator<'_> {
    /// An instruction on one lane of so many.
    #[inline(never)]
    pub(super) fn with_lane(&mut self, instr: &Instr, lane: LaneIdx, lanes: u8) -> Result<()> {
        check(lane.0, lanes)?;
        self.fixed(instr)
    }

    /// Spec: valid/instructions#valid-vshuffle
    #[inline(never)]
    pub(super) fn shuffle(&mut self, instr: &Instr, lanes: Lanes) -> Result<()> {
        lanes.0.iter().try_for_each(|&lane| check(lane, SHUFFLED))?;
        self.fixed(instr)
    }
}

fn check(lane: u8, lanes: u8) -> Result<()> {
    if lane < lanes {
        return Ok(());
    }
    Err(Invalid::new(InvalidKind::Lane { lane, lanes }))
}
