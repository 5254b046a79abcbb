//! A valid module to a running instance.
//!
//! ```text
//! Engine ──► Module ──► Linker ──► InstancePre ──► Instance in a Store ──► Func::call, Activation
//!   types,     valid,     names       imports         objects with             runs to its end,
//!   switches   shared     by hand     resolved        handles                  or can pause
//! ```
//!
//! Engines, modules, linkers, resolved modules and a [`SharedMemory`] are shared by threads; a
//! [`Store`] and all else in it belongs to one thread at a time. Handles ([`Func`], [`Memory`],
//! [`Instance`] …) are numbers:
//! whoever uses one names the store, and a handle of another store is refused.
//!
//! ```
//! use serverless_wasm::interp::{Engine, Linker, Module, Store, TrapKind};
//!
//! let engine = Engine::default();
//! let module = Module::new(&engine, &wat::parse_str(r#"
//!     (module (func (export "div") (param i32 i32) (result i32)
//!       local.get 0 local.get 1 i32.div_s))
//! "#)?)?;
//! let mut store = Store::new(&engine, ());
//! let instance = Linker::new(&engine).instantiate(&mut store, &module)?;
//! let div = instance.get_typed_func::<(i32, i32), i32>(&mut store, "div")?;
//! assert_eq!(div.call(&mut store, (7, 2))?, 3);
//! let error = div.call(&mut store, (7, 0)).unwrap_err();
//! assert_eq!(error.trap().map(|trap| trap.kind()), Some(TrapKind::IntegerDivideByZero));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
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
//!   instances reload `mem`. Of a shared memory, bytes and length are accessed atomically: only ops
//!   that are picked for shared memories reach them.
//! - **I6** A reference in a slot is rooted until the slot is overwritten.
//! - **I7** No `&mut` to the store is alive while another handler runs.

mod activation;
mod caller;
pub(crate) mod code;
mod constant;
mod engine;
mod error;
mod exception;
mod func;
mod handles;
pub(crate) mod heap;
mod image;
mod instantiate;
mod limits;
mod link;
mod linker;
pub(crate) mod machine;
mod module;
pub(crate) mod numeric;
mod profile;
mod rooted;
pub(crate) mod store;
mod trace;
pub(crate) mod translate;
pub mod trap;
mod typed;
mod values;

pub use activation::{Activation, State};
pub use caller::{AsContext, AsContextMut, Caller, StoreContext, StoreContextMut};
pub use code::{CodeLine, CodeListing};
pub use engine::{Backend, Config, Engine, Translation};
pub use error::{CallError, InstantiateError, LoadError, Misuse};
pub use exception::Exception;
pub use func::DynamicFunc;
pub use handles::{Global, Instance, Memory, SharedMemory, Table, Tag};
pub use instantiate::InstancePre;
pub use limits::{LimitExceeded, StoreLimits};
pub use link::{Extern, ExternType, Unlinkable};
pub use linker::Linker;
pub use module::Module;
pub use profile::{Count, Profile};
pub use store::Store;
pub use store::meter::{Slice, Spent};
pub use trace::{Trace, TraceLine};
pub use trap::{Backtrace, Frame, Trap, TrapKind};
pub use typed::{IntoFunc, TypedFunc, Wait, WasmParams, WasmResults, WasmReturn, WasmTy};

pub use crate::wasm::{ExternRef, Func, Ref, Rooted, V128, Val, ValType};
