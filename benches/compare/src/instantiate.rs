//! Mode instantiate: a loaded module to an instance in a store of its own, and away with both.

use std::time::Duration;

use crate::engines::{Loaded, Named, Result};
use crate::measure::{self, Contestant};
use crate::options::Options;
use crate::table::Table;

/// Instances of a sample.
const COUNT: u32 = 2000;
const QUICK_COUNT: u32 = 200;

const KIB: usize = 1024;

pub(crate) fn table(engines: &[Named], options: &Options) -> Result<Table> {
    let trivial = wat::parse_str("(module (func (export \"run\")))")?;
    let data = "x".repeat(64 * KIB);
    let pages = wat::parse_str(format!(
        "(module (memory 17) (data (i32.const 1024) \"{data}\") (func (export \"run\")))"
    ))?;
    let rows = [
        row("a function", engines, &trivial, options)?,
        row("17 pages, 64 KiB of data", engines, &pages, options)?,
    ];
    let head = ["µs"].into_iter().chain(engines.iter().map(|named| named.name));
    Ok(Table {
        title: "Instantiation".to_owned(),
        head: head.map(str::to_owned).collect(),
        rows: rows.to_vec(),
        notes: vec!["A store, an instance in it, and dropping both.".to_owned()],
    })
}

fn row(name: &str, engines: &[Named], wasm: &[u8], options: &Options) -> Result<Vec<String>> {
    let count = if options.quick { QUICK_COUNT } else { COUNT };
    let mut contestants: Vec<Contestant<'_>> = Vec::new();
    for named in engines {
        let module: Box<dyn Loaded> = named.engine.load(wasm)?;
        module.instances(count)?;
        contestants.push(Box::new(move || module.instances(count)));
    }
    let times = measure::interleaved(&mut contestants, options.rounds)?;
    let cells = times
        .iter()
        .map(|time: &Duration| format!("{:.2}", time.as_secs_f64() * 1e6 / f64::from(count)));
    Ok([name.to_owned()].into_iter().chain(cells).collect())
}
