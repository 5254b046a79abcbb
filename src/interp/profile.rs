//! What a store's guests executed, op by op: [`Profile`], which explains where time goes and which
//! ops could become one. The counters are the machine's; here they get names.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use super::code::name;
use super::machine::counts::Counts;
use super::module::ModuleInner;
use super::store::StoreInner;
use super::translate;
use crate::decoder::body;
use crate::wasm::{FuncIdx, Index};

/// What was executed in a store of an engine that counts ([`Config::profile`]).
///
/// Its `Display` is a table of ops, of pairs, of triples and of instructions, the most frequent
/// first.
///
/// ```
/// use serverless_wasm::interp::{Config, Engine, Linker, Module, Store};
///
/// let engine = Engine::new(Config::new().profile(true));
/// let module = Module::new(&engine, &wat::parse_str(r#"
///     (func (export "sum") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add)
/// "#)?)?;
/// let mut store = Store::new(&engine, ());
/// let instance = Linker::new(&engine).instantiate(&mut store, &module)?;
/// let sum = instance.get_typed_func::<(i32, i32), i32>(&mut store, "sum")?;
/// sum.call(&mut store, (1, 2))?;
/// let profile = store.profile().expect("the engine counts");
/// assert_eq!(profile.instructions, 3);
/// assert!(profile.ops.iter().any(|row| row.name.starts_with("i32.add")), "{profile}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [`Config::profile`]: super::Config::profile
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// WebAssembly instructions, as fuel counts them.
    pub instructions: u64,
    /// Internal ops, all together.
    pub total: u64,
    /// Calls of the host, first calls of functions and returns between instances among the ops.
    pub outside: u64,
    /// Each op by its name: that of the listing, with the kinds of its operands.
    pub ops: Vec<Count>,
    /// Two ops in a row that are not one, where nothing branches to the second.
    pub pairs: Vec<Count>,
    /// Three ops in a row, likewise.
    pub triples: Vec<Count>,
    /// How many ops began with each instruction. An op of several instructions counts for its
    /// first.
    pub by_instruction: Vec<Count>,
}

/// How often something was executed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Count {
    /// What.
    pub name: String,
    /// How often.
    pub count: u64,
}

impl Profile {
    /// What was counted, with names; none when the store doesn't count.
    pub(crate) fn of(store: &StoreInner) -> Option<Self> {
        let counts = store.watch.counts.as_ref()?;
        let mut tally = Tally::default();
        let mut seen = HashSet::new();
        for instance in &store.instances {
            let module = &instance.get().module;
            if seen.insert(Arc::as_ptr(module)) {
                tally.module(module, counts);
            }
        }
        let ops = sorted(tally.ops);
        let outside = counts.outside();
        Some(Self {
            instructions: store.meter.total,
            total: ops.iter().map(|row| row.count).sum::<u64>() + outside,
            outside,
            ops,
            pairs: sorted(tally.pairs),
            triples: sorted(tally.triples),
            by_instruction: sorted(tally.instructions),
        })
    }
}

fn sorted(counts: HashMap<String, u64>) -> Vec<Count> {
    let rows = counts.into_iter().map(|(name, count)| Count { name, count });
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by(|one, other| (other.count, &one.name).cmp(&(one.count, &other.name)));
    rows
}

/// Counts by name.
#[derive(Default)]
struct Tally {
    ops: HashMap<String, u64>,
    pairs: HashMap<String, u64>,
    triples: HashMap<String, u64>,
    instructions: HashMap<String, u64>,
}

impl Tally {
    fn module(&mut self, module: &ModuleInner, counts: &Counts) {
        for defined in 0..module.wasm.bodies.len() {
            if let Some(words) = counts.of(module.code.entry_address(defined)) {
                self.function(module, defined, words);
            }
        }
    }

    fn function(&mut self, module: &ModuleInner, defined: usize, words: &[u64]) {
        // Translating is deterministic, so this is the listing of the code that ran.
        let ops = translate::ops(module, defined);
        let names: Vec<_> = ops.iter().map(|(op, _)| name(op.shape)).collect();
        let instructions = instructions(module, defined);
        for (index, (op, offset)) in ops.iter().enumerate() {
            let count = words.get(op.word).copied().unwrap_or(0);
            if count == 0 {
                continue;
            }
            *self.ops.entry(names[index].clone()).or_default() += count;
            let at = instructions.partition_point(|(start, _)| start <= offset);
            let instruction = at.checked_sub(1).map_or("(entry)", |at| instructions[at].1);
            *self.instructions.entry(instruction.to_owned()).or_default() += count;
            for (length, runs) in [(2, &mut self.pairs), (3, &mut self.triples)] {
                if let Some(names) = names
                    .get(index..index + length)
                    .filter(|_| ops[index..index + length - 1].iter().all(|(op, _)| op.adjoins))
                {
                    *runs.entry(names.join("  ->  ")).or_default() += count;
                }
            }
        }
    }
}

/// The instructions of a function: where each begins, and its name.
fn instructions(module: &ModuleInner, defined: usize) -> Vec<(u32, &'static str)> {
    let wasm = &module.wasm;
    let func = FuncIdx::from_usize(wasm.imported_funcs() + defined);
    let params = module.func_shape(wasm.funcs[func]).ty.params.len();
    let instrs = body::locals(wasm, &wasm.bodies[defined], params).instrs();
    let instrs = instrs.into_iter().flatten().flatten();
    instrs.map(|(offset, instr)| (offset as u32, instr.op().row().name)).collect()
}

/// How many rows of each table `Display` shows.
const ROWS: usize = 40;

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { instructions, total, outside, .. } = self;
        let ratio = *instructions as f64 / (*total).max(1) as f64;
        writeln!(f, "{instructions} instructions in {total} ops: {ratio:.2} an op")?;
        writeln!(f, "{outside} of the ops stand outside of functions")?;
        self.table(f, "ops", &self.ops)?;
        self.table(f, "pairs in a block", &self.pairs)?;
        self.table(f, "triples in a block", &self.triples)?;
        self.table(f, "ops by their first instruction", &self.by_instruction)
    }
}

impl Profile {
    /// The most frequent rows of a table; shares are of all ops.
    fn table(&self, f: &mut fmt::Formatter<'_>, title: &str, rows: &[Count]) -> fmt::Result {
        writeln!(f, "\n  share    in all         count  {title}")?;
        let share = |count: u64| 100.0 * count as f64 / self.total.max(1) as f64;
        let mut sum = 0;
        for Count { name, count } in rows.iter().take(ROWS) {
            sum += count;
            writeln!(f, "{:6.2} %  {:6.2} %  {count:>12}  {name}", share(*count), share(sum))?;
        }
        match rows.len().saturating_sub(ROWS) {
            0 => Ok(()),
            more => writeln!(f, "and {more} more"),
        }
    }
}
