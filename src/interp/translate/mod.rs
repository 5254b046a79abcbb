//! WebAssembly to our own code, one pass a function, at its first call.
//!
//! The module is valid, so nothing is checked again: the translator keeps its own symbolic stack,
//! with the type and the place of every operand (`operand`), and emits code where values must
//! really be computed or moved. A first look (`pin`) has chosen the locals that live in registers.
//! Handlers are known here by address only.

mod aggregate;
mod atomic;
mod call;
mod control;
mod exception;
mod fuse;
mod memory;
mod moves;
mod numeric;
mod operand;
mod operands;
mod pick;
mod pin;
mod reference;
mod references;
mod simd;
mod table;
mod variable;
mod wide;

use crate::decoder::body;
use crate::interp::code::{
    Builder, CallShape, Code, CodeListing, HEADER, HOMES, Label, Listed, Site, slots_of,
};
use crate::interp::machine::control::Unreachable;
use crate::interp::machine::execution::RED_ZONE;
use crate::interp::machine::variable::{Charge, CheckStack, MANY};
use crate::interp::machine::{Op as AnOp, OpCode};
use crate::interp::module::ModuleInner;
use crate::wasm::{
    FuncIdx, FuncType, Index, Instr, LocalIdx, Module, Op, RefType, TypeIdx, ValType,
};

use control::Control;
use operand::{Deferred, Dest, Operand, Place, Source};
use operands::Operands;
use pick::other::PinStart;
use pin::Survey;
use references::References;

/// Translates a function and publishes its code, unless that has been done.
pub(crate) fn translate_function(module: &ModuleInner, defined: usize) {
    if !module.code.is_published(defined) {
        module.code.publish(defined, translate(module, defined));
    }
}

/// The code of a function as text, one line an op.
pub(crate) fn listing(module: &ModuleInner, defined: usize) -> CodeListing {
    let ops = attempt(module, defined, Listing::Yes).list();
    let survey = survey(module, defined);
    let pinned = survey.pins.into_iter().chain(survey.float_pins);
    let pins = ["l0", "l1", "f0", "f1"].into_iter().zip(pinned);
    let pins = pins.filter_map(|(register, local)| Some((register, LocalIdx(local?))));
    CodeListing { pins: pins.collect(), ops }
}

/// The ops of a function's code, each with the offset of its first instruction.
pub(crate) fn ops(module: &ModuleInner, defined: usize) -> Vec<(Listed, u32)> {
    attempt(module, defined, Listing::Yes).ops().collect()
}

/// The code of a function. A frame with slots that 16 bits can't number is translated anew, with
/// scratch slots.
fn translate(module: &ModuleInner, defined: usize) -> Code {
    attempt(module, defined, Listing::No).finish()
}

fn attempt(module: &ModuleInner, defined: usize, listing: Listing) -> Builder {
    let func = FuncIdx::from_usize(module.wasm.imported_funcs() + defined);
    let survey = survey(module, defined);
    let mut form = Form { far: false, large: None };
    loop {
        let mut translator = Translator::new(module, func, &survey, form);
        if listing == Listing::Yes {
            translator.code.remember();
        }
        translator.run(defined);
        let needs_far = translator.frame > i32::from(i16::MAX);
        let large = (translator.frame as usize > RED_ZONE).then_some(translator.frame as u32);
        if (needs_far && !form.far) || (large.is_some() && form.large.is_none()) {
            form = Form { far: needs_far, large };
            continue;
        }
        return translator.code;
    }
}

/// The look over a function.
fn survey(module: &ModuleInner, defined: usize) -> Survey {
    let wasm = &module.wasm;
    let func = FuncIdx::from_usize(wasm.imported_funcs() + defined);
    Survey::of(wasm, func_type(wasm, func), &wasm.bodies[defined])
}

/// Whether the code is to be shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Listing {
    Yes,
    No,
}

/// The type of a function.
fn func_type(module: &Module, func: FuncIdx) -> &FuncType {
    func_type_of(module, module.funcs[func])
}

/// The function type that a function or a tag has.
fn func_type_of(module: &Module, ty: TypeIdx) -> &FuncType {
    match &module.types[ty].composite {
        crate::wasm::CompositeType::Func(ty) => ty,
        crate::wasm::CompositeType::Struct(_) | crate::wasm::CompositeType::Array(_) => {
            unreachable!("validated: functions and tags have function types")
        }
    }
}

/// What is known of a function's frame from an earlier attempt.
#[derive(Clone, Copy)]
struct Form {
    /// Some slots need 32-bit numbers.
    far: bool,
    /// The frame's slots, when they are more than the red zone has.
    large: Option<u32>,
}

/// What registers a value goes through.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Class {
    /// Integers and references.
    Int = 0,
    /// Floats.
    Float = 1,
    /// Vectors: two slots.
    Vector = 2,
}

impl Class {
    const fn of(ty: ValType) -> Self {
        match ty {
            ValType::I32 | ValType::I64 | ValType::Ref(_) => Self::Int,
            ValType::F32 | ValType::F64 => Self::Float,
            ValType::V128 => Self::Vector,
        }
    }
}

/// A local: its type and where it lives.
#[derive(Clone, Copy)]
struct Local {
    ty: ValType,
    dest: Dest,
}

/// Slots for far operands, which may be vectors: four that ops read, one that they write.
const SCRATCH: i32 = 5 * WIDE;

/// Slots of a vector.
const WIDE: i32 = slots_of(ValType::V128) as i32;

/// Where pinned floats are.
const FLOAT_PINS: [Dest; 2] = [Dest::F0, Dest::F1];

/// A function under translation.
struct Translator<'m> {
    module: &'m ModuleInner,
    wasm: &'m Module,
    ty: &'m FuncType,
    shape: CallShape,
    survey: &'m Survey,
    form: Form,
    metered: bool,
    code: Builder,
    locals: Vec<Local>,
    /// The slots that pinned floats are saved in.
    float_homes: i32,
    /// The first operand's slot.
    base: i32,
    /// The slots that the frame uses.
    frame: i32,
    stack: Vec<Operand>,
    /// Operands below this one are in their homes, or constants.
    settled: usize,
    deferred: Option<Deferred>,
    /// Which slot's value is in the accumulator of each class, too.
    copies: [Option<i32>; 3],
    controls: Vec<Control<'m>>,
    /// Where clauses lead that return from the function, when there is one.
    landing: Option<Label>,
    /// What is known of references for the collector's maps.
    references: References,
    /// Instructions executed here that aren't paid yet.
    unpaid: i32,
    /// The running instruction's place in the binary.
    offset: u32,
    next_scratch: i16,
    spare: Vec<u8>,
}

impl<'m> Translator<'m> {
    fn new(module: &'m ModuleInner, func: FuncIdx, survey: &'m Survey, form: Form) -> Self {
        let wasm: &Module = &module.wasm;
        let ty = func_type(wasm, func);
        let fuse = module.engine.fusion().then_some(fuse::pair as crate::interp::code::Fuse);
        Self {
            module,
            wasm,
            ty,
            shape: CallShape::of(ty),
            survey,
            form,
            metered: module.engine.metering(),
            code: Builder::new(module.engine.backend(), fuse),
            locals: Vec::new(),
            float_homes: 0,
            base: 0,
            frame: 0,
            stack: Vec::new(),
            settled: 0,
            deferred: None,
            copies: [None; 3],
            controls: Vec::new(),
            landing: None,
            references: References::default(),
            unpaid: 0,
            offset: wasm.bodies[func.to_usize() - wasm.imported_funcs()].range.start as u32,
            next_scratch: 0,
            spare: Vec::new(),
        }
    }

    /// Translates the body.
    fn run(&mut self, defined: usize) {
        self.enter();
        self.open_function();
        let body = &self.wasm.bodies[defined];
        let locals = body::locals(self.wasm, body, self.ty.params.len());
        let Ok(instrs) = locals.instrs() else { return };
        // Blocks that were opened where nothing can be reached, plus one; 0 where it can.
        let mut dead = 0_u32;
        for (offset, instr) in instrs.flatten() {
            self.offset = offset as u32;
            if dead > 0 {
                let op = instr.op();
                if matches!(op, Op::Block | Op::Loop | Op::If | Op::TryTable) {
                    dead += 1;
                } else if op == Op::End && dead > 1 {
                    dead -= 1;
                } else if matches!(op, Op::End | Op::Else) && dead == 1 {
                    dead = u32::from(self.dead_step(instr));
                }
            } else {
                dead = u32::from(self.step(instr) == After::Dead);
            }
        }
        self.land();
    }

    /// Lays out the frame, and emits what sets up pins and zeros.
    fn enter(&mut self) {
        let area = self.shape.area() as i32;
        let first_param = -(HEADER as i32) - area;
        let mut slot = first_param;
        let params = self.ty.params.len();
        for ty in &self.ty.params {
            self.locals.push(Local { ty: *ty, dest: Dest::Slot(slot) });
            slot += slots_of(*ty) as i32;
        }
        let scratch = if self.form.far { SCRATCH } else { 0 };
        self.float_homes = HOMES as i32 + scratch;
        slot = self.float_homes + self.survey.float_pins.iter().flatten().count() as i32;
        let zeros = slot;
        // Locals that need their zero come first.
        let dests = &mut vec![Dest::Acc; self.survey.types.len() - params];
        for needs_zero in [true, false] {
            for (index, ty) in self.survey.types[params..].iter().enumerate() {
                let local = params + index;
                let pinned = self.survey.is_pinned(local);
                if !pinned && self.survey.zero[local] == needs_zero {
                    dests[index] = Dest::Slot(slot);
                    slot += slots_of(*ty) as i32;
                }
            }
            if needs_zero {
                self.frame = slot;
            }
        }
        let zero_count = (self.frame - zeros) as usize;
        for (index, ty) in self.survey.types[params..].iter().enumerate() {
            self.locals.push(Local { ty: *ty, dest: dests[index] });
        }
        for _ in &self.survey.constants {
            self.locals.push(Local { ty: ValType::V128, dest: Dest::Slot(slot) });
            slot += WIDE;
        }
        self.note_locals();
        self.base = slot;
        self.frame = slot;
        self.pins(zeros, zero_count);
        self.float_pins();
        self.vector_constants();
    }

    /// Emits the function's first ops.
    fn pins(&mut self, zeros: i32, zero_count: usize) {
        if let Some(slots) = self.form.large {
            let mut operands = self.operands();
            operands.u32(slots);
            self.emit(<CheckStack as AnOp>::CODE, &operands);
        }
        let mut starts = [(PinStart::Unused, 0); 2];
        for (index, pin) in self.survey.pins.into_iter().enumerate() {
            let Some(local) = pin else { continue };
            starts[index] = match self.locals[local as usize].dest {
                Dest::Slot(slot) if (local as usize) < self.ty.params.len() => {
                    (PinStart::Param, slot)
                }
                Dest::Slot(_) | Dest::L0 | Dest::L1 | Dest::F0 | Dest::F1 | Dest::Acc => {
                    (PinStart::Zero, 0)
                }
            };
            self.locals[local as usize].dest = [Dest::L0, Dest::L1][index];
        }
        let [(first, first_slot), (second, second_slot)] = starts;
        if first == PinStart::Unused && zero_count == 0 {
            return;
        }
        let mut operands = self.operands();
        operands.slot(first_slot as i16).slot(second_slot as i16).i32(zeros).u32(zero_count as u32);
        self.emit(pick::other::enter(first, second, zero_count), &operands);
        // Clearing many slots is work that the count of instructions doesn't show.
        if self.metered && zero_count > MANY {
            operands.clear();
            operands.cost((zero_count / MANY) as i32);
            self.emit(<Charge as AnOp>::CODE, &operands);
        }
        self.keep(operands);
    }

    /// Emits how the pinned floats start.
    fn float_pins(&mut self) {
        for (pin, dest) in self.survey.float_pins.into_iter().zip(FLOAT_PINS) {
            let Some(local) = pin else { continue };
            match self.locals[local as usize].dest {
                Dest::Slot(slot) if (local as usize) < self.ty.params.len() => {
                    let param = self.slot(slot, Class::Float);
                    self.move_to(param, dest, Class::Float);
                }
                _ if self.survey.zero[local as usize] => {
                    self.move_to(Source::Const(0), dest, Class::Float);
                }
                Dest::Slot(_) | Dest::L0 | Dest::L1 | Dest::F0 | Dest::F1 | Dest::Acc => {}
            }
            self.locals[local as usize].dest = dest;
        }
        let home = |index: usize| self.survey.float_pins[index].map(|_| self.float_home(index));
        self.code.homes_of_floats([0, 1].map(home));
    }

    /// The slot that a pinned float is saved in.
    const fn float_home(&self, index: usize) -> i32 {
        self.float_homes + index as i32
    }

    /// Before a call: the pinned floats go to their homes.
    fn save_float_pins(&mut self) {
        for (index, source) in [Source::F0, Source::F1].into_iter().enumerate() {
            if self.survey.float_pins[index].is_some() {
                self.move_to(source, Dest::Slot(self.float_home(index)), Class::Float);
            }
        }
    }

    /// After a call: they come back. A result in the accumulator stays there.
    fn restore_float_pins(&mut self) {
        for (index, dest) in FLOAT_PINS.into_iter().enumerate() {
            if self.survey.float_pins[index].is_some() {
                let home = Source::Slot(self.float_home(index) as i16);
                self.move_to(home, dest, Class::Float);
            }
        }
    }

    // ---- emission

    /// The place of the running instruction.
    fn site(&self) -> Site {
        Site { word: 0, offset: self.offset, unpaid: self.unpaid as u32 }
    }

    /// An empty buffer for operands.
    fn operands(&mut self) -> Operands {
        Operands::new(std::mem::take(&mut self.spare))
    }

    /// Takes the buffer back.
    fn keep(&mut self, operands: Operands) {
        self.spare = operands.into_bytes();
    }

    /// Emits an op of the running instruction.
    fn emit(&mut self, op: OpCode, operands: &Operands) {
        self.emit_at(op, operands, self.site());
    }

    /// Emits an op of another instruction.
    fn emit_at(&mut self, op: OpCode, operands: &Operands, site: Site) {
        self.code.plain(op, operands.bytes(), site);
    }

    /// Emits an op that goes elsewhere.
    fn emit_jump(&mut self, op: OpCode, operands: &Operands) {
        let site = self.site();
        self.code.jump(op, operands.bytes(), site);
    }

    /// A scratch slot for a far operand: four take turns, more than an op has operands.
    fn scratch(&mut self) -> i16 {
        self.next_scratch = (self.next_scratch + WIDE as i16) % (SCRATCH - WIDE) as i16;
        HOMES as i16 + self.next_scratch
    }

    /// The scratch slot that ops write.
    const fn far_scratch(&self) -> i16 {
        (HOMES as i32 + SCRATCH - WIDE) as i16
    }

    // ---- the step

    /// Translates an instruction that can be reached.
    fn step(&mut self, instr: Instr) -> After {
        self.settle_deep();
        if !matches!(instr.op(), Op::Block | Op::Loop | Op::TryTable | Op::Else | Op::End) {
            self.unpaid += 1;
        }
        #[expect(clippy::wildcard_enum_match_arm, reason = "the table's fixed rows")]
        match instr {
            Instr::Unreachable => return self.unreachable(),
            Instr::Nop => {}
            Instr::Block { ty } => self.block(ty),
            Instr::Loop { ty } => self.loop_(ty),
            Instr::If { ty } => self.if_(ty),
            Instr::Else => self.else_(true),
            Instr::End => return self.end(true),
            Instr::Br { label } => return self.br(label),
            Instr::BrIf { label } => self.br_if(label),
            Instr::BrTable { labels } => return self.br_table(labels),
            Instr::BrOnNull { label } => self.br_on_null(label),
            Instr::BrOnNonNull { label } => self.br_on_non_null(label),
            Instr::Return => return self.return_(),
            Instr::Call { func } => self.call(func),
            Instr::CallIndirect { ty, table } => self.call_indirect(ty, table),
            Instr::CallRef { ty } => self.call_ref(ty),
            Instr::ReturnCall { func } => return self.return_call(func),
            Instr::ReturnCallIndirect { ty, table } => return self.return_call_indirect(ty, table),
            Instr::ReturnCallRef { ty } => return self.return_call_ref(ty),
            Instr::Drop => self.drop_(),
            Instr::Select | Instr::SelectTyped { .. } => self.select(),
            Instr::LocalGet { local } => self.local_get(local),
            Instr::LocalSet { local } => self.local_set(local),
            Instr::LocalTee { local } => self.local_tee(local),
            Instr::GlobalGet { global } => self.global_get(global),
            Instr::GlobalSet { global } => self.global_set(global),
            Instr::TableGet { table } => self.table_get(table),
            Instr::TableSet { table } => self.table_set(table),
            Instr::TableSize { table } => self.table_size(table),
            Instr::TableGrow { table } => self.table_grow(table),
            Instr::TableFill { table } => self.table_fill(table),
            Instr::TableCopy { to, from } => self.table_copy(to, from),
            Instr::TableInit { elem, table } => self.table_init(elem, table),
            Instr::ElemDrop { elem } => self.elem_drop(elem),
            Instr::MemorySize { memory } => self.memory_size(memory),
            Instr::MemoryGrow { memory } => self.memory_grow(memory),
            Instr::MemoryFill { memory } => self.memory_fill(memory),
            Instr::MemoryCopy { to, from } => self.memory_copy(to, from),
            Instr::MemoryInit { data, memory } => self.memory_init(data, memory),
            Instr::DataDrop { data } => self.data_drop(data),
            Instr::RefNull { heap } => {
                self.push(Place::Const(0), ValType::Ref(RefType::nullable(heap)));
            }
            Instr::RefIsNull => self.ref_is_null(),
            Instr::RefFunc { func } => self.ref_func(func),
            Instr::RefAsNonNull => self.ref_as_non_null(),
            Instr::I32Const { value } => {
                self.push(Place::Const(u64::from(value.cast_unsigned())), ValType::I32);
            }
            Instr::I64Const { value } => {
                self.push(Place::Const(value.cast_unsigned()), ValType::I64);
            }
            Instr::F32Const { value } => {
                self.push(Place::Const(u64::from(value.0)), ValType::F32);
            }
            Instr::F64Const { value } => self.push(Place::Const(value.0), ValType::F64),
            other => return self.other_step(other),
        }
        After::Live
    }

    /// The families that came last, accesses to memory and numbers.
    fn other_step(&mut self, instr: Instr) -> After {
        #[expect(clippy::wildcard_enum_match_arm, reason = "the table's fixed rows")]
        match instr {
            Instr::TryTable { ty, catches } => self.try_table(ty, catches),
            Instr::Throw { tag } => return self.throw(tag),
            Instr::ThrowRef => return self.throw_ref(),
            other if simd::is_vector(other.op()) => self.vector_step(&other),
            other if self.atomic_step(&other) => {}
            other => match (other.mem_arg(), self.aggregate(other)) {
                (_, Some(after)) => return after,
                (Some(at), None) => self.access(other.op(), at),
                (None, None) if self.wide_step(other.op()) => {}
                (None, None) => self.numeric(other.op()),
            },
        }
        After::Live
    }

    /// An `else` or `end` that closes what can't be reached. Whether what follows can't either.
    fn dead_step(&mut self, instr: Instr) -> bool {
        if instr == Instr::Else {
            self.else_(false);
            return false;
        }
        self.end(false) == After::Dead
    }

    fn unreachable(&mut self) -> After {
        self.flush();
        let operands = self.operands();
        self.emit(<Unreachable as AnOp>::CODE, &operands);
        self.keep(operands);
        After::Dead
    }
}

/// Whether what follows an instruction can be reached.
#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    /// It can.
    Live,
    /// It can't.
    Dead,
}
