//! Bytes chosen by an instruction of SSSE3, which not every x86-64 processor has: `visit` asks once
//! a translated instruction. Without it a choice of sixteen bytes is sixteen loads and stores.
#![expect(unsafe_code, reason = "one of the processor's own instructions")]

use std::arch::asm;

use super::lanes::{Shape, U8x16, map, zip};

vectors! {
    shuffle {
        I8x16Shuffle (a, b, lanes: U8x16) -> U8x16 { shuffle(a, b, lanes) }
    }

    binary {
        I8x16Swizzle (a, b: U8x16) -> U8x16 { swizzle(a, b) }
    }
}

/// What `pshufb` does: zero where the index's highest bit is set, else the byte of its low four.
#[inline(always)]
fn choose(a: U8x16, indices: U8x16) -> U8x16 {
    let mut chosen = a.vector();
    // SAFETY: `visit` has asked whether the processor has the instruction, which touches its
    // operands only.
    unsafe {
        asm!(
            "pshufb {a}, {indices}",
            a = inout(xmm_reg) chosen,
            indices = in(xmm_reg) indices.vector(),
            options(pure, nomem, nostack, preserves_flags),
        );
    }
    U8x16::of(chosen)
}

/// Bytes of `a`; zero where the index is outside: the sum has its highest bit set from 16 on.
#[inline(always)]
fn swizzle(a: U8x16, b: U8x16) -> U8x16 {
    choose(a, map(b, |b| b.saturating_add(0x70)))
}

/// Bytes of both vectors: those of each, with zeros for the other's.
#[inline(always)]
fn shuffle(a: U8x16, b: U8x16, lanes: U8x16) -> U8x16 {
    let first = choose(a, map(lanes, |lane| lane.wrapping_add(0x70)));
    let second = choose(b, map(lanes, |lane| lane.wrapping_sub(0x10)));
    zip(first, second, |first, second| first | second)
}
