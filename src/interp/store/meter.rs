//! Fuel and slices: how many instructions a guest may still execute, and who is asked when a slice
//! of them is over. The machine counts down; nothing here reads a clock.

use crate::interp::trap::TrapKind;

/// What the guest has executed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Spent {
    /// Instructions since the last slice.
    pub slice: u64,
    /// Instructions since the store was made.
    pub total: u64,
}

/// What happens after a slice.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Slice {
    /// The guest goes on.
    GoOn,
    /// The activation stops, and can be resumed. (Below a host function that called a guest it
    /// can't stop, and goes on.)
    Yield,
    /// The guest ends with this trap.
    Trap(TrapKind),
}

/// Asked after each slice.
pub(crate) type SliceHook = Box<dyn FnMut(Spent) -> Slice + Send>;

/// The counters of a store.
pub(crate) struct Meter {
    /// Instructions in a slice.
    pub(crate) slice: u64,
    /// Instructions left, when there is a budget.
    pub(crate) fuel: Option<u64>,
    /// Instructions executed since the store was made.
    pub(crate) total: u64,
    /// Asked after each slice.
    pub(crate) hook: Option<SliceHook>,
    /// What the counter started from in the running slice.
    granted: i32,
    /// Instructions that were paid ahead. A branch to where other paths arrive owing more than its
    /// own gives back the difference, so that a trap soon after finds the counter above its start.
    ahead: u64,
}

impl Meter {
    /// A few hundred µs of work: short enough for a deadline, long enough to cost nothing.
    pub(crate) const SLICE: u64 = 500_000;

    /// No budget, nobody to ask.
    pub(crate) fn new() -> Self {
        Self { slice: Self::SLICE, fuel: None, total: 0, hook: None, granted: 0, ahead: 0 }
    }

    /// The longest slice. What is paid between two looks at the counter is less than a function's
    /// bytes ([`Limits::body_size`](crate::wasm::Limits::body_size)), too: both together the
    /// machine's counter holds exactly.
    pub(crate) const LONGEST: u64 = 1 << 23;

    /// What the counter starts the next slice from: the slice, or the rest of the budget.
    pub(crate) fn grant(&mut self) -> i32 {
        let slice = self.slice.min(self.fuel.unwrap_or(u64::MAX));
        self.granted = slice as i32;
        self.granted
    }

    /// Books what was executed when the counter stands at `counter`.
    pub(crate) fn settle(&mut self, counter: i32) -> u64 {
        let spent = i64::from(self.granted) - i64::from(counter);
        self.granted = counter;
        if spent < 0 {
            self.ahead = self.ahead.saturating_add(spent.unsigned_abs());
        }
        let spent = self.less_ahead(u64::try_from(spent).unwrap_or(0));
        self.total = self.total.saturating_add(spent);
        spent
    }

    /// What is left of `spent` when what was paid ahead is taken off.
    fn less_ahead(&mut self, spent: u64) -> u64 {
        let paid = spent.min(self.ahead);
        self.ahead -= paid;
        spent - paid
    }

    /// Ends a slice that stands at `counter` earlier by `work`, which is no instruction's: the
    /// collector's. Gives where the counter stands then.
    pub(crate) fn shorten(&mut self, counter: i32, work: u64) -> i32 {
        let work = work.min(u64::try_from(counter.max(0)).unwrap_or(0) + 1) as i32;
        self.granted -= work;
        counter - work
    }

    /// Takes `spent` from the budget; false when it is more than there was.
    pub(crate) fn pay(&mut self, spent: u64) -> bool {
        let Some(fuel) = &mut self.fuel else { return true };
        let enough = spent <= *fuel;
        *fuel = fuel.saturating_sub(spent);
        enough
    }

    /// Books instructions that a trap kept from being charged.
    pub(crate) fn unpaid(&mut self, spent: u64) {
        let spent = self.less_ahead(spent);
        self.total = self.total.saturating_add(spent);
        self.pay(spent);
    }

    /// Asks what happens after a slice of `spent` instructions.
    pub(crate) fn decide(&mut self, spent: u64) -> Slice {
        let total = self.total;
        self.hook.as_mut().map_or(Slice::GoOn, |hook| hook(Spent { slice: spent, total }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_branch_gave_back_is_taken_off_what_a_trap_owes() {
        let mut meter = Meter::new();
        meter.fuel = Some(100);
        let start = meter.grant();
        assert_eq!(meter.settle(start + 2), 0);
        meter.unpaid(5);
        assert_eq!((meter.total, meter.fuel), (3, Some(97)));
        let start = meter.grant();
        assert_eq!(meter.settle(start - 4), 4);
        assert_eq!(meter.total, 7);
    }
}
