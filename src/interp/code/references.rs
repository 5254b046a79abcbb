//! Where the references of a frame are, at each place where a collection can find it: behind
//! calls, at labels, at ops that allocate. Slots have no types, so the translator, which knows
//! them, leaves these maps; code without objects has none.
//!
//! A map is the frame's locals that are references, the same at each place, and the operands that
//! are. Operands deep in the stack change seldom: they are a chain that maps share, so that the
//! maps of a deep stack don't grow with it.

use std::ops::Range;

/// The maps of a function.
#[derive(Default)]
pub(crate) struct References {
    /// Slots of parameters and locals.
    pub(crate) locals: Box<[i32]>,
    maps: Box<[Map]>,
    /// Operands near the top of the stack, map by map.
    near: Box<[i32]>,
    deep: Box<[Link]>,
}

/// The operands at a place.
struct Map {
    place: Place,
    near: Range<u32>,
    deep: Option<u32>,
}

/// Where control is. (Behind a call the caller's operands are other ones than at the op there: the
/// callee's results may be.)
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Place(u64);

impl Place {
    /// At the op at `word`.
    pub(crate) const fn at(word: u32) -> Self {
        Self((word as u64) << 1 | 1)
    }

    /// In a callee of the call that ends before `word`.
    pub(crate) const fn behind_call(word: u32) -> Self {
        Self((word as u64) << 1)
    }
}

/// An operand, and the next one below it.
#[derive(Clone, Copy)]
pub(crate) struct Link {
    slot: i32,
    below: Option<u32>,
}

impl References {
    /// The slots of the operands that are references there.
    pub(crate) fn operands(&self, place: Place) -> impl Iterator<Item = i32> {
        let map = self.maps.binary_search_by_key(&place, |map| map.place).ok();
        let map = map.map(|index| &self.maps[index]);
        let near = map.map_or(0..0, |map| map.near.start as usize..map.near.end as usize);
        let mut next = map.and_then(|map| map.deep);
        let deep = std::iter::from_fn(move || {
            let Link { slot, below } = self.deep[next? as usize];
            next = below;
            Some(slot)
        });
        self.near[near].iter().copied().chain(deep)
    }
}

/// The maps while the code is built.
#[derive(Default)]
pub(crate) struct Building {
    locals: Vec<i32>,
    maps: Vec<Map>,
    near: Vec<i32>,
    deep: Vec<Link>,
}

impl Building {
    /// A parameter or a local is a reference.
    pub(crate) fn local(&mut self, slot: i32) {
        self.locals.push(slot);
    }

    /// One more operand in a chain.
    pub(crate) fn link(&mut self, slot: i32, below: Option<u32>) -> u32 {
        self.deep.push(Link { slot, below });
        self.deep.len() as u32 - 1
    }

    /// The map of a place, unless there are no operands.
    pub(crate) fn note(
        &mut self,
        place: Place,
        near: impl Iterator<Item = i32>,
        deep: Option<u32>,
    ) {
        let start = self.near.len() as u32;
        self.near.extend(near);
        let near = start..self.near.len() as u32;
        // The last of several labels at one place knows it best.
        if self.maps.last().is_some_and(|map| map.place == place) {
            self.maps.pop();
        }
        if !near.is_empty() || deep.is_some() {
            self.maps.push(Map { place, near, deep });
        }
    }

    pub(super) fn finish(self) -> References {
        References {
            locals: self.locals.into(),
            maps: self.maps.into(),
            near: self.near.into(),
            deep: self.deep.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_share_what_is_deep() {
        let mut building = Building::default();
        let bottom = building.link(4, None);
        let above = building.link(5, Some(bottom));
        building.note(Place::at(10), [7].into_iter(), Some(above));
        building.note(Place::behind_call(12), [].into_iter(), Some(bottom));
        building.note(Place::at(14), [].into_iter(), None);
        let references = building.finish();
        let operands = |place| references.operands(place).collect::<Vec<_>>();
        assert_eq!(operands(Place::at(10)), [7, 5, 4]);
        assert_eq!(operands(Place::behind_call(12)), [4]);
        assert!(operands(Place::at(12)).is_empty());
        assert!(operands(Place::at(14)).is_empty());
    }
}
