//! The `Context`: what handlers reach besides their registers. One for each instance.
//!
//! A handler gets its address in a vector register. The header has fixed offsets; behind it stand
//! the instance's globals: the value of an own one (two slots for a v128), the address of an
//! imported one. While a guest runs, the `Context` of the running instance holds the
//! stack's end and the place for saved registers; a call into another instance hands them over.
#![expect(unsafe_code, reason = "allocates a header followed by the globals' slots")]

use std::ptr::{self, NonNull};

use super::StoreInner;
use super::func::FuncInst;
use super::instance::InstanceInst;
use super::memory::MemoryInst;
use super::table::TableInst;
use crate::interp::heap::Heap;
use crate::interp::machine::Saved;

/// The fixed part of a `Context`.
#[repr(C)]
pub(crate) struct Context {
    /// A frame may start below this address; behind it is room for small frames (I4).
    pub(crate) stack_end: *mut u64,
    /// The base of memory 0 (I5), or of the empty memory.
    pub(crate) memory0: *mut u8,
    /// The instance's tables by index.
    pub(crate) tables: *const NonNull<TableInst>,
    /// The instance's memories by index.
    pub(crate) memories: *const NonNull<MemoryInst>,
    /// The imported functions by index.
    pub(crate) imports: *const NonNull<FuncInst>,
    /// The store's garbage-collected objects.
    pub(crate) heap: *mut Heap,
    /// Where the machine's registers go when it leaves.
    pub(crate) saved: *mut Saved,
    /// The instance this belongs to.
    pub(crate) instance: *mut InstanceInst,
    /// The store this belongs to.
    pub(crate) store: *mut StoreInner,
}

/// An allocated `Context` with its globals. It never moves; the store owns it.
pub(crate) struct ContextBox {
    at: NonNull<Context>,
    words: usize,
}

impl Context {
    /// Words of the fixed part: the first global's slot.
    pub(crate) const HEADER: usize = size_of::<Self>() / size_of::<u64>();
}

impl ContextBox {
    /// A zeroed `Context` with `slots` words for globals.
    pub(crate) fn new(slots: usize) -> Self {
        let words = Context::HEADER + slots;
        let memory = Box::leak(vec![0_u64; words].into_boxed_slice());
        Self { at: NonNull::from(memory).cast(), words }
    }

    /// Where it is, for the machine.
    #[inline]
    pub(crate) const fn as_ptr(&self) -> NonNull<Context> {
        self.at
    }

    /// The fixed part, to fill it. The store is borrowed mutably, so no handler runs (I7).
    pub(crate) const fn get_mut(&mut self) -> &mut Context {
        // SAFETY: `at` holds a header; zero is a valid value of each of its fields.
        unsafe { self.at.as_mut() }
    }

    /// The address of the global's slot at word `slot` behind the header.
    pub(crate) fn global(&self, slot: usize) -> NonNull<u64> {
        assert!(Context::HEADER + slot < self.words, "a global's slot lies in its context");
        // SAFETY: in range, as just checked.
        unsafe { self.at.cast::<u64>().add(Context::HEADER + slot) }
    }
}

impl Drop for ContextBox {
    fn drop(&mut self) {
        let words = ptr::slice_from_raw_parts_mut(self.at.cast::<u64>().as_ptr(), self.words);
        // SAFETY: `new` made it from a boxed slice of this many words; freed once.
        drop(unsafe { Box::from_raw(words) });
    }
}
