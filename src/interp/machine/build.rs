//! New structures and arrays, and what is done with many elements at once.
//!
//! A new structure is a bump and a check. Where there is no room the machine is left, the driver
//! makes some, collecting when it must, and the op runs again.
//!
//! Spec: exec/instructions#aggregate-reference-instructions, <https://github.com/WebAssembly/gc>

use std::marker::PhantomData;

use super::aggregate::{W32, W64};
use super::counter::Counter;
use super::memory::{BulkOp, trap_word};
use super::{Flow, Handler, Kind, Leave, Regs, Shape, WORD, whole};
use crate::interp::code::Cost;
use crate::interp::heap::HeapRef;
use crate::interp::heap::object::Header;
use crate::interp::heap::types::{Field, array_size};
use crate::interp::store::context::Context;
use crate::interp::store::meter::Meter;
use crate::interp::trap::TrapKind;
use crate::wasm::{DataIdx, ElemIdx};

/// A field of a small structure: its width, or that there is none.
pub(crate) trait Part: 'static {
    /// Bytes; 0 when there is none.
    const SIZE: u64;
    /// Writes the field.
    fn store(heap: HeapRef, object: u64, at: u64, slot: u64);
}

/// No field.
pub(crate) struct Nothing;

impl Part for Nothing {
    const SIZE: u64 = 0;
    #[inline(always)]
    fn store(_: HeapRef, _: u64, _: u64, _: u64) {}
}

impl Part for W32 {
    const SIZE: u64 = 4;
    #[inline(always)]
    fn store(heap: HeapRef, object: u64, at: u64, slot: u64) {
        heap.store(object, at, slot as u32);
    }
}

impl Part for W64 {
    const SIZE: u64 = 8;
    #[inline(always)]
    fn store(heap: HeapRef, object: u64, at: u64, slot: u64) {
        heap.store(object, at, slot);
    }
}

/// acc = a structure of type n, m bytes long, of the fields in slots from k on
pub(crate) struct StructNew<A, B, C>(PhantomData<(A, B, C)>);

impl<A: Part, B: Part, C: Part> StructNew<A, B, C> {
    const FIRST: u64 = Header::SIZE as u64;
    const SECOND: u64 = behind(Self::FIRST + A::SIZE, B::SIZE);
    const THIRD: u64 = behind(Self::SECOND + B::SIZE, C::SIZE);
}

/// Where a field of this width is that follows byte `end`.
const fn behind(end: u64, size: u64) -> u64 {
    if size == 0 { end } else { end.next_multiple_of(size) }
}

impl<A: Part, B: Part, C: Part> Handler for StructNew<A, B, C> {
    const SHAPE: Shape =
        Shape::Op { name: "struct.new", operands: &[Kind::Index, Kind::Index, Kind::FarSlot] };

    #[inline(always)]
    fn run(r: &mut Regs) -> Flow {
        const AT: usize = WORD + Kind::Index.size();
        let size = u64::from(r.operand::<u32>(AT));
        let heap = r.heap();
        let Some(object) = heap.bump(size) else {
            r.set_numbers([size, 0]);
            return Flow::Leave(Leave::COLLECT);
        };
        heap.set_header(object, Header { kind: r.operand(WORD), len: 0 });
        let slot = r.operand::<i32>(AT + Kind::Index.size());
        if A::SIZE > 0 {
            A::store(heap, object, Self::FIRST, r.own(slot));
        }
        if B::SIZE > 0 {
            B::store(heap, object, Self::SECOND, r.own(slot + 1));
        }
        if C::SIZE > 0 {
            C::store(heap, object, Self::THIRD, r.own(slot + 2));
        }
        r.acc = object;
        r.advance(WORD + whole(2 * Kind::Index.size() + Kind::FarSlot.size()));
        Flow::Next
    }
}

/// Why an object wasn't made.
pub(crate) enum Refusal {
    /// There is no room for so many bytes now.
    Room(u64),
    /// A trap.
    Trap(TrapKind),
}

impl From<TrapKind> for Refusal {
    fn from(kind: TrapKind) -> Self {
        Self::Trap(kind)
    }
}

/// Makes an object of operands in consecutive slots.
pub(crate) trait BuildOp: 'static {
    /// The name in the text format.
    const NAME: &'static str;
    /// The object; `a` and `b` are the op's operands, `slot` the first of the instruction's.
    fn build(r: &Regs, a: u32, b: u32, slot: i32) -> Result<u64, Refusal>;
}

/// acc = O of slots n, n+1 and so on
pub(crate) struct Build<O, const METERED: bool>(PhantomData<O>);

impl<O: BuildOp, const METERED: bool> Handler for Build<O, METERED> {
    const SHAPE: Shape =
        Shape::Op { name: O::NAME, operands: &[Kind::Index, Kind::Index, Kind::FarSlot] };

    #[inline(always)]
    fn run(r: &mut Regs) -> Flow {
        let (word, counter) = build::<O, METERED>(r.ip, r.fp, r.context(), r.counter);
        r.counter = counter;
        let [first, second] = r.numbers();
        if word == 0 {
            r.acc = first;
            r.advance(WORD + whole(2 * Kind::Index.size() + Kind::FarSlot.size()));
            return Flow::Next;
        }
        if word != Leave::COLLECT.bits() {
            (r.l0, r.l1) = (first, second);
        }
        Flow::Leave(Leave::from_bits(word))
    }
}

/// Outlined, with heap pointers and values only. Gives 0 when the object is in `Saved::numbers`, or
/// the word of a `Leave`, and what is left in the slice.
#[inline(never)]
fn build<O: BuildOp, const METERED: bool>(
    ip: *const u8,
    fp: *mut u64,
    context: *mut Context,
    counter: Counter,
) -> (u64, Counter) {
    /// Bytes that cost as much as an instruction.
    const BYTES_A_COST: u64 = 64;
    /// So much ends any slice, and the counter holds it.
    const MOST: u64 = Meter::LONGEST;
    let mut r = Regs::outlined(ip, fp, context);
    r.counter = counter;
    let operand = |index: usize| r.operand::<u32>(WORD + Kind::Index.size() * index);
    let word = match O::build(&r, operand(0), operand(1), operand(2).cast_signed()) {
        Ok(object) => {
            if METERED {
                let bytes = r.heap().size(object);
                r.counter.charge((bytes / BYTES_A_COST).min(MOST) as Cost);
            }
            r.set_numbers([object, 0]);
            0
        }
        Err(Refusal::Room(size)) => {
            r.set_numbers([size, 0]);
            Leave::COLLECT.bits()
        }
        Err(Refusal::Trap(kind)) => trap_word(&r, kind),
    };
    (word, r.counter)
}

/// Room for an array, with its header.
fn array(r: &Regs, kind: u32, len: u64) -> Result<(u64, Field), Refusal> {
    let heap = r.heap();
    let element = heap.element(kind);
    let len = len as u32;
    let size = array_size(element, len);
    let object = heap.bump(size).ok_or(Refusal::Room(size))?;
    heap.set_header(object, Header { kind, len });
    Ok((object, element))
}

/// Declares ways to make an object: name, operands, what they do.
macro_rules! builds {
    ($($(#[$doc:meta])* $name:ident $text:literal
        ($r:ident, $a:ident, $b:ident, $slot:ident) $body:block)+) => {
        $(
            $(#[$doc])*
            pub(crate) struct $name;
            impl BuildOp for $name {
                const NAME: &'static str = $text;
                fn build($r: &Regs, $a: u32, $b: u32, $slot: i32) -> Result<u64, Refusal> $body
            }
        )+
    };
}

builds! {
    /// A structure of type a, of the fields in slots.
    StructNewMany "struct.new many" (r, a, _b, slot) {
        let heap = r.heap();
        let size = heap.struct_size(a);
        let object = heap.bump(size).ok_or(Refusal::Room(size))?;
        heap.set_header(object, Header { kind: a, len: 0 });
        heap.fill_struct(object, |index| r.own(slot + index as i32));
        Ok(object)
    }
    /// A structure of type a, of zeros and nulls.
    StructNewDefault "struct.new_default" (r, a, _b, _slot) {
        let heap = r.heap();
        let size = heap.struct_size(a);
        let object = heap.bump(size).ok_or(Refusal::Room(size))?;
        heap.clear(object, size);
        heap.set_header(object, Header { kind: a, len: 0 });
        Ok(object)
    }
    /// An array of type a: the value in b slots, then the length.
    ArrayNew "array.new" (r, a, b, slot) {
        let (object, element) = array(r, a, r.own(slot + b as i32))?;
        let high = if b == 2 { r.own(slot + 1) } else { 0 };
        let len = r.heap().header(object).len;
        r.heap().fill(object, element, 0..len, [r.own(slot), high]);
        Ok(object)
    }
    /// An array of type a, of zeros and nulls; the length.
    ArrayNewDefault "array.new_default" (r, a, _b, slot) {
        let (object, element) = array(r, a, r.own(slot))?;
        let heap = r.heap();
        let header = heap.header(object);
        heap.clear(object, array_size(element, header.len));
        heap.set_header(object, header);
        Ok(object)
    }
    /// An array of type a, of b values in slots.
    ArrayNewFixed "array.new_fixed" (r, a, b, slot) {
        let (object, element) = array(r, a, u64::from(b))?;
        let wide = element.slots() as i32;
        for index in 0..b {
            let at = slot + index as i32 * wide;
            let high = if wide == 2 { r.own(at + 1) } else { 0 };
            r.heap().set_element(object, element, index, [r.own(at), high]);
        }
        Ok(object)
    }
    /// An array of type a, of bytes of data b: offset and length.
    ArrayNewData "array.new_data" (r, a, b, slot) {
        let (offset, len) = (r.own(slot) as u32, r.own(slot + 1) as u32);
        let width = r.heap().element(a).size();
        r.with_store(|store, instance| store.check_data(instance, DataIdx(b), offset, len, width))?;
        let (object, _) = array(r, a, u64::from(len))?;
        r.with_store(|store, instance| {
            store.array_init_data(instance, object, 0, DataIdx(b), offset, len)
        })?;
        Ok(object)
    }
    /// An array of type a, of elements of segment b: offset and length.
    ArrayNewElem "array.new_elem" (r, a, b, slot) {
        let (offset, len) = (r.own(slot) as u32, r.own(slot + 1) as u32);
        r.with_store(|store, instance| store.check_elem(instance, ElemIdx(b), offset, len))?;
        let (object, _) = array(r, a, u64::from(len))?;
        r.with_store(|store, instance| {
            store.array_init_elem(instance, object, 0, ElemIdx(b), offset, len)
        })?;
        Ok(object)
    }
}

/// The array in a slot, unless it is null or hasn't `len` elements from `index` on.
fn range(r: &Regs, slot: i32, index: u64, len: u64) -> Result<u64, TrapKind> {
    let array = r.own(slot);
    if array == 0 {
        return Err(TrapKind::NullArrayReference);
    }
    if index + len > u64::from(r.heap().header(array).len) {
        return Err(TrapKind::ArrayOutOfBounds { index, len });
    }
    Ok(array)
}

/// The i32 in a slot.
fn number(r: &Regs, slot: i32) -> u64 {
    r.own(slot) & 0xFFFF_FFFF
}

/// array.fill a: array, index, value in b slots, count
pub(crate) struct ArrayFill;

impl BulkOp for ArrayFill {
    const NAME: &'static str = "array.fill";
    const UNIT: u64 = 8;

    fn step(r: &mut Regs, a: u32, b: u32, slot: i32, _: u64) -> Result<(u64, bool), TrapKind> {
        let (index, len) = (number(r, slot + 1), number(r, slot + 2 + b as i32));
        let array = range(r, slot, index, len)?;
        let high = if b == 2 { r.own(slot + 3) } else { 0 };
        let (heap, value) = (r.heap(), [r.own(slot + 2), high]);
        heap.fill(array, heap.element(a), index as u32..(index + len) as u32, value);
        Ok((len, true))
    }
}

/// array.copy of elements of type a: array, index, array, index, count
pub(crate) struct ArrayCopy;

impl BulkOp for ArrayCopy {
    const NAME: &'static str = "array.copy";
    const UNIT: u64 = 8;

    fn step(r: &mut Regs, a: u32, _: u32, slot: i32, _: u64) -> Result<(u64, bool), TrapKind> {
        let (dst, src, len) = (number(r, slot + 1), number(r, slot + 3), number(r, slot + 4));
        if r.own(slot) == 0 || r.own(slot + 2) == 0 {
            return Err(TrapKind::NullArrayReference);
        }
        let (to, from) = (range(r, slot, dst, len)?, range(r, slot + 2, src, len)?);
        let heap = r.heap();
        let size = u64::from(heap.element(a).size());
        let place = |index: u64| u64::from(Header::SIZE) + index * size;
        heap.copy((to, place(dst)), (from, place(src)), len * size);
        Ok((len, true))
    }
}

/// array.init_data from b: array, index, offset, count
pub(crate) struct ArrayInitData;

impl BulkOp for ArrayInitData {
    const NAME: &'static str = "array.init_data";
    const UNIT: u64 = 8;

    fn step(r: &mut Regs, _: u32, b: u32, slot: i32, _: u64) -> Result<(u64, bool), TrapKind> {
        let (index, len) = (number(r, slot + 1), number(r, slot + 3));
        let array = range(r, slot, index, len)?;
        let offset = number(r, slot + 2) as u32;
        r.with_store(|store, instance| {
            store.array_init_data(instance, array, index as u32, DataIdx(b), offset, len as u32)
        })?;
        Ok((len, true))
    }
}

/// array.init_elem from b: array, index, offset, count
pub(crate) struct ArrayInitElem;

impl BulkOp for ArrayInitElem {
    const NAME: &'static str = "array.init_elem";
    const UNIT: u64 = 8;

    fn step(r: &mut Regs, _: u32, b: u32, slot: i32, _: u64) -> Result<(u64, bool), TrapKind> {
        let (index, len) = (number(r, slot + 1), number(r, slot + 3));
        let array = range(r, slot, index, len)?;
        let offset = number(r, slot + 2) as u32;
        r.with_store(|store, instance| {
            store.array_init_elem(instance, array, index as u32, ElemIdx(b), offset, len as u32)
        })?;
        Ok((len, true))
    }
}
