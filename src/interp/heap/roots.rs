//! Handles that the host holds of objects. They are numbers; the object stays alive while its
//! entry here does.

use crate::wasm::Rooted;

/// The entries of a store.
#[derive(Default)]
pub(crate) struct Roots {
    /// Entries that end with a scope, the latest last.
    scoped: Vec<Root>,
    /// Entries that end when the host says so.
    kept: Vec<Root>,
    /// Numbers of `kept` that are free.
    free: Vec<u32>,
    /// Tells an entry from earlier ones of its place.
    next: u32,
}

#[derive(Clone, Copy)]
struct Root {
    object: u64,
    id: u32,
}

/// Tells the places of `kept` from those of `scoped`.
const KEPT: u32 = 1 << 31;

impl Roots {
    fn root(&mut self, object: u64) -> Root {
        self.next = self.next.wrapping_add(1);
        Root { object, id: self.next }
    }

    /// A handle of the object that ends with the innermost scope.
    pub(crate) fn add(&mut self, store: u32, object: u64) -> Rooted {
        let root = self.root(object);
        self.scoped.push(root);
        let index = u32::try_from(self.scoped.len() - 1).expect("2^31 handles fill memory");
        Rooted { store, index, id: root.id }
    }

    /// A handle of the object that stays until it is released.
    pub(crate) fn keep(&mut self, store: u32, object: u64) -> Rooted {
        let root = self.root(object);
        let index = self.free.pop().unwrap_or_else(|| {
            self.kept.push(root);
            u32::try_from(self.kept.len() - 1).expect("2^31 handles fill memory")
        });
        self.kept[index as usize] = root;
        Rooted { store, index: index | KEPT, id: root.id }
    }

    /// Ends a handle that `keep` gave. Whether there was one.
    pub(crate) fn release(&mut self, handle: Rooted) -> bool {
        if handle.index & KEPT == 0 || self.get(handle).is_none() {
            return false;
        }
        let index = handle.index & !KEPT;
        self.kept[index as usize].object = 0;
        self.free.push(index);
        true
    }

    /// The object; none when the handle has ended.
    pub(crate) fn get(&self, handle: Rooted) -> Option<u64> {
        let entries = if handle.index & KEPT == 0 { &self.scoped } else { &self.kept };
        let root = entries.get((handle.index & !KEPT) as usize)?;
        (root.id == handle.id && root.object != 0).then_some(root.object)
    }

    /// Gives `visit` the objects of all handles.
    pub(crate) fn each(&self, visit: &mut dyn FnMut(u64)) {
        for root in self.scoped.iter().chain(&self.kept) {
            visit(root.object);
        }
    }

    /// How many entries end with a scope: where the next one begins.
    pub(crate) const fn mark(&self) -> usize {
        self.scoped.len()
    }

    /// Ends the scope that began there.
    pub(crate) fn leave(&mut self, mark: usize) {
        self.scoped.truncate(mark);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_ends_with_its_scope_and_another_in_its_place_is_not_it() {
        let mut roots = Roots::default();
        let outer = roots.add(0, 8);
        let mark = roots.mark();
        let inner = roots.add(0, 16);
        assert_eq!((roots.get(outer), roots.get(inner)), (Some(8), Some(16)));
        roots.leave(mark);
        let other = roots.add(0, 24);
        assert_eq!((roots.get(inner), roots.get(other)), (None, Some(24)));
        assert_eq!(roots.get(outer), Some(8));
    }

    #[test]
    fn a_kept_handle_stays_until_it_is_released_once() {
        let mut roots = Roots::default();
        let kept = roots.keep(0, 8);
        roots.leave(0);
        assert_eq!(roots.get(kept), Some(8));
        assert!(roots.release(kept) && !roots.release(kept));
        let next = roots.keep(0, 16);
        assert_eq!((roots.get(kept), roots.get(next)), (None, Some(16)));
    }
}
