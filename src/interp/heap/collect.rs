//! The collector: marks what can be reached, from the roots on, without recursion. What isn't
//! marked is free; nothing is done with it before its room is needed.

use super::marks::Marks;
use super::object::Header;
use super::types::{Field, References};
use super::{HeapRef, is_object};
use crate::interp::code::slots_of;
use crate::interp::store::StoreInner;
use crate::interp::store::tag::TagInst;
use crate::wasm::TypeRegistry;
use crate::wasm::subtyping::top;
use crate::wasm::{AbsHeapType, ValType};

/// A collection under way.
struct Marking<'s> {
    heap: HeapRef,
    marks: Marks,
    /// Marked objects whose own references haven't been followed. An object is here once at most,
    /// so this takes less than half of the bytes that the objects take.
    pending: Vec<u32>,
    live: u64,
    tags: &'s [TagInst],
    types: &'s TypeRegistry,
}

/// Bytes of living objects, and of the heap, that are an instruction's work.
const LIVE_A_COST: u64 = 64;
const HEAP_A_COST: u64 = 4096;

impl StoreInner {
    /// Frees what can't be reached. Gives the work that it took, as a number of instructions.
    ///
    /// No handler runs, and the registers of every execution are saved.
    pub(crate) fn collect(&mut self) -> u64 {
        let engine = self.engine.clone();
        let types = engine.types();
        let (mut marks, frontier) = self.heap.get_mut().start_marking();
        marks.clear(frontier);
        let heap = HeapRef::of(&self.heap);
        let (pending, live) = (Vec::new(), 0);
        let mut marking = Marking { heap, marks, pending, live, tags: &self.tags, types: &types };
        self.each_root(&types, &mut |slot| marking.mark(slot));
        marking.follow();
        let Marking { marks, live, .. } = marking;
        let heap = self.heap.get_mut();
        heap.end_marking(marks, live);
        if engine.collects_always() {
            heap.spoil();
        }
        live / LIVE_A_COST + frontier / HEAP_A_COST
    }
}

impl Marking<'_> {
    /// Marks the object that a slot refers to, when it does to one.
    fn mark(&mut self, slot: u64) {
        if !is_object(slot) || self.marks.is_set(slot) {
            return;
        }
        let size = match self.heap.header(slot).tag() {
            Some(_) => {
                let slots = u64::from(self.heap.header(slot).len);
                u64::from(Header::SIZE) + slots * u64::from(Field::W64.size())
            }
            None => self.heap.size(slot),
        };
        self.marks.set(slot..slot + size);
        self.live += size;
        self.pending.push(slot as u32);
    }

    /// Follows references until there are no more.
    fn follow(&mut self) {
        while let Some(object) = self.pending.pop() {
            let object = u64::from(object);
            let heap = self.heap;
            let Header { len, .. } = heap.header(object);
            if let Some(tag) = heap.header(object).tag() {
                self.follow_exception(object, tag);
                continue;
            }
            match heap.references(object) {
                References::Fields(fields) => {
                    for at in fields {
                        self.mark(heap.load(object, u64::from(*at)));
                    }
                }
                References::Elements => {
                    for index in 0..len {
                        self.mark(heap.load(object, Field::Reference.place(index)));
                    }
                }
            }
        }
    }

    fn follow_exception(&mut self, object: u64, tag: u32) {
        let tags = self.tags;
        let mut slot = 0;
        for ty in &tags[tag as usize].ty.params {
            if is_traced(self.types, *ty) {
                self.mark(self.heap.load(object, Field::W64.place(slot)));
            }
            slot += slots_of(*ty);
        }
    }
}

/// Whether a collector follows values of this canonical type.
pub(crate) fn is_traced(types: &TypeRegistry, ty: ValType) -> bool {
    match ty {
        ValType::Ref(ty) => top(types, ty.heap) != AbsHeapType::Func,
        ValType::I32 | ValType::I64 | ValType::F32 | ValType::F64 | ValType::V128 => false,
    }
}
