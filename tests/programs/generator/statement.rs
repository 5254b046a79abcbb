//! Functions and statements: text that leaves the stack as it was.

use std::fmt::Write;

use super::choices::Choices;
use super::operators as ops;
use super::{ELEMENTS, Shape, Ty};

/// How deep expressions and blocks lie in one another.
const MOST_DEPTH: usize = 7;
/// Locals and loop counters that a function declares: no more than the engine clears for nothing,
/// so that counts of instructions are exact.
const MOST_LOCALS: usize = 5;
const MOST_COUNTERS: usize = 3;

/// A block that can be branched to.
pub(super) struct Label {
    /// What a branch takes along.
    pub(super) types: Vec<Ty>,
    pub(super) goes: Goes,
}

/// Where a branch to a label goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Goes {
    /// On: anyone may branch.
    Forward,
    /// Round a loop whose rounds this local counts down: whoever branches counts.
    Round(usize),
    /// Round a loop that goes round by itself only.
    Nowhere,
}

/// A function that is being written.
pub(super) struct Writer<'s, 'c, 'b> {
    pub(super) shape: &'s Shape,
    pub(super) choices: &'c mut Choices<'b>,
    text: String,
    /// Parameters, declared locals, counters.
    locals: Vec<Ty>,
    /// Locals that only loops write, and the first parameter.
    reserved: Vec<usize>,
    /// The counters of the loops around.
    pub(super) counters: Vec<usize>,
    /// Counters of loops that ended.
    free: Vec<usize>,
    declared: usize,
    pub(super) labels: Vec<Label>,
    pub(super) depth: usize,
    /// When only so many bytes are left, the function ends.
    until: usize,
    me: usize,
}

/// A function, and its export.
pub(super) fn function(
    shape: &Shape,
    choices: &mut Choices<'_>,
    me: usize,
    share: usize,
) -> String {
    let signature = &shape.signatures[shape.funcs[me]];
    let mut locals = signature.params.clone();
    locals.extend((0..1 + choices.below(MOST_LOCALS)).map(|_| choices.pick(&Ty::ALL)));
    let until = choices.bytes_left().saturating_sub(share);
    let declared = locals.len();
    let mut writer = Writer {
        shape,
        choices,
        text: String::new(),
        locals,
        reserved: vec![0],
        counters: Vec::new(),
        free: Vec::new(),
        declared,
        labels: vec![Label { types: signature.results.clone(), goes: Goes::Forward }],
        depth: 0,
        until,
        me,
    };
    while writer.goes_deeper() {
        writer.statement();
    }
    for ty in &signature.results {
        writer.expression(*ty);
    }
    let mut text = format!(" (func $f{me} (export \"f{me}\") (type $t{})\n", shape.funcs[me]);
    for ty in &writer.locals[signature.params.len()..declared] {
        write!(text, " (local {ty})").unwrap();
    }
    for ty in &writer.locals[declared..] {
        write!(text, " (local {ty})").unwrap();
    }
    format!("{text}\n{})\n", writer.text)
}

impl Writer<'_, '_, '_> {
    pub(super) fn line(&mut self, text: &str) {
        writeln!(self.text, "{:1$}{text}", "", 2 + self.labels.len()).unwrap();
    }

    /// Whether anything but leaves may still be written.
    pub(super) fn goes_deeper(&self) -> bool {
        self.depth < MOST_DEPTH && self.choices.bytes_left() > self.until
    }

    /// A local of this type.
    pub(super) fn local(&mut self, ty: Ty) -> Option<usize> {
        let all: Vec<usize> = (0..self.locals.len()).filter(|at| self.locals[*at] == ty).collect();
        (!all.is_empty()).then(|| self.choices.pick(&all))
    }

    /// A local of this type that may be written.
    pub(super) fn writable(&mut self, ty: Ty) -> Option<usize> {
        self.local(ty).filter(|local| !self.reserved.contains(local))
    }

    /// A global of this type, to be read or written.
    pub(super) fn global(&mut self, ty: Ty, write: bool) -> Option<usize> {
        let globals = self.shape.globals.iter().enumerate();
        let fits = globals.filter(|(_, global)| global.ty == ty && (global.is_mutable || !write));
        let fits: Vec<usize> = fits.map(|(index, _)| index).collect();
        (!fits.is_empty()).then(|| self.choices.pick(&fits))
    }

    /// Some statements.
    pub(super) fn statements(&mut self) {
        for _ in 0..1 + self.choices.below(3) {
            if self.goes_deeper() {
                self.statement();
            }
        }
    }

    pub(super) fn statement(&mut self) {
        if self.depth >= MOST_DEPTH {
            return self.line("nop");
        }
        self.depth += 1;
        match self.choices.below(26) {
            0..=4 => self.set_local(),
            5 => self.set_global(),
            6 | 7 => self.store(),
            8 => {
                let ty = self.choices.pick(&Ty::ALL);
                self.expression(ty);
                self.line("drop");
            }
            9 | 10 => self.if_(),
            11 => self.block(),
            12..=14 => self.loop_(),
            15 | 16 => self.branch_if(),
            17 => self.branch_table(),
            18 => self.leave(),
            19 => {
                if let Some(results) = self.call_any() {
                    results.iter().for_each(|_| self.line("drop"));
                }
            }
            20 => self.swap(),
            21 => self.bulk(),
            22 => self.table(),
            23 => self.accumulate(),
            24 => self.tail_call(),
            _ => self.set_local(),
        }
        self.depth -= 1;
    }

    fn set_local(&mut self) {
        let ty = self.choices.pick(&Ty::ALL);
        let Some(local) = self.writable(ty) else { return self.line("nop") };
        self.expression(ty);
        self.line(&format!("local.set {local}"));
    }

    fn set_global(&mut self) {
        let ty = self.choices.pick(&Ty::ALL);
        let Some(global) = self.global(ty, true) else { return self.line("nop") };
        self.expression(ty);
        self.line(&format!("global.set $g{global}"));
    }

    fn store(&mut self) {
        let ty = self.choices.pick(&Ty::NUMBERS);
        let at = self.address();
        self.expression(ty);
        let name = self.choices.pick(ops::stores(ty));
        self.line(&format!("{ty}.{name} {at}"));
    }

    /// Two locals change places, or three move round.
    fn swap(&mut self) {
        let ty = self.choices.pick(&Ty::ALL);
        let locals: Vec<usize> =
            (0..2 + self.choices.below(2)).filter_map(|_| self.writable(ty)).collect();
        for local in &locals {
            self.line(&format!("local.get {local}"));
        }
        for local in &locals {
            self.line(&format!("local.set {local}"));
        }
    }

    /// `x = x op y`, what hot loops do.
    fn accumulate(&mut self) {
        let ty = self.choices.pick(&Ty::NUMBERS);
        let Some(local) = self.writable(ty) else { return self.line("nop") };
        let is_float = matches!(ty, Ty::F32 | Ty::F64);
        let name = match is_float {
            true => self.choices.pick(&["add", "sub", "mul"]),
            false => self.choices.pick(&["add", "xor", "sub", "mul", "and", "or", "shl", "rotl"]),
        };
        self.line(&format!("local.get {local}"));
        if is_float && self.choices.chance(50) {
            self.expression(ty);
            self.expression(ty);
            self.line(&format!("{ty}.mul"));
        } else {
            self.expression(ty);
        }
        self.line(&format!("{ty}.{name}"));
        self.line(&format!("local.set {local}"));
    }

    fn bulk(&mut self) {
        let memory = self.choices.below(self.shape.memories.len());
        let other = self.choices.below(self.shape.memories.len());
        let (to, from) = (self.shape.memories[memory], self.shape.memories[other]);
        let number = self.choices.below(256) * self.choices.pick(&[1, 16, 253]);
        let count = self.choices.below(200);
        self.line(&format!("{to}.const {number}"));
        match self.choices.below(4) {
            0 => {
                self.expression(Ty::I32);
                self.line(&format!("{to}.const {count} memory.fill $m{memory}"));
            }
            1 => {
                let both = if to == from { to } else { Ty::I32 };
                let source = self.choices.below(256);
                self.line(&format!("{from}.const {source} {both}.const {count}"));
                self.line(&format!("memory.copy $m{memory} $m{other}"));
            }
            2 => {
                let (source, count) = (self.choices.below(20), count % 22);
                self.line(&format!("i32.const {source} i32.const {count}"));
                self.line(&format!("memory.init $m{memory} $d0"));
            }
            _ => {
                self.line("drop");
                if self.choices.chance(20) {
                    self.line("data.drop $d0");
                }
            }
        }
    }

    fn table(&mut self) {
        let table = self.choices.below(self.shape.tables.len());
        let other = self.choices.below(self.shape.tables.len());
        let (to, from) = (self.shape.tables[table], self.shape.tables[other]);
        let counts = [0, 1, 1, 2, 3, 7];
        let (source, count) = (self.choices.below(ELEMENTS), self.choices.pick(&counts));
        self.element(table);
        match self.choices.below(5) {
            0 | 1 => {
                self.expression(Ty::Func);
                self.line(&format!("table.set $b{table}"));
            }
            2 => {
                self.leaf(Ty::Func);
                self.line(&format!("{to}.const {count} table.fill $b{table}"));
            }
            3 => {
                let both = if to == from { to } else { Ty::I32 };
                self.line(&format!("{from}.const {source} {both}.const {count}"));
                self.line(&format!("table.copy $b{table} $b{other}"));
            }
            _ => {
                let count = count.min(self.shape.funcs.len());
                self.line(&format!("i32.const 0 i32.const {count} table.init $b{table} $e0"));
                if self.choices.chance(10) {
                    self.line("elem.drop $e0");
                }
            }
        }
    }

    /// A local that counts rounds and that no loop around uses.
    pub(super) fn counter(&mut self) -> Option<usize> {
        if let Some(counter) = self.free.pop() {
            return Some(counter);
        }
        if self.locals.len() == self.declared + MOST_COUNTERS {
            return None;
        }
        self.locals.push(Ty::I32);
        self.reserved.push(self.locals.len() - 1);
        Some(self.locals.len() - 1)
    }

    /// The loop of this counter has ended.
    pub(super) fn release(&mut self, counter: usize) {
        self.free.push(counter);
    }

    pub(super) const fn me(&self) -> usize {
        self.me
    }
}
