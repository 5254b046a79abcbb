//! Operand kinds: where an op reads and writes. Each is a type, so that an op composed of them has
//! no choice left to make when it runs.

use std::marker::PhantomData;

use super::{Kind, Regs};
use crate::interp::numeric::simd::{Vector, from_memory};

/// Where an integer (or a reference) comes from.
pub(crate) trait Source: 'static {
    /// For listings.
    const KIND: Kind;
    /// Bytes of the code.
    const SIZE: usize = Self::KIND.size();
    /// The value, as a slot holds it; its operand begins at byte `at`.
    fn read(r: &Regs, at: usize) -> u64;
}

/// Where an integer (or a reference) goes.
pub(crate) trait Dest: 'static {
    /// For listings.
    const KIND: Kind;
    /// Bytes of the code.
    const SIZE: usize = Self::KIND.size();
    /// Writes the value; its operand begins at byte `at`.
    fn write(r: &mut Regs, at: usize, value: u64);
}

/// Where a float comes from; an f32 is in the low half.
pub(crate) trait FloatSource: 'static {
    /// For listings.
    const KIND: Kind;
    /// Bytes of the code.
    const SIZE: usize = Self::KIND.size();
    /// The carrier; its operand begins at byte `at`.
    fn read(r: &Regs, at: usize) -> f64;
}

/// Where a float goes.
pub(crate) trait FloatDest: 'static {
    /// For listings.
    const KIND: Kind;
    /// Bytes of the code.
    const SIZE: usize = Self::KIND.size();
    /// Writes the carrier; its operand begins at byte `at`.
    fn write(r: &mut Regs, at: usize, value: f64);
}

/// Where a vector comes from.
pub(crate) trait VectorSource: 'static {
    /// For listings.
    const KIND: Kind;
    /// Bytes of the code.
    const SIZE: usize = Self::KIND.size();
    /// The vector; its operand begins at byte `at`.
    fn read(r: &Regs, at: usize) -> Vector;
}

/// Where a vector goes.
pub(crate) trait VectorDest: 'static {
    /// For listings.
    const KIND: Kind;
    /// Bytes of the code.
    const SIZE: usize = Self::KIND.size();
    /// Writes the vector; its operand begins at byte `at`.
    fn write(r: &mut Regs, at: usize, value: Vector);
}

/// A slot (of a vector, two). As a destination it leaves the value in the accumulator too.
pub(crate) struct Slot;
/// A slot as a destination that leaves the accumulator alone.
pub(crate) struct Home;
/// The accumulator.
pub(crate) struct Acc;
/// The first pinned local.
pub(crate) struct L0;
/// The second pinned local.
pub(crate) struct L1;
/// The first pinned float local.
pub(crate) struct F0;
/// The second pinned float local.
pub(crate) struct F1;
/// A constant in the code, as wide as `T`.
pub(crate) struct Const<T>(PhantomData<T>);

impl Source for Slot {
    const KIND: Kind = Kind::Slot;
    #[inline(always)]
    fn read(r: &Regs, at: usize) -> u64 {
        r.slot(at)
    }
}

impl Source for Acc {
    const KIND: Kind = Kind::Acc;
    #[inline(always)]
    fn read(r: &Regs, _: usize) -> u64 {
        r.acc
    }
}

impl Source for L0 {
    const KIND: Kind = Kind::L0;
    #[inline(always)]
    fn read(r: &Regs, _: usize) -> u64 {
        r.l0
    }
}

impl Source for L1 {
    const KIND: Kind = Kind::L1;
    #[inline(always)]
    fn read(r: &Regs, _: usize) -> u64 {
        r.l1
    }
}

impl<T: Copy + Into<u64> + 'static> Source for Const<T> {
    const KIND: Kind = if size_of::<T>() == 4 { Kind::Const32 } else { Kind::Const64 };
    #[inline(always)]
    fn read(r: &Regs, at: usize) -> u64 {
        r.operand::<T>(at).into()
    }
}

impl Dest for Slot {
    const KIND: Kind = Kind::Slot;
    #[inline(always)]
    fn write(r: &mut Regs, at: usize, value: u64) {
        r.set_slot(at, value);
        r.acc = value;
    }
}

impl Dest for Home {
    const KIND: Kind = Kind::Home;
    #[inline(always)]
    fn write(r: &mut Regs, at: usize, value: u64) {
        r.set_slot(at, value);
    }
}

impl Dest for Acc {
    const KIND: Kind = Kind::Acc;
    #[inline(always)]
    fn write(r: &mut Regs, _: usize, value: u64) {
        r.acc = value;
    }
}

impl Dest for L0 {
    const KIND: Kind = Kind::L0;
    #[inline(always)]
    fn write(r: &mut Regs, _: usize, value: u64) {
        r.l0 = value;
    }
}

impl Dest for L1 {
    const KIND: Kind = Kind::L1;
    #[inline(always)]
    fn write(r: &mut Regs, _: usize, value: u64) {
        r.l1 = value;
    }
}

impl FloatSource for Slot {
    const KIND: Kind = Kind::Slot;
    #[inline(always)]
    fn read(r: &Regs, at: usize) -> f64 {
        r.float_slot(at)
    }
}

impl FloatSource for Acc {
    const KIND: Kind = Kind::Acc;
    #[inline(always)]
    fn read(r: &Regs, _: usize) -> f64 {
        r.facc
    }
}

impl FloatSource for F0 {
    const KIND: Kind = Kind::F0;
    #[inline(always)]
    fn read(r: &Regs, _: usize) -> f64 {
        r.f0
    }
}

impl FloatSource for F1 {
    const KIND: Kind = Kind::F1;
    #[inline(always)]
    fn read(r: &Regs, _: usize) -> f64 {
        r.f1
    }
}

impl FloatSource for Const<u64> {
    const KIND: Kind = Kind::Const64;
    #[inline(always)]
    fn read(r: &Regs, at: usize) -> f64 {
        r.operand::<f64>(at)
    }
}

impl FloatDest for Slot {
    const KIND: Kind = Kind::Slot;
    #[inline(always)]
    fn write(r: &mut Regs, at: usize, value: f64) {
        r.set_float_slot(at, value);
        r.facc = value;
    }
}

impl FloatDest for Home {
    const KIND: Kind = Kind::Home;
    #[inline(always)]
    fn write(r: &mut Regs, at: usize, value: f64) {
        r.set_float_slot(at, value);
    }
}

impl FloatDest for Acc {
    const KIND: Kind = Kind::Acc;
    #[inline(always)]
    fn write(r: &mut Regs, _: usize, value: f64) {
        r.facc = value;
    }
}

impl FloatDest for F0 {
    const KIND: Kind = Kind::F0;
    #[inline(always)]
    fn write(r: &mut Regs, _: usize, value: f64) {
        r.f0 = value;
    }
}

impl FloatDest for F1 {
    const KIND: Kind = Kind::F1;
    #[inline(always)]
    fn write(r: &mut Regs, _: usize, value: f64) {
        r.f1 = value;
    }
}

impl VectorSource for Slot {
    const KIND: Kind = Kind::Slot;
    #[inline(always)]
    fn read(r: &Regs, at: usize) -> Vector {
        r.vector_slot(at)
    }
}

impl VectorSource for Acc {
    const KIND: Kind = Kind::Acc;
    #[inline(always)]
    fn read(r: &Regs, _: usize) -> Vector {
        r.vacc
    }
}

impl VectorSource for Const<Vector> {
    const KIND: Kind = Kind::Const128;
    #[inline(always)]
    fn read(r: &Regs, at: usize) -> Vector {
        from_memory(r.operand(at))
    }
}

impl VectorDest for Slot {
    const KIND: Kind = Kind::Slot;
    #[inline(always)]
    fn write(r: &mut Regs, at: usize, value: Vector) {
        r.set_vector_slot(at, value);
        r.vacc = value;
    }
}

impl VectorDest for Home {
    const KIND: Kind = Kind::Home;
    #[inline(always)]
    fn write(r: &mut Regs, at: usize, value: Vector) {
        r.set_vector_slot(at, value);
    }
}

impl VectorDest for Acc {
    const KIND: Kind = Kind::Acc;
    #[inline(always)]
    fn write(r: &mut Regs, _: usize, value: Vector) {
        r.vacc = value;
    }
}
