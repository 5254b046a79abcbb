//! Vector ops: the shapes of their instructions, and from operand kinds to the op.

use super::{Kind, Reach, no_such_op};
use crate::interp::machine::memory::Shared;
use crate::interp::machine::operand::{
    Acc, Const, Dest, F0, F1, FloatDest, FloatSource, Home, L0, L1, Slot, Source, VectorDest,
    VectorSource,
};
use crate::interp::machine::simd as ops;
use crate::interp::machine::{Kind as Place, Op as AnOp, OpCode};
use crate::interp::numeric::simd::{
    self, Binary, Families, FloatExtract, FloatReplace, FloatSplat, IntExtract, IntReplace,
    IntSplat, Load, LoadLane, Shift, Shuffle, Store, StoreLane, Ternary, Test, Unary,
};
use crate::wasm::Op;

/// The shape of a vector instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in super::super) enum Shape {
    /// A vector to a vector.
    Unary,
    /// Two vectors to one, which may change places or not.
    Binary { commutative: bool },
    /// Three vectors to one.
    Ternary,
    /// A vector and a count.
    Shift,
    /// A vector to an i32.
    Test,
    /// A number to a vector.
    Splat,
    /// A vector to a number.
    Extract,
    /// A vector and a number to a vector.
    Replace,
    /// Two vectors and lanes.
    Shuffle,
    /// A load.
    Load,
    /// A store.
    Store,
    /// A load of a lane.
    LoadLane,
    /// A store of a lane.
    StoreLane,
}

/// The shape of an instruction that `interp::numeric::simd` lists.
pub(in super::super) fn shape(op: Op) -> Shape {
    struct Shapes;
    impl Families for Shapes {
        type Output = Shape;
        fn unary<O: Unary>(self) -> Shape {
            Shape::Unary
        }
        fn binary<O: Binary>(self) -> Shape {
            Shape::Binary { commutative: O::COMMUTATIVE }
        }
        fn ternary<O: Ternary>(self) -> Shape {
            Shape::Ternary
        }
        fn shift<O: Shift>(self) -> Shape {
            Shape::Shift
        }
        fn test<O: Test>(self) -> Shape {
            Shape::Test
        }
        fn int_splat<O: IntSplat>(self) -> Shape {
            Shape::Splat
        }
        fn float_splat<O: FloatSplat>(self) -> Shape {
            Shape::Splat
        }
        fn int_extract<O: IntExtract>(self) -> Shape {
            Shape::Extract
        }
        fn float_extract<O: FloatExtract>(self) -> Shape {
            Shape::Extract
        }
        fn int_replace<O: IntReplace>(self) -> Shape {
            Shape::Replace
        }
        fn float_replace<O: FloatReplace>(self) -> Shape {
            Shape::Replace
        }
        fn shuffle<O: Shuffle>(self) -> Shape {
            Shape::Shuffle
        }
        fn load<O: Load>(self) -> Shape {
            Shape::Load
        }
        fn store<O: Store>(self) -> Shape {
            Shape::Store
        }
        fn load_lane<O: LoadLane>(self) -> Shape {
            Shape::LoadLane
        }
        fn store_lane<O: StoreLane>(self) -> Shape {
            Shape::StoreLane
        }
    }
    simd::visit(op, Shapes).unwrap_or_else(|| no_such_op(&[]))
}

/// Whether an operation is common enough to write the accumulator alone. (All write slots, and the
/// accumulator with them.)
pub(in super::super) const fn is_common(op: Op) -> bool {
    matches!(
        op,
        Op::V128And
            | Op::V128Or
            | Op::V128Xor
            | Op::V128Andnot
            | Op::I8x16Add
            | Op::I8x16Sub
            | Op::I8x16Eq
            | Op::I8x16Swizzle
            | Op::I16x8Add
            | Op::I16x8Sub
            | Op::I16x8Mul
            | Op::I32x4Add
            | Op::I32x4Sub
            | Op::I32x4Mul
            | Op::I64x2Add
            | Op::I64x2Sub
            | Op::F32x4Add
            | Op::F32x4Sub
            | Op::F32x4Mul
            | Op::F32x4Div
            | Op::F64x2Add
            | Op::F64x2Sub
            | Op::F64x2Mul
            | Op::F64x2Div
            | Op::V128Load
            | Op::I32x4Shl
            | Op::I32x4ShrU
            | Op::I32x4ShrS
            | Op::I64x2Shl
            | Op::I64x2ShrU
    )
}

/// Asks for the op that computes a value, stores one, or loads one from memory 0.
pub(in super::super) struct Vector {
    /// The operands.
    pub(in super::super) sources: [Kind; 3],
    /// The destination, when there is one.
    pub(in super::super) dest: Kind,
}

impl Vector {
    /// The op of an instruction that `interp::numeric::simd` lists.
    pub(in super::super) fn of(op: Op, sources: [Kind; 3], dest: Kind) -> OpCode {
        simd::visit(op, Self { sources, dest }).unwrap_or_else(|| no_such_op(&sources))
    }

    /// The op of a load or store instruction for any memory, through slots.
    pub(in super::super) fn any(op: Op, reach: Reach) -> OpCode {
        simd::visit(op, Any { reach }).unwrap_or_else(|| no_such_op(&[]))
    }
}

impl Families for Vector {
    type Output = OpCode;

    fn unary<O: Unary>(self) -> OpCode {
        choose!(self.sources[0], [Acc => Acc, Slot => Slot], unary_of, [O], ())
    }

    fn binary<O: Binary>(self) -> OpCode {
        let [x, y, _] = self.sources;
        if const { simd::turned(O::OP).is_some() } {
            no_such_op(&self.sources)
        } else {
            choose!(x, [Acc => Acc, Slot => Slot], binary_of, [O], (y, self.dest))
        }
    }

    fn ternary<O: Ternary>(self) -> OpCode {
        match self.sources {
            [Kind::Slot, Kind::Slot, Kind::Slot] => ternary_of::<O, Slot, Slot, Slot>(),
            [Kind::Acc, Kind::Slot, Kind::Slot] => ternary_of::<O, Acc, Slot, Slot>(),
            [Kind::Slot, Kind::Acc, Kind::Slot] => ternary_of::<O, Slot, Acc, Slot>(),
            [Kind::Slot, Kind::Slot, Kind::Acc] => ternary_of::<O, Slot, Slot, Acc>(),
            kinds => no_such_op(&kinds),
        }
    }

    fn shift<O: Shift>(self) -> OpCode {
        let [x, count, _] = self.sources;
        choose!(x, [Acc => Acc, Slot => Slot], shift_of, [O], (count, self.dest))
    }

    fn test<O: Test>(self) -> OpCode {
        choose!(self.sources[0], [Acc => Acc, Slot => Slot], test_of, [O], ())
    }

    fn int_splat<O: IntSplat>(self) -> OpCode {
        choose!(
            self.sources[0],
            [L0 => L0, L1 => L1, Acc => Acc, Slot => Slot],
            int_splat_of, [O], ()
        )
    }

    fn float_splat<O: FloatSplat>(self) -> OpCode {
        choose!(
            self.sources[0],
            [F0 => F0, F1 => F1, Acc => Acc, Slot => Slot],
            float_splat_of, [O], ()
        )
    }

    fn int_extract<O: IntExtract>(self) -> OpCode {
        choose!(self.dest, [Acc => Acc, Slot => Slot], int_extract_to, [O], ())
    }

    fn float_extract<O: FloatExtract>(self) -> OpCode {
        choose!(self.dest, [Acc => Acc, Slot => Slot], float_extract_to, [O], ())
    }

    fn int_replace<O: IntReplace>(self) -> OpCode {
        let [x, value, _] = self.sources;
        choose!(x, [Acc => Acc, Slot => Slot], int_replace_of, [O], (value))
    }

    fn float_replace<O: FloatReplace>(self) -> OpCode {
        let [x, value, _] = self.sources;
        choose!(x, [Acc => Acc, Slot => Slot], float_replace_of, [O], (value))
    }

    fn shuffle<O: Shuffle>(self) -> OpCode {
        match self.sources {
            [Kind::Slot, Kind::Slot, _] => <ops::ShuffleOp<O, Slot, Slot, Slot> as AnOp>::CODE,
            [Kind::Acc, Kind::Slot, _] => <ops::ShuffleOp<O, Acc, Slot, Slot> as AnOp>::CODE,
            [Kind::Slot, Kind::Acc, _] => <ops::ShuffleOp<O, Slot, Acc, Slot> as AnOp>::CODE,
            kinds => no_such_op(&kinds),
        }
    }

    fn load<O: Load>(self) -> OpCode {
        choose!(
            self.sources[0],
            [L0 => L0, L1 => L1, Acc => Acc, Slot => Slot],
            load_of, [O], (self.dest)
        )
    }

    fn store<O: Store>(self) -> OpCode {
        let [addr, value, _] = self.sources;
        choose!(
            addr,
            [L0 => L0, L1 => L1, Acc => Acc, Slot => Slot],
            store_of, [O], (value)
        )
    }

    fn load_lane<O: LoadLane>(self) -> OpCode {
        choose!(
            self.sources[0],
            [L0 => L0, L1 => L1, Acc => Acc, Slot => Slot],
            load_lane_of, [O], ()
        )
    }

    fn store_lane<O: StoreLane>(self) -> OpCode {
        choose!(
            self.sources[0],
            [L0 => L0, L1 => L1, Acc => Acc, Slot => Slot],
            store_lane_of, [O], ()
        )
    }
}

fn unary_of<O: Unary, X: VectorSource>() -> OpCode {
    <ops::UnaryOp<O, X, Slot> as AnOp>::CODE
}

fn binary_of<O: Binary, X: VectorSource>(y: Kind, dest: Kind) -> OpCode {
    if y == Kind::Slot {
        return binary_to::<O, X, Slot>(dest);
    }
    // The accumulator is one operand at most, and the first where that makes no difference.
    if const { !O::COMMUTATIVE && matches!(X::KIND, Place::Slot) } {
        choose!(y, [Acc => Acc], binary_to, [O, X], (dest))
    } else {
        no_such_op(&[y])
    }
}

fn binary_to<O: Binary, X: VectorSource, Y: VectorSource>(dest: Kind) -> OpCode {
    if const { is_common(O::OP) } {
        choose!(dest, [Acc => Acc, Slot => Slot], binary_into, [O, X, Y], ())
    } else {
        choose!(dest, [Slot => Slot], binary_into, [O, X, Y], ())
    }
}

fn binary_into<O: Binary, X: VectorSource, Y: VectorSource, D: VectorDest>() -> OpCode {
    <ops::BinaryOp<O, X, Y, D> as AnOp>::CODE
}

fn ternary_of<O: Ternary, X: VectorSource, Y: VectorSource, Z: VectorSource>() -> OpCode {
    <ops::TernaryOp<O, X, Y, Z, Slot> as AnOp>::CODE
}

fn shift_of<O: Shift, X: VectorSource>(count: Kind, dest: Kind) -> OpCode {
    if count == Kind::Slot {
        choose!(dest, [Slot => Slot], shift_to, [O, X, Slot], ())
    } else if const { is_common(O::OP) } {
        choose!(dest, [Acc => Acc, Slot => Slot], shift_to, [O, X, Const<u32>], ())
    } else {
        choose!(dest, [Slot => Slot], shift_to, [O, X, Const<u32>], ())
    }
}

fn shift_to<O: Shift, X: VectorSource, N: Source, D: VectorDest>() -> OpCode {
    <ops::ShiftOp<O, X, N, D> as AnOp>::CODE
}

fn test_of<O: Test, X: VectorSource>() -> OpCode {
    <ops::TestOp<O, X, Acc> as AnOp>::CODE
}

fn int_splat_of<O: IntSplat, X: Source>() -> OpCode {
    <ops::IntSplatOp<O, X, Slot> as AnOp>::CODE
}

fn float_splat_of<O: FloatSplat, X: FloatSource>() -> OpCode {
    <ops::FloatSplatOp<O, X, Slot> as AnOp>::CODE
}

fn int_extract_to<O: IntExtract, D: Dest>() -> OpCode {
    <ops::IntExtractOp<O, D> as AnOp>::CODE
}

fn float_extract_to<O: FloatExtract, D: FloatDest>() -> OpCode {
    <ops::FloatExtractOp<O, D> as AnOp>::CODE
}

fn int_replace_of<O: IntReplace, X: VectorSource>(value: Kind) -> OpCode {
    choose!(value, [Acc => Acc, Slot => Slot], int_replace_by, [O, X], ())
}

fn int_replace_by<O: IntReplace, X: VectorSource, Y: Source>() -> OpCode {
    <ops::IntReplaceOp<O, X, Y, Slot> as AnOp>::CODE
}

fn float_replace_of<O: FloatReplace, X: VectorSource>(value: Kind) -> OpCode {
    choose!(value, [Acc => Acc, Slot => Slot], float_replace_by, [O, X], ())
}

fn float_replace_by<O: FloatReplace, X: VectorSource, Y: FloatSource>() -> OpCode {
    <ops::FloatReplaceOp<O, X, Y, Slot> as AnOp>::CODE
}

fn load_of<O: Load, A: Source>(dest: Kind) -> OpCode {
    if const { is_common(O::OP) } {
        choose!(dest, [Acc => Acc, Slot => Slot], load_to, [O, A], ())
    } else {
        choose!(dest, [Slot => Slot], load_to, [O, A], ())
    }
}

fn load_to<O: Load, A: Source, D: VectorDest>() -> OpCode {
    <ops::Load<O, A, D> as AnOp>::CODE
}

fn store_of<O: Store, A: Source>(value: Kind) -> OpCode {
    choose!(value, [Acc => Acc, Slot => Slot], store_from, [O, A], ())
}

fn store_from<O: Store, A: Source, X: VectorSource>() -> OpCode {
    <ops::Store<O, A, X> as AnOp>::CODE
}

fn load_lane_of<O: LoadLane, A: Source>() -> OpCode {
    <ops::LoadLane<O, A, Slot> as AnOp>::CODE
}

fn store_lane_of<O: StoreLane, A: Source>() -> OpCode {
    <ops::StoreLane<O, A> as AnOp>::CODE
}

/// `home = x`.
pub(in super::super) fn move_vector(x: Kind, dest: Kind) -> OpCode {
    if dest == Kind::Home {
        choose!(x, [Acc => Acc, Slot => Slot], move_to, [], ())
    } else {
        no_such_op(&[x, dest])
    }
}

fn move_to<X: VectorSource>() -> OpCode {
    <ops::MoveVector<X, Home> as AnOp>::CODE
}

/// `slot = constant`.
pub(in super::super) fn constant<D: VectorDest>() -> OpCode {
    <ops::MoveVector<Const<simd::Vector>, D> as AnOp>::CODE
}

/// `slot = condition ? slot : slot`.
pub(in super::super) fn select_vector(condition: Kind) -> OpCode {
    choose!(condition, [Acc => Acc, Slot => Slot], select_if, [], ())
}

fn select_if<C: Source>() -> OpCode {
    <ops::SelectVector<C, Slot, Slot, Slot> as AnOp>::CODE
}

/// Asks for an access of any memory.
struct Any {
    reach: Reach,
}

/// `$op<O, N>` with the way to the memory, and `$rest`.
macro_rules! any {
    ($self:ident, $op:ident, $O:ident $(, $rest:ty)?) => {
        match $self.reach {
            Reach::I32 => <ops::$op<$O, u32 $(, $rest)?> as AnOp>::CODE,
            Reach::I64 => <ops::$op<$O, u64 $(, $rest)?> as AnOp>::CODE,
            Reach::Shared => <ops::$op<$O, Shared $(, $rest)?> as AnOp>::CODE,
        }
    };
}

impl Families for Any {
    type Output = OpCode;

    fn load<O: Load>(self) -> OpCode {
        any!(self, LoadAny, O, Slot)
    }
    fn store<O: Store>(self) -> OpCode {
        any!(self, StoreAny, O)
    }
    fn load_lane<O: LoadLane>(self) -> OpCode {
        any!(self, LoadLaneAny, O, Slot)
    }
    fn store_lane<O: StoreLane>(self) -> OpCode {
        any!(self, StoreLaneAny, O)
    }
    fn unary<O: Unary>(self) -> OpCode {
        no_such_op(&[])
    }
    fn binary<O: Binary>(self) -> OpCode {
        no_such_op(&[])
    }
    fn ternary<O: Ternary>(self) -> OpCode {
        no_such_op(&[])
    }
    fn shift<O: Shift>(self) -> OpCode {
        no_such_op(&[])
    }
    fn test<O: Test>(self) -> OpCode {
        no_such_op(&[])
    }
    fn int_splat<O: IntSplat>(self) -> OpCode {
        no_such_op(&[])
    }
    fn float_splat<O: FloatSplat>(self) -> OpCode {
        no_such_op(&[])
    }
    fn int_extract<O: IntExtract>(self) -> OpCode {
        no_such_op(&[])
    }
    fn float_extract<O: FloatExtract>(self) -> OpCode {
        no_such_op(&[])
    }
    fn int_replace<O: IntReplace>(self) -> OpCode {
        no_such_op(&[])
    }
    fn float_replace<O: FloatReplace>(self) -> OpCode {
        no_such_op(&[])
    }
    fn shuffle<O: Shuffle>(self) -> OpCode {
        no_such_op(&[])
    }
}
