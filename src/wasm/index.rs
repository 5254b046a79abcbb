//! Indices into the index spaces of a module, each a type of its own, and the spaces themselves.
//!
//! An index says which space it points into, not that it is in range: that is the validator's.
//! Spec: syntax/modules#indices

use std::fmt;
use std::marker::PhantomData;

/// One type an index space: a `u32` that can't be used in another space.
macro_rules! indices {
    ($($(#[$doc:meta])* $name:ident)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(pub u32);

        impl Index for $name {
            fn from_usize(index: usize) -> Self {
                Self(u32::try_from(index).expect("index spaces have at most 2^32 entries"))
            }
            fn to_usize(self) -> usize {
                self.0 as usize
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )* };
}

/// What the index types have in common.
pub trait Index: Copy {
    /// The index of the entry at `index`.
    fn from_usize(index: usize) -> Self;
    /// The position in the space.
    fn to_usize(self) -> usize;
}

indices! {
    /// A type of the module's type section.
    TypeIdx
    /// A function: imported ones first.
    FuncIdx
    /// A table: imported ones first.
    TableIdx
    /// A memory: imported ones first.
    MemIdx
    /// A global: imported ones first.
    GlobalIdx
    /// A tag: imported ones first.
    TagIdx
    /// An element segment.
    ElemIdx
    /// A data segment.
    DataIdx
    /// A local of a function: parameters first.
    LocalIdx
    /// A label, counted from the innermost block outwards.
    LabelIdx
    /// A field of a structure type.
    FieldIdx
}

/// A vector that only its own kind of index reads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IndexSpace<I, T> {
    entries: Vec<T>,
    index: PhantomData<fn(I) -> I>,
}

impl<I: Index, T> IndexSpace<I, T> {
    /// An empty space.
    #[must_use]
    pub const fn new() -> Self {
        Self { entries: Vec::new(), index: PhantomData }
    }

    /// The entry, when the index is in range.
    #[must_use]
    pub fn get(&self, index: I) -> Option<&T> {
        self.entries.get(index.to_usize())
    }

    /// Adds an entry at the end and says where it is.
    pub fn push(&mut self, entry: T) -> I {
        self.entries.push(entry);
        I::from_usize(self.entries.len() - 1)
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entries in order.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.entries.iter()
    }

    /// The entries in order, each with its index.
    pub fn enumerate(&self) -> impl ExactSizeIterator<Item = (I, &T)> + DoubleEndedIterator {
        self.entries.iter().enumerate().map(|(index, entry)| (I::from_usize(index), entry))
    }

    /// The entries as a slice.
    #[must_use]
    pub fn as_slice(&self) -> &[T] {
        &self.entries
    }
}

impl<I: Index, T> Default for IndexSpace<I, T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<I: Index, T> FromIterator<T> for IndexSpace<I, T> {
    fn from_iter<It: IntoIterator<Item = T>>(entries: It) -> Self {
        Self { entries: entries.into_iter().collect(), index: PhantomData }
    }
}

/// For indices that validation has shown to be in range.
impl<I: Index, T> std::ops::Index<I> for IndexSpace<I, T> {
    type Output = T;
    fn index(&self, index: I) -> &T {
        &self.entries[index.to_usize()]
    }
}

impl<I: Index, T> std::ops::IndexMut<I> for IndexSpace<I, T> {
    fn index_mut(&mut self, index: I) -> &mut T {
        &mut self.entries[index.to_usize()]
    }
}
