//! The lists of this folder against the table's rows, while the crate is compiled.

use crate::wasm::{Op, Operand, Signature, ValType};

/// Whether the row takes operands of these types and gives a result of that one.
pub(super) const fn computes(op: Op, takes: &[ValType], gives: ValType) -> bool {
    let Signature::Fixed { takes: row_takes, gives: row_gives } = op.row().signature else {
        return false;
    };
    if row_takes.len() != takes.len() {
        return false;
    }
    let mut position = 0;
    while position < takes.len() {
        if !is(row_takes[position], takes[position]) {
            return false;
        }
        position += 1;
    }
    is_only(row_gives, gives)
}

/// Whether the row reads so many bytes at an address and gives a result of that type.
pub(super) const fn loads(op: Op, bytes: usize, gives: ValType) -> bool {
    match op.row().signature {
        Signature::Fixed { takes: [Operand::Addr], gives: row_gives } => {
            op.row().touches as usize == bytes && is_only(row_gives, gives)
        }
        Signature::Fixed { .. } | Signature::Special => false,
    }
}

/// Whether the row reads so many bytes at an address into a lane of a vector.
pub(super) const fn loads_lane(op: Op, bytes: usize) -> bool {
    match op.row().signature {
        Signature::Fixed { takes: [Operand::Addr, Operand::V128], gives } => {
            op.row().touches as usize == bytes && is_only(gives, ValType::V128)
        }
        Signature::Fixed { .. } | Signature::Special => false,
    }
}

/// Whether the row writes so many bytes of a value of that type at an address.
pub(super) const fn stores(op: Op, takes: ValType, bytes: usize) -> bool {
    match op.row().signature {
        Signature::Fixed { takes: [Operand::Addr, value], gives: [] } => {
            op.row().touches as usize == bytes && is(*value, takes)
        }
        Signature::Fixed { .. } | Signature::Special => false,
    }
}

const fn is_only(operands: &[Operand], ty: ValType) -> bool {
    matches!(operands, [operand] if is(*operand, ty))
}

const fn is(operand: Operand, ty: ValType) -> bool {
    matches!(
        (operand, ty),
        (Operand::I32, ValType::I32)
            | (Operand::I64, ValType::I64)
            | (Operand::F32, ValType::F32)
            | (Operand::F64, ValType::F64)
            | (Operand::V128, ValType::V128)
    )
}
