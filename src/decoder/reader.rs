//! The cursor: bytes, LEB128, names. Every read knows its offset and stays inside the bounds.
//!
//! Spec: binary/values

use std::ops::Range;

use super::malformed::{Gated, Malformed, MalformedKind, Part};
use crate::wasm::{Feature, Features, Limits};

/// Bit 7 of a byte of LEB128: another byte follows.
const MORE: u8 = 0x80;

/// What decoding depends on beside the bytes.
#[derive(Clone, Copy)]
pub(super) struct Rules<'a> {
    pub(super) limits: &'a Limits,
    pub(super) features: Features,
    /// Whether there is a data count section.
    pub(super) data_count: bool,
}

/// A position in the binary, and the end of the section or function that it lies in.
///
/// As the specification's decoder, it reads past that end and only then notices: what is wrong
/// is said of the bytes as they stand, not of the sizes before them.
#[derive(Clone)]
pub(super) struct Reader<'a> {
    binary: &'a [u8],
    position: usize,
    end: usize,
    pub(super) rules: Rules<'a>,
}

impl<'a> Reader<'a> {
    /// A cursor over a range of the binary.
    pub(super) fn new(binary: &'a [u8], range: Range<usize>, rules: Rules<'a>) -> Self {
        Self { binary, position: range.start, end: range.end, rules }
    }

    /// The same cursor, with nothing to read after the end.
    pub(super) fn cut(mut self) -> Self {
        self.binary = &self.binary[..self.end.min(self.binary.len())];
        self
    }

    /// Where the next byte stands in the binary.
    #[inline]
    pub(super) fn position(&self) -> usize {
        self.position
    }

    /// Where the section or function ends.
    pub(super) fn end(&self) -> usize {
        self.end
    }

    /// The bytes up to the end of the binary.
    #[inline]
    fn remaining(&self) -> usize {
        self.binary.len().saturating_sub(self.position)
    }

    /// Whether the section or function is used up.
    #[inline]
    pub(super) fn is_at_end(&self) -> bool {
        self.position >= self.end
    }

    /// Whether more was read than the section or function has.
    pub(super) fn is_past_end(&self) -> bool {
        self.position > self.end
    }

    /// A length or count, which the bytes from its own on must be able to back: everything that
    /// has a count takes a byte at least.
    pub(super) fn length(&mut self) -> Result<u32, Malformed> {
        let offset = self.position;
        let remaining = self.remaining();
        let length = self.u32()?;
        if length as usize > remaining {
            let kind = MalformedKind::LengthOutOfBounds { length, remaining };
            return Err(Malformed::new(offset, kind));
        }
        Ok(length)
    }

    /// How many entries to make room for: never more than the remaining bytes can back.
    pub(super) fn capacity(&self, count: u32) -> usize {
        (count as usize).min(self.remaining())
    }

    /// A cursor over the next `length` bytes, which the caller has seen to be there.
    pub(super) fn part(&self, length: usize) -> Self {
        Self { end: self.position + length, ..self.clone() }
    }

    #[cold]
    fn unexpected_end(&self) -> Malformed {
        Malformed::new(self.binary.len(), MalformedKind::UnexpectedEndOfSection)
    }

    /// The error of an unknown byte that was just read.
    #[cold]
    pub(super) fn malformed(&self, part: Part, found: impl Into<u32>) -> Malformed {
        Malformed::new(self.position.saturating_sub(1), MalformedKind::Part(part, found.into()))
    }

    /// The error of a byte that should be a type and was just read. Types are negative numbers
    /// of one byte, in LEB128.
    #[cold]
    pub(super) fn malformed_type(&self, part: Part, found: u8) -> Malformed {
        if found < MORE {
            return self.malformed(part, found);
        }
        Malformed::new(self.position.saturating_sub(1), MalformedKind::IntegerTooLong)
    }

    /// Refuses a byte that was just read and belongs to a proposal that is off.
    pub(super) fn require_part(&self, feature: Feature, part: Part) -> Result<(), Malformed> {
        let found = self.binary.get(self.position.saturating_sub(1)).copied().unwrap_or(0);
        self.require(feature, Gated::Part(part, found.into()))
    }

    /// Refuses what belongs to a proposal that is off.
    #[inline(always)]
    pub(super) fn require(&self, feature: Feature, what: Gated) -> Result<(), Malformed> {
        match feature {
            Feature::Core => Ok(()),
            Feature::Simd
            | Feature::RelaxedSimd
            | Feature::FunctionReferences
            | Feature::Gc
            | Feature::Exceptions
            | Feature::TailCall
            | Feature::MultiMemory
            | Feature::Memory64
            | Feature::ExtendedConst
            | Feature::WideArithmetic
            | Feature::CustomPageSizes
            | Feature::Threads => {
                if self.rules.features.has(feature) {
                    Ok(())
                } else {
                    let offset = self.position.saturating_sub(1);
                    Err(Malformed::new(offset, MalformedKind::FeatureOff { feature, what }))
                }
            }
        }
    }

    /// Refuses a count above a limit.
    pub(super) fn limit(
        &self,
        what: &'static str,
        count: usize,
        limit: usize,
    ) -> Result<(), Malformed> {
        if count <= limit {
            return Ok(());
        }
        let kind = MalformedKind::TooMany { what, count: count as u64, limit };
        Err(Malformed::new(self.position, kind))
    }

    /// The next byte, left in place.
    #[inline]
    pub(super) fn peek(&self) -> Result<u8, Malformed> {
        match self.binary.get(self.position) {
            Some(byte) => Ok(*byte),
            None => Err(self.unexpected_end()),
        }
    }

    #[inline]
    pub(super) fn byte(&mut self) -> Result<u8, Malformed> {
        let byte = self.peek()?;
        self.position += 1;
        Ok(byte)
    }

    /// The next `length` bytes.
    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8], Malformed> {
        match self.binary.get(self.position..).and_then(|rest| rest.get(..length)) {
            Some(taken) => {
                self.position += length;
                Ok(taken)
            }
            None => Err(self.unexpected_end()),
        }
    }

    /// The next `N` bytes.
    #[inline]
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        match self.binary.get(self.position..).and_then(|rest| rest.first_chunk::<N>()) {
            Some(chunk) => {
                self.position += N;
                Ok(*chunk)
            }
            None => Err(self.unexpected_end()),
        }
    }

    /// Nearly every number of a module is below 128: one byte.
    #[inline(always)]
    pub(super) fn u32(&mut self) -> Result<u32, Malformed> {
        match self.binary.get(self.position) {
            Some(byte) if *byte < MORE => {
                self.position += 1;
                Ok(u32::from(*byte))
            }
            _ => self.long_unsigned(32).map(|value| value as u32),
        }
    }

    #[inline(always)]
    pub(super) fn u64(&mut self) -> Result<u64, Malformed> {
        match self.binary.get(self.position) {
            Some(byte) if *byte < MORE => {
                self.position += 1;
                Ok(u64::from(*byte))
            }
            _ => self.long_unsigned(64),
        }
    }

    #[inline(always)]
    pub(super) fn s32(&mut self) -> Result<i32, Malformed> {
        self.signed(32).map(|value| value as i32)
    }

    #[inline(always)]
    pub(super) fn s64(&mut self) -> Result<i64, Malformed> {
        self.signed(64)
    }

    /// A type index or, when negative, the code of a type.
    pub(super) fn s33(&mut self) -> Result<i64, Malformed> {
        self.signed(33)
    }

    #[inline(always)]
    fn signed(&mut self, bits: u32) -> Result<i64, Malformed> {
        match self.binary.get(self.position) {
            Some(byte) if *byte < MORE => {
                self.position += 1;
                // Bit 6 is the sign.
                Ok(i64::from((*byte << 1) as i8 >> 1))
            }
            _ => self.long_signed(bits),
        }
    }

    /// Spec: binary/values#integers. Longer than needed is legal, longer than `bits` need is not.
    #[inline(never)]
    fn long_unsigned(&mut self, bits: u32) -> Result<u64, Malformed> {
        let mut value = 0;
        let mut shift = 0;
        loop {
            let byte = self.byte()?;
            let remaining = bits - shift;
            if remaining < 7 && byte >> remaining != 0 {
                return Err(self.bad_integer((byte & !MORE) >> remaining != 0));
            }
            value |= u64::from(byte & !MORE) << shift;
            if byte < MORE {
                return Ok(value);
            }
            shift += 7;
        }
    }

    /// The bits of the last byte that the type has not must equal the sign.
    #[inline(never)]
    fn long_signed(&mut self, bits: u32) -> Result<i64, Malformed> {
        let mut value = 0;
        let mut shift = 0;
        loop {
            let byte = self.byte()?;
            let remaining = bits - shift;
            if remaining < 7 {
                let surplus = (byte << 1) as i8 >> remaining;
                let too_large = surplus != 0 && surplus != -1;
                if too_large || byte >= MORE {
                    return Err(self.bad_integer(too_large));
                }
            }
            value |= i64::from(byte & !MORE) << shift;
            shift += 7;
            if byte < MORE {
                // Bit 6 of the last byte is the sign; ten bytes of an `s64` fill all bits.
                let unused = 64_u32.saturating_sub(shift);
                return Ok(value << unused >> unused);
            }
        }
    }

    #[cold]
    fn bad_integer(&self, too_large: bool) -> Malformed {
        let kind =
            if too_large { MalformedKind::IntegerTooLarge } else { MalformedKind::IntegerTooLong };
        Malformed::new(self.position - 1, kind)
    }

    /// Spec: binary/values#names
    pub(super) fn name(&mut self) -> Result<&'a str, Malformed> {
        let length = self.length()? as usize;
        self.limit("bytes of a name", length, self.rules.limits.name_size)?;
        let offset = self.position;
        let bytes = self.take(length)?;
        std::str::from_utf8(bytes)
            .map_err(|error| Malformed::new(offset + error.valid_up_to(), MalformedKind::Utf8))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;

    fn read<'b, T>(
        bytes: &'b [u8],
        read: impl FnOnce(&mut Reader<'b>) -> Result<T, Malformed>,
    ) -> Result<T, MalformedKind> {
        static LIMITS: LazyLock<Limits> = LazyLock::new(Limits::default);
        let rules = Rules { limits: &LIMITS, features: Features::default(), data_count: false };
        let mut reader = Reader::new(bytes, 0..bytes.len(), rules);
        let value = read(&mut reader).map_err(|error| error.kind().clone())?;
        assert!(reader.is_at_end(), "bytes are left");
        Ok(value)
    }

    #[test]
    fn unsigned_numbers_may_be_longer_than_needed() {
        assert_eq!(read(&[0x7F], Reader::u32), Ok(127));
        assert_eq!(read(&[0x80, 0x01], Reader::u32), Ok(128));
        assert_eq!(read(&[0x83, 0x80, 0x80, 0x80, 0x00], Reader::u32), Ok(3));
        assert_eq!(read(&[0xFF, 0xFF, 0xFF, 0xFF, 0x0F], Reader::u32), Ok(u32::MAX));
        let largest = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01];
        assert_eq!(read(&largest, Reader::u64), Ok(u64::MAX));
    }

    #[test]
    fn unsigned_numbers_have_no_more_bits_or_bytes_than_their_type() {
        let too_large = Err(MalformedKind::IntegerTooLarge);
        let too_long = Err(MalformedKind::IntegerTooLong);
        assert_eq!(read(&[0xFF, 0xFF, 0xFF, 0xFF, 0x1F], Reader::u32), too_large);
        assert_eq!(read(&[0x80, 0x80, 0x80, 0x80, 0x80, 0x00], Reader::u32), too_long);
        let end = Err(MalformedKind::UnexpectedEndOfSection);
        assert_eq!(read(&[0x80, 0x80], Reader::u32), end);
    }

    #[test]
    fn signed_numbers_extend_their_sign() {
        assert_eq!(read(&[0x7F], Reader::s32), Ok(-1));
        assert_eq!(read(&[0x3F], Reader::s32), Ok(63));
        assert_eq!(read(&[0x40], Reader::s32), Ok(-64));
        assert_eq!(read(&[0xFF, 0x7F], Reader::s32), Ok(-1));
        assert_eq!(read(&[0x80, 0x80, 0x80, 0x80, 0x78], Reader::s32), Ok(i32::MIN));
        assert_eq!(read(&[0xFF, 0xFF, 0xFF, 0xFF, 0x07], Reader::s32), Ok(i32::MAX));
        let least = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7F];
        assert_eq!(read(&least, Reader::s64), Ok(i64::MIN));
        assert_eq!(read(&[0x80, 0x80, 0x80, 0x80, 0x70], Reader::s33), Ok(-(1 << 32)));
        assert_eq!(read(&[0xFF, 0xFF, 0xFF, 0xFF, 0x0F], Reader::s33), Ok((1 << 32) - 1));
    }

    #[test]
    fn surplus_bits_of_signed_numbers_equal_the_sign() {
        let too_large = Err(MalformedKind::IntegerTooLarge);
        let too_long = Err(MalformedKind::IntegerTooLong);
        assert_eq!(read(&[0x80, 0x80, 0x80, 0x80, 0x70], Reader::s32), too_large);
        assert_eq!(read(&[0xFF, 0xFF, 0xFF, 0xFF, 0x0F], Reader::s32), too_large);
        assert_eq!(read(&[0x80, 0x80, 0x80, 0x80, 0x80, 0x00], Reader::s32), too_long);
        let wide = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7E];
        assert_eq!(read(&wide, Reader::s64).map(|_| 0), Err(MalformedKind::IntegerTooLarge));
    }

    #[test]
    fn names_are_utf_8() {
        assert_eq!(read(b"\x02hi", Reader::name), Ok("hi"));
        let broken = read(&[0x01, 0xFF], Reader::name);
        assert_eq!(broken, Err(MalformedKind::Utf8));
    }
}
