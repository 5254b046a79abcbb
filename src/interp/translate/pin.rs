//! A look over a function before it is translated: which locals are pinned, which need their zero,
//! and whether the machine runs all of its instructions.

use crate::decoder::body;
use crate::wasm::module::{Body, Module};
use crate::wasm::{FuncType, Instr, V128, ValType};

/// What the look found.
pub(super) struct Survey {
    /// The types of all locals, parameters first.
    pub(super) types: Vec<ValType>,
    /// The integer locals that live in registers.
    pub(super) pins: [Option<u32>; 2],
    /// The float locals that live in registers.
    pub(super) float_pins: [Option<u32>; 2],
    /// Which locals are read before they are written on some path, and so need their zero.
    pub(super) zero: Vec<bool>,
    /// Vector constants that loops use.
    pub(super) constants: Vec<V128>,
    /// The deepest that loops are nested: no more than this many levels count.
    depth: u32,
    uses: Vec<u64>,
    /// Calls, each weighted like a use.
    calls: u64,
}

/// A use counts eight times as much for each loop around it, up to this depth.
const DEPTH: u32 = 5;
const WEIGHT: u64 = 8;
/// As many uses pay for what a call costs a pinned float: a store and a load of it.
const CALL: u64 = 4;

/// As many vector constants of loops lie in the frame; each costs an op when it is entered.
const CONSTANTS: usize = 16;

impl Survey {
    /// Looks over a body.
    pub(super) fn of(module: &Module, ty: &FuncType, body: &Body) -> Self {
        let mut types = ty.params.to_vec();
        let locals = body::locals(module, body, types.len());
        for (count, ty) in locals.clone().flatten() {
            types.resize(types.len() + count as usize, ty);
        }
        let count = types.len();
        let mut survey = Self {
            types,
            pins: [None; 2],
            float_pins: [None; 2],
            zero: vec![false; count],
            constants: Vec::new(),
            depth: 0,
            uses: vec![0; count],
            calls: 0,
        };
        survey.walk(locals, ty.params.len());
        survey.choose();
        survey
    }

    /// Whether the local lives in a register.
    pub(super) fn is_pinned(&self, local: usize) -> bool {
        let local = Some(local as u32);
        self.pins.contains(&local) || self.float_pins.contains(&local)
    }

    /// Counts uses, and finds locals that are read before they are surely written: a write inside
    /// a block counts up to the block's end.
    fn walk(&mut self, locals: body::Locals<'_>, params: usize) {
        let Ok(instrs) = locals.instrs() else { return };
        let mut written: Vec<bool> = (0..self.types.len()).map(|local| local < params).collect();
        // Writes since the function began, and how many there were when each block was entered.
        let mut writes: Vec<u32> = Vec::new();
        let mut blocks: Vec<(usize, bool)> = Vec::new();
        for (_, instr) in instrs.flatten() {
            #[expect(clippy::wildcard_enum_match_arm, reason = "others use no locals")]
            match instr {
                Instr::LocalGet { local } => {
                    self.used(local.0);
                    if !written[local.0 as usize] {
                        self.zero[local.0 as usize] = true;
                    }
                }
                Instr::LocalSet { local } | Instr::LocalTee { local } => {
                    self.used(local.0);
                    if !written[local.0 as usize] {
                        written[local.0 as usize] = true;
                        writes.push(local.0);
                    }
                }
                Instr::Call { .. } | Instr::CallIndirect { .. } | Instr::CallRef { .. } => {
                    self.calls = self.calls.saturating_add(self.weight());
                }
                Instr::Block { .. } | Instr::If { .. } | Instr::TryTable { .. } => {
                    blocks.push((writes.len(), false));
                }
                Instr::Loop { .. } => {
                    self.depth += 1;
                    blocks.push((writes.len(), true));
                }
                Instr::Else => {
                    if let Some((start, _)) = blocks.last() {
                        undo(&mut written, &mut writes, *start);
                    }
                }
                Instr::End => {
                    if let Some((start, is_loop)) = blocks.pop() {
                        self.depth -= u32::from(is_loop);
                        undo(&mut written, &mut writes, start);
                    }
                }
                Instr::V128Const { value } => self.constant(value),
                _ => {}
            }
        }
    }

    /// A constant in a loop is worth a place in the frame, as long as there are few.
    fn constant(&mut self, value: V128) {
        let is_new = self.constants.len() < CONSTANTS && !self.constants.contains(&value);
        if self.depth > 0 && is_new {
            self.constants.push(value);
        }
    }

    /// What a use here counts.
    fn weight(&self) -> u64 {
        WEIGHT.pow(self.depth.min(DEPTH))
    }

    fn used(&mut self, local: u32) {
        let weight = self.weight();
        let uses = &mut self.uses[local as usize];
        *uses = uses.saturating_add(weight);
    }

    /// The two locals of each class that are used most. Calls save and load the float ones by ops
    /// of their own, so these must be worth it. (References are never pinned: a collector has to
    /// find them. They always start as null.)
    fn choose(&mut self) {
        let calls = self.calls.saturating_mul(CALL);
        for (local, ty) in self.types.iter().enumerate() {
            match ty {
                ValType::I32 | ValType::I64 => rank(&mut self.pins, &self.uses, local),
                ValType::F32 | ValType::F64 => {
                    if self.uses[local] > calls {
                        rank(&mut self.float_pins, &self.uses, local);
                    }
                }
                ValType::Ref(_) => self.zero[local] = true,
                ValType::V128 => {}
            }
        }
    }
}

/// Makes the local one of the pins when it is used more than they.
fn rank(pins: &mut [Option<u32>; 2], uses: &[u64], local: usize) {
    let [first, second] = pins.map(|pin| pin.map_or(0, |pin| uses[pin as usize]));
    let pin = Some(local as u32);
    if uses[local] > first {
        *pins = [pin, pins[0]];
    } else if uses[local] > second {
        pins[1] = pin;
    }
}

/// Takes back what was written since `start`.
fn undo(written: &mut [bool], writes: &mut Vec<u32>, start: usize) {
    for local in writes.drain(start..) {
        written[local as usize] = false;
    }
}
