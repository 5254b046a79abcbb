//! An f32 in the low half of an `f64`, through the bits.

#[inline(always)]
pub(super) fn get(carrier: f64) -> f32 {
    f32::from_bits(carrier.to_bits() as u32)
}

#[inline(always)]
pub(super) fn put(value: f32) -> f64 {
    f64::from_bits(u64::from(value.to_bits()))
}
