//! Tables: elements, size, bulk operations. Spec: exec/instructions#table-instructions

use serverless_wasm::wasm::{ElemIdx, Index, Instr, TableIdx};

use super::memory::{BYTES_A_COST, minus_one};
use super::{Host, Instance, Trap, Value};

/// What an element counts as in the cost of a bulk operation.
const ELEMENT_BYTES: u64 = 8;

impl<H: Host> Instance<'_, H> {
    pub(super) fn table(
        &mut self,
        instr: &Instr,
        operands: &[Value],
    ) -> Result<Option<Value>, Trap> {
        let n = |index: usize| operands[index].number();
        match *instr {
            Instr::TableGet { table } => {
                let at = self.elements(table, n(0), 1)?.start;
                return Ok(Some(self.tables[table.to_usize()][at]));
            }
            Instr::TableSet { table } => {
                let at = self.elements(table, n(0), 1)?.start;
                self.tables[table.to_usize()][at] = operands[1];
            }
            Instr::TableSize { table } => {
                let size = self.tables[table.to_usize()].len() as u64;
                return Ok(Some(Value::of_width(self.module.tables[table].ty.addr, size)));
            }
            Instr::TableGrow { table } => {
                return Ok(Some(self.table_grow(table, operands[0], n(1))));
            }
            Instr::TableFill { table } => {
                let range = self.elements(table, n(0), n(2))?;
                self.tables[table.to_usize()][range].fill(operands[1]);
                self.spent += n(2) * ELEMENT_BYTES / BYTES_A_COST;
            }
            Instr::TableCopy { to, from } => {
                let target = self.elements(to, n(0), n(2))?;
                let source = self.elements(from, n(1), n(2))?;
                let copy = self.tables[from.to_usize()][source].to_vec();
                self.tables[to.to_usize()][target].copy_from_slice(&copy);
                self.spent += n(2) * ELEMENT_BYTES / BYTES_A_COST;
            }
            Instr::TableInit { elem, table } => self.table_init(table, elem, n(0), n(1), n(2))?,
            Instr::ElemDrop { elem } => self.elems[elem.to_usize()].clear(),
            ref other => panic!("not in this evaluator: {other}"),
        }
        Ok(None)
    }

    /// The elements from `start` on, when the table has them all.
    fn elements(
        &self,
        table: TableIdx,
        start: u64,
        len: u64,
    ) -> Result<std::ops::Range<usize>, Trap> {
        let end = u128::from(start) + u128::from(len);
        if end > self.tables[table.to_usize()].len() as u128 {
            return Err(Trap::TableOutOfBounds);
        }
        Ok(start as usize..end as usize)
    }

    /// Spec: exec/instructions#exec-table-grow
    fn table_grow(&mut self, table: TableIdx, init: Value, count: u64) -> Value {
        let ty = self.module.tables[table].ty;
        let most = ty.limits.max.expect("the programs' tables have maxima");
        let elements = &mut self.tables[table.to_usize()];
        let old = elements.len() as u64;
        if count > most - old {
            return minus_one(ty.addr);
        }
        elements.resize((old + count) as usize, init);
        Value::of_width(ty.addr, old)
    }

    /// Spec: exec/instructions#exec-table-init
    pub(super) fn table_init(
        &mut self,
        table: TableIdx,
        elem: ElemIdx,
        to: u64,
        from: u64,
        len: u64,
    ) -> Result<(), Trap> {
        if u128::from(from) + u128::from(len) > self.elems[elem.to_usize()].len() as u128 {
            return Err(Trap::TableOutOfBounds);
        }
        let range = self.elements(table, to, len)?;
        let source = self.elems[elem.to_usize()][from as usize..][..len as usize].to_vec();
        self.tables[table.to_usize()][range].copy_from_slice(&source);
        self.spent += len * ELEMENT_BYTES / BYTES_A_COST;
        Ok(())
    }
}
