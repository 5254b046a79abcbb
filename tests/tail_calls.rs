//! Reads the release binary: each handler of the threaded machine ends in a jump.
//!
//! A handler that calls its successor instead, or that keeps something on the native stack when it
//! jumps, costs stack with every op. Neither shows in a result; so every path of every handler is
//! followed here, instruction by instruction.
//!
//! The binary is that of `TAIL_CALL_BINARY`, or the release build where cargo puts it.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::{env, fs};

use iced_x86::{
    Code, Decoder, DecoderOptions, FlowControl, Instruction, Mnemonic, OpKind, Register,
};
use object::{
    Object, ObjectSection, ObjectSymbol, ObjectSymbolTable, RelocationTarget, SectionKind,
    SymbolKind,
};

const HANDLER: &str = "serverless_wasm::interp::machine::threaded::threaded";
const LEAVE: &str = "serverless_wasm::interp::machine::threaded::leave";
/// Fewer are not the machine: the symbols have other names, say.
const HANDLERS_AT_LEAST: usize = 1_000;

/// What a handler may call, and why.
const CALLEES: [(&str, &str); 11] = [
    ("serverless_wasm::interp::machine::call::call_host", "runs a host function"),
    ("serverless_wasm::interp::machine::build::build", "makes an object of any size"),
    ("serverless_wasm::interp::machine::memory::bulk", "a loop, paid for in chunks"),
    (
        "serverless_wasm::interp::numeric::simd::relaxed::fused32",
        "software, on a processor without the instruction",
    ),
    (
        "serverless_wasm::interp::numeric::simd::relaxed::fused64",
        "software, on a processor without the instruction",
    ),
    ("serverless_wasm::interp::store::bulk::memory_grow", "asks the system for pages"),
    ("serverless_wasm::interp::store::bulk::memory_notify", "wakes other threads"),
    ("serverless_wasm::interp::store::bulk::table_grow", "allocates"),
    ("serverless_wasm::interp::store::bulk::data_drop", "frees"),
    ("serverless_wasm::interp::store::bulk::elem_drop", "frees"),
    (
        "serverless_wasm::interp::store::create::func_ref",
        "makes the function at its first reference",
    ),
];

#[test]
fn every_path_of_every_handler_ends_in_a_jump() {
    let Some(path) = binary() else {
        println!("skipped: no release binary");
        return;
    };
    let bytes = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let binary = Binary::parse(&bytes);
    let handlers: Vec<u64> = binary.functions_named(HANDLER).collect();
    assert!(handlers.len() >= HANDLERS_AT_LEAST, "only {} handlers found", handlers.len());

    let (mut complaints, mut on_stack) = (Vec::new(), 0);
    for &handler in &handlers {
        let mut walk = Walk::new(&binary, handler);
        walk.run();
        on_stack += usize::from(walk.deepest > 0);
        complaints.append(&mut walk.complaints);
    }
    println!("{} handlers, {on_stack} of them use the native stack", handlers.len());
    let (count, path) = (complaints.len(), path.display());
    assert!(count == 0, "{count} complaints about {path}:\n{}", complaints.join("\n"));
}

/// The binary to read; none where nobody named one and none is built.
fn binary() -> Option<PathBuf> {
    if let Some(path) = env::var_os("TAIL_CALL_BINARY") {
        return Some(path.into());
    }
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/release/serverless-wasm");
    built.is_file().then_some(built)
}

/// A function's symbol.
struct Function {
    size: u64,
    /// All of them: functions with the same instructions may share an address.
    names: Vec<String>,
}

impl Function {
    fn is(&self, name: &str) -> bool {
        self.names.iter().any(|n| n == name)
    }
}

/// The binary's code, its functions, and what its pointers to functions hold once it is loaded.
struct Binary<'data> {
    code: Vec<(u64, &'data [u8])>,
    functions: BTreeMap<u64, Function>,
    local_pointers: HashMap<u64, u64>,
    imported_pointers: HashMap<u64, String>,
}

impl<'data> Binary<'data> {
    fn parse(bytes: &'data [u8]) -> Self {
        let file = object::File::parse(bytes).expect("an object file");
        let is_code = |section: &object::Section<'_, '_>| section.kind() == SectionKind::Text;
        let code = file
            .sections()
            .filter(is_code)
            .map(|section| (section.address(), section.data().expect("code is in the file")))
            .collect();
        let mut functions = BTreeMap::<u64, Function>::new();
        for symbol in file.symbols().filter(|s| s.kind() == SymbolKind::Text && s.is_definition()) {
            let name = path_of(symbol.name().expect("names are text"));
            let function = functions
                .entry(symbol.address())
                .or_insert_with(|| Function { size: 0, names: Vec::new() });
            function.size = function.size.max(symbol.size());
            function.names.push(name);
        }
        let (mut local_pointers, mut imported_pointers) = (HashMap::new(), HashMap::new());
        let imports = file.dynamic_symbol_table();
        for (at, relocation) in file.dynamic_relocations().into_iter().flatten() {
            if let RelocationTarget::Symbol(index) = relocation.target() {
                let symbol = imports.as_ref().and_then(|t| t.symbol_by_index(index).ok());
                let name = symbol.and_then(|s| s.name().ok().map(str::to_owned));
                imported_pointers.insert(at, name.expect("an import has a name"));
            } else {
                local_pointers.insert(at, relocation.addend().cast_unsigned());
            }
        }
        Self { code, functions, local_pointers, imported_pointers }
    }

    fn functions_named(&self, name: &str) -> impl Iterator<Item = u64> {
        let named = move |(&at, function): (&u64, &Function)| function.is(name).then_some(at);
        self.functions.iter().filter_map(named)
    }

    /// Whether the function that begins at `at` has this name.
    fn is_at(&self, at: u64, name: &str) -> bool {
        self.functions.get(&at).is_some_and(|function| function.is(name))
    }

    /// What stands at `at`, to be read.
    fn name_of(&self, at: u64) -> String {
        match self.functions.range(..=at).next_back() {
            Some((&start, f)) if start == at => f.names.join(" = "),
            Some((&start, f)) if at < start + f.size => format!("inside {}", f.names.join(" = ")),
            Some(_) | None => "no function".to_owned(),
        }
    }

    fn bytes_at(&self, at: u64) -> &'data [u8] {
        let section = self.code.iter().find_map(|&(start, code)| {
            let offset = usize::try_from(at.checked_sub(start)?).ok()?;
            code.get(offset..)
        });
        section.unwrap_or_default()
    }
}

/// The path that a symbol's name says: `_ZN5crate6module8function17h0123…E`, without the hash, and
/// without the type of an `impl`.
fn path_of(symbol: &str) -> String {
    let Some(mut rest) = symbol.strip_prefix("_ZN") else { return symbol.to_owned() };
    let mut parts = Vec::new();
    while let Some(end) = rest.find(|c: char| !c.is_ascii_digit()) {
        let Ok(length) = rest[..end].parse::<usize>() else { break };
        let Some(part) = rest.get(end..end + length) else { return symbol.to_owned() };
        if !part.starts_with("_$LT$impl$u20$") {
            parts.push(part);
        }
        rest = &rest[end + length..];
    }
    if parts.last().is_some_and(|hash| hash.len() == 17 && hash.starts_with('h')) {
        parts.pop();
    }
    // What follows the `E` tells a function's parts: `.cold`, say.
    format!("{}{}", parts.join("::"), rest.strip_prefix('E').unwrap_or(rest))
}

/// The way through one handler: each instruction once, with the bytes that are on the stack there.
struct Walk<'a> {
    binary: &'a Binary<'a>,
    handler: u64,
    seen: HashMap<u64, i64>,
    open: Vec<(u64, i64)>,
    deepest: i64,
    complaints: Vec<String>,
}

impl<'a> Walk<'a> {
    fn new(binary: &'a Binary<'a>, handler: u64) -> Self {
        let open = vec![(handler, 0)];
        Self { binary, handler, seen: HashMap::new(), open, deepest: 0, complaints: Vec::new() }
    }

    fn run(&mut self) {
        while let Some((at, depth)) = self.open.pop() {
            match self.seen.insert(at, depth) {
                None => self.step(at, depth),
                Some(before) if before == depth => {}
                Some(before) => self.complain(at, &format!("stack of {before} or {depth} bytes")),
            }
        }
    }

    fn complain(&mut self, at: u64, what: &str) {
        let symbol = &self.binary.functions[&self.handler].names[0];
        self.complaints.push(format!("{symbol} at {:#x}, {at:#x}: {what}", self.handler));
    }

    fn step(&mut self, at: u64, depth: i64) {
        let bytes = self.binary.bytes_at(at);
        let mut decoder = Decoder::with_ip(64, bytes, at, DecoderOptions::NONE);
        let instruction = decoder.decode();
        let next = instruction.next_ip();
        match instruction.flow_control() {
            FlowControl::Next => match stack_growth(&instruction) {
                Some(growth) => {
                    self.deepest = self.deepest.max(depth + growth);
                    self.open.push((next, depth + growth));
                    if is_jump_table(&instruction) {
                        self.complain(at, "a jump table, whose targets nobody follows");
                    }
                }
                None => self.complain(at, "the stack moves by what isn't a constant"),
            },
            FlowControl::UnconditionalBranch => {
                self.jump(at, instruction.near_branch_target(), depth);
            }
            FlowControl::ConditionalBranch => {
                self.jump(at, instruction.near_branch_target(), depth);
                self.open.push((next, depth));
            }
            FlowControl::IndirectBranch => {
                if instruction.is_ip_rel_memory_operand() {
                    let what = self.pointer(instruction.ip_rel_memory_address());
                    self.complain(at, &format!("jumps to {what}"));
                }
                self.leaves(at, depth);
            }
            FlowControl::Call => {
                let target = instruction.near_branch_target();
                self.call(at, target);
                self.open.push((next, depth));
            }
            FlowControl::IndirectCall => {
                match self.called_pointer(&instruction) {
                    Some(target) => self.call(at, target),
                    None if instruction.is_ip_rel_memory_operand() => {
                        let what = self.pointer(instruction.ip_rel_memory_address());
                        self.complain(at, &format!("calls {what}"));
                    }
                    None => self.complain(at, "calls what a register or the heap holds"),
                }
                self.open.push((next, depth));
            }
            FlowControl::Return => self.complain(at, "returns"),
            FlowControl::Interrupt | FlowControl::Exception | FlowControl::XbeginXabortXend => {
                self.complain(at, &format!("{:?}", instruction.code()));
            }
        }
    }

    /// A jump: within the handler (its cold part is a part of it), or away from it.
    fn jump(&mut self, at: u64, target: u64, depth: i64) {
        let function = self.binary.functions.range(..=target).next_back();
        let Some((&start, function)) = function.filter(|&(s, f)| target < s + f.size) else {
            return self.complain(at, "jumps to no function");
        };
        let is_part = function
            .names
            .iter()
            .any(|name| name.strip_prefix(HANDLER).is_some_and(|part| part.starts_with(".cold")));
        if start == self.handler || is_part {
            self.open.push((target, depth));
        } else if start == target && (function.is(LEAVE) || function.is(HANDLER)) {
            self.leaves(at, depth);
        } else {
            self.complain(at, &format!("jumps to {}", self.binary.name_of(target)));
        }
    }

    fn leaves(&mut self, at: u64, depth: i64) {
        if depth != 0 {
            self.complain(at, &format!("leaves {depth} bytes on the stack"));
        }
    }

    fn call(&mut self, at: u64, target: u64) {
        if !CALLEES.iter().any(|(name, _)| self.binary.is_at(target, name)) {
            self.complain(at, &format!("calls {}", self.binary.name_of(target)));
        }
    }

    /// The function that a call through a pointer at a fixed address reaches.
    fn called_pointer(&self, instruction: &Instruction) -> Option<u64> {
        let fixed = instruction.is_ip_rel_memory_operand();
        let at = fixed.then(|| instruction.ip_rel_memory_address())?;
        self.binary.local_pointers.get(&at).copied()
    }

    fn pointer(&self, at: u64) -> String {
        match (self.binary.local_pointers.get(&at), self.binary.imported_pointers.get(&at)) {
            (Some(&target), _) => self.binary.name_of(target),
            (None, Some(name)) => name.clone(),
            (None, None) => format!("what {at:#x} holds"),
        }
    }
}

/// By how many bytes the stack grows; none when that isn't a constant.
#[expect(clippy::wildcard_enum_match_arm, reason = "all other instructions of a processor")]
fn stack_growth(instruction: &Instruction) -> Option<i64> {
    let by_itself = -i64::from(instruction.stack_pointer_increment());
    let constant = || match instruction.op1_kind() {
        OpKind::Immediate8to64 | OpKind::Immediate32to64 => {
            Some(instruction.immediate(1).cast_signed())
        }
        _ => None,
    };
    if instruction.op_count() == 0 || instruction.op0_kind() != OpKind::Register {
        return Some(by_itself);
    }
    if instruction.op0_register().full_register() != Register::RSP {
        return Some(by_itself);
    }
    match instruction.mnemonic() {
        Mnemonic::Sub => constant(),
        Mnemonic::Add => constant().map(|bytes| -bytes),
        Mnemonic::Cmp | Mnemonic::Test => Some(0),
        _ => None,
    }
}

/// A load as a `match` does it that jumps: 32 bits of a table, to be added to its address.
fn is_jump_table(instruction: &Instruction) -> bool {
    instruction.code() == Code::Movsxd_r64_rm32
        && instruction.op1_kind() == OpKind::Memory
        && instruction.memory_index_scale() == 4
}
