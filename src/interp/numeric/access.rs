//! What loads make of bytes, and stores of values. Addresses and bounds are the machine's.
//!
//! Memory is little-endian whatever the host is. Spec: exec/numerics#storage

numeric! {
    int_load {
        I32Load     (raw: u32) -> u32 { u32::from_le(raw) }
        I32Load8S   (raw: i8)  -> i32 { raw.into() }
        I32Load8U   (raw: u8)  -> u32 { raw.into() }
        I32Load16S  (raw: i16) -> i32 { i16::from_le(raw).into() }
        I32Load16U  (raw: u16) -> u32 { u16::from_le(raw).into() }

        I64Load     (raw: u64) -> u64 { u64::from_le(raw) }
        I64Load8S   (raw: i8)  -> i64 { raw.into() }
        I64Load8U   (raw: u8)  -> u64 { raw.into() }
        I64Load16S  (raw: i16) -> i64 { i16::from_le(raw).into() }
        I64Load16U  (raw: u16) -> u64 { u16::from_le(raw).into() }
        I64Load32S  (raw: i32) -> i64 { i32::from_le(raw).into() }
        I64Load32U  (raw: u32) -> u64 { u32::from_le(raw).into() }
    }

    float_load {
        F32Load     (raw: f32) -> f32 { f32::from_bits(u32::from_le(raw.to_bits())) }
        F64Load     (raw: f64) -> f64 { f64::from_bits(u64::from_le(raw.to_bits())) }
    }

    int_store {
        I32Store    (value: u32) -> u32 { value.to_le() }
        I32Store8   (value: u32) -> u8  { value as u8 }
        I32Store16  (value: u32) -> u16 { (value as u16).to_le() }

        I64Store    (value: u64) -> u64 { value.to_le() }
        I64Store8   (value: u64) -> u8  { value as u8 }
        I64Store16  (value: u64) -> u16 { (value as u16).to_le() }
        I64Store32  (value: u64) -> u32 { (value as u32).to_le() }
    }

    float_store {
        F32Store    (value: f32) -> f32 { f32::from_bits(value.to_bits().to_le()) }
        F64Store    (value: f64) -> f64 { f64::from_bits(value.to_bits().to_le()) }
    }
}
