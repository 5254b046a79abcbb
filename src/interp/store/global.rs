//! Globals as the host sees them: where the value stands, and its type. The value of an instance's
//! own global stands in its `Context`, behind the header; a global that the host made owns its
//! place. An importing instance's `Context` holds the address.
//!
//! Spec: exec/runtime#global-instances

use std::ptr::NonNull;

use super::StoreInner;
use super::object::{self, Object};
use crate::interp::code::slots_of;
use crate::wasm::GlobalType;

/// A global.
pub(crate) struct GlobalInst {
    /// The canonical type.
    pub(crate) ty: GlobalType,
    /// Where the value stands: two slots for a v128, else one.
    pub(crate) at: NonNull<u64>,
    /// The place, when no instance owns it.
    _own: Option<Object<[u64; 2]>>,
}

impl GlobalInst {
    /// A global whose value stands in a `Context`.
    pub(crate) const fn of_instance(ty: GlobalType, at: NonNull<u64>) -> Self {
        Self { ty, at, _own: None }
    }

    /// A global of the host's.
    pub(crate) fn of_host(ty: GlobalType, value: [u64; 2]) -> Self {
        let own = Object::new(value);
        Self { ty, at: own.as_ptr().cast(), _own: Some(own) }
    }
}

/// The slots of the global at `at`; the second is 0 where the type has one.
pub(crate) fn read(store: &StoreInner, ty: GlobalType, at: NonNull<u64>) -> [u64; 2] {
    match slots_of(ty.content) {
        1 => [*object::resolve(store, at), 0],
        _ => *object::resolve(store, at.cast()),
    }
}

/// Writes the slots that the type has.
pub(crate) fn write(store: &mut StoreInner, ty: GlobalType, at: NonNull<u64>, value: [u64; 2]) {
    match slots_of(ty.content) {
        1 => *object::resolve_mut(store, at) = value[0],
        _ => *object::resolve_mut(store, at.cast()) = value,
    }
}
