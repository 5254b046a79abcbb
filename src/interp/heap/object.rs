//! Raw memory of the heap: objects by their offsets. Everything here looks safe to the handlers
//! and the collector; that is sound because a reference in a slot is an object's (I6), and the
//! translator reads and writes only the fields that the object's type has (I1).
#![expect(unsafe_code, reason = "reads and writes objects by their offsets")]

use std::ops::Range;
use std::ptr::{self, NonNull};
use std::sync::OnceLock;

use super::alloc::{Growth, Space};
use super::marks::Marks;
use super::types::{Field, Layout, ObjectType, References, TypeTable};
use crate::interp::store::object::Object;
use crate::wasm::{AbsHeapType, HeapType, TypeIdx};

/// A store's heap. Handlers read the first three words, so their places are fixed.
#[repr(C)]
pub(crate) struct Heap {
    /// Where offset 0 is.
    base: *mut u8,
    /// The offset at which the next object starts.
    top: u64,
    /// The end of the free run that `top` lies in.
    end: u64,
    /// Which runs are free.
    pub(super) space: Space,
    /// The types of the objects.
    pub(super) types: TypeTable,
}

/// A heap, as handlers and the store point to it.
#[derive(Clone, Copy)]
pub(crate) struct HeapRef(NonNull<Heap>);

/// The first word of an object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C)]
pub(crate) struct Header {
    /// The canonical type of a structure or an array; of an exception its tag, marked.
    pub(crate) kind: u32,
    /// Elements of an array, slots of an exception; 0 for structures.
    pub(crate) len: u32,
}

impl Header {
    /// Bytes of the header: the offset of the first field.
    pub(crate) const SIZE: u32 = size_of::<Self>() as u32;
    /// Marks the kind of an exception. No canonical type has this bit.
    const EXCEPTION: u32 = 1 << 31;

    /// The header of an exception of the tag at this address of the store.
    pub(crate) const fn of_exception(tag: u32, slots: u32) -> Self {
        Self { kind: tag | Self::EXCEPTION, len: slots }
    }

    /// What kind of thing the object is: its canonical type, or an exception.
    pub(crate) const fn heap_type(self) -> HeapType {
        match self.tag() {
            Some(_) => HeapType::Abstract(AbsHeapType::Exn),
            None => HeapType::Concrete(TypeIdx(self.kind)),
        }
    }

    /// The address of the tag, when the object is an exception.
    pub(crate) const fn tag(self) -> Option<u32> {
        if self.kind & Self::EXCEPTION == 0 { None } else { Some(self.kind & !Self::EXCEPTION) }
    }
}

/// Read through this, an unaligned value has no temporary whose address escapes (see
/// `machine::regs`).
#[repr(C, packed)]
struct Unaligned<T>(T);

impl Heap {
    /// A heap of at most `limit` bytes, of which none is reserved before it is needed.
    pub(crate) fn new(limit: u64) -> Self {
        let (space, types) = (Space::new(limit), TypeTable::default());
        Self { base: ptr::null_mut(), top: 0, end: 0, space, types }
    }

    /// The store gets objects of these types, too.
    pub(crate) fn adopt(&mut self, types: &TypeTable) {
        if types.len() > self.types.len() {
            self.types = types.clone();
        }
    }

    /// A free run of at least `size` bytes for the next objects; false when the space has none
    /// now.
    pub(super) fn refill(&mut self, size: u64, growth: Growth) -> bool {
        let rest = self.top..self.end;
        let Some(run) = self.space.refill(rest, size, growth) else { return false };
        self.base = self.space.base();
        (self.top, self.end) = (run.start, run.end);
        true
    }

    /// Leaves room for an object of `size` bytes alone.
    pub(super) fn end_run_after(&mut self, size: u64) {
        self.end = self.top + size;
    }

    /// The marks, for a collection, and the end of all objects. What is left of the run is given
    /// up: it isn't marked.
    pub(super) fn start_marking(&mut self) -> (Marks, u64) {
        (self.top, self.end) = (0, 0);
        (std::mem::take(&mut self.space.marks), self.space.frontier)
    }

    /// The marks after a collection, and the bytes that are marked.
    pub(super) fn end_marking(&mut self, marks: Marks, live: u64) {
        self.space.marks = marks;
        self.space.collected(live);
    }

    /// Overwrites what is free, so that whoever still reads it notices.
    pub(super) fn spoil(&mut self) {
        const SPOILT: u8 = 0xDD;
        let mut from = u64::from(Header::SIZE);
        while let Some(gap) = self.space.marks.gap(from, self.space.frontier) {
            from = gap.end;
            let len = (gap.end - gap.start) as usize;
            // SAFETY: the gap lies in the reservation below the frontier, and no object in it.
            unsafe { ptr::write_bytes(self.base.add(gap.start as usize), SPOILT, len) };
        }
    }
}

impl HeapRef {
    /// The heap that the store owns.
    pub(crate) const fn of(heap: &Object<Heap>) -> Self {
        Self(heap.as_ptr())
    }

    /// The heap at the address that a `Context` holds.
    #[inline(always)]
    pub(crate) const fn at(heap: NonNull<Heap>) -> Self {
        Self(heap)
    }

    /// The type of structures or arrays of this canonical type.
    #[inline(always)]
    fn ty<'h>(self, kind: u32) -> &'h ObjectType {
        self.known(kind).expect("instantiated: the store has the types of its objects")
    }

    /// The same for handlers, which must not be able to panic: else they would have a frame.
    #[inline(always)]
    fn known<'h>(self, kind: u32) -> Option<&'h ObjectType> {
        // SAFETY: the store's heap is alive; I7: the table is replaced only while no handler runs.
        let types = unsafe { &(*self.0.as_ptr()).types };
        types.get(kind as usize).and_then(OnceLock::get).map(|ty| &**ty)
    }

    /// Whether objects of type `kind` are of a type below `wanted`, above which are `depth` types.
    #[inline(always)]
    pub(crate) fn is_below(self, kind: u32, wanted: u32, depth: u32) -> bool {
        self.known(kind).is_some_and(|ty| ty.is_below(wanted, depth))
    }

    /// Whether an object that is no exception is an array.
    #[inline(always)]
    pub(crate) fn is_array(self, object: u64) -> bool {
        let ty = self.known(self.header(object).kind);
        ty.is_some_and(|ty| matches!(ty.layout, Layout::Array(_)))
    }

    /// The elements of arrays of this type.
    pub(crate) fn element(self, kind: u32) -> Field {
        match self.ty(kind).layout {
            Layout::Array(element) => element,
            Layout::Struct(_) => unreachable!("validated: an array's type is one of arrays"),
        }
    }

    /// Bytes of structures of this type.
    pub(crate) fn struct_size(self, kind: u32) -> u64 {
        self.ty(kind).size(0)
    }

    /// Where the references of an object that is no exception are.
    pub(super) fn references<'h>(self, object: u64) -> References<'h> {
        self.ty(self.header(object).kind).references()
    }

    /// Bytes of an object that is no exception.
    pub(crate) fn size(self, object: u64) -> u64 {
        let Header { kind, len } = self.header(object);
        self.ty(kind).size(len)
    }

    /// The field `index` of a structure: its place, and what it holds.
    pub(crate) fn field(self, kind: u32, index: usize) -> Option<(u64, Field)> {
        match &self.ty(kind).layout {
            Layout::Struct(layout) => {
                layout.fields.get(index).map(|(at, field)| (u64::from(*at), *field))
            }
            Layout::Array(_) => None,
        }
    }

    /// Writes the fields of a new structure, whose slots `slot` gives.
    pub(crate) fn fill_struct(self, object: u64, slot: impl Fn(u32) -> u64) {
        let Layout::Struct(layout) = &self.ty(self.header(object).kind).layout else { return };
        let mut at = 0;
        for (place, field) in &layout.fields {
            let high = if field.slots() == 2 { slot(at + 1) } else { 0 };
            self.set(object, u64::from(*place), *field, [slot(at), high]);
            at += field.slots();
        }
    }

    /// Reads a field: its slots, packed ones without their sign.
    pub(crate) fn get(self, object: u64, at: u64, field: Field) -> [u64; 2] {
        match field {
            Field::I8 => [u64::from(self.load::<u8>(object, at)), 0],
            Field::I16 => [u64::from(self.load::<u16>(object, at)), 0],
            Field::W32 => [u64::from(self.load::<u32>(object, at)), 0],
            Field::W64 | Field::Reference => [self.load(object, at), 0],
            Field::W128 => self.load(object, at),
        }
    }

    /// Writes a field.
    pub(crate) fn set(self, object: u64, at: u64, field: Field, value: [u64; 2]) {
        match field {
            Field::I8 => self.store(object, at, value[0] as u8),
            Field::I16 => self.store(object, at, value[0] as u16),
            Field::W32 => self.store(object, at, value[0] as u32),
            Field::W64 | Field::Reference => self.store(object, at, value[0]),
            Field::W128 => self.store(object, at, value),
        }
    }

    /// Writes an element of an array that has it.
    pub(crate) fn set_element(self, array: u64, element: Field, index: u32, value: [u64; 2]) {
        self.set(array, element.place(index), element, value);
    }

    /// Writes elements of an array that has them.
    pub(crate) fn fill(self, array: u64, element: Field, range: Range<u32>, value: [u64; 2]) {
        for index in range {
            self.set_element(array, element, index, value);
        }
    }

    /// Clears the bytes of a new object.
    pub(crate) fn clear(self, object: u64, size: u64) {
        let start = self.place::<u8>(object, 0);
        // SAFETY: I6: the object has so many bytes; I7: nobody else writes them.
        unsafe { ptr::write_bytes(start, 0, size as usize) };
    }

    /// Copies bytes from one object to another or the same; they may overlap.
    pub(crate) fn copy(self, to: (u64, u64), from: (u64, u64), bytes: u64) {
        let (to, from) = (self.place::<u8>(to.0, to.1), self.place::<u8>(from.0, from.1));
        // SAFETY: I6: both objects have the bytes; I7: nobody else writes them.
        unsafe { ptr::copy(from, to, bytes as usize) };
    }

    /// Writes bytes of an object that has them.
    pub(crate) fn write_bytes(self, object: u64, at: u64, bytes: &[u8]) {
        let to = self.place::<u8>(object, at).cast();
        // SAFETY: I6: the object has the bytes; I7: nobody else writes them.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), to, bytes.len()) };
    }

    /// Room for an object of so many bytes; none when the free run is too short.
    #[inline(always)]
    pub(crate) fn bump(self, size: u64) -> Option<u64> {
        let heap = self.0.as_ptr();
        // SAFETY: the store's heap is alive; I7: nobody else writes it.
        unsafe {
            let top = (*heap).top;
            if size > (*heap).end - top {
                return None;
            }
            (*heap).top = top + size;
            Some(top)
        }
    }

    /// The bytes `at` behind the start of an object.
    #[inline(always)]
    fn place<T>(self, object: u64, at: u64) -> *mut Unaligned<T> {
        // SAFETY: the store's heap is alive; I6: the object is, and has a field there.
        unsafe { (*self.0.as_ptr()).base.add((object + at) as usize).cast() }
    }

    /// Reads `at` bytes behind the start of an object.
    #[inline(always)]
    pub(crate) fn load<T: Copy>(self, object: u64, at: u64) -> T {
        // SAFETY: as in `place`; any bits are a number.
        unsafe { (*self.place::<T>(object, at)).0 }
    }

    /// Writes `at` bytes behind the start of an object.
    #[inline(always)]
    pub(crate) fn store<T: Copy>(self, object: u64, at: u64, value: T) {
        // SAFETY: as in `place`; I7: nobody else writes it.
        unsafe { (*self.place::<T>(object, at)).0 = value };
    }

    /// The header of an object.
    #[inline(always)]
    pub(crate) fn header(self, object: u64) -> Header {
        self.load(object, 0)
    }

    /// Writes the header of a new object.
    #[inline(always)]
    pub(crate) fn set_header(self, object: u64, header: Header) {
        self.store(object, 0, header);
    }
}
