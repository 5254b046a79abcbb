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

pub(crate) mod numeric;
pub mod trap;
