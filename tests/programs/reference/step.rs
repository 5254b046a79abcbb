//! The steps of control, calls, variables and references; the rest has files of its own.
//!
//! Spec: exec/instructions

use serverless_wasm::decoder::body;
use serverless_wasm::wasm::{
    BlockType, FuncIdx, Index, Instr, LabelIdx, Op, Signature, TableIdx, TypeIdx, ValType,
};

use super::{
    Address, Func, Host, Instance, Trap, Value, convert, float, func_ref, func_type, integer,
};

/// The limits of the evaluator.
const MOST_SPENT: u64 = 100_000;
const MOST_FRAMES: usize = 300;

/// What lies on the stack. Spec: exec/runtime#stack
enum Entry {
    Value(Value),
    /// How many values a branch takes along, and where it goes.
    Label {
        arity: usize,
        target: usize,
    },
    /// The caller, which goes on at its `next`.
    Frame(Frame),
}

/// The activation of a function. Spec: exec/runtime#activations-and-frames
struct Frame {
    /// Index among the defined functions.
    func: usize,
    locals: Vec<Value>,
    /// The next instruction.
    next: usize,
}

/// A computation of one instance.
struct Thread<'i, 'm, H> {
    instance: &'i mut Instance<'m, H>,
    stack: Vec<Entry>,
    frame: Frame,
    frames: usize,
}

impl<H: Host> Instance<'_, H> {
    /// Spec: exec/instructions#exec-invoke
    pub(super) fn invoke(&mut self, func: FuncIdx, args: &[Value]) -> Result<Vec<Value>, Trap> {
        let outermost = Frame { func: usize::MAX, locals: Vec::new(), next: 0 };
        let stack = args.iter().copied().map(Entry::Value).collect();
        let mut thread = Thread { instance: self, stack, frame: outermost, frames: 0 };
        thread.enter(func)?;
        while thread.frames > 0 {
            thread.step()?;
        }
        let count = thread.stack.len();
        Ok(thread.pop_values(count))
    }
}

impl<H: Host> Thread<'_, '_, H> {
    fn push(&mut self, value: Value) {
        self.stack.push(Entry::Value(value));
    }

    fn pop(&mut self) -> Value {
        match self.stack.pop() {
            Some(Entry::Value(value)) => value,
            Some(Entry::Label { .. } | Entry::Frame(_)) | None => panic!("validated: no operand"),
        }
    }

    /// The condition or index on top.
    fn pop_u32(&mut self) -> u32 {
        self.pop().number() as u32
    }

    fn pop_values(&mut self, count: usize) -> Vec<Value> {
        let mut values: Vec<Value> = (0..count).map(|_| self.pop()).collect();
        values.reverse();
        values
    }

    fn push_values(&mut self, values: Vec<Value>) {
        self.stack.extend(values.into_iter().map(Entry::Value));
    }

    // ---- calls

    /// Calls a function whose arguments are on top. Spec: exec/instructions#exec-invoke
    fn enter(&mut self, func: FuncIdx) -> Result<(), Trap> {
        let ty = self.instance.func_type(func);
        let args = self.pop_values(ty.params.len());
        let Some(func) = func.to_usize().checked_sub(self.instance.module.imported_funcs()) else {
            let results = self.instance.host.call(func.0, &args, &ty.results);
            self.push_values(results);
            return Ok(());
        };
        if self.frames == MOST_FRAMES {
            return Err(Trap::TooLong);
        }
        let Func { ty, locals, code, .. } = &self.instance.funcs[func];
        let declared = locals[ty.params.len()..].iter().map(|ty| Value::default(*ty));
        let locals = args.into_iter().chain(declared).collect();
        let label = Entry::Label { arity: ty.results.len(), target: code.len() };
        let caller = std::mem::replace(&mut self.frame, Frame { func, locals, next: 0 });
        self.stack.push(Entry::Frame(caller));
        self.stack.push(label);
        self.frames += 1;
        Ok(())
    }

    /// Back to the caller with the values on top. Spec: exec/instructions#exec-return
    fn leave(&mut self) {
        let count = self.instance.funcs[self.frame.func].ty.results.len();
        let values = self.pop_values(count);
        self.unwind();
        self.push_values(values);
    }

    /// Drops everything above the frame, and the frame.
    fn unwind(&mut self) {
        loop {
            match self.stack.pop().expect("a frame below") {
                Entry::Frame(caller) => {
                    self.frame = caller;
                    self.frames -= 1;
                    return;
                }
                Entry::Value(_) | Entry::Label { .. } => {}
            }
        }
    }

    /// Spec: exec/instructions#exec-return-invoke
    fn tail_call(&mut self, func: FuncIdx) -> Result<(), Trap> {
        let args = self.pop_values(self.instance.func_type(func).params.len());
        self.unwind();
        self.push_values(args);
        self.enter(func)
    }

    /// The function that an indirect call means. Spec: exec/instructions#exec-call-indirect
    fn indirect(&mut self, ty: TypeIdx, table: TableIdx) -> Result<FuncIdx, Trap> {
        let index = self.pop().number() as usize;
        let module = self.instance.module;
        match self.instance.tables[table.to_usize()].get(index) {
            None => Err(Trap::UndefinedElement),
            Some(Value::Ref(Some(Address::Func(func)))) => {
                let found = func_type(module, module.funcs[FuncIdx(*func)]);
                let same = found == func_type(module, ty);
                if same { Ok(FuncIdx(*func)) } else { Err(Trap::IndirectCallTypeMismatch) }
            }
            Some(_) => Err(Trap::UninitializedElement),
        }
    }

    /// The function that a reference on top means. Spec: exec/instructions#exec-call-ref
    fn referred(&mut self) -> Result<FuncIdx, Trap> {
        match self.pop() {
            Value::Ref(Some(Address::Func(func))) => Ok(FuncIdx(func)),
            _ => Err(Trap::NullFunctionReference),
        }
    }

    // ---- control

    /// Parameters and results of a block.
    fn block_type(&self, ty: BlockType) -> (usize, usize) {
        match ty {
            BlockType::Empty => (0, 0),
            BlockType::Result(_) => (0, 1),
            BlockType::Func(ty) => {
                let ty = func_type(self.instance.module, ty);
                (ty.params.len(), ty.results.len())
            }
        }
    }

    /// Puts a label below the block's parameters. Spec: exec/instructions#exec-instr-seq-enter
    fn label(&mut self, params: usize, arity: usize, target: usize) {
        let values = self.pop_values(params);
        self.stack.push(Entry::Label { arity, target });
        self.push_values(values);
    }

    /// Takes the innermost label from below the values on top, which are all its results.
    /// Spec: exec/instructions#exec-instr-seq-exit
    fn exit(&mut self) -> usize {
        let mut values = Vec::new();
        loop {
            match self.stack.pop().expect("a label below") {
                Entry::Value(value) => values.push(value),
                Entry::Label { target, .. } => {
                    values.reverse();
                    self.push_values(values);
                    return target;
                }
                Entry::Frame(_) => panic!("validated: no label"),
            }
        }
    }

    /// Spec: exec/instructions#exec-br
    fn branch(&mut self, label: LabelIdx) {
        let labels = self.stack.iter().rev().filter_map(|entry| match entry {
            Entry::Label { arity, target } => Some((*arity, *target)),
            Entry::Value(_) | Entry::Frame(_) => None,
        });
        let (arity, target) = labels.into_iter().nth(label.to_usize()).expect("validated: a label");
        if target == self.instance.funcs[self.frame.func].code.len() {
            return self.leave();
        }
        let values = self.pop_values(arity);
        let mut left = label.0 + 1;
        while left > 0 {
            left -= u32::from(matches!(self.stack.pop(), Some(Entry::Label { .. })));
        }
        self.push_values(values);
        self.frame.next = target;
    }

    /// One instruction. Spec: exec/instructions#control-instructions
    fn step(&mut self) -> Result<(), Trap> {
        let at = self.frame.next;
        self.frame.next += 1;
        let func = &self.instance.funcs[self.frame.func];
        let (instr, (first, end)) = (func.code[at], func.ends[at]);
        if !matches!(instr, Instr::Block { .. } | Instr::Loop { .. } | Instr::Else | Instr::End) {
            self.instance.spent += 1;
        }
        if self.instance.spent > MOST_SPENT {
            return Err(Trap::TooLong);
        }
        match instr {
            Instr::Nop => {}
            Instr::Unreachable => return Err(Trap::Unreachable),
            Instr::Block { ty } => {
                let (params, results) = self.block_type(ty);
                self.label(params, results, end + 1);
            }
            // A branch to a loop executes the loop again, which puts its label again.
            Instr::Loop { ty } => {
                let (params, _) = self.block_type(ty);
                self.label(params, params, at);
            }
            Instr::If { ty } => {
                let holds = self.pop_u32() != 0;
                let (params, results) = self.block_type(ty);
                if holds || first != end {
                    self.label(params, results, end + 1);
                }
                if !holds {
                    self.frame.next = first + 1;
                }
            }
            Instr::Else => {
                self.exit();
                self.frame.next = end + 1;
            }
            Instr::End => {
                let code = self.instance.funcs[self.frame.func].code.len();
                if self.exit() == code {
                    self.leave();
                }
            }
            Instr::Br { label } => self.branch(label),
            Instr::BrIf { label } => {
                if self.pop_u32() != 0 {
                    self.branch(label);
                }
            }
            Instr::BrTable { labels } => {
                let index = self.pop_u32() as usize;
                let chosen = body::labels(self.instance.module, labels).nth(index);
                self.branch(chosen.unwrap_or(labels.default));
            }
            Instr::Return => self.leave(),
            other => return self.step_call(other),
        }
        Ok(())
    }

    /// Spec: exec/instructions#function-calls
    fn step_call(&mut self, instr: Instr) -> Result<(), Trap> {
        match instr {
            Instr::Call { func } => self.enter(func),
            Instr::ReturnCall { func } => self.tail_call(func),
            Instr::CallIndirect { ty, table } => {
                let func = self.indirect(ty, table)?;
                self.enter(func)
            }
            Instr::ReturnCallIndirect { ty, table } => {
                let func = self.indirect(ty, table)?;
                self.tail_call(func)
            }
            Instr::CallRef { .. } => {
                let func = self.referred()?;
                self.enter(func)
            }
            Instr::ReturnCallRef { .. } => {
                let func = self.referred()?;
                self.tail_call(func)
            }
            other => self.step_plain(other),
        }
    }

    // ---- what has no effect on control

    fn step_plain(&mut self, instr: Instr) -> Result<(), Trap> {
        match instr {
            Instr::Drop => drop(self.pop()),
            Instr::Select | Instr::SelectTyped { .. } => {
                let condition = self.pop_u32();
                let (second, first) = (self.pop(), self.pop());
                self.push(if condition != 0 { first } else { second });
            }
            Instr::LocalGet { local } => self.push(self.frame.locals[local.to_usize()]),
            Instr::LocalSet { local } => self.frame.locals[local.to_usize()] = self.pop(),
            Instr::LocalTee { local } => {
                let value = self.pop();
                self.push(value);
                self.frame.locals[local.to_usize()] = value;
            }
            Instr::GlobalGet { global } => self.push(self.instance.globals[global.to_usize()]),
            Instr::GlobalSet { global } => self.instance.globals[global.to_usize()] = self.pop(),
            Instr::RefFunc { func } => self.push(func_ref(func)),
            Instr::RefIsNull => {
                let is_null = self.pop() == Value::Ref(None);
                self.push(Value::I32(is_null.into()));
            }
            other => {
                if let Some(value) = constant(&other) {
                    self.push(value);
                } else if let Some(takes) = self.instance.takes(&other) {
                    let operands = self.pop_values(takes);
                    let result = self.instance.memory_or_table(&other, &operands)?;
                    self.stack.extend(result.map(Entry::Value));
                } else {
                    return self.step_numeric(other.op());
                }
            }
        }
        Ok(())
    }

    fn step_numeric(&mut self, op: Op) -> Result<(), Trap> {
        let Signature::Fixed { takes, .. } = op.row().signature else {
            panic!("not in this evaluator: {op}")
        };
        let operands = self.pop_values(takes.len());
        // Bits of a NaN are looked at where a float becomes an integer, or lends its sign.
        let looks = op.name().contains("reinterpret") || op.name().contains("copysign");
        self.instance.nan_seen |= looks && operands.iter().any(|operand| operand.is_nan());
        let result = numeric(op, &operands)?;
        self.push(result);
        Ok(())
    }
}

/// The value of a constant instruction. Spec: exec/instructions#exec-const
pub(super) fn constant(instr: &Instr) -> Option<Value> {
    match *instr {
        Instr::I32Const { value } => Some(Value::I32(value.cast_unsigned())),
        Instr::I64Const { value } => Some(Value::I64(value.cast_unsigned())),
        Instr::F32Const { value } => Some(Value::F32(value.0)),
        Instr::F64Const { value } => Some(Value::F64(value.0)),
        Instr::RefNull { .. } => Some(Value::Ref(None)),
        _ => None,
    }
}

/// What a numeric instruction computes, told by its name as in the specification: `i32.add` is the
/// operation `add` on 32 bits. Spec: exec/numerics
pub(super) fn numeric(op: Op, operands: &[Value]) -> Result<Value, Trap> {
    let (ty, name) = op.name().split_once('.').expect("a type and an operation");
    let to = match ty {
        "i32" => ValType::I32,
        "i64" => ValType::I64,
        "f32" => ValType::F32,
        "f64" => ValType::F64,
        _ => panic!("not in this evaluator: {op}"),
    };
    let bool_or = |result: integer::Result128, bits: u32| match (result?, bits) {
        (integer::Outcome::Bool(holds), _) => Ok(Value::I32(holds.into())),
        (integer::Outcome::Bits(bits), 32) => Ok(Value::I32(bits as u32)),
        (integer::Outcome::Bits(bits), _) => Ok(Value::I64(bits as u64)),
    };
    match *operands {
        [Value::I32(a), Value::I32(b)] => {
            bool_or(integer::binary(name, 32, a.into(), b.into()), 32)
        }
        [Value::I64(a), Value::I64(b)] => {
            bool_or(integer::binary(name, 64, a.into(), b.into()), 64)
        }
        [Value::F32(a), Value::F32(b)] => Ok(float::binary32(name, a, b)),
        [Value::F64(a), Value::F64(b)] => Ok(float::binary64(name, a, b)),
        [from] => match (convert::convert(name, from, to), from) {
            (Some(converted), _) => converted,
            (None, Value::I32(a)) => bool_or(integer::unary(name, 32, a.into()), 32),
            (None, Value::I64(a)) => bool_or(integer::unary(name, 64, a.into()), 64),
            (None, Value::F32(a)) => Ok(float::unary32(name, a)),
            (None, Value::F64(a)) => Ok(float::unary64(name, a)),
            (None, Value::Ref(_)) => panic!("validated: a reference in {op}"),
        },
        _ => panic!("not in this evaluator: {op}"),
    }
}
