//! Memories: loads, stores, size, bulk operations. Spec: exec/instructions#memory-instructions

use serverless_wasm::wasm::{
    AddrType, DataIdx, Index, Instr, MemArg, MemIdx, Op, Signature, ValType,
};

use super::integer::{signed, unsigned};
use super::{Host, Instance, Trap, Value};

/// Bytes that cost as much as an instruction in a bulk operation.
pub(super) const BYTES_A_COST: u64 = 64;

impl<H: Host> Instance<'_, H> {
    /// How many operands an instruction of memories or tables takes; none for others.
    pub(super) fn takes(&self, instr: &Instr) -> Option<usize> {
        match instr {
            Instr::MemorySize { .. } | Instr::TableSize { .. } => Some(0),
            Instr::DataDrop { .. } | Instr::ElemDrop { .. } => Some(0),
            Instr::MemoryGrow { .. } | Instr::TableGet { .. } => Some(1),
            Instr::TableSet { .. } | Instr::TableGrow { .. } => Some(2),
            Instr::MemoryFill { .. } | Instr::MemoryCopy { .. } | Instr::MemoryInit { .. } => {
                Some(3)
            }
            Instr::TableFill { .. } | Instr::TableCopy { .. } | Instr::TableInit { .. } => Some(3),
            other => match (other.mem_arg(), other.op().row().signature) {
                (Some(_), Signature::Fixed { takes, .. }) => Some(takes.len()),
                _ => None,
            },
        }
    }

    /// An instruction of memories or tables on its operands.
    pub(super) fn memory_or_table(
        &mut self,
        instr: &Instr,
        operands: &[Value],
    ) -> Result<Option<Value>, Trap> {
        let n = |index: usize| operands[index].number();
        match *instr {
            Instr::MemorySize { memory } => {
                let pages = self.memories[memory.to_usize()].len() as u64 >> 16;
                Ok(Some(Value::of_width(self.module.memories[memory].addr, pages)))
            }
            Instr::MemoryGrow { memory } => Ok(Some(self.memory_grow(memory, n(0)))),
            Instr::MemoryFill { memory } => {
                let range = self.bytes(memory, n(0), n(2))?;
                self.memories[memory.to_usize()][range].fill(n(1) as u8);
                self.spent += n(2) / BYTES_A_COST;
                Ok(None)
            }
            Instr::MemoryCopy { to, from } => {
                let target = self.bytes(to, n(0), n(2))?;
                let source = self.bytes(from, n(1), n(2))?;
                let copy = self.memories[from.to_usize()][source].to_vec();
                self.memories[to.to_usize()][target].copy_from_slice(&copy);
                self.spent += n(2) / BYTES_A_COST;
                Ok(None)
            }
            Instr::MemoryInit { data, memory } => {
                self.memory_init(memory, data, n(0), n(1), n(2)).map(|()| None)
            }
            Instr::DataDrop { data } => {
                self.datas[data.to_usize()] = &[];
                Ok(None)
            }
            other => match other.mem_arg() {
                Some(at) => self.access(other.op(), at, operands),
                None => self.table(instr, operands),
            },
        }
    }

    /// The bytes from `start` on, when the memory has them all.
    fn bytes(&self, memory: MemIdx, start: u64, len: u64) -> Result<std::ops::Range<usize>, Trap> {
        let (size, end) =
            (self.memories[memory.to_usize()].len(), u128::from(start) + u128::from(len));
        if end > size as u128 {
            return Err(Trap::MemoryOutOfBounds);
        }
        Ok(start as usize..end as usize)
    }

    /// Spec: exec/instructions#exec-load-val, #exec-store-val
    fn access(&mut self, op: Op, at: MemArg, operands: &[Value]) -> Result<Option<Value>, Trap> {
        let len = op.row().touches;
        let start = operands[0].number().checked_add(at.offset).ok_or(Trap::MemoryOutOfBounds)?;
        let range = self.bytes(at.memory, start, len.into())?;
        let (ty, name) = op.name().split_once('.').expect("a type and an operation");
        if let [_, value] = *operands {
            self.nan_seen |= value.is_nan();
            let bits = match value {
                Value::I32(bits) | Value::F32(bits) => bits.into(),
                Value::I64(bits) | Value::F64(bits) => bits,
                Value::Ref(_) => panic!("validated: no reference in memory"),
            };
            for (place, index) in range.enumerate() {
                self.memories[at.memory.to_usize()][index] = (bits >> (8 * place)) as u8;
            }
            return Ok(None);
        }
        let bytes = &self.memories[at.memory.to_usize()][range];
        let bits = bytes.iter().rev().fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
        let extended = match name.ends_with("_s") {
            true => unsigned(if ty == "i32" { 32 } else { 64 }, signed(8 * len, bits)),
            false => bits,
        };
        Ok(Some(match ty {
            "i32" => Value::I32(extended as u32),
            "i64" => Value::I64(extended as u64),
            "f32" => Value::F32(extended as u32),
            _ => Value::F64(extended as u64),
        }))
    }

    /// Spec: exec/instructions#exec-memory-grow
    fn memory_grow(&mut self, memory: MemIdx, pages: u64) -> Value {
        let ty = self.module.memories[memory];
        let most = ty.limits.max.expect("the programs' memories have maxima");
        let bytes = &mut self.memories[memory.to_usize()];
        let old = bytes.len() as u64 >> 16;
        if pages > most - old {
            return minus_one(ty.addr);
        }
        bytes.resize(bytes.len() + ((pages as usize) << 16), 0);
        Value::of_width(ty.addr, old)
    }

    /// Spec: exec/instructions#exec-memory-init
    pub(super) fn memory_init(
        &mut self,
        memory: MemIdx,
        data: DataIdx,
        to: u64,
        from: u64,
        len: u64,
    ) -> Result<(), Trap> {
        let data = self.datas[data.to_usize()];
        if u128::from(from) + u128::from(len) > data.len() as u128 {
            return Err(Trap::MemoryOutOfBounds);
        }
        let range = self.bytes(memory, to, len)?;
        let source = &data[from as usize..][..len as usize];
        self.memories[memory.to_usize()][range].copy_from_slice(source);
        self.spent += len / BYTES_A_COST;
        Ok(())
    }
}

/// What growth answers that failed.
pub(super) fn minus_one(width: AddrType) -> Value {
    match width.val_type() {
        ValType::I64 => Value::I64(u64::MAX),
        _ => Value::I32(u32::MAX),
    }
}
