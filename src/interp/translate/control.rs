//! Blocks and branches.
//!
//! At a label every operand is in its home. A branch moves the label's values there when they
//! aren't already; a conditional one that has to then jumps over the moves, inverted.

use super::numeric::relation;
use super::operand::{Deferred, Dest, Operand, Place, Source, What};
use super::pick::{Kind, Test, Toll, is_true, jump};
use super::{After, Class, Translator, pick};
use crate::decoder::body;
use crate::interp::code::{HEADER, Label, Paid, ResultPlace, slots_of};
use crate::interp::machine::variable::MoveSlots;
use crate::interp::machine::{Op as AnOp, OpCode};
use crate::interp::numeric::inverted;
use crate::wasm::{BlockType, CompositeType, Index, LabelIdx, LabelList, ValType};

/// As many values of a branch are moved by ops of their own; more by one op for all.
const FEW: usize = 8;

/// An open block.
pub(super) struct Control<'m> {
    kind: Block,
    /// Operands below its parameters.
    height: usize,
    params: &'m [ValType],
    results: Results<'m>,
    /// Where branches to it go.
    label: Label,
    /// Where an `if` goes when its condition doesn't hold.
    otherwise: Option<Label>,
}

/// What opened a block.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    Function,
    Plain,
    Loop,
    Try,
    If,
    Else,
}

/// The result types of a block.
#[derive(Clone, Copy)]
enum Results<'m> {
    None,
    One(ValType),
    Many(&'m [ValType]),
}

impl Results<'_> {
    const fn len(self) -> usize {
        match self {
            Self::None => 0,
            Self::One(_) => 1,
            Self::Many(types) => types.len(),
        }
    }

    fn get(self, index: usize) -> ValType {
        match self {
            Self::Many(types) => types[index],
            Self::One(ty) => ty,
            Self::None => unreachable!("no results"),
        }
    }
}

impl<'m> Translator<'m> {
    /// The function's own block.
    pub(super) fn open_function(&mut self) {
        let label = self.code.label();
        let results = Results::Many(&self.ty.results);
        let (kind, params) = (Block::Function, &[][..]);
        self.controls.push(Control { kind, height: 0, params, results, label, otherwise: None });
    }

    fn types(&self, ty: BlockType) -> (&'m [ValType], Results<'m>) {
        match ty {
            BlockType::Empty => (&[], Results::None),
            BlockType::Result(ty) => (&[], Results::One(ty)),
            BlockType::Func(index) => match &self.wasm.types[index].composite {
                CompositeType::Func(ty) => (&ty.params, Results::Many(&ty.results)),
                CompositeType::Struct(_) | CompositeType::Array(_) => (&[], Results::None),
            },
        }
    }

    fn open(&mut self, kind: Block, ty: BlockType, otherwise: Option<Label>) {
        let (params, results) = self.types(ty);
        let height = self.stack.len() - params.len();
        let label = self.code.label();
        self.controls.push(Control { kind, height, params, results, label, otherwise });
        if kind == Block::Loop {
            self.bind_here(label);
        }
    }

    pub(super) fn block(&mut self, ty: BlockType) {
        self.settle_params(ty);
        self.open(Block::Plain, ty, None);
    }

    pub(super) fn loop_(&mut self, ty: BlockType) {
        self.settle_params(ty);
        self.open(Block::Loop, ty, None);
    }

    /// Before a block: its parameters go to their homes, and other operands but constants. Gives
    /// how many parameters there are.
    pub(super) fn settle_params(&mut self, ty: BlockType) -> usize {
        let params = self.types(ty).0.len();
        self.flush();
        self.settle_moves(self.stack.len() - params);
        params
    }

    /// Opens a block whose code was told to the tables of what it catches.
    pub(super) fn open_try(&mut self, ty: BlockType) {
        self.open(Block::Try, ty, None);
    }

    pub(super) fn if_(&mut self, ty: BlockType) {
        let params = self.types(ty).0.len();
        self.with_condition_aside(|this| this.settle_moves(this.stack.len() - params));
        let otherwise = self.code.label();
        self.branch_on_top(otherwise, false);
        self.open(Block::If, ty, Some(otherwise));
    }

    /// Acts on the operands below the condition, which may be the deferred operation; nothing but
    /// moves may be emitted.
    fn with_condition_aside<R>(&mut self, act: impl FnOnce(&mut Self) -> R) -> R {
        let top = self.stack.len() - 1;
        if self.deferred.is_some_and(|deferred| deferred.position != top) {
            self.park();
        }
        self.unfold(top);
        let condition = self.stack[top];
        self.truncate(top);
        let result = act(self);
        self.stack.push(condition);
        result
    }

    pub(super) fn else_(&mut self, live: bool) {
        let Some(control) = self.controls.last() else { return };
        let (height, count, label) = (control.height, control.results.len(), control.label);
        let (params, otherwise) = (control.params, control.otherwise);
        if live {
            self.move_values(count, height);
            self.goto(label);
        }
        self.deferred = None;
        self.truncate(height);
        for ty in params {
            self.push(Place::Home, *ty);
        }
        if let Some(otherwise) = otherwise {
            self.bind_dead(otherwise);
        }
        if let Some(control) = self.controls.last_mut() {
            control.kind = Block::Else;
            control.otherwise = None;
        }
    }

    /// The end of a block; `live` when control reaches it from inside.
    pub(super) fn end(&mut self, live: bool) -> After {
        let Some(control) = self.controls.pop() else { return After::Dead };
        let (height, results) = (control.height, control.results);
        if control.kind == Block::Try {
            self.code.close_catches();
        }
        if control.kind == Block::Function {
            if live {
                self.return_values();
            }
            return After::Dead;
        }
        let joins = control.otherwise.is_some()
            || (control.kind != Block::Loop && self.code.is_used(control.label));
        if !joins {
            if live {
                return After::Live;
            }
            self.leave_block(height, results);
            return After::Dead;
        }
        if live {
            self.move_values(results.len(), height);
        }
        self.leave_block(height, results);
        let mut live = live;
        for label in [control.otherwise, Some(control.label)].into_iter().flatten() {
            if self.code.is_used(label) || live {
                if live {
                    self.bind_here(label);
                } else {
                    self.bind_dead(label);
                }
                live = true;
            }
        }
        After::Live
    }

    /// After a block: its results, in their homes.
    fn leave_block(&mut self, height: usize, results: Results<'_>) {
        self.deferred = None;
        self.truncate(height);
        for index in 0..results.len() {
            self.push(Place::Home, results.get(index));
        }
    }

    /// Binds a label where control also falls through.
    pub(super) fn bind_here(&mut self, label: Label) {
        self.unpaid = self.code.bind(label, Some(self.unpaid));
        self.copies = [None; 3];
        self.note_references();
    }

    /// Binds a label where nothing falls through.
    pub(super) fn bind_dead(&mut self, label: Label) {
        self.unpaid = self.code.bind(label, None);
        self.copies = [None; 3];
        self.note_references();
    }

    // ---- branches

    fn control(&self, label: LabelIdx) -> &Control<'m> {
        &self.controls[self.controls.len() - 1 - label.to_usize()]
    }

    /// The code label of a label.
    pub(super) fn label(&self, label: LabelIdx) -> Label {
        self.control(label).label
    }

    /// Whether a branch to the label returns.
    pub(super) fn returns(&self, label: LabelIdx) -> bool {
        self.control(label).kind == Block::Function
    }

    /// How many values a branch to the label takes, and above how many operands they go.
    pub(super) fn arity(&self, label: LabelIdx) -> (usize, usize) {
        let control = self.control(label);
        let count = match control.kind {
            Block::Loop => control.params.len(),
            Block::Function | Block::Plain | Block::Try | Block::If | Block::Else => {
                control.results.len()
            }
        };
        (count, control.height)
    }

    /// Whether a branch to the label moves nothing.
    pub(super) fn goes_straight(&self, label: LabelIdx) -> bool {
        let (count, height) = self.arity(label);
        !self.returns(label)
            && (count == 0
                || (self.stack.len() - count == height
                    && self.stack[height..].iter().all(|value| value.place == Place::Home)))
    }

    /// The topmost `count` values go to the homes above `height` operands. The symbolic stack
    /// stays, but nothing is deferred.
    fn move_values(&mut self, count: usize, height: usize) {
        let first = self.stack.len() - count;
        let mut to = self.stack.get(height).map_or_else(|| self.next_home(), |value| value.home);
        if count == 1
            && let Some(Deferred { position, .. }) = self.deferred
            && position == first
        {
            self.emit_deferred(Dest::Slot(to));
            if to == self.stack[first].home {
                self.stack[first].place = Place::Home;
            }
            return;
        }
        if count > FEW {
            self.settle_top(count);
            return self.move_slots(first, to);
        }
        self.flush();
        for position in first..self.stack.len() {
            self.unfold(position);
            let Operand { ty, .. } = self.stack[position];
            self.move_operand(position, to);
            to += slots_of(ty) as i32;
        }
    }

    /// Moves the values from position `first` on, which are in their homes, by one op.
    fn move_slots(&mut self, first: usize, to: i32) {
        let from = self.stack[first].home;
        if from == to {
            return;
        }
        let count = (self.next_home() - from) as u32;
        let mut operands = self.operands();
        operands.i32(from).i32(to).u32(count);
        self.emit(<MoveSlots as AnOp>::CODE, &operands);
        self.keep(operands);
        self.copies = [None; 3];
    }

    /// How a branch pays.
    fn toll(&self) -> (Toll, Paid) {
        if self.metered { (Toll::Paid, Paid::Yes) } else { (Toll::Free, Paid::No) }
    }

    fn goto(&mut self, label: Label) {
        let (toll, paid) = self.toll();
        let site = self.site();
        self.code.branch(jump(toll), label, &[], site, paid);
    }

    /// Branches when the source is anything but 0 (`holds`), or 0.
    pub(super) fn branch_if(&mut self, test: Source, holds: bool, label: Label) {
        let (toll, paid) = self.toll();
        let site = self.site();
        let mut operands = self.operands();
        operands.source64(test);
        self.code.branch(is_true(test.kind(), holds, toll), label, operands.bytes(), site, paid);
        self.keep(operands);
    }

    /// Pops the condition and branches when it holds, or doesn't. A deferred comparison becomes
    /// the branch's own.
    fn branch_on_top(&mut self, label: Label, holds: bool) {
        let top = self.stack.len() - 1;
        if let Some(Deferred { what, position, site, .. }) = self.deferred
            && position == top
        {
            let compared = match what {
                What::Binary { op, x, y } if Test::knows(op) => Some((op, x, y, holds)),
                What::Not { op, x, y } => Some((op, x, y, !holds)),
                What::Binary { .. }
                | What::Unary { .. }
                | What::Load { .. }
                | What::GlobalGet { .. }
                | What::Select { .. }
                | What::RefIsNull { .. }
                | What::Vector(_) => None,
            };
            if let Some((op, x, y, holds)) = compared {
                self.deferred = None;
                self.truncate(top);
                // What isn't a float's has an inverse; `and` and floats know both ways.
                let (op, holds) = match (holds, inverted(op)) {
                    (false, Some(inverse)) => (inverse, true),
                    (_, _) => (op, holds),
                };
                let (op, x, y) = relation(op, x, y);
                let (toll, paid) = self.toll();
                let mut operands = self.operands();
                operands.pair(op, x, y);
                let test = Test { x: x.kind(), y: y.kind(), holds, toll }.pick(op);
                let site = crate::interp::code::Site { unpaid: self.unpaid as u32, ..site };
                self.code.branch(test, label, operands.bytes(), site, paid);
                self.keep(operands);
                return;
            }
            if let What::RefIsNull { x } = what {
                self.deferred = None;
                self.truncate(top);
                self.branch_if(x, !holds, label);
                return;
            }
        }
        let [test] = self.pop();
        let home = self.next_home();
        let test = if matches!(test, Source::Const(_)) {
            self.in_slot(test, home, Class::Int)
        } else {
            test
        };
        self.branch_if(test, holds, label);
    }

    pub(super) fn br(&mut self, label: LabelIdx) -> After {
        self.leave_by(label);
        After::Dead
    }

    /// A branch that is taken, with its moves. The symbolic stack is of no use afterwards.
    fn leave_by(&mut self, label: LabelIdx) {
        if self.returns(label) {
            self.return_values();
        } else {
            let (count, height) = self.arity(label);
            self.move_values(count, height);
            let target = self.label(label);
            self.goto(target);
        }
        self.deferred = None;
    }

    /// The same on a path of its own: the symbolic stack is as before.
    pub(super) fn leave_aside(&mut self, label: LabelIdx) {
        let first = self.stack.len() - self.arity(label).0;
        let saved = self.stack[first..].to_vec();
        self.leave_by(label);
        self.truncate(first);
        self.stack.extend(saved);
    }

    /// Before a conditional branch: many values are brought home on both paths, so that the taken
    /// one moves them by one op.
    pub(super) fn gather(&mut self, label: LabelIdx) {
        let (count, _) = self.arity(label);
        if count > FEW {
            self.settle_last(count);
        }
    }

    pub(super) fn br_if(&mut self, label: LabelIdx) {
        let straight = self.with_condition_aside(|this| {
            this.settle_references();
            this.gather(label);
            this.goes_straight(label)
        });
        if straight {
            let target = self.label(label);
            self.branch_on_top(target, true);
            return;
        }
        let skip = self.code.label();
        self.branch_on_top(skip, false);
        self.leave_aside(label);
        self.bind_dead(skip);
    }

    /// Targets that need moves, return, or go back are reached through stubs behind the table.
    pub(super) fn br_table(&mut self, labels: LabelList) -> After {
        let [mut index] = self.pop();
        let home = self.next_home();
        if matches!(index, Source::Const(_)) {
            index = self.in_slot(index, home, Class::Int);
        }
        // The moves of several targets start from the same places.
        self.gather(labels.default);
        self.spill_acc(None);
        let (toll, paid) = self.toll();
        let mut operands = self.operands();
        operands.u32(labels.count).source32(index);
        self.emit_jump(pick::other::branch_table(index.kind(), toll), &operands);
        self.keep(operands);
        let wasm = self.wasm;
        let targets = body::labels(wasm, labels).chain([labels.default]);
        let mut stubs: Vec<(LabelIdx, Label)> = Vec::new();
        let mut by_depth: Vec<Option<Label>> = vec![None; self.controls.len()];
        for target in targets {
            let known = by_depth[target.to_usize()];
            let label = known.unwrap_or_else(|| {
                let label = self.label(target);
                if self.goes_straight(target) && !self.code.is_bound(label) {
                    return label;
                }
                let stub = self.code.label();
                stubs.push((target, stub));
                stub
            });
            by_depth[target.to_usize()] = Some(label);
            self.code.row(label, self.unpaid, paid);
        }
        let copies = self.copies;
        let unpaid = self.unpaid;
        for (target, stub) in stubs {
            self.unpaid = self.code.bind(stub, Some(unpaid));
            self.copies = copies;
            self.leave_aside(target);
        }
        After::Dead
    }

    // ---- returns

    pub(super) fn return_(&mut self) -> After {
        self.return_values();
        After::Dead
    }

    /// Returns with the topmost values.
    pub(super) fn return_values(&mut self) {
        let (toll, _) = self.toll();
        let count = self.ty.results.len();
        match self.shape.place {
            ResultPlace::Nowhere => {
                self.flush();
                self.emit_return(pick::other::returns(Kind::Acc, toll), None);
            }
            ResultPlace::Acc | ResultPlace::FloatAcc => {
                let [source] = self.pop();
                let op = if self.shape.place == ResultPlace::Acc {
                    pick::other::returns(source.kind(), toll)
                } else {
                    pick::other::returns_float(source.kind(), toll)
                };
                self.emit_return(op, Some(source));
            }
            ResultPlace::Slots => {
                // Parameters lie where results go: first all values to their homes.
                self.settle_top(count);
                let first = self.stack.len() - count;
                self.move_slots(first, -((HEADER as u32 + self.shape.area()) as i32));
                self.emit_return(pick::other::returns(Kind::Acc, toll), None);
            }
        }
        self.deferred = None;
    }

    fn emit_return(&mut self, op: OpCode, source: Option<Source>) {
        let mut operands = self.operands();
        if self.metered {
            operands.cost(self.unpaid);
        }
        if let Some(source) = source {
            operands.source64(source);
        }
        self.emit_jump(op, &operands);
        self.keep(operands);
    }
}
