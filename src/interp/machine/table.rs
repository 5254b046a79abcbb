//! Tables: elements, size and growth, bulk operations.

use std::marker::PhantomData;

use super::memory::{Address, BulkOp};
use super::operand::{Acc, Dest, Source};
use super::{Kind, Leave, Op, Regs, Shape, TrapCode};
use crate::interp::trap::TrapKind;
use crate::wasm::{ElemIdx, TableIdx};

/// acc = table n [x]
pub(crate) struct TableGet<X>(PhantomData<X>);

impl<X: Source> Op for TableGet<X> {
    const SIZE: usize = Kind::Index.size() + X::SIZE;
    const SHAPE: Shape = Shape::Op { name: "table.get", operands: &[Kind::Index, X::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let index = X::read(r, at + Kind::Index.size());
        match r.element(r.operand(at), index) {
            Some(element) => {
                <Acc as Dest>::write(r, at, element);
                Ok(())
            }
            None => Err(r.trap_with(TrapCode::TableOutOfBounds, index, 1)),
        }
    }
}

/// table n [x] = y
pub(crate) struct TableSet<X, Y>(PhantomData<(X, Y)>);

impl<X: Source, Y: Source> Op for TableSet<X, Y> {
    const SIZE: usize = Kind::Index.size() + X::SIZE + Y::SIZE;
    const SHAPE: Shape =
        Shape::Op { name: "table.set", operands: &[Kind::Index, X::KIND, Y::KIND] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let index = X::read(r, at + Kind::Index.size());
        let value = Y::read(r, at + Kind::Index.size() + X::SIZE);
        if r.set_element(r.operand(at), index, value) {
            Ok(())
        } else {
            Err(r.trap_with(TrapCode::TableOutOfBounds, index, 1))
        }
    }
}

/// acc = elements of table n
pub(crate) struct TableSize;

impl Op for TableSize {
    const SIZE: usize = Kind::Index.size();
    const SHAPE: Shape = Shape::Op { name: "table.size", operands: &[Kind::Index] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        r.acc = r.elements(r.operand(at)).1;
        Ok(())
    }
}

/// acc = table.grow n: element in a slot, count in the next; -1 as wide as the table's indices
pub(crate) struct TableGrow<N>(PhantomData<N>);

impl<N: Address> Op for TableGrow<N> {
    const SIZE: usize = Kind::Index.size() + Kind::FarSlot.size();
    const SHAPE: Shape = Shape::Op { name: "table.grow", operands: &[Kind::Index, Kind::FarSlot] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let table = r.table(r.operand(at));
        let slot = r.operand::<i32>(at + Kind::Index.size());
        let (init, delta) = (r.own(slot), N::of(r.own(slot + 1)));
        let old = r.with_store(|store, _| store.table_grow(table, init, delta));
        r.acc = N::of(old.unwrap_or(u64::MAX));
        Ok(())
    }
}

/// Bytes of an element.
const ELEMENT: u64 = 8;

/// table.fill a: index, element, count
pub(crate) struct TableFill<N>(PhantomData<N>);

impl<N: Address> BulkOp for TableFill<N> {
    const NAME: &'static str = "table.fill";
    const UNIT: u64 = ELEMENT;

    fn step(r: &mut Regs, a: u32, _: u32, slot: i32, _: u64) -> Result<(u64, bool), TrapKind> {
        let (index, value, len) = (N::of(r.own(slot)), r.own(slot + 1), N::of(r.own(slot + 2)));
        let table = r.table(a);
        r.with_store(|store, _| store.table_fill(table, index, value, len))?;
        Ok((len, true))
    }
}

/// table.copy to a from b: destination, source, count; widths of both and of the count
pub(crate) struct TableCopy<D, S, N>(PhantomData<(D, S, N)>);

impl<D: Address, S: Address, N: Address> BulkOp for TableCopy<D, S, N> {
    const NAME: &'static str = "table.copy";
    const UNIT: u64 = ELEMENT;

    fn step(r: &mut Regs, a: u32, b: u32, slot: i32, _: u64) -> Result<(u64, bool), TrapKind> {
        let (dst, src, len) = (D::of(r.own(slot)), S::of(r.own(slot + 1)), N::of(r.own(slot + 2)));
        let (to, from) = (r.table(a), r.table(b));
        r.with_store(|store, _| store.table_copy(to, from, dst, src, len))?;
        Ok((len, true))
    }
}

/// table.init a from elements b: destination, source, count
pub(crate) struct TableInit<N>(PhantomData<N>);

impl<N: Address> BulkOp for TableInit<N> {
    const NAME: &'static str = "table.init";
    const UNIT: u64 = ELEMENT;

    fn step(r: &mut Regs, a: u32, b: u32, slot: i32, _: u64) -> Result<(u64, bool), TrapKind> {
        let (dst, src, len) =
            (N::of(r.own(slot)), r.own(slot + 1) & 0xFFFF_FFFF, r.own(slot + 2) & 0xFFFF_FFFF);
        r.with_store(|store, instance| {
            store.table_init(instance, TableIdx(a), ElemIdx(b), dst, src, len)
        })?;
        Ok((len, true))
    }
}

/// elem.drop n
pub(crate) struct ElemDrop;

impl Op for ElemDrop {
    const SIZE: usize = Kind::Index.size();
    const SHAPE: Shape = Shape::Op { name: "elem.drop", operands: &[Kind::Index] };

    #[inline(always)]
    fn exec(r: &mut Regs, at: usize) -> Result<(), Leave> {
        let elem = ElemIdx(r.operand(at));
        r.with_store(|store, instance| store.elem_drop(instance, elem));
        Ok(())
    }
}
