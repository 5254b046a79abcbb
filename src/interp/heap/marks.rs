//! Which parts of the heap are in use: a bit for each granule, set over the whole of an object. So
//! free runs are found without a look at the objects.

use std::ops::Range;

use super::alloc::GRANULE;

/// Bits by granule.
#[derive(Default)]
pub(super) struct Marks {
    words: Vec<u64>,
}

/// Granules of a word.
const WORD: u64 = u64::BITS as u64;

impl Marks {
    /// Clears all, with room for bits up to byte `end`.
    pub(super) fn clear(&mut self, end: u64) {
        self.words.clear();
        self.words.resize((end / GRANULE / WORD + 1) as usize, 0);
    }

    /// Whether the granule at a byte is in use. What lies behind all marks is not.
    #[inline]
    pub(super) fn is_set(&self, at: u64) -> bool {
        let bit = at / GRANULE;
        self.words.get((bit / WORD) as usize).is_some_and(|word| word >> (bit % WORD) & 1 != 0)
    }

    /// Marks the granules of these bytes.
    #[inline]
    pub(super) fn set(&mut self, bytes: Range<u64>) {
        let (mut bit, end) = (bytes.start / GRANULE, bytes.end / GRANULE);
        if self.words.len() as u64 * WORD < end {
            self.words.resize((end / WORD + 1) as usize, 0);
        }
        while bit < end {
            let count = (WORD - bit % WORD).min(end - bit);
            let ones = u64::MAX >> (WORD - count);
            self.words[(bit / WORD) as usize] |= ones << (bit % WORD);
            bit += count;
        }
    }

    /// The first run of bytes from `from` on that aren't in use, up to `end`; none when all are.
    pub(super) fn gap(&self, from: u64, end: u64) -> Option<Range<u64>> {
        let start = self.find(from, end, |word| !word)?;
        let stop = self.find(start, end, |word| word).unwrap_or(end);
        Some(start..stop)
    }

    /// The first granule from `from` on whose bit is set in what `view` makes of its word.
    fn find(&self, from: u64, end: u64, view: impl Fn(u64) -> u64) -> Option<u64> {
        let mut bit = from / GRANULE;
        let end = end / GRANULE;
        while bit < end {
            let word = self.words.get((bit / WORD) as usize).copied().unwrap_or(0);
            let rest = view(word) >> (bit % WORD);
            if rest != 0 {
                bit += u64::from(rest.trailing_zeros());
                return (bit < end).then_some(bit * GRANULE);
            }
            bit = (bit / WORD + 1) * WORD;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_what_lies_between_marks() {
        let mut marks = Marks::default();
        marks.clear(4096);
        marks.set(8..24);
        marks.set(512..1536);
        marks.set(1544..1552);
        let gaps = |mut at: u64| {
            let mut gaps = Vec::new();
            while let Some(gap) = marks.gap(at, 2048) {
                at = gap.end;
                gaps.push((gap.start, gap.end));
            }
            gaps
        };
        assert_eq!(gaps(8), [(24, 512), (1536, 1544), (1552, 2048)]);
        assert!(marks.is_set(8) && marks.is_set(1528) && !marks.is_set(24));
        assert!(!marks.is_set(1 << 30));
    }
}
