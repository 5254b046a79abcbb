//! A vector in two integer registers, and its lanes.

/// The two halves, the low one first.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Vector([u64; 2]);

/// The vector whose bytes these are in memory.
#[inline(always)]
pub(crate) fn from_memory(raw: Vector) -> Vector {
    Vector(raw.0.map(u64::from_le))
}

/// The bytes of a vector in memory.
#[inline(always)]
pub(crate) fn to_memory(vector: Vector) -> Vector {
    Vector(vector.0.map(u64::to_le))
}

/// These low eight bytes, and zeros.
#[inline(always)]
pub(super) fn low(bytes: u64) -> Vector {
    Vector([bytes, 0])
}

macro_rules! lanes {
    ($($lane:ident $count:literal;)+) => { $(
        /// Lanes of this type.
        pub(super) mod $lane {
            use super::Vector;

            const BYTES: usize = size_of::<$lane>();
            const PER_WORD: usize = 8 / BYTES;

            #[inline(always)]
            pub(in super::super) fn lanes(Vector(words): Vector) -> [$lane; $count] {
                std::array::from_fn(|lane| {
                    let word = words[lane / PER_WORD] >> (8 * BYTES * (lane % PER_WORD));
                    let mut bytes = [0; BYTES];
                    bytes.copy_from_slice(&word.to_le_bytes()[..BYTES]);
                    $lane::from_le_bytes(bytes)
                })
            }

            #[inline(always)]
            pub(in super::super) fn vector(lanes: [$lane; $count]) -> Vector {
                let mut words = [[0; 8]; 2];
                for (lane, value) in lanes.into_iter().enumerate() {
                    let at = BYTES * (lane % PER_WORD);
                    words[lane / PER_WORD][at..at + BYTES].copy_from_slice(&value.to_le_bytes());
                }
                Vector(words.map(u64::from_le_bytes))
            }
        }
    )+ };
}

lanes! {
    i8 16;
    u8 16;
    i16 8;
    u16 8;
    i32 4;
    u32 4;
    i64 2;
    u64 2;
    f32 4;
    f64 2;
}
