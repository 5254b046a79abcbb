//! The code of a module: an entry word a function, which holds the address of a stub until the
//! function is translated.
#![expect(unsafe_code, reason = "publishes code addresses")]

use std::collections::BTreeMap;
use std::ops::Range;
use std::ptr::NonNull;
use std::sync::Mutex;
use std::sync::atomic::{AtomicPtr, Ordering};

use super::references::Place;
use super::{Clause, Code, Site, Word};
use crate::interp::engine::Backend;
use crate::interp::machine::execution::stub;
use crate::interp::store::func::EntryWord;

/// Entry words, stubs and what was translated so far.
pub(crate) struct CodeTable {
    entries: Box<[EntryWord]>,
    stubs: Box<[[Word; 2]]>,
    /// By the address of the first word.
    published: Mutex<BTreeMap<usize, Published>>,
}

/// Whether a function has begun.
pub(crate) enum Begun {
    /// It has, and its map said what it holds.
    Yes,
    /// The defined function of this number has not.
    Not(usize),
}

/// Where an exception is caught.
pub(crate) struct Landing {
    /// The code that goes on.
    pub(crate) ip: *const u8,
    /// The clause.
    pub(crate) clause: Clause,
    /// The slots that pinned floats are saved in.
    pub(crate) float_homes: [Option<i32>; 2],
}

/// A function's code.
struct Published {
    defined: usize,
    code: Box<Code>,
}

impl CodeTable {
    /// A stub for each of `count` functions.
    pub(crate) fn new(backend: Backend, count: usize) -> Self {
        let stubs: Box<[[Word; 2]]> =
            (0..count).map(|defined| stub(backend, defined as u32)).collect();
        let entries = stubs.iter().map(|stub| AtomicPtr::new(stub.as_ptr().cast_mut())).collect();
        Self { entries, stubs, published: Mutex::new(BTreeMap::new()) }
    }

    /// The entry word of a function.
    pub(crate) fn entry(&self, defined: usize) -> NonNull<EntryWord> {
        NonNull::from(&self.entries[defined])
    }

    /// The address of a function's code, or of its stub.
    pub(crate) fn entry_address(&self, defined: usize) -> *const u8 {
        self.entries[defined].load(Ordering::Acquire).cast_const().cast()
    }

    /// Whether the function is translated.
    pub(crate) fn is_published(&self, defined: usize) -> bool {
        self.entry_address(defined) != self.stubs[defined].as_ptr().cast()
    }

    /// Publishes a function's code. Whoever comes second drops its copy.
    pub(crate) fn publish(&self, defined: usize, code: Code) {
        let mut published = self.published.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if self.is_published(defined) {
            return;
        }
        let code = Box::new(code);
        let start = code.words.as_ptr() as usize;
        self.entries[defined].store(code.words.as_ptr().cast_mut(), Ordering::Release);
        published.insert(start, Published { defined, code });
    }

    /// The addresses of the code that holds `ip`; none when no function of the module does.
    pub(crate) fn code_around(&self, ip: *const u8) -> Option<Range<usize>> {
        let published = self.published.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let (start, Published { code, .. }) = published.range(..=ip as usize).next_back()?;
        let range = *start..start + size_of_val(&*code.words);
        range.contains(&(ip as usize)).then_some(range)
    }

    /// What catches an exception that is thrown by the op at `ip`, or, further out than the
    /// `innermost` frame, by the call before it: the first clause that `catches`.
    pub(crate) fn landing(
        &self,
        ip: *const u8,
        innermost: bool,
        mut catches: impl FnMut(&Clause) -> bool,
    ) -> Option<Landing> {
        let published = self.published.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let (start, Published { code, .. }) = published.range(..=ip as usize).next_back()?;
        let word = (ip as usize - start) / size_of::<Word>();
        if word > code.words.len() {
            return None;
        }
        let word = if innermost { word } else { word.checked_sub(1)? };
        let clause = *code.catches.around(word as u32).find(|clause| catches(clause))?;
        let ip = (&raw const code.words[clause.word as usize]).cast();
        Some(Landing { ip, clause, float_homes: code.catches.float_homes })
    }

    /// Gives `visit` the slots of a frame's references: of the `innermost` one, whose next op is at
    /// `ip`, or of one further out, whose call ends before `ip`. Gives the function instead when it
    /// has no code yet, or has not begun: its parameters are all; none when `ip` isn't here.
    pub(crate) fn references(
        &self,
        ip: *const u8,
        innermost: bool,
        visit: &mut dyn FnMut(i32),
    ) -> Option<Begun> {
        let ip = ip as usize;
        let stubs = self.stubs.as_ptr() as usize;
        if (stubs..stubs + size_of_val(&*self.stubs)).contains(&ip) {
            return Some(Begun::Not((ip - stubs) / size_of::<[Word; 2]>()));
        }
        let published = self.published.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let (start, Published { defined, code }) = published.range(..=ip).next_back()?;
        let word = (ip - start) / size_of::<Word>();
        if word > code.words.len() {
            return None;
        }
        if innermost && word == 0 {
            return Some(Begun::Not(*defined));
        }
        let word = word as u32;
        let place = if innermost { Place::at(word) } else { Place::behind_call(word) };
        code.references.locals.iter().copied().for_each(&mut *visit);
        code.references.operands(place).for_each(visit);
        Some(Begun::Yes)
    }

    /// The function whose code holds `ip`, and the site there: of the op at `ip` and this part of
    /// it when it is the innermost frame's, else of the call before `ip`.
    pub(crate) fn site(&self, ip: *const u8, part: u32, innermost: bool) -> Option<(usize, Site)> {
        let published = self.published.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let ip = ip as usize;
        let (start, Published { defined, code }) = published.range(..=ip).next_back()?;
        let word = (ip - start) / size_of::<Word>();
        if word > code.words.len() {
            return None;
        }
        Some((*defined, code.site(word, part, innermost)?))
    }
}

// SAFETY: the addresses that the entry words hold are of code and stubs that the table owns, and
// that are never changed once they are published.
unsafe impl Send for CodeTable {}
// SAFETY: as above; entry words are atomic, the rest is behind a lock.
unsafe impl Sync for CodeTable {}
