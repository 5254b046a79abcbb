//! The machine's registers, and the only raw accesses: code words, slots, memory 0, the context.
//!
//! Everything here looks safe to the handlers. That is sound because handlers run only code that
//! the translator made (I1), and the translator keeps I2 and I3; debug builds check what they can.
#![expect(unsafe_code, reason = "the only raw accesses of the machine; each cites its invariant")]

use std::ptr::{self, NonNull};

use super::counter::Counter;
use super::watch::Watch;
use super::{Leave, Saved, TrapCode};
use crate::interp::code::HEADER;
use crate::interp::heap::HeapRef;
use crate::interp::numeric::simd::Vector;
use crate::interp::store::StoreInner;
use crate::interp::store::context::Context;
use crate::interp::store::func::FuncInst;
use crate::interp::store::instance::InstanceInst;
use crate::interp::store::memory::MemoryInst;
use crate::interp::store::table::TableInst;
use crate::interp::trap::TrapKind;

/// What every handler gets and passes on.
#[derive(Clone, Copy)]
pub(crate) struct Regs {
    /// The running op's code word.
    pub(super) ip: *const u8,
    /// The frame's first own slot.
    pub(super) fp: *mut u64,
    /// The base of memory 0; its length stands just below (I5).
    pub(super) mem: *mut u8,
    /// The integer accumulator.
    pub(super) acc: u64,
    /// The first pinned local.
    pub(super) l0: u64,
    /// The second pinned local.
    pub(super) l1: u64,
    /// The float accumulator; an f32 is in its low half.
    pub(super) facc: f64,
    /// The first pinned float local.
    pub(super) f0: f64,
    /// The second pinned float local.
    pub(super) f1: f64,
    /// The vector accumulator.
    pub(super) vacc: Vector,
    /// The address of the `Context`, as the bits of a float: it costs nothing where it isn't used.
    pub(super) context: f64,
    /// Instructions left in the slice.
    pub(super) counter: Counter,
}

/// Read through this, an unaligned value has no temporary whose address escapes: debug assertions
/// would otherwise turn the jump at the end of a handler into a call.
#[repr(C, packed)]
struct Unaligned<T>(T);

impl Regs {
    /// Registers that point nowhere.
    pub(super) fn idle() -> Self {
        // SAFETY: every field is an integer, a float, a vector or a raw pointer: zero will do.
        unsafe { std::mem::zeroed() }
    }

    /// What an outlined part of a handler needs.
    pub(super) fn outlined(ip: *const u8, fp: *mut u64, context: *mut Context) -> Self {
        // SAFETY: the context of the running instance is alive.
        let mem = unsafe { (*context).memory0 };
        Self { ip, fp, mem, context: f64::from_bits(context as u64), ..Self::idle() }
    }

    // ---- the code

    /// The operand at byte `at` of the running op.
    #[inline(always)]
    pub(super) fn operand<T: Copy>(&self, at: usize) -> T {
        // SAFETY: I3: the op has an operand of this type there.
        unsafe { (*self.ip.add(at).cast::<Unaligned<T>>()).0 }
    }

    /// Goes on `bytes` further.
    #[inline(always)]
    pub(super) fn advance(&mut self, bytes: usize) {
        // SAFETY: I3: another op follows at this distance.
        self.ip = unsafe { self.ip.add(bytes) };
    }

    /// The address `bytes` after the running op.
    #[inline(always)]
    pub(super) fn after(&self, bytes: usize) -> *const u8 {
        // SAFETY: I3: another op follows at this distance.
        unsafe { self.ip.add(bytes) }
    }

    /// The code address that operand `at` holds.
    #[inline(always)]
    pub(super) fn target(&self, at: usize) -> *const u8 {
        self.operand::<*const u8>(at)
    }

    /// Entry `index` of the table of code addresses at byte `at`; entries are `stride` apart.
    #[inline(always)]
    pub(super) fn entry<T: Copy>(&self, at: usize, stride: usize, index: usize) -> T {
        // SAFETY: I3: the table has an entry for each index that `br_table` lets through.
        unsafe { (*self.ip.add(at + stride * index).cast::<Unaligned<T>>()).0 }
    }

    /// The address of the code that an entry word holds, whose address is operand `at`.
    #[inline(always)]
    pub(super) fn published(&self, at: usize) -> *const u8 {
        let entry = self.operand::<*const *const u8>(at);
        // SAFETY: I3: an entry word of this module, which lives as long as its code; a plain load
        // of an aligned word that is published once, with what it points to.
        unsafe { entry.read_volatile() }
    }

    // ---- the frame

    /// The slot `index` of the frame.
    #[inline(always)]
    fn slot_at(&self, index: isize) -> *mut u64 {
        let at = self.fp.wrapping_offset(index);
        self.check_slot(at);
        at
    }

    /// The slot whose number is operand `at`.
    #[inline(always)]
    pub(super) fn slot(&self, at: usize) -> u64 {
        let index = isize::from(self.operand::<i16>(at));
        // SAFETY: I2.
        unsafe { *self.slot_at(index) }
    }

    /// Writes the slot whose number is operand `at`.
    #[inline(always)]
    pub(super) fn set_slot(&mut self, at: usize, value: u64) {
        let index = isize::from(self.operand::<i16>(at));
        // SAFETY: I2.
        unsafe { *self.slot_at(index) = value };
    }

    /// The float slot whose number is operand `at`.
    #[inline(always)]
    pub(super) fn float_slot(&self, at: usize) -> f64 {
        let index = isize::from(self.operand::<i16>(at));
        // SAFETY: I2; any bits are a float.
        unsafe { *self.slot_at(index).cast::<f64>() }
    }

    /// Writes the float slot whose number is operand `at`.
    #[inline(always)]
    pub(super) fn set_float_slot(&mut self, at: usize, value: f64) {
        let index = isize::from(self.operand::<i16>(at));
        // SAFETY: I2.
        unsafe { *self.slot_at(index).cast::<f64>() = value };
    }

    /// The vector in two slots; the number of the first is operand `at`.
    #[inline(always)]
    pub(super) fn vector_slot(&self, at: usize) -> Vector {
        // SAFETY: I2; any bits are a vector.
        unsafe { (*self.wide_slot(at).cast::<Unaligned<Vector>>()).0 }
    }

    /// Writes the vector in two slots; the number of the first is operand `at`.
    #[inline(always)]
    pub(super) fn set_vector_slot(&mut self, at: usize, value: Vector) {
        // SAFETY: I2.
        unsafe { (*self.wide_slot(at).cast::<Unaligned<Vector>>()).0 = value };
    }

    /// Lane `lane` of the vector in two slots, the number of the first of which is operand `at`.
    /// (A slot holds the lowest lane in its low bits.)
    #[inline(always)]
    pub(super) fn lane<T: Copy>(&self, at: usize, lane: u8) -> T {
        let lanes = self.wide_slot(at).cast::<Unaligned<T>>();
        let last_of_slot = (size_of::<u64>() / size_of::<T>() - 1) as u8;
        let lane = if cfg!(target_endian = "big") { lane ^ last_of_slot } else { lane };
        // SAFETY: I2; validated: a vector has this lane, and any bits are a lane.
        unsafe { (*lanes.add(usize::from(lane))).0 }
    }

    /// The first of two slots.
    #[inline(always)]
    fn wide_slot(&self, at: usize) -> *mut u64 {
        let index = isize::from(self.operand::<i16>(at));
        let _ = self.slot_at(index + 1);
        self.slot_at(index)
    }

    /// The slot `index` of the frame.
    #[inline(always)]
    pub(super) fn own(&self, index: i32) -> u64 {
        // SAFETY: I2.
        unsafe { *self.slot_at(index as isize) }
    }

    /// The same of a frame of an execution that doesn't run: the context knows another one's stack.
    pub(super) fn peek(&self, index: i32) -> u64 {
        // SAFETY: I2.
        unsafe { *self.fp.wrapping_offset(index as isize) }
    }

    /// Writes the slot `index` of the frame.
    #[inline(always)]
    pub(super) fn set_own(&mut self, index: i32, value: u64) {
        // SAFETY: I2.
        unsafe { *self.slot_at(index as isize) = value };
    }

    /// The frame pointer `slots` further.
    #[inline(always)]
    pub(super) fn frame(&self, slots: usize) -> *mut u64 {
        self.fp.wrapping_add(slots)
    }

    /// The caller's frame pointer.
    #[inline(always)]
    pub(super) fn caller(&self) -> *mut u64 {
        // SAFETY: I2: every frame has a header.
        unsafe { *self.fp.sub(HEADER).cast::<*mut u64>() }
    }

    /// Where this frame returns to.
    #[inline(always)]
    pub(super) fn return_address(&self) -> *const u8 {
        // SAFETY: I2: every frame has a header.
        unsafe { *self.fp.sub(1).cast::<*const u8>() }
    }

    /// Writes the header of the frame at `frame`.
    #[inline(always)]
    pub(super) fn set_header(&mut self, frame: *mut u64, caller: *mut u64, back: *const u8) {
        self.check_slot(frame);
        // SAFETY: I4: the caller has compared `frame` with the stack's end.
        unsafe {
            *frame.sub(HEADER).cast::<*mut u64>() = caller;
            *frame.sub(1).cast::<*const u8>() = back;
        }
    }

    /// Notes in the frame at `frame` where to return and in which context, when a callee of
    /// another instance is done.
    #[inline(always)]
    pub(super) fn set_crossing(&mut self, frame: *mut u64, back: *const u8) {
        self.check_slot(frame);
        // SAFETY: I2: every frame has these two homes.
        unsafe {
            *frame.add(2).cast::<*const u8>() = back;
            *frame.add(3) = self.context.to_bits();
        }
    }

    /// Reads what `set_crossing` noted in this frame.
    #[inline(always)]
    pub(super) fn crossing(&self) -> (*const u8, f64) {
        // SAFETY: I2: every frame has these two homes.
        unsafe { (*self.fp.add(2).cast::<*const u8>(), f64::from_bits(*self.fp.add(3))) }
    }

    // ---- memory 0

    /// The value at `addr + offset` of memory 0.
    #[inline(always)]
    pub(super) fn load<T: Copy>(&mut self, addr: u64, offset: u32) -> Result<T, Leave> {
        let mem = self.mem;
        self.load_from(mem, u64::from(addr as u32) + u64::from(offset))
    }

    /// Writes the value at `addr + offset` of memory 0.
    #[inline(always)]
    pub(super) fn store<T: Copy>(&mut self, addr: u64, offset: u32, value: T) -> Result<(), Leave> {
        let mem = self.mem;
        self.store_to(mem, u64::from(addr as u32) + u64::from(offset), value)
    }

    /// The value at `addr` of the memory with this base; an address above 2^64-9 is out of bounds.
    #[inline(always)]
    pub(super) fn load_from<T: Copy>(&mut self, base: *mut u8, addr: u64) -> Result<T, Leave> {
        self.check::<T>(base, addr)?;
        // SAFETY: I5, and `check` found the bytes inside.
        Ok(unsafe { (*base.add(addr as usize).cast::<Unaligned<T>>()).0 })
    }

    /// Writes the value at `addr` of the memory with this base.
    #[inline(always)]
    pub(super) fn store_to<T: Copy>(
        &mut self,
        base: *mut u8,
        addr: u64,
        value: T,
    ) -> Result<(), Leave> {
        self.check::<T>(base, addr)?;
        // SAFETY: I5, and `check` found the bytes inside.
        unsafe { (*base.add(addr as usize).cast::<Unaligned<T>>()).0 = value };
        Ok(())
    }

    /// The size in bytes of the memory with this base.
    #[inline(always)]
    pub(super) fn size_of(base: *mut u8) -> u64 {
        // SAFETY: I5: `base` is a memory's, and its length stands below.
        unsafe { *base.cast::<u64>().sub(1) }
    }

    /// The trap of `len` bytes at `addr`, unless they lie in the memory with this base.
    pub(super) fn check_bytes(base: *mut u8, addr: u64, len: u64) -> Result<(), TrapKind> {
        match addr.checked_add(len) {
            Some(end) if end <= Self::size_of(base) => Ok(()),
            Some(_) | None => Err(TrapKind::MemoryOutOfBounds { addr, len }),
        }
    }

    /// Fills bytes of the memory with this base.
    pub(super) fn fill(base: *mut u8, addr: u64, value: u8, len: u64) -> Result<(), TrapKind> {
        Self::check_bytes(base, addr, len)?;
        // SAFETY: I5, and `check_bytes` found the bytes inside.
        unsafe { ptr::write_bytes(base.add(addr as usize), value, len as usize) };
        Ok(())
    }

    /// Copies bytes from the memory with base `from` to the one with base `to`; they may overlap.
    pub(super) fn copy(
        to: *mut u8,
        dst: u64,
        from: *mut u8,
        src: u64,
        len: u64,
    ) -> Result<(), TrapKind> {
        Self::check_bytes(to, dst, len)?;
        Self::check_bytes(from, src, len)?;
        // SAFETY: I5, and `check_bytes` found the bytes inside; `copy` allows overlap.
        unsafe { ptr::copy(from.add(src as usize), to.add(dst as usize), len as usize) };
        Ok(())
    }

    /// Whether a `T` at `addr` lies in the memory with this base. The sum can't wrap: an `addr` so
    /// high is refused when it is computed (`Regs::far_address`).
    #[inline(always)]
    fn check<T>(&mut self, base: *mut u8, addr: u64) -> Result<(), Leave> {
        let len = size_of::<T>() as u64;
        if addr + len > Self::size_of(base) {
            return Err(self.trap_with(TrapCode::MemoryOutOfBounds, addr, len));
        }
        Ok(())
    }

    // ---- the context

    /// The context.
    #[inline(always)]
    pub(super) fn context(&self) -> *mut Context {
        self.context.to_bits() as *mut Context
    }

    /// The end of the value stack: no frame starts behind it.
    #[inline(always)]
    pub(super) fn stack_end(&self) -> *mut u64 {
        // SAFETY: the context of the running instance is alive.
        unsafe { (*self.context()).stack_end }
    }

    /// The imported function `index` of the running instance.
    #[inline(always)]
    pub(super) fn import(&self, index: u32) -> NonNull<FuncInst> {
        // SAFETY: validated: the instance has this import.
        unsafe { *(*self.context()).imports.add(index as usize) }
    }

    /// The table `index` of the running instance.
    #[inline(always)]
    pub(super) fn table(&self, index: u32) -> NonNull<TableInst> {
        // SAFETY: validated: the instance has this table.
        unsafe { *(*self.context()).tables.add(index as usize) }
    }

    /// The memory `index` of the running instance.
    #[inline(always)]
    pub(super) fn memory(&self, index: u32) -> NonNull<MemoryInst> {
        // SAFETY: validated: the instance has this memory.
        unsafe { *(*self.context()).memories.add(index as usize) }
    }

    /// The base of memory `index`.
    #[inline(always)]
    pub(super) fn memory_base(&self, index: u32) -> *mut u8 {
        // SAFETY: the instance's memories are alive and never move.
        unsafe { self.memory(index).as_ref() }.base.as_ptr()
    }

    /// The store's heap.
    #[inline(always)]
    pub(super) fn heap(&self) -> HeapRef {
        // SAFETY: the context of the running instance is alive, and so is its store's heap.
        HeapRef::at(unsafe { NonNull::new_unchecked((*self.context()).heap) })
    }

    /// The elements of table `index` and how many there are.
    #[inline(always)]
    pub(super) fn elements(&self, index: u32) -> (*mut u64, u64) {
        let table = self.table(index).as_ptr();
        // SAFETY: the instance's tables are alive; I7: nobody writes them meanwhile.
        unsafe { ((*table).elems, (*table).len) }
    }

    /// Element `index` of table `table`; none when it is outside.
    #[inline(always)]
    pub(super) fn element(&self, table: u32, index: u64) -> Option<u64> {
        let (elems, len) = self.elements(table);
        if index >= len {
            return None;
        }
        // SAFETY: in range, as just compared.
        Some(unsafe { *elems.add(index as usize) })
    }

    /// Writes element `index` of table `table`; false when it is outside.
    #[inline(always)]
    pub(super) fn set_element(&mut self, table: u32, index: u64, value: u64) -> bool {
        let (elems, len) = self.elements(table);
        if index >= len {
            return false;
        }
        // SAFETY: in range, as just compared.
        unsafe { *elems.add(index as usize) = value };
        true
    }

    /// The word `index` of the context's globals.
    #[inline(always)]
    pub(super) fn global_word(&self, index: u32) -> *mut u64 {
        self.context().cast::<u64>().wrapping_add(Context::HEADER + index as usize)
    }

    /// The global whose value stands at `at`, or whose address stands there.
    #[inline(always)]
    pub(super) fn global(&self, index: u32, place: Imported) -> *mut u64 {
        let word = self.global_word(index);
        match place {
            Imported(false) => word,
            // SAFETY: the word of an imported global holds the address of its slot.
            Imported(true) => unsafe { *word.cast::<*mut u64>() },
        }
    }

    /// Reads a global's slot.
    #[inline(always)]
    pub(super) fn read_global(&self, at: *mut u64) -> u64 {
        // SAFETY: `at` came from `global`; globals live as long as the store.
        unsafe { *at }
    }

    /// Writes a global's slot.
    #[inline(always)]
    pub(super) fn write_global(&mut self, at: *mut u64, value: u64) {
        // SAFETY: `at` came from `global`; I7: nobody else holds it meanwhile.
        unsafe { *at = value };
    }

    /// In debug builds, I2 and I4: the slot lies on the value stack. Outlined, with values only.
    #[inline(always)]
    fn check_slot(&self, slot: *mut u64) {
        #[inline(never)]
        fn check(saved: &Saved, slot: *mut u64) {
            assert!(saved.holds(slot), "I2, I4: the slot lies on the value stack");
        }
        if cfg!(debug_assertions) {
            check(self.saved(), slot);
        }
    }

    /// Where the registers go when the machine is left.
    #[inline(always)]
    pub(super) fn saved(&self) -> &Saved {
        // SAFETY: set at entry to the running execution's, which outlives the run.
        unsafe { &*(*self.context()).saved }
    }

    /// The code that a callee of another instance returns to.
    #[inline(always)]
    pub(super) fn cross_return(&self) -> *const u8 {
        self.saved().cross_return
    }

    /// Puts the registers where the driver finds them.
    #[inline(always)]
    pub(super) fn save(&self) {
        // SAFETY: set at entry to the running execution's, which outlives the run.
        unsafe { (*(*self.context()).saved).regs = *self };
    }

    /// Goes over to the instance with context `to`, and hands it the stack's end and the place for
    /// registers.
    #[inline(always)]
    pub(super) fn switch_to(&mut self, to: *mut Context) {
        let from = self.context();
        // SAFETY: both contexts belong to live instances of the store, whose execution this is.
        unsafe {
            (*to).stack_end = (*from).stack_end;
            (*to).saved = (*from).saved;
            self.mem = (*to).memory0;
        }
        self.context = f64::from_bits(to as u64);
    }

    /// Runs `act` on the store and the running instance. What `act` calls is not inlined, and gets
    /// heap pointers and values only: the handler's frame must not escape.
    #[inline(always)]
    pub(super) fn with_store<R>(
        &self,
        act: impl FnOnce(&mut StoreInner, NonNull<InstanceInst>) -> R,
    ) -> R {
        let context = self.context();
        // SAFETY: the context of the running instance is alive, and so are both; I7: this handler
        // alone runs, and this is its only reference to the store.
        unsafe {
            let instance = NonNull::new_unchecked((*context).instance);
            act(&mut *(*context).store, instance)
        }
    }

    /// Runs `act` on those who look on in this store, and the running instance, when there is one.
    pub(super) fn watched(&self, act: impl FnOnce(&mut Watch, Option<&InstanceInst>)) {
        let context = self.context();
        // SAFETY: the context of the running instance (or of none) is alive, and so is its store;
        // I7: the stepped backend is between two handlers.
        unsafe { act(&mut (*(*context).store).watch, (*context).instance.as_ref()) };
    }

    /// The running instance; none while the host calls a function of its own.
    pub(super) fn instance(&self) -> Option<&InstanceInst> {
        // SAFETY: contexts of frames belong to live instances.
        unsafe { (*self.context()).instance.as_ref() }
    }

    /// The host function whose code is at `ip`.
    pub(super) fn host_func(&self) -> &FuncInst {
        // SAFETY: the function lives as long as its code, whose second word is its address.
        unsafe { self.operand::<NonNull<FuncInst>>(super::WORD).as_ref() }
    }

    // ---- leaving

    /// Leaves by a trap whose numbers go in the pins' registers, which nobody needs any more.
    #[inline(always)]
    pub(super) fn trap_with(&mut self, code: TrapCode, first: u64, second: u64) -> Leave {
        self.l0 = first;
        self.l1 = second;
        Leave::trap(code)
    }

    /// The numbers that an outlined part left for a trap.
    #[inline(always)]
    pub(super) fn numbers(&self) -> [u64; 2] {
        self.saved().numbers
    }

    /// Leaves numbers for a trap.
    pub(super) fn set_numbers(&self, numbers: [u64; 2]) {
        // SAFETY: set at entry to the running execution's, which outlives the run.
        unsafe { (*(*self.context()).saved).numbers = numbers };
    }

    /// The address `addr + offset` of a 64-bit memory. A sum that passes 2^64 becomes the highest
    /// address from which no access can start.
    #[inline(always)]
    pub(super) fn far_address(addr: u64, offset: u64) -> u64 {
        const HIGHEST: u64 = u64::MAX - 63;
        addr.checked_add(offset).map_or(HIGHEST, |sum| if sum < HIGHEST { sum } else { HIGHEST })
    }
}

/// Stands between the parts of a superinstruction: without it LLVM keeps the memory's length in a
/// register across both, and pushes one to have it.
#[inline(always)]
pub(super) fn barrier() {
    // SAFETY: no instruction; that memory may have changed is only a claim.
    unsafe { std::arch::asm!("", options(nostack, preserves_flags)) };
}

/// Keeps a loop a loop: as a call of `memset` or `memmove` it would cost a frame.
#[inline(always)]
pub(super) fn apart() {
    // SAFETY: no instruction, nothing touched.
    unsafe { std::arch::asm!("", options(nomem, nostack, preserves_flags)) };
}

/// Whether a global's word holds its address.
#[derive(Clone, Copy)]
pub(super) struct Imported(pub(super) bool);
