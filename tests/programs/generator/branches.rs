//! Branches to the blocks around, with values and without.

use super::Ty;
use super::statement::{Goes, Writer};

impl Writer<'_, '_, '_> {
    /// A label that may be branched to and fits, counted from the innermost.
    fn target(&mut self, fits: impl Fn(&[Ty], Goes) -> bool) -> Option<usize> {
        let count = self.labels.len();
        let labels = (0..count).filter(|at| {
            let label = &self.labels[*at];
            label.goes != Goes::Nowhere && fits(&label.types, label.goes)
        });
        let all: Vec<usize> = labels.map(|at| count - 1 - at).collect();
        (!all.is_empty()).then(|| self.choices.pick(&all))
    }

    fn types_of(&self, label: usize) -> Vec<Ty> {
        self.labels[self.labels.len() - 1 - label].types.clone()
    }

    /// The condition of a branch there: what goes round counts.
    fn condition_for(&mut self, label: usize) {
        match self.labels[self.labels.len() - 1 - label].goes {
            Goes::Round(counter) => {
                self.line(&format!("local.get {counter}"));
                self.line("i32.const 1");
                self.line("i32.sub");
                self.line(&format!("local.tee {counter}"));
                self.line("i32.const 0");
                self.line("i32.gt_s");
            }
            Goes::Forward | Goes::Nowhere => self.condition(),
        }
    }

    /// `br_if` to any block, with whatever it takes along.
    pub(super) fn branch_if(&mut self) {
        let Some(label) = self.target(|_, _| true) else { return self.line("nop") };
        let types = self.types_of(label);
        types.iter().for_each(|ty| self.expression(*ty));
        self.condition_for(label);
        self.line(&format!("br_if {label}"));
        types.iter().for_each(|_| self.line("drop"));
    }

    /// `br_if` with one value, which stays when the branch is not taken.
    pub(super) fn branch_with(&mut self, ty: Ty) {
        let target = self.target(|types, goes| types == [ty] && goes == Goes::Forward);
        let Some(label) = target else { return self.block_value(ty) };
        self.expression(ty);
        self.condition();
        self.line(&format!("br_if {label}"));
    }

    /// A switch: cases in blocks, some of which fall through.
    pub(super) fn branch_table(&mut self) {
        let cases = 1 + self.choices.below(4);
        for _ in 0..=cases {
            self.open("block", &[], Goes::Forward);
        }
        self.expression(Ty::I32);
        if self.choices.chance(60) {
            self.line(&format!("i32.const {cases}"));
            self.line("i32.rem_u");
        }
        let list: String =
            (0..cases).map(|_| format!(" {}", self.choices.below(cases + 1))).collect();
        let default = self.choices.below(cases + 1);
        self.line(&format!("br_table{list} {default}"));
        self.close();
        for case in 0..cases {
            self.statements();
            if self.choices.chance(60) {
                self.line(&format!("br {}", cases - 1 - case));
            }
            self.close();
        }
    }

    /// Leaves a block, the function or the program for good, mostly on a condition.
    pub(super) fn leave(&mut self) {
        let is_conditional = self.choices.chance(90);
        if is_conditional {
            self.condition();
            self.open("if", &[], Goes::Forward);
        }
        match self.choices.below(5) {
            0 => {
                let results = self.labels[0].types.clone();
                results.iter().for_each(|ty| self.expression(*ty));
                self.line("return");
            }
            1 => self.table_of_equals(),
            2 if self.choices.chance(5) => self.line("unreachable"),
            _ => {
                let forward = |_: &[Ty], goes| goes == Goes::Forward;
                if let Some(label) = self.target(forward) {
                    let types = self.types_of(label);
                    types.iter().for_each(|ty| self.expression(*ty));
                    self.line(&format!("br {label}"));
                }
            }
        }
        if is_conditional {
            self.close();
        }
    }

    /// `br_table` with values, to labels that all take the same.
    fn table_of_equals(&mut self) {
        let Some(default) = self.target(|_, goes| goes == Goes::Forward) else { return };
        let types = self.types_of(default);
        types.iter().for_each(|ty| self.expression(*ty));
        self.expression(Ty::I32);
        let mut list = String::new();
        for _ in 0..self.choices.below(4) {
            let equal = |found: &[Ty], goes| found == types && goes == Goes::Forward;
            let label = self.target(equal).unwrap_or(default);
            list.push_str(&format!(" {label}"));
        }
        self.line(&format!("br_table{list} {default}"));
    }
}
