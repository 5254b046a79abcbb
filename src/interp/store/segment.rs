//! Segments of an instance: what is left of them. Their contents stay in the module where they
//! can.
//!
//! Spec: exec/runtime#element-instances, exec/runtime#data-instances

/// An element segment.
pub(crate) enum ElemInst {
    /// Dropped, or never there: it has no elements.
    Dropped,
    /// The functions that the module names. Their references are made when they are used.
    Funcs,
    /// The values of its expressions, as slots.
    Slots(Box<[u64]>),
}

/// A data segment.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum DataInst {
    /// Dropped: it has no bytes.
    Dropped,
    /// The bytes of the module.
    Live,
}
