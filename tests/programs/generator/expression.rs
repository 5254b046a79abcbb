//! Expressions: text that leaves one value of a type on the stack, with statements in between.

use super::operators as ops;
use super::statement::Writer;
use super::{ELEMENTS, MASK, Ty, constant};

impl Writer<'_, '_, '_> {
    /// Leaves a value of the type.
    pub(super) fn expression(&mut self, ty: Ty) {
        if !self.goes_deeper() {
            return self.leaf(ty);
        }
        self.depth += 1;
        // What waits on the stack must survive what is done meanwhile.
        if self.choices.chance(12) {
            self.statement();
        }
        match ty {
            Ty::Func | Ty::Extern => self.reference(ty),
            Ty::I32 | Ty::I64 | Ty::F32 | Ty::F64 => self.number(ty),
        }
        self.depth -= 1;
    }

    fn number(&mut self, ty: Ty) {
        match self.choices.below(24) {
            0..=2 => self.leaf(ty),
            3..=8 => self.binary(ty),
            9 => self.unary(ty),
            10 if ty == Ty::I32 => self.compare(),
            10 | 11 => self.convert(ty),
            12 => self.tee(ty),
            13 => self.select(ty),
            14 => self.load(ty),
            15 => self.call_for(ty),
            16 | 17 => self.block_value(ty),
            18 => self.if_value(ty),
            19 => self.loop_value(ty),
            20 => self.branch_with(ty),
            21 if ty == Ty::I32 => self.question(),
            21 | 22 => self.many_values(ty),
            _ if ty == Ty::I32 => self.compare(),
            _ => self.fused_local(ty),
        }
    }

    fn reference(&mut self, ty: Ty) {
        match self.choices.below(8) {
            0 | 1 => self.leaf(ty),
            2 => self.tee(ty),
            3 => self.select(ty),
            4 => self.if_value(ty),
            5 => self.block_value(ty),
            6 => self.call_for(ty),
            _ if ty == Ty::Func => {
                let table = self.choices.below(self.shape.tables.len());
                self.element(table);
                self.line(&format!("table.get $b{table}"));
            }
            _ => self.leaf(ty),
        }
    }

    /// A local, a constant, a global.
    pub(super) fn leaf(&mut self, ty: Ty) {
        let choice = self.choices.below(8);
        let global = self.global(ty, false);
        match (choice, self.local(ty), global) {
            (3, _, Some(global)) => self.line(&format!("global.get $g{global}")),
            (0 | 1 | 4..=6, Some(local), _) => self.line(&format!("local.get {local}")),
            (2, ..) if ty == Ty::Func => {
                let func = self.choices.below(self.shape.funcs.len());
                self.line(&format!("ref.func $f{func}"));
            }
            _ => {
                let text = constant(self.choices, ty);
                self.line(&text);
            }
        }
    }

    fn binary(&mut self, ty: Ty) {
        if matches!(ty, Ty::F32 | Ty::F64) {
            let name = self.choices.pick(&ops::FLOAT_ARITHMETIC);
            self.expression(ty);
            self.expression(ty);
            return self.line(&format!("{ty}.{name}"));
        }
        let name = self.choices.pick(&ops::ARITHMETIC);
        self.expression(ty);
        self.expression(ty);
        // Few divisions by zero, or all programs would end there.
        if (name.starts_with("div") || name.starts_with("rem")) && !self.choices.chance(4) {
            self.line(&format!("{ty}.const 1"));
            self.line(&format!("{ty}.or"));
        }
        self.line(&format!("{ty}.{name}"));
    }

    fn unary(&mut self, ty: Ty) {
        let name = self.choices.pick(ops::unary(ty));
        self.expression(ty);
        if name == "sqrt" && !self.choices.chance(10) {
            self.line(&format!("{ty}.abs"));
        }
        self.line(&format!("{ty}.{name}"));
    }

    /// An i32 that a comparison gives.
    pub(super) fn compare(&mut self) {
        let ty = self.choices.pick(&Ty::NUMBERS);
        let is_float = matches!(ty, Ty::F32 | Ty::F64);
        if !is_float && self.choices.chance(25) {
            self.expression(ty);
            return self.line(&format!("{ty}.eqz"));
        }
        self.expression(ty);
        self.expression(ty);
        let name = match is_float {
            true => self.choices.pick(&ops::FLOAT_COMPARISONS),
            false => self.choices.pick(&ops::COMPARISONS),
        };
        self.line(&format!("{ty}.{name}"));
    }

    /// A condition of a branch or a select: mostly what can be joined with it.
    pub(super) fn condition(&mut self) {
        match self.choices.below(6) {
            0 | 1 => self.compare(),
            2 => {
                self.leaf(Ty::I32);
                self.line("i32.const 1");
                self.line("i32.and");
            }
            3 => {
                self.compare();
                self.line("i32.eqz");
            }
            4 => self.leaf(Ty::I32),
            _ => self.expression(Ty::I32),
        }
    }

    fn convert(&mut self, ty: Ty) {
        let (from, name) = self.choices.pick(ops::conversions(ty));
        self.expression(from);
        self.line(&format!("{ty}.{name}"));
    }

    fn tee(&mut self, ty: Ty) {
        self.expression(ty);
        if let Some(local) = self.writable(ty) {
            self.line(&format!("local.tee {local}"));
        }
    }

    fn select(&mut self, ty: Ty) {
        self.expression(ty);
        self.expression(ty);
        self.condition();
        match ty {
            Ty::Func | Ty::Extern => self.line(&format!("select (result {ty})")),
            _ if self.choices.chance(20) => self.line(&format!("select (result {ty})")),
            _ => self.line("select"),
        }
    }

    fn load(&mut self, ty: Ty) {
        let name = self.choices.pick(ops::loads(ty));
        let at = self.address();
        self.line(&format!("{ty}.{name} {at}"));
    }

    /// An address on the stack; what the access says of memory and offset. Few are outside.
    pub(super) fn address(&mut self) -> String {
        let memory = self.choices.below(self.shape.memories.len());
        let width = self.shape.memories[memory];
        let counter = self.counters.last().copied().filter(|_| width == Ty::I32);
        match (self.choices.below(8), counter) {
            // An index, scaled, and a base.
            (0 | 1, Some(counter)) => {
                self.line(&format!("local.get {counter}"));
                let scale = self.choices.below(4);
                self.line(&format!("i32.const {scale}"));
                self.line("i32.shl");
                let base = self.choices.below(200);
                self.line(&format!("i32.const {base}"));
                self.line("i32.add");
            }
            (2, Some(counter)) => self.line(&format!("local.get {counter}")),
            (3, _) => self.leaf(width),
            (4, _) => {
                let address = self.choices.below(256) * 8;
                self.line(&format!("{width}.const {address}"));
            }
            _ => {
                self.expression(width);
                self.line(&format!("{width}.const {MASK}"));
                self.line(&format!("{width}.and"));
            }
        }
        let offset = match self.choices.below(10) {
            0..=5 => 0,
            6..=8 => self.choices.below(64),
            _ => self.choices.pick(&[65_528, 65_535, 0xFFFF_FFFF, 1 << 31]),
        };
        format!("$m{memory} offset={offset}")
    }

    /// An index of a table's elements, mostly inside.
    pub(super) fn element(&mut self, table: usize) {
        let width = self.shape.tables[table];
        if self.choices.chance(50) {
            let index = self.choices.below(ELEMENTS + 1);
            return self.line(&format!("{width}.const {index}"));
        }
        self.expression(width);
        self.line(&format!("{width}.const 3"));
        self.line(&format!("{width}.and"));
    }

    /// An i32 or a wider size that the module is asked for, as an i32.
    fn question(&mut self) {
        let memory = self.choices.below(self.shape.memories.len());
        let table = self.choices.below(self.shape.tables.len());
        let (memory_width, table_width) = (self.shape.memories[memory], self.shape.tables[table]);
        let width = match self.choices.below(5) {
            0 => {
                self.line(&format!("memory.size $m{memory}"));
                memory_width
            }
            1 => {
                let pages = self.choices.below(3);
                self.line(&format!("{memory_width}.const {pages} memory.grow $m{memory}"));
                memory_width
            }
            2 => {
                self.line(&format!("table.size $b{table}"));
                table_width
            }
            3 => {
                self.expression(Ty::Func);
                let count = self.choices.below(3);
                self.line(&format!("{table_width}.const {count} table.grow $b{table}"));
                table_width
            }
            _ => {
                let ty = self.choices.pick(&[Ty::Func, Ty::Extern]);
                self.expression(ty);
                self.line("ref.is_null");
                Ty::I32
            }
        };
        if width == Ty::I64 {
            self.line("i32.wrap_i64");
        }
    }

    /// Reads a local twice with a write between: `x op (x = y)`.
    fn fused_local(&mut self, ty: Ty) {
        let Some(local) = self.writable(ty) else { return self.leaf(ty) };
        self.line(&format!("local.get {local}"));
        self.expression(ty);
        self.line(&format!("local.set {local}"));
        self.line(&format!("local.get {local}"));
        self.line(&format!("{ty}.add"));
    }

    /// Calls something that gives this type among others.
    fn call_for(&mut self, ty: Ty) {
        let Some(results) = self.call_giving(ty) else { return self.leaf(ty) };
        self.keep_one(&results, ty);
    }

    /// Of several values on the stack, keeps one of this type.
    pub(super) fn keep_one(&mut self, types: &[Ty], ty: Ty) {
        let keep = types.iter().rposition(|found| *found == ty).expect("one of them");
        for _ in keep + 1..types.len() {
            self.line("drop");
        }
        if keep == 0 {
            return;
        }
        // Through a local, or what is below stays there.
        let Some(local) = self.writable(ty) else {
            for _ in 0..=keep {
                self.line("drop");
            }
            return self.leaf(ty);
        };
        self.line(&format!("local.set {local}"));
        for _ in 0..keep {
            self.line("drop");
        }
        self.line(&format!("local.get {local}"));
    }
}
