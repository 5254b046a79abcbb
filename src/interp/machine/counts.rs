//! How often each op was executed: a counter for each code word, so that counting is an addition.
//! What the words mean is the listing's to say.

use std::ops::Range;

use super::WORD;

/// The counters of a store.
#[derive(Default)]
pub(crate) struct Counts {
    /// The functions that ran, by address.
    functions: Vec<Function>,
    /// The one that ran last: it mostly runs on.
    last: usize,
    /// Ops outside of functions' code: calls of the host, stubs, returns between instances.
    outside: u64,
}

/// A counter for each word of a function's code.
struct Function {
    start: usize,
    words: Box<[u64]>,
}

impl Function {
    #[inline]
    fn word(&mut self, ip: usize) -> Option<&mut u64> {
        self.words.get_mut(ip.wrapping_sub(self.start) / WORD)
    }
}

impl Counts {
    /// Counts the op at `ip`; `code` says where the code around it begins and ends.
    #[inline]
    pub(super) fn add(&mut self, ip: *const u8, code: impl FnOnce() -> Option<Range<usize>>) {
        let ip = ip as usize;
        match self.functions.get_mut(self.last).and_then(|function| function.word(ip)) {
            Some(count) => *count += 1,
            None => self.add_elsewhere(ip, code),
        }
    }

    fn add_elsewhere(&mut self, ip: usize, code: impl FnOnce() -> Option<Range<usize>>) {
        let after = self.functions.partition_point(|function| function.start <= ip);
        let before = after.wrapping_sub(1);
        if self.functions.get_mut(before).is_some_and(|function| function.word(ip).is_some()) {
            self.last = before;
        } else if let Some(range) = code() {
            let words = vec![0; range.len() / WORD].into();
            self.functions.insert(after, Function { start: range.start, words });
            self.last = after;
        } else {
            self.outside += 1;
            return;
        }
        if let Some(count) = self.functions[self.last].word(ip) {
            *count += 1;
        }
    }

    /// How often the op at each word of the code at `start` was executed; none when it never ran.
    pub(crate) fn of(&self, start: *const u8) -> Option<&[u64]> {
        let found = self.functions.binary_search_by_key(&(start as usize), |at| at.start).ok()?;
        Some(&self.functions[found].words)
    }

    /// Ops outside of functions' code.
    pub(crate) const fn outside(&self) -> u64 {
        self.outside
    }
}
