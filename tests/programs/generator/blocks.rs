//! Blocks and loops.

use super::Ty;
use super::statement::{Goes, Label, Writer};

/// Rounds of a loop at most.
const ROUNDS: usize = 9;

impl Writer<'_, '_, '_> {
    pub(super) fn open(&mut self, text: &str, types: &[Ty], goes: Goes) {
        self.line(text);
        self.labels.push(Label { types: types.to_vec(), goes });
    }

    pub(super) fn close(&mut self) {
        self.labels.pop();
        self.line("end");
    }

    pub(super) fn else_(&mut self) {
        let label = self.labels.pop().expect("an `if` is open");
        self.line("else");
        self.labels.push(label);
    }

    // ---- blocks

    pub(super) fn block(&mut self) {
        self.open("block", &[], Goes::Forward);
        self.statements();
        self.close();
    }

    pub(super) fn block_value(&mut self, ty: Ty) {
        self.open(&format!("block (result {ty})"), &[ty], Goes::Forward);
        if self.choices.chance(60) {
            self.statements();
        }
        self.expression(ty);
        self.close();
    }

    pub(super) fn if_(&mut self) {
        self.condition();
        self.open("if", &[], Goes::Forward);
        self.statements();
        if self.choices.chance(50) {
            self.else_();
            self.statements();
        }
        self.close();
    }

    pub(super) fn if_value(&mut self, ty: Ty) {
        self.condition();
        self.open(&format!("if (result {ty})"), &[ty], Goes::Forward);
        self.expression(ty);
        self.else_();
        self.expression(ty);
        self.close();
    }

    /// A block that takes one value and gives two, of which one is kept.
    pub(super) fn many_values(&mut self, ty: Ty) {
        let (takes, other) = (self.choices.pick(&Ty::ALL), self.choices.pick(&Ty::ALL));
        self.expression(takes);
        let types = [ty, other];
        self.open(&format!("block (param {takes}) (result {ty} {other})"), &types, Goes::Forward);
        match self.writable(takes) {
            Some(local) => self.line(&format!("local.set {local}")),
            None => self.line("drop"),
        }
        self.expression(ty);
        self.expression(other);
        if self.choices.chance(50) {
            self.condition();
            self.line("br_if 0");
        }
        self.close();
        self.keep_one(&types, ty);
    }

    // ---- loops

    pub(super) fn loop_(&mut self) {
        let Some(counter) = self.counter() else { return self.block() };
        let rounds = 1 + self.choices.below(ROUNDS);
        match self.choices.below(5) {
            0 => self.count_up(counter, rounds),
            1 => self.test_first(counter, rounds),
            style => {
                self.line(&format!("i32.const {rounds}"));
                self.line(&format!("local.set {counter}"));
                let goes = if style == 4 { Goes::Round(counter) } else { Goes::Nowhere };
                self.open("loop", &[], goes);
                self.counters.push(counter);
                self.statements();
                self.again(counter, style == 4);
                self.counters.pop();
                self.close();
            }
        }
        self.release(counter);
    }

    fn count_up(&mut self, counter: usize, rounds: usize) {
        self.line("i32.const 0");
        self.line(&format!("local.set {counter}"));
        self.open("loop", &[], Goes::Nowhere);
        self.counters.push(counter);
        self.statements();
        self.line(&format!("local.get {counter}"));
        self.line("i32.const 1");
        self.line("i32.add");
        if self.choices.chance(50) {
            self.line(&format!("local.tee {counter}"));
        } else {
            self.line(&format!("local.set {counter}"));
            self.line(&format!("local.get {counter}"));
        }
        self.line(&format!("i32.const {rounds}"));
        let test = self.choices.pick(&["lt_u", "lt_s", "ne"]);
        self.line(&format!("i32.{test}"));
        self.line("br_if 0");
        self.counters.pop();
        self.close();
    }

    /// `while`: the test stands at the head, and a branch at the end goes back.
    fn test_first(&mut self, counter: usize, rounds: usize) {
        self.line("i32.const 0");
        self.line(&format!("local.set {counter}"));
        self.open("block", &[], Goes::Forward);
        self.open("loop", &[], Goes::Nowhere);
        self.counters.push(counter);
        self.line(&format!("local.get {counter}"));
        self.line(&format!("i32.const {rounds}"));
        let test = self.choices.pick(&["ge_u", "gt_s", "eq"]);
        self.line(&format!("i32.{test}"));
        self.line("br_if 1");
        self.statements();
        self.line(&format!("local.get {counter}"));
        self.line("i32.const 1");
        self.line("i32.add");
        self.line(&format!("local.set {counter}"));
        self.line("br 0");
        self.counters.pop();
        self.close();
        self.close();
    }

    /// Back to the loop while its counter, one less, is above zero. Where others go back too, it
    /// may be below.
    fn again(&mut self, counter: usize, others: bool) {
        self.line(&format!("local.get {counter}"));
        self.line("i32.const 1");
        self.line("i32.sub");
        let choice = self.choices.below(4);
        if choice == 1 {
            self.line(&format!("local.set {counter}"));
            self.line(&format!("local.get {counter}"));
        } else {
            self.line(&format!("local.tee {counter}"));
        }
        if others || choice == 2 {
            self.line("i32.const 0");
            self.line("i32.gt_s");
        } else if choice == 3 {
            self.line("i32.const 0");
            self.line("i32.ne");
        }
        self.line("br_if 0");
    }

    /// A loop that carries values round: one, or two that change places.
    pub(super) fn loop_value(&mut self, ty: Ty) {
        let Some(counter) = self.counter() else { return self.block_value(ty) };
        let rounds = 1 + self.choices.below(ROUNDS);
        let types = vec![ty; 1 + self.choices.below(2)];
        types.iter().for_each(|_| self.expression(ty));
        self.line(&format!("i32.const {rounds}"));
        self.line(&format!("local.set {counter}"));
        let list = if types.len() == 1 { ty.to_string() } else { format!("{ty} {ty}") };
        self.open(&format!("loop (param {list}) (result {list})"), &types, Goes::Nowhere);
        self.counters.push(counter);
        let locals: Vec<usize> = types.iter().filter_map(|_| self.writable(ty)).collect();
        if locals.len() == types.len() {
            locals.iter().for_each(|local| self.line(&format!("local.set {local}")));
            self.statements();
            locals.iter().for_each(|local| self.line(&format!("local.get {local}")));
        }
        if matches!(ty, Ty::I32 | Ty::I64 | Ty::F32 | Ty::F64) && self.choices.chance(60) {
            self.expression(ty);
            self.line(&format!("{ty}.add"));
        }
        self.again(counter, false);
        self.counters.pop();
        self.close();
        self.release(counter);
        self.keep_one(&types, ty);
    }
}
