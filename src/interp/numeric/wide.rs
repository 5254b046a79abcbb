//! Integers of 128 bits, in halves of 64: the low half first.
//!
//! Proposal: <https://github.com/WebAssembly/wide-arithmetic>, all of it.

use crate::wasm::{Op, Operand, Signature};

/// Two integers to the two halves of one.
pub(crate) trait Wide: 'static {
    /// The row of the table.
    const OP: Op;
    /// Both operands.
    type In: Halves;
    /// The result.
    fn apply(a: Self::In, b: Self::In) -> u128;
}

/// An operand: one slot, or two.
pub(crate) trait Halves: Copy + 'static {
    /// How many slots it takes.
    const SLOTS: usize;
    /// The operand in these slots; one of 64 bits is in the first.
    fn of(low: u64, high: u64) -> Self;
}

impl Halves for u128 {
    const SLOTS: usize = 2;
    #[inline(always)]
    fn of(low: u64, high: u64) -> Self {
        Self::from(low) | Self::from(high) << u64::BITS
    }
}

impl Halves for u64 {
    const SLOTS: usize = 1;
    #[inline(always)]
    fn of(low: u64, _: u64) -> Self {
        low
    }
}

impl Halves for i64 {
    const SLOTS: usize = 1;
    #[inline(always)]
    fn of(low: u64, _: u64) -> Self {
        low.cast_signed()
    }
}

/// What to do with an instruction of the list once its type is known.
pub(crate) trait Visit {
    /// What comes of it.
    type Output;
    /// See [`Wide`].
    fn wide<O: Wide>(self) -> Self::Output;
}

/// One line an instruction: a unit type named as the table's [`Op`], and an assertion that stops
/// the build when the table's row has other types.
macro_rules! wide {
    ($( $name:ident ($a:ident, $b:ident: $in:ident) $body:block )+) => {
        $(
            #[doc = concat!("`", stringify!($name), "` of the table.")]
            pub(crate) struct $name;

            impl Wide for $name {
                const OP: Op = Op::$name;
                type In = $in;
                #[inline(always)]
                fn apply($a: $in, $b: $in) -> u128 $body
            }

            const _: () = assert!(
                has_halves(Op::$name, $in::SLOTS),
                concat!("the row of ", stringify!($name), " has other types"),
            );
        )+

        /// Calls the visitor with the type that stands for `op`; none when it isn't in the list.
        pub(crate) fn visit<V: Visit>(op: Op, visitor: V) -> Option<V::Output> {
            match op {
                $( Op::$name => Some(visitor.wide::<$name>()), )+
                _ => None,
            }
        }
    };
}

wide! {
    I64Add128   (a, b: u128) { a.wrapping_add(b) }
    I64Sub128   (a, b: u128) { a.wrapping_sub(b) }
    I64MulWideS (a, b: i64)  { (i128::from(a) * i128::from(b)).cast_unsigned() }
    I64MulWideU (a, b: u64)  { u128::from(a) * u128::from(b) }
}

/// Whether the row takes two operands of so many slots, and gives two halves.
const fn has_halves(op: Op, slots: usize) -> bool {
    let Signature::Fixed { takes, gives } = op.row().signature else { return false };
    matches!(
        (slots, takes, gives),
        (2, [Operand::I64, Operand::I64, Operand::I64, Operand::I64], [Operand::I64, Operand::I64])
            | (1, [Operand::I64, Operand::I64], [Operand::I64, Operand::I64])
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The product of two numbers without a sign, by halves of 32 bits.
    fn product(a: u64, b: u64) -> u128 {
        let halves = |x: u64| [u128::from(x as u32), u128::from(x >> 32)];
        let ([al, ah], [bl, bh]) = (halves(a), halves(b));
        al * bl + ((al * bh + ah * bl) << 32) + ((ah * bh) << 64)
    }

    #[test]
    fn products_have_all_their_bits() {
        let edges = [0, 1, 2, 0xFFFF_FFFF, 1 << 32, 1 << 63, u64::MAX - 1, u64::MAX];
        for (a, b) in edges.iter().flat_map(|a| edges.map(|b| (*a, b))) {
            assert_eq!(I64MulWideU::apply(a, b), product(a, b));
            let (x, y) = (a.cast_signed(), b.cast_signed());
            let size = product(x.unsigned_abs(), y.unsigned_abs());
            let signed = if (x < 0) == (y < 0) { size } else { size.wrapping_neg() };
            assert_eq!(I64MulWideS::apply(x, y), signed);
        }
    }

    #[test]
    fn carries_and_borrows_reach_the_high_half() {
        let low = u128::of(u64::MAX, 0);
        assert_eq!(I64Add128::apply(low, 1), u128::of(0, 1));
        assert_eq!(I64Sub128::apply(u128::of(0, 1), 1), low);
        assert_eq!(I64Sub128::apply(0, 1), u128::MAX);
    }
}
