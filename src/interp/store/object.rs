//! Owned run-time objects at addresses that never change.
//!
//! The machine keeps raw pointers to tables, memories, functions and instances in the `Context`,
//! and the store owns them. A `Box` would promise that nobody else points to its contents, so
//! objects are allocated once and reached through one pointer by both.
#![expect(unsafe_code, reason = "the one place where objects shared with the machine are owned")]

use std::mem::ManuallyDrop;
use std::ptr::NonNull;

use super::StoreInner;

/// An object that the store owns and the machine points to. It never moves.
pub(crate) struct Object<T> {
    at: NonNull<T>,
}

impl<T> Object<T> {
    /// Allocates the object.
    pub(crate) fn new(value: T) -> Self {
        Self { at: NonNull::from(Box::leak(Box::new(value))) }
    }

    /// Where the object is, for the machine.
    pub(crate) const fn as_ptr(&self) -> NonNull<T> {
        self.at
    }

    /// The object. The store is borrowed, so no handler runs (I7).
    pub(crate) const fn get(&self) -> &T {
        // SAFETY: allocated in `new`, freed only in `drop`; I7: no handler writes it meanwhile.
        unsafe { self.at.as_ref() }
    }

    /// The object, to change it. The store is borrowed mutably, so no handler runs (I7).
    pub(crate) const fn get_mut(&mut self) -> &mut T {
        // SAFETY: as in `get`, and `&mut self` makes it the only reference.
        unsafe { self.at.as_mut() }
    }

    /// What it holds. Nobody may point to it any more.
    pub(crate) fn into_inner(self) -> T {
        let this = ManuallyDrop::new(self);
        // SAFETY: `at` came from a box in `new`, and `drop` does not free it as well.
        *unsafe { Box::from_raw(this.at.as_ptr()) }
    }
}

impl<T> Drop for Object<T> {
    fn drop(&mut self) {
        // SAFETY: `at` came from a box in `new` and is freed once.
        drop(unsafe { Box::from_raw(self.at.as_ptr()) });
    }
}

// SAFETY: an `Object` owns its contents as a `Box` does; sending it sends them.
unsafe impl<T: Send> Send for Object<T> {}

/// The object at an address that the machine or a slot holds. Such an address comes from
/// `Object::as_ptr` or from a `Context` of this store, and the store frees objects only when it
/// is dropped. The store is borrowed, so no handler runs (I7).
pub(crate) const fn resolve<T>(_store: &StoreInner, at: NonNull<T>) -> &T {
    // SAFETY: as said above, I7.
    unsafe { at.as_ref() }
}

/// The same, to change the object.
pub(crate) const fn resolve_mut<T>(_store: &mut StoreInner, mut at: NonNull<T>) -> &mut T {
    // SAFETY: as in `resolve`, and the store is borrowed mutably.
    unsafe { at.as_mut() }
}

/// Two objects at once; none when they are the same.
pub(crate) fn resolve_pair<T>(
    _store: &mut StoreInner,
    mut at: NonNull<T>,
    mut other: NonNull<T>,
) -> Option<(&mut T, &mut T)> {
    if at == other {
        return None;
    }
    // SAFETY: as in `resolve_mut`, and they are different objects.
    Some(unsafe { (at.as_mut(), other.as_mut()) })
}

// SAFETY: every raw pointer in a store points to what the store owns itself, or into a module that
// one of its instances keeps alive and that is `Sync`. So they move to another thread together.
unsafe impl Send for StoreInner {}
