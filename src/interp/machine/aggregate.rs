//! Fields of structures, elements of arrays, and `i31`.
//!
//! Spec: exec/instructions#aggregate-reference-instructions, <https://github.com/WebAssembly/gc>

use std::marker::PhantomData;

use super::operand::{Acc, Dest, Source};
use super::{Kind, Leave, Op, Regs, Shape, TrapCode};
use crate::interp::heap::object::Header;
use crate::interp::heap::{i31_slot, i31_value};

/// How a field is stored, and how it is read.
pub(crate) trait Width: 'static {
    /// The bits in the object.
    type Bits: Copy;
    /// Bytes.
    const SIZE: u64 = size_of::<Self::Bits>() as u64;
    /// The slot of what was read.
    fn slot(bits: Self::Bits) -> u64;
    /// The bits to write.
    fn bits(slot: u64) -> Self::Bits;
}

/// Declares widths: bits, and what a slot holds of them.
macro_rules! widths {
    ($($(#[$doc:meta])* $name:ident: $bits:ty as $wide:ty;)+) => {
        $(
            $(#[$doc])*
            pub(crate) struct $name;
            impl Width for $name {
                type Bits = $bits;
                #[inline(always)]
                fn slot(bits: $bits) -> u64 {
                    bits as $wide as u64
                }
                #[inline(always)]
                fn bits(slot: u64) -> $bits {
                    slot as $bits
                }
            }
        )+
    };
}

widths! {
    /// 8 bits with their sign, as an i32.
    S8: i8 as u32;
    /// 8 bits.
    U8: u8 as u32;
    /// 16 bits with their sign, as an i32.
    S16: i16 as u32;
    /// 16 bits.
    U16: u16 as u32;
    /// 32 bits.
    W32: u32 as u32;
    /// 64 bits.
    W64: u64 as u64;
}

/// d = field at byte n of structure x
pub(crate) struct StructGet<W, X, D>(PhantomData<(W, X, D)>);

impl<W: Width, X: Source, D: Dest> Op for StructGet<W, X, D> {
    const SIZE: usize = Kind::Index.size() + X::SIZE + D::SIZE;
    const SHAPE: Shape =
        Shape::Op { name: "struct.get", operands: &[Kind::Index, X::KIND, D::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let object = X::read(r, at + Kind::Index.size());
        if object == 0 {
            return Err(Leave::trap(TrapCode::NullStructureReference));
        }
        let value = r.heap().load::<W::Bits>(object, u64::from(r.operand::<u32>(at)));
        D::write(r, at + Kind::Index.size() + X::SIZE, W::slot(value));
        Ok(())
    }
}

/// field at byte n of structure x = y
pub(crate) struct StructSet<W, X, Y>(PhantomData<(W, X, Y)>);

impl<W: Width, X: Source, Y: Source> Op for StructSet<W, X, Y> {
    const SIZE: usize = Kind::Index.size() + X::SIZE + Y::SIZE;
    const SHAPE: Shape =
        Shape::Op { name: "struct.set", operands: &[Kind::Index, X::KIND, Y::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let object = X::read(r, at + Kind::Index.size());
        if object == 0 {
            return Err(Leave::trap(TrapCode::NullStructureReference));
        }
        let value = W::bits(Y::read(r, at + Kind::Index.size() + X::SIZE));
        r.heap().store(object, u64::from(r.operand::<u32>(at)), value);
        Ok(())
    }
}

/// The place of element `index` of an array, or why there is none.
#[inline(always)]
fn element(r: &mut Regs, array: u64, index: u64, size: u64) -> Result<u64, Leave> {
    if array == 0 {
        return Err(Leave::trap(TrapCode::NullArrayReference));
    }
    let len = u64::from(r.heap().header(array).len);
    if index >= len {
        return Err(r.trap_with(TrapCode::ArrayOutOfBounds, index, 1));
    }
    Ok(u64::from(Header::SIZE) + index * size)
}

/// d = array x [i]
pub(crate) struct ArrayGet<W, X, I, D>(PhantomData<(W, X, I, D)>);

impl<W: Width, X: Source, I: Source, D: Dest> Op for ArrayGet<W, X, I, D> {
    const SIZE: usize = X::SIZE + I::SIZE + D::SIZE;
    const SHAPE: Shape = Shape::Op { name: "array.get", operands: &[X::KIND, I::KIND, D::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let array = X::read(r, at);
        let index = I::read(r, at + X::SIZE) & 0xFFFF_FFFF;
        let place = element(r, array, index, W::SIZE)?;
        let value = r.heap().load::<W::Bits>(array, place);
        D::write(r, at + X::SIZE + I::SIZE, W::slot(value));
        Ok(())
    }
}

/// array x [i] = y
pub(crate) struct ArraySet<W, X, I, Y>(PhantomData<(W, X, I, Y)>);

impl<W: Width, X: Source, I: Source, Y: Source> Op for ArraySet<W, X, I, Y> {
    const SIZE: usize = X::SIZE + I::SIZE + Y::SIZE;
    const SHAPE: Shape = Shape::Op { name: "array.set", operands: &[X::KIND, I::KIND, Y::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let array = X::read(r, at);
        let index = I::read(r, at + X::SIZE) & 0xFFFF_FFFF;
        let place = element(r, array, index, W::SIZE)?;
        let value = W::bits(Y::read(r, at + X::SIZE + I::SIZE));
        r.heap().store(array, place, value);
        Ok(())
    }
}

/// Where a vector is: in a structure at a byte, or in an array at an index.
pub(crate) trait Holder: 'static {
    /// How a listing shows it.
    const NAME: &'static str;
    /// Whether the index is in the slot behind the reference's.
    const INDEXED: bool;
}

/// A structure.
pub(crate) struct InStruct;
/// An array.
pub(crate) struct InArray;

impl Holder for InStruct {
    const NAME: &'static str = "struct";
    const INDEXED: bool = false;
}

impl Holder for InArray {
    const NAME: &'static str = "array";
    const INDEXED: bool = true;
}

/// The object and the place in it of a vector, whose operands begin at slot `slot`.
#[inline(always)]
fn vector_place<H: Holder>(r: &mut Regs, offset: u32, slot: i32) -> Result<(u64, u64), Leave> {
    let object = r.own(slot);
    if H::INDEXED {
        let index = r.own(slot + 1) & 0xFFFF_FFFF;
        return Ok((object, element(r, object, index, size_of::<u128>() as u64)?));
    }
    if object == 0 {
        return Err(Leave::trap(TrapCode::NullStructureReference));
    }
    Ok((object, u64::from(offset)))
}

/// slots k and k+1 = the vector at byte n, or at an index, of the object in slot k
pub(crate) struct VectorGet<H>(PhantomData<H>);

impl<H: Holder> Op for VectorGet<H> {
    const SIZE: usize = Kind::Index.size() + Kind::FarSlot.size();
    const SHAPE: Shape = Shape::Op { name: H::NAME, operands: &[Kind::Index, Kind::FarSlot] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let slot = r.operand::<i32>(at + Kind::Index.size());
        let (object, place) = vector_place::<H>(r, r.operand(at), slot)?;
        for half in 0..2 {
            let value = r.heap().load(object, place + 8 * half);
            r.set_own(slot + half as i32, value);
        }
        Ok(())
    }
}

/// the vector at byte n, or at an index, of the object in slot k = the slots behind
pub(crate) struct VectorSet<H>(PhantomData<H>);

impl<H: Holder> Op for VectorSet<H> {
    const SIZE: usize = Kind::Index.size() + Kind::FarSlot.size();
    const SHAPE: Shape = Shape::Op { name: H::NAME, operands: &[Kind::Index, Kind::FarSlot] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let slot = r.operand::<i32>(at + Kind::Index.size());
        let (object, place) = vector_place::<H>(r, r.operand(at), slot)?;
        let value = slot + 1 + i32::from(H::INDEXED);
        for half in 0..2 {
            r.heap().store(object, place + 8 * half, r.own(value + half as i32));
        }
        Ok(())
    }
}

/// acc = elements of array x
pub(crate) struct ArrayLen<X>(PhantomData<X>);

impl<X: Source> Op for ArrayLen<X> {
    const SIZE: usize = X::SIZE;
    const SHAPE: Shape = Shape::Op { name: "array.len", operands: &[X::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let array = X::read(r, at);
        if array == 0 {
            return Err(Leave::trap(TrapCode::NullArrayReference));
        }
        let len = r.heap().header(array).len;
        <Acc as Dest>::write(r, at, u64::from(len));
        Ok(())
    }
}

/// acc = i31 of x
pub(crate) struct RefI31<X>(PhantomData<X>);

impl<X: Source> Op for RefI31<X> {
    const SIZE: usize = X::SIZE;
    const SHAPE: Shape = Shape::Op { name: "ref.i31", operands: &[X::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        r.acc = i31_slot(X::read(r, at) as i32);
        Ok(())
    }
}

/// acc = the number of i31 x, with its sign or without
pub(crate) struct I31Get<X, const SIGNED: bool>(PhantomData<X>);

impl<X: Source, const SIGNED: bool> Op for I31Get<X, SIGNED> {
    const SIZE: usize = X::SIZE;
    const SHAPE: Shape = Shape::Op { name: "i31.get", operands: &[X::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let slot = X::read(r, at);
        if slot == 0 {
            return Err(Leave::trap(TrapCode::NullI31Reference));
        }
        let value = i31_value(slot).cast_unsigned();
        r.acc = u64::from(if SIGNED { value } else { value & 0x7FFF_FFFF });
        Ok(())
    }
}
