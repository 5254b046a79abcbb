//! Mode load: how many bytes of code become a module in a second. Everything is validated; what is
//! translated depends on the engine.

use std::fmt::Write;
use std::time::{Duration, Instant};

use crate::engines::{Named, Result};
use crate::measure::{self, Contestant};
use crate::options::Options;
use crate::programs::{self, Module};
use crate::table::Table;

/// A sample lasts at least so long: shorter loads are repeated.
const SAMPLE: Duration = Duration::from_millis(20);

pub(crate) fn table(engines: &[Named], options: &Options) -> Result<Table> {
    let mut modules = vec![Module { name: "straight-line".to_owned(), wasm: straight_line()? }];
    modules.extend(programs::to_load(&options.programs)?);
    let mut rows = Vec::new();
    for module in &modules {
        eprintln!("load: {}", module.name);
        rows.push(row(engines, module, options)?);
    }
    let head = ["MB of code a second"].into_iter().chain(engines.iter().map(|named| named.name));
    Ok(Table {
        title: "Loading".to_owned(),
        head: head.map(str::to_owned).collect(),
        rows,
        notes: vec![
            "All modules are validated whole, on one thread.".to_owned(),
            "ours, wasmi: functions are translated at their first call; sf-nano: when an instance \
             is made, so that its figure is validation alone."
                .to_owned(),
        ],
    })
}

fn row(engines: &[Named], module: &Module, options: &Options) -> Result<Vec<String>> {
    let code = code_size(&module.wasm).ok_or("a module without code")? as f64;
    let mut contestants: Vec<Contestant<'_>> = Vec::new();
    for named in engines {
        let load = move || {
            let start = Instant::now();
            drop(named.engine.load(&module.wasm)?);
            Ok::<_, Box<dyn std::error::Error>>(start.elapsed())
        };
        let once = load()?.max(Duration::from_nanos(1));
        let repeats = u32::try_from(SAMPLE.as_nanos() / once.as_nanos() + 1)?;
        contestants.push(Box::new(move || {
            let mut sum = Duration::ZERO;
            for _ in 0..repeats {
                sum += load()?;
            }
            Ok(sum / repeats)
        }));
    }
    let times = measure::interleaved(&mut contestants, options.rounds)?;
    let cells = times.iter().map(|time| format!("{:.1}", code / 1e6 / time.as_secs_f64()));
    let name = format!("{} ({:.2} MB)", module.name, code / 1e6);
    Ok([name].into_iter().chain(cells).collect())
}

/// How many bytes the code section has. Spec: binary/modules#code-section
fn code_size(wasm: &[u8]) -> Option<usize> {
    const PREAMBLE: usize = 8;
    const CODE: u8 = 10;
    let mut rest = wasm.get(PREAMBLE..)?;
    loop {
        let (&id, after) = rest.split_first()?;
        let mut size = 0;
        let mut len = 0;
        loop {
            let byte = *after.get(len)?;
            size |= usize::from(byte & 0x7F) << (7 * len);
            len += 1;
            if byte & 0x80 == 0 {
                break;
            }
        }
        if id == CODE {
            return Some(size);
        }
        rest = after.get(len + size..)?;
    }
}

/// A large plain module: functions of arithmetic and memory, a block and a branch here and there.
fn straight_line() -> Result<Vec<u8>> {
    const FUNCS: u32 = 2000;
    const STEPS: u32 = 60;
    let mut text = String::from("(module (memory 1)");
    for func in 0..FUNCS {
        text.push_str("(func (param i32 i64) (result i64) (local i32 i64)");
        for step in 0..STEPS {
            let number = func.wrapping_mul(31).wrapping_add(step * 7);
            write!(
                text,
                "(local.set 2 (i32.add (local.get 0) (i32.const {number})))
                 (block (br_if 0 (i32.eqz (local.get 2)))
                   (local.set 3 (i64.xor (local.get 1) (i64.load offset={step} (local.get 2)))))"
            )?;
        }
        text.push_str("(local.get 3))");
    }
    text.push(')');
    Ok(wat::parse_str(&text)?)
}
