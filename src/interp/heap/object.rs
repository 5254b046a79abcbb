//! Raw memory of the heap: objects by their offsets. Everything here looks safe to the handlers
//! and the collector; that is sound because a reference in a slot is an object's (I6), and the
//! translator reads and writes only the fields that the object's type has (I1).
#![expect(unsafe_code, reason = "reads and writes objects by their offsets")]

use std::ptr::{self, NonNull};

use super::alloc::Space;
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
    space: Space,
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
    pub(crate) const fn new(limit: u64) -> Self {
        Self { base: ptr::null_mut(), top: 0, end: 0, space: Space::new(limit) }
    }

    /// A free run of at least `size` bytes for the next objects; false when the space has none
    /// now.
    pub(crate) fn refill(&mut self, size: u64) -> bool {
        let Some(run) = self.space.refill(self.top..self.end, size) else { return false };
        self.base = self.space.base();
        (self.top, self.end) = (run.start, run.end);
        true
    }
}

impl HeapRef {
    /// The heap that the store owns.
    pub(crate) const fn of(heap: &Object<Heap>) -> Self {
        Self(heap.as_ptr())
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
