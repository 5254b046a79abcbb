//! Fused multiplication and addition by instructions of FMA, which not every x86-64 processor has:
//! `visit` asks once a translated instruction. Without it the sum is computed in software.
#![expect(unsafe_code, reason = "some of the processor's own instructions")]

use std::arch::asm;

use super::lanes::{F32x4, F64x2, Shape};

/// `a * b + c` by this instruction.
macro_rules! fused {
    ($instruction:literal, $a:ident, $b:ident, $c:ident) => {{
        let mut result = $a.vector();
        // SAFETY: `visit` has asked whether the processor has the instruction, which touches its
        // operands only.
        unsafe {
            asm!(
                concat!($instruction, " {a}, {b}, {c}"),
                a = inout(xmm_reg) result,
                b = in(xmm_reg) $b.vector(),
                c = in(xmm_reg) $c.vector(),
                options(pure, nomem, nostack, preserves_flags),
            );
        }
        Shape::of(result)
    }};
}

vectors! {
    ternary {
        F32x4RelaxedMadd  (a, b, c: F32x4) -> F32x4 { fused!("vfmadd213ps", a, b, c) }
        F32x4RelaxedNmadd (a, b, c: F32x4) -> F32x4 { fused!("vfnmadd213ps", a, b, c) }
        F64x2RelaxedMadd  (a, b, c: F64x2) -> F64x2 { fused!("vfmadd213pd", a, b, c) }
        F64x2RelaxedNmadd (a, b, c: F64x2) -> F64x2 { fused!("vfnmadd213pd", a, b, c) }
    }
}
