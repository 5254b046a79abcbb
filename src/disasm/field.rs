//! What stands around the functions: types, imports, tables, memories, tags, globals, exports, the
//! start function and segments. Spec: text/modules

use std::collections::HashMap;
use std::fmt::{self, Write};

use super::instruction::text;
use super::{Line, label, quoted, readable};
use crate::decoder::{body, names};
use crate::wasm::module::{
    ConstExpr, DataMode, Elem, ElemItems, ElemMode, ExportDesc, Import, ImportDesc, NameSpace,
};
use crate::wasm::types::{
    AddrType, CompositeType, FieldType, GlobalType, StorageType, SubType, TableType,
};
use crate::wasm::{FuncIdx, FuncType, GlobalIdx, Index, MemIdx, Module, TableIdx, TagIdx, ValType};

/// Bytes of a data segment that are shown, and elements of an element segment.
const SHOWN_BYTES: usize = 64;
const SHOWN_ELEMS: usize = 16;

/// The lines before the functions.
pub fn before_code(module: &Module) -> Vec<Line> {
    let name = module.names.module.as_deref();
    let name = name.map(|name| format!(" (;{};)", readable(name))).unwrap_or_default();
    let mut lines = vec![Line::new(None, 0, format_args!("(module{name}"))];
    types(module, &mut lines);
    imports(module, &mut lines);
    definitions(module, &mut lines);
    for export in &module.exports {
        let what = match export.desc {
            ExportDesc::Func(func) => format!("(func {func})"),
            ExportDesc::Table(table) => format!("(table {table})"),
            ExportDesc::Memory(memory) => format!("(memory {memory})"),
            ExportDesc::Global(global) => format!("(global {global})"),
            ExportDesc::Tag(tag) => format!("(tag {tag})"),
        };
        let name = quoted(export.name.as_bytes());
        lines.push(Line::new(export.offset, 1, format_args!("(export {name} {what})")));
    }
    if let Some(start) = module.start {
        lines.push(Line::new(start.offset, 1, format_args!("(start {})", start.func)));
    }
    let elems = Labels::new(module, NameSpace::Elem);
    for (index, elem) in module.elems.enumerate() {
        let text = format!("(elem {} {})", elems.of(index), elem_text(module, elem));
        lines.push(Line::new(elem.offset, 1, text));
    }
    lines
}

/// The lines after the functions.
pub fn after_code(module: &Module) -> Vec<Line> {
    let mut lines = Vec::new();
    let datas = Labels::new(module, NameSpace::Data);
    for (index, data) in module.datas.enumerate() {
        let mut text = format!("(data {}", datas.of(index));
        if let DataMode::Active { memory, offset } = &data.mode {
            if *memory != MemIdx(0) {
                push(&mut text, format_args!(" (memory {memory})"));
            }
            push(&mut text, format_args!(" (offset {})", expr(module, offset)));
        }
        let bytes = module.bytes.get(data.bytes.clone()).unwrap_or(&[]);
        let shown = &bytes[..bytes.len().min(SHOWN_BYTES)];
        push(&mut text, format_args!(" {}{})", quoted(shown), rest(bytes.len(), shown.len())));
        lines.push(Line::new(data.offset, 1, text));
    }
    lines.push(Line::new(None, 0, ")"));
    lines
}

fn push(text: &mut String, what: fmt::Arguments<'_>) {
    // Writing to a string can't fail.
    let _ = text.write_fmt(what);
}

/// A comment that tells how much is not shown.
fn rest(all: usize, shown: usize) -> String {
    match all - shown {
        0 => String::new(),
        more => format!(" (;and {more} more;)"),
    }
}

/// The labels of an index space: indices, with names where the name section has some.
struct Labels<'m>(HashMap<u32, &'m str>);

impl<'m> Labels<'m> {
    fn new(module: &'m Module, space: NameSpace) -> Self {
        Self(names::of(module, space).collect())
    }

    fn of(&self, index: impl Index) -> String {
        let index = index.to_usize();
        let named = u32::try_from(index).ok().and_then(|index| self.0.get(&index));
        label(index, named.copied())
    }
}

/// The definitions, those of a recursion group of several in `(rec`.
fn types(module: &Module, lines: &mut Vec<Line>) {
    let labels = Labels::new(module, NameSpace::Type);
    for group in &module.rec_groups {
        let in_group = group.len() != 1;
        if in_group {
            lines.push(Line::new(None, 1, "(rec"));
        }
        let depth = 1 + usize::from(in_group);
        let types = module.types.enumerate().skip(group.start as usize).take(group.len());
        for (index, ty) in types {
            let text = format!("(type {} {})", labels.of(index), definition(ty));
            lines.push(Line::new(None, depth, text));
        }
        if in_group {
            lines.push(Line::new(None, 1, ")"));
        }
    }
}

fn definition(ty: &SubType) -> String {
    let composite = match &ty.composite {
        CompositeType::Func(ty) => format!("(func{})", signature(ty)),
        CompositeType::Struct(fields) => {
            let fields = fields.iter().map(|field| format!(" (field {})", field_type(*field)));
            format!("(struct{})", fields.collect::<String>())
        }
        CompositeType::Array(elements) => format!("(array {})", field_type(*elements)),
    };
    if ty.is_final && ty.supertypes.is_empty() {
        return composite;
    }
    let last = if ty.is_final { " final" } else { "" };
    let supertypes = ty.supertypes.iter().map(|ty| format!(" {ty}")).collect::<String>();
    format!("(sub{last}{supertypes} {composite})")
}

/// ` (param i64 i32) (result f32)`, without what is empty.
pub(super) fn signature(ty: &FuncType) -> String {
    let list = |name: &str, types: &[ValType]| match types {
        [] => String::new(),
        types => {
            let types = types.iter().map(|ty| format!(" {ty}")).collect::<String>();
            format!(" ({name}{types})")
        }
    };
    list("param", &ty.params) + &list("result", &ty.results)
}

fn field_type(field: FieldType) -> String {
    let storage = match field.storage {
        StorageType::I8 => "i8".to_owned(),
        StorageType::I16 => "i16".to_owned(),
        StorageType::Val(ty) => ty.to_string(),
    };
    if field.mutable { format!("(mut {storage})") } else { storage }
}

/// The imports; each kind counts its own indices.
fn imports(module: &Module, lines: &mut Vec<Line>) {
    let [mut funcs, mut tables, mut memories, mut globals, mut tags] = [0; 5];
    let labels = |space| Labels::new(module, space);
    let (of_tables, of_memories) = (labels(NameSpace::Table), labels(NameSpace::Memory));
    let (of_globals, of_tags) = (labels(NameSpace::Global), labels(NameSpace::Tag));
    for Import { module: from, name, desc, offset } in &module.imports {
        let what = match desc {
            ImportDesc::Func(ty) => {
                let func = FuncIdx(next(&mut funcs));
                format!("(func {} (type {ty}))", label(func, module.func_name(func)))
            }
            ImportDesc::Table(ty) => {
                format!("(table {} {})", of_tables.of(TableIdx(next(&mut tables))), table_type(*ty))
            }
            ImportDesc::Memory(ty) => {
                format!("(memory {} {})", of_memories.of(MemIdx(next(&mut memories))), ty)
            }
            ImportDesc::Global(ty) => {
                format!(
                    "(global {} {})",
                    of_globals.of(GlobalIdx(next(&mut globals))),
                    global_type(*ty)
                )
            }
            ImportDesc::Tag(ty) => {
                format!("(tag {} (type {ty}))", of_tags.of(TagIdx(next(&mut tags))))
            }
        };
        let (from, name) = (quoted(from.as_bytes()), quoted(name.as_bytes()));
        lines.push(Line::new(*offset, 1, format_args!("(import {from} {name} {what})")));
    }
}

/// The next index of a space.
fn next(index: &mut u32) -> u32 {
    *index += 1;
    *index - 1
}

/// Tables, memories, tags and globals that are not imported.
fn definitions(module: &Module, lines: &mut Vec<Line>) {
    let labels = |space| Labels::new(module, space);
    let imported = |is: fn(&ImportDesc) -> bool| {
        module.imports.iter().filter(|import| is(&import.desc)).count()
    };
    let tables = imported(|desc| matches!(desc, ImportDesc::Table(_)));
    let names = labels(NameSpace::Table);
    for (index, table) in module.tables.enumerate().skip(tables) {
        let init = table.init.as_ref().map(|init| format!(" {}", expr(module, init)));
        let (ty, init) = (table_type(table.ty), init.unwrap_or_default());
        let text = format!("(table {} {ty}{init})", names.of(index));
        lines.push(Line::new(table.offset, 1, text));
    }
    let memories = imported(|desc| matches!(desc, ImportDesc::Memory(_)));
    let names = labels(NameSpace::Memory);
    for (index, ty) in module.memories.enumerate().skip(memories) {
        let text = format!("(memory {} {})", names.of(index), ty);
        lines.push(Line::new(None, 1, text));
    }
    let tags = imported(|desc| matches!(desc, ImportDesc::Tag(_)));
    let names = labels(NameSpace::Tag);
    for (index, ty) in module.tags.enumerate().skip(tags) {
        let text = format!("(tag {} (type {ty}))", names.of(index));
        lines.push(Line::new(None, 1, text));
    }
    let names = labels(NameSpace::Global);
    for (index, global) in module.globals.enumerate() {
        if let Some(init) = &global.init {
            let (ty, init) = (global_type(global.ty), expr(module, init));
            let text = format!("(global {} {ty} {init})", names.of(index));
            lines.push(Line::new(global.offset, 1, text));
        }
    }
}

fn table_type(ty: TableType) -> String {
    format!("{}{} {}", addr_type(ty.addr), ty.limits, ty.element)
}

const fn addr_type(ty: AddrType) -> &'static str {
    match ty {
        AddrType::I32 => "",
        AddrType::I64 => "i64 ",
    }
}

fn global_type(ty: GlobalType) -> String {
    if ty.mutable { format!("(mut {})", ty.content) } else { ty.content.to_string() }
}

/// A constant expression, without its `end`.
fn expr(module: &Module, expr: &ConstExpr) -> String {
    let mut instrs: Vec<_> = body::expr(module, expr)
        .map(|instr| match instr {
            Ok((_, instr)) => text(module, instr),
            Err(error) => format!("(;malformed: {error};)"),
        })
        .collect();
    instrs.pop_if(|last| last == "end");
    instrs.join(" ")
}

/// When it is written, the type, and the first elements.
fn elem_text(module: &Module, elem: &Elem) -> String {
    let mut text = match &elem.mode {
        ElemMode::Passive => String::new(),
        ElemMode::Declarative => "declare ".to_owned(),
        ElemMode::Active { table: TableIdx(0), offset } => {
            format!("(offset {}) ", expr(module, offset))
        }
        ElemMode::Active { table, offset } => {
            format!("(table {table}) (offset {}) ", expr(module, offset))
        }
    };
    match &elem.items {
        ElemItems::Funcs(funcs) => {
            text.push_str("func");
            let shown = funcs.iter().take(SHOWN_ELEMS);
            shown.for_each(|func| push(&mut text, format_args!(" {func}")));
        }
        ElemItems::Exprs(exprs) => {
            push(&mut text, format_args!("{}", elem.ty));
            for item in exprs.iter().take(SHOWN_ELEMS) {
                push(&mut text, format_args!(" (item {})", expr(module, item)));
            }
        }
    }
    text + &rest(elem.items.len(), elem.items.len().min(SHOWN_ELEMS))
}
