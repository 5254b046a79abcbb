//! Values of the API to slots and back. The store is needed for references: a slot holds the
//! address of a function, a handle its number.

use super::error::Misuse;
use super::heap::{HeapRef, host_number, host_slot, i31_slot, i31_value};
use super::store::StoreInner;
use super::store::create::slot_of;
use crate::interp::code::slots_of;
use crate::wasm::subtyping::{Matching, TypeId, bottom, kind_of, top};
use crate::wasm::{
    AbsHeapType, CompositeType, ExternRef, Func, HeapType, Ref, RefType, Rooted, TypeIdx, V128,
    Val, ValType,
};

impl StoreInner {
    /// The slots of a value of this canonical type; the second is used by a v128 alone.
    pub(crate) fn slots_of_val(&self, value: &Val, ty: ValType) -> Result<[u64; 2], Misuse> {
        let slot = match (*value, ty) {
            (Val::I32(value), ValType::I32) => u64::from(value.cast_unsigned()),
            (Val::I64(value), ValType::I64) => value.cast_unsigned(),
            (Val::F32(bits), ValType::F32) => u64::from(bits),
            (Val::F64(bits), ValType::F64) => bits,
            (Val::V128(value), ValType::V128) => return Ok(slots_of_v128(value)),
            (Val::Ref(reference), ValType::Ref(ty)) => self.slot_of_ref(reference, ty)?,
            (value, ty) => return Err(mismatch(&[ty], &[value])),
        };
        Ok([slot, 0])
    }

    /// The same for a type that the host wrote itself, and may have written wrongly.
    pub(crate) fn host_slots_of_val(&self, value: &Val, ty: ValType) -> Result<[u64; 2], Misuse> {
        if let ValType::Ref(RefType { heap: HeapType::Concrete(idx), .. }) = ty
            && !self.engine.types().contains(TypeId(idx.0))
        {
            return Err(Misuse::ModuleType);
        }
        self.slots_of_val(value, ty)
    }

    fn slot_of_ref(&self, reference: Ref, ty: RefType) -> Result<u64, Misuse> {
        let wrong = || mismatch(&[ValType::Ref(ty)], &[Val::Ref(reference)]);
        match reference {
            Ref::Null(heap) => {
                let types = self.engine.types();
                let same = top(&*types, HeapType::Abstract(heap)) == top(&*types, ty.heap);
                (ty.nullable && same).then_some(0).ok_or_else(wrong)
            }
            Ref::Func(func) => {
                let own = func.store == self.id;
                let func = self.funcs.get(func.addr as usize).filter(|_| own);
                let func = func.ok_or(Misuse::ForeignHandle)?;
                let fits = ty.heap == HeapType::Abstract(AbsHeapType::Func) || {
                    let heap = HeapType::Concrete(TypeIdx(func.get().type_id));
                    self.engine.types().heap_matches(heap, ty.heap)
                };
                fits.then(|| slot_of(func.as_ptr())).ok_or_else(wrong)
            }
            Ref::Extern(ExternRef(number)) => {
                let tops = [AbsHeapType::Extern, AbsHeapType::Any];
                let fits = tops.map(HeapType::Abstract).contains(&ty.heap);
                fits.then_some(host_slot(number)).ok_or_else(wrong)
            }
            Ref::I31(value) => {
                let kind = HeapType::Abstract(AbsHeapType::I31);
                self.fits_internal(kind, ty.heap).then_some(i31_slot(value)).ok_or_else(wrong)
            }
            Ref::Struct(handle) | Ref::Array(handle) | Ref::Exception(handle) => {
                let object = self.object(handle)?;
                let kind = HeapRef::of(&self.heap).header(object).heap_type();
                self.fits_internal(kind, ty.heap).then_some(object).ok_or_else(wrong)
            }
        }
    }

    /// Whether an internal reference fits, as it is or made external.
    fn fits_internal(&self, kind: HeapType, wanted: HeapType) -> bool {
        let is_external = wanted == HeapType::Abstract(AbsHeapType::Extern);
        (is_external && kind != HeapType::Abstract(AbsHeapType::Exn))
            || self.engine.types().heap_matches(kind, wanted)
    }

    /// The object that a handle means.
    pub(crate) fn object(&self, handle: Rooted) -> Result<u64, Misuse> {
        if handle.store != self.id {
            return Err(Misuse::ForeignHandle);
        }
        self.roots.borrow().get(handle).ok_or(Misuse::EndedHandle)
    }

    /// A reference to an object, with a handle for the innermost scope.
    fn object_ref(&self, object: u64) -> Ref {
        let handle = self.roots.borrow_mut().add(self.id, object);
        match HeapRef::of(&self.heap).header(object).heap_type() {
            HeapType::Abstract(_) => Ref::Exception(handle),
            HeapType::Concrete(ty) => match self.engine.types().sub_type(TypeId(ty.0)).composite {
                CompositeType::Array(_) => Ref::Array(handle),
                CompositeType::Struct(_) | CompositeType::Func(_) => Ref::Struct(handle),
            },
        }
    }

    /// The value of this canonical type in the first slots.
    pub(crate) fn val_of_slots(&self, slots: &[u64], ty: ValType) -> Val {
        let slot = slots[0];
        match ty {
            ValType::I32 => Val::I32(slot as i32),
            ValType::I64 => Val::I64(slot.cast_signed()),
            ValType::F32 => Val::F32(slot as u32),
            ValType::F64 => Val::F64(slot),
            ValType::V128 => Val::V128(v128_of_slots([slot, slots[1]])),
            ValType::Ref(ty) => Val::Ref(self.ref_of_slot(slot, ty.heap)),
        }
    }

    /// The reference in a slot of this canonical type.
    pub(crate) fn ref_of_slot(&self, slot: u64, heap: HeapType) -> Ref {
        let heap = match heap {
            HeapType::Abstract(heap) => heap,
            HeapType::Concrete(ty) => {
                kind_of(&self.engine.types().sub_type(TypeId(ty.0)).composite)
            }
        };
        match bottom(heap) {
            AbsHeapType::NoFunc if slot != 0 => {
                let addr = self.func_of(slot).expect("validated: the slot holds a function");
                Ref::Func(Func { store: self.id, addr })
            }
            AbsHeapType::NoExtern | AbsHeapType::None | AbsHeapType::NoExn if slot != 0 => {
                match host_number(slot) {
                    Some(number) => Ref::Extern(ExternRef(number)),
                    None if slot & 1 == 1 => Ref::I31(i31_value(slot)),
                    None => self.object_ref(slot),
                }
            }
            null @ (AbsHeapType::Any
            | AbsHeapType::Eq
            | AbsHeapType::I31
            | AbsHeapType::Struct
            | AbsHeapType::Array
            | AbsHeapType::None
            | AbsHeapType::Func
            | AbsHeapType::NoFunc
            | AbsHeapType::Extern
            | AbsHeapType::NoExtern
            | AbsHeapType::Exn
            | AbsHeapType::NoExn) => Ref::Null(null),
        }
    }

    /// The slots of values of these canonical types, one after another.
    pub(crate) fn slots_of_vals(
        &self,
        vals: &[Val],
        types: &[ValType],
    ) -> Result<Vec<u64>, Misuse> {
        if vals.len() != types.len() {
            return Err(mismatch(types, vals));
        }
        let mut slots = Vec::with_capacity(types.len());
        for (value, &ty) in vals.iter().zip(types) {
            let pair = self.slots_of_val(value, ty).map_err(|misuse| {
                // The whole list says more than the one value.
                let of_types = matches!(misuse, Misuse::Values { .. });
                if of_types { mismatch(types, vals) } else { misuse }
            })?;
            slots.extend_from_slice(&pair[..slots_of(ty) as usize]);
        }
        Ok(slots)
    }

    /// The values of these canonical types in the slots.
    pub(crate) fn vals_of_slots(&self, mut slots: &[u64], types: &[ValType]) -> Vec<Val> {
        let next = |&ty: &ValType| {
            let value = self.val_of_slots(slots, ty);
            slots = &slots[slots_of(ty) as usize..];
            value
        };
        types.iter().map(next).collect()
    }
}

/// The low half first, as the bytes stand in memory.
pub(crate) fn slots_of_v128(V128(bytes): V128) -> [u64; 2] {
    let value = u128::from_le_bytes(bytes);
    [value as u64, (value >> 64) as u64]
}

/// The vector in two slots.
pub(crate) fn v128_of_slots([low, high]: [u64; 2]) -> V128 {
    V128((u128::from(high) << 64 | u128::from(low)).to_le_bytes())
}

/// The value that a result has until the host sets it: zero or null.
pub(crate) fn zero(ty: ValType) -> Val {
    match ty {
        ValType::I32 => Val::I32(0),
        ValType::I64 => Val::I64(0),
        ValType::F32 => Val::F32(0),
        ValType::F64 => Val::F64(0),
        ValType::V128 => Val::V128(V128::default()),
        ValType::Ref(ty) => Val::Ref(Ref::Null(match ty.heap {
            HeapType::Abstract(heap) => bottom(heap),
            HeapType::Concrete(_) => AbsHeapType::NoFunc,
        })),
    }
}

#[cold]
fn mismatch(wanted: &[ValType], found: &[Val]) -> Misuse {
    Misuse::Values { wanted: wanted.into(), found: found.iter().map(Val::ty).collect() }
}
