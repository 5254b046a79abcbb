//! Functions at run time: of an instance, or of the host.
//!
//! A function reference in a slot is the address of its `FuncInst`; null is 0.
//! Spec: exec/runtime#function-instances

use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::AtomicPtr;

use super::StoreInner;
use super::context::Context;
use crate::interp::code::{CallShape, Word};
use crate::wasm::{FuncIdx, FuncType};

/// Holds the address of a function's code: a stub first, then what the translator published.
pub(crate) type EntryWord = AtomicPtr<Word>;

/// A function.
#[repr(C)]
pub(crate) struct FuncInst {
    /// Where the address of its code stands.
    pub(crate) entry: *const EntryWord,
    /// The `Context` it runs in; null for the host's functions, which run in their caller's.
    pub(crate) context: *mut Context,
    /// The canonical type.
    pub(crate) type_id: u32,
    /// The canonical supertypes, for an indirect call that names one of them.
    pub(crate) supertypes: Box<[u32]>,
    /// Parameters and results; type indices in it are canonical.
    pub(crate) ty: Arc<FuncType>,
    /// Slots of parameters and results.
    pub(crate) shape: CallShape,
    /// Its address in the store.
    pub(crate) addr: u32,
    /// Its index in its module, for messages.
    pub(crate) func: FuncIdx,
    /// What the host runs, when it is the host's.
    pub(crate) host: Option<HostFunc>,
}

/// A function of the host.
pub(crate) struct HostFunc {
    /// What it runs.
    pub(crate) call: Arc<dyn HostCall>,
    /// Its code: the handler that makes the call, and the address of the `FuncInst`.
    pub(crate) code: [Word; 2],
    /// Its entry word, which holds the address of `code`: a `FuncInst` never moves.
    pub(crate) entry: EntryWord,
}

/// What the machine calls. Implementations don't unwind: a panic is caught, kept in the store and
/// goes on when the machine was left.
pub(crate) trait HostCall: Send + Sync {
    /// Runs the function: arguments in `slots`, results into `slots` (both from the start; a v128
    /// takes two). `caller` is the `Context` of the calling instance.
    fn call(
        &self,
        store: NonNull<StoreInner>,
        caller: NonNull<Context>,
        slots: &mut [u64],
    ) -> HostExit;
}

/// How a host function ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum HostExit {
    /// With results.
    Return,
    /// It waits: the machine is left, and resumed with the results.
    Wait,
    /// With an error, which is in `StoreInner::failure`.
    Fail,
    /// With an exception, which is in `StoreInner::thrown`.
    Throw,
}
