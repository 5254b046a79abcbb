//! A valid module to a running instance.
//!
//! # Invariants
//!
//! The machine is fast because it trusts what was proved before; each `unsafe` block of this room
//! cites what it trusts.
//!
//! - **I1** A `Code` comes only from `translate` of a function of a `Valid` module.
//! - **I2** Every slot operand lies in the frame.
//! - **I3** The handler in a code word decodes exactly the words that follow it.
//! - **I4** The value stack has room for the callee's frame before `fp` moves.
//! - **I5** `mem` is the base of memory 0 of the current instance (of a static empty one when it
//!   has none), and its length stands just below. A memory never moves. Calls and returns between
//!   instances reload `mem`.
//! - **I6** A reference in a slot is rooted until the slot is overwritten.
//! - **I7** No `&mut` to the store is alive while another handler runs.

mod activation;
mod caller;
pub(crate) mod code;
mod constant;
mod engine;
mod error;
mod func;
mod handles;
mod instantiate;
mod limits;
mod link;
mod linker;
pub(crate) mod machine;
mod module;
pub(crate) mod numeric;
pub(crate) mod store;
pub(crate) mod translate;
pub mod trap;
mod typed;
mod values;

pub use activation::{Activation, State};
pub use caller::{AsContext, AsContextMut, Caller, StoreContext, StoreContextMut};
pub use engine::{Backend, Config, Engine, Translation};
pub use error::{CallError, InstantiateError, LoadError, Misuse};
pub use func::DynamicFunc;
pub use handles::{Global, Instance, Memory, Table, Tag};
pub use instantiate::InstancePre;
pub use limits::{LimitExceeded, StoreLimits};
pub use link::{Extern, ExternType, Unlinkable};
pub use linker::Linker;
pub use module::Module;
pub use store::Store;
pub use store::meter::{Slice, Spent};
pub use trap::{Backtrace, Frame, Trap, TrapKind};
pub use typed::{IntoFunc, TypedFunc, Wait, WasmParams, WasmResults, WasmReturn, WasmTy};

pub use crate::wasm::{ExternRef, Func, Ref, V128, Val, ValType};
