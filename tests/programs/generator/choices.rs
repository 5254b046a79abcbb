//! Decisions from a string of bytes: a shorter string, or smaller bytes, make a simpler program, so
//! that whoever shrinks bytes shrinks programs.

/// The bytes that are left. When they are used up, every choice is the first one.
pub(super) struct Choices<'b> {
    bytes: &'b [u8],
}

impl<'b> Choices<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        Self { bytes }
    }

    pub(super) fn bytes_left(&self) -> usize {
        self.bytes.len()
    }

    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.bytes.split_first() else { return 0 };
        self.bytes = rest;
        *first
    }

    /// A number below `count`, which is at most 256.
    pub(super) fn below(&mut self, count: usize) -> usize {
        usize::from(self.byte()) % count.max(1)
    }

    /// True in so many of a hundred cases.
    pub(super) fn chance(&mut self, percent: u32) -> bool {
        u32::from(self.byte()) * 100 >= (100 - percent) * 256
    }

    /// One of several.
    pub(super) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// 64 bits, most often few or those at the ends of a range.
    pub(super) fn number(&mut self) -> u64 {
        match self.below(10) {
            0..=2 => self.below(4) as u64,
            3 | 4 => self.below(128) as u64,
            5 => (self.below(4) as u64).wrapping_neg(),
            6 => (1_u64 << self.below(64)).wrapping_sub(self.below(2) as u64),
            7 => (i32::MIN as u64).wrapping_add(self.below(3) as u64).wrapping_sub(1),
            _ => (0..8).fold(0, |number, _| number << 8 | u64::from(self.byte())),
        }
    }
}
