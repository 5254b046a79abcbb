//! A function as text: its type, its locals, its instructions indented by block.

use super::instruction::text;
use super::{Line, field, label, readable};
use crate::decoder::body::{self, Instrs};
use crate::decoder::{hints, names};
use crate::wasm::module::BranchHint;
use crate::wasm::{CompositeType, FuncIdx, FuncType, Instr, Module, Op};

/// The depth at which instructions of a function begin: inside `(module` and `(func`.
const BODY: usize = 2;

/// The lines of a function. One that is imported has none: its import says it all.
pub fn function(module: &Module, func: FuncIdx) -> impl Iterator<Item = Line> {
    let mut lines = Vec::new();
    let mut instrs = None;
    if let Some(body) = module.body(func) {
        lines.push(head(module, func, body.range.start));
        lines.extend(local_names(module, func));
        let params = func_type(module, func).map_or(0, |ty| ty.params.len());
        let locals = body::locals(module, body, params);
        for (count, ty) in locals.clone().flatten() {
            let types = vec![ty.to_string(); count as usize].join(" ");
            lines.push(Line::new(None, BODY, format_args!("(local {types})")));
        }
        match locals.instrs() {
            Ok(found) => instrs = Some(found),
            Err(error) => lines.push(malformed(error.offset(), BODY, &error)),
        }
    }
    lines.into_iter().chain(instrs.into_iter().flat_map(|instrs| Lines::new(module, instrs)))
}

fn malformed(offset: usize, depth: usize, error: &dyn std::fmt::Display) -> Line {
    Line::new(offset, depth, format_args!(";; malformed: {error}"))
}

/// `(func (;1 fac;) (type 0) (param i64) (result i64)`
fn head(module: &Module, func: FuncIdx, offset: usize) -> Line {
    let ty = func_type(module, func).map(field::signature).unwrap_or_default();
    let index = module.funcs[func];
    let label = label(func, module.func_name(func));
    Line::new(offset, 1, format_args!("(func {label} (type {index}){ty}"))
}

/// The names of parameters and locals, as a comment: `(;local 0 n, 1 sum;)`.
fn local_names(module: &Module, func: FuncIdx) -> Option<Line> {
    let named = names::of_locals(module, func);
    let named: Vec<_> = named.map(|(local, name)| format!("{local} {}", readable(name))).collect();
    let text = format!("(;local {};)", named.join(", "));
    (!named.is_empty()).then(|| Line::new(None, BODY, text))
}

/// The type of a function; none in a module that is not valid.
fn func_type(module: &Module, func: FuncIdx) -> Option<&FuncType> {
    match &module.types.get(*module.funcs.get(func)?)?.composite {
        CompositeType::Func(ty) => Some(ty),
        CompositeType::Struct(_) | CompositeType::Array(_) => None,
    }
}

/// The lines of a body's instructions.
struct Lines<'m> {
    module: &'m Module,
    instrs: Instrs<'m>,
    depth: usize,
}

impl<'m> Lines<'m> {
    fn new(module: &'m Module, instrs: Instrs<'m>) -> Self {
        Self { module, instrs, depth: BODY }
    }

    fn line(&mut self, offset: usize, instr: Instr) -> Line {
        let op = instr.op();
        if op == Op::End {
            self.depth -= 1;
        }
        let depth = self.depth - usize::from(op == Op::Else && self.depth > BODY);
        if matches!(op, Op::Block | Op::Loop | Op::If | Op::TryTable) {
            self.depth += 1;
        }
        match depth < BODY {
            // The `end` of the body.
            true => Line::new(offset, depth, ")"),
            false => {
                let hint = hints::at(self.module, offset).map_or("", annotation);
                Line::new(offset, depth, format_args!("{hint}{}", text(self.module, instr)))
            }
        }
    }
}

/// What stands before a hinted branch. Spec: appendix/custom#code-metadata
const fn annotation(hint: BranchHint) -> &'static str {
    match hint {
        BranchHint::Unlikely => "(@metadata.code.branch_hint \"\\00\") ",
        BranchHint::Likely => "(@metadata.code.branch_hint \"\\01\") ",
    }
}

impl Iterator for Lines<'_> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        Some(match self.instrs.next()? {
            Ok((offset, instr)) => self.line(offset, instr),
            Err(error) => malformed(error.offset(), self.depth, &error),
        })
    }
}
