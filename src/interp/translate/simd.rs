//! Vectors. An operation waits as the deferred one like any other; its result goes to slots, and
//! the vector accumulator holds a copy, so that a chain reads the accumulator.
//!
//! Constants that loops use lie in slots of the frame, filled when the function is entered: to the
//! translator they are locals that nobody writes.

use super::operand::{Dest, Place, Source, What};
use super::operands::Operands;
use super::pick::{self, Kind, Reach, simd::Shape};
use super::{Class, Translator};
use crate::interp::code::slots_of;
use crate::interp::machine::OpCode;
use crate::interp::machine::operand::{Home, Slot};
use crate::interp::numeric::simd::turned;
use crate::wasm::instruction::{Operand, Signature};
use crate::wasm::{Feature, Instr, Lanes, MemArg, MemIdx, Op, V128, ValType};

/// Whether an instruction is one of this file's.
pub(super) fn is_vector(op: Op) -> bool {
    matches!(op.row().feature, Feature::Simd | Feature::RelaxedSimd)
}

/// A vector operation that waits: the instruction, where it reads, its immediates.
#[derive(Clone, Copy, Debug)]
pub(super) struct Vector {
    op: Op,
    sources: [Source; 3],
    lanes: Option<Lanes>,
    at: Access,
}

/// What memory an operation touches.
#[derive(Clone, Copy, Debug)]
enum Access {
    /// None.
    None,
    /// Memory 0, at this offset from a 32-bit address.
    Near(u32),
    /// Any memory.
    Any(MemArg, Reach),
}

impl Vector {
    /// The class of the accumulator that it writes.
    pub(super) fn writes(&self) -> Class {
        Class::of(super::numeric::val_type(self.gives()))
    }

    /// Whether leaving it out changes nothing.
    pub(super) const fn is_pure(&self) -> bool {
        matches!(self.at, Access::None)
    }

    /// Whether there is an op that writes the result there.
    pub(super) fn can_write(&self, dest: Dest) -> bool {
        match dest {
            Dest::L0 | Dest::L1 | Dest::F0 | Dest::F1 => false,
            Dest::Slot(_) => {
                self.is_choice() || self.is_const() || pick::simd::shape(self.op) != Shape::Test
            }
            Dest::Acc if self.is_choice() || self.is_const() => false,
            Dest::Acc => match pick::simd::shape(self.op) {
                Shape::Test | Shape::Extract => true,
                Shape::Load => matches!(self.at, Access::Near(_)) && pick::simd::is_common(self.op),
                Shape::Shift => {
                    matches!(self.sources[1], Source::Const(_)) && pick::simd::is_common(self.op)
                }
                Shape::Binary { .. } => pick::simd::is_common(self.op),
                Shape::Unary
                | Shape::Ternary
                | Shape::Splat
                | Shape::Replace
                | Shape::Shuffle
                | Shape::LoadLane
                | Shape::Store
                | Shape::StoreLane => false,
            },
        }
    }

    /// The op with this destination; its operands but for the destination.
    pub(super) fn encode(&self, dest: Kind, operands: &mut Operands) -> OpCode {
        if self.is_const() {
            self.immediates(operands);
            return pick::simd::constant::<Slot>();
        }
        if let Access::Any(at, _) = self.at {
            operands.u32(at.memory.0).u64(at.offset);
        }
        for (operand, source) in self.takes().iter().zip(self.sources) {
            match operand {
                Operand::Addr | Operand::I32 => operands.source32(source),
                Operand::I64 | Operand::F32 | Operand::F64 | Operand::V128 => {
                    operands.source64(source)
                }
            };
            if let (Operand::Addr, Access::Near(offset)) = (operand, self.at) {
                operands.u32(offset);
            }
        }
        self.immediates(operands);
        match self.at {
            _ if self.is_choice() => pick::simd::select_vector(self.sources[2].kind()),
            Access::Any(_, addr) => pick::simd::Vector::any(self.op, addr),
            Access::None | Access::Near(_) => {
                pick::simd::Vector::of(self.op, self.sources.map(Source::kind), dest)
            }
        }
    }

    /// One lane is a byte, a shuffle's are sixteen, and so are a constant's.
    fn immediates(&self, operands: &mut Operands) {
        let Some(Lanes(lanes)) = self.lanes else { return };
        let is_whole = self.is_const() || pick::simd::shape(self.op) == Shape::Shuffle;
        operands.bytes_of(if is_whole { &lanes } else { &lanes[..1] });
    }

    const fn is_choice(&self) -> bool {
        matches!(self.op, Op::Select)
    }

    const fn is_const(&self) -> bool {
        matches!(self.op, Op::V128Const)
    }

    fn takes(&self) -> &'static [Operand] {
        match self.op.row().signature {
            Signature::Fixed { takes, .. } => takes,
            Signature::Special => &[Operand::V128, Operand::V128, Operand::I32],
        }
    }

    fn gives(&self) -> Operand {
        match self.op.row().signature {
            Signature::Fixed { gives: [gives], .. } => *gives,
            Signature::Fixed { .. } | Signature::Special => Operand::V128,
        }
    }
}

impl Translator<'_> {
    /// A vector instruction.
    pub(super) fn vector_step(&mut self, instr: &Instr) {
        if let Instr::V128Const { value } = *instr {
            return self.vector_const(value);
        }
        let op = instr.op();
        let shape = pick::simd::shape(op);
        // What reads lanes as memory wants slots, and the deferred operation may write these.
        if matches!(shape, Shape::Extract | Shape::LoadLane | Shape::StoreLane) {
            self.flush();
        }
        let at = instr.mem_arg().map_or(Access::None, |at| self.access_of(at));
        let mut vector = Vector { op, sources: [Source::Acc; 3], lanes: instr.lanes(), at };
        let takes = vector.takes();
        match takes {
            [_] => vector.sources[..1].copy_from_slice(&self.pop::<1>()),
            [_, _] => vector.sources[..2].copy_from_slice(&self.pop::<2>()),
            _ => vector.sources = self.pop(),
        }
        if let Some(less) = turned(op) {
            vector.op = less;
            vector.sources.swap(0, 1);
        }
        if shape == (Shape::Binary { commutative: true }) && vector.sources[1] == Source::Acc {
            vector.sources.swap(0, 1);
        }
        self.settle_sources(&mut vector, shape);
        if matches!(shape, Shape::Store | Shape::StoreLane) {
            let mut operands = self.operands();
            let op = vector.encode(Kind::Slot, &mut operands);
            self.emit(op, &operands);
            return self.keep(operands);
        }
        let ty = super::numeric::val_type(vector.gives());
        self.defer(What::Vector(vector), ty);
    }

    /// A choice between vectors.
    pub(super) fn select_vector(&mut self) {
        let sources = self.pop();
        let (op, at) = (Op::Select, Access::None);
        let mut vector = Vector { op, sources, lanes: None, at };
        self.settle_sources(&mut vector, Shape::Extract);
        if matches!(vector.sources[2], Source::L0 | Source::L1 | Source::Const(_)) {
            let home = self.next_home() + 2 * slots_of(ValType::V128) as i32;
            vector.sources[2] = self.in_slot(vector.sources[2], home, Class::Int);
        }
        self.defer(What::Vector(vector), ValType::V128);
    }

    /// A constant: a local of the frame's when a loop uses it, else an operation.
    fn vector_const(&mut self, value: V128) {
        if let Some(index) = self.survey.constants.iter().position(|known| *known == value) {
            let local = self.survey.types.len() + index;
            return self.push(Place::Local(local as u32), ValType::V128);
        }
        self.park();
        let (op, at) = (Op::V128Const, Access::None);
        let lanes = Some(Lanes(value.0));
        let vector = Vector { op, sources: [Source::Acc; 3], lanes, at };
        self.defer(What::Vector(vector), ValType::V128);
    }

    /// Fills the slots of the constants that loops use.
    pub(super) fn vector_constants(&mut self) {
        for (index, V128(bytes)) in self.survey.constants.iter().enumerate() {
            let Dest::Slot(slot) = self.locals[self.survey.types.len() + index].dest else {
                continue;
            };
            let (near, far) = self.near(slot);
            let mut operands = self.operands();
            operands.bytes_of(bytes).slot(near);
            self.emit(pick::simd::constant::<Home>(), &operands);
            self.keep(operands);
            self.store_near(far, Class::Vector);
        }
    }

    fn access_of(&self, at: MemArg) -> Access {
        let reach = Reach::of(self.wasm.memories[at.memory]);
        match (at.memory, reach, u32::try_from(at.offset)) {
            (MemIdx(0), Reach::I32, Ok(offset)) => Access::Near(offset),
            _ => Access::Any(at, reach),
        }
    }

    /// Brings the operands into places that the op reads. At most one vector is in the accumulator.
    fn settle_sources(&mut self, vector: &mut Vector, shape: Shape) {
        let mut home = self.next_home();
        let mut in_acc = matches!(shape, Shape::Extract | Shape::LoadLane | Shape::StoreLane)
            || matches!(vector.at, Access::Any(..));
        for (operand, source) in vector.takes().iter().zip(&mut vector.sources) {
            let class = Class::of(super::numeric::val_type(*operand));
            let must_move = match (operand, *source) {
                (Operand::V128, Source::Acc) => std::mem::replace(&mut in_acc, true),
                (Operand::V128, _) => false,
                (Operand::Addr, source) => {
                    matches!(vector.at, Access::Any(..)) || matches!(source, Source::Const(_))
                }
                (_, Source::Const(_)) => shape != Shape::Shift,
                (_, source) => match shape {
                    Shape::Shift => true,
                    Shape::Replace => source != Source::Acc,
                    Shape::Unary
                    | Shape::Binary { .. }
                    | Shape::Ternary
                    | Shape::Test
                    | Shape::Splat
                    | Shape::Extract
                    | Shape::Shuffle
                    | Shape::Load
                    | Shape::Store
                    | Shape::LoadLane
                    | Shape::StoreLane => false,
                },
            };
            if must_move {
                *source = match (class, *source, self.copies[class as usize]) {
                    // The accumulator is a copy of slots.
                    (Class::Vector, Source::Acc, Some(slot)) if !self.form.far => {
                        Source::Slot(slot as i16)
                    }
                    (_, source, _) => self.in_slot(source, home, class),
                };
            }
            home += slots_of(super::numeric::val_type(*operand)) as i32;
        }
    }
}
