//! Tags: what an exception is an exception of. Their identity is their address in the store.
//!
//! Spec: exec/runtime#tag-instances

use std::sync::Arc;

use crate::interp::code::slots_of;
use crate::wasm::FuncType;

/// A tag.
pub(crate) struct TagInst {
    /// The canonical type.
    pub(crate) type_id: u32,
    /// The values of an exception, as parameters.
    pub(crate) ty: Arc<FuncType>,
}

impl TagInst {
    /// Slots of the values.
    pub(crate) fn slots(&self) -> u32 {
        self.ty.params.iter().map(|ty| slots_of(*ty)).sum()
    }
}
