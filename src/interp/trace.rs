//! What a store's guests do, told while they do it: calls and returns with their values, and op by
//! op when asked. Told by the stepped backend only.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use super::code::{CallShape, HEADER, ResultPlace, slots_of};
use super::machine::watch::{Look, Next, Step};
use super::module::ModuleInner;
use super::store::func::FuncInst;
use super::translate;
use super::values::v128_of_slots;
use crate::decoder::body;
use crate::wasm::module::ImportDesc;
use crate::wasm::{FuncIdx, FuncType, Index, Instr, Val, ValType};

/// What is told.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Trace {
    /// Calls and returns, the host's functions included.
    Calls,
    /// Each op, too, with the instruction that it begins with.
    Ops,
}

/// A line of a trace. Its `Display` is indented by the depth of calls.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct TraceLine {
    /// How many calls it is deep.
    pub depth: usize,
    /// What happened: `> fac(5)`, `< fac = 120`.
    pub text: String,
}

impl fmt::Display for TraceLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:1$}{2}", "", 2 * self.depth, self.text)
    }
}

/// Follows the frames and tells.
pub(crate) struct Tracer<F> {
    what: Trace,
    tell: F,
    frames: Vec<Frame>,
    /// Whether the last op was a tail call.
    tail: bool,
    functions: HashMap<Key, Arc<Function>>,
}

/// A frame that was entered.
struct Frame {
    execution: usize,
    at: usize,
    key: Key,
    function: Arc<Function>,
}

/// What runs in a frame: a function of a module, or of the host.
type Key = (usize, usize);

/// What is told of a function.
struct Function {
    name: String,
    ty: Arc<FuncType>,
    shape: CallShape,
    /// The ops by their word.
    ops: HashMap<usize, Op>,
}

struct Op {
    /// As the listing has it, behind the offset and text of its first instruction.
    text: String,
    is_tail_call: bool,
}

impl<F: FnMut(&TraceLine) + Send> Tracer<F> {
    pub(crate) fn new(what: Trace, tell: F) -> Self {
        Self { what, tell, frames: Vec::new(), tail: false, functions: HashMap::new() }
    }

    fn say(&mut self, depth: usize, text: String) {
        (self.tell)(&TraceLine { depth, text });
    }

    /// The function that runs at `step`, and the word of its op.
    fn function(&mut self, step: &Step<'_>) -> Option<(Key, usize, Arc<Function>)> {
        let (key, word) = match step.next() {
            Next::Host(func) => ((0, std::ptr::from_ref(func).addr()), 0),
            Next::Op => {
                let module = &step.instance()?.module;
                let (defined, _) = module.code.site(step.ip(), 0, true)?;
                let start = module.code.entry_address(defined);
                let word = (step.ip().addr() - start.addr()) / size_of::<u64>();
                ((Arc::as_ptr(module).addr(), defined), word)
            }
            Next::Translation | Next::Back => return None,
        };
        if let Some(function) = self.functions.get(&key) {
            return Some((key, word, Arc::clone(function)));
        }
        let function = Arc::new(match step.next() {
            Next::Host(func) => Function::of_host(step, func),
            Next::Op | Next::Translation | Next::Back => {
                Function::defined(&step.instance()?.module, key.1)
            }
        });
        self.functions.insert(key, Arc::clone(&function));
        Some((key, word, function))
    }

    /// Tells of frames that were left, and of the one that was entered.
    fn follow(&mut self, step: &Step<'_>, key: Key, function: &Arc<Function>) {
        let (execution, at) = (step.execution(), step.frame());
        let tail = std::mem::take(&mut self.tail);
        while let Some(top) = self.frames.last() {
            if top.execution != execution {
                let is_inner = self.frames.iter().any(|frame| frame.execution == execution);
                if !is_inner {
                    break;
                }
                // The execution within was ended.
                self.frames.pop();
                continue;
            }
            if tail {
                self.frames.pop();
                break;
            }
            if (top.at, top.key) == (at, key) {
                return;
            }
            if step.caller() == top.at {
                break;
            }
            self.leave(step);
        }
        let args = values(&function.ty.params, |slot| {
            step.slot(at - HEADER - function.shape.area() as usize + slot)
        });
        let how = if tail { ">>" } else { ">" };
        let text = format!("{how} {}({})", function.name, args.join(", "));
        self.say(self.frames.len(), text);
        self.frames.push(Frame { execution, at, key, function: Arc::clone(function) });
    }

    /// Tells that the innermost frame was left, and its results.
    fn leave(&mut self, step: &Step<'_>) {
        let Some(Frame { at, function, .. }) = self.frames.pop() else { return };
        let results = values(&function.ty.results, |slot| match function.shape.place {
            ResultPlace::Nowhere => 0,
            ResultPlace::Acc => step.acc(),
            ResultPlace::FloatAcc => step.float_acc(),
            ResultPlace::Slots => step.slot(at - HEADER - function.shape.area() as usize + slot),
        });
        let results = match results.join(", ") {
            none if none.is_empty() => none,
            some => format!(" = {some}"),
        };
        self.say(self.frames.len(), format!("< {}{results}", function.name));
    }
}

impl<F: FnMut(&TraceLine) + Send> Look for Tracer<F> {
    fn step(&mut self, step: &Step<'_>) {
        if let Some((key, word, function)) = self.function(step) {
            self.follow(step, key, &function);
            let Some(op) = function.ops.get(&word) else { return };
            self.tail = op.is_tail_call;
            if self.what == Trace::Ops {
                self.say(self.frames.len(), op.text.clone());
            }
        } else if let Next::Back = step.next() {
            let execution = step.execution();
            while self
                .frames
                .last()
                .is_some_and(|top| top.execution == execution && top.at > step.frame())
            {
                self.leave(step);
            }
        }
    }

    fn unwound(&mut self, execution: usize, frame: usize) {
        while let Some(top) = self.frames.pop_if(|top| top.execution == execution && top.at > frame)
        {
            self.say(self.frames.len(), format!("<! {}", top.function.name));
        }
        self.tail = false;
    }

    fn end(&mut self, execution: usize) {
        self.frames.retain(|frame| frame.execution != execution);
        self.tail = false;
    }
}

impl Function {
    fn of_host(step: &Step<'_>, func: &FuncInst) -> Self {
        let name = import_name(step, func);
        Self { name, ty: Arc::clone(&func.ty), shape: func.shape, ops: HashMap::new() }
    }

    fn defined(module: &ModuleInner, defined: usize) -> Self {
        let wasm = &module.wasm;
        let func = FuncIdx::from_usize(wasm.imported_funcs() + defined);
        let shape = module.func_shape(wasm.funcs[func]);
        let name = wasm.func_name(func).map(str::to_owned);
        let instrs = body::locals(wasm, &wasm.bodies[defined], shape.ty.params.len()).instrs();
        let instrs: HashMap<_, _> = instrs.into_iter().flatten().flatten().collect();
        // Translating is deterministic, so this is the listing of the code that runs.
        let lines = translate::listing(module, defined).ops;
        // A tail call is the last op of its instruction; those before it move arguments.
        let last: HashMap<_, _> = lines.iter().map(|line| (line.offset, line.word)).collect();
        let ops = lines.into_iter().map(|line| {
            let instr = instrs.get(&line.offset);
            let text = instr.map_or_else(String::new, Instr::to_string);
            let text = format!("{:#08x}  {text:24} {line}", line.offset);
            let is_last = last.get(&line.offset) == Some(&line.word);
            let is_tail_call = is_last && instr.is_some_and(is_tail_call);
            (line.word, Op { text, is_tail_call })
        });
        Self {
            name: name.unwrap_or_else(|| format!("func {func}")),
            ty: Arc::clone(&shape.ty),
            shape: shape.shape,
            ops: ops.collect(),
        }
    }
}

fn is_tail_call(instr: &Instr) -> bool {
    matches!(
        instr,
        Instr::ReturnCall { .. } | Instr::ReturnCallIndirect { .. } | Instr::ReturnCallRef { .. }
    )
}

/// `env.log`: the name by which the running instance imports a function of the host.
fn import_name(step: &Step<'_>, func: &FuncInst) -> String {
    let found = step.instance().and_then(|instance| {
        let index =
            instance.imports.iter().position(|import| std::ptr::eq(import.as_ptr(), func))?;
        let imports = instance.module.wasm.imports.iter();
        let mut funcs = imports.filter(|import| matches!(import.desc, ImportDesc::Func(_)));
        funcs.nth(index).map(|import| format!("{}.{}", import.module, import.name))
    });
    found.unwrap_or_else(|| "host".to_owned())
}

/// The values in slots as text.
fn values(types: &[ValType], slot: impl Fn(usize) -> u64) -> Vec<String> {
    let mut at = 0;
    let text = |ty: &ValType| {
        let bits = slot(at);
        let text = match ty {
            ValType::I32 => Val::I32(bits as i32).to_string(),
            ValType::I64 => Val::I64(bits as i64).to_string(),
            ValType::F32 => Val::F32(bits as u32).to_string(),
            ValType::F64 => Val::F64(bits).to_string(),
            ValType::V128 => Val::V128(v128_of_slots([bits, slot(at + 1)])).to_string(),
            ValType::Ref(_) if bits == 0 => "null".to_owned(),
            ValType::Ref(ty) => format!("a {}", ty.heap),
        };
        at += slots_of(*ty) as usize;
        text
    };
    types.iter().map(text).collect()
}
