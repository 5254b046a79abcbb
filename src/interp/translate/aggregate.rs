//! Structures, arrays, `i31`, casts. New objects and operations on many elements take their
//! operands from slots; what comes out is in the accumulator.
//!
//! Spec: exec/instructions#aggregate-reference-instructions, <https://github.com/WebAssembly/gc>

use super::operand::{Place, Source};
use super::pick::object::{self, Null, Sign, Wanted};
use super::{After, Class, Operands, Translator, pick};
use crate::interp::code::slots_of;
use crate::interp::heap::types::{Field, Layout};
use crate::interp::machine::aggregate::{InArray, InStruct, VectorGet, VectorSet};
use crate::interp::machine::build::{
    ArrayCopy, ArrayFill, ArrayInitData, ArrayInitElem, ArrayNew, ArrayNewData, ArrayNewDefault,
    ArrayNewElem, ArrayNewFixed, Build, BuildOp, StructNewDefault, StructNewMany,
};
use crate::interp::machine::cast::Abstract;
use crate::interp::machine::{Handler, Op as AnOp, OpCode};
use crate::wasm::{
    AbsHeapType, CompositeType, FieldIdx, HeapType, Index, Instr, LabelIdx, Op, RefType, TypeIdx,
    ValType,
};

impl Translator<'_> {
    /// Translates an instruction of the family; none when it is of another.
    pub(super) fn aggregate(&mut self, instr: Instr) -> Option<After> {
        use {Null::Fails, Null::Passes, Sign::Signed, Sign::Unsigned};
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "other families have files of their own"
        )]
        match instr {
            Instr::RefEq => self.numeric(Op::I64Eq),
            Instr::StructNew { ty } => self.struct_new(ty),
            Instr::StructNewDefault { ty } => self.build::<StructNewDefault>(ty, 0, 0),
            Instr::StructGet { ty, field } | Instr::StructGetU { ty, field } => {
                self.struct_get(ty, field, Unsigned);
            }
            Instr::StructGetS { ty, field } => self.struct_get(ty, field, Signed),
            Instr::StructSet { ty, field } => self.struct_set(ty, field),
            Instr::ArrayNew { ty } => {
                self.build::<ArrayNew>(ty, slots_of(self.element_type(ty)), 2);
            }
            Instr::ArrayNewDefault { ty } => self.build::<ArrayNewDefault>(ty, 0, 1),
            Instr::ArrayNewFixed { ty, count } => self.build::<ArrayNewFixed>(ty, count, count),
            Instr::ArrayNewData { ty, data } => self.build::<ArrayNewData>(ty, data.0, 2),
            Instr::ArrayNewElem { ty, elem } => self.build::<ArrayNewElem>(ty, elem.0, 2),
            Instr::ArrayGet { ty } | Instr::ArrayGetU { ty } => self.array_get(ty, Unsigned),
            Instr::ArrayGetS { ty } => self.array_get(ty, Signed),
            Instr::ArraySet { ty } => self.array_set(ty),
            Instr::ArrayLen => self.of_reference(object::array_len),
            Instr::ArrayFill { ty } => {
                let wide = slots_of(self.element_type(ty));
                self.bulk_of::<ArrayFill>(self.canonical(ty), wide, 4);
            }
            Instr::ArrayCopy { to, .. } => self.bulk_of::<ArrayCopy>(self.canonical(to), 0, 5),
            Instr::ArrayInitData { data, .. } => self.bulk_of::<ArrayInitData>(0, data.0, 4),
            Instr::ArrayInitElem { elem, .. } => self.bulk_of::<ArrayInitElem>(0, elem.0, 4),
            Instr::RefTest { heap } => self.ref_test(heap, Fails),
            Instr::RefTestNull { heap } => self.ref_test(heap, Passes),
            Instr::RefCast { heap } => self.ref_cast(heap, Fails),
            Instr::RefCastNull { heap } => self.ref_cast(heap, Passes),
            Instr::BrOnCast { nulls, label, to, .. } => {
                self.br_on_cast(label, to, if nulls.to { Passes } else { Fails }, true);
            }
            Instr::BrOnCastFail { nulls, label, to, .. } => {
                self.br_on_cast(label, to, if nulls.to { Passes } else { Fails }, false);
            }
            Instr::AnyConvertExtern => self.becomes(AbsHeapType::Any),
            Instr::ExternConvertAny => self.becomes(AbsHeapType::Extern),
            Instr::RefI31 => self.ref_i31(),
            Instr::I31GetS => self.of_reference(|x| object::i31_get(x, Signed)),
            Instr::I31GetU => self.of_reference(|x| object::i31_get(x, Unsigned)),
            _ => return None,
        }
        Some(After::Live)
    }

    fn canonical(&self, ty: TypeIdx) -> u32 {
        self.module.type_ids[ty.to_usize()].0
    }

    /// The type that elements of an array have on the stack.
    fn element_type(&self, ty: TypeIdx) -> ValType {
        match &self.wasm.types[ty].composite {
            CompositeType::Array(element) => element.storage.unpacked(),
            CompositeType::Func(_) | CompositeType::Struct(_) => {
                unreachable!("validated: the type is one of arrays")
            }
        }
    }

    /// A field: its place, what it holds, and its type on the stack.
    fn field(&self, ty: TypeIdx, field: FieldIdx) -> (u32, Field, ValType) {
        match (&self.module.heap_type(ty).layout, &self.wasm.types[ty].composite) {
            (Layout::Struct(layout), CompositeType::Struct(fields)) => {
                let (at, holds) = layout.fields[field.to_usize()];
                (at, holds, fields[field.to_usize()].storage.unpacked())
            }
            _ => unreachable!("validated: the type is one of structures"),
        }
    }

    fn element(&self, ty: TypeIdx) -> Field {
        match self.module.heap_type(ty).layout {
            Layout::Array(element) => element,
            Layout::Struct(_) => unreachable!("validated: the type is one of arrays"),
        }
    }

    // ---- new objects

    fn struct_new(&mut self, ty: TypeIdx) {
        let Layout::Struct(layout) = &self.module.heap_type(ty).layout else { return };
        let (count, size) = (layout.fields.len(), layout.size);
        match object::struct_new(&layout.fields) {
            Some(op) => self.build_by(op, ty, size, count),
            None => self.build::<StructNewMany>(ty, 0, count as u32),
        }
    }

    fn build<O: BuildOp>(&mut self, ty: TypeIdx, b: u32, count: u32) {
        let op = if self.metered {
            <Build<O, true> as Handler>::CODE
        } else {
            <Build<O, false> as Handler>::CODE
        };
        self.build_by(op, ty, b, count as usize);
    }

    /// A new object from the topmost operands.
    fn build_by(&mut self, op: OpCode, ty: TypeIdx, b: u32, count: usize) {
        self.settle_top(count);
        self.spill_acc(None);
        self.note_references();
        let first = self.stack.len() - count;
        let slot = self.stack.get(first).map_or_else(|| self.next_home(), |value| value.home);
        let mut operands = self.operands();
        operands.u32(self.canonical(ty)).u32(b).i32(slot);
        self.emit_jump(op, &operands);
        self.keep(operands);
        self.copies = [None; 3];
        self.truncate(first);
        self.push_acc(ValType::Ref(RefType::non_null(HeapType::Concrete(ty))));
    }

    // ---- fields and elements

    fn struct_get(&mut self, ty: TypeIdx, field: FieldIdx, sign: Sign) {
        let (at, holds, ty) = self.field(ty, field);
        if holds == Field::W128 {
            return self.vector(<VectorGet<InStruct> as AnOp>::CODE, at, 1, Some(ty));
        }
        let x = self.pop_reference();
        let mut operands = self.operands();
        operands.u32(at).source64(x);
        self.read(operands, ty, |dest| object::struct_get(holds, sign, x.kind(), dest));
    }

    fn array_get(&mut self, ty: TypeIdx, sign: Sign) {
        let (holds, ty) = (self.element(ty), self.element_type(ty));
        if holds == Field::W128 {
            return self.vector(<VectorGet<InArray> as AnOp>::CODE, 0, 2, Some(ty));
        }
        let [x, i] = self.pop();
        let home = self.next_home();
        let x = self.kept(x, home, Class::Int);
        let i = self.kept(i, home + 1, Class::Int);
        let mut operands = self.operands();
        operands.source64(x).source32(i);
        self.read(operands, ty, |dest| object::array_get(holds, sign, x.kind(), i.kind(), dest));
    }

    /// Emits an op that reads a field: to the accumulator, or as bits to a home.
    fn read(&mut self, mut operands: Operands, ty: ValType, op: impl Fn(pick::Kind) -> OpCode) {
        if Class::of(ty) == Class::Int {
            self.spill_acc(Some(Class::Int));
            self.emit(op(pick::Kind::Acc), &operands);
            self.keep(operands);
            return self.push_acc(ty);
        }
        let home = self.next_home();
        let (near, far) = self.near(home);
        operands.slot(near);
        self.emit(op(pick::Kind::Home), &operands);
        self.keep(operands);
        self.store_near(far, Class::of(ty));
        self.forget(home);
        self.push(Place::Home, ty);
    }

    fn struct_set(&mut self, ty: TypeIdx, field: FieldIdx) {
        let (at, holds, ty) = self.field(ty, field);
        if holds == Field::W128 {
            return self.vector(<VectorSet<InStruct> as AnOp>::CODE, at, 2, None);
        }
        let [x, y] = self.pop();
        let home = self.next_home();
        let x = self.kept(x, home, Class::Int);
        let y = self.kept(y, home + 1, Class::of(ty));
        let mut operands = self.operands();
        operands.u32(at).source64(x).source64(y);
        self.emit(object::struct_set(holds, x.kind(), y.kind()), &operands);
        self.keep(operands);
    }

    fn array_set(&mut self, ty: TypeIdx) {
        let (holds, ty) = (self.element(ty), self.element_type(ty));
        if holds == Field::W128 {
            return self.vector(<VectorSet<InArray> as AnOp>::CODE, 0, 3, None);
        }
        let [x, i, y] = self.pop();
        let home = self.next_home();
        let x = self.in_slot(x, home, Class::Int);
        let i = self.kept(i, home + 1, Class::Int);
        let y = self.kept(y, home + 2, Class::of(ty));
        let mut operands = self.operands();
        operands.source64(x).source32(i).source64(y);
        self.emit(object::array_set(holds, i.kind(), y.kind()), &operands);
        self.keep(operands);
    }

    /// A constant and a float in a register go to a slot: the ops have no such operands.
    fn kept(&mut self, source: Source, home: i32, class: Class) -> Source {
        match source {
            Source::Const(_) | Source::F0 | Source::F1 => self.in_slot(source, home, class),
            Source::Acc if class == Class::Float => self.in_slot(source, home, class),
            Source::L0 | Source::L1 | Source::Acc | Source::Slot(_) => source,
        }
    }

    /// A vector's field or element: operands and result are in slots.
    fn vector(&mut self, op: OpCode, at: u32, count: usize, gives: Option<ValType>) {
        self.settle_top(count);
        self.spill_acc(None);
        let first = self.stack.len() - count;
        let slot = self.stack[first].home;
        let mut operands = self.operands();
        operands.u32(at).i32(slot);
        self.emit(op, &operands);
        self.keep(operands);
        self.copies = [None; 3];
        self.truncate(first);
        if let Some(ty) = gives {
            self.push(Place::Home, ty);
        }
    }

    /// An op of one reference that gives an i32.
    fn of_reference(&mut self, op: impl Fn(pick::Kind) -> OpCode) {
        let x = self.pop_reference();
        self.spill_acc(Some(Class::Int));
        let mut operands = self.operands();
        operands.source64(x);
        self.emit(op(x.kind()), &operands);
        self.keep(operands);
        self.push_acc(ValType::I32);
    }

    fn ref_i31(&mut self) {
        let [x] = self.pop();
        let home = self.next_home();
        let x = self.kept(x, home, Class::Int);
        self.spill_acc(Some(Class::Int));
        let mut operands = self.operands();
        operands.source32(x);
        self.emit(object::ref_i31(x.kind()), &operands);
        self.keep(operands);
        self.push_acc(ValType::Ref(RefType::non_null(HeapType::Abstract(AbsHeapType::I31))));
    }

    /// The same bits as another kind of reference.
    fn becomes(&mut self, heap: AbsHeapType) {
        if let Some(top) = self.stack.last_mut() {
            top.ty = ValType::Ref(RefType::nullable(HeapType::Abstract(heap)));
        }
    }

    // ---- casts

    /// What an op that tests for a heap type looks for.
    fn target(&self, heap: HeapType) -> (Wanted, u32, u32) {
        const INTERNAL: u32 = Abstract::I31 | Abstract::STRUCT | Abstract::ARRAY;
        let set = |bits| (Wanted::Set, bits, 0);
        match heap {
            HeapType::Concrete(ty) => match &self.wasm.types[ty].composite {
                CompositeType::Func(_) => {
                    let depth = self.module.func_shape(ty).supertypes.len();
                    (Wanted::Functions, self.canonical(ty), depth as u32)
                }
                CompositeType::Struct(_) | CompositeType::Array(_) => {
                    let depth = self.module.heap_type(ty).depth();
                    (Wanted::Objects, self.canonical(ty), depth)
                }
            },
            HeapType::Abstract(heap) => match heap {
                AbsHeapType::Any => set(INTERNAL | Abstract::OTHER),
                AbsHeapType::Eq => set(INTERNAL),
                AbsHeapType::I31 => set(Abstract::I31),
                AbsHeapType::Struct => set(Abstract::STRUCT),
                AbsHeapType::Array => set(Abstract::ARRAY),
                AbsHeapType::Func | AbsHeapType::Extern | AbsHeapType::Exn => set(Abstract::OTHER),
                AbsHeapType::None
                | AbsHeapType::NoFunc
                | AbsHeapType::NoExtern
                | AbsHeapType::NoExn => set(0),
            },
        }
    }

    fn ref_test(&mut self, heap: HeapType, null: Null) {
        let x = self.pop_reference();
        self.spill_acc(Some(Class::Int));
        self.test(x, heap, null);
        self.push_acc(ValType::I32);
    }

    /// Emits a test; its result is in the accumulator.
    fn test(&mut self, x: Source, heap: HeapType, null: Null) {
        let (wanted, a, b) = self.target(heap);
        let mut operands = self.operands();
        operands.u32(a).u32(b).source64(x);
        self.emit(object::ref_test(x.kind(), wanted, null), &operands);
        self.keep(operands);
    }

    fn ref_cast(&mut self, heap: HeapType, null: Null) {
        let x = self.pop_reference();
        self.spill_acc(Some(Class::Int));
        let (wanted, a, b) = self.target(heap);
        let mut operands = self.operands();
        operands.u32(a).u32(b).source64(x);
        self.emit(object::ref_cast(x.kind(), wanted, null), &operands);
        self.keep(operands);
        self.push_acc(ValType::Ref(RefType::nullable(heap)));
    }

    /// Branches with the reference when it is one (`holds`), or isn't; it stays as it is.
    fn br_on_cast(&mut self, label: LabelIdx, heap: HeapType, null: Null, holds: bool) {
        self.settle_top(1);
        self.spill_acc(None);
        self.gather(label);
        let home = self.stack[self.stack.len() - 1].home;
        let x = self.slot(home, Class::Int);
        self.test(x, heap, null);
        self.copies = [None; 3];
        self.branch_on_test(label, Source::Acc, holds);
    }
}
