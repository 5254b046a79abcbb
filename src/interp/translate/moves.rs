//! Moves: operands to their homes and to labels, what the accumulators hold a copy of, and slots
//! that 16 bits can't number.

use super::operand::{Atom, Dest, Operand, Place, Source};
use super::pick::Kind;
use super::{Class, Translator, pick};
use crate::interp::machine::Op as AnOp;
use crate::interp::machine::variable::{LoadFar, StoreFar};

impl Translator<'_> {
    /// Moves a value; the accumulators stay as they are unless one is the destination.
    pub(super) fn move_to(&mut self, source: Source, dest: Dest, class: Class) {
        match (source, dest) {
            (Source::L0, Dest::L0)
            | (Source::L1, Dest::L1)
            | (Source::F0, Dest::F0)
            | (Source::F1, Dest::F1)
            | (Source::Acc, Dest::Acc) => return,
            (Source::Slot(from), Dest::Slot(to)) if i32::from(from) == to => return,
            _ => {}
        }
        let (near, far) = match dest {
            Dest::Slot(slot) => {
                let (near, far) = self.near(slot);
                (Some(near), far)
            }
            Dest::L0 | Dest::L1 | Dest::F0 | Dest::F1 | Dest::Acc => (None, None),
        };
        let kind = if near.is_some() { Kind::Home } else { dest.kind() };
        let is_bits =
            matches!(source, Source::Slot(_) | Source::Const(_)) && matches!(dest, Dest::Slot(_));
        let through_floats = class == Class::Float && !is_bits;
        let op = if class == Class::Vector {
            pick::simd::move_vector(source.kind(), kind)
        } else if through_floats {
            pick::other::float_moves(source.kind(), kind)
        } else {
            pick::other::moves(source.kind(), kind)
        };
        let mut operands = self.operands();
        operands.source64(source);
        if let Some(near) = near {
            operands.slot(near);
        }
        self.emit(op, &operands);
        self.keep(operands);
        self.store_near(far, class);
        match (dest, source) {
            (Dest::Slot(slot), Source::Acc) => {
                self.forget_all(slot, class);
                self.copies[class as usize] = Some(slot);
            }
            (Dest::Slot(slot), _) => self.forget_all(slot, class),
            (Dest::Acc, Source::Slot(slot)) => {
                self.copies[class as usize] = Some(i32::from(slot));
            }
            (Dest::Acc, _) => self.copies[class as usize] = None,
            (Dest::L0 | Dest::L1 | Dest::F0 | Dest::F1, _) => {}
        }
    }

    /// Moves an operand's value to the slot `to`, two slots of a vector.
    pub(super) fn move_operand(&mut self, position: usize, to: i32) {
        let class = Class::of(self.stack[position].ty);
        let source = self.source(position);
        self.move_to(source, Dest::Slot(to), class);
    }

    /// An op has written there: the accumulator of the class holds a copy.
    pub(super) fn wrote(&mut self, dest: Dest, class: Class) {
        match dest {
            Dest::Slot(slot) => {
                self.forget_all(slot, class);
                self.copies[class as usize] = Some(slot);
            }
            Dest::Acc => self.copies[class as usize] = None,
            Dest::L0 | Dest::L1 | Dest::F0 | Dest::F1 => {}
        }
    }

    /// No accumulator holds a copy of this slot any more, or of a vector that it is a half of.
    pub(super) fn forget(&mut self, slot: i32) {
        for copy in &mut self.copies {
            if *copy == Some(slot) {
                *copy = None;
            }
        }
        let vector = &mut self.copies[Class::Vector as usize];
        if *vector == Some(slot - 1) {
            *vector = None;
        }
    }

    /// The same of a value's slots.
    pub(super) fn forget_all(&mut self, slot: i32, class: Class) {
        self.forget(slot);
        if class == Class::Vector {
            self.forget(slot + 1);
        }
    }

    /// Operands in an accumulator (of the class, or of both) go to their homes.
    pub(super) fn spill_acc(&mut self, class: Option<Class>) {
        for position in self.settled..self.stack.len() {
            let Operand { place, ty, home } = self.stack[position];
            if place == Place::Acc && class.is_none_or(|class| class == Class::of(ty)) {
                self.move_to(Source::Acc, Dest::Slot(home), Class::of(ty));
                self.stack[position].place = Place::Home;
            }
        }
    }

    /// The operand at `position` goes to its home.
    pub(super) fn settle_one(&mut self, position: usize) {
        self.unfold(position);
        let Operand { place, home, .. } = self.stack[position];
        if !matches!(place, Place::Home | Place::Deferred) {
            self.move_operand(position, home);
            self.stack[position].place = Place::Home;
        }
    }

    /// The topmost `count` operands go to their homes, and nothing is deferred.
    pub(super) fn settle_top(&mut self, count: usize) {
        self.flush();
        self.settle_last(count);
    }

    /// The same by moves alone: a deferred operation stays deferred.
    pub(super) fn settle_last(&mut self, count: usize) {
        for position in self.stack.len() - count..self.stack.len() {
            self.settle_one(position);
        }
    }

    /// Every operand goes to its home, but constants below `constants` stay. Only moves are
    /// emitted: a deferred operation stays deferred.
    pub(super) fn settle_moves(&mut self, constants: usize) {
        for position in self.settled.min(constants)..self.stack.len() {
            let is_const = matches!(self.stack[position].place, Place::Const(_));
            if !(is_const && position < constants) {
                self.settle_one(position);
            }
        }
        if self.deferred.is_none_or(|deferred| deferred.position >= self.stack.len()) {
            self.settled = self.stack.len();
        }
    }

    /// Operands that still read the local go to their homes: it is about to change.
    pub(super) fn preserve(&mut self, local: u32) {
        for position in self.settled..self.stack.len() {
            match self.stack[position].place {
                Place::Local(read) if read == local => self.settle_one(position),
                Place::Sum(x, y) if [x, y].contains(&Atom::Local(local)) => self.unfold(position),
                Place::Home
                | Place::Local(_)
                | Place::Const(_)
                | Place::Acc
                | Place::Deferred
                | Place::Sum(..) => {}
            }
        }
    }

    // ---- far frames

    /// The slot as an op's operand: itself, or a scratch slot to be stored from afterwards.
    pub(super) fn near(&mut self, slot: i32) -> (i16, Option<i32>) {
        match i16::try_from(slot) {
            Ok(near) => (near, None),
            Err(_) => (self.far_scratch(), Some(slot)),
        }
    }

    /// After an op wrote the scratch slot: on to the far one.
    pub(super) fn store_near(&mut self, far: Option<i32>, class: Class) {
        let Some(slot) = far else { return };
        for half in 0..if class == Class::Vector { 2 } else { 1 } {
            let scratch = self.far_scratch() + half;
            let mut operands = self.operands();
            operands.slot(scratch).i32(slot + i32::from(half));
            self.emit(<StoreFar as AnOp>::CODE, &operands);
            self.keep(operands);
        }
    }

    /// Copies a far slot to a scratch slot.
    pub(super) fn load_far(&mut self, slot: i32, scratch: i16) {
        let mut operands = self.operands();
        operands.i32(slot).slot(scratch);
        self.emit(<LoadFar as AnOp>::CODE, &operands);
        self.keep(operands);
    }
}
