//! Linear memory: loads and stores, size and growth, bulk operations.
//!
//! Hot are the 32-bit accesses of memory 0, whose base is a register. Others take slots only and
//! find the base through the context. The width of addresses is a type parameter.

use std::marker::PhantomData;

use super::counter::Counter;
use super::operand::{Acc, Dest, FloatDest, FloatSource, Slot, Source};
use super::{Flow, Handler, Kind, Leave, Op, Regs, Shape, TrapCode, WORD, whole};
use crate::interp::code::Cost;
use crate::interp::numeric::{FloatLoad, FloatStore, FloatValue, IntLoad, IntStore, IntValue};
use crate::interp::store::context::Context;
use crate::interp::trap::TrapKind;
use crate::wasm::{DataIdx, MemIdx};

/// d = memory 0 [a + offset]
pub(crate) struct Load<O, A, D>(PhantomData<(O, A, D)>);

impl<O: IntLoad, A: Source, D: Dest> Op for Load<O, A, D> {
    const SIZE: usize = A::SIZE + Kind::Offset.size() + D::SIZE;
    const SHAPE: Shape =
        Shape::Op { name: O::OP.row().name, operands: &[A::KIND, Kind::Offset, D::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let raw = r.load::<O::Raw>(A::read(r, at), r.operand(at + A::SIZE))?;
        D::write(r, at + A::SIZE + Kind::Offset.size(), O::extend(raw).to_slot());
        Ok(())
    }
}

/// d = memory 0 [a + offset], a float
pub(crate) struct LoadFloat<O, A, D>(PhantomData<(O, A, D)>);

impl<O: FloatLoad, A: Source, D: FloatDest> Op for LoadFloat<O, A, D> {
    const SIZE: usize = A::SIZE + Kind::Offset.size() + D::SIZE;
    const SHAPE: Shape =
        Shape::Op { name: O::OP.row().name, operands: &[A::KIND, Kind::Offset, D::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let raw = r.load::<O::Raw>(A::read(r, at), r.operand(at + A::SIZE))?;
        D::write(r, at + A::SIZE + Kind::Offset.size(), O::value(raw).to_carrier());
        Ok(())
    }
}

/// memory 0 [a + offset] = x
pub(crate) struct Store<O, A, X>(PhantomData<(O, A, X)>);

impl<O: IntStore, A: Source, X: Source> Op for Store<O, A, X> {
    const SIZE: usize = A::SIZE + Kind::Offset.size() + X::SIZE;
    const SHAPE: Shape =
        Shape::Op { name: O::OP.row().name, operands: &[A::KIND, Kind::Offset, X::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let value = O::In::from_slot(X::read(r, at + A::SIZE + Kind::Offset.size()));
        r.store::<O::Raw>(A::read(r, at), r.operand(at + A::SIZE), O::cut(value))
    }
}

/// memory 0 [a + offset] = x, a float
pub(crate) struct StoreFloat<O, A, X>(PhantomData<(O, A, X)>);

impl<O: FloatStore, A: Source, X: FloatSource> Op for StoreFloat<O, A, X> {
    const SIZE: usize = A::SIZE + Kind::Offset.size() + X::SIZE;
    const SHAPE: Shape =
        Shape::Op { name: O::OP.row().name, operands: &[A::KIND, Kind::Offset, X::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let value = O::In::from_carrier(X::read(r, at + A::SIZE + Kind::Offset.size()));
        r.store::<O::Raw>(A::read(r, at), r.operand(at + A::SIZE), O::cut(value))
    }
}

/// The sum of two 32-bit addresses, whose operands begin at byte `at`.
#[inline(always)]
fn sum<X: Source, Y: Source>(r: &Regs, at: usize) -> u64 {
    let (x, y) = (X::read(r, at) as u32, Y::read(r, at + X::SIZE) as u32);
    u64::from(x.wrapping_add(y))
}

/// memory 0 [a + b + offset] = x
pub(crate) struct StoreSum<O, A, B, X>(PhantomData<(O, A, B, X)>);

impl<O: IntStore, A: Source, B: Source, X: Source> Op for StoreSum<O, A, B, X> {
    const SIZE: usize = A::SIZE + B::SIZE + Kind::Offset.size() + X::SIZE;
    const SHAPE: Shape =
        Shape::Op { name: O::OP.row().name, operands: &[A::KIND, B::KIND, Kind::Offset, X::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let offset = at + A::SIZE + B::SIZE;
        let value = O::In::from_slot(X::read(r, offset + Kind::Offset.size()));
        r.store::<O::Raw>(sum::<A, B>(r, at), r.operand(offset), O::cut(value))
    }
}

/// memory 0 [a + b + offset] = x, a float
pub(crate) struct StoreFloatSum<O, A, B, X>(PhantomData<(O, A, B, X)>);

impl<O: FloatStore, A: Source, B: Source, X: FloatSource> Op for StoreFloatSum<O, A, B, X> {
    const SIZE: usize = A::SIZE + B::SIZE + Kind::Offset.size() + X::SIZE;
    const SHAPE: Shape =
        Shape::Op { name: O::OP.row().name, operands: &[A::KIND, B::KIND, Kind::Offset, X::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let offset = at + A::SIZE + B::SIZE;
        let value = O::In::from_carrier(X::read(r, offset + Kind::Offset.size()));
        r.store::<O::Raw>(sum::<A, B>(r, at), r.operand(offset), O::cut(value))
    }
}

/// The width of addresses, `u32` or `u64`, and how bytes at them are accessed: those of [`Shared`]
/// memories atomically.
pub(crate) trait Address: 'static {
    /// The address in a slot.
    fn of(slot: u64) -> u64;

    /// See [`Regs::load_from`].
    #[inline(always)]
    fn load<T: Copy>(r: &mut Regs, base: *mut u8, addr: u64) -> Result<T, Leave> {
        r.load_from(base, addr)
    }

    /// See [`Regs::store_to`].
    #[inline(always)]
    fn store<T: Copy>(r: &mut Regs, base: *mut u8, addr: u64, value: T) -> Result<(), Leave> {
        r.store_to(base, addr, value)
    }

    /// See [`Regs::check_bytes`].
    fn check(base: *mut u8, addr: u64, len: u64) -> Result<(), TrapKind> {
        Regs::check_bytes(base, addr, len)
    }

    /// See [`Regs::fill`].
    fn fill(base: *mut u8, addr: u64, value: u8, len: u64) -> Result<(), TrapKind> {
        Regs::fill(base, addr, value, len)
    }

    /// See [`Regs::copy`].
    fn copy(to: *mut u8, dst: u64, from: *mut u8, src: u64, len: u64) -> Result<(), TrapKind> {
        Regs::copy(to, dst, from, src, len)
    }
}

/// Addresses of shared memories, of either width: slots hold those of 32 bits zero-extended.
pub(crate) struct Shared;

impl Address for Shared {
    #[inline(always)]
    fn of(slot: u64) -> u64 {
        slot
    }

    #[inline(always)]
    fn load<T: Copy>(r: &mut Regs, base: *mut u8, addr: u64) -> Result<T, Leave> {
        r.load_shared(base, addr)
    }

    #[inline(always)]
    fn store<T: Copy>(r: &mut Regs, base: *mut u8, addr: u64, value: T) -> Result<(), Leave> {
        r.store_shared(base, addr, value)
    }

    fn check(base: *mut u8, addr: u64, len: u64) -> Result<(), TrapKind> {
        Regs::check_shared_bytes(base, addr, len)
    }

    fn fill(base: *mut u8, addr: u64, value: u8, len: u64) -> Result<(), TrapKind> {
        Regs::fill_shared(base, addr, value, len)
    }

    fn copy(to: *mut u8, dst: u64, from: *mut u8, src: u64, len: u64) -> Result<(), TrapKind> {
        Regs::copy_shared(to, dst, from, src, len)
    }
}

impl Address for u32 {
    #[inline(always)]
    fn of(slot: u64) -> u64 {
        slot & 0xFFFF_FFFF
    }
}

impl Address for u64 {
    #[inline(always)]
    fn of(slot: u64) -> u64 {
        slot
    }
}

/// The operands of an access to any memory: its index, the offset, the address.
pub(super) struct Far<N>(PhantomData<N>);

impl<N: Address> Far<N> {
    /// Bytes of the code.
    pub(super) const SIZE: usize = Kind::Index.size() + Kind::Offset64.size() + Kind::Slot.size();

    /// The memory's base, and the address.
    #[inline(always)]
    pub(super) fn place(r: &Regs, at: usize) -> (*mut u8, u64) {
        let base = r.memory_base(r.operand(at));
        let offset = r.operand::<u64>(at + Kind::Index.size());
        let addr = r.slot(at + Kind::Index.size() + Kind::Offset64.size());
        (base, Regs::far_address(N::of(addr), offset))
    }
}

/// acc = memory n [slot + offset]
pub(crate) struct LoadAny<O, N>(PhantomData<(O, N)>);

impl<O: IntLoad, N: Address> Op for LoadAny<O, N> {
    const SIZE: usize = Far::<N>::SIZE;
    const SHAPE: Shape =
        Shape::Op { name: O::OP.row().name, operands: &[Kind::Index, Kind::Offset64, Kind::Slot] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let (base, addr) = Far::<N>::place(r, at);
        let raw = N::load::<O::Raw>(r, base, addr)?;
        <Acc as Dest>::write(r, at, O::extend(raw).to_slot());
        Ok(())
    }
}

/// facc = memory n [slot + offset]
pub(crate) struct LoadFloatAny<O, N>(PhantomData<(O, N)>);

impl<O: FloatLoad, N: Address> Op for LoadFloatAny<O, N> {
    const SIZE: usize = Far::<N>::SIZE;
    const SHAPE: Shape =
        Shape::Op { name: O::OP.row().name, operands: &[Kind::Index, Kind::Offset64, Kind::Slot] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let (base, addr) = Far::<N>::place(r, at);
        let raw = N::load::<O::Raw>(r, base, addr)?;
        <Acc as FloatDest>::write(r, at, O::value(raw).to_carrier());
        Ok(())
    }
}

/// memory n [slot + offset] = slot
pub(crate) struct StoreAny<O, N>(PhantomData<(O, N)>);

impl<O: IntStore, N: Address> Op for StoreAny<O, N> {
    const SIZE: usize = Far::<N>::SIZE + Kind::Slot.size();
    const SHAPE: Shape = Shape::Op {
        name: O::OP.row().name,
        operands: &[Kind::Index, Kind::Offset64, Kind::Slot, Kind::Slot],
    };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let (base, addr) = Far::<N>::place(r, at);
        let value = O::In::from_slot(<Slot as Source>::read(r, at + Far::<N>::SIZE));
        N::store::<O::Raw>(r, base, addr, O::cut(value))
    }
}

/// memory n [slot + offset] = slot, a float
pub(crate) struct StoreFloatAny<O, N>(PhantomData<(O, N)>);

impl<O: FloatStore, N: Address> Op for StoreFloatAny<O, N> {
    const SIZE: usize = Far::<N>::SIZE + Kind::Slot.size();
    const SHAPE: Shape = Shape::Op {
        name: O::OP.row().name,
        operands: &[Kind::Index, Kind::Offset64, Kind::Slot, Kind::Slot],
    };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let (base, addr) = Far::<N>::place(r, at);
        let carrier = <Slot as FloatSource>::read(r, at + Far::<N>::SIZE);
        N::store::<O::Raw>(r, base, addr, O::cut(O::In::from_carrier(carrier)))
    }
}

/// acc = pages of memory n, whose size has this exponent
pub(crate) struct MemorySize;

impl Op for MemorySize {
    const SIZE: usize = Kind::Index.size() + Kind::Index.size();
    const SHAPE: Shape = Shape::Op { name: "memory.size", operands: &[Kind::Index, Kind::Index] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let base = r.memory_base(r.operand(at));
        let exponent = r.operand::<u32>(at + Kind::Index.size());
        r.acc = Regs::shared_size(base).wrapping_shr(exponent);
        Ok(())
    }
}

/// acc = memory.grow n (slot); -1 as wide as the memory's addresses when it can't
pub(crate) struct MemoryGrow<N>(PhantomData<N>);

impl<N: Address> Op for MemoryGrow<N> {
    const SIZE: usize = Kind::Index.size() + Kind::FarSlot.size();
    const SHAPE: Shape = Shape::Op { name: "memory.grow", operands: &[Kind::Index, Kind::FarSlot] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let memory = r.memory(r.operand(at));
        let pages = N::of(r.own(r.operand(at + Kind::Index.size())));
        let old = r.with_store(|store, _| store.memory_grow(memory, pages));
        r.acc = N::of(old.unwrap_or(u64::MAX));
        Ok(())
    }
}

/// Bytes (or elements times eight) that cost as much as an instruction.
const BYTES_A_COST: u64 = 64;
/// Bytes of a bulk operation between two looks at the counter: some 50 µs of work.
const CHUNK: u64 = 1 << 20;

/// A bulk operation on operands in consecutive slots: checked as a whole first, then done in chunks
/// that pay for themselves. When the slice ends in between, the operands say what is left, and the
/// op runs again.
pub(crate) trait BulkOp: 'static {
    /// The name in the text format.
    const NAME: &'static str;
    /// Checks and does at most `chunk` units from the operands in the slots from `slot` on, and
    /// writes back what is left. `a` and `b` are the op's indices. Gives the units done, and
    /// whether that was all.
    fn step(r: &mut Regs, a: u32, b: u32, slot: i32, chunk: u64) -> Result<(u64, bool), TrapKind>;
    /// Bytes of a unit.
    const UNIT: u64;
}

/// bulk O on slots n, n+1, n+2; the operands are indices a and b, and the first slot
pub(crate) struct BulkHandler<O, const METERED: bool>(PhantomData<O>);

impl<O: BulkOp, const METERED: bool> Handler for BulkHandler<O, METERED> {
    const SHAPE: Shape =
        Shape::Op { name: O::NAME, operands: &[Kind::Index, Kind::Index, Kind::FarSlot] };

    #[inline(always)]
    fn run(r: &mut Regs) -> Flow {
        let (word, counter) = bulk::<O, METERED>(r.ip, r.fp, r.context(), r.counter);
        r.counter = counter;
        if word == 0 {
            r.advance(WORD + whole(3 * Kind::Index.size()));
            return Flow::Next;
        }
        [r.l0, r.l1] = if word == Leave::SLICE_OVER.bits() { [r.l0, r.l1] } else { r.numbers() };
        Flow::Leave(Leave::from_bits(word))
    }
}

/// Outlined, with heap pointers and values only. Gives 0 or the word of a `Leave` (the numbers of a
/// trap are in `Saved`), and what is left in the slice.
#[inline(never)]
fn bulk<O: BulkOp, const METERED: bool>(
    ip: *const u8,
    fp: *mut u64,
    context: *mut Context,
    counter: Counter,
) -> (u64, Counter) {
    let mut r = Regs::outlined(ip, fp, context);
    r.counter = counter;
    let operand = |r: &Regs, index: usize| r.operand::<u32>(WORD + Kind::Index.size() * index);
    let (a, b, slot) = (operand(&r, 0), operand(&r, 1), operand(&r, 2) as i32);
    loop {
        let (units, all) = match O::step(&mut r, a, b, slot, CHUNK / O::UNIT) {
            Ok(done) => done,
            Err(kind) => return (trap_word(&r, kind), r.counter),
        };
        let cost = units.saturating_mul(O::UNIT) / BYTES_A_COST;
        if METERED {
            r.counter.charge(cost as Cost);
        }
        if all {
            return (0, r.counter);
        }
        if r.counter.is_over() {
            return (Leave::SLICE_OVER.bits(), r.counter);
        }
    }
}

/// A run-time object's trap as the machine's; its numbers go to `Saved`.
#[expect(clippy::wildcard_enum_match_arm, reason = "bulk operations raise four kinds only")]
pub(super) fn trap_word(r: &Regs, kind: TrapKind) -> u64 {
    let (code, numbers) = match kind {
        TrapKind::MemoryOutOfBounds { addr, len } => (TrapCode::MemoryOutOfBounds, [addr, len]),
        TrapKind::TableOutOfBounds { index, len } => (TrapCode::TableOutOfBounds, [index, len]),
        TrapKind::ArrayOutOfBounds { index, len } => (TrapCode::ArrayOutOfBounds, [index, len]),
        TrapKind::NullArrayReference => (TrapCode::NullArrayReference, [0, 0]),
        _ => (TrapCode::Unreachable, [0, 0]),
    };
    r.set_numbers(numbers);
    Leave::trap(code).bits()
}

/// memory.fill a: address, byte, count; `N` the width of addresses
pub(crate) struct MemoryFill<N>(PhantomData<N>);

impl<N: Address> BulkOp for MemoryFill<N> {
    const NAME: &'static str = "memory.fill";
    const UNIT: u64 = 1;

    fn step(r: &mut Regs, a: u32, _: u32, slot: i32, chunk: u64) -> Result<(u64, bool), TrapKind> {
        let base = r.memory_base(a);
        let (addr, value, len) =
            (N::of(r.own(slot)), r.own(slot + 1) as u8, N::of(r.own(slot + 2)));
        N::check(base, addr, len)?;
        let now = len.min(chunk);
        N::fill(base, addr, value, now)?;
        r.set_own(slot, addr + now);
        r.set_own(slot + 2, len - now);
        Ok((now, now == len))
    }
}

/// memory.copy to a from b: destination, source, count; widths of both and of the count
pub(crate) struct MemoryCopy<D, S, N>(PhantomData<(D, S, N)>);

impl<D: Address, S: Address, N: Address> BulkOp for MemoryCopy<D, S, N> {
    const NAME: &'static str = "memory.copy";
    const UNIT: u64 = 1;

    fn step(r: &mut Regs, a: u32, b: u32, slot: i32, chunk: u64) -> Result<(u64, bool), TrapKind> {
        let (to, from) = (r.memory_base(a), r.memory_base(b));
        let (dst, src, len) = (D::of(r.own(slot)), S::of(r.own(slot + 1)), N::of(r.own(slot + 2)));
        N::check(to, dst, len)?;
        N::check(from, src, len)?;
        let now = len.min(chunk);
        // Overlapping upwards, the last bytes go first, so that no chunk overwrites a later one.
        let backwards = a == b && dst > src;
        let skip = if backwards { len - now } else { 0 };
        N::copy(to, dst + skip, from, src + skip, now)?;
        if !backwards {
            r.set_own(slot, dst + now);
            r.set_own(slot + 1, src + now);
        }
        r.set_own(slot + 2, len - now);
        Ok((now, now == len))
    }
}

/// memory.init a from data b: destination, source, count
pub(crate) struct MemoryInit<N>(PhantomData<N>);

impl<N: Address> BulkOp for MemoryInit<N> {
    const NAME: &'static str = "memory.init";
    const UNIT: u64 = 1;

    fn step(r: &mut Regs, a: u32, b: u32, slot: i32, _: u64) -> Result<(u64, bool), TrapKind> {
        let (dst, src, len) =
            (N::of(r.own(slot)), r.own(slot + 1) & 0xFFFF_FFFF, r.own(slot + 2) & 0xFFFF_FFFF);
        // A segment is no longer than the module: one chunk.
        r.with_store(|store, instance| {
            store.memory_init(instance, MemIdx(a), DataIdx(b), dst, src, len)
        })?;
        Ok((len, true))
    }
}

/// data.drop n
pub(crate) struct DataDrop;

impl Op for DataDrop {
    const SIZE: usize = Kind::Index.size();
    const SHAPE: Shape = Shape::Op { name: "data.drop", operands: &[Kind::Index] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let data = DataIdx(r.operand(at));
        r.with_store(|store, instance| store.data_drop(instance, data));
        Ok(())
    }
}
