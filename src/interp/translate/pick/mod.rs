//! From an instruction and the kinds of its operands to the op: the one place where operand kinds
//! become types. What isn't here the translator brings into a shape that is: commutative operands
//! are ordered, and rare combinations go through slots.

/// The kind of an operand. The order is that of commutative operands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Kind {
    /// The first pinned local.
    L0,
    /// The second pinned local.
    L1,
    /// The first pinned float local.
    F0,
    /// The second pinned float local.
    F1,
    /// The accumulator of the operand's class.
    Acc,
    /// A slot; as a destination, the accumulator too.
    Slot,
    /// A slot as a destination only.
    Home,
    /// A constant.
    Const,
}

/// How a branch pays.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Toll {
    /// Not at all: there is no metering.
    Free,
    /// It does. (A forward branch needn't check, but an op that doesn't would gain nothing and be
    /// one more.)
    Paid,
}

/// What the translator asks for and this folder doesn't have is a mistake of the translator's.
#[cold]
fn no_such_op(kinds: &[Kind]) -> ! {
    unreachable!("the translator asks for operands {kinds:?}, which no op has")
}

/// `$next::<$before, T>($args)` with the type `T` of the kind.
macro_rules! choose {
    ($kind:expr, [$($Kind:ident => $ty:ty),+], $next:ident, $before:tt, $args:tt) => {
        match $kind {
            $( Kind::$Kind => choose!(@call $next $before $ty, $args), )+
            kind => no_such_op(&[kind]),
        }
    };
    (@call $next:ident [$($before:ty),*] $ty:ty, ($($arg:expr),*)) => {
        $next::<$($before,)* $ty>($($arg),*)
    };
}

/// `$next::<$before, X, Y>($args)` for a pair of sources in canonical order: pins, the accumulator,
/// a slot, a constant.
macro_rules! choose_ordered {
    ($x:expr, $y:expr, $konst:ty, $next:ident, $before:tt, $args:tt) => {
        choose_ordered!(@ $x, $y, $next, $before, $args,
            L0 L0 L0 L0, L0 L1 L0 L1, L0 Acc L0 Acc, L0 Slot L0 Slot, L1 L1 L1 L1,
            L1 Acc L1 Acc, L1 Slot L1 Slot, Acc Acc Acc Acc, Acc Slot Acc Slot,
            Slot Slot Slot Slot; L0 L1 Acc Slot; $konst)
    };
    (@ $x:expr, $y:expr, $next:ident, $before:tt, $args:tt,
        $($a:ident $b:ident $A:ident $B:ident),+; $($k:ident)+; $konst:ty
    ) => {
        match ($x, $y) {
            $( (Kind::$a, Kind::$b) => choose_ordered!(@call $next $before [$A, $B] $args), )+
            $(
                (Kind::$k, Kind::Const) => choose_ordered!(@call $next $before [$k, $konst] $args),
            )+
            (x, y) => no_such_op(&[x, y]),
        }
    };
    (@call $next:ident [$($before:ty),*] [$A:ty, $B:ty] ($($arg:expr),*)) => {
        $next::<$($before,)* $A, $B>($($arg),*)
    };
}

/// The same for floats.
macro_rules! choose_ordered_floats {
    ($x:expr, $y:expr, $next:ident, $before:tt, $args:tt) => {
        choose_ordered!(@ $x, $y, $next, $before, $args,
            F0 F0 F0 F0, F0 F1 F0 F1, F0 Acc F0 Acc, F0 Slot F0 Slot, F1 F1 F1 F1,
            F1 Acc F1 Acc, F1 Slot F1 Slot, Acc Acc Acc Acc, Acc Slot Acc Slot,
            Slot Slot Slot Slot; F0 F1 Acc Slot; Const<u64>)
    };
}

mod access;
mod branch;
pub(super) mod object;
pub(super) mod other;
pub(super) mod simd;
mod value;

pub(super) use access::{Access, Reach, StoreSum, has_sum, narrow_twin};
pub(super) use branch::{Test, is_true, jump};
pub(super) use value::{Value, is_greater, is_rare, knows_pins};
