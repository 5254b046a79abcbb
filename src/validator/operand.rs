//! The type of an operand in one word, so that comparing two is comparing two integers.
//!
//! Beside the value types there are two bottoms, which only unreachable code has: an operand of
//! any type, and a reference of any type. Spec: appendix/algorithm#types

use std::fmt;

use crate::wasm::instruction::Operand;
use crate::wasm::{AbsHeapType, HeapType, RefType, TypeIdx, ValType};

/// The type of an operand.
///
/// ```text
///   bit  35         34        33        32         31 … 0
///        reference  concrete  nullable  (unused)   number type, abstract heap type or type index
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct OperandType(u64);

const REFERENCE: u64 = 1 << 35;
const CONCRETE: u64 = 1 << 34;
const NULLABLE: u64 = 1 << 33;
const NUMBER: u64 = 0xFFFF_FFFF;

/// The abstract heap types by number; one past the end is the bottom of them all.
const ABSTRACT: [AbsHeapType; 12] = [
    AbsHeapType::Any,
    AbsHeapType::Eq,
    AbsHeapType::I31,
    AbsHeapType::Struct,
    AbsHeapType::Array,
    AbsHeapType::None,
    AbsHeapType::Func,
    AbsHeapType::NoFunc,
    AbsHeapType::Extern,
    AbsHeapType::NoExtern,
    AbsHeapType::Exn,
    AbsHeapType::NoExn,
];

/// Encoding and decoding agree on the numbers.
const _: () = {
    let mut number = 0;
    while number < ABSTRACT.len() {
        assert!(ABSTRACT[number] as usize == number);
        number += 1;
    }
};

impl OperandType {
    /// `i32`.
    pub const I32: Self = Self(0);
    /// `i64`.
    pub const I64: Self = Self(1);
    /// `f32`.
    pub const F32: Self = Self(2);
    /// `f64`.
    pub const F64: Self = Self(3);
    /// `v128`.
    pub const V128: Self = Self(4);
    /// An operand of any type: what unreachable code pops when nothing is left.
    pub const BOTTOM: Self = Self(5);
    /// A reference of any type, not null.
    pub const REF_BOTTOM: Self = Self(REFERENCE | ABSTRACT.len() as u64);

    /// The operand of a value type.
    #[must_use]
    pub const fn new(ty: ValType) -> Self {
        match ty {
            ValType::I32 => Self::I32,
            ValType::I64 => Self::I64,
            ValType::F32 => Self::F32,
            ValType::F64 => Self::F64,
            ValType::V128 => Self::V128,
            ValType::Ref(ty) => Self::reference(ty),
        }
    }

    /// The operand of a reference type.
    #[must_use]
    pub const fn reference(ty: RefType) -> Self {
        let heap = match ty.heap {
            HeapType::Abstract(heap) => heap as u64,
            HeapType::Concrete(TypeIdx(idx)) => CONCRETE | idx as u64,
        };
        Self(REFERENCE | heap | if ty.nullable { NULLABLE } else { 0 })
    }

    /// The operand of a column of the instruction table, where addresses have this type.
    #[inline]
    #[must_use]
    pub const fn of_row(operand: Operand, addr: Self) -> Self {
        match operand {
            Operand::I32 => Self::I32,
            Operand::I64 => Self::I64,
            Operand::F32 => Self::F32,
            Operand::F64 => Self::F64,
            Operand::V128 => Self::V128,
            Operand::Addr => addr,
        }
    }

    /// The value type; none for a bottom.
    #[must_use]
    pub const fn val_type(self) -> Option<ValType> {
        if let Some(ty) = self.ref_type() {
            return Some(ValType::Ref(ty));
        }
        match self {
            Self::I32 => Some(ValType::I32),
            Self::I64 => Some(ValType::I64),
            Self::F32 => Some(ValType::F32),
            Self::F64 => Some(ValType::F64),
            Self::V128 => Some(ValType::V128),
            Self(_) => None,
        }
    }

    /// The reference type; none for a number, a vector or a bottom.
    #[must_use]
    pub const fn ref_type(self) -> Option<RefType> {
        if self.0 & REFERENCE == 0 {
            return None;
        }
        let number = self.0 & NUMBER;
        let heap = if self.0 & CONCRETE != 0 {
            HeapType::Concrete(TypeIdx(number as u32))
        } else if number < ABSTRACT.len() as u64 {
            HeapType::Abstract(ABSTRACT[number as usize])
        } else {
            return None;
        };
        Some(RefType { nullable: self.0 & NULLABLE != 0, heap })
    }

    /// Whether it is a reference, of whatever type.
    #[must_use]
    pub const fn is_reference(self) -> bool {
        self.0 & REFERENCE != 0
    }

    /// Whether a local of this type has an initial value.
    #[inline]
    #[must_use]
    pub const fn is_defaultable(self) -> bool {
        self.0 & (REFERENCE | NULLABLE) != REFERENCE
    }

    /// The bits in which the encodings differ: none when the types are the same.
    #[inline]
    pub(super) const fn difference(self, other: Self) -> u64 {
        self.0 ^ other.0
    }

    /// The same reference without null.
    #[must_use]
    pub const fn non_null(self) -> Self {
        Self(self.0 & !NULLABLE)
    }
}

impl fmt::Display for OperandType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.val_type() {
            Some(ty) => ty.fmt(f),
            None if self.is_reference() => f.write_str("(ref bot)"),
            None => f.write_str("any"),
        }
    }
}

impl fmt::Debug for OperandType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_type_survives_the_encoding() {
        let heaps = ABSTRACT.into_iter().map(HeapType::Abstract);
        let heaps = heaps.chain([0, 12, u32::MAX].map(|idx| HeapType::Concrete(TypeIdx(idx))));
        let refs = heaps.flat_map(|heap| [RefType::nullable(heap), RefType::non_null(heap)]);
        let numbers =
            [ValType::I32, ValType::I64, ValType::F32, ValType::F64, ValType::V128].into_iter();
        for ty in numbers.chain(refs.map(ValType::Ref)) {
            let operand = OperandType::new(ty);
            assert_eq!(operand.val_type(), Some(ty));
            assert_eq!(operand.is_defaultable(), ty.is_defaultable(), "{ty}");
        }
    }

    #[test]
    fn bottoms_are_no_value_types() {
        assert_eq!(OperandType::BOTTOM.val_type(), None);
        assert_eq!(OperandType::REF_BOTTOM.val_type(), None);
        assert!(OperandType::REF_BOTTOM.is_reference());
    }
}
