//! Where a value is: the symbolic operand stack, and the one operation that waits.
//!
//! WebAssembly pushes and pops; the machine has slots, registers and constants. While translating,
//! each operand has a *place*, and code is emitted only where a value must really move:
//!
//! - `local.get` and constants emit nothing: the operand's place is the local, the constant.
//! - An operation without side effects waits as the *deferred* one until its consumer says where
//!   the result goes: the accumulator, a slot, a pinned local, a branch. There is at most one;
//!   whatever else is emitted first sends it to its *home*, the operand's own slot in the frame.
//!   So the accumulator is live only from an op to its neighbour, and never needs saving.
//! - A sum of 32-bit addresses made of locals and constants can wait longer, as an expression,
//!   until the store that takes it.
//! - `local.set` first moves the operands that still read the local to their homes.
//! - A slot destination leaves the value in the accumulator too: `copies` remembers which slot's.
//!
//! At labels everything is in its home, and nothing is known of the accumulator.

use super::numeric::relation;
use super::pick::{self, Kind, Value};
use super::simd::Vector;
use super::{Class, Translator};
use crate::interp::code::{Site, slots_of};
use crate::wasm::{Op, ValType};

/// How many operands may be elsewhere than in their homes. Few programs have deeper expressions.
const WINDOW: usize = 64;

/// An operand on the symbolic stack.
#[derive(Clone, Copy, Debug)]
pub(super) struct Operand {
    /// Where it is.
    pub(super) place: Place,
    /// Its type.
    pub(super) ty: ValType,
    /// Its own slot in the frame.
    pub(super) home: i32,
}

/// Where an operand is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    /// In its own slot.
    Home,
    /// Still in the local.
    Local(u32),
    /// A constant.
    Const(u64),
    /// In the accumulator of its class.
    Acc,
    /// Not computed yet: it is the deferred operation's result.
    Deferred,
    /// The sum of two 32-bit values that don't change without it being noticed.
    Sum(Atom, Atom),
}

/// A part of a waiting sum.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Atom {
    /// The operand's own slot.
    Home,
    /// A local.
    Local(u32),
    /// A constant.
    Const(u32),
}

/// Where an op reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Source {
    /// The first pinned local.
    L0,
    /// The second pinned local.
    L1,
    /// The first pinned float local.
    F0,
    /// The second pinned float local.
    F1,
    /// The accumulator of the operand's class.
    Acc,
    /// A slot.
    Slot(i16),
    /// A constant.
    Const(u64),
}

impl Source {
    pub(super) const fn kind(self) -> Kind {
        match self {
            Self::L0 => Kind::L0,
            Self::L1 => Kind::L1,
            Self::F0 => Kind::F0,
            Self::F1 => Kind::F1,
            Self::Acc => Kind::Acc,
            Self::Slot(_) => Kind::Slot,
            Self::Const(_) => Kind::Const,
        }
    }
}

/// Where an op writes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Dest {
    /// The first pinned local.
    L0,
    /// The second pinned local.
    L1,
    /// The first pinned float local.
    F0,
    /// The second pinned float local.
    F1,
    /// The accumulator of the operand's class.
    Acc,
    /// A slot.
    Slot(i32),
}

impl Dest {
    pub(super) const fn kind(self) -> Kind {
        match self {
            Self::L0 => Kind::L0,
            Self::L1 => Kind::L1,
            Self::F0 => Kind::F0,
            Self::F1 => Kind::F1,
            Self::Acc => Kind::Acc,
            Self::Slot(_) => Kind::Slot,
        }
    }
}

/// The operation that waits for its destination.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deferred {
    /// What it does.
    pub(super) what: What,
    /// The operand that it computes.
    pub(super) position: usize,
    /// Where it came from.
    pub(super) site: Site,
    /// The sum it can wait as.
    pub(super) sum: Option<(Atom, Atom)>,
}

/// What a deferred operation does.
#[derive(Clone, Copy, Debug)]
pub(super) enum What {
    /// An instruction with two operands.
    Binary { op: Op, x: Source, y: Source },
    /// A comparison of floats, negated.
    Not { op: Op, x: Source, y: Source },
    /// An instruction with one operand.
    Unary { op: Op, x: Source },
    /// A load from memory 0.
    Load { op: Op, addr: Source, offset: u32 },
    /// A global: its word in the context.
    GlobalGet { word: u32, imported: bool },
    /// A choice.
    Select { condition: Source, x: Source, y: Source },
    /// A test for null.
    RefIsNull { x: Source },
    /// A vector operation.
    Vector(Vector),
}

impl What {
    /// Whose accumulator it writes, when its result is of this class: globals and selects of floats
    /// go to slots as bits, and what goes to a slot is in the integer accumulator too.
    fn writes(self, class: Class) -> Class {
        match self {
            Self::Vector(vector) => vector.writes(),
            Self::GlobalGet { .. } | Self::Select { .. } => Class::Int,
            Self::Binary { .. }
            | Self::Not { .. }
            | Self::Unary { .. }
            | Self::Load { .. }
            | Self::RefIsNull { .. } => class,
        }
    }

    /// Whether leaving it out changes nothing.
    pub(super) fn is_pure(self) -> bool {
        match self {
            Self::Load { .. } => false,
            Self::Vector(vector) => vector.is_pure(),
            Self::Binary { op, .. } | Self::Unary { op, .. } => !can_trap(op),
            Self::Not { .. }
            | Self::GlobalGet { .. }
            | Self::Select { .. }
            | Self::RefIsNull { .. } => true,
        }
    }
}

/// Whether a numeric instruction can trap.
pub(super) fn can_trap(op: Op) -> bool {
    let name = op.row().name;
    name.contains(".div_") || name.contains(".rem_") || name.contains(".trunc_f")
}

impl Translator<'_> {
    // ---- the stack

    /// The slot of the next operand.
    pub(super) fn next_home(&self) -> i32 {
        self.stack.last().map_or(self.base, |top| top.home + slots_of(top.ty) as i32)
    }

    /// Pushes an operand.
    pub(super) fn push(&mut self, place: Place, ty: ValType) {
        self.see(ty);
        let home = self.next_home();
        self.stack.push(Operand { place, ty, home });
        self.reach(home + slots_of(ty) as i32);
    }

    /// Drops operands from the top.
    pub(super) fn truncate(&mut self, len: usize) {
        self.stack.truncate(len);
        self.settled = self.settled.min(len);
        self.references.truncate(len);
    }

    /// Keeps the part of the stack small in which operands may be elsewhere than in their homes, so
    /// that looking through it costs the same at any depth.
    pub(super) fn settle_deep(&mut self) {
        while self.stack.len() - self.settled > WINDOW {
            if self.stack[self.settled].place == Place::Deferred {
                self.flush();
            }
            if !matches!(self.stack[self.settled].place, Place::Const(_)) {
                self.settle_one(self.settled);
            }
            self.settled += 1;
        }
    }

    /// The frame reaches up to this slot.
    pub(super) fn reach(&mut self, slot: i32) {
        self.frame = self.frame.max(slot);
    }

    /// Makes the operation the deferred one, and pushes its result.
    pub(super) fn defer(&mut self, what: What, ty: ValType) {
        self.spill_acc(Some(what.writes(Class::of(ty))));
        let (position, site) = (self.stack.len(), self.site());
        self.deferred = Some(Deferred { what, position, site, sum: None });
        self.push(Place::Deferred, ty);
        // In a far frame its operands are in scratch slots, which others need too.
        if self.form.far {
            self.flush();
        }
    }

    /// Pops `N` operands into places that an op can read; a deferred one among them goes to the
    /// accumulator when it can. Nothing may be emitted before the op but what doesn't touch these.
    pub(super) fn pop<const N: usize>(&mut self) -> [Source; N] {
        self.pop_but(None)
    }

    /// The same, but leaves the operand at `skip` as it is: its source is of no meaning.
    pub(super) fn pop_but<const N: usize>(&mut self, skip: Option<usize>) -> [Source; N] {
        let from = self.stack.len() - N;
        for position in from..from + N {
            if Some(position) != skip {
                self.unfold(position);
            }
        }
        let mut acc = None;
        if let Some(deferred) = self.deferred {
            let position = deferred.position;
            if Some(position) == skip {
            } else if position < from {
                self.park();
            } else if self.can_write(&deferred, Dest::Acc) {
                self.emit_deferred(Dest::Acc);
                acc = Some(position);
            } else {
                self.flush();
            }
        }
        let sources = std::array::from_fn(|index| {
            let position = from + index;
            if acc == Some(position) {
                Source::Acc
            } else if Some(position) == skip {
                Source::Const(0)
            } else {
                self.source(position)
            }
        });
        self.truncate(from);
        sources
    }

    /// Where an op finds the operand.
    pub(super) fn source(&mut self, position: usize) -> Source {
        let Operand { place, ty, home } = self.stack[position];
        match place {
            Place::Home => self.slot(home, Class::of(ty)),
            Place::Local(local) => self.local(local),
            Place::Const(value) => Source::Const(value),
            Place::Acc => Source::Acc,
            Place::Deferred | Place::Sum(..) => unreachable!("deferred operands were placed"),
        }
    }

    /// Where an op finds the local.
    pub(super) fn local(&mut self, local: u32) -> Source {
        let local = self.locals[local as usize];
        match local.dest {
            Dest::L0 => Source::L0,
            Dest::L1 => Source::L1,
            Dest::F0 => Source::F0,
            Dest::F1 => Source::F1,
            Dest::Acc => Source::Acc,
            Dest::Slot(slot) => self.slot(slot, Class::of(local.ty)),
        }
    }

    /// Where an op finds the slot: in the accumulator when that holds a copy.
    pub(super) fn slot(&mut self, slot: i32, class: Class) -> Source {
        // In a far frame a vector is read from slots alone: it is moved in halves.
        let is_read = class != Class::Vector || !self.form.far;
        if is_read && self.copies[class as usize] == Some(slot) {
            return Source::Acc;
        }
        if let Ok(near) = i16::try_from(slot) {
            return Source::Slot(near);
        }
        let scratch = self.scratch();
        self.load_far(slot, scratch);
        if class == Class::Vector {
            self.load_far(slot + 1, scratch + 1);
        }
        Source::Slot(scratch)
    }

    /// A constant or register operand as a slot: moves it to the home at `home`.
    pub(super) fn in_slot(&mut self, source: Source, home: i32, class: Class) -> Source {
        if let Source::Slot(_) = source {
            return source;
        }
        let Ok(near) = i16::try_from(home) else {
            let scratch = self.scratch();
            self.move_to(source, Dest::Slot(i32::from(scratch)), class);
            return Source::Slot(scratch);
        };
        self.move_to(source, Dest::Slot(home), class);
        Source::Slot(near)
    }

    // ---- the deferred operation

    /// The deferred operation goes to its home.
    pub(super) fn flush(&mut self) {
        let Some(Deferred { position, .. }) = self.deferred else { return };
        let home = self.stack[position].home;
        self.emit_deferred(Dest::Slot(home));
        self.stack[position].place = Place::Home;
    }

    /// The deferred operation isn't wanted yet: a sum of what doesn't change waits as such.
    pub(super) fn park(&mut self) {
        match self.deferred {
            Some(Deferred { position, sum: Some((x, y)), .. }) => {
                self.deferred = None;
                self.stack[position].place = Place::Sum(x, y);
            }
            Some(_) | None => self.flush(),
        }
    }

    /// A waiting sum is computed into its home. The accumulator stays as it is.
    pub(super) fn unfold(&mut self, position: usize) {
        let Operand { place: Place::Sum(x, y), home, .. } = self.stack[position] else { return };
        let (x, y) = (self.atom(x, home), self.atom(y, home));
        let (x, y) = in_order(x, y);
        let (near, slot) = self.near(home);
        let mut operands = self.operands();
        operands.source32(x).source32(y).slot(near);
        self.emit(pick::other::sum_home(x.kind(), y.kind()), &operands);
        self.keep(operands);
        self.store_near(slot, Class::Int);
        self.forget(home);
        self.stack[position].place = Place::Home;
    }

    /// Where an op finds a part of a sum.
    pub(super) fn atom(&mut self, atom: Atom, home: i32) -> Source {
        match atom {
            Atom::Home => self.slot(home, Class::Int),
            Atom::Local(local) => self.local(local),
            Atom::Const(value) => Source::Const(u64::from(value)),
        }
    }

    /// The deferred operation's result goes to `dest`.
    pub(super) fn emit_deferred(&mut self, dest: Dest) {
        let Some(deferred) = self.deferred.take() else { return };
        let class = Class::of(self.stack[deferred.position].ty);
        if self.can_write(&deferred, dest) {
            self.emit_what(&deferred, dest, class);
        } else if self.can_write(&deferred, Dest::Acc) {
            self.emit_what(&deferred, Dest::Acc, class);
            self.move_to(Source::Acc, dest, class);
        } else {
            let home = self.stack[deferred.position].home;
            self.emit_what(&deferred, Dest::Slot(home), class);
            let source = self.slot(home, class);
            self.move_to(source, dest, class);
        }
    }

    /// Whether there is an op that writes the operation's result there.
    fn can_write(&self, deferred: &Deferred, dest: Dest) -> bool {
        let class = Class::of(self.stack[deferred.position].ty);
        match deferred.what {
            What::Binary { op, x, y } => Value::can_write(op, x.kind(), y.kind(), dest.kind()),
            What::Unary { op, x } | What::Load { op, addr: x, .. } => {
                Value::can_write(op, x.kind(), Kind::Acc, dest.kind())
            }
            What::Not { .. } | What::RefIsNull { .. } => {
                matches!(dest, Dest::Acc | Dest::Slot(_))
            }
            What::GlobalGet { .. } => class == Class::Int || matches!(dest, Dest::Slot(_)),
            What::Vector(vector) => vector.can_write(dest),
            What::Select { .. } => match dest {
                Dest::Slot(_) => true,
                Dest::Acc => class == Class::Int,
                Dest::L0 | Dest::L1 | Dest::F0 | Dest::F1 => false,
            },
        }
    }

    /// Emits the operation with a destination that it can write.
    fn emit_what(&mut self, deferred: &Deferred, dest: Dest, class: Class) {
        let (near, far) = match dest {
            Dest::Slot(slot) => {
                let (near, far) = self.near(slot);
                (Some(near), far)
            }
            Dest::L0 | Dest::L1 | Dest::F0 | Dest::F1 | Dest::Acc => (None, None),
        };
        let kind = dest.kind();
        let mut operands = self.operands();
        let op = match deferred.what {
            What::Binary { op, x, y } => {
                let (op, x, y) = relation(op, x, y);
                operands.pair(op, x, y);
                Value::of(op, x.kind(), y.kind(), kind)
            }
            What::Not { op, x, y } => {
                operands.pair(op, x, y);
                self.emit_at(
                    Value::of(op, x.kind(), y.kind(), Kind::Acc),
                    &operands,
                    deferred.site,
                );
                operands.clear();
                Value::of(Op::I32Eqz, Kind::Acc, Kind::Acc, kind)
            }
            What::Unary { op, x } => {
                operands.source64(x);
                Value::of(op, x.kind(), Kind::Acc, kind)
            }
            What::Load { op, addr, offset } => {
                operands.source32(addr).u32(offset);
                Value::of(op, addr.kind(), Kind::Acc, kind)
            }
            What::GlobalGet { word, imported } => {
                operands.u32(word);
                pick::other::global_get(kind, imported)
            }
            What::Select { condition, x, y } => {
                operands.source32(condition).source64(x).source64(y);
                pick::other::select(condition.kind(), x.kind(), y.kind(), kind)
            }
            What::RefIsNull { x } => {
                operands.source64(x);
                pick::other::ref_is_null(x.kind(), kind)
            }
            What::Vector(vector) => vector.encode(kind, &mut operands),
        };
        if let Some(near) = near {
            operands.slot(near);
        }
        self.emit_at(op, &operands, deferred.site);
        self.keep(operands);
        self.store_near(far, class);
        self.wrote(dest, deferred.what.writes(class));
    }
}

/// Commutative operands in the order that `pick` has: pins, accumulator, slot, constant.
pub(super) fn in_order(x: Source, y: Source) -> (Source, Source) {
    if x.kind() > y.kind() { (y, x) } else { (x, y) }
}
