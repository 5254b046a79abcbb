//! Tests and casts of references to a type: a look at the object's own type, and one at the type
//! that stands at the wanted one's depth above it.
//!
//! Spec: exec/instructions#exec-ref-test, <https://github.com/WebAssembly/gc>

use std::marker::PhantomData;
use std::ptr::NonNull;

use super::operand::{Acc, Dest, Source};
use super::{Kind, Leave, Op, Regs, Shape, TrapCode};
use crate::interp::heap::types::is_below;
use crate::interp::store::func::FuncInst;

/// What a reference is tested for; it takes two operands of 32 bits.
pub(crate) trait Target: 'static {
    /// How a listing shows it.
    const NAMES: [&'static str; 2];
    /// Whether a reference that isn't null is one; the operands begin at byte `at`.
    fn holds(r: &Regs, reference: u64, at: usize) -> bool;
}

/// A structure or an array of type n, above which are m types.
pub(crate) struct OfObjects;
/// A function of type n, above which are m types.
pub(crate) struct OfFunctions;
/// One of `Abstract`'s sets.
pub(crate) struct OfSet;

impl Target for OfObjects {
    const NAMES: [&'static str; 2] = ["ref.test", "ref.cast"];

    #[inline(always)]
    fn holds(r: &Regs, reference: u64, at: usize) -> bool {
        // An i31 or a reference of the host's is no object.
        if reference & !OBJECTS != 0 {
            return false;
        }
        let wanted = r.operand::<u32>(at);
        let kind = r.heap().header(reference).kind;
        kind == wanted || r.heap().is_below(kind, wanted, r.operand(at + Kind::Index.size()))
    }
}

/// The bits that offsets of objects have.
const OBJECTS: u64 = 0xFFFF_FFF8;

impl Target for OfFunctions {
    const NAMES: [&'static str; 2] = ["ref.test func", "ref.cast func"];

    #[inline(always)]
    fn holds(r: &Regs, reference: u64, at: usize) -> bool {
        let Some(func) = NonNull::new(reference as *mut FuncInst) else { return false };
        let (id, supertypes) = super::call::type_of(func);
        let wanted = r.operand::<u32>(at);
        id == wanted || is_below(supertypes, wanted, r.operand(at + Kind::Index.size()))
    }
}

/// Sets of references that the specification names: bits of an operand.
pub(crate) struct Abstract;

impl Abstract {
    /// i31s.
    pub(crate) const I31: u32 = 1;
    /// Structures.
    pub(crate) const STRUCT: u32 = 2;
    /// Arrays.
    pub(crate) const ARRAY: u32 = 4;
    /// Everything else: of the host, functions, exceptions.
    pub(crate) const OTHER: u32 = 8;
}

impl Target for OfSet {
    const NAMES: [&'static str; 2] = ["ref.test set", "ref.cast set"];

    #[inline(always)]
    fn holds(r: &Regs, reference: u64, at: usize) -> bool {
        let wanted = r.operand::<u32>(at);
        // Of functions all or none are wanted, so what their bits look like doesn't matter.
        if wanted & Abstract::OTHER != 0 || wanted == 0 {
            return wanted != 0;
        }
        if reference & !OBJECTS != 0 {
            return reference >> 32 == 0 && wanted & Abstract::I31 != 0;
        }
        let is_array = r.heap().is_array(reference);
        wanted & (if is_array { Abstract::ARRAY } else { Abstract::STRUCT }) != 0
    }
}

/// Bytes of a target's operands.
const TARGET: usize = 2 * Kind::Index.size();

/// acc = x is one of K, or null where that counts
pub(crate) struct RefTest<X, K, const NULL: bool>(PhantomData<(X, K)>);

impl<X: Source, K: Target, const NULL: bool> Op for RefTest<X, K, NULL> {
    const SIZE: usize = TARGET + X::SIZE;
    const SHAPE: Shape =
        Shape::Op { name: K::NAMES[0], operands: &[Kind::Index, Kind::Index, X::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let reference = X::read(r, at + TARGET);
        let holds = if reference == 0 { NULL } else { K::holds(r, reference, at) };
        r.acc = u64::from(holds);
        Ok(())
    }
}

/// acc = x, which is one of K, or null where that counts; else a trap
pub(crate) struct RefCast<X, K, const NULL: bool>(PhantomData<(X, K)>);

impl<X: Source, K: Target, const NULL: bool> Op for RefCast<X, K, NULL> {
    const SIZE: usize = TARGET + X::SIZE;
    const SHAPE: Shape =
        Shape::Op { name: K::NAMES[1], operands: &[Kind::Index, Kind::Index, X::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let reference = X::read(r, at + TARGET);
        let holds = if reference == 0 { NULL } else { K::holds(r, reference, at) };
        if !holds {
            return Err(Leave::trap(TrapCode::CastFailure));
        }
        <Acc as Dest>::write(r, at, reference);
        Ok(())
    }
}
