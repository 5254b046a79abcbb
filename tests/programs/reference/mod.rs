//! A reference evaluator, written from the specification's reduction rules and from nothing else:
//! one stack of values, labels and frames, one step at a time. It is slow, and shares with the
//! engine only the decoded module; what numbers mean it says anew.
//!
//! It runs WebAssembly 2.0 without vectors, tail calls, several memories, 64-bit addresses and
//! `call_ref`. Spec: exec

mod convert;
mod float;
mod integer;
mod memory;
mod step;
mod table;

use serverless_wasm::decoder::body;
use serverless_wasm::wasm::module::{ConstExpr, DataMode, ElemItems, ElemMode, ExportDesc};
use serverless_wasm::wasm::{
    AddrType, CompositeType, FuncIdx, FuncType, GlobalIdx, Index, Instr, MemIdx, Module, TableIdx,
    TypeIdx, ValType,
};

/// A value. Spec: exec/runtime#values
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Value {
    I32(u32),
    I64(u64),
    /// The bits.
    F32(u32),
    /// The bits.
    F64(u64),
    Ref(Option<Address>),
}

/// What a reference that is not null points to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Address {
    Func(u32),
    Extern(u32),
}

/// Why a computation ended. The last one is not the specification's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Trap {
    Unreachable,
    MemoryOutOfBounds,
    TableOutOfBounds,
    UndefinedElement,
    UninitializedElement,
    IndirectCallTypeMismatch,
    NullFunctionReference,
    IntegerDivideByZero,
    IntegerOverflow,
    InvalidConversionToInteger,
    /// The evaluator's own limit of instructions or frames.
    TooLong,
}

/// What the host gives to a module, the same to every engine.
pub(crate) trait Host {
    /// The results of the imported function with this index.
    fn call(&mut self, func: u32, args: &[Value], results: &[ValType]) -> Vec<Value>;
    /// The value of an imported global of this type.
    fn global(&self, ty: ValType) -> Value;
}

/// A function with its body as instructions. Spec: exec/runtime#function-instances
struct Func {
    ty: FuncType,
    locals: Vec<ValType>,
    code: Vec<Instr>,
    /// For each `block`, `loop` and `if`: where its `else` (or else its `end`) and its `end` are.
    ends: Vec<(usize, usize)>,
}

/// A module with its state. Spec: exec/runtime#module-instances
pub(crate) struct Instance<'m, H> {
    module: &'m Module,
    funcs: Vec<Func>,
    pub(crate) globals: Vec<Value>,
    pub(crate) memories: Vec<Vec<u8>>,
    pub(crate) tables: Vec<Vec<Value>>,
    elems: Vec<Vec<Value>>,
    datas: Vec<&'m [u8]>,
    pub(crate) host: H,
    /// Instructions executed, and what bulk operations cost beyond one.
    pub(crate) spent: u64,
    /// Whether bits of a NaN that arithmetic made were looked at. The specification leaves them
    /// open, so what follows may differ between engines.
    pub(crate) nan_seen: bool,
}

impl<'m, H: Host> Instance<'m, H> {
    /// Spec: exec/modules#instantiation
    pub(crate) fn new(module: &'m Module, host: H) -> Result<Self, Trap> {
        let funcs = (0..module.bodies.len()).map(|defined| func(module, defined)).collect();
        let pages = |idx: MemIdx| module.memories[idx].limits.min as usize;
        let elements = |idx: TableIdx| module.tables[idx].ty.limits.min as usize;
        let mut instance = Self {
            module,
            funcs,
            globals: Vec::new(),
            memories: module.memories.enumerate().map(|(m, _)| vec![0; pages(m) << 16]).collect(),
            tables: module
                .tables
                .enumerate()
                .map(|(t, _)| vec![Value::Ref(None); elements(t)])
                .collect(),
            elems: Vec::new(),
            datas: module.datas.iter().map(|data| &module.bytes[data.bytes.clone()]).collect(),
            host,
            spent: 0,
            nan_seen: false,
        };
        for global in module.globals.iter() {
            let value = match &global.init {
                Some(init) => instance.constant(init),
                None => instance.host.global(global.ty.content),
            };
            instance.globals.push(value);
        }
        for elem in module.elems.iter() {
            let values = match &elem.items {
                ElemItems::Funcs(funcs) => funcs.iter().copied().map(func_ref).collect(),
                ElemItems::Exprs(exprs) => {
                    exprs.iter().map(|expr| instance.constant(expr)).collect()
                }
            };
            instance.elems.push(values);
        }
        instance.segments()?;
        if let Some(start) = module.start {
            instance.invoke(start.func, &[])?;
        }
        Ok(instance)
    }

    /// Writes active segments and drops what is not passive.
    fn segments(&mut self) -> Result<(), Trap> {
        for (idx, elem) in self.module.elems.enumerate() {
            if let ElemMode::Active { table, offset } = &elem.mode {
                let at = self.constant(offset).number();
                self.table_init(*table, idx, at, 0, elem.items.len() as u64)?;
            }
            if !matches!(elem.mode, ElemMode::Passive) {
                self.elems[idx.to_usize()].clear();
            }
        }
        for (idx, data) in self.module.datas.enumerate() {
            if let DataMode::Active { memory, offset } = &data.mode {
                let at = self.constant(offset).number();
                self.memory_init(*memory, idx, at, 0, data.bytes.len() as u64)?;
                self.datas[idx.to_usize()] = &[];
            }
        }
        // Only what the guest executes is counted.
        self.spent = 0;
        Ok(())
    }

    /// Calls an export. Spec: exec/modules#invocation
    pub(crate) fn call(&mut self, name: &str, args: &[Value]) -> Result<Vec<Value>, Trap> {
        let export = self.module.exports.iter().find(|export| &*export.name == name);
        match export.map(|export| export.desc) {
            Some(ExportDesc::Func(func)) => self.invoke(func, args),
            other => panic!("no function `{name}`: {other:?}"),
        }
    }

    /// The type of a function, imported or not.
    fn func_type(&self, func: FuncIdx) -> &'m FuncType {
        func_type(self.module, self.module.funcs[func])
    }

    /// Spec: valid/instructions#constant-expressions
    fn constant(&self, expr: &ConstExpr) -> Value {
        let mut stack = Vec::new();
        for instr in body::expr(self.module, expr) {
            let value = match instr.expect("decoded before").1 {
                Instr::End => continue,
                Instr::GlobalGet { global: GlobalIdx(global) } => self.globals[global as usize],
                Instr::RefFunc { func } => func_ref(func),
                instr => match step::constant(&instr) {
                    Some(value) => value,
                    None => {
                        let (b, a): (Value, Value) = (stack.pop().unwrap(), stack.pop().unwrap());
                        step::numeric(instr.op(), &[a, b]).expect("constants don't trap")
                    }
                },
            };
            stack.push(value);
        }
        stack.pop().expect("validated: a constant expression gives a value")
    }
}

impl Value {
    /// The value that a local has at the start. Spec: exec/runtime#default-val
    pub(crate) fn default(ty: ValType) -> Self {
        match ty {
            ValType::I32 => Self::I32(0),
            ValType::I64 => Self::I64(0),
            ValType::F32 => Self::F32(0),
            ValType::F64 => Self::F64(0),
            ValType::Ref(_) => Self::Ref(None),
            ValType::V128 => panic!("no vectors here"),
        }
    }

    /// An address, index or count, whatever its width.
    fn number(self) -> u64 {
        match self {
            Self::I32(bits) => bits.into(),
            Self::I64(bits) => bits,
            other => panic!("validated: not a number of bytes or elements: {other:?}"),
        }
    }

    /// A number of this width.
    fn of_width(ty: AddrType, number: u64) -> Self {
        match ty {
            AddrType::I32 => Self::I32(number as u32),
            AddrType::I64 => Self::I64(number),
        }
    }

    /// Whether it is a NaN.
    pub(crate) fn is_nan(self) -> bool {
        match self {
            Self::F32(bits) => f32::from_bits(bits).is_nan(),
            Self::F64(bits) => f64::from_bits(bits).is_nan(),
            Self::I32(_) | Self::I64(_) | Self::Ref(_) => false,
        }
    }
}

fn func_ref(func: FuncIdx) -> Value {
    Value::Ref(Some(Address::Func(func.0)))
}

fn func_type(module: &Module, ty: TypeIdx) -> &FuncType {
    match &module.types[ty].composite {
        CompositeType::Func(ty) => ty,
        other => panic!("validated: not a function type: {other:?}"),
    }
}

/// Decodes a body, and finds where its blocks end.
fn func(module: &Module, defined: usize) -> Func {
    let ty =
        func_type(module, module.funcs[FuncIdx::from_usize(module.imported_funcs() + defined)]);
    let declared = body::locals(module, &module.bodies[defined], ty.params.len());
    let mut locals = ty.params.to_vec();
    for (count, ty) in declared.clone().flatten() {
        locals.extend((0..count).map(|_| ty));
    }
    let instrs = declared.instrs().expect("decoded before");
    let code: Vec<Instr> = instrs.map(|instr| instr.expect("decoded before").1).collect();
    let mut ends = vec![(0, 0); code.len()];
    let mut open = Vec::new();
    for (at, instr) in code.iter().enumerate() {
        match instr {
            Instr::Block { .. } | Instr::Loop { .. } | Instr::If { .. } => open.push(at),
            Instr::Else => ends[*open.last().unwrap()].0 = at,
            Instr::End => {
                if let Some(start) = open.pop() {
                    let first = if ends[start].0 == 0 { at } else { ends[start].0 };
                    ends[start] = (first, at);
                    // An `else` that is reached from above is left as an `end` is.
                    ends[first] = (first, at);
                }
            }
            _ => {}
        }
    }
    Func { ty: ty.clone(), locals, code, ends }
}
