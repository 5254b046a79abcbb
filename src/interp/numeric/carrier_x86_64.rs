//! An f32 in the low half of an `f64`, in the same vector register: written through the bits, LLVM
//! would move the value to an integer register and back in every instruction.
#![expect(unsafe_code, reason = "calls of the processor's own instructions")]

use std::arch::x86_64::{
    _mm_castpd_ps, _mm_castps_pd, _mm_cvtsd_f64, _mm_cvtss_f32, _mm_set_sd, _mm_set_ss,
};

#[inline(always)]
pub(super) fn get(carrier: f64) -> f32 {
    // SAFETY: every x86-64 processor has SSE2.
    unsafe { _mm_cvtss_f32(_mm_castpd_ps(_mm_set_sd(carrier))) }
}

#[inline(always)]
pub(super) fn put(value: f32) -> f64 {
    // SAFETY: every x86-64 processor has SSE2.
    unsafe { _mm_cvtsd_f64(_mm_castps_pd(_mm_set_ss(value))) }
}
