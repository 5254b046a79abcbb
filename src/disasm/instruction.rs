//! An instruction as text. Most print as the table has them; here are those whose immediates
//! stand elsewhere in the binary, or that the text format writes in another order.
//! Spec: text/instructions

use std::fmt::Write;

use super::readable;
use crate::decoder::body;
use crate::wasm::{
    CastNulls, Catch, FuncIdx, HeapType, Instr, LabelIdx, MemIdx, Module, RefType, TableIdx,
};

/// The text of an instruction of this module.
pub(super) fn text(module: &Module, instr: Instr) -> String {
    let name = instr.op().name();
    #[expect(clippy::wildcard_enum_match_arm, reason = "all others print as the table has them")]
    match instr {
        Instr::Call { func } | Instr::ReturnCall { func } | Instr::RefFunc { func } => {
            format!("{name} {func}{}", comment(module, func))
        }
        Instr::CallIndirect { ty, table } | Instr::ReturnCallIndirect { ty, table } => {
            match table {
                TableIdx(0) => format!("{name} (type {ty})"),
                table => format!("{name} {table} (type {ty})"),
            }
        }
        Instr::BrTable { labels } => {
            let mut text = name.to_owned();
            for label in body::labels(module, labels).chain([labels.default]) {
                append(&mut text, label);
            }
            text
        }
        Instr::SelectTyped { types } => {
            let mut text = format!("{name} (result");
            body::types(module, types).for_each(|ty| append(&mut text, ty));
            text + ")"
        }
        Instr::TryTable { ty, catches } => {
            let mut text = format!("{name} {ty}").trim_end().to_owned();
            body::catches(module, catches).for_each(|catch: Catch| append(&mut text, catch));
            text
        }
        Instr::BrOnCast { nulls, label, from, to }
        | Instr::BrOnCastFail { nulls, label, from, to } => cast(name, label, nulls, from, to),
        Instr::RefTest { heap } => format!("ref.test {}", reference(RefType::non_null(heap))),
        Instr::RefTestNull { heap } => format!("ref.test {}", reference(RefType::nullable(heap))),
        Instr::RefCast { heap } => format!("ref.cast {}", reference(RefType::non_null(heap))),
        Instr::RefCastNull { heap } => format!("ref.cast {}", reference(RefType::nullable(heap))),
        Instr::MemoryInit { data, memory: MemIdx(0) } => format!("{name} {data}"),
        Instr::MemoryInit { data, memory } => format!("{name} {memory} {data}"),
        Instr::TableInit { elem, table: TableIdx(0) } => format!("{name} {elem}"),
        Instr::TableInit { elem, table } => format!("{name} {table} {elem}"),
        other => other.to_string(),
    }
}

fn append(text: &mut String, what: impl std::fmt::Display) {
    // Writing to a string can't fail.
    let _ = write!(text, " {what}");
}

/// The name of a function, when it has one, as a comment.
fn comment(module: &Module, func: FuncIdx) -> String {
    module.func_name(func).map(|name| format!(" (;{};)", readable(name))).unwrap_or_default()
}

fn cast(name: &str, label: LabelIdx, nulls: CastNulls, from: HeapType, to: HeapType) -> String {
    let (from, to) = (nulls.from_type(from), nulls.to_type(to));
    format!("{name} {label} {} {}", reference(from), reference(to))
}

/// A reference type in its long form.
fn reference(ty: RefType) -> String {
    format!("(ref {}{})", if ty.nullable { "null " } else { "" }, ty.heap)
}
